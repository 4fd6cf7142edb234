// How the sources of this directory read and write.

#ifndef SLUICE_OS_POSIX_TRANSFER_HPP
#define SLUICE_OS_POSIX_TRANSFER_HPP

#include "os.hpp"
#include "posix_error.hpp"

#include <cstddef>
#include <limits>

namespace sluice::os {

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

#endif  // SLUICE_OS_POSIX_TRANSFER_HPP
