#include <sluice/filter/null.hpp>

#include <conformance/failing.hpp>
#include <conformance/transfer.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>

using conformance::code_thrown_by;

TEST_SUITE_BEGIN("null");

TEST_CASE("what is written to null vanishes and is counted") {
    sluice::null_io out;
    for (int i = 0; i < 1000; ++i) {
        out << i << '\n';
    }
    CHECK(out.rdbuf()->written() == 3890);
    out.write(std::string(1000000, 'x'));
    out.put('!');
    CHECK(out.good());
    CHECK(out.rdbuf()->written() == 1003891);
    out.flush();
    out.close();
    CHECK(out.rdbuf()->written() == 1003891);
    CHECK(code_thrown_by([&] { out.write("x"); }) == sluice::errc::closed);
}

TEST_CASE("null is at its end and stays there") {
    sluice::null_io in;
    CHECK(in.read().empty());
    in.write("abc");
    CHECK(in.read().empty());
    CHECK(in.get() == std::char_traits<char>::eof());
    CHECK(in.eof());
    CHECK_FALSE(in.bad());
    CHECK_FALSE(in.seekable());
    CHECK(code_thrown_by([&] { static_cast<void>(in.tell()); }) == sluice::errc::not_seekable);
    CHECK(code_thrown_by([&] { static_cast<void>(in.rdbuf()->size()); }) ==
          sluice::errc::unsupported);
}

TEST_CASE("a moved null keeps its count") {
    sluice::nullbuf a;
    conformance::write(a, "abc");
    sluice::nullbuf b(std::move(a));
    conformance::write(b, "de");
    CHECK(b.written() == 5);
    swap(a, b);
    CHECK(a.written() == 5);
    b = std::move(a);
    CHECK(b.written() == 5);
    sluice::wnullbuf wide;
    CHECK(conformance::write(wide, "abc") == 3);
    CHECK(wide.written() == 3);
}

TEST_SUITE_END();
