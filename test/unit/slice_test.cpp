#include <sluice/device/file.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/pipe.hpp>
#include <sluice/filter/slice.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/fstream.hpp>
#include <sluice/open.hpp>
#include <sluice/sstream.hpp>

#include <conformance/failing.hpp>
#include <conformance/transfer.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <fstream>
#include <limits>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

using conformance::code_thrown_by;
using conformance::seek;
using conformance::tell;
using conformance::write;
using ios = std::ios_base;

TEST_SUITE_BEGIN("slice");

TEST_CASE("a slice is a part of what lies below with its own positions") {
    sluice::membuf below("0123456789");
    sluice::slicebuf slice(below, 2, 5);
    CHECK(slice.size() == 5);
    CHECK(tell(slice) == 0);
    CHECK(conformance::read_all(slice) == "23456");
    CHECK(slice.sgetc() == std::char_traits<char>::eof());
    CHECK(tell(slice) == 5);
    CHECK(seek(slice, -1, ios::end) == 4);
    CHECK(slice.sbumpc() == '6');
    CHECK(seek(slice, 0) == 0);
    CHECK(slice.sungetc() == std::char_traits<char>::eof());
    CHECK(seek(slice, -1) == -1);
    CHECK(below.is_open());
}

TEST_CASE("slices of one file and the file itself are read in turns") {
    const std::string text = conformance::sample(300000);
    const support::temporary_file file(text);
    sluice::stream whole = sluice::open(file.path(), "rb");
    sluice::slice_io first(whole, 0, 100000);
    sluice::slice_io second(whole, 100000, 150000);
    sluice::slice_io rest(whole, 250000);
    std::string from_first;
    std::string from_second;
    std::string from_rest;
    std::string from_whole;
    for (int i = 0; i < 3000; ++i) {
        from_first += first.read(i % 100);
        from_second += second.read(97);
        from_rest += rest.read(31);
        whole.seek(static_cast<std::streamoff>(from_whole.size()));
        from_whole += whole.read(13);
    }
    CHECK((from_first == text.substr(0, from_first.size())));
    CHECK((from_second == text.substr(100000, 150000)));
    CHECK((from_rest == text.substr(250000)));
    CHECK((from_whole == text.substr(0, 39000)));
    CHECK((first.read() == text.substr(from_first.size(), 100000 - from_first.size())));
}

TEST_CASE("a write up to the very end of a slice succeeds and one beyond is refused") {
    for (const std::size_t piece : {std::size_t(1), std::size_t(3), std::size_t(10)}) {
        CAPTURE(piece);
        sluice::membuf below("0123456789ABCDEFGHIJ");
        sluice::slice_io out(below, 5, 10);
        const std::string text = "abcdefghij";
        for (std::size_t at = 0; at < text.size(); at += piece) {
            out.write(text.substr(at, piece));
        }
        CHECK(out.good());
        CHECK(tell(*out.rdbuf()) == 10);
        CHECK(out.rdbuf()->sputn("", 0) == 0);
        CHECK(out.good());
        CHECK(code_thrown_by([&] { out.write("x"); }) == sluice::errc::no_space);
        CHECK(out.bad());
        CHECK(sluice::error_of(out).position() == 10);
        CHECK(sluice::error_of(out).detail() == "past the end of a slice of 10");
        out.clear();
        CHECK_NOTHROW(out.close());
        CHECK(below.view() == "01234abcdefghijFGHIJ");
    }
}

TEST_CASE("what fits in a slice is written and the rest refused at once") {
    sluice::membuf below(std::string(20, '.'));
    sluice::slicebuf slice(below, 5, 4);
    CHECK(write(slice, "abcdef") == 4);
    CHECK(slice.reason().code() == sluice::errc::no_space);
    CHECK(slice.sputc('x') == std::char_traits<char>::eof());
    CHECK(slice.pubsync() == 0);
    CHECK(below.view() == ".....abcd...........");
    CHECK(seek(slice, 1) == 1);
    CHECK(write(slice, "B") == 1);
    CHECK(seek(slice, 100) == 100);
    slice.clear_reason();
    CHECK(write(slice, "x") == 0);
    CHECK(slice.reason().code() == sluice::errc::no_space);
    CHECK_NOTHROW(slice.close());
    CHECK(below.view() == ".....aBcd...........");
}

TEST_CASE("a slice is full after a write past its buffer too") {
    sluice::membuf below(std::string(40, '.'));
    sluice::slicebuf slice(below, 2, 24);
    slice.pubsetbuf(nullptr, 8);
    CHECK(write(slice, std::string(30, 'a')) == 24);  // not by way of the buffer
    slice.clear_reason();
    CHECK(write(slice, "bcde") == 0);  // which would hold these
    CHECK(slice.reason().code() == sluice::errc::no_space);
    CHECK(slice.pubsync() == 0);
    CHECK(tell(slice) == 24);
    CHECK(below.getvalue() == ".." + std::string(24, 'a') + std::string(14, '.'));
}

TEST_CASE("behind the end of what does not seek there nothing is read") {
    std::stringbuf standard("0123456789");
    sluice::stringbuf own("0123456789");
    for (std::streambuf* const below :
         {static_cast<std::streambuf*>(&standard), static_cast<std::streambuf*>(&own)}) {
        sluice::slicebuf slice(*below, 2);
        CHECK(seek(slice, 30) == 30);
        CHECK(slice.sgetc() == std::char_traits<char>::eof());
        CHECK_FALSE(slice.reason());
        CHECK(write(slice, "x") == 1);
        CHECK(slice.pubsync() == -1);  // where it cannot write either
        CHECK(slice.reason().code() == sluice::errc::bad_position);
        CHECK(seek(slice, 3) == -1);  // it is still pending
    }
}

TEST_CASE("many characters put one by one stop at the end of a slice") {
    const std::string before(300000, '.');
    sluice::membuf below(before);
    sluice::slicebuf slice(below, 10, 200001);
    std::size_t count = 0;
    while (slice.sputc('x') == 'x') {
        ++count;
    }
    CHECK(count == 200001);
    slice.close();
    CHECK(
        (below.view() == before.substr(0, 10) + std::string(200001, 'x') + before.substr(200011)));
}

TEST_CASE("what one slice wrote another reads after both are synced") {
    const support::temporary_file file("0123456789");
    sluice::stream whole = sluice::open(file.path(), "r+b");
    sluice::slice_io a(whole, 0, 6);
    sluice::slice_io b(whole, 4, 6);
    CHECK(b.read(1) == "4");
    a.seek(4);
    a.write("XY");
    a.flush();
    b.flush();
    CHECK(b.read() == "Y6789");
    whole.seek(0);
    CHECK(whole.read() == "0123XY6789");
    CHECK(file.content() == "0123XY6789");
}

TEST_CASE("a slice to the end grows and is truncated with what lies below") {
    sluice::membuf below("header");
    sluice::slice_io f(below, 6);
    CHECK(f.read().empty());
    f.write("body");
    CHECK(f.tell() == 4);
    f.flush();
    CHECK(below.view() == "headerbody");
    CHECK(f.truncate(2) == 2);
    CHECK(below.view() == "headerbo");
    f.seek(4);
    f.write("!");
    f.close();
    CHECK((below.view() == std::string("headerbo\0\0!", 11)));
    sluice::slicebuf fixed(below, 0, 4);
    CHECK(code_thrown_by([&] { fixed.truncate(2); }) == sluice::errc::unsupported);
}

TEST_CASE("a slice beyond the end of what lies below is empty until that grows") {
    sluice::membuf below("abc");
    sluice::slicebuf slice(below, 5, 3);
    CHECK(slice.size() == 0);
    CHECK(conformance::read_all(slice).empty());
    CHECK(write(slice, "xy") == 2);
    CHECK(slice.pubsync() == 0);
    CHECK((below.view() == std::string("abc\0\0xy", 7)));
    CHECK(slice.size() == 2);
}

TEST_CASE("a slice refuses what is no part of a buffer that can seek") {
    sluice::membuf below("abc");
    CHECK(code_thrown_by([&] { const sluice::slicebuf s(below, -1, 2); }) ==
          sluice::errc::bad_position);
    CHECK(code_thrown_by([&] { const sluice::slicebuf s(below, 0, -2); }) ==
          sluice::errc::bad_position);
    auto ends = sluice::pipe();
    auto& in = ends.reader;
    CHECK(code_thrown_by([&] { const sluice::slicebuf s(in, 0, 2); }) ==
          sluice::errc::not_seekable);
    constexpr auto most = std::numeric_limits<std::streamoff>::max();
    sluice::slicebuf far(below, most, most);
    CHECK(far.size() == 0);
    CHECK(far.sgetc() == std::char_traits<char>::eof());
    CHECK(write(far, "x") == 0);
    sluice::slicebuf none(below, 1, 0);
    CHECK(none.sgetc() == std::char_traits<char>::eof());
    CHECK(none.sputc('x') == std::char_traits<char>::eof());
    CHECK(below.view() == "abc");
}

TEST_CASE("a slice of the standard's buffers") {
    std::stringbuf text("0123456789");
    sluice::slicebuf slice(text, 2, 4);
    CHECK(slice.size() == 4);
    CHECK(conformance::read(slice, 2) == "23");
    CHECK(write(slice, "XY") == 2);
    CHECK(slice.pubsync() == 0);
    CHECK(text.str() == "0123XY6789");
    std::istringstream in("0123456789");
    sluice::slice_io part(in, 7, 2);
    CHECK(part.read() == "78");
    CHECK_FALSE(part.writable());
    const support::temporary_file file("0123456789");
    std::filebuf std_file;
    REQUIRE(std_file.open(file.path(), ios::in | ios::out | ios::binary) != nullptr);
    sluice::slicebuf a(std_file, 0, 5);
    sluice::slicebuf b(std_file, 5, 5);
    CHECK(conformance::read(a, 2) == "01");
    CHECK(conformance::read(b, 2) == "56");
    CHECK(write(b, "ab") == 2);
    CHECK(conformance::read_all(a) == "234");
    b.close();
    CHECK(file.content() == "0123456ab9");
}

TEST_CASE("a failure below is the slice's with all that it said") {
    const support::temporary_file file(std::string(100, '.'));
    const support::replaced_calls scope;
    sluice::slice_io f(sluice::open(file.path(), "r+b"), 10, 20);
    f.write("abc");
    support::replaced_calls::calls().pwrite = [](int, const void*, std::size_t, off_t) -> ssize_t {
        errno = ENOSPC;
        return -1;
    };
    support::replaced_calls::calls().write = [](int, const void*, std::size_t) -> ssize_t {
        errno = ENOSPC;
        return -1;
    };
    CHECK(code_thrown_by([&] { f.flush(); }) == std::errc::no_space_on_device);
    CHECK(sluice::error_of(f).path() == file.path());
    CHECK(sluice::error_of(f).position() == 10);
    support::replaced_calls::calls() = scope.real();
    f.clear();
    CHECK_NOTHROW(f.close());
    CHECK(file.content().substr(9, 5) == ".abc.");
}

TEST_CASE("a slice that cannot be read says why and reads again") {
    const support::temporary_file file("0123456789");
    const support::replaced_calls scope;
    sluice::slice_io f(sluice::open(file.path(), "rb"), 2, 5);
    const auto fails = [](int, void*, std::size_t, off_t) -> ssize_t {
        errno = EIO;
        return -1;
    };
    support::replaced_calls::calls().pread = fails;
    support::replaced_calls::calls().read = [](int, void*, std::size_t) -> ssize_t {
        errno = EIO;
        return -1;
    };
    CHECK(code_thrown_by([&] { f.read(); }) == std::errc::io_error);
    CHECK(sluice::error_of(f).path() == file.path());
    CHECK(sluice::error_of(f).position() == 2);
    support::replaced_calls::calls() = scope.real();
    f.clear();
    CHECK(f.read() == "23456");
}

TEST_CASE("a slice closes what it owns and detaches it") {
    sluice::slice_io f(sluice::bytes_io("0123456789"), 2, 4);
    CHECK(f.get() == '2');
    f.write("X");
    const auto below = f.detach();
    REQUIRE(below != nullptr);
    CHECK(dynamic_cast<sluice::membuf&>(*below).view() == "012X456789");
    CHECK(f.closed());
    CHECK(code_thrown_by([&] { static_cast<void>(f.detach()); }) == sluice::errc::closed);
    sluice::slicebuf idle;
    CHECK(code_thrown_by([&] { idle.sgetc(); }) == sluice::errc::closed);
    CHECK(idle.below() == nullptr);
    sluice::text_io text(sluice::slice_io(sluice::bytes_io("##caf\xc3\xa9##"), 2, 5));
    CHECK(text.read() == "caf\xc3\xa9");
    CHECK(sluice::layer_of<sluice::slicebuf>(text) != nullptr);
}

TEST_CASE("the descriptor of a slice stands where the slice does") {
    const support::temporary_file file("0123456789");
    sluice::slice_io f(sluice::open(file.path(), "rb"), 2, 5);
    CHECK(f.read(1) == "2");
    char next = 0;
    CHECK(::read(f.fileno(), &next, 1) == 1);
    CHECK(next == '3');
}

TEST_CASE("a moved slice goes on and one that is moved over is written") {
    sluice::membuf below(std::string(20, '.'));
    sluice::slicebuf a(below, 0, 5);
    sluice::slicebuf b(below, 10, 5);
    write(a, "ab");
    write(b, "xy");
    a = std::move(b);
    write(a, "z");
    CHECK_FALSE(b.is_open());  // NOLINT: the case
    b = sluice::slicebuf(below, 5, 1);
    swap(a, b);
    write(b, "!");
    b.close();
    CHECK(below.view() == "ab........xyz!......");
    CHECK(tell(a) == 0);
    auto& same = a;
    a = std::move(same);
    CHECK(a.is_open());
}

TEST_CASE("a position too far for what lies below has no descriptor there") {
    const support::temporary_file file("0123456789");
    sluice::fstream below(file.path());
    sluice::slice_io slice(below, 3, 4);
    slice.seek(std::numeric_limits<std::streamoff>::max());
    CHECK(code_thrown_by([&] { static_cast<void>(slice.fileno()); }) == sluice::errc::bad_position);
}

TEST_SUITE_END();
