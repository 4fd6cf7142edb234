#include <sluice/device/file.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/span.hpp>
#include <sluice/filter/pair.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/fstream.hpp>

#include <conformance/failing.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>
#include <support/unbuffered.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

using conformance::code_thrown_by;
using ios = std::ios_base;

namespace {

constexpr int end = std::char_traits<char>::eof();

/// Says how it was closed.
class closing : public sluice::basic_membuf<char> {
public:
    closing(std::string name, std::string& log, std::error_code code = {})
        : name_(std::move(name)), log_(log), code_(code) {}

protected:
    std::error_code do_close() noexcept override {
        log_ += name_;
        return code_;
    }

private:
    std::string name_;
    std::string& log_;
    std::error_code code_;
};

}  // namespace

TEST_SUITE_BEGIN("pair");

TEST_CASE("a pair reads from one and writes to the other") {  // case G35
    sluice::membuf from("abcdef");
    sluice::membuf to;
    sluice::pair_stream p(from, to);
    CHECK(p.read(3) == "abc");
    CHECK(p.read1(1) == "d");
    CHECK(p.peek(1) == "ef");
    CHECK(p.write("x") == 1);
    CHECK(p.readable());
    CHECK(p.writable());
    CHECK_FALSE(p.seekable());
    CHECK(code_thrown_by([&] { p.seek(0); }) == sluice::errc::not_seekable);
    CHECK(code_thrown_by([&] { static_cast<void>(p.tell()); }) == sluice::errc::not_seekable);
    CHECK(code_thrown_by([&] { p.truncate(0); }) == sluice::errc::unsupported);
    p.flush();
    CHECK(to.view() == "x");
    CHECK(p.read() == "ef");
    CHECK(p.read().empty());
    CHECK(p.good());
}

TEST_CASE("a pair closes what it owns and flushes what is lent") {  // case G36
    std::string log;
    {
        sluice::pair_stream p(std::make_unique<closing>("r", log),
                              std::make_unique<closing>("w", log));
        p.close();
        CHECK(p.closed());
        CHECK(log == "wr");
    }
    CHECK(log == "wr");
    closing reader("r", log);
    closing writer("w", log);
    sluice::pair_stream p(reader, writer);
    p.write("text");
    p.close();
    CHECK(log == "wr");
    CHECK(writer.view() == "text");
    CHECK(reader.is_open());
    CHECK(code_thrown_by([&] { p.read(); }) == sluice::errc::closed);
    CHECK(code_thrown_by([&] { p.write("x"); }) == sluice::errc::closed);
}

TEST_CASE("both sides of a pair are closed and the first failure is reported") {
    std::string log;
    const auto code_of = [&](std::error_code reader, std::error_code writer) {
        sluice::pair_stream p(std::make_unique<closing>("r", log, reader),
                              std::make_unique<closing>("w", log, writer));
        const std::error_code code = code_thrown_by([&] { p.close(); });
        CHECK(p.closed());
        return code;
    };
    const auto first = std::make_error_code(std::errc::no_space_on_device);
    const auto second = std::make_error_code(std::errc::broken_pipe);
    CHECK(code_of(second, first) == first);
    CHECK(code_of(second, {}) == second);
    CHECK_FALSE(code_of({}, {}));
    CHECK(log == "wrwrwr");
}

TEST_CASE("a pair stays open, with both its parts, while one of them is pinned") {
    for (const bool reader_is_pinned : {true, false}) {
        CAPTURE(reader_is_pinned);
        auto reader = std::make_unique<sluice::membuf>("abc");
        auto writer = std::make_unique<sluice::membuf>("123");
        auto pin = (reader_is_pinned ? *reader : *writer).getbuffer();
        sluice::pairbuf pair(std::move(reader), std::move(writer));
        CHECK(code_thrown_by([&] { pair.close(); }) == sluice::errc::pinned);
        REQUIRE(pair.is_open());
        CHECK(pair.reader() != nullptr);
        CHECK(pair.writer() != nullptr);
        CHECK(pair.sbumpc() == 'a');
        CHECK(static_cast<char>(pin.span()[0]) == (reader_is_pinned ? 'a' : '1'));
        pin.release();
        CHECK_NOTHROW(pair.close());
        CHECK_FALSE(pair.is_open());
        CHECK(pair.reader() == nullptr);
    }
}

TEST_CASE("a failure of the writer is not lost where the reader is pinned") {
    std::string log;
    const auto full = std::make_error_code(std::errc::no_space_on_device);
    auto reader = std::make_unique<sluice::membuf>("abc");
    auto pin = reader->getbuffer();
    sluice::pair_stream p(std::move(reader), std::make_unique<closing>("w", log, full));
    CHECK(code_thrown_by([&] { p.close(); }) == sluice::errc::pinned);
    CHECK_FALSE(p.closed());
    CHECK(sluice::error_of(p).code() == full);
    pin.release();
    CHECK_NOTHROW(p.close());
    CHECK(log == "w");
}

TEST_CASE("what is pending in an owned std::filebuf is written by close, or reported") {
    const support::temporary_file file;
    const auto opened = [](const std::string& path) {
        auto made = std::make_unique<std::filebuf>();
        REQUIRE(made->open(path, ios::in | ios::out | ios::binary) != nullptr);
        return made;
    };
    for (const bool reads : {true, false}) {
        CAPTURE(reads);
        auto full = opened("/dev/full");
        full->sputc('x');
        auto other = opened(file.path());
        sluice::pairbuf pair(std::move(reads ? full : other), std::move(reads ? other : full));
        CHECK(code_thrown_by([&] { pair.close(); }) == std::errc::io_error);
        CHECK_FALSE(pair.is_open());
    }
}

TEST_CASE("a pair gives back what it owned") {
    sluice::pairbuf pair(std::make_unique<sluice::membuf>("abc"),
                         std::make_unique<sluice::membuf>());
    CHECK(pair.sbumpc() == 'a');
    CHECK(pair.sputc('x') == 'x');
    const sluice::pairbuf::parts parts = pair.detach();
    CHECK_FALSE(pair.is_open());
    CHECK(parts.reader->sgetc() == 'b');
    CHECK(dynamic_cast<sluice::membuf&>(*parts.writer).view() == "x");
    CHECK(code_thrown_by([&] { pair.detach(); }) == sluice::errc::closed);
    sluice::membuf from("abc");
    sluice::membuf to;
    sluice::pairbuf lent(from, to);
    CHECK(lent.detach().reader == nullptr);
}

TEST_CASE("a stream of a pair gives back what that owned") {
    sluice::pair_stream p(std::make_unique<sluice::membuf>("abc"),
                          std::make_unique<sluice::membuf>());
    p << p.read(1) << 'x';
    CHECK(p.rdbuf()->writer() != nullptr);
    const auto parts = p.detach();
    CHECK(p.closed());
    CHECK(parts.reader->sgetc() == 'b');
    CHECK(dynamic_cast<sluice::membuf&>(*parts.writer).view() == "ax");
    CHECK(code_thrown_by([&] { p.detach(); }) == sluice::errc::closed);
    const sluice::pair_stream moved(std::move(p));
    CHECK(code_thrown_by([&] { p.detach(); }) == sluice::errc::closed);  // NOLINT: the case
}

TEST_CASE("what is lent stands where the pair stood") {
    sluice::membuf from("abcdef");
    std::stringbuf to;
    {
        sluice::pairbuf pair(from, to);
        CHECK(pair.sbumpc() == 'a');
        CHECK(pair.sbumpc() == 'b');
        pair.sputn("xyz", 3);
        pair.sputc('!');
        CHECK(pair.pubsync() == 0);
        CHECK(from.sgetc() == 'c');
        CHECK(to.str() == "xyz!");
        CHECK(pair.sbumpc() == 'c');
        pair.sputc('?');
    }
    CHECK(from.sgetc() == 'd');
    CHECK(to.str() == "xyz!?");
}

TEST_CASE("a pair of the standard's buffers and of files") {
    std::string text;
    for (int i = 0; i < 60000; ++i) {
        text += std::to_string(i) + '\n';
    }
    const support::temporary_file source(text);
    const support::temporary_file target;
    const auto copy = [&](std::streambuf& reader, std::streambuf& writer) {
        sluice::pair_stream p(reader, writer);
        CHECK(p.readline() == "0\n");
        p << 0 << '\n';
        for (int i = 1; i < 1000; ++i) {
            const int c = p.get();
            REQUIRE(c != end);
            p.put(static_cast<char>(c));
        }
        std::string block(1000, '\0');
        for (;;) {
            p.std::istream::read(block.data(), 1000);
            p.clear(p.rdstate() & ios::badbit);
            const auto count = static_cast<std::size_t>(p.gcount());
            p.write(std::string_view(block).substr(0, count));
            if (count < block.size()) {
                break;
            }
        }
        CHECK(p.good());
        p.close();
    };
    std::stringbuf from(text);
    std::stringbuf to;
    copy(from, to);
    CHECK((to.str() == text));
    sluice::filebuf in;
    sluice::filebuf out;
    REQUIRE(in.open(source.path(), ios::in) != nullptr);
    REQUIRE(out.open(target.path(), ios::out) != nullptr);
    copy(in, out);
    CHECK((target.content() == text));
}

TEST_CASE("a pair of buffers without areas loses nothing") {
    support::unbuffered both("abcdef");
    sluice::pair_stream p(both, both);
    CHECK(p.get() == 'a');
    CHECK(p.peek(1) == "b");
    CHECK(p.peek(1) == "b");
    CHECK(p.std::istream::peek() == 'b');
    CHECK(p.read(2) == "bc");
    CHECK(p.unget());
    CHECK(p.get() == 'c');
    CHECK(p.peek(3) == "d");
    p << "xy";
    CHECK(both.written() == "xy");
    CHECK(p.peek(1) == "d");
    sluice::pairbuf moved(std::move(dynamic_cast<sluice::pairbuf&>(*p.basic_stream::rdbuf())));
    CHECK(moved.sbumpc() == 'd');
    CHECK(moved.peek(1).size() == 1);
    CHECK(moved.pubsync() == 0);
    CHECK(both.sgetc() == 'e');
}

TEST_CASE("a pair shows what is available and peeks as far as the reader can") {
    sluice::membuf from("abcdef");
    sluice::membuf to;
    sluice::pairbuf pair(from, to);
    CHECK(pair.in_avail() == 6);
    CHECK(pair.peek(4).size() == 6);
    pair.consume(2);
    CHECK(pair.sbumpc() == 'c');
    CHECK(pair.sputbackc('c') == 'c');
    CHECK(pair.sungetc() == 'b');
    CHECK(pair.sputbackc('!') == '!');
    CHECK(pair.sbumpc() == '!');
    CHECK(pair.sbumpc() == 'b');
    CHECK(from.view() == "abcdef");
}

TEST_CASE("a failure of either side is the pair's with its reason") {
    {
        std::array<char, 4> room{};
        sluice::membuf from;
        sluice::spanbuf to(room, ios::out);
        sluice::pair_stream p(from, to);
        CHECK(p.rdbuf()->sputn("abcdef", 6) == 4);
        CHECK(p.bad());
        CHECK(sluice::error_of(p).code() == sluice::errc::no_space);
        p.clear();
        CHECK(code_thrown_by([&] { p.write("g"); }) == sluice::errc::no_space);
    }
    {
        sluice::filebuf from;
        REQUIRE(from.open("/tmp", ios::in) != nullptr);
        sluice::membuf to;
        sluice::pair_stream p(from, to);
        p.get();
        CHECK(p.bad());
        CHECK_FALSE(p.eof());
        CHECK(sluice::error_of(p).code() == std::errc::is_a_directory);
        CHECK(sluice::error_of(p).path() == "/tmp");
    }
    {
        sluice::membuf from;
        sluice::filebuf to;
        REQUIRE(to.open("/dev/full", ios::out) != nullptr);
        sluice::pair_stream p(from, to);
        p << 'x';
        CHECK(p.good());
        CHECK(code_thrown_by([&] { p.flush(); }) == std::errc::no_space_on_device);
        CHECK(sluice::error_of(p).path() == "/dev/full");
        CHECK(code_thrown_by([&] { p.close(); }) == std::errc::no_space_on_device);
    }
}

TEST_CASE("a failure is the one that has just happened, and a lent buffer keeps its own") {
    const support::temporary_file file;
    const support::replaced_calls scope;
    const auto fail_with = [](int number) {
        static int wanted;
        wanted = number;
        support::replaced_calls::calls().write = [](int, const void*, std::size_t) -> ssize_t {
            errno = wanted;
            return -1;
        };
    };
    sluice::membuf from;
    SUBCASE("the buffer of a stream") {
        sluice::fstream out(file.path(), ios::in | ios::out | ios::binary);
        sluice::pair_stream p(from, *out.rdbuf());
        p << 'x';
        fail_with(ENOSPC);
        CHECK(code_thrown_by([&] { p.flush(); }) == std::errc::no_space_on_device);
        CHECK(sluice::error_of(p).path() == file.path());
        CHECK(sluice::error_of(p).operation() == "write");
        CHECK(sluice::error_of(p).position() == 0);
        CHECK(out.bad());
        p.clear();
        fail_with(EFBIG);
        CHECK(code_thrown_by([&] { p.flush(); }) == std::errc::file_too_large);
        CHECK(sluice::error_of(out).code() == std::errc::no_space_on_device);
        support::replaced_calls::calls().write = scope.real().write;
    }
    SUBCASE("a buffer alone") {
        sluice::filebuf out;
        REQUIRE(out.open(file.path(), ios::out) != nullptr);
        sluice::pair_stream p(from, out);
        p << 'x';
        fail_with(ENOSPC);
        CHECK(code_thrown_by([&] { p.flush(); }) == std::errc::no_space_on_device);
        CHECK(out.reason().code() == std::errc::no_space_on_device);
        support::replaced_calls::calls().write = scope.real().write;
    }
    CHECK(file.content() == "x");
}

TEST_CASE("a failure of the text below keeps all that it said") {
    auto text = std::make_unique<sluice::textbuf>(std::make_unique<sluice::membuf>("ab\xff"),
                                                  sluice::text_options{.encoding = "utf-8"});
    sluice::pair_stream p(std::move(text), std::make_unique<sluice::membuf>());
    CHECK(p.read(2) == "ab");
    CHECK(code_thrown_by([&] { p.read(1); }) == sluice::errc::bad_encoding);
    CHECK(sluice::error_of(p).detail() == "utf-8: ff");
    CHECK(sluice::error_of(p).position() == 2);
    CHECK(sluice::error_of(p).operation() == "read");
}

TEST_CASE("a pair has no path of its own") {
    sluice::filebuf from;
    REQUIRE(from.open("/tmp", ios::in) != nullptr);
    sluice::membuf to;
    sluice::pair_stream p(from, to);
    CHECK(p.rdbuf()->path().empty());
    CHECK(p.get() == end);
    CHECK(sluice::error_of(p).path() == "/tmp");
    CHECK(p.basic_stream::rdbuf()->path().empty());
}

TEST_CASE("a pair refuses what cannot do its part") {
    sluice::spanbuf readable("abc");
    sluice::membuf closed;
    closed.close();
    std::array<char, 4> room{};
    sluice::spanbuf writable(room, ios::out);
    CHECK(code_thrown_by([&] { const sluice::pairbuf p(writable, writable); }) ==
          sluice::errc::not_readable);
    CHECK(code_thrown_by([&] { const sluice::pairbuf p(readable, readable); }) ==
          sluice::errc::not_writable);
    CHECK(code_thrown_by([&] { const sluice::pairbuf p(closed, writable); }) ==
          sluice::errc::closed);
    std::istream without(nullptr);
    std::ostream to(&writable);
    CHECK(code_thrown_by([&] { const sluice::pair_stream p(without, to); }) ==
          sluice::errc::closed);
}

TEST_CASE("a pair moves with what it owns") {
    sluice::pairbuf first(std::make_unique<sluice::membuf>("abcdef"),
                          std::make_unique<sluice::membuf>());
    CHECK(first.sbumpc() == 'a');
    first.sputc('x');
    sluice::pairbuf second(std::move(first));
    CHECK(second.sbumpc() == 'b');
    second.sputc('y');
    sluice::pairbuf third;
    third = std::move(second);
    third.sputc('z');
    CHECK(third.sbumpc() == 'c');
    const auto parts = third.detach();
    CHECK(dynamic_cast<sluice::membuf&>(*parts.writer).view() == "xyz");
    CHECK(third.sgetn(nullptr, 0) == 0);
}

TEST_CASE("a wide pair") {
    std::wstringbuf from(L"one\ntwo");
    std::wstringbuf to;
    sluice::wpair_stream p(from, to);
    CHECK((p.readline() == L"one\n"));
    p << L"three" << std::flush;
    CHECK((to.str() == L"three"));
}

TEST_CASE("a pair that is moved over closes and reports") {
    sluice::membuf from("abc");
    sluice::filebuf to;
    REQUIRE(to.open("/dev/full", ios::out) != nullptr);
    sluice::pairbuf a(from, to);
    a.sputc('x');
    CHECK(code_thrown_by([&] { a = sluice::pairbuf(); }) == std::errc::no_space_on_device);
    CHECK_FALSE(a.is_open());
    a = sluice::pairbuf(std::make_unique<sluice::membuf>("def"),
                        std::make_unique<sluice::membuf>());
    auto& same = a;
    a = std::move(same);
    CHECK(a.sgetc() == 'd');
}

TEST_SUITE_END();
