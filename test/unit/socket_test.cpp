#include <sluice/device/process.hpp>
#include <sluice/device/socket.hpp>

#include <support/descriptors.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <unit/socket_links.hpp>
#include <utility>

using namespace socket_tests;

TEST_SUITE_BEGIN("socket");

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
