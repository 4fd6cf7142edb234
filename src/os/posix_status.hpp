// How the sources of this directory read a struct stat.

#ifndef SLUICE_OS_POSIX_STATUS_HPP
#define SLUICE_OS_POSIX_STATUS_HPP

#include "os.hpp"

#include <sys/stat.h>

namespace sluice::os {

[[nodiscard]] inline status status_in(const struct stat& found) noexcept {
    constexpr mode_t all_permissions = 07777;
    status result;
    result.regular = S_ISREG(found.st_mode);
    result.size = found.st_size;
    result.directory = S_ISDIR(found.st_mode);
    result.pipe = S_ISFIFO(found.st_mode);
    result.socket = S_ISSOCK(found.st_mode);
    result.symlink = S_ISLNK(found.st_mode);
    result.file = {found.st_dev, found.st_ino};
    result.owner = {found.st_uid, found.st_gid};
    result.permissions = found.st_mode & all_permissions;
    return result;
}

}  // namespace sluice::os

#endif  // SLUICE_OS_POSIX_STATUS_HPP
