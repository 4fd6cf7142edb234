// How the sources of this directory wait no longer than they are told.

#ifndef SLUICE_OS_POSIX_DEADLINE_HPP
#define SLUICE_OS_POSIX_DEADLINE_HPP

#include <sluice/error.hpp>

#include "os.hpp"
#include "posix_calls.hpp"
#include "posix_error.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <limits>
#include <optional>
#include <system_error>

namespace sluice::os {

/// Until when to wait; none: for ever.
using deadline = std::optional<std::chrono::steady_clock::time_point>;

[[nodiscard]] inline deadline after(timeout limit) noexcept {
    // What does not fit the clock is for ever.
    constexpr auto longest = std::chrono::hours(24 * 365 * 100);
    return limit && *limit < longest ? deadline(std::chrono::steady_clock::now() + *limit)
                                     : std::nullopt;
}

/// What poll() is to wait, in its unit; -1: for ever.
[[nodiscard]] inline int left_until(const deadline& end) noexcept {
    if (!end) {
        return -1;
    }
    const auto now = std::chrono::steady_clock::now();
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*end - now).count();
    return static_cast<int>(std::clamp<decltype(left)>(left, 0, std::numeric_limits<int>::max()));
}

/// Waits until one of `events` comes; an error of the file's own counts as one.
///
/// Returns: errc::timed_out where none came before the end; what poll() says where it fails, or the
///          caller would spin.
[[nodiscard]] inline std::error_code await_events(const deadline& end, int file,
                                                  short events) noexcept {
    for (;;) {
        struct pollfd one = {file, events, 0};
        const int count = calls.poll(&one, 1, left_until(end));
        if (count > 0) {
            return {};
        }
        if (count < 0 && errno != EINTR) {
            return last_error();
        }
        if (count == 0 && left_until(end) == 0) {
            return errc::timed_out;
        }
    }
}

}  // namespace sluice::os

#endif  // SLUICE_OS_POSIX_DEADLINE_HPP
