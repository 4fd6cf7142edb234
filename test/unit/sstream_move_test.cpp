#include <sluice/sstream.hpp>

#include "sstream_families.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdio>
#include <iomanip>
#include <ios>
#include <locale>
#include <type_traits>
#include <utility>

using namespace sstream_families;

TEST_SUITE_BEGIN("sstream");

TEST_CASE_TEMPLATE_DEFINE("a moved stream keeps content and positions", F, moves) {
    using char_type = typename F::char_type;
    for (const std::size_t size : {5U, 20U, 3000U}) {
        CAPTURE(size);
        const auto content = pattern<char_type>(size);
        typename F::stringstream a;
        a << content;
        a.seekp(3);
        a.seekg(2);
        a << std::hex;

        typename F::stringstream b(std::move(a));
        CHECK(b.view() == content);
        CHECK(get_position(b) == 2);
        CHECK(put_position(b) == 3);
        CHECK((b.flags() & std::ios_base::hex) != 0);
        a.clear();
        a << text<F>("usable");
        CHECK(a.str() == text<F>("usable"));

        typename F::stringstream c(text<F>("old, and longer than a short string is"));
        c.setstate(std::ios_base::failbit);
        c = std::move(b);
        CHECK(c.good());
        CHECK(c.view() == content);
        CHECK(get_position(c) == 2);
        CHECK(put_position(c) == 3);
        c << text<F>("!");
        CHECK(c.view()[3] == letter<F>('!'));
        c.seekp(0, end);
        c << content;
        CHECK(c.view().size() == 2 * size);
        CHECK(rest_of(c).size() == 2 * size - 2);
        CHECK(b.view().empty());
    }
}
TEST_CASE_TEMPLATE_APPLY(moves, families);

TEST_CASE_TEMPLATE_DEFINE("swapped streams exchange content and positions", F, swaps) {
    using char_type = typename F::char_type;
    for (const std::size_t size : {2U, 20U, 3000U}) {
        CAPTURE(size);
        typename F::stringstream a(text<F>("abcdef"));
        typename F::stringstream b(pattern<char_type>(size), in);
        a.seekg(3);
        b.seekg(1);
        b.setstate(std::ios_base::eofbit);

        swap(a, b);
        CHECK(a.eof());
        CHECK(b.good());
        CHECK(a.view() == pattern<char_type>(size));
        CHECK(get_position(a) == 1);
        CHECK(put_position(a) == -1);
        CHECK(rest_of(b) == text<F>("def"));
        CHECK(b.put(letter<F>('X')));
        CHECK(b.str() == text<F>("Xbcdef"));
        b.swap(b);
        CHECK(b.str() == text<F>("Xbcdef"));
    }
    typename F::istringstream i1(text<F>("1"));
    typename F::istringstream i2(text<F>("2"));
    swap(i1, i2);
    CHECK(i1.str() == text<F>("2"));
    typename F::ostringstream o1(text<F>("1"));
    typename F::ostringstream o2(text<F>("2"));
    swap(o1, o2);
    CHECK(o1.str() == text<F>("2"));
    typename F::stringbuf s1(text<F>("1"));
    typename F::stringbuf s2(text<F>("2"));
    swap(s1, s2);
    CHECK(s1.str() == text<F>("2"));
    static_assert(noexcept(swap(s1, s2)));
}
TEST_CASE_TEMPLATE_APPLY(swaps, families);

TEST_CASE_TEMPLATE_DEFINE("what is moved from a closed buffer is closed, and so is that", F,
                          moves_closed) {
    typename F::stringbuf a(text<F>("abc"));
    a.close();
    typename F::stringbuf b(std::move(a));
    CHECK_FALSE(a.is_open());
    CHECK_FALSE(b.is_open());
    typename F::stringbuf c(text<F>("open"));
    c = std::move(b);
    CHECK_FALSE(b.is_open());
    CHECK_FALSE(c.is_open());
}
TEST_CASE_TEMPLATE_APPLY(moves_closed, sluice_families);

TEST_CASE_TEMPLATE_DEFINE("a buffer moved to an unequal allocator copies its content", F,
                          unequal_move) {
    using char_type = typename F::char_type;
    using allocator = limited_allocator<char_type>;
    using buf = typename F::template buf_with<allocator>;
    std::size_t mine = 1 << 20;
    std::size_t others = 1 << 20;
    for (const std::size_t size : {5U, 3000U}) {
        const auto content = pattern<char_type>(size);
        buf from(content, allocator(&mine));
        from.pubseekoff(3, beg, in);
        from.pubseekoff(4, beg, out);
        buf to(std::move(from), allocator(&others));
        CHECK(to.get_allocator() == allocator(&others));
        CHECK(to.view() == content);
        CHECK(to.pubseekoff(0, cur, in) == std::streampos(3));
        CHECK(to.pubseekoff(0, cur, out) == std::streampos(4));
    }
    CHECK(mine == 1 << 20);
    CHECK(others == 1 << 20);
}
TEST_CASE_TEMPLATE_APPLY(unequal_move, families);

TEST_CASE_TEMPLATE_DEFINE("a buffer and its moved copy keep the locale", F, locales) {
    struct comma : std::numpunct<typename F::char_type> {
        typename F::char_type do_decimal_point() const override { return letter<F>(','); }
    };
    typename F::stringstream s;
    s.imbue(std::locale(std::locale::classic(), new comma));
    typename F::stringstream t(std::move(s));
    t << 1.5;
    CHECK(t.str() == text<F>("1,5"));
    CHECK(t.rdbuf()->getloc() == t.getloc());
    CHECK(s.rdbuf()->getloc() == t.getloc());
}
TEST_CASE_TEMPLATE_APPLY(locales, families);

TEST_CASE("a stream of the standard allocator moves and swaps without a throw") {
    static_assert(std::is_nothrow_move_constructible_v<sluice::stringstream>);
    static_assert(std::is_nothrow_move_assignable_v<sluice::wostringstream>);
    static_assert(std::is_nothrow_swappable_v<sluice::istringstream>);
    static_assert(std::is_nothrow_swappable_v<sluice::stringstream>);
    using limited = limited_stream<sluice_family<char>>;
    static_assert(std::is_nothrow_move_constructible_v<limited>);
    static_assert(!noexcept(std::declval<limited&>().swap(std::declval<limited&>())));
}

TEST_CASE("each stream stays the owner of its buffer") {
    const auto owns = [](auto& stream) {
        return stream.rdbuf()->owner() == &stream && stream.std::ios::rdbuf() == stream.rdbuf();
    };
    sluice::stringstream a("a", in);
    CHECK(owns(a));
    sluice::stringstream b(std::move(a));
    CHECK(owns(a));
    CHECK(owns(b));
    sluice::stringstream c("c");
    c = std::move(b);
    CHECK(owns(b));
    CHECK(owns(c));
    a.swap(c);
    CHECK(owns(a));
    CHECK(owns(c));
    CHECK(a.rdbuf()->sputc('X') == EOF);
    CHECK(a.bad());
    CHECK(c.good());

    sluice::istringstream reads;
    sluice::ostringstream writes;
    CHECK(owns(reads));
    CHECK(owns(writes));
}

TEST_CASE("the reason moves with the buffer") {
    sluice::istringstream a("abc");
    a.rdbuf()->sputc('X');
    sluice::istringstream b(std::move(a));
    CHECK(b.bad());
    CHECK(sluice::error_of(b).code() == sluice::errc::not_writable);
    CHECK_FALSE(sluice::error_of(a));
    CHECK(a.view().empty());
    sluice::istringstream c;
    c.swap(b);
    CHECK(sluice::error_of(c).code() == sluice::errc::not_writable);
    CHECK_FALSE(sluice::error_of(b));
}

TEST_SUITE_END();
