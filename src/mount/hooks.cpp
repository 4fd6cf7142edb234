// The functions that take a path, one a line, grouped as the manual has them. Those of which more
// than a path is to be translated are in the sources beside this one.
//
// Where the library only hands a pointer on, it is a void*; and what follows "..." in a declaration
// comes as any other parameter does, on Linux.

#include "hook.hpp"

#include <sys/types.h>

#include <cstdint>
#include <cstdio>

namespace sluice::mount {

// -- opening ----------------------------------------------------------------------------------

SLUICE_HOOK_64(int, open, path, open_flags, mode_t)
SLUICE_HOOK_64(int, __open, path, open_flags, mode_t)
SLUICE_HOOK_64(int, openat, directory, path, open_flags, mode_t)
SLUICE_HOOK_64(int, creat, written, mode_t)
SLUICE_HOOK_64(FILE*, fopen, path, fopen_mode)
SLUICE_HOOK_64(FILE*, freopen, path, fopen_mode, FILE*)
SLUICE_HOOK(int, inotify_add_watch, int, path, std::uint32_t)
// What open() is called where the compiler checks its parameters (_FORTIFY_SOURCE).
SLUICE_HOOK(int, __open_2, path, open_flags)
SLUICE_HOOK(int, __open64_2, path, open_flags)
SLUICE_HOOK(int, __openat_2, directory, path, open_flags)
SLUICE_HOOK(int, __openat64_2, directory, path, open_flags)

// -- what is there ----------------------------------------------------------------------------

SLUICE_HOOK_64(int, stat, path, void*)
SLUICE_HOOK_64(int, lstat, entry, void*)
SLUICE_HOOK_64(int, fstatat, directory, path, void*, at_flags)
SLUICE_HOOK(int, statx, directory, path, at_flags, unsigned, void*)
SLUICE_HOOK(int, access, path, access_mode)
SLUICE_HOOK(int, eaccess, path, access_mode)
SLUICE_HOOK(int, euidaccess, path, access_mode)
SLUICE_HOOK(int, faccessat, directory, path, access_mode, at_flags)
SLUICE_HOOK_64(int, statfs, path, void*)
SLUICE_HOOK_64(int, statvfs, path, void*)
SLUICE_HOOK(long, pathconf, path, int)
SLUICE_HOOK(key_t, ftok, path, int)
// What stat() and its kin were to programs built before glibc 2.33.
SLUICE_HOOK_64(int, __xstat, int, path, void*)
SLUICE_HOOK_64(int, __lxstat, int, entry, void*)
SLUICE_HOOK_64(int, __fxstatat, int, directory, path, void*, at_flags)

// -- names ------------------------------------------------------------------------------------

SLUICE_HOOK(int, mkdir, new_entry, mode_t)
SLUICE_HOOK(int, mkdirat, directory, new_entry, mode_t)
SLUICE_HOOK(int, mkfifo, new_entry, mode_t)
SLUICE_HOOK(int, mkfifoat, directory, new_entry, mode_t)
SLUICE_HOOK(int, mknod, new_entry, mode_t, dev_t)
SLUICE_HOOK(int, mknodat, directory, new_entry, mode_t, dev_t)
SLUICE_HOOK(int, __xmknod, int, new_entry, mode_t, void*)
SLUICE_HOOK(int, __xmknodat, int, directory, new_entry, mode_t, void*)
SLUICE_HOOK(int, link, entry, new_entry)
SLUICE_HOOK(int, linkat, directory, entry, directory, new_entry, at_flags)
SLUICE_HOOK(int, symlink, const char*, new_entry)
SLUICE_HOOK(int, symlinkat, const char*, directory, new_entry)
SLUICE_HOOK(int, unlink, changed_entry)
SLUICE_HOOK(int, unlinkat, directory, changed_entry, int)
SLUICE_HOOK(int, remove, changed_entry)
SLUICE_HOOK(int, rmdir, changed_entry)
SLUICE_HOOK(int, rename, changed_entry, renamed)
SLUICE_HOOK(int, renameat, directory, changed_entry, directory, renamed)
SLUICE_HOOK(int, renameat2, directory, changed_entry, directory, renamed, unsigned)

// -- attributes -------------------------------------------------------------------------------

SLUICE_HOOK_64(int, truncate, changed, off_t)
SLUICE_HOOK(int, chmod, changed, mode_t)
SLUICE_HOOK(int, lchmod, changed_entry, mode_t)
SLUICE_HOOK(int, fchmodat, directory, changed, mode_t, at_flags)
SLUICE_HOOK(int, chown, changed, uid_t, gid_t)
SLUICE_HOOK(int, lchown, changed_entry, uid_t, gid_t)
SLUICE_HOOK(int, fchownat, directory, changed, uid_t, gid_t, at_flags)
SLUICE_HOOK(int, utime, changed, void*)
SLUICE_HOOK(int, utimes, changed, void*)
SLUICE_HOOK(int, lutimes, changed_entry, void*)
SLUICE_HOOK(int, futimesat, directory, changed, void*)
SLUICE_HOOK(int, utimensat, directory, changed, void*, at_flags)
SLUICE_HOOK(ssize_t, getxattr, path, const char*, void*, std::size_t)
SLUICE_HOOK(ssize_t, lgetxattr, entry, const char*, void*, std::size_t)
SLUICE_HOOK(ssize_t, listxattr, path, char*, std::size_t)
SLUICE_HOOK(ssize_t, llistxattr, entry, char*, std::size_t)
SLUICE_HOOK(int, setxattr, changed, const char*, void*, std::size_t, int)
SLUICE_HOOK(int, lsetxattr, changed_entry, const char*, void*, std::size_t, int)
SLUICE_HOOK(int, removexattr, changed, const char*)
SLUICE_HOOK(int, lremovexattr, changed_entry, const char*)
// By descriptor: what is read only refuses these of one that was opened for reading.
SLUICE_HOOK(int, fchmod, changed_file, mode_t)
SLUICE_HOOK(int, fchown, changed_file, uid_t, gid_t)
SLUICE_HOOK(int, futimens, changed_file, void*)
SLUICE_HOOK(int, futimes, changed_file, void*)
SLUICE_HOOK(int, fsetxattr, changed_file, const char*, void*, std::size_t, int)
SLUICE_HOOK(int, fremovexattr, changed_file, const char*)

// -- programs ---------------------------------------------------------------------------------

SLUICE_HOOK(int, execve, path, char* const*, char* const*)
SLUICE_HOOK(int, execv, path, char* const*)
SLUICE_HOOK(int, execveat, directory, path, char* const*, char* const*, at_flags)
SLUICE_HOOK(error_number, posix_spawn, pid_t*, path, void*, void*, char* const*, char* const*)
SLUICE_HOOK(error_number, posix_spawn_file_actions_addopen, void*, int, path, open_flags, mode_t)
SLUICE_HOOK(error_number, posix_spawn_file_actions_addchdir_np, void*, path)

}  // namespace sluice::mount
