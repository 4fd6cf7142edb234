// What preloaded.cpp asks, which stands between a program and the C library (LD_PRELOAD), and the
// names that it has in common with the tests.

#ifndef FAULTS_PRELOADED_HPP
#define FAULTS_PRELOADED_HPP

#include <fcntl.h>

#include <cstddef>

namespace faults {

// What one call does may be of consequence in one case and not in the other.

inline bool is_unnamed(int flags) noexcept {
    return (flags & O_TMPFILE) == O_TMPFILE;
}

inline const char* name_of_closing(int status_flags) noexcept {
    return (status_flags & O_TMPFILE) == O_DIRECTORY ? "close of a directory"
           : (status_flags & O_ACCMODE) == O_RDONLY  ? "close of what was read"
                                                     : "close";
}

inline const char* name_of_status(int directory) noexcept {
    return directory == AT_FDCWD ? "stat" : "fstatat";
}

inline const char* name_of_control(int command) noexcept {
    switch (command) {
    case F_SETFL: return "fcntl F_SETFL";
    case F_ADD_SEALS: return "fcntl F_ADD_SEALS";
    case F_GET_SEALS: return "fcntl F_GET_SEALS";
    case F_DUPFD_CLOEXEC: return "dup";
    default: return "fcntl";
    }
}

/// Exported as `sluice_preloaded_calls`. Nothing fails while `due` is null.
struct preloaded_calls {
    /// The errno that this call fails with; 0: it does not.
    int (*due)(const char* name, bool interruptible) = nullptr;

    /// How much of `size` bytes a transfer takes.
    std::size_t (*part_of)(std::size_t size) = nullptr;
};

}  // namespace faults

#endif  // FAULTS_PRELOADED_HPP
