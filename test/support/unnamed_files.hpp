// File systems that know no files without a name (O_TMPFILE).

#ifndef SUPPORT_UNNAMED_FILES_HPP
#define SUPPORT_UNNAMED_FILES_HPP

#include <support/system_calls.hpp>

#include <fcntl.h>

#include <cerrno>

namespace support {

/// From now on the library is on such, whatever its table of calls does besides. A scope of
/// replaced_calls ends it.
inline void forbid_unnamed_files() {
    static sluice::os::posix_calls before;
    before = sluice::os::calls;
    static const auto is_one = [](int flags) { return (flags & O_TMPFILE) == O_TMPFILE; };
    sluice::os::calls.open = [](const char* path, int flags, mode_t permissions) {
        return is_one(flags) ? (errno = EOPNOTSUPP, -1) : before.open(path, flags, permissions);
    };
    sluice::os::calls.openat = [](int directory, const char* name, int flags, mode_t permissions) {
        return is_one(flags) ? (errno = EOPNOTSUPP, -1)
                             : before.openat(directory, name, flags, permissions);
    };
}

/// The same for a scope. Not twice at a time.
class without_unnamed_files : public replaced_calls {
public:
    without_unnamed_files() { forbid_unnamed_files(); }
};

}  // namespace support

#endif  // SUPPORT_UNNAMED_FILES_HPP
