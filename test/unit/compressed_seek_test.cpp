#include <sluice/device/memory.hpp>
#include <sluice/filter/compressed.hpp>

#include "compressed_samples.hpp"
#include <support/errors.hpp>

#include <doctest/doctest.h>

#include <random>
#include <sstream>
#include <string>

using samples::lines;
using samples::packed;
using sluice::bytes_io;
using sluice::compressed_io;
using sluice::compression;
using sluice::errc;
using support::thrown_by;
using ios = std::ios_base;

TEST_SUITE_BEGIN("compressed");

TEST_CASE("positions count content, and any can be sought where the source can") {
    const std::string text = lines(300000);
    for (const compression format : samples::formats) {
        CAPTURE(static_cast<int>(format));
        bytes_io below("front" + packed(text, format));
        below.seek(5);
        compressed_io in(below, {.compression = format});
        CHECK(in.seekable());
        CHECK(in.tell() == 0);
        CHECK(in.read(10) == text.substr(0, 10));
        CHECK(in.tell() == 10);
        CHECK(in.seek(200000) == 200000);
        CHECK(in.read(10) == text.substr(200000, 10));
        CHECK(in.seek(-5, ios::cur) == 200005);
        CHECK(in.read(5) == text.substr(200005, 5));
        CHECK(in.seek(100) == 100);
        CHECK(in.read(10) == text.substr(100, 10));
        CHECK(in.seek(-7, ios::end) == 299993);
        CHECK(in.read() == text.substr(299993));
        CHECK(in.rdbuf()->size() == 300000);
        CHECK(in.tell() == 300000);
        CHECK(in.seek(400000) == 400000);
        CHECK(in.read().empty());
        CHECK(in.seek(0) == 0);
        CHECK(in.read() == text);
        CHECK(thrown_by([&] { return in.seek(-1); }).code() == errc::bad_position);
        CHECK(thrown_by([&] { return in.seek(-300001, ios::end); }).code() == errc::bad_position);
        CHECK(in.tell() == 300000);
    }
}

TEST_CASE("seeks at random read what a string would") {
    const std::string text = lines(100000);
    bytes_io below(packed(text, compression::gzip));
    compressed_io in(below);
    std::mt19937 random(7);
    for (int i = 0; i < 300; ++i) {
        const auto at = static_cast<std::streamoff>(random() % text.size());
        const auto size = static_cast<std::streamsize>(random() % 2000);
        in.seek(at);
        REQUIRE(in.read(size) ==
                text.substr(static_cast<std::size_t>(at), static_cast<std::size_t>(size)));
    }
}

TEST_CASE("where the source cannot seek, only what lies ahead can be sought") {
    const std::string text = lines(300000);
    for (const std::size_t piece : {100, 1000000}) {
        samples::passing_buf below(packed(text, compression::gzip), piece);
        compressed_io in(below);
        CHECK_FALSE(in.seekable());
        CHECK(in.tell() == 0);
        CHECK(in.read(10) == text.substr(0, 10));
        CHECK(in.seek(20) == 20);
        CHECK(in.tell() == 20);
        CHECK(in.read(10) == text.substr(20, 10));
        CHECK(in.seek(5, ios::cur) == 35);
        CHECK(in.seek(200000) == 200000);
        CHECK(in.tell() == 200000);
        CHECK(in.read(10) == text.substr(200000, 10));
        CHECK(thrown_by([&] { return in.seek(0); }).code() == errc::not_seekable);
        CHECK(thrown_by([&] { return in.seek(-1, ios::cur); }).code() == errc::not_seekable);
        CHECK(thrown_by([&] { return in.seek(0, ios::end); }).code() == errc::not_seekable);
        CHECK(thrown_by([&] { return in.seek(-1); }).code() == errc::bad_position);
        CHECK(thrown_by([&] { return in.rdbuf()->size(); }).code() == errc::unsupported);
        CHECK(in.tell() == 200010);
        CHECK(in.read() == text.substr(200010));
        CHECK(in.seek(400000) == 400000);
        CHECK(in.read().empty());
    }
}

TEST_CASE("a writer tells, and does not seek") {
    bytes_io below;
    compressed_io out(below, {.compression = compression::gzip}, ios::out);
    CHECK_FALSE(out.seekable());
    out << "abc";
    CHECK(out.tell() == 3);
    CHECK(out.tellp() == 3);
    CHECK(thrown_by([&] { return out.seek(0); }).code() == errc::not_seekable);
    CHECK(thrown_by([&] { return out.seek(5); }).code() == errc::not_seekable);
    CHECK(thrown_by([&] { return out.seek(0, ios::end); }).code() == errc::not_seekable);
    out << "def";
    out.close();
    CHECK(samples::unpacked(below.getvalue()) == "abcdef");
    CHECK(thrown_by([&] { return out.tell(); }).code() == errc::closed);
}

TEST_CASE("a failed seek of the source is the failure of the read") {
    struct stuck : sluice::membuf {
        using sluice::membuf::basic_membuf;
        bool is_stuck = false;
        pos_type seekpos(pos_type position, ios::openmode which) override {
            return is_stuck ? refuse_seek(std::make_error_code(std::errc::io_error), position)
                            : sluice::membuf::seekpos(position, which);
        }
    };
    const std::string text = lines(400000);
    stuck below(packed(text, compression::gzip));
    compressed_io in(below);
    in.seek(300000);
    CHECK(in.read(5) == text.substr(300000, 5));
    below.is_stuck = true;
    in.seek(0);
    const auto why = thrown_by([&] { return in.read(5); });
    CHECK(why.code() == std::errc::io_error);
    CHECK(why.operation() == "seek");
    below.is_stuck = false;
    CHECK(in.read(5) == text.substr(0, 5));
}

TEST_SUITE_END();
