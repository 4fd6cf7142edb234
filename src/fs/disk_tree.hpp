// What disk and rooted_disk do with trees, by descriptors. No link is followed in them.

#ifndef SLUICE_SRC_FS_DISK_TREE_HPP
#define SLUICE_SRC_FS_DISK_TREE_HPP

#include <sluice/fs/filesystem.hpp>

#include "os/os.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>

namespace sluice::fs {

[[nodiscard]] file_info told_of(const os::path_status& found) noexcept;

/// filesystem::do_walk() from a directory that the first `length` bytes of `file` lead to.
[[nodiscard]] file_info walk_from(os::handle directory, const std::string& file,
                                  std::size_t& length, std::error_code& code);

/// Takes a name away, and what is below it where it is a directory. What has gone meanwhile is no
/// error. Neither the stack nor the descriptors limit how deep a tree may be.
///
/// Returns: how many were taken away.
/// Errors:  the system's; those of directory_trail::go_back().
std::uintmax_t remove_tree(os::handle directory, const char* name, std::error_code& code);

/// The same of all that a directory holds.
std::uintmax_t remove_within(os::handle directory, std::error_code& code);

}  // namespace sluice::fs

#endif  // SLUICE_SRC_FS_DISK_TREE_HPP
