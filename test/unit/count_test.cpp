#include <sluice/device/file.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/pipe.hpp>
#include <sluice/device/span.hpp>
#include <sluice/filter/count.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/fstream.hpp>
#include <sluice/open.hpp>

#include <conformance/failing.hpp>
#include <conformance/transfer.hpp>
#include <support/errors.hpp>
#include <support/temporary.hpp>
#include <support/unbuffered.hpp>

#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>

using conformance::code_thrown_by;
using ios = std::ios_base;

namespace {

constexpr int end = std::char_traits<char>::eof();

/// Throws as a buffer of the standard's or of another library may.
class throwing : public std::streambuf {
protected:
    int_type underflow() override { throw std::runtime_error("no luck"); }
    int_type overflow(int_type) override { throw std::runtime_error("no luck"); }
};

/// Fails as a layer does over a buffer that has its own words for that.
class of_no_size : public sluice::buf {
public:
    of_no_size() : sluice::buf(true, false) {}

protected:
    off_type do_size(std::error_code& code) override {
        code = std::make_error_code(std::errc::io_error);
        note_below(sluice::error("stat", code, "far away", -1, "lost"));
        return -1;
    }
};

}  // namespace

TEST_SUITE_BEGIN("count");

TEST_CASE("characters and lines are counted when they are read and not when they are read ahead") {
    sluice::membuf from("one\ntwo\nthree");
    sluice::countbuf counted(from);
    CHECK(counted.characters_read() == 0);
    CHECK(counted.sgetc() == 'o');
    CHECK(counted.characters_read() == 0);
    CHECK(conformance::read(counted, 4) == "one\n");
    CHECK(counted.characters_read() == 4);
    CHECK(counted.lines_read() == 1);
    CHECK(counted.sbumpc() == 't');
    CHECK(counted.characters_read() == 5);
    CHECK(conformance::read_all(counted) == "wo\nthree");
    CHECK(counted.characters_read() == 13);
    CHECK(counted.lines_read() == 2);
    CHECK(counted.characters_written() == 0);
    CHECK(counted.lines_written() == 0);
}

TEST_CASE("what is put back and read again counts once") {
    for (const bool unbuffered_below : {false, true}) {
        CAPTURE(unbuffered_below);
        sluice::membuf memory("a\nb\nc");
        support::unbuffered other("a\nb\nc");
        sluice::countbuf counted(unbuffered_below ? static_cast<std::streambuf&>(other) : memory);
        CHECK(conformance::read(counted, 4) == "a\nb\n");
        CHECK(counted.sungetc() == '\n');
        CHECK(counted.sungetc() == 'b');
        CHECK(counted.pubsync() == 0);
        CHECK(counted.sungetc() == '\n');
        CHECK(counted.characters_read() == 4);
        CHECK(counted.lines_read() == 2);
        CHECK(counted.sbumpc() == '\n');
        CHECK(conformance::read_all(counted) == "b\nc");
        CHECK(counted.characters_read() == 5);
        CHECK(counted.lines_read() == 2);
    }
}

TEST_CASE("what is read again after a seek counts again and a tell changes nothing") {
    sluice::membuf from("a\nb");
    sluice::countbuf counted(from);
    CHECK(conformance::read(counted, 2) == "a\n");
    CHECK(counted.sungetc() == '\n');
    CHECK(conformance::tell(counted) == 1);
    CHECK(counted.sbumpc() == '\n');
    CHECK(counted.characters_read() == 2);
    CHECK(conformance::seek(counted, 0) == 0);
    CHECK(conformance::read_all(counted) == "a\nb");
    CHECK(counted.characters_read() == 5);
    CHECK(counted.lines_read() == 2);
}

TEST_CASE("what is written is counted apart") {
    sluice::membuf to;
    sluice::countbuf counted(to);
    CHECK(conformance::write(counted, "ab\n") == 3);
    CHECK(counted.sputc('\n') == '\n');
    CHECK(counted.characters_written() == 4);
    CHECK(counted.lines_written() == 2);
    CHECK(counted.characters_read() == 0);
    counted.close();
    CHECK(counted.characters_written() == 4);
    CHECK(to.view() == "ab\n\n");
    CHECK(to.is_open());
}

TEST_CASE("what is not taken below is not counted") {
    std::array<char, 4> room{};
    sluice::spanbuf to(room, ios::out);
    sluice::countbuf counted(to);
    CHECK(conformance::write(counted, "a\nb\nc\n") == 4);
    CHECK(counted.characters_written() == 4);
    CHECK(counted.lines_written() == 2);
    CHECK(counted.reason().code() == sluice::errc::no_space);
    CHECK(counted.reason().position() == 4);
    CHECK(counted.sputc('x') == end);
    CHECK(counted.characters_written() == 4);
}

TEST_CASE("open and count and text are one expression") {
    const support::temporary_file file("first\r\nsecond\r\n");
    sluice::text_io in(sluice::count_io(sluice::open(file.path(), "rb")));
    CHECK(in.readline() == "first\n");
    CHECK(in.readline() == "second\n");
    CHECK(in.readline().empty());
    auto* const counted = sluice::layer_of<sluice::countbuf>(in);
    REQUIRE(counted != nullptr);
    CHECK(counted->characters_read() == 15);
    CHECK(counted->lines_read() == 2);
    CHECK(sluice::layer_of<sluice::filebuf>(in) != nullptr);
    CHECK(sluice::layer_of<sluice::textbuf>(in) == in.rdbuf());
    CHECK(sluice::layer_of<sluice::membuf>(in) == nullptr);
    sluice::wtext_io wide(sluice::count_io(sluice::open(file.path(), "rb")));
    CHECK(sluice::layer_of<sluice::countbuf>(wide) != nullptr);
    CHECK(sluice::layer_of<sluice::countbuf>(static_cast<std::streambuf*>(nullptr)) == nullptr);
}

TEST_CASE("what lies below is borrowed or owned by one form") {
    std::stringbuf text("abc");
    sluice::countbuf by_buffer(text);
    CHECK(by_buffer.sbumpc() == 'a');
    by_buffer.close();
    std::istringstream in("abc");
    sluice::count_io by_istream(in);
    CHECK(by_istream.readable());
    CHECK_FALSE(by_istream.writable());
    CHECK(by_istream.read() == "abc");
    CHECK(code_thrown_by([&] { by_istream.write("x"); }) == sluice::errc::not_writable);
    std::ostringstream out;
    sluice::count_io by_ostream(out);
    by_ostream.write("abc");
    CHECK(code_thrown_by([&] { by_ostream.read(); }) == sluice::errc::not_readable);
    by_ostream.close();
    CHECK(out.str() == "abc");
    sluice::bytes_io bytes("abc");
    sluice::count_io by_stream(bytes);
    CHECK(by_stream.read(2) == "ab");
    by_stream.close();
    CHECK(bytes.read() == "c");
    sluice::count_io owning(std::make_unique<sluice::membuf>("abc"));
    CHECK(owning.get() == 'a');
    CHECK(owning.detach()->sgetc() == 'b');
    CHECK(owning.closed());
    CHECK(owning.rdbuf()->characters_read() == 1);
    CHECK(code_thrown_by([&] { static_cast<void>(owning.detach()); }) == sluice::errc::closed);
    sluice::count_io moved_in(sluice::bytes_io("abc"));
    CHECK(moved_in.read() == "abc");
    moved_in.close();
    CHECK(moved_in.rdbuf()->below() == nullptr);
}

TEST_CASE("what is closed or null is refused below") {
    sluice::membuf closed;
    closed.close();
    CHECK(code_thrown_by([&] { const sluice::countbuf over(closed); }) == sluice::errc::closed);
    CHECK(code_thrown_by([&] { const sluice::countbuf over(std::unique_ptr<sluice::membuf>{}); }) ==
          sluice::errc::closed);
    std::istream none(nullptr);
    CHECK(code_thrown_by([&] { const sluice::countbuf over(none); }) == sluice::errc::closed);
    sluice::countbuf idle;
    CHECK_FALSE(idle.is_open());
    CHECK(idle.pubsync() == 0);
    CHECK(idle.sputc('x') == end);
    CHECK(code_thrown_by([&] { idle.sgetc(); }) == sluice::errc::closed);
    CHECK(conformance::seek(idle, 0) == -1);
    CHECK(idle.in_avail() == -1);
    CHECK_NOTHROW(idle.close());
}

TEST_CASE("what is borrowed can be used between two uses of the layer") {
    sluice::membuf below("abcdef");
    sluice::countbuf counted(below);
    CHECK(counted.sbumpc() == 'a');
    CHECK(counted.pubsync() == 0);
    CHECK(below.sbumpc() == 'b');
    CHECK(counted.sbumpc() == 'c');
    CHECK(counted.sputc('D') == 'D');
    CHECK(counted.pubsync() == 0);
    CHECK(conformance::write(below, std::string(100000, '.')) == 100000);
    CHECK(counted.sputc('!') == '!');
    counted.close();
    CHECK(below.view().substr(0, 5) == "abcD.");
    CHECK(below.view().back() == '!');
    CHECK(counted.characters_written() == 2);
}

TEST_CASE("a layer over a buffer without areas loses nothing") {
    support::unbuffered below("a\nbc\ndef");
    sluice::count_io f(below);
    CHECK(f.peek(1) == "a");
    CHECK(f.readline() == "a\n");
    CHECK(f.get() == 'b');
    CHECK(f.rdbuf()->characters_read() == 3);
    CHECK(f.std::istream::peek() == 'c');
    CHECK(f.unget());
    CHECK(f.rdbuf()->characters_read() == 3);
    CHECK(f.readline() == "bc\n");
    CHECK(f.rdbuf()->characters_read() == 5);
    f << "xy";
    CHECK(below.written() == "xy");
    CHECK(f.peek(1) == "d");
    CHECK(f.rdbuf()->characters_read() == 5);
    f.rdbuf()->pubsync();
    CHECK(below.sgetc() == 'd');
}

TEST_CASE("a failure below is the layer's with all that it said") {
    sluice::count_io out(sluice::open("/dev/full", "wb"));
    out.write("abc");
    CHECK(out.good());
    CHECK(code_thrown_by([&] { out.flush(); }) == std::errc::no_space_on_device);
    CHECK(out.bad());
    CHECK(sluice::error_of(out).path() == "/dev/full");
    CHECK(sluice::error_of(out).operation() == "write");
    CHECK(sluice::error_of(out).position() == 0);
    CHECK(code_thrown_by([&] { out.close(); }) == std::errc::no_space_on_device);
    CHECK(out.closed());
    sluice::filebuf directory;
    REQUIRE(directory.open("/tmp", ios::in) != nullptr);
    sluice::count_io in(directory);
    CHECK(in.get() == end);
    CHECK(in.bad());
    CHECK_FALSE(in.eof());
    CHECK(sluice::error_of(in).code() == std::errc::is_a_directory);
    CHECK(sluice::error_of(in).path() == "/tmp");
    CHECK(code_thrown_by([&] { in.read(); }) == std::errc::is_a_directory);
}

TEST_CASE("what the stream below would throw does not hide how much was written") {
    std::array<char, 4> room{};
    sluice::stream below(std::make_unique<sluice::spanbuf>(room, ios::out));
    below.exceptions(ios::badbit);
    sluice::countbuf counted(*below.rdbuf());
    CHECK(conformance::write(counted, "abcdef") == 4);
    CHECK(counted.reason().code() == sluice::errc::no_space);
    CHECK(below.bad());
    CHECK(below.exceptions() == ios::badbit);
    below.exceptions(ios::goodbit);
}

TEST_CASE("a layer whose stream is told to throw throws the reason") {
    sluice::count_io out(sluice::open("/dev/full", "wb"));
    out.exceptions(ios::badbit);
    std::ostream& as_any = out;
    as_any << "abc";
    CHECK(code_thrown_by([&] { as_any.flush(); }) == std::errc::no_space_on_device);
    out.exceptions(ios::goodbit);
}

TEST_CASE("an exception that is not sluice's passes through") {
    throwing below;
    sluice::countbuf counted(below);
    CHECK_THROWS_AS(counted.sgetc(), std::runtime_error);
    CHECK_THROWS_AS(counted.sputc('x'), std::runtime_error);
    CHECK(counted.characters_read() == 0);
    CHECK(counted.characters_written() == 0);
}

TEST_CASE("a moved layer goes on with its counts") {
    sluice::countbuf counted(std::make_unique<sluice::membuf>("a\nbc"));
    CHECK(conformance::read(counted, 2) == "a\n");
    sluice::countbuf moved(std::move(counted));
    CHECK_FALSE(counted.is_open());  // NOLINT: the case
    CHECK(counted.characters_read() == 0);
    CHECK(moved.sbumpc() == 'b');
    CHECK(moved.characters_read() == 3);
    CHECK(moved.lines_read() == 1);
    counted = std::move(moved);
    auto& same = counted;
    counted = std::move(same);
    CHECK(counted.sbumpc() == 'c');
    CHECK(counted.characters_read() == 4);
    swap(counted, moved);
    CHECK(moved.characters_read() == 4);
    CHECK(moved.is_open());
}

TEST_CASE("a stream without its layer has nothing to give back") {
    sluice::count_io counted(sluice::bytes_io("ab"));
    const sluice::count_io moved(std::move(counted));
    CHECK(counted.rdbuf() == nullptr);  // NOLINT: the case
    CHECK(code_thrown_by([&] { static_cast<void>(counted.detach()); }) == sluice::errc::closed);
}

TEST_CASE("a count of what passes once") {
    auto [in, out] = sluice::pipe();
    out.write("a\nb\n");
    out.close();
    sluice::count_io counted(std::move(in));
    CHECK_FALSE(counted.seekable());
    CHECK(code_thrown_by([&] { counted.seek(0); }) == sluice::errc::not_seekable);
    CHECK(counted.read() == "a\nb\n");
    CHECK(counted.rdbuf()->lines_read() == 2);
}

TEST_CASE("a layer is a terminal and has a size and a descriptor where what lies below has") {
    const support::temporary_file file("abc");
    sluice::count_io f(sluice::open(file.path(), "r+b"));
    CHECK_FALSE(f.isatty());
    CHECK(f.rdbuf()->path() == file.path());
    CHECK(f.rdbuf()->size() == 3);
    CHECK(f.get() == 'a');
    CHECK(f.fileno() >= 0);
    CHECK(f.truncate(2) == 2);
    CHECK(f.read() == "b");
    std::stringbuf text("abc");
    sluice::countbuf over(text);
    CHECK(code_thrown_by([&] { static_cast<void>(over.size()); }) == sluice::errc::unsupported);
    CHECK(code_thrown_by([&] { over.truncate(1); }) == sluice::errc::unsupported);
    CHECK(code_thrown_by([&] { static_cast<void>(over.native_handle()); }) ==
          sluice::errc::unsupported);
}

TEST_CASE("a layer over a buffer of the standard's can be sought where that can") {
    std::stringbuf text("abc");
    CHECK(sluice::countbuf(text).seekable());
    throwing nothing;
    CHECK_FALSE(sluice::countbuf(nothing).seekable());
}

TEST_CASE("what is below says why its size is not known") {
    of_no_size below;
    sluice::countbuf over(below);
    const sluice::error why = support::thrown_by([&] { static_cast<void>(over.size()); });
    CHECK(why.code() == std::errc::io_error);
    CHECK(why.operation() == "stat");
    CHECK(why.path() == "far away");
    CHECK(why.detail() == "lost");
}

TEST_CASE("a layer stays open while what it owns is pinned") {
    auto below = std::make_unique<sluice::membuf>("abc");
    auto pin = below->getbuffer();
    sluice::countbuf counted(std::move(below));
    CHECK(counted.sbumpc() == 'a');
    CHECK(code_thrown_by([&] { counted.close(); }) == sluice::errc::pinned);
    CHECK(counted.is_open());
    CHECK(counted.sbumpc() == 'b');
    pin.release();
    CHECK_NOTHROW(counted.close());
}

TEST_CASE("wide characters and lines are counted") {
    sluice::wcountbuf counted(std::make_unique<sluice::wmembuf>(L"a\nb\n"));
    CHECK(conformance::read_all(counted) == "a\nb\n");
    CHECK(counted.characters_read() == 4);
    CHECK(counted.lines_read() == 2);
}

TEST_CASE("a count that is moved over closes and reports") {
    sluice::countbuf a(sluice::open("/dev/full", "wb"));
    a.sputc('x');
    sluice::countbuf b(std::make_unique<sluice::membuf>("abc"));
    CHECK(code_thrown_by([&] { a = std::move(b); }) == std::errc::no_space_on_device);
    CHECK_FALSE(a.is_open());
    CHECK(b.sgetc() == 'a');  // NOLINT: it has not been moved
    a = std::move(b);
    CHECK(a.sgetc() == 'a');
}

TEST_SUITE_END();
