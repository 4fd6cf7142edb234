// How the sources of this directory read a struct stat.

#ifndef SLUICE_OS_POSIX_STATUS_HPP
#define SLUICE_OS_POSIX_STATUS_HPP

#include "os.hpp"

#include <sys/stat.h>

#include <chrono>
#include <cstdint>
#include <ctime>
#include <filesystem>

namespace sluice::os {

inline std::filesystem::file_type type_of(mode_t mode) noexcept {
    using std::filesystem::file_type;
    switch (mode & S_IFMT) {
    case S_IFREG: return file_type::regular;
    case S_IFDIR: return file_type::directory;
    case S_IFLNK: return file_type::symlink;
    case S_IFBLK: return file_type::block;
    case S_IFCHR: return file_type::character;
    case S_IFIFO: return file_type::fifo;
    case S_IFSOCK: return file_type::socket;
    default: return file_type::unknown;
    }
}

inline std::filesystem::file_time_type time_of(const timespec& time) noexcept {
    using std::chrono::nanoseconds;
    using std::chrono::seconds;
    const auto since = seconds(time.tv_sec) + nanoseconds(time.tv_nsec);
    return std::filesystem::file_time_type::clock::from_sys(
        std::chrono::sys_time<nanoseconds>(since));
}

inline status::ownership owner_of(const struct stat& found) noexcept {
    return {found.st_uid, found.st_gid};
}

inline status handle_told_by(const struct stat& found) noexcept {
    return {S_ISREG(found.st_mode),  found.st_size,           S_ISDIR(found.st_mode),
            S_ISFIFO(found.st_mode), S_ISSOCK(found.st_mode), {found.st_dev, found.st_ino},
            owner_of(found)};
}

inline path_status told_by(const struct stat& found) noexcept {
    return {type_of(found.st_mode),
            static_cast<std::filesystem::perms>(found.st_mode & 07777),
            static_cast<std::uintmax_t>(found.st_size),
            time_of(found.st_mtim),
            {found.st_dev, found.st_ino},
            owner_of(found)};
}

}  // namespace sluice::os

#endif  // SLUICE_OS_POSIX_STATUS_HPP
