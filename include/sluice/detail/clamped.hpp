// A size or position of a file as one of memory, which has fewer bits on some systems.

#ifndef SLUICE_DETAIL_CLAMPED_HPP
#define SLUICE_DETAIL_CLAMPED_HPP

#include <cstddef>
#include <ios>
#include <limits>
#include <utility>

namespace sluice::detail {

/// `size`, or the largest number where it is none of a std::size_t's: more than there can be.
///
/// Requires: it is not negative.
[[nodiscard]] constexpr std::size_t clamped(std::streamoff size) noexcept {
    return std::in_range<std::size_t>(size) ? static_cast<std::size_t>(size)
                                            : std::numeric_limits<std::size_t>::max();
}

}  // namespace sluice::detail

#endif  // SLUICE_DETAIL_CLAMPED_HPP
