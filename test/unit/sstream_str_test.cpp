#include <sluice/sstream.hpp>

#include "sstream_families.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <ios>
#include <istream>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#if __has_include(<memory_resource>)  // libc++ 14 has none
#include <memory_resource>
#endif

using namespace sstream_families;

TEST_SUITE_BEGIN("sstream");

TEST_CASE_TEMPLATE_DEFINE("a new stringstream is empty and takes text", F, new_stream) {
    typename F::stringstream s;
    CHECK(s.str().empty());
    CHECK(s.view().empty());
    CHECK(s.good());
    CHECK(s.peek() == std::char_traits<typename F::char_type>::eof());
    s.clear();

    s << 42 << letter<F>(' ') << text<F>("apples");
    CHECK(s.str() == text<F>("42 apples"));
    int count = 0;
    string_of<typename F::char_type> what;
    s >> count >> what;
    CHECK(count == 42);
    CHECK(what == text<F>("apples"));
    CHECK(s.eof());
}
TEST_CASE_TEMPLATE_APPLY(new_stream, families);

TEST_CASE_TEMPLATE_DEFINE("a stringstream reads and writes at a position each", F, two_positions) {
    typename F::stringstream s(text<F>("hello"));
    s << letter<F>('J');
    CHECK(s.tellp() == std::streampos(1));
    CHECK(s.tellg() == std::streampos(0));
    CHECK(rest_of(s) == text<F>("Jello"));
    CHECK(s.tellg() == std::streampos(5));
    CHECK(s.tellp() == std::streampos(1));
}
TEST_CASE_TEMPLATE_APPLY(two_positions, families);

TEST_CASE_TEMPLATE_DEFINE("initial content is overwritten unless the mode is ate or app", F,
                          initial_content) {
    typename F::ostringstream over(text<F>("abc"));
    over << letter<F>('X');
    CHECK(over.str() == text<F>("Xbc"));

    typename F::ostringstream at_end(text<F>("abc"), ate);
    at_end << letter<F>('X');
    CHECK(at_end.str() == text<F>("abcX"));
    at_end.seekp(0);
    at_end << letter<F>('Y');
    CHECK(at_end.str() == text<F>("YbcX"));
    at_end.str(text<F>("new"));
    at_end << letter<F>('!');
    CHECK(at_end.str() == text<F>("new!"));

    typename F::stringstream appended(text<F>("abc"), in | out | app);
    appended << letter<F>('X');
    CHECK(appended.str() == text<F>("abcX"));
    CHECK(rest_of(appended) == text<F>("abcX"));
}
TEST_CASE_TEMPLATE_APPLY(initial_content, families);

TEST_CASE_TEMPLATE_DEFINE("each stream adds its own direction to the mode", F, forced_modes) {
    typename F::istringstream reads(text<F>("abc"), out);
    CHECK(reads.rdbuf()->sputc(letter<F>('X')) == letter<F>('X'));
    CHECK(rest_of(reads) == text<F>("Xbc"));

    typename F::ostringstream writes(text<F>("abc"), in);
    CHECK(writes.rdbuf()->sgetc() == letter<F>('a'));
    CHECK(writes.put(letter<F>('X')));
    CHECK(writes.str() == text<F>("Xbc"));

    typename F::stringstream neither(text<F>("abc"), std::ios_base::openmode{});
    CHECK(neither.str() == text<F>("abc"));
    CHECK(neither.view() == text<F>("abc"));
    CHECK_FALSE(neither.put(letter<F>('X')));
    neither.clear();
    CHECK(neither.get() == std::char_traits<typename F::char_type>::eof());
    CHECK(get_position(neither) == -1);
    CHECK(put_position(neither) == -1);
}
TEST_CASE_TEMPLATE_APPLY(forced_modes, families);

TEST_CASE_TEMPLATE_DEFINE("str replaces the content and both positions", F, replace_content) {
    typename F::stringstream s(text<F>("one two three"));
    s.seekg(4);
    s.seekp(8);
    for (const auto& content :
         {text<F>("four"), text<F>(""), pattern<typename F::char_type>(5000), text<F>("five")}) {
        s.str(content);
        CHECK(s.str() == content);
        CHECK(get_position(s) == 0);
        CHECK(put_position(s) == 0);
        CHECK(rest_of(s) == content);
        s.clear();
        s << letter<F>('!');
        CHECK(s.view().front() == letter<F>('!'));
        CHECK(s.view().size() == std::max<std::size_t>(content.size(), 1));
    }
}
TEST_CASE_TEMPLATE_APPLY(replace_content, families);

TEST_CASE_TEMPLATE_DEFINE("str of an rvalue moves the content out", F, take_content) {
    using char_type = typename F::char_type;
    for (const std::size_t size : {0U, 3U, 100U, 10000U}) {
        CAPTURE(size);
        typename F::stringstream s;
        s << pattern<char_type>(size);
        const auto address = reinterpret_cast<std::uintptr_t>(s.view().data());
        const auto taken = std::move(s).str();
        CHECK(taken == pattern<char_type>(size));
        CHECK((size < 100 || reinterpret_cast<std::uintptr_t>(taken.data()) == address));
        CHECK(s.view().empty());
        s.clear();
        s << text<F>("again");
        CHECK(s.str() == text<F>("again"));
    }
}
TEST_CASE_TEMPLATE_APPLY(take_content, families);

TEST_CASE_TEMPLATE_DEFINE("str of a string rvalue adopts the string", F, adopt_content) {
    using char_type = typename F::char_type;
    const auto address_of = [](std::basic_string_view<char_type> content) {
        return reinterpret_cast<std::uintptr_t>(content.data());
    };
    auto content = pattern<char_type>(1000);
    const auto address = address_of(content);
    typename F::stringstream s(std::move(content));
    CHECK(address_of(s.view()) == address);

    auto second = pattern<char_type>(2000);
    const auto second_address = address_of(second);
    s.str(std::move(second));
    CHECK(address_of(s.view()) == second_address);
    CHECK(s.view() == pattern<char_type>(2000));
    CHECK(rest_of(s) == pattern<char_type>(2000));
}
TEST_CASE_TEMPLATE_APPLY(adopt_content, families);

TEST_CASE_TEMPLATE_DEFINE("a view sees what was written past the get area", F, views) {
    typename F::stringstream s;
    CHECK(s.view() == text<F>(""));
    s << text<F>("abc");
    CHECK(s.view() == text<F>("abc"));
    s.seekp(1);
    CHECK(s.view() == text<F>("abc"));
    s << text<F>("XYZ");
    CHECK(s.view() == text<F>("aXYZ"));

    const typename F::istringstream fixed(text<F>("in"));
    CHECK(fixed.view() == text<F>("in"));
}
TEST_CASE_TEMPLATE_APPLY(views, families);

#if __has_include(<memory_resource>)
TEST_CASE_TEMPLATE_DEFINE("strings of another allocator go in and out", F, other_allocator) {
    using char_type = typename F::char_type;
    using traits = std::char_traits<char_type>;
    using pmr_allocator = std::pmr::polymorphic_allocator<char_type>;
    using pmr_string = std::basic_string<char_type, traits, pmr_allocator>;
    std::pmr::monotonic_buffer_resource arena;

    const auto hello = text<F>("hello");
    const pmr_string given(hello.begin(), hello.end(), &arena);
    typename F::stringstream s(given);
    CHECK(s.str() == hello);
    s.str(given);
    const pmr_string taken = s.str(pmr_allocator(&arena));
    CHECK(taken == given);
    CHECK(taken.get_allocator() == pmr_allocator(&arena));

    using pmr_stream = typename F::template stream_with<pmr_allocator>;
    pmr_stream in_arena(hello, pmr_allocator(&arena));
    CHECK(in_arena.rdbuf()->get_allocator() == pmr_allocator(&arena));
    CHECK(in_arena.str().get_allocator() == pmr_allocator(&arena));
    CHECK(rest_of(in_arena) == hello);
    CHECK(pmr_stream(in, pmr_allocator(&arena)).view().empty());
    CHECK(pmr_stream(hello, in, pmr_allocator(&arena)).view() == hello);

    using pmr_buf = typename F::template buf_with<pmr_allocator>;
    const pmr_allocator arena_allocator(&arena);
    CHECK(pmr_buf(arena_allocator).get_allocator() == arena_allocator);
    CHECK(pmr_buf(out, arena_allocator).get_allocator() == arena_allocator);
    CHECK(pmr_buf(hello, arena_allocator).view() == hello);
    CHECK(pmr_buf(hello, in, arena_allocator).view() == hello);
    CHECK(pmr_buf(hello).get_allocator() == pmr_allocator());
}
TEST_CASE_TEMPLATE_APPLY(other_allocator, families);
#endif

TEST_CASE("the classes are the standard's kinds of streams") {
    static_assert(std::is_base_of_v<std::istream, sluice::istringstream>);
    static_assert(std::is_base_of_v<std::ostream, sluice::ostringstream>);
    static_assert(std::is_base_of_v<std::iostream, sluice::stringstream>);
    static_assert(std::is_base_of_v<sluice::wbuf, sluice::wstringbuf>);
    static_assert(!std::is_copy_constructible_v<sluice::stringstream>);
    static_assert(!std::is_copy_assignable_v<sluice::stringbuf>);
    static_assert(!std::is_convertible_v<std::string, sluice::stringstream>);
    static_assert(!std::is_convertible_v<std::ios_base::openmode, sluice::stringbuf>);
    static_assert(!std::is_convertible_v<std::allocator<char>, sluice::stringbuf>);

    sluice::basic_istringstream deduced(std::wstring(L"deduced"));
    static_assert(std::is_same_v<decltype(deduced), sluice::wistringstream>);
    CHECK(deduced.view() == L"deduced");

    CHECK((sluice::ostringstream() << "x" << 1).rdstate() == std::ios_base::goodbit);
    std::string word;
    sluice::istringstream("word") >> word;
    CHECK(word == "word");
}

TEST_CASE("a short text takes no memory from the allocator") {
    std::size_t none = 0;
    limited_stream<sluice_family<char>> s(in | out, limited_allocator<char>(&none));
    s << "x = " << 42;
    CHECK(s.good());
    CHECK(s.view() == "x = 42");
}

TEST_SUITE_END();
