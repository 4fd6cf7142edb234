#include <sluice/sstream.hpp>

#include "sstream_families.hpp"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdio>
#include <ios>
#include <limits>
#include <new>
#include <utility>

using namespace sstream_families;

TEST_SUITE_BEGIN("sstream");

TEST_CASE_TEMPLATE_DEFINE("a write without out says why and shows on the stream", F, say_why) {
    typename F::istringstream s(text<F>("abc"));
    CHECK(s.rdbuf()->sputc(letter<F>('X')) == std::char_traits<typename F::char_type>::eof());
    CHECK(s.bad());
    CHECK(sluice::error_of(s).code() == sluice::errc::not_writable);
    CHECK(sluice::error_of(s).operation() == "write");
    CHECK(s.str() == text<F>("abc"));

    s.clear();
    s.exceptions(std::ios_base::badbit);
    CHECK_THROWS_AS(s.rdbuf()->sputn(text<F>("XY").data(), 2), sluice::error);
    CHECK(s.bad());

    sluice::basic_stringbuf<typename F::char_type> alone(text<F>("abc"), in);
    CHECK(alone.sputn(text<F>("XY").data(), 2) == 0);
    CHECK(alone.reason().code() == sluice::errc::not_writable);
}
TEST_CASE_TEMPLATE_APPLY(say_why, sluice_families);

TEST_CASE("a read without in is an end of data with a reason") {
    sluice::ostringstream s("abc");
    CHECK(s.rdbuf()->sgetc() == EOF);
    CHECK(s.good());
    CHECK(sluice::error_of(s).code() == sluice::errc::not_readable);
    CHECK(sluice::error_of(s).operation() == "read");
}

TEST_CASE("a refused seek and a refused putback have a reason") {
    sluice::stringstream s("abc", in);
    s.seekg(4);
    CHECK(s.rdstate() == std::ios_base::failbit);
    CHECK(sluice::error_of(s).code() == sluice::errc::bad_position);
    CHECK(sluice::error_of(s).operation() == "seek");
    s.clear();
    CHECK(s.tellp() == std::streampos(-1));
    CHECK(sluice::error_of(s).code() == sluice::errc::not_writable);
    s.clear();
    s.unget();
    CHECK(s.bad());
    CHECK(sluice::error_of(s).code() == sluice::errc::bad_position);
    s.clear();
    s.get();
    s.putback('X');
    CHECK(s.bad());
    CHECK(sluice::error_of(s).code() == sluice::errc::not_writable);
    CHECK(sluice::error_of(s).operation() == "putback");
}

TEST_CASE_TEMPLATE_DEFINE("where memory ends the write fails and what came before stays", F,
                          out_of_memory) {
    using char_type = typename F::char_type;
    std::size_t bytes = 1600 * sizeof(char_type);
    {
        limited_stream<F> s(in | out, limited_allocator<char_type>(&bytes));
        const auto content = pattern<char_type>(2500);
        s.write(content.data(), 500);
        REQUIRE(s.good());
        s.write(content.data() + 500, 2000);
        const auto size = s.view().size();
        CHECK(s.bad());
        CHECK(size > 600);  // what fits is written
        CHECK(size < 2500);
        CHECK(s.view() == content.substr(0, size));
        CHECK(sluice::error_of(s).code() == std::errc::not_enough_memory);
        CHECK(sluice::error_of(s).position() == static_cast<std::streamoff>(size));

        bytes += 20000 * sizeof(char_type);
        s.clear();
        CHECK(s.write(content.data() + size, static_cast<std::streamsize>(2500 - size)));
        CHECK(s.view() == content);
        CHECK(rest_of(s) == content);

        s.clear();
        s.exceptions(std::ios_base::badbit);
        CHECK_THROWS_AS(s << pattern<char_type>(100000), sluice::error);
        CHECK_THROWS_AS(s.rdbuf()->truncate(100000), sluice::error);
        CHECK_THROWS_AS(s.str(pattern<char_type>(100000)), std::bad_alloc);
    }
    CHECK(bytes == 21600 * sizeof(char_type));
}
TEST_CASE_TEMPLATE_APPLY(out_of_memory, sluice_families);

TEST_CASE("a size that no string can have is refused as memory is") {
    sluice::stringstream s;
    s << "abc";
    try {
        s.rdbuf()->truncate(std::numeric_limits<std::streamoff>::max());
        FAIL("truncate did not throw");
    } catch (const sluice::error& e) {
        CHECK(e.code() == std::errc::not_enough_memory);
    }
    CHECK(s.str() == "abc");
}

TEST_CASE_TEMPLATE_DEFINE("a closed buffer refuses all but its content", F, closes) {
    typename F::stringstream s;
    s << text<F>("abc");
    auto& buf = *s.rdbuf();
    CHECK(buf.is_open());
    CHECK(buf.seekable());
    buf.close();
    buf.close();
    CHECK_FALSE(buf.is_open());
    CHECK_FALSE(buf.readable());
    CHECK_FALSE(buf.writable());
    CHECK(s.view() == text<F>("abc"));
    CHECK(s.str() == text<F>("abc"));

    s << letter<F>('X');
    CHECK(s.bad());
    CHECK(sluice::error_of(s).code() == sluice::errc::closed);
    s.clear();
    s.get();
    CHECK(s.bad());
    CHECK_FALSE(s.eof());
    CHECK(sluice::error_of(s).code() == sluice::errc::closed);
    s.clear();
    CHECK(s.tellg() == std::streampos(-1));
    CHECK(sluice::error_of(s).code() == sluice::errc::closed);
    CHECK_FALSE(s.flush());
    s.clear();
    CHECK_THROWS_AS((void)buf.size(), sluice::error);
    CHECK(buf.in_avail() == -1);

    s.str(text<F>("def"));
    CHECK(s.view() == text<F>("def"));
    CHECK_FALSE(buf.is_open());
    typename F::stringstream moved(std::move(s));
    CHECK_FALSE(moved.rdbuf()->is_open());
    CHECK(std::move(moved).str() == text<F>("def"));
}
TEST_CASE_TEMPLATE_APPLY(closes, sluice_families);

TEST_SUITE_END();
