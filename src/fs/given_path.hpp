// What a path must be for any kind of file system to be asked of it.

#ifndef SLUICE_SRC_FS_GIVEN_PATH_HPP
#define SLUICE_SRC_FS_GIVEN_PATH_HPP

#include <sluice/detail/file_handle.hpp>
#include <sluice/fs/filesystem.hpp>

#include "code.hpp"

#include <system_error>

namespace sluice::fs {

/// Whether the system could be given `file` as it is.
[[nodiscard]] inline bool is_path(const path& file, std::error_code& code) noexcept {
    code.clear();
    if (file.empty()) {
        code = system_code(std::errc::no_such_file_or_directory);
    } else if (detail::has_nul(file.native())) {
        code = system_code(std::errc::invalid_argument);
    }
    return !code;
}

[[nodiscard]] inline bool are_paths(const path& a, const path& b, std::error_code& code) noexcept {
    return is_path(a, code) && is_path(b, code);
}

}  // namespace sluice::fs

#endif  // SLUICE_SRC_FS_GIVEN_PATH_HPP
