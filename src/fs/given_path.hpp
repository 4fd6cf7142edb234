// What a path must be for any kind of file system to be asked of it.

#ifndef SLUICE_SRC_FS_GIVEN_PATH_HPP
#define SLUICE_SRC_FS_GIVEN_PATH_HPP

#include <filesystem>
#include <system_error>

namespace sluice::fs {

/// Whether the system could be given `file` as it is; `code` says why not.
[[nodiscard]] bool is_path(const std::filesystem::path& file, std::error_code& code) noexcept;

[[nodiscard]] bool are_paths(const std::filesystem::path& a, const std::filesystem::path& b,
                             std::error_code& code) noexcept;

}  // namespace sluice::fs

#endif  // SLUICE_SRC_FS_GIVEN_PATH_HPP
