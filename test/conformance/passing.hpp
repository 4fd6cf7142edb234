// Devices whose content passes by once: what cannot seek.
//
// A source is made with its content, which a thread feeds in; a sink has a thread that collects
// what is written. The other end is the system's alone.

#ifndef CONFORMANCE_PASSING_HPP
#define CONFORMANCE_PASSING_HPP

#include <sluice/device/file.hpp>
#include <sluice/device/pipe.hpp>
#ifdef SLUICE_HAS_NET
#include <sluice/device/socket.hpp>
#endif

#include <conformance/devices.hpp>
#include <conformance/passing_layers.hpp>
#include <support/signals.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>

namespace conformance {

/// The two descriptors of a pipe, or of a connection.
struct pipe_ends {
    std::array<int, 2> ends{};

    pipe_ends() {
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
            throw std::runtime_error("no pipe");
        }
    }
};
struct socket_ends {
    std::array<int, 2> ends{};

    socket_ends() {
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
            throw std::runtime_error("no pair of sockets");
        }
    }
};

/// Writes all of `text` to a descriptor, unless the reader goes before. For a thread of its own,
/// with which the signal ends that is sent then.
inline void feed(int to, std::string_view text) {
    support::block_signal(SIGPIPE);
    while (!text.empty()) {
        const ssize_t written = ::write(to, text.data(), text.size());
        if (written <= 0) {
            break;
        }
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    ::close(to);
}

inline void collect(int from, std::string& text) {
    std::array<char, 4096> block{};
    for (ssize_t got = 0; (got = ::read(from, block.data(), block.size())) > 0;) {
        text.append(block.data(), static_cast<std::size_t>(got));
    }
    ::close(from);
}

template <class Buf, class Ends, std::size_t Size, ios::openmode Mode = ios::in>
struct source_device {
    using char_type = typename Buf::char_type;
    using buf_type = Buf;
    static constexpr std::size_t buffer_size =
        Size == default_size ? default_size / sizeof(char_type) : Size;

    explicit source_device(std::string content)
        : feeder([to = other.ends[1], text = std::move(content)] { feed(to, text); }) {
        if (Size != default_size) {
            buf.pubsetbuf(nullptr, static_cast<std::streamsize>(Size));
        }
    }
    source_device(const source_device&) = delete;
    source_device& operator=(const source_device&) = delete;
    ~source_device() {
        buf = Buf();  // a feeder that still waits for a reader ends
        feeder.join();
    }

    Ends other;
    Buf buf{other.ends[0], Mode, sluice::ownership::owned};
    std::thread feeder;
};

template <class Buf, class Ends, std::size_t Size>
struct sink_device {
    using char_type = typename Buf::char_type;
    using buf_type = Buf;
    static constexpr std::size_t buffer_size =
        Size == default_size ? default_size / sizeof(char_type) : Size;

    sink_device() : collector([this] { collect(other.ends[0], collected); }) {
        if (Size != default_size) {
            buf.pubsetbuf(nullptr, static_cast<std::streamsize>(Size));
        }
    }
    sink_device(const sink_device&) = delete;
    sink_device& operator=(const sink_device&) = delete;
    ~sink_device() {
        buf = Buf();
        if (collector.joinable()) {
            collector.join();
        }
    }

    /// All that came out. Requires: the buffer is closed.
    [[nodiscard]] std::string content() {
        collector.join();
        return collected;
    }

    Ends other;
    std::string collected;
    Buf buf{other.ends[1], ios::out, sluice::ownership::owned};
    std::thread collector;
};

template <std::size_t Size>
using pipe_source = source_device<sluice::filebuf, pipe_ends, Size>;
template <std::size_t Size>
using pipe_sink = sink_device<sluice::filebuf, pipe_ends, Size>;
using wide_pipe_source = source_device<sluice::wfilebuf, pipe_ends, default_size>;
using wide_pipe_sink = sink_device<sluice::wfilebuf, pipe_ends, default_size>;

using pipe_sources = std::tuple<pipe_source<0>, pipe_source<1>, pipe_source<7>, pipe_source<4096>,
                                pipe_source<default_size>>;
using pipe_sinks = std::tuple<pipe_sink<0>, pipe_sink<1>, pipe_sink<7>, pipe_sink<4096>,
                              pipe_sink<default_size>, wide_pipe_sink>;

#ifdef SLUICE_HAS_NET
template <std::size_t Size>
using socket_source = source_device<sluice::socketbuf, socket_ends, Size, both>;
template <std::size_t Size>
using socket_sink = sink_device<sluice::socketbuf, socket_ends, Size>;
using socket_sources = std::tuple<socket_source<0>, socket_source<7>, socket_source<default_size>>;
using large_socket_sources = std::tuple<socket_source<default_size>>;
using socket_sinks = std::tuple<socket_sink<0>, socket_sink<7>, socket_sink<default_size>>;
#else
using socket_sources = std::tuple<>;
using large_socket_sources = std::tuple<>;
using socket_sinks = std::tuple<>;
#endif

/// Read once, in order.
using passing_devices = joined<pipe_sources, socket_sources, std::tuple<wide_pipe_source>,
                               boost_sources, layer_sources>;

/// Those of them whose buffer keeps the last characters it gave: it has room for them, and is
/// larger than a rule's transfers, which go past it else.
using passing_keeping_devices =
    joined<std::tuple<pipe_source<default_size>, wide_pipe_source,
                      boost_source<file_size_of_buffer>, large_ring_source>,
           large_socket_sources>;

/// Written once, in order.
using swallowing_devices = joined<pipe_sinks, socket_sinks, boost_sinks, layer_sinks>;

}  // namespace conformance

TYPE_TO_STRING_AS("pipe without a buffer", conformance::pipe_source<0>);
TYPE_TO_STRING_AS("pipe of 1", conformance::pipe_source<1>);
TYPE_TO_STRING_AS("pipe of 7", conformance::pipe_source<7>);
TYPE_TO_STRING_AS("pipe of 4096", conformance::pipe_source<4096>);
TYPE_TO_STRING_AS("pipe", conformance::pipe_source<conformance::default_size>);
TYPE_TO_STRING_AS("pipe of wide characters", conformance::wide_pipe_source);
TYPE_TO_STRING_AS("pipe written without a buffer", conformance::pipe_sink<0>);
TYPE_TO_STRING_AS("pipe written by 1", conformance::pipe_sink<1>);
TYPE_TO_STRING_AS("pipe written by 7", conformance::pipe_sink<7>);
TYPE_TO_STRING_AS("pipe written by 4096", conformance::pipe_sink<4096>);
TYPE_TO_STRING_AS("pipe written", conformance::pipe_sink<conformance::default_size>);
TYPE_TO_STRING_AS("pipe written in wide characters", conformance::wide_pipe_sink);
#ifdef SLUICE_HAS_NET
TYPE_TO_STRING_AS("socketbuf without a buffer", conformance::socket_source<0>);
TYPE_TO_STRING_AS("socketbuf of 7", conformance::socket_source<7>);
TYPE_TO_STRING_AS("socketbuf", conformance::socket_source<conformance::default_size>);
TYPE_TO_STRING_AS("socketbuf written without a buffer", conformance::socket_sink<0>);
TYPE_TO_STRING_AS("socketbuf written by 7", conformance::socket_sink<7>);
TYPE_TO_STRING_AS("socketbuf written", conformance::socket_sink<conformance::default_size>);
#endif

#endif  // CONFORMANCE_PASSING_HPP
