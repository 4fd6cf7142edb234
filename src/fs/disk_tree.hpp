// What disk and rooted_disk do with trees, by descriptors. No link is followed in them.

#ifndef SLUICE_SRC_FS_DISK_TREE_HPP
#define SLUICE_SRC_FS_DISK_TREE_HPP

#include <sluice/fs/filesystem.hpp>

#include "os/os.hpp"

#include <cstddef>
#include <string>
#include <system_error>

namespace sluice::fs {

[[nodiscard]] file_info told_of(const os::path_status& found) noexcept;

/// filesystem::do_walk() from a directory that the first `length` bytes of `file` lead to.
[[nodiscard]] file_info walk_from(os::handle directory, const std::string& file,
                                  std::size_t& length, std::error_code& code);

}  // namespace sluice::fs

#endif  // SLUICE_SRC_FS_DISK_TREE_HPP
