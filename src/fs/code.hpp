// How the sources of this directory name the system's errors.

#ifndef SLUICE_SRC_FS_CODE_HPP
#define SLUICE_SRC_FS_CODE_HPP

#include <system_error>

namespace sluice::fs {

/// The code that a system call fails with; std::make_error_code gives another category's.
[[nodiscard]] inline std::error_code system_code(std::errc code) noexcept {
    return {static_cast<int>(code), std::system_category()};
}

}  // namespace sluice::fs

#endif  // SLUICE_SRC_FS_CODE_HPP
