#include <sluice/filter/zero.hpp>

#include <conformance/failing.hpp>
#include <conformance/transfer.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <utility>

using conformance::code_thrown_by;
using conformance::seek;
using ios = std::ios_base;

TEST_SUITE_BEGIN("zero");

TEST_CASE("zeros are read up to a size") {
    for (const std::size_t size : {0, 1, 4096, 300000}) {
        CAPTURE(size);
        sluice::zero_io in(static_cast<std::streamoff>(size));
        CHECK((in.read() == std::string(size, '\0')));
        CHECK(in.read().empty());
        CHECK(in.rdbuf()->size() == static_cast<std::streamoff>(size));
        in.seek(0);
        CHECK((conformance::read_all(*in.rdbuf(), 7) == std::string(size, '\0')));
    }
}

TEST_CASE("zeros without a size do not end") {
    sluice::zerobuf in;
    CHECK((conformance::read(in, 1000000) == std::string(1000000, '\0')));
    CHECK(code_thrown_by([&] { static_cast<void>(in.size()); }) == sluice::errc::unsupported);
    constexpr auto most = std::numeric_limits<std::streamoff>::max();
    CHECK(seek(in, most - 1) == most - 1);
    CHECK(in.sbumpc() == 0);
    CHECK(in.sbumpc() == std::char_traits<char>::eof());
    CHECK(seek(in, 0, ios::end) == -1);
}

TEST_CASE("what is written to zeros vanishes") {
    sluice::zero_io f(10);
    CHECK(f.write("abc") == 3);
    CHECK(f.tell() == 3);
    CHECK((f.read() == std::string(7, '\0')));
    CHECK(f.write("def") == 3);
    CHECK(f.tell() == 13);
    f.seek(0);
    CHECK((f.read() == std::string(10, '\0')));
    CHECK(code_thrown_by([&] { f.truncate(3); }) == sluice::errc::unsupported);
}

TEST_CASE("zeros of a negative size are refused and moved ones go on") {
    CHECK(code_thrown_by([&] { const sluice::zerobuf none(-1); }) == sluice::errc::bad_position);
    sluice::zerobuf a(5);
    CHECK(conformance::read(a, 2).size() == 2);
    sluice::zerobuf b(std::move(a));
    CHECK(conformance::read_all(b).size() == 3);
    a = std::move(b);
    CHECK(a.size() == 5);
}

TEST_SUITE_END();
