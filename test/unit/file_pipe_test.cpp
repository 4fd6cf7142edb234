#include <sluice/fstream.hpp>
#include <sluice/stream.hpp>

#include "file_calls.hpp"
#include <conformance/failing.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <span>
#include <string>
#include <thread>
using namespace file_tests;

TEST_SUITE_BEGIN("filebuf");

TEST_CASE("a pipe is read as it comes and says that it cannot seek") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    std::thread writer([&] {
        sluice::ofstream out(ends[1], ios::out, sluice::ownership::owned);
        out << numbered(200'000);
    });
    sluice::ifstream in(ends[0], ios::in, sluice::ownership::owned);
    CHECK(in.tellg() == -1);
    in.clear();
    std::string got(std::istreambuf_iterator<char>(in), {});
    writer.join();
    CHECK(got == numbered(200'000));
    in.unget();
    CHECK(in.get() == got.back());
}

TEST_CASE("a read stops at what would block, and asks no more") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) == 0);
    sluice::stream in(
        std::make_unique<sluice::filebuf>(ends[0], ios::in, sluice::ownership::owned));
    sluice::stream out(
        std::make_unique<sluice::filebuf>(ends[1], ios::out, sluice::ownership::owned));
    out.write("abcdef");
    out.flush();
    const replaced_calls scope;
    plan = {.failing_call = 2, .error = EAGAIN};
    replaced_calls::calls().read = [](int file, void* target, std::size_t size) -> ssize_t {
        return fails_now() ? -1 : ::read(file, target, std::min<std::size_t>(size, 3));
    };
    CHECK(in.read(5) == "abc");
    CHECK(plan.calls == 2);
    CHECK(in.good());
    CHECK(in.read(5) == "def");
    CHECK(code_thrown_by([&] { in.read(5); }) == sluice::errc::would_block);
    out.close();
    in.clear();
    CHECK(in.read(5).empty());
}

TEST_CASE("a read1 of what no buffer holds is one call to the system") {
    for (const std::streamsize size : {0, 1, 4, 10}) {
        CAPTURE(size);
        const std::string content = numbered(100);
        const support::temporary_file file(content);
        auto buffer = std::make_unique<sluice::filebuf>();
        buffer->pubsetbuf(nullptr, size);
        REQUIRE(buffer->open(file.path(), ios::in | ios::out | ios::binary) != nullptr);
        sluice::stream f(std::move(buffer));
        const replaced_calls scope;
        plan = {.failing_call = 3, .error = EIO};
        replaced_calls::calls().read = [](int from, void* target, std::size_t count) -> ssize_t {
            return fails_now() ? -1 : ::read(from, target, count);
        };
        CHECK(f.read1(10) == content.substr(0, 10));
        CHECK(plan.calls == 1);
        std::string target(10, '\0');
        CHECK(f.readinto1(std::span(target)) == 10);
        CHECK(target == content.substr(10, 10));
        CHECK(plan.calls == 2);
        CHECK(code_thrown_by([&] { f.read1(10); }) == std::errc::io_error);
        CHECK(f.tell() == 20);
        f.clear();
        f.write("XY");
        CHECK(f.read1(10) == content.substr(22, 10));
        f.unget();
        CHECK(f.read1(10).front() == content[31]);
        f.seek(0);
        CHECK(f.read() == content.substr(0, 20) + "XY" + content.substr(22));
        CHECK(f.read1(10).empty());
    }
}

TEST_CASE("without a buffer each call is one call to the system") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    const auto unbuffered = [](int end, ios::openmode mode) {
        auto buffer = std::make_unique<sluice::filebuf>();
        buffer->pubsetbuf(nullptr, 0);
        REQUIRE(buffer->attach(end, mode, sluice::ownership::owned) != nullptr);
        return sluice::stream(std::move(buffer));
    };
    sluice::stream in = unbuffered(ends[0], ios::in);
    sluice::stream out = unbuffered(ends[1], ios::out);
    const replaced_calls scope;
    plan = {};
    replaced_calls::calls().write = [](int to, const void* source, std::size_t size) -> ssize_t {
        ++plan.calls;
        return ::write(to, source, size);
    };
    replaced_calls::calls().read = [](int from, void* target, std::size_t size) -> ssize_t {
        ++plan.calls;
        return ::read(from, target, size);
    };
    out.write("0123456789");
    out << "abc" << 4;
    CHECK(plan.calls == 3);
    CHECK(in.read(8) == "01234567");
    CHECK(plan.calls == 4);
    CHECK(in.read1(100) == "89abc4");
    CHECK(plan.calls == 5);
}

TEST_CASE("what a full pipe does not take now would block and is not lost") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) == 0);
    sluice::ofstream out(ends[1], ios::out, sluice::ownership::owned);
    sluice::ifstream in(ends[0], ios::in, sluice::ownership::owned);
    CHECK(in.get() == EOF);
    CHECK(in.bad());
    CHECK_FALSE(in.eof());
    CHECK(sluice::error_of(in).code() == sluice::errc::would_block);
    in.clear();

    const std::string text = numbered(300'000);
    std::string got;
    std::size_t done = 0;
    for (bool flushed = false; !flushed;) {
        done += static_cast<std::size_t>(out.rdbuf()->sputn(
            text.data() + done, static_cast<std::streamsize>(text.size() - done)));
        flushed = done == text.size() && out.rdbuf()->pubsync() == 0;
        if (!flushed) {
            CHECK(sluice::error_of(out).code() == sluice::errc::would_block);
            out.clear();
        }
        std::string part(10'000, '\0');
        while (in.good()) {
            try {
                part.resize(10'000);
                part.resize(static_cast<std::size_t>(in.rdbuf()->sgetn(part.data(), 1)));
                got += part;
            } catch (const sluice::error& blocked) {
                CHECK(blocked.code() == std::errc::operation_would_block);
            }
        }
        in.clear();
    }
    CHECK(got == text);
}

TEST_CASE("reading ahead of a write on a device that cannot seek is not lost") {
    std::array<int, 2> out_pipe{};
    REQUIRE(::pipe(out_pipe.data()) == 0);
    // Both directions over one descriptor, as a terminal or a socket has them.
    const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal >= 0 && ::grantpt(terminal) == 0 && ::unlockpt(terminal) == 0) {
        const int other = ::open(::ptsname(terminal), O_RDWR | O_NOCTTY);
        REQUIRE(other >= 0);
        sluice::fstream both(terminal, ios::in | ios::out);
        REQUIRE(::write(other, "one\ntwo\n", 8) == 8);
        std::string line;
        CHECK(bool(std::getline(both, line)));
        CHECK(line == "one\r");
        both << "answer" << std::flush;
        CHECK(bool(std::getline(both, line)));
        CHECK(line == "two\r");
        ::close(other);
        ::close(terminal);
    }
    ::close(out_pipe[0]);
    ::close(out_pipe[1]);
}

TEST_CASE("a named pipe opened for both is read and written in turn") {
    const temporary_directory dir;
    REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
    sluice::fstream both(dir / "fifo");
    both << "one two " << std::flush;
    std::string word;
    both >> word;
    CHECK(word == "one");
    both << "three " << std::flush;
    CHECK(both.good());
    both >> word;
    CHECK(word == "two");
    both >> word;
    CHECK(word == "three");
}

TEST_CASE("a failed read reads nothing, and what had come is read again") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) == 0);
    REQUIRE(::write(ends[1], "hello", 5) == 5);
    sluice::filebuf buf(ends[0], ios::in, sluice::ownership::owned);
    char got[10] = {};
    CHECK_THROWS_AS(buf.sgetn(got, 10), sluice::error);
    REQUIRE(::write(ends[1], "world", 5) == 5);
    CHECK(buf.sgetn(got, 10) == 10);
    CHECK(std::string(got, 10) == "helloworld");

    REQUIRE(::write(ends[1], "hel", 3) == 3);
    sluice::stream f(std::make_unique<sluice::filebuf>(std::move(buf)));
    CHECK(f.read(10) == "hel");  // what there is
    CHECK(f.good());
    CHECK_THROWS_AS(f.read(10), sluice::error);
    ::close(ends[1]);
}

TEST_SUITE_END();
