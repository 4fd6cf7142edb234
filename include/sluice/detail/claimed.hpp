// How much memory a size is worth that a buffer or a file only claims.

#ifndef SLUICE_DETAIL_CLAIMED_HPP
#define SLUICE_DETAIL_CLAIMED_HPP

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace sluice::detail {

/// How many elements of `element` bytes to make room for at once, where `claim` are said to come: a
/// size may be a lie, as of files of the kernel's, or be that of a hole. What is more comes to its
/// room as it comes itself. 0 where nothing is claimed.
[[nodiscard]] constexpr std::size_t believed(std::int64_t claim, std::size_t element) noexcept {
    constexpr std::size_t most = std::size_t(1) << 30;  // bytes
    return claim <= 0 ? 0
                      : static_cast<std::size_t>(
                            std::min(claim, static_cast<std::int64_t>(most / element)));
}

}  // namespace sluice::detail

#endif  // SLUICE_DETAIL_CLAIMED_HPP
