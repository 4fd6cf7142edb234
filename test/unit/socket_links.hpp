// What the tests of sockets share: connections, and calls that signals interrupt.

#ifndef SLUICE_TEST_UNIT_SOCKET_LINKS_HPP
#define SLUICE_TEST_UNIT_SOCKET_LINKS_HPP

#include <sluice/device/socket.hpp>

#include <conformance/transfer.hpp>
#include <support/signals.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <poll.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace socket_tests {

using namespace std::chrono_literals;
using conformance::sample;
using sluice::listener;
using sluice::socket_stream;
using support::replaced_calls;
using support::temporary_directory;

using ios = std::ios_base;

// How often a signal made one of the replaced calls fail.
inline std::atomic<int> interrupted = 0;

template <class Result>
Result counted(Result result) {
    interrupted += result < 0 && errno == EINTR ? 1 : 0;
    return result;
}

inline void count_interruptions() {
    interrupted = 0;
    replaced_calls::calls().recv = [](int file, void* target, std::size_t size, int flags) {
        return counted(::recv(file, target, size, flags));
    };
    replaced_calls::calls().poll = [](struct pollfd* files, nfds_t count, int milliseconds) {
        return counted(::poll(files, count, milliseconds));
    };
}

// So long that no test waits for it.
inline constexpr auto ages = 10min;

// Two ends of one connection.
struct link {
    socket_stream near;
    socket_stream far;
};

inline link linked() {
    listener door("localhost", 0);
    socket_stream near = sluice::connect("localhost", door.port());
    return {std::move(near), door.accept(ages)};
}

// Gives back what it reads, up to the end.
inline void echo(socket_stream peer) {
    for (std::string part = peer.read1(); !part.empty(); part = peer.read1()) {
        peer.write(part);
    }
    peer.close();
}

// All of `text` there and back, both ways at once.
inline void send_around(socket_stream client, std::string_view text) {
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
inline void reset(socket_stream& peer) {
    const struct linger now { 1, 0 };
    REQUIRE(::setsockopt(peer.fileno(), SOL_SOCKET, SO_LINGER, &now, sizeof now) == 0);
    peer.close();
}

inline int option(socket_stream& of, int level, int name) {
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

}  // namespace socket_tests

#endif  // SLUICE_TEST_UNIT_SOCKET_LINKS_HPP
