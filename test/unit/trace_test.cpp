#include <sluice/algorithm/lines.hpp>
#include <sluice/device/file.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/stream.hpp>
#include <sluice/testing/faults.hpp>
#include <sluice/testing/trace.hpp>

#include <support/errors.hpp>
#include <support/limits.hpp>
#include <support/temporary.hpp>
#include <support/throwing_buf.hpp>
#include <support/unbuffered.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <fstream>
#include <iostream>
#include <istream>
#include <locale>
#include <memory>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

using namespace std::chrono_literals;
using sluice::testing::fault;
using sluice::testing::fault_options;
using sluice::testing::faultbuf;
using sluice::testing::trace_io;
using sluice::testing::trace_options;
using sluice::testing::tracebuf;
using sluice::testing::traced;
using sluice::testing::wtracebuf;
using support::system_code;
using support::thrown_by;
using ios = std::ios_base;

namespace {

/// Writes down which of its virtual calls was made.
class noting_buf : public std::streambuf {
public:
    std::string calls;

protected:
    void imbue(const std::locale& locale) override { calls += "imbue " + locale.name() + ' '; }
    std::streambuf* setbuf(char*, std::streamsize count) override {
        calls += "setbuf " + std::to_string(count) + ' ';
        return this;
    }
    pos_type seekoff(off_type offset, ios::seekdir, ios::openmode which) override {
        calls += "seekoff " + std::to_string(offset) + (which == ios::in ? " in " : " both ");
        return offset;
    }
    pos_type seekpos(pos_type position, ios::openmode) override {
        calls += "seekpos " + std::to_string(std::streamoff(position)) + ' ';
        return position;
    }
    int sync() override { return calls += "sync ", 0; }
    std::streamsize showmanyc() override { return calls += "showmanyc ", 7; }
    std::streamsize xsgetn(char* target, std::streamsize count) override {
        calls += "xsgetn " + std::to_string(count) + ' ';
        return std::fill_n(target, count, 'x'), count;
    }
    int_type underflow() override { return calls += "underflow ", 'x'; }
    int_type uflow() override { return calls += "uflow ", 'x'; }
    int_type pbackfail(int_type) override { return calls += "pbackfail ", 'x'; }
    std::streamsize xsputn(const char*, std::streamsize count) override {
        calls += "xsputn " + std::to_string(count) + ' ';
        return count;
    }
};

}  // namespace

TEST_SUITE_BEGIN("trace");

TEST_CASE("each virtual call reaches the buffer below a trace") {
    for (const bool every_call : {false, true}) {
        CAPTURE(every_call);
        noting_buf below;
        tracebuf buf(below, trace_options{.every_call = every_call});
        const auto made = [&below] { return std::exchange(below.calls, ""); };

        buf.pubimbue(std::locale::classic());
        CHECK(made() == "imbue C ");
        CHECK(buf.pubsetbuf(nullptr, 5) == &buf);
        CHECK(made() == "setbuf 5 ");
        CHECK(buf.pubseekoff(3, ios::beg, ios::in) == 3);
        CHECK(made() == "seekoff 3 in ");
        CHECK(buf.pubseekpos(4) == 4);
        CHECK(made() == "seekpos 4 ");
        CHECK(buf.pubsync() == 0);
        CHECK(made() == "sync ");
        CHECK(buf.in_avail() == 7);
        CHECK(made() == "showmanyc ");
        std::array<char, 9> target{};
        CHECK(buf.sgetn(target.data(), 9) == 9);
        CHECK(made() == "xsgetn 9 ");
        CHECK(buf.sgetc() == 'x');
        CHECK(made() == "underflow ");
        CHECK(buf.sbumpc() == 'x');
        CHECK(made() == "underflow uflow ");
        CHECK(buf.sungetc() == 'x');
        CHECK(made() == "pbackfail ");
        CHECK(buf.sputn("abc", 3) == 3);
        CHECK(made() == "xsputn 3 ");
        CHECK(buf.sputc('a') == 'a');
        CHECK(made() == "xsputn 1 ");
        CHECK(buf.count() == 12);
    }
}

TEST_CASE("a trace tells each call with what it was given and what it gave") {
    sluice::membuf below("hello");
    tracebuf buf(below);
    buf.pubseekoff(0, ios::end);
    buf.pubseekoff(-4, ios::cur, ios::in);
    buf.pubseekpos(0, ios::out);
    buf.sputn("jo", 2);
    buf.sgetc();
    std::array<char, 9> target{};
    buf.sgetn(target.data(), 9);
    buf.sbumpc();
    buf.pubsync();
    buf.in_avail();
    buf.pubseekpos(-1);
    buf.truncate(2);
    CHECK(buf.size() == 2);
    buf.pubsetbuf(nullptr, 100);
    buf.pubimbue(std::locale::classic());
    buf.close();
    CHECK(buf.list() == "seekoff(0, end, in|out) = 5\n"
                        "seekoff(-4, cur, in) = 1\n"
                        "seekpos(0, out) = 0\n"
                        "xsputn(2) = 2\n"
                        "underflow() = 'l'\n"
                        "xsgetn(9) = 3\n"
                        "uflow() = eof\n"
                        "sync() = 0\n"
                        "showmanyc() = 0\n"
                        "seekpos(-1, in|out) = -1\n"
                        "truncate(2)\n"
                        "size() = 2\n"
                        "setbuf(100)\n"
                        "imbue(\"C\")\n"
                        "close()\n");
    CHECK(buf.calls()[9].failed);
    CHECK(buf.calls()[6].result == -1);
    CHECK_FALSE(buf.calls()[6].failed);
}

TEST_CASE("a trace that lends areas records what needs a call") {
    sluice::membuf below("one two");
    trace_io in(below);
    std::string word;
    in >> word;
    CHECK(in.rdbuf()->count() == 1);
    CHECK(in.rdbuf()->count(traced::underflow) == 1);
    CHECK(in.rdbuf()->characters_read() == 3);
}

TEST_CASE("a trace of every call records each that its caller makes") {
    sluice::membuf below("ab");
    tracebuf buf(below, trace_options{.every_call = true});
    CHECK(buf.sgetc() == 'a');
    CHECK(buf.sbumpc() == 'a');
    CHECK(buf.snextc() == tracebuf::traits_type::eof());
    CHECK(buf.sputc('c') == 'c');
    CHECK(buf.sputc('\n') == '\n');
    CHECK(buf.list() == "underflow() = 'a'\n"
                        "uflow() = 'a'\n"
                        "uflow() = 'b'\n"
                        "underflow() = eof\n"
                        "overflow('c') = 'c'\n"
                        "overflow('\\n') = '\\n'\n");
    CHECK(below.view() == "abc\n");
    CHECK(buf.characters_read() == 2);
    CHECK(buf.characters_written() == 2);
    buf.clear();
    for (const char c : {'\x1F', ' ', '~', '\x7F', '\xFF'}) {
        buf.sputc(c);
    }
    CHECK(buf.list() == "overflow(31) = 31\n"
                        "overflow(' ') = ' '\n"
                        "overflow('~') = '~'\n"
                        "overflow(127) = 127\n"
                        "overflow(255) = 255\n");
}

TEST_CASE("a peek is one call, and what it has taken is read") {
    for (const bool every_call : {false, true}) {
        CAPTURE(every_call);
        sluice::membuf below("abc");
        tracebuf buf(below, trace_options{.every_call = every_call});
        CHECK(buf.peek().front() == 'a');
        CHECK(buf.count(traced::peek) == 1);
        CHECK(buf.count() == 1);
        buf.consume(1);
        CHECK(buf.sbumpc() == 'b');
        CHECK(buf.pubseekoff(0, ios::cur, ios::in) == 2);
        std::istream in(&buf);
        in.seekg(0);
        int lines = 0;
        for (const std::string_view line : sluice::lines(in)) {
            lines += line == "abc" ? 1 : 0;
        }
        CHECK(lines == 1);
    }
}

TEST_CASE("a call that throws is recorded with what it threw") {
    sluice::bytes_io bytes("abc");
    faultbuf failing(bytes, fault_options{.faults = {{.reason = EIO}}});
    tracebuf buf(failing);
    CHECK(thrown_by([&] { buf.sgetc(); }).code() == system_code(EIO));
    REQUIRE(buf.calls().size() == 1);
    CHECK(to_string(buf.calls()[0]) == "underflow() threw read: Input/output error");
    CHECK(buf.calls()[0].failed);

    support::throwing_buf foreign([] { throw std::runtime_error("gone"); });
    tracebuf other(foreign);
    CHECK_THROWS(other.sgetc());
    REQUIRE(other.calls().size() == 1);
    CHECK(other.calls()[0].thrown == "gone");
}

TEST_CASE("a call that throws what is no std::exception is recorded") {
    support::throwing_buf foreign([] { throw 5; });
    tracebuf buf(foreign);
    CHECK_THROWS_AS(buf.sgetc(), int);
    CHECK(buf.list() == "underflow() threw unknown\n");
    CHECK(buf.calls()[0].failed);
}

// The sanitizers take the address space for themselves.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang__)
TEST_CASE("an exception whose message cannot be recorded is thrown all the same") {
    static const char* message = nullptr;
    struct long_error : std::exception {
        [[nodiscard]] const char* what() const noexcept override { return message; }
    };
    const std::string text(100'000'000, 'x');
    message = text.c_str();
    support::throwing_buf foreign([] { throw long_error(); });
    tracebuf buf(foreign);
    bool thrown = false;
    {
        const support::memory_limit limit(20'000'000);
        try {
            buf.sgetc();
        } catch (const long_error&) {  // CHECK_THROWS_AS would copy the message
            thrown = true;
        }
    }
    CHECK(thrown);
    CHECK(buf.list() == "underflow() threw unknown\n");
}
#endif

TEST_CASE("writes that fail are recorded as failures") {
    sluice::bytes_io bytes;
    faultbuf failing(
        bytes, fault_options{.faults = {{.on = fault::write, .after = 2}, {.on = fault::sync}}});
    tracebuf buf(failing);
    CHECK(buf.sputn("abc", 3) == 2);
    CHECK(buf.pubsync() == -1);
    CHECK(buf.calls()[0].failed);
    CHECK(buf.calls()[0].result == 2);
    CHECK(buf.calls()[1].failed);
    CHECK(buf.reason().code() == system_code(EIO));
}

TEST_CASE("a summary has a line for each kind of call") {
    sluice::membuf below("hello");
    tracebuf buf(below, trace_options{.every_call = true});
    std::array<char, 4> target{};
    buf.sgetn(target.data(), 4);
    buf.sbumpc();
    buf.sputn("ab", 2);
    buf.sputc('c');
    buf.pubseekpos(-1);
    CHECK(buf.summary() == "call             times  characters      failed\n"
                           "seekpos              1           0           1\n"
                           "xsgetn               1           4           0\n"
                           "uflow                1           1           0\n"
                           "xsputn               1           2           0\n"
                           "overflow             1           1           0\n"
                           "5 characters read, 3 written, 5 calls\n");
    buf.clear();
    CHECK(buf.summary() == "call             times  characters      failed\n"
                           "0 characters read, 0 written, 0 calls\n");
    CHECK(buf.list().empty());
}

TEST_CASE("a trace measures how long calls take by the clock it is given") {
    sluice::membuf below("hello");
    std::chrono::steady_clock::time_point now{};
    tracebuf buf(below, trace_options{.clock = [&now] { return now += 1500ns; }});
    buf.sgetc();
    buf.pubsync();
    buf.pubsync();
    CHECK(buf.list() == "underflow() = 'h'  1.5 us\nsync() = 0  1.5 us\nsync() = 0  1.5 us\n");
    CHECK(buf.summary() == "call             times  characters      failed            time\n"
                           "sync                 2           0           0          3.0 us\n"
                           "underflow            1           0           0          1.5 us\n"
                           "0 characters read, 0 written, 3 calls\n");
}

TEST_CASE("a trace keeps as many calls as it is told, and counts all") {
    sluice::membuf below;
    tracebuf buf(below, trace_options{.most_calls = 2});
    for (int i = 0; i < 5; ++i) {
        buf.pubsync();
    }
    CHECK(buf.calls().size() == 2);
    CHECK(buf.count(traced::sync) == 5);
    CHECK(buf.list() == "sync() = 0\nsync() = 0\nand 3 more\n");
}

TEST_CASE("what was written before a locale is written in the one before") {
    const support::temporary_file file("");
    sluice::wfilebuf below;
    below.pubimbue(std::locale("C.UTF-8"));
    REQUIRE(below.open(file.path(), ios::out) != nullptr);
    wtracebuf buf(below);
    CHECK(buf.sputc(L'\u20ac') == L'\u20ac');
    buf.pubimbue(std::locale::classic());
    CHECK(buf.sputc(L'x') == L'x');
    buf.close();
    below.close();
    CHECK(file.content() == "\xe2\x82\xacx");
}

TEST_CASE("a trace of wide characters and of a buffer without areas") {
    sluice::wmembuf below(L"\u20ac");
    wtracebuf buf(below, trace_options{.every_call = true});
    CHECK(buf.sbumpc() == L'\u20ac');
    CHECK(to_string(buf.calls()[0]) == "uflow() = 8364");

    support::unbuffered plain("\xff");
    tracebuf narrow(plain);
    CHECK(narrow.sbumpc() == 0xff);
    CHECK(to_string(narrow.calls()[0]) == "uflow() = 255");
}

TEST_CASE("what was recorded remains when a trace is moved, detached and closed") {
    auto below = std::make_unique<sluice::membuf>("abc");
    tracebuf first(std::move(below));
    first.sbumpc();
    tracebuf second(std::move(first));
    CHECK(second.sbumpc() == 'b');
    CHECK(second.characters_read() == 2);
    const auto owned = second.detach();
    CHECK(owned->sbumpc() == 'c');
    CHECK(second.characters_read() == 2);
    CHECK(second.count(traced::uflow) == 2);
    CHECK(second.below() == nullptr);
    second.pubimbue(std::locale::classic());
    CHECK(second.pubsetbuf(nullptr, 0) == nullptr);
    CHECK(thrown_by([&] { second.sgetc(); }).code() == sluice::errc::closed);
}

TEST_CASE("how the standard's stream drives a file is seen") {
    support::temporary_file file("12 34\n");
    std::filebuf below;
    below.open(file.path(), ios::in);
    tracebuf buf(below);
    std::istream in(&buf);
    int a = 0;
    int b = 0;
    in >> a >> b;
    CHECK(a + b == 46);
    CHECK(in.tellg() == 5);
    CHECK(buf.list() == "underflow() = '1'\n"
                        "seekoff(0, cur, in) = 5\n");
}

TEST_SUITE_END();
