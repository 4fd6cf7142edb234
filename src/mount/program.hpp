// program: what the launcher is to run, and whether mounts can be shown to it at all.

#ifndef SLUICE_MOUNT_PROGRAM_HPP
#define SLUICE_MOUNT_PROGRAM_HPP

#include "table.hpp"

#include <string>

namespace sluice::mount {

/// Finds a program as a shell would that sees the mounts.
///
/// Returns: the path of its file, where it really lies.
/// Errors:  throws launch_error(status_not_found or status_not_run).
[[nodiscard]] std::string find_program(const std::string& name, const table& mounts);

/// Refuses a program that the dynamic linker will not load the library into: a statically linked
/// one, one of another architecture, one that runs with more rights than its caller. Of a script it
/// is its interpreter that counts. What cannot be read passes.
///
/// Errors: throws launch_error(status_not_run).
void check_program(const std::string& path);

}  // namespace sluice::mount

#endif  // SLUICE_MOUNT_PROGRAM_HPP
