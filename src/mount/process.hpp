// process: what the library keeps of the process it was loaded into. Async-signal-safe, and from
// any thread.

#ifndef SLUICE_MOUNT_PROCESS_HPP
#define SLUICE_MOUNT_PROCESS_HPP

#include "table.hpp"

namespace sluice::mount {

/// The mounts: what the environment said when the library was loaded, or at the first call of a
/// hooked function, where one came before.
[[nodiscard]] const table& mounts() noexcept;

/// Whether a mount may lie on the way of a path, which is relative to `directory` (AT_FDCWD: to the
/// working directory). No is sure. A path that is relative to another directory than the working
/// one costs a system call, no other does.
[[nodiscard]] bool may_concern(int directory, const char* path) noexcept;

/// Whether a descriptor's file may lie in a mount. No is sure; it costs a system call.
[[nodiscard]] bool may_concern(int file) noexcept;

/// Whether the working directory may lie in a mount. No is sure.
[[nodiscard]] bool may_work_inside() noexcept;

/// To be called where the working directory has, or may have, become one in a mount.
void note_working_inside() noexcept;

}  // namespace sluice::mount

#endif  // SLUICE_MOUNT_PROCESS_HPP
