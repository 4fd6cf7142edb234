#include <sluice/fstream.hpp>
#include <sluice/stream.hpp>

#include <conformance/failing.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <istream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

// Descriptors that do not block.

using conformance::code_thrown_by;
using sluice::errc;
using ios = std::ios_base;

namespace {

constexpr int none = std::char_traits<char>::eof();

/// Two ends of sockets, of which neither blocks.
class connected {
public:
    connected() {
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends_.data()) !=
            0) {
            throw std::runtime_error("no sockets");
        }
    }
    connected(const connected&) = delete;
    connected& operator=(const connected&) = delete;
    ~connected() {
        hang_up();
        ::close(ends_[0]);
    }

    [[nodiscard]] int near() const { return ends_[0]; }
    [[nodiscard]] std::unique_ptr<sluice::filebuf> buffer(ios::openmode mode) const {
        return std::make_unique<sluice::filebuf>(near(), mode);
    }

    void send(std::string_view text) const {
        REQUIRE(::write(ends_[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
    }
    /// All that has come to the far end.
    [[nodiscard]] std::string received() const {
        std::string result;
        std::array<char, 65536> block{};
        for (ssize_t got = 0; (got = ::read(ends_[1], block.data(), block.size())) > 0;) {
            result.append(block.data(), static_cast<std::size_t>(got));
        }
        return result;
    }
    void hang_up() {
        if (ends_[1] >= 0) {
            ::close(ends_[1]);
        }
        ends_[1] = -1;
    }

private:
    std::array<int, 2> ends_{};
};

std::string numbered(std::size_t size) {
    std::string text;
    for (int i = 0; text.size() < size; ++i) {
        text += std::to_string(i) + ' ';
    }
    text.resize(size);
    return text;
}

void check_blocked(sluice::stream& f) {
    CHECK(f.bad());
    CHECK_FALSE(f.eof());
    CHECK(sluice::error_of(f).code() == errc::would_block);
    f.clear();
}

}  // namespace

TEST_SUITE_BEGIN("would block");

TEST_CASE("a character that has not come yet would block and then comes") {
    connected peer;
    sluice::stream f(peer.buffer(ios::in));
    for (const char c : std::string("ab")) {
        CHECK(f.get() == none);
        check_blocked(f);
        CHECK(f.std::istream::peek() == none);
        check_blocked(f);
        CHECK(code_thrown_by([&] { f.rdbuf()->sbumpc(); }) == errc::would_block);
        check_blocked(f);
        peer.send(std::string(1, c));
        CHECK(f.std::istream::peek() == c);
        CHECK(f.get() == c);
    }
    CHECK(f.unget());
    CHECK(f.get() == 'b');
    CHECK(f.get() == none);
    check_blocked(f);
    CHECK(f.unget());  // a failed read takes nothing from what can be put back
    CHECK(f.get() == 'b');
    peer.hang_up();
    CHECK(f.get() == none);
    CHECK(f.eof());
    CHECK_FALSE(f.bad());
}

TEST_CASE("std getline keeps the half of a line that has come") {
    connected peer;
    sluice::stream f(peer.buffer(ios::in));
    std::string line;
    std::string part;
    peer.send("first\nsec");
    CHECK(bool(std::getline(f, line)));
    CHECK(line == "first");
    CHECK_FALSE(bool(std::getline(f, line)));
    check_blocked(f);
    CHECK(line == "sec");
    CHECK_FALSE(bool(std::getline(f, part)));
    check_blocked(f);
    CHECK(part.empty());
    peer.send("ond\n");
    CHECK(bool(std::getline(f, part)));
    CHECK(line + part == "second");
}

TEST_CASE("readline gives the half of a line that has come and blocks without any") {
    connected peer;
    sluice::stream f(peer.buffer(ios::in));
    CHECK(code_thrown_by([&] { f.readline(); }) == errc::would_block);
    check_blocked(f);
    peer.send("first\nsec");
    CHECK(f.readline() == "first\n");
    CHECK(f.readline() == "sec");
    CHECK(f.good());
    CHECK(code_thrown_by([&] { f.readline(); }) == errc::would_block);
    check_blocked(f);
    peer.send("ond\n");
    CHECK(f.readline() == "ond\n");
    peer.hang_up();
    CHECK(f.readline().empty());
    CHECK(f.good());
}

TEST_CASE("lines of a range end with what has come and then block") {
    connected peer;
    sluice::stream f(peer.buffer(ios::in));
    peer.send("one\ntwo\nthr");
    std::string all;
    CHECK(code_thrown_by([&] {
              for (const std::string& line : f) {
                  all += line + '|';
              }
          }) == errc::would_block);
    CHECK(all == "one\n|two\n|thr|");
    check_blocked(f);
    peer.send("ee\n");
    peer.hang_up();
    for (const std::string& line : f) {
        all += line + '|';
    }
    CHECK(all == "one\n|two\n|thr|ee\n|");
}

TEST_CASE("read gives what has come and blocks without any") {
    connected peer;
    sluice::stream f(peer.buffer(ios::in));
    for (const std::streamsize count : {10L, -1L}) {
        CAPTURE(count);
        CHECK(code_thrown_by([&] { f.read(count); }) == errc::would_block);
        check_blocked(f);
        peer.send("abc");
        CHECK(f.read(count) == "abc");
        CHECK(f.good());
        CHECK(code_thrown_by([&] { f.read(count); }) == errc::would_block);
        check_blocked(f);
    }
    CHECK(f.read(0).empty());
    std::array<char, 8> target{};
    CHECK(code_thrown_by([&] { f.readinto(target); }) == errc::would_block);
    check_blocked(f);
    peer.send("xyz");
    CHECK(f.readinto(target) == 3);
    CHECK(std::string_view(target.data(), 3) == "xyz");
    peer.hang_up();
    CHECK(f.read().empty());
    CHECK(f.good());
}

TEST_CASE("readlines gives what has come and blocks without any") {
    for (const std::streamsize hint : {100L, -1L}) {
        CAPTURE(hint);
        connected peer;
        sluice::stream f(peer.buffer(ios::in));
        CHECK(code_thrown_by([&] { f.readlines(hint); }) == errc::would_block);
        check_blocked(f);
        peer.send("one\ntwo\nthr");
        CHECK(f.readlines(hint) == std::vector<std::string>{"one\n", "two\n", "thr"});
        CHECK(f.good());
        CHECK(code_thrown_by([&] { f.readlines(hint); }) == errc::would_block);
        check_blocked(f);
        peer.send("ee\n");
        peer.hang_up();
        CHECK(f.readlines(hint) == std::vector<std::string>{"ee\n"});
        CHECK(f.readlines(hint).empty());
        CHECK(f.good());
    }
}

TEST_CASE("much that comes in parts is read in order") {
    connected peer;
    sluice::stream f(peer.buffer(ios::in));
    const std::string text = numbered(400'000);
    std::string got;
    for (std::size_t sent = 0; sent < text.size(); sent += 50'000) {
        peer.send(std::string_view(text).substr(sent, 50'000));
        got += f.read(300'000);
    }
    CHECK((got == text));
    CHECK(code_thrown_by([&] { f.read(1); }) == errc::would_block);
}

TEST_CASE("read1 and peek give what is there and block without any") {
    connected peer;
    sluice::stream f(peer.buffer(ios::in));
    CHECK(code_thrown_by([&] { f.read1(); }) == errc::would_block);
    check_blocked(f);
    CHECK(code_thrown_by([&] { static_cast<void>(f.peek(1)); }) == errc::would_block);
    check_blocked(f);
    peer.send("abcd");
    CHECK(f.peek(1) == "abcd");
    CHECK(f.read1(3) == "abc");
    CHECK(f.read1(3) == "d");
    peer.send("ef");
    CHECK(f.peek(2) == "ef");
    CHECK(code_thrown_by([&] { static_cast<void>(f.peek(3)); }) == errc::would_block);
    check_blocked(f);
    CHECK(f.read1() == "ef");
}

TEST_CASE("what is available is known without an error") {
    connected peer;
    sluice::stream f(peer.buffer(ios::in));
    std::array<char, 8> block{};
    CHECK(f.rdbuf()->in_avail() == 0);
    CHECK(f.readsome(block.data(), 8) == 0);
    CHECK(f.good());
    peer.send("abc");
    CHECK(f.rdbuf()->in_avail() == 3);
    CHECK(f.readsome(block.data(), 8) == 3);
    CHECK(f.rdbuf()->in_avail() == 0);
    CHECK(f.good());
}

TEST_CASE("a bulk read of less than there is takes nothing and can be tried again") {
    connected peer;
    sluice::stream f(peer.buffer(ios::in));
    const std::string text = numbered(300'000);
    std::string block(text.size(), '\0');
    const auto all = static_cast<std::streamsize>(text.size());
    peer.send(std::string_view(text).substr(0, 100'000));
    f.std::istream::read(block.data(), all);
    check_blocked(f);
    CHECK(f.rdbuf()->in_avail() == 100'000);
    peer.send(std::string_view(text).substr(100'000, 100'000));
    f.std::istream::read(block.data(), all);
    check_blocked(f);
    peer.send(std::string_view(text).substr(200'000));
    f.std::istream::read(block.data(), all);
    CHECK(f.good());
    CHECK((block == text));
}

TEST_CASE("a number that has come in part is in the string that was read") {
    connected peer;
    sluice::stream f(peer.buffer(ios::in));
    peer.send("12 34");
    std::string word;
    f >> word;
    CHECK(word == "12");
    f >> word;
    check_blocked(f);
    CHECK(word == "34");
}

TEST_CASE("write tells how much was taken and the rest goes on later") {
    for (const std::streamsize buffering : {-1L, 0L, 10L, 4096L}) {
        for (const std::size_t piece : {1000UL, 300'000UL, 2'000'000UL}) {
            for (const bool throws : {false, true}) {
                CAPTURE(buffering);
                CAPTURE(piece);
                CAPTURE(throws);
                connected peer;
                auto buffer = peer.buffer(ios::out);
                if (buffering >= 0) {
                    buffer->pubsetbuf(nullptr, buffering);
                }
                sluice::stream f(std::move(buffer));
                if (throws) {
                    f.exceptions(ios::badbit);
                }
                const std::string text = numbered(2'000'000);
                std::string got;
                int times = 0;
                for (std::size_t done = 0; done < text.size();) {
                    const auto part = std::string_view(text).substr(done, piece);
                    try {
                        done += f.write(part);
                        continue;
                    } catch (const sluice::error& e) {
                        CHECK(e.code() == errc::would_block);
                        REQUIRE(e.count() >= 0);
                        REQUIRE(static_cast<std::size_t>(e.count()) < part.size());
                        done += static_cast<std::size_t>(e.count());
                    }
                    CHECK(f.exceptions() == (throws ? ios::badbit : ios::goodbit));
                    check_blocked(f);
                    got += peer.received();
                    REQUIRE(++times < 1000);
                }
                CHECK(times > 0);
                for (bool pending = true; pending;) {
                    pending = static_cast<bool>(code_thrown_by([&] { f.flush(); }));
                    f.clear();
                    got += peer.received();
                }
                CHECK((got == text));
            }
        }
    }
}

TEST_CASE("characters and insertions that would block are written when tried again") {
    connected peer;
    sluice::stream f(peer.buffer(ios::out));
    const std::string text = numbered(1'000'000);
    std::string got;
    bool blocked = false;
    for (const char c : text) {
        while (!f.put(c)) {
            check_blocked(f);
            blocked = true;
            got += peer.received();
        }
    }
    CHECK(blocked);
    while (!f.std::ostream::flush()) {
        check_blocked(f);
        got += peer.received();
    }
    got += peer.received();
    CHECK((got == text));
}

TEST_CASE("a close that would block says what it gives up") {
    connected peer;
    sluice::stream f(peer.buffer(ios::out));
    const std::string text = numbered(1'000'000);
    CHECK(code_thrown_by([&] { f.write(text); }) == errc::would_block);
    f.clear();
    CHECK(f.write("more") == 4);
    CHECK(code_thrown_by([&] { f.close(); }) == errc::would_block);
    CHECK(f.closed());
}

TEST_CASE("reading goes on while writing would block") {
    connected peer;
    sluice::stream f(peer.buffer(ios::in | ios::out));
    const std::string text = numbered(1'000'000);
    std::size_t done = 0;
    try {
        f.write(text);
    } catch (const sluice::error& e) {
        done = static_cast<std::size_t>(e.count());
    }
    f.clear();
    peer.send("answer\n");
    std::string got = peer.received();
    CHECK(f.readline() == "answer\n");
    done += f.write(std::string_view(text).substr(done, 1000));
    f.flush();
    got += peer.received();
    CHECK((got == text.substr(0, done)));
}

TEST_SUITE_END();
