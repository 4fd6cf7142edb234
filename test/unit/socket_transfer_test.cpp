#include <sluice/device/socket.hpp>

#include <conformance/transfer.hpp>
#include <support/signals.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>
#include <thread>
#include <unit/socket_links.hpp>
#include <utility>

using namespace socket_tests;

TEST_SUITE_BEGIN("socket");

TEST_CASE("who asks and reads the answer needs no flush") {
    auto [near, far] = linked();
    std::thread server([peer = std::move(far)]() mutable {
        std::string word;
        while (peer >> word) {
            peer << word.size() << '\n';
        }
    });
    for (const std::string word : {"one", "three", "fourteen"}) {
        near << word << ' ';
        std::size_t size = 0;
        near >> size;
        CHECK(size == word.size());
    }
    near.shutdown_write();
    server.join();
    CHECK(near.read() == "\n");
}

TEST_CASE("64 MiB go there and back at once over TCP") {
    listener door("localhost", 0);
    std::thread server([&] { echo(door.accept(ages)); });
    send_around(sluice::connect("localhost", door.port()), sample(std::size_t(64) << 20));
    server.join();
}

TEST_CASE("8 MiB go there and back at once within the machine") {
    const temporary_directory dir;
    listener door(dir / "door");
    CHECK(door.port() == 0);
    std::thread server([&] { echo(door.accept(ages)); });
    send_around(sluice::connect(dir / "door"), sample(std::size_t(8) << 20));
    server.join();
}

TEST_CASE("a side that ended its writing still reads") {
    auto [near, far] = linked();
    near << "question";
    near.shutdown_write();
    CHECK_FALSE(near.writable());
    CHECK(near.readable());
    CHECK(far.read() == "question");
    far << "answer";
    far.close();
    CHECK(near.read() == "answer");
    near << "more" << std::flush;
    CHECK(sluice::error_of(near).code() == sluice::errc::not_writable);
    CHECK_THROWS_AS(near.shutdown_write(), sluice::error);
}

TEST_CASE("a socket says what it can do and cannot seek") {
    auto [near, far] = linked();
    CHECK(near.readable());
    CHECK(near.writable());
    CHECK_FALSE(near.seekable());
    CHECK_FALSE(near.isatty());
    CHECK(failure_of([&near = near] { near.seek(0); }).code() == sluice::errc::not_seekable);
    CHECK(failure_of([&near = near] { static_cast<void>(near.tell()); }).code() ==
          sluice::errc::not_seekable);
    CHECK(failure_of([&near = near] { near.truncate(0); }).code() ==
          std::errc::operation_not_supported);
    near << "all is well";
    CHECK(near.tellp() == std::streampos(-1));
    near.clear();
    near.flush();
    CHECK(far.peek(3).substr(0, 3) == "all");
    CHECK(far.rdbuf()->in_avail() == 11);
    CHECK((::fcntl(near.fileno(), F_GETFD) & FD_CLOEXEC) != 0);
    CHECK((::fcntl(far.fileno(), F_GETFD) & FD_CLOEXEC) != 0);
    CHECK(option(near, IPPROTO_TCP, TCP_NODELAY) != 0);
    CHECK(option(far, IPPROTO_TCP, TCP_NODELAY) != 0);
}

TEST_CASE("a peer that closed is the end and one that was reset is an error") {
    {
        auto [near, far] = linked();
        far << "all" << std::flush;
        far.close();
        std::string word;
        near >> word;
        CHECK(word == "all");
        near >> word;
        CHECK(near.eof());
        CHECK_FALSE(near.bad());
        CHECK_FALSE(bool(sluice::error_of(near)));
    }
    auto [near, far] = linked();
    reset(far);
    std::string word;
    near >> word;
    CHECK(near.bad());
    CHECK_FALSE(near.eof());
    CHECK(sluice::error_of(near).code() == std::errc::connection_reset);
    CHECK(std::string(sluice::error_of(near).what()) ==
          "read " + near.peer() + ": Connection reset by peer");
}

TEST_CASE("a write to a peer that has gone is an error and no signal") {
    const support::counted_signal sigpipe(SIGPIPE);
    const temporary_directory dir;
    listener door(dir / "door");
    socket_stream near = sluice::connect(dir / "door");
    door.accept(ages).close();
    near << "x";
    CHECK(near.good());
    near.std::ostream::flush();
    CHECK(near.bad());
    CHECK(sluice::error_of(near).code() == std::errc::broken_pipe);
    CHECK(sluice::error_of(near).operation() == "write");
    CHECK_THROWS_AS(near.close(), sluice::error);
    CHECK(near.closed());
    CHECK(sigpipe.count() == 0);
}

TEST_CASE("a read in vain is timed out and goes on where it was") {
    auto [near, far] = linked();
    near.set_timeout(10ms);
    far << "be" << std::flush;
    std::string line;
    const auto begin = std::chrono::steady_clock::now();
    std::getline(near, line);
    CHECK(std::chrono::steady_clock::now() - begin >= 10ms);
    CHECK(near.bad());
    CHECK_FALSE(near.eof());
    CHECK(sluice::error_of(near).code() == sluice::errc::timed_out);
    CHECK(sluice::error_of(near).code() == std::errc::timed_out);
    CHECK(line == "be");  // what std::getline took it keeps
    near.clear();
    far << "gin\n12345" << std::flush;
    near.set_timeout(ages);
    std::getline(near, line);
    CHECK(line == "gin");

    // What fails as a whole has taken nothing.
    near.set_timeout(10ms);
    std::string ten(10, '?');
    CHECK_THROWS_AS(near.rdbuf()->sgetn(ten.data(), 10), sluice::error);
    near.clear();
    far << "67890" << std::flush;
    near.set_timeout(ages);
    CHECK(near.rdbuf()->sgetn(ten.data(), 10) == 10);
    CHECK(ten == "1234567890");
}

TEST_CASE("a timeout of nothing does not wait") {
    auto [near, far] = linked();
    near.set_timeout(0ms);
    CHECK(failure_of([&near = near] { near.readline(); }).code() == sluice::errc::timed_out);
    near.set_timeout(-5ms);
    CHECK(failure_of([&near = near] { near.readline(); }).code() == sluice::errc::timed_out);
    near.set_timeout(std::chrono::milliseconds::max());
    far << "x\n" << std::flush;
    CHECK(near.readline() == "x\n");
}

TEST_CASE("a write that nobody takes is timed out and loses nothing") {
    auto [near, far] = linked();
    near.set_timeout(10ms);
    const std::string text = sample(1000);
    std::string sent;
    while (near.good()) {
        const auto taken = near.rdbuf()->sputn(text.data(), 1000);
        sent.append(text, 0, std::size_t(taken));
    }
    CHECK(sluice::error_of(near).code() == sluice::errc::timed_out);
    CHECK(sluice::error_of(near).operation() == "write");
    std::string got;
    std::thread reader([&got, &from = far] { got = from.read(); });
    near.clear();
    near.set_timeout(ages);
    near << "the last";
    near.shutdown_write();
    reader.join();
    CHECK((got == sent + "the last"));
}

TEST_CASE("a peer that sends one byte at a time is read in lines") {
    auto [near, far] = linked();
    const std::string text = sample(20'000);
    std::thread slow([&text, peer = std::move(far)]() mutable {
        for (const char c : text) {
            peer << c << std::flush;
        }
    });
    std::string got;
    for (std::string line; std::getline(near, line);) {
        got += line + '\n';
    }
    slow.join();
    got.resize(text.size());
    CHECK(got == text);
    CHECK(near.eof());
    CHECK_FALSE(near.bad());
}

TEST_CASE("a line longer than all buffers is read") {
    auto [near, far] = linked();
    const std::string text(5'000'000, 'x');
    std::thread writer([&text, peer = std::move(far)]() mutable { peer << text << "\nend\n"; });
    std::string line;
    std::getline(near, line);
    CHECK((line == text));
    CHECK(near.readline() == "end\n");
    writer.join();
}

TEST_CASE("a signal that interrupts a transfer is not seen") {
    const support::counted_signal interruption(SIGUSR1);
    const replaced_calls scope;
    for (const bool limited : {false, true}) {
        CAPTURE(limited);
        count_interruptions();
        auto [near, far] = linked();
        if (limited) {
            near.set_timeout(ages);
        }
        std::string got;
        std::thread reader([&got, &from = near] { got = from.readline(); });
        while (interrupted < 20) {
            ::pthread_kill(reader.native_handle(), SIGUSR1);
            std::this_thread::yield();
        }
        far << "line\n" << std::flush;
        reader.join();
        CHECK(got == "line\n");
        CHECK_FALSE(bool(sluice::error_of(near)));
    }
}

TEST_CASE("short transfers are completed and failed ones say why") {
    const temporary_directory dir;
    listener door(dir / "door");
    socket_stream near = sluice::connect(dir / "door");
    socket_stream far = door.accept(ages);
    const replaced_calls scope;
    const std::string text = sample(3000);
    SUBCASE("short") {
        replaced_calls::calls().send = [](int file, const void* source, std::size_t size,
                                          int flags) {
            return ::send(file, source, std::min<std::size_t>(size, 7), flags);
        };
        replaced_calls::calls().recv = [](int file, void* target, std::size_t size, int flags) {
            return ::recv(file, target, std::min<std::size_t>(size, 3), flags);
        };
        std::thread writer([&] {
            near << text;
            near.close();
        });
        std::string got(3000, '?');
        CHECK(far.std::istream::read(got.data(), 3000).gcount() == 3000);
        writer.join();
        CHECK(got == text);
    }
    SUBCASE("failed") {
        replaced_calls::calls().send = [](int, const void*, std::size_t, int) -> ssize_t {
            return errno = ENOBUFS, -1;
        };
        near << text << std::flush;
        CHECK(near.bad());
        CHECK(sluice::error_of(near).code() == std::errc::no_buffer_space);
        replaced_calls::calls().send = ::send;
        near.clear();
        near << "." << std::flush;  // and what was pending
        near.close();
        CHECK(far.read() == text + '.');
    }
    SUBCASE("failed on closing") {
        replaced_calls::calls().close = [](int file) {
            ::close(file);
            return errno = EIO, -1;
        };
        CHECK(failure_of([&] { near.close(); }).code() == std::errc::io_error);
        CHECK(near.closed());
    }
}

TEST_SUITE_END();
