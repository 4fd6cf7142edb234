#include <sluice/device/socket.hpp>

#include <support/descriptors.hpp>
#include <support/forked.hpp>
#include <support/signals.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>
#include <unit/socket_links.hpp>
#include <utility>
#include <vector>

using namespace socket_tests;

TEST_SUITE_BEGIN("socket");

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
    CHECK(why.code().category() == std::system_category());  // not Boost's
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

TEST_CASE("a connection may have the descriptor 0") {
    support::forked::check([] {
        listener door("localhost", 0);
        socket_stream near = sluice::connect("localhost", door.port());
        ::close(STDIN_FILENO);
        socket_stream far = door.accept(ages);
        near.write("there");
        near.flush();
        const bool there = far.fileno() == STDIN_FILENO && far.read(5) == "there";
        far.write("back");
        far.close();
        return there && near.read() == "back";
    });
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

TEST_CASE("a connection waits for ever where no clock can tell its limit") {
    listener port("localhost", 0);
    constexpr auto longest = std::chrono::milliseconds::max();
    socket_stream near = sluice::connect("localhost", port.port(), {.timeout = longest});
    socket_stream far = port.accept();
    near << "line" << std::endl;
    CHECK(far.readline() == "line\n");
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

TEST_SUITE_END();
