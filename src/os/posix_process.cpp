// Programs that are started, and waited for.

#include "os.hpp"
#include "posix_call.hpp"
#include "posix_calls.hpp"
#include "posix_deadline.hpp"

#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <system_error>

namespace sluice::os {
namespace {

// What posix_spawn() is told. A failure to note something is kept for the end.
class spawn_orders {
public:
    spawn_orders() noexcept : error_(posix_spawn_file_actions_init(&actions_)) {
        note(posix_spawnattr_init(&attributes_));
    }
    spawn_orders(const spawn_orders&) = delete;
    spawn_orders& operator=(const spawn_orders&) = delete;
    ~spawn_orders() {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
        for (const int copy : copies_) {
            if (copy != no_handle) {
                calls.close(copy);
            }
        }
    }

    // A child must not inherit what this thread blocks (Python leaves it so), nor that this
    // process ignores SIGPIPE (as Python does itself, and restores): tools rely on it.
    void reset_signals() noexcept {
        sigset_t signals;
        sigemptyset(&signals);
        note(posix_spawnattr_setsigmask(&attributes_, &signals));
        sigaddset(&signals, SIGPIPE);
        note(posix_spawnattr_setsigdefault(&attributes_, &signals));
        note(
            posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
    }

    void start_in(const char* directory) noexcept {
        note(posix_spawn_file_actions_addchdir_np(&actions_, directory));
    }

    // One of the three standard handles is moved out of their way first, or a handle could be
    // overwritten before it is used.
    void connect(std::size_t number, int file) noexcept {
        if (file <= STDERR_FILENO) {
            file = copies_[number] = calls.duplicate(file);
            note(file < 0 ? errno : 0);
        }
        if (error_ == 0) {
            note(posix_spawn_file_actions_adddup2(&actions_, file, static_cast<int>(number)));
        }
    }

    [[nodiscard]] int error() const noexcept { return error_; }
    [[nodiscard]] const posix_spawn_file_actions_t* actions() const noexcept { return &actions_; }
    [[nodiscard]] const posix_spawnattr_t* attributes() const noexcept { return &attributes_; }

private:
    void note(int error) noexcept {
        if (error_ == 0) {
            error_ = error;
        }
    }

    posix_spawn_file_actions_t actions_ = {};
    posix_spawnattr_t attributes_ = {};
    std::array<int, 3> copies_{no_handle, no_handle, no_handle};
    int error_ = 0;
};

ending taken(process_id child, int options, std::error_code& code) noexcept {
    int status = 0;
    const pid_t found = retried([&] { return calls.waitpid(child, &status, options); });
    if (found < 0) {
        code = last_error();
        return {};
    }
    code.clear();
    if (found == 0) {
        return {};
    }
    const bool by_signal = WIFSIGNALED(status);
    return {true, by_signal, by_signal ? WTERMSIG(status) : WEXITSTATUS(status)};
}

// Waits for a child to end, but does not take leave of it.
std::error_code await(process_id child, const deadline& end) noexcept {
    const int file = calls.pidfd_open(child);
    if (file >= 0) {
        const std::error_code code = await_events(end, file, POLLIN);
        calls.close(file);
        return code == errc::timed_out ? std::error_code() : code;
    }
    // Linux before 5.3, or a filter that does not know the call: looks again from time to time.
    constexpr int nap = 5;
    const int left = left_until(end);
    const int result = calls.poll(nullptr, 0, left < 0 ? nap : std::min(left, nap));
    return result < 0 && errno != EINTR ? last_error() : std::error_code();
}

}  // namespace

// The C library's own starter of programs, not Boost.Process, whose 1.74 was tried: each start that
// fails left a zombie, and where 2 GiB are in use a start took 146 ms, for it forks, against 13.
// Its pipe for errors is not made close-on-exec at once, so that two threads can pass on each
// other's and one then waits for the other's program; and its wait with a time limit replaces the
// process's handler of SIGCHLD.
process_id spawn(const program& what, std::error_code& code) noexcept {
    spawn_orders orders;
    orders.reset_signals();
    for (std::size_t number = 0; number < what.standard.size(); ++number) {
        if (what.standard[number] != no_handle) {
            orders.connect(number, what.standard[number]);
        }
    }
    if (what.directory != nullptr) {
        orders.start_in(what.directory);
    }
    pid_t child = -1;
    int error = orders.error();
    if (error == 0) {
        error =
            calls.spawn(&child, what.name, orders.actions(), orders.attributes(), what.arguments,
                        what.environment != nullptr ? what.environment : environ);
    }
    code.assign(error, std::system_category());
    return error == 0 ? child : -1;
}

ending wait(process_id child, timeout limit, std::error_code& code) noexcept {
    if (!limit) {
        return taken(child, 0, code);
    }
    const deadline end = after(limit);
    for (;;) {
        const ending result = taken(child, WNOHANG, code);
        if (result.ended || code || left_until(end) == 0) {
            return result;
        }
        code = await(child, end);
        if (code) {
            return {};
        }
    }
}

std::error_code send_signal(process_id child, int number) noexcept {
    return calls.kill(child, number) == 0 ? std::error_code() : last_error();
}

process_id this_process() noexcept {
    return ::getpid();
}

char** environment() noexcept {
    return environ;
}

}  // namespace sluice::os
