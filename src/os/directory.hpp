// Calls on names in a directory that a handle stands for. None follows a symbolic link, whoever
// puts one there meanwhile, and none is given a path of more than one name.

#ifndef SLUICE_OS_DIRECTORY_HPP
#define SLUICE_OS_DIRECTORY_HPP

#include "os.hpp"
#include "owned_handle.hpp"

#include <cstdint>
#include <filesystem>
#include <ios>
#include <string>
#include <system_error>
#include <vector>

namespace sluice::os {

/// A directory that names can be looked up in; links on the way to it are followed.
[[nodiscard]] owned_handle open_directory(const char* path, std::error_code& code) noexcept;

/// The same of one in `directory`. A link gives std::errc::not_a_directory or
/// too_many_symbolic_link_levels, as the system pleases.
[[nodiscard]] owned_handle open_directory_at(handle directory, const char* name,
                                             std::error_code& code) noexcept;

/// The same, but a link is followed.
[[nodiscard]] owned_handle follow_to_directory_at(handle directory, const char* name,
                                                  std::error_code& code) noexcept;

/// As open(). A link gives std::errc::too_many_symbolic_link_levels.
[[nodiscard]] handle open_at(handle directory, const char* name, std::ios_base::openmode mode,
                             std::error_code& code) noexcept;

/// For reading; what is no file is not waited for.
[[nodiscard]] owned_handle open_to_look_at(handle directory, const char* name,
                                           std::error_code& code) noexcept;

/// Creates a file to be read and written, with a name that was free; or without one, which not
/// every file system can.
[[nodiscard]] owned_handle create_at(handle directory, const char* name,
                                     std::filesystem::perms permissions,
                                     std::error_code& code) noexcept;
[[nodiscard]] owned_handle create_unnamed_at(handle directory, std::filesystem::perms permissions,
                                             std::error_code& code) noexcept;

/// Gives a file that has no name one that was free.
[[nodiscard]] std::error_code name_at(handle directory, handle file, const char* name) noexcept;

/// Whether name_at() has what it needs: /proc may be missing.
[[nodiscard]] bool can_name(handle file) noexcept;

/// Why a file that is there may not be written. It is not opened: to close it would end all locks
/// that the process has on it (fcntl), and a program that runs is no obstacle to who replaces it.
[[nodiscard]] std::error_code check_writable_at(handle directory, const char* name) noexcept;

/// Gives `to` the access control list (ACL) of a file in the directory, where that has one. None is
/// found where /proc is missing.
[[nodiscard]] std::error_code copy_access_list_at(handle directory, const char* name,
                                                  handle to) noexcept;

/// Brings the names in a directory to the disk; see sync_to_disk().
[[nodiscard]] std::error_code sync_directory(handle directory) noexcept;

/// As status_of().
[[nodiscard]] path_status status_at(handle directory, const char* name,
                                    std::error_code& code) noexcept;

/// What the directory holds, `.` and `..` left out.
[[nodiscard]] std::vector<std::string> names_in(handle directory, std::error_code& code);

/// The same of a path, links followed. Unlike std::filesystem::directory_iterator, which libstdc++
/// ends the program in (its _Dir is noexcept), it throws std::bad_alloc where there is no memory.
[[nodiscard]] std::vector<std::string> names_of(const char* path, std::error_code& code);

[[nodiscard]] std::error_code make_directory_at(handle directory, const char* name) noexcept;
[[nodiscard]] std::error_code make_link_at(const char* target, handle directory,
                                           const char* name) noexcept;
[[nodiscard]] std::string read_link_at(handle directory, const char* name, std::error_code& code);

/// The same of a path; std::errc::invalid_argument where it is no link.
[[nodiscard]] std::string read_link(const char* path, std::error_code& code);

[[nodiscard]] std::error_code remove_at(handle directory, const char* name,
                                        bool is_directory) noexcept;

/// A name, and what is below it where it is a directory; a link itself. What is not there, or has
/// gone meanwhile, is no error. Neither the stack nor the descriptors limit how deep a tree may be.
///
/// Returns: how many were removed.
/// Errors:  the system's; those of directory_trail::go_back().
std::uintmax_t remove_all_at(handle directory, const char* name, std::error_code& code);

/// The same of all that a directory holds.
std::uintmax_t remove_all_within(handle directory, std::error_code& code);

/// The same of a path, in place of std::filesystem::remove_all; see names_of().
std::uintmax_t remove_all(const char* path, std::error_code& code);

[[nodiscard]] std::error_code rename_at(handle from, const char* name, handle to,
                                        const char* new_name) noexcept;

/// Within the directory: std::errc::file_exists where `new_name` is taken.
[[nodiscard]] std::error_code rename_to_free_at(handle directory, const char* name,
                                                const char* new_name) noexcept;

[[nodiscard]] std::error_code set_time_at(handle directory, const char* name,
                                          std::filesystem::file_time_type time) noexcept;

/// Of a link: std::errc::operation_not_supported.
[[nodiscard]] std::error_code set_permissions_at(handle directory, const char* name,
                                                 std::filesystem::perms what) noexcept;

}  // namespace sluice::os

#endif  // SLUICE_OS_DIRECTORY_HPP
