// tree: directories with all that is in them, as the launcher copies and removes them.

#ifndef SLUICE_MOUNT_TREE_HPP
#define SLUICE_MOUNT_TREE_HPP

#include <filesystem>
#include <string>

namespace sluice::mount {

/// What a copy has that the caller may have to say something about.
struct copied {
    bool has_programs = false;  // files that may be executed
    std::string left_out;       // a device or a socket: the first of them
};

/// Copies a file, or a directory with all that is in it, to a path that is free: contents, modes,
/// times, symbolic links as they are; owners, if the process may. Hard links become files of their
/// own; devices and sockets are left out.
///
/// Errors: throws launch_error; and, between two files, `interrupted` where a signal has come.
void copy_tree(const std::filesystem::path& from, const std::filesystem::path& to, copied& result);

/// Removes all that is there, directories that may not be written included.
///
/// Returns: whether nothing is left.
bool remove_tree(const std::filesystem::path& path) noexcept;

/// Sees whether a tree has files that may be executed.
[[nodiscard]] bool has_programs(const std::filesystem::path& path);

}  // namespace sluice::mount

#endif  // SLUICE_MOUNT_TREE_HPP
