#include "posix_deadline.hpp"

#include <sluice/error.hpp>

#include "os.hpp"
#include "posix_call.hpp"
#include "posix_calls.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <limits>
#include <optional>
#include <system_error>

namespace sluice::os {

using clock = std::chrono::steady_clock;

deadline after(timeout limit) noexcept {
    // What does not fit the clock is for ever.
    constexpr std::chrono::milliseconds longest = std::chrono::hours(24 * 365 * 100);
    if (!limit || *limit >= longest) {
        return std::nullopt;
    }
    return clock::now() + std::max(*limit, std::chrono::milliseconds(0));
}

int left_until(const deadline& end) noexcept {
    if (!end) {
        return -1;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(*end - clock::now()).count();
    return static_cast<int>(std::clamp<decltype(left)>(left, 0, std::numeric_limits<int>::max()));
}

std::error_code await_events(const deadline& end, handle file, short events) noexcept {
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
