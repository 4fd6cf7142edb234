// How the sources of this directory make a call: errno, interruptions, sizes.

#ifndef SLUICE_OS_POSIX_CALL_HPP
#define SLUICE_OS_POSIX_CALL_HPP

#include <sluice/error.hpp>

#include "os.hpp"

#include <sys/types.h>

#include <cerrno>
#include <cstddef>
#include <limits>
#include <system_error>

namespace sluice::os {

[[nodiscard]] inline std::error_code last_error() noexcept {
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
        return errc::would_block;
    }
    return {errno, std::system_category()};
}

/// Calls until a signal no longer interrupts.
template <class Call>
auto retried(Call call) noexcept {
    auto result = call();
    while (result < 0 && errno == EINTR) {
        result = call();
    }
    return result;
}

/// What `call` returns, as read() and write() do.
template <class Call>
transfer transferred(Call call) noexcept {
    const ssize_t count = retried(call);
    if (count < 0) {
        return {0, last_error()};
    }
    return {static_cast<std::size_t>(count), {}};
}

/// The most that one call may be asked for; the kernel transfers less anyway.
inline std::size_t clipped(std::size_t size) noexcept {
    constexpr std::size_t most = std::numeric_limits<int>::max() & ~std::size_t{0xFFF};
    return size < most ? size : most;
}

}  // namespace sluice::os

#endif  // SLUICE_OS_POSIX_CALL_HPP
