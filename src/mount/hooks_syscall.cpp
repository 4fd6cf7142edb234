// syscall(), by which libraries make calls that the C library once did not have (node's does so):
// of the calls that take a path, those below go to the function of their name; the others, and
// openat2 where it is to resolve in another way, are the kernel's, which sees no mount.
//
// The library's own calls come by here too (kernel.cpp). None of theirs is among these, but for
// statx(), which they only make of where things really lie.

#include "hook.hpp"

#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <cstdio>

namespace sluice::mount {
namespace {

const char* as_path(long value) noexcept {
    return reinterpret_cast<const char*>(value);  // NOLINT(performance-no-int-to-ptr): it was one
}

int as_folder(long value) noexcept {
    return static_cast<int>(value);
}

// Whether a path of one of the calls may lead into a mount.
bool concerns_mount(long number, long a, long b, long c, long d) noexcept {
    switch (number) {
#ifdef SYS_open
    case SYS_open: return may_concern(AT_FDCWD, as_path(a));
#endif
    case SYS_openat:
    case SYS_openat2:
    case SYS_statx:
    case SYS_newfstatat:
    case SYS_faccessat2:
    case SYS_mkdirat:
    case SYS_unlinkat: return may_concern(as_folder(a), as_path(b));
    case SYS_renameat2:
        return may_concern(as_folder(a), as_path(b)) || may_concern(as_folder(c), as_path(d));
    default: return false;
    }
}

// Null: openat() cannot do what openat2() is asked for.
const open_how* as_openat(long value, long size) noexcept {
    const auto* const how =
        reinterpret_cast<const open_how*>(value);  // NOLINT(performance-no-int-to-ptr)
    return how != nullptr && size == long(sizeof *how) && how->resolve == 0 ? how : nullptr;
}

}  // namespace

SLUICE_DEFINE(long, syscall, (long number, long a, long b, long c, long d, long e, long f)) {
    if (!concerns_mount(number, a, b, c, d)) {
        return original_syscall.get()(number, a, b, c, d, e, f);
    }
    const int folder = as_folder(a);
    // NOLINTBEGIN(performance-no-int-to-ptr)
    switch (number) {
#ifdef SYS_open
    case SYS_open: return open(as_path(a), static_cast<int>(b), static_cast<mode_t>(c));
#endif
    case SYS_openat: return openat(folder, as_path(b), static_cast<int>(c), static_cast<mode_t>(d));
    case SYS_openat2:
        if (const open_how* const how = as_openat(c, d)) {
            return openat(folder, as_path(b), static_cast<int>(how->flags),
                          static_cast<mode_t>(how->mode));
        }
        break;
    case SYS_statx:
        return statx(folder, as_path(b), static_cast<int>(c), static_cast<unsigned>(d),
                     reinterpret_cast<struct statx*>(e));
    case SYS_newfstatat:
        return fstatat(folder, as_path(b), reinterpret_cast<struct stat*>(c), static_cast<int>(d));
    case SYS_faccessat2:
        return faccessat(folder, as_path(b), static_cast<int>(c), static_cast<int>(d));
    case SYS_mkdirat: return mkdirat(folder, as_path(b), static_cast<mode_t>(c));
    case SYS_unlinkat: return unlinkat(folder, as_path(b), static_cast<int>(c));
    case SYS_renameat2:
        return renameat2(folder, as_path(b), static_cast<int>(c), as_path(d),
                         static_cast<unsigned>(e));
    default: break;
    }
    // NOLINTEND(performance-no-int-to-ptr)
    return original_syscall.get()(number, a, b, c, d, e, f);
}

}  // namespace sluice::mount
