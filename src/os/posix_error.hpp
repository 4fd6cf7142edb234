// How the sources of this directory read errno.

#ifndef SLUICE_OS_POSIX_ERROR_HPP
#define SLUICE_OS_POSIX_ERROR_HPP

#include <sluice/error.hpp>

#include <cerrno>
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

}  // namespace sluice::os

#endif  // SLUICE_OS_POSIX_ERROR_HPP
