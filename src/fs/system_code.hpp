// The codes a disk would give, for kinds that are none.

#ifndef SLUICE_FS_SYSTEM_CODE_HPP
#define SLUICE_FS_SYSTEM_CODE_HPP

#include <system_error>

namespace sluice::fs {

[[nodiscard]] inline std::error_code system_code(std::errc what) noexcept {
    return {static_cast<int>(what), std::system_category()};
}

[[nodiscard]] inline bool is_missing(const std::error_code& code) noexcept {
    return code == std::errc::no_such_file_or_directory || code == std::errc::not_a_directory;
}

}  // namespace sluice::fs

#endif  // SLUICE_FS_SYSTEM_CODE_HPP
