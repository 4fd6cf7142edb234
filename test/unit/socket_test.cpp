#include <sluice/device/process.hpp>
#include <sluice/device/socket.hpp>

#include <conformance/transfer.hpp>
#include <support/descriptors.hpp>
#include <support/signals.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace {

using namespace std::chrono_literals;
using conformance::sample;
using sluice::listener;
using sluice::socket_stream;
using support::replaced_calls;
using support::temporary_directory;

using ios = std::ios_base;

// How often a signal made one of the replaced calls fail.
std::atomic<int> interrupted = 0;

template <class Result>
Result counted(Result result) {
    interrupted += result < 0 && errno == EINTR ? 1 : 0;
    return result;
}

void count_interruptions() {
    interrupted = 0;
    replaced_calls::calls().recv = [](int file, void* target, std::size_t size, int flags) {
        return counted(::recv(file, target, size, flags));
    };
    replaced_calls::calls().poll = [](struct pollfd* files, nfds_t count, int milliseconds) {
        return counted(::poll(files, count, milliseconds));
    };
}

// So long that no test waits for it.
constexpr auto ages = 10min;

// Two ends of one connection.
struct link {
    socket_stream near;
    socket_stream far;
};

link linked() {
    listener door("localhost", 0);
    socket_stream near = sluice::connect("localhost", door.port());
    return {std::move(near), door.accept(ages)};
}

// Gives back what it reads, up to the end.
void echo(socket_stream peer) {
    for (std::string part = peer.read1(); !part.empty(); part = peer.read1()) {
        peer.write(part);
    }
    peer.close();
}

// All of `text` there and back, both ways at once.
void send_around(socket_stream client, std::string_view text) {
    auto [in, out] = client.split();
    std::thread writer([text, to = std::move(out)]() mutable {
        for (std::size_t done = 0; done < text.size(); done += 100'000) {
            to << text.substr(done, 100'000);
        }
        to.close();
    });
    std::string got(text.size() + 1, '\0');
    const std::size_t count = in.readinto(got);
    writer.join();
    got.resize(count);
    CHECK((got == text));  // not printed
    CHECK_FALSE(bool(sluice::error_of(in)));
}

// Closes so that the peer is reset.
void reset(socket_stream& peer) {
    const struct linger now { 1, 0 };
    REQUIRE(::setsockopt(peer.fileno(), SOL_SOCKET, SO_LINGER, &now, sizeof now) == 0);
    peer.close();
}

int option(socket_stream& of, int level, int name) {
    int value = -1;
    socklen_t size = sizeof value;
    REQUIRE(::getsockopt(of.fileno(), level, name, &value, &size) == 0);
    return value;
}

template <class Call>
sluice::error failure_of(Call call) {
    try {
        call();
    } catch (const sluice::error& why) {
        return why;
    }
    return {};
}

}  // namespace

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

TEST_CASE("a port where nobody listens refuses and is named") {
    unsigned short port = 0;
    {
        const listener door("localhost", 0);
        port = door.port();
    }
    const auto before = support::open_descriptors();
    const sluice::error why =
        failure_of([&] { static_cast<void>(sluice::connect("localhost", port)); });
    const std::string name = "localhost:" + std::to_string(port);
    CHECK(why.code() == std::errc::connection_refused);
    CHECK(why.operation() == "connect");
    CHECK(why.path() == name);
    CHECK(std::string(why.what()) == "connect " + name + ": Connection refused");
    CHECK(support::open_descriptors() == before);
}

TEST_CASE("a host that cannot be is named") {
    const sluice::error why =
        failure_of([] { static_cast<void>(sluice::connect("no..host", 80)); });
    CHECK(bool(why));
    CHECK(why.path() == "no..host:80");
    CHECK(std::string(why.what()).starts_with("connect no..host:80: "));
    CHECK(failure_of([] { const listener door("no..host", 80); }).operation() == "listen");
}

TEST_CASE("a path where nobody listens is named") {
    const temporary_directory dir;
    const std::string none = (dir / "none").string();
    const auto connect = [](const std::filesystem::path& path) {
        return failure_of([&] { static_cast<void>(sluice::connect(path)); });
    };
    CHECK(connect(none).code() == std::errc::no_such_file_or_directory);
    CHECK(std::string(connect(none).what()) == "connect " + none + ": No such file or directory");
    CHECK(connect(std::string(1000, 'x')).code() == std::errc::filename_too_long);
    const std::string cut = none + std::string("\0x", 2);
    CHECK(connect(cut).code() == std::errc::invalid_argument);
    CHECK(failure_of([&] { const listener door{std::filesystem::path(cut)}; }).code() ==
          std::errc::invalid_argument);
    CHECK_FALSE(std::filesystem::exists(none));
}

TEST_CASE("the peer is named") {
    auto [near, far] = linked();
    CHECK(near.peer().starts_with("localhost:"));
    CHECK((far.peer().starts_with("127.0.0.1:") || far.peer().starts_with("[::1]:")));
    near.close();
    CHECK_THROWS_AS(static_cast<void>(near.peer()), sluice::error);
    const temporary_directory dir;
    listener door(dir / "door");
    const socket_stream one = sluice::connect(dir / "door");
    CHECK(one.peer() == (dir / "door").string());
    CHECK(door.accept(ages).peer() == (dir / "door").string());
}

TEST_CASE("IPv4 and IPv6 reach a listener at all addresses") {
    listener door("", 0);
    for (const std::string host : {"127.0.0.1", "::1"}) {
        CAPTURE(host);
        socket_stream near;
        try {
            near = sluice::connect(host, door.port());
        } catch (const sluice::error& why) {
            // A machine may lack IPv6, but not IPv4.
            REQUIRE(host == "::1");
            CHECK(std::string(why.what()).starts_with("connect [::1]:"));
            continue;
        }
        socket_stream far = door.accept(ages);
        near << host;
        near.close();
        CHECK(far.read() == host);
    }
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

TEST_CASE("a listener waits no longer than it is told") {
    listener door("localhost", 0);
    const sluice::error why = failure_of([&] { static_cast<void>(door.accept(10ms)); });
    CHECK(why.code() == sluice::errc::timed_out);
    CHECK(why.operation() == "accept");
    CHECK(why.path() == "localhost:" + std::to_string(door.port()));
    const socket_stream near = sluice::connect("localhost", door.port());
    CHECK(door.accept(ages).readable());  // and goes on
    door.close();
    CHECK(failure_of([&] { static_cast<void>(door.accept()); }).code() == sluice::errc::closed);
}

TEST_CASE("a listener that cannot wait says why") {
    static int polls = 0;
    polls = 0;
    listener door("localhost", 0);
    {
        const replaced_calls scope;
        replaced_calls::calls().poll = [](struct pollfd*, nfds_t, int) {
            return ++polls < 100 ? (errno = ENOMEM, -1) : 0;
        };
        const sluice::error why = failure_of([&] { static_cast<void>(door.accept(10ms)); });
        CHECK(why.code() == std::errc::not_enough_memory);
        CHECK(why.operation() == "accept");
        CHECK(polls == 1);
    }
    const socket_stream near = sluice::connect("localhost", door.port());
    CHECK(door.accept(ages).readable());  // and goes on
}

TEST_CASE("connecting waits no longer than it is told") {
    const auto before = support::open_descriptors();
    std::vector<socket_stream> queued;
    const auto connect_until_full = [&](auto where) {
        for (int i = 0; i < 10; ++i) {
            queued.push_back(where());
        }
    };
    SUBCASE("a port whose queue is full") {
        const int door = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        struct sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* const place = reinterpret_cast<struct sockaddr*>(&address);
        REQUIRE(::bind(door, place, size) == 0);
        REQUIRE(::listen(door, 0) == 0);
        REQUIRE(::getsockname(door, place, &size) == 0);
        const sluice::error why = failure_of([&] {
            connect_until_full([&] {
                return sluice::connect("127.0.0.1", ntohs(address.sin_port), {.timeout = 50ms});
            });
        });
        CHECK(why.code() == sluice::errc::timed_out);
        ::close(door);
    }
    SUBCASE("a path whose queue is full") {
        const temporary_directory dir;
        const std::string path = (dir / "door").string();
        const int door = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        struct sockaddr_un address = {};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        REQUIRE(::bind(door, reinterpret_cast<struct sockaddr*>(&address), sizeof address) == 0);
        REQUIRE(::listen(door, 0) == 0);
        const sluice::error why = failure_of(
            [&] { connect_until_full([&] { return sluice::connect(path, {.timeout = 20ms}); }); });
        CHECK(why.code() == sluice::errc::timed_out);
        ::close(door);
    }
    CHECK(queued.size() < 10);
    queued.clear();
    CHECK(support::open_descriptors() == before);
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

TEST_CASE("a signal that interrupts an accept is not seen") {
    const support::counted_signal interruption(SIGUSR1);
    const replaced_calls scope;
    count_interruptions();
    listener door("localhost", 0);
    std::string got;
    std::thread server([&] { got = door.accept(ages).read(); });
    while (interrupted < 20) {
        ::pthread_kill(server.native_handle(), SIGUSR1);
        std::this_thread::yield();
    }
    sluice::connect("localhost", door.port()) << "x";
    server.join();
    CHECK(got == "x");
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

TEST_CASE("a connection that is gone before it is accepted is passed over") {
    static int calls = 0;
    calls = 0;
    listener door("localhost", 0);
    const socket_stream near = sluice::connect("localhost", door.port());
    const replaced_calls scope;
    replaced_calls::calls().accept = [](int file, struct sockaddr* peer, socklen_t* size) {
        return ++calls == 1 ? (errno = ECONNABORTED, -1)
                            : ::accept4(file, peer, size, SOCK_CLOEXEC);
    };
    CHECK(door.accept(ages).readable());
    CHECK(calls == 2);
    replaced_calls::calls().accept = [](int, struct sockaddr*, socklen_t*) {
        return errno = EMFILE, -1;
    };
    CHECK(failure_of([&] { static_cast<void>(door.accept()); }).code() ==
          std::errc::too_many_files_open);
}

TEST_CASE("a place that is taken cannot be listened at") {
    const listener door("localhost", 0);
    const sluice::error why = failure_of([&] { const listener again("localhost", door.port()); });
    CHECK(why.code() == std::errc::address_in_use);
    CHECK(why.operation() == "listen");
    const temporary_directory dir;
    {
        const listener local(dir / "door");
        CHECK(failure_of([&] { const listener again(dir / "door"); }).code() ==
              std::errc::address_in_use);
    }
    CHECK_FALSE(std::filesystem::exists(dir / "door"));
    const listener again(dir / "door");
}

TEST_CASE("a listener is moved") {
    const temporary_directory dir;
    listener first(dir / "first");
    listener second(std::move(first));
    CHECK(std::filesystem::exists(dir / "first"));
    socket_stream near = sluice::connect(dir / "first");
    CHECK(second.accept(ages).writable());
    second = listener("localhost", 0);
    CHECK_FALSE(std::filesystem::exists(dir / "first"));
    near = sluice::connect("localhost", second.port());
    CHECK(second.accept(ages).writable());
}

TEST_CASE("a socket stream is moved with all that it holds") {
    auto [near, far] = linked();
    far << "one two three " << std::flush;
    std::string word;
    near >> word;
    near << "pending";
    socket_stream second(std::move(near));
    CHECK(near.closed());  // NOLINT(bugprone-use-after-move): the case
    second >> word;
    CHECK(word == "two");
    sluice::stream third(std::move(second));  // any stream may hold it
    third >> word;
    CHECK(word == "three");
    third.close();
    CHECK(far.read() == "pending");

    auto [here, there] = linked();
    sluice::socketbuf buffer(here.fileno(), ios::in | ios::out);
    sluice::socketbuf other(std::move(buffer));
    CHECK_FALSE(buffer.is_open());  // NOLINT(bugprone-use-after-move): the case
    CHECK(other.sputn("x", 1) == 1);
    buffer = std::move(other);
    buffer.close();
    here.close();
    CHECK(there.read() == "x");
}

TEST_CASE("what an assignment replaces is sent, or the assignment throws") {
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
    sluice::socketbuf first(ends[0], ios::out, sluice::ownership::owned);
    sluice::socketbuf second(ends[1], ios::in, sluice::ownership::owned);
    CHECK(first.sputn("text", 4) == 4);
    SUBCASE("sent") {
        sluice::socketbuf none;
        first = std::move(none);
        CHECK_FALSE(first.is_open());
        std::string got(5, '?');
        CHECK(second.sgetn(got.data(), 5) == 4);
    }
    SUBCASE("refused") {
        auto [near, far] = linked();
        sluice::socketbuf other(near.fileno(), ios::in);
        second.close();
        const sluice::error why = failure_of([&] { first = std::move(other); });
        CHECK(why.code() == std::errc::broken_pipe);
        CHECK(why.operation() == "close");
        CHECK_FALSE(first.is_open());
        CHECK(other.is_open());  // NOLINT(bugprone-use-after-move): not moved, then
        first = std::move(other);
        CHECK(first.readable());
    }
}

TEST_CASE("a place that cannot be listened at leaves nothing") {
    const temporary_directory dir;
    const auto before = support::open_descriptors();
    const replaced_calls scope;
    SUBCASE("no socket") {
        replaced_calls::calls().socket = [](int, int, int) { return errno = EPERM, -1; };
    }
    SUBCASE("a socket that cannot be set") {
        replaced_calls::calls().set_flags = [](int, int) { return errno = EPERM, -1; };
    }
    for (const bool local : {true, false}) {
        CAPTURE(local);
        const sluice::error why = failure_of([&] {
            const listener door = local ? listener(dir / "door") : listener("localhost", 0);
        });
        CHECK(why.code() == std::errc::operation_not_permitted);
        CHECK(why.operation() == "listen");
        CHECK_FALSE(std::filesystem::exists(dir / "door"));
    }
    CHECK(support::open_descriptors() == before);
}

TEST_CASE("a connection that a call fails on is not made and leaves nothing") {
    const temporary_directory dir;
    const listener port("localhost", 0);
    const listener local(dir / "door");
    const auto before = support::open_descriptors();
    const replaced_calls scope;
    bool over_tcp = true;
    SUBCASE("no socket") {
        replaced_calls::calls().socket = [](int, int, int) { return errno = EPERM, -1; };
    }
    SUBCASE("a socket that cannot be set") {
        replaced_calls::calls().status_flags = [](int) { return errno = EPERM, -1; };
    }
    SUBCASE("a limit that cannot be set") {
        over_tcp = false;
        replaced_calls::calls().setsockopt = [](int, int, int, const void*, socklen_t) {
            return errno = EPERM, -1;
        };
    }
    SUBCASE("a limit that cannot be taken back") {
        static int sets = 0;
        sets = 0;
        over_tcp = false;
        replaced_calls::calls().setsockopt = [](int file, int level, int name, const void* value,
                                                socklen_t size) {
            return ++sets == 2 ? (errno = EPERM, -1) : ::setsockopt(file, level, name, value, size);
        };
    }
    const auto check = [](const sluice::error& why) {
        CHECK(why.code() == std::errc::operation_not_permitted);
        CHECK(why.operation() == "connect");
    };
    check(failure_of([&] { static_cast<void>(sluice::connect(dir / "door", {.timeout = ages})); }));
    if (over_tcp) {
        check(failure_of([&] { static_cast<void>(sluice::connect("localhost", port.port())); }));
    }
    CHECK(support::open_descriptors() == before);
}

TEST_CASE("calls that fail on a connection say so and it can still be closed") {
    const auto before = support::open_descriptors();
    {
        auto [near, far] = linked();
        const replaced_calls scope;
        SUBCASE("shutdown") {
            replaced_calls::calls().shutdown = [](int, int) { return errno = ENOBUFS, -1; };
            near << "text";
            const sluice::error why = failure_of([&near = near] { near.shutdown_write(); });
            CHECK(why.code() == std::errc::no_buffer_space);
            CHECK(why.operation() == "shutdown");
            CHECK(near.writable());
        }
        SUBCASE("shutdown of a half") {
            auto [in, out] = near.split();
            replaced_calls::calls().shutdown = [](int, int) { return errno = ENOBUFS, -1; };
            out << "text";
            const sluice::error why = failure_of([&out = out] { out.close(); });
            CHECK(why.code() == std::errc::no_buffer_space);
            CHECK(out.closed());
            in.close();
        }
        SUBCASE("a copy for a half") {
            replaced_calls::calls().duplicate = [](int) { return errno = EMFILE, -1; };
            near << "text";
            const sluice::error why =
                failure_of([&near = near] { static_cast<void>(near.split()); });
            CHECK(why.code() == std::errc::too_many_files_open);
            CHECK(near.writable());
        }
        SUBCASE("poll") {
            static int polls = 0;
            polls = 0;
            replaced_calls::calls().poll = [](struct pollfd*, nfds_t, int) {
                return ++polls < 100 ? (errno = ENOMEM, -1) : 0;
            };
            near.set_timeout(10ms);
            CHECK(failure_of([&near = near] { near.readline(); }).code() ==
                  std::errc::not_enough_memory);
            CHECK(polls == 1);
            near.clear();
            near << "text";
            replaced_calls::calls().send = [](int, const void*, std::size_t, int) -> ssize_t {
                return errno = EAGAIN, -1;
            };
            CHECK(failure_of([&near = near] { near.flush(); }).code() ==
                  std::errc::not_enough_memory);
            CHECK(polls == 2);
            near.clear();
            replaced_calls::calls().send = scope.real().send;
        }
        if (!near.closed()) {
            near.close();
        }
        replaced_calls::calls() = scope.real();
        CHECK(far.read() == "text");
    }
    CHECK(support::open_descriptors() == before);
}

TEST_CASE("a buffer borrows a socket or owns it") {
    const auto before = support::open_descriptors();
    std::array<int, 2> ends{};
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
    {
        sluice::socketbuf lent(ends[0], ios::out);
        CHECK(lent.sputn("text", 4) == 4);
        CHECK_FALSE(lent.readable());
    }
    {
        sluice::socketbuf owned(ends[1], ios::in, sluice::ownership::owned, "a friend");
        CHECK(owned.peer() == "a friend");
        CHECK(owned.sbumpc() == 't');
        ::close(ends[0]);
    }
    CHECK(support::open_descriptors() == before);
    CHECK_THROWS_AS(sluice::socketbuf(9999, ios::in), sluice::error);
    CHECK_THROWS_AS(sluice::socketbuf(0, ios::binary), sluice::error);
}

TEST_CASE("the halves of a stream keep what was pending and what was read ahead") {
    auto [near, far] = linked();
    far << "first second\n" << std::flush;
    std::string word;
    near >> word;
    near << "pending ";
    auto [in, out] = near.split();
    CHECK(near.closed());
    CHECK_FALSE(in.writable());
    CHECK_FALSE(out.readable());
    in >> word;
    CHECK(word == "second");
    out << "and more";
    out.close();
    CHECK(far.read() == "pending and more");
    far << "goes on" << std::flush;
    far.close();
    CHECK(in.read() == "\ngoes on");
    CHECK_THROWS_AS(static_cast<void>(near.split()), sluice::error);
}

TEST_CASE("sockets are not inherited and none is left open") {
    const auto list = [] {
        sluice::process ls({"ls", "/proc/self/fd"}, {.out = sluice::channel::pipe});
        return ls.communicate().out;
    };
    const std::string inherited = list();
    const auto before = support::open_descriptors();
    {
        const temporary_directory dir;
        listener door("localhost", 0);
        const listener local(dir / "door");
        socket_stream near = sluice::connect("localhost", door.port());
        const socket_stream far = door.accept(ages);
        const socket_stream path = sluice::connect(dir / "door");
        const auto halves = near.split();
        CHECK(list() == inherited);
    }
    CHECK(support::open_descriptors() == before);
}

TEST_CASE("a program talks through a socket") {
    auto [near, far] = linked();
    sluice::process sort({"sort"}, {.in = far, .out = far});
    far.close();
    near << "pear\napple\n";
    near.shutdown_write();
    CHECK(near.read() == "apple\npear\n");
    CHECK(sort.wait().exited(0));
}

TEST_SUITE_END();
