// How the sources of this directory name the system's errors.

#ifndef SLUICE_SRC_FS_CODE_HPP
#define SLUICE_SRC_FS_CODE_HPP

#include <system_error>

namespace sluice::fs {

/// The code that a system call fails with; std::make_error_code gives another category's.
[[nodiscard]] inline std::error_code system_code(std::errc code) noexcept {
    return {static_cast<int>(code), std::system_category()};
}

/// Whether a name, or a directory on the way to it, is not there.
[[nodiscard]] inline bool is_missing(const std::error_code& code) noexcept {
    return code == std::errc::no_such_file_or_directory || code == std::errc::not_a_directory;
}

}  // namespace sluice::fs

#endif  // SLUICE_SRC_FS_CODE_HPP
