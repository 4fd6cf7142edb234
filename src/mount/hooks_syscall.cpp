// syscall(), by which libraries make calls that the C library once did not have (node's does so):
// the calls that take a path go to the function of their name.
//
// The library's own calls come by here too (kernel.cpp). None of theirs is among these, but for
// statx(), which they only make of where things really lie.

#include "hook.hpp"

#include <sys/stat.h>
#include <sys/syscall.h>

#include <cstdio>

namespace sluice::mount {
namespace {

const char* as_path(long value) noexcept {
    return reinterpret_cast<const char*>(value);  // NOLINT(performance-no-int-to-ptr): it was one
}

}  // namespace

SLUICE_DEFINE(long, syscall, (long number, long a, long b, long c, long d, long e, long f)) {
    const int folder = static_cast<int>(a);
    switch (number) {
    case SYS_openat:
        if (may_concern(folder, as_path(b))) {
            return openat(folder, as_path(b), static_cast<int>(c), static_cast<mode_t>(d));
        }
        break;
    case SYS_statx:
        if (may_concern(folder, as_path(b))) {
            return statx(folder, as_path(b), static_cast<int>(c), static_cast<unsigned>(d),
                         reinterpret_cast<struct statx*>(e));  // NOLINT(performance-no-int-to-ptr)
        }
        break;
    case SYS_newfstatat:
        if (may_concern(folder, as_path(b))) {
            return fstatat(folder, as_path(b),
                           reinterpret_cast<struct stat*>(c),  // NOLINT(performance-no-int-to-ptr)
                           static_cast<int>(d));
        }
        break;
    case SYS_renameat2:
        if (may_concern(folder, as_path(b)) || may_concern(static_cast<int>(c), as_path(d))) {
            return renameat2(folder, as_path(b), static_cast<int>(c), as_path(d),
                             static_cast<unsigned>(e));
        }
        break;
    default: break;
    }
    return original_syscall.get()(number, a, b, c, d, e, f);
}

}  // namespace sluice::mount
