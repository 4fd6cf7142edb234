// Pipes and sockets, and what goes from one handle to another without coming here.

#include <sluice/error.hpp>

#include "os.hpp"
#include "posix_call.hpp"
#include "posix_calls.hpp"
#include "posix_deadline.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <ios>
#include <limits>
#include <system_error>

namespace sluice::os {
namespace {

// Tries a transfer that does not wait, and waits between two tries.
template <class Call>
transfer transferred_before(const deadline& end, int file, short events, Call call) noexcept {
    for (;;) {
        const transfer result = transferred(call);
        if (result.error != errc::would_block) {
            return result;
        }
        if (const std::error_code code = await_events(end, file, events)) {
            return {0, code};
        }
    }
}

// Holds SIGPIPE back in this thread. The process's answer to the signal stays the program's own.
class held_back_sigpipe {
public:
    held_back_sigpipe() noexcept {
        sigemptyset(&sigpipe_);
        sigaddset(&sigpipe_, SIGPIPE);
        pthread_sigmask(SIG_BLOCK, &sigpipe_, &before_);
        if (was_blocked()) {
            sigset_t pending;
            sigemptyset(&pending);
            was_pending_ = sigpending(&pending) == 0 && sigismember(&pending, SIGPIPE) == 1;
        }
    }
    held_back_sigpipe(const held_back_sigpipe&) = delete;
    held_back_sigpipe& operator=(const held_back_sigpipe&) = delete;
    ~held_back_sigpipe() {
        if (!was_blocked()) {
            pthread_sigmask(SIG_SETMASK, &before_, nullptr);
        }
    }

    // Takes the signal away, unless it is one that somebody else sent before.
    void take() const noexcept {
        constexpr timespec now = {};
        while (!was_pending_ && sigtimedwait(&sigpipe_, nullptr, &now) < 0 && errno == EINTR) {
        }
    }

private:
    [[nodiscard]] bool was_blocked() const noexcept { return sigismember(&before_, SIGPIPE) == 1; }

    sigset_t sigpipe_ = {};
    sigset_t before_ = {};
    bool was_pending_ = false;
};

// `call` may write to what nobody reads any more.
template <class Call>
transfer without_sigpipe(std::size_t size, Call call) noexcept {
    const held_back_sigpipe held;
    const transfer result = transferred(call);
    if (result.count < size) {
        held.take();  // it is sent too where a part was written before the reader went
    }
    return result;
}

// The position as the calls want it: null is the handle's own.
class place_argument {
public:
    explicit place_argument(const place& where) noexcept : position_(where.position) {}
    [[nodiscard]] off_t* get() noexcept { return position_ < 0 ? nullptr : &position_; }

private:
    off_t position_;
};

stretch found_content(handle file, std::int64_t position) noexcept {
#ifdef SEEK_HOLE
    const off_t begin = calls.lseek(file, position, SEEK_DATA);
    if (begin < 0 && errno == ENXIO) {
        const off_t end = calls.lseek(file, 0, SEEK_END);
        if (end >= 0) {
            return {end, end};
        }
    }
    const off_t end = begin < 0 ? begin : calls.lseek(file, begin, SEEK_HOLE);
    if (end > begin) {
        return {begin, end};
    }
#else
    static_cast<void>(file);
#endif
    return {position, std::numeric_limits<std::int64_t>::max()};
}

}  // namespace

// -- what has a reader at the other end -------------------------------------------------------

pipe_ends pipe(std::error_code& code) noexcept {
    std::array<int, 2> ends{};
    if (calls.pipe(ends.data()) != 0) {
        code = last_error();
        return {};
    }
    code.clear();
    return {ends[0], ends[1]};
}

transfer write_pipe(handle pipe, const void* source, std::size_t size) noexcept {
    return without_sigpipe(size, [&] { return calls.write(pipe, source, clipped(size)); });
}

transfer receive(handle socket, void* target, std::size_t size, timeout limit) noexcept {
    if (!limit) {
        return transferred([&] { return calls.recv(socket, target, clipped(size), 0); });
    }
    return transferred_before(after(limit), socket, POLLIN, [&] {
        return calls.recv(socket, target, clipped(size), MSG_DONTWAIT);
    });
}

transfer send(handle socket, const void* source, std::size_t size, timeout limit) noexcept {
    if (!limit) {
        return transferred([&] { return calls.send(socket, source, clipped(size), MSG_NOSIGNAL); });
    }
    return transferred_before(after(limit), socket, POLLOUT, [&] {
        return calls.send(socket, source, clipped(size), MSG_NOSIGNAL | MSG_DONTWAIT);
    });
}

std::error_code shutdown_write(handle socket) noexcept {
    return calls.shutdown(socket, SHUT_WR) == 0 ? std::error_code() : last_error();
}

handle new_socket(int family, int protocol, std::error_code& code) noexcept {
    const int socket = calls.socket(family, SOCK_STREAM, protocol);
    code = socket < 0 ? last_error() : std::error_code();
    return socket;
}

handle accept(handle listener, timeout limit, address& peer, std::error_code& code) noexcept {
    const deadline end = after(limit);
    for (;;) {
        socklen_t size = sizeof peer.bytes;
        auto* const where = reinterpret_cast<struct sockaddr*>(peer.bytes.data());
        const int socket = calls.accept(listener, where, &size);
        if (socket >= 0) {
            peer.size = std::min<std::size_t>(size, sizeof peer.bytes);
            code.clear();
            return socket;
        }
        if (errno == EINTR || errno == ECONNABORTED || errno == EPROTO) {
            continue;  // accept(2): one that has gone meanwhile is no failure of the listener
        }
        code = last_error();
        if (code != errc::would_block) {
            return no_handle;
        }
        code = await_events(end, listener, POLLIN);
        if (code) {
            return no_handle;
        }
    }
}

std::error_code limit_sending(handle socket, timeout limit) noexcept {
    using std::chrono::milliseconds;
    timeval value = {};  // zeros: for ever
    if (limit) {
        const auto wait = std::clamp<milliseconds>(*limit, milliseconds(1), std::chrono::hours(24));
        value.tv_sec = static_cast<decltype(value.tv_sec)>(wait.count() / 1000);
        value.tv_usec = static_cast<decltype(value.tv_usec)>(wait.count() % 1000 * 1000);
    }
    const int result = calls.setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &value, sizeof value);
    return result == 0 ? std::error_code() : last_error();
}

// -- between two handles ----------------------------------------------------------------------

transfer copy_range(const place& from, const place& to, std::size_t size) noexcept {
    return transferred([&] {
        place_argument source(from);
        place_argument target(to);
        return calls.copy_file_range(from.file, source.get(), to.file, target.get(), clipped(size));
    });
}

stretch content_from(handle file, std::int64_t position, std::error_code& code) noexcept {
    const std::int64_t before = seek(file, 0, std::ios_base::cur, code);
    if (code) {
        return {};
    }
    const stretch found = found_content(file, position);
    seek(file, before, std::ios_base::beg, code);
    return found;
}

transfer send_file(const place& from, handle to, std::size_t size) noexcept {
    return without_sigpipe(size, [&] {
        place_argument source(from);
        return calls.sendfile(to, from.file, source.get(), clipped(size));
    });
}

transfer splice(const place& from, const place& to, std::size_t size) noexcept {
    return without_sigpipe(size, [&] {
        place_argument source(from);
        place_argument target(to);
        return calls.splice(from.file, source.get(), to.file, target.get(), clipped(size));
    });
}

}  // namespace sluice::os
