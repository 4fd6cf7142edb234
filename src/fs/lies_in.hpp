// Whether a path leads into a directory, by what is there and not by how it is written.

#ifndef SLUICE_FS_LIES_IN_HPP
#define SLUICE_FS_LIES_IN_HPP

#include <sluice/fs/filesystem.hpp>

#include <system_error>

namespace sluice::fs {

/// Whether `file`, which is there, is `directory` or lies in it, whatever links lead to either.
[[nodiscard]] bool lies_in(filesystem& files, const path& file, const path& directory,
                           std::error_code& code);

}  // namespace sluice::fs

#endif  // SLUICE_FS_LIES_IN_HPP
