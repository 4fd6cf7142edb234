// The system's own calls.

#include "posix_calls.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <csignal>
#include <cstddef>
#include <cstdio>

namespace sluice::os {

posix_calls calls = {
    .open = [](const char* path, int flags,
               mode_t permissions) { return ::open(path, flags, permissions); },
    .mkdir = ::mkdir,
    .unlink = ::unlink,
    .close = ::close,
    .read = ::read,
    .write = ::write,
    .pread = ::pread,
    .pwrite = ::pwrite,
    .lseek = ::lseek,
    .ftruncate = ::ftruncate,
    .fstat = [](int file, struct stat* status) { return ::fstat(file, status); },
    .stat = [](const char* path, struct stat* status,
               int flags) { return ::fstatat(AT_FDCWD, path, status, flags); },
    .isatty = ::isatty,
    .status_flags = [](int file) { return ::fcntl(file, F_GETFL); },
    .waiting = [](int file, int* count) { return ::ioctl(file, FIONREAD, count); },
    .map =
        [](std::size_t size) {
            return ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        },
    .remap = [](void* memory, std::size_t size,
                std::size_t new_size) { return ::mremap(memory, size, new_size, MREMAP_MAYMOVE); },
    .munmap = ::munmap,
    .advise_huge = [](void* memory,
                      std::size_t size) { return ::madvise(memory, size, MADV_HUGEPAGE); },
    .random = [](void* target, std::size_t size) { return ::getrandom(target, size, 0); },
    .map_file =
        [](std::size_t size, int protection, int flags, int file, off_t position) {
            return ::mmap(nullptr, size, protection, flags, file, position);
        },
    .msync = [](void* memory, std::size_t size) { return ::msync(memory, size, MS_SYNC); },
    .pipe = [](int* ends) { return ::pipe2(ends, O_CLOEXEC); },
    .duplicate = [](int file) { return ::fcntl(file, F_DUPFD_CLOEXEC, STDERR_FILENO + 1); },
    .set_flags = [](int file, int flags) { return ::fcntl(file, F_SETFL, flags); },
    .send = ::send,
    .recv = ::recv,
    .shutdown = ::shutdown,
    .socket = [](int family, int type,
                 int protocol) { return ::socket(family, type | SOCK_CLOEXEC, protocol); },
    .accept = [](int listener, struct sockaddr* peer,
                 socklen_t* size) { return ::accept4(listener, peer, size, SOCK_CLOEXEC); },
    .setsockopt = ::setsockopt,
    .poll = ::poll,
    .spawn = ::posix_spawnp,
    .waitpid = ::waitpid,
    .kill = ::kill,
    .pidfd_open =
        [](pid_t process) { return static_cast<int>(::syscall(SYS_pidfd_open, process, 0)); },
    .sigaction = ::sigaction,
    .copy_file_range =
        [](int from, off_t* from_position, int to, off_t* to_position, std::size_t size) {
            return ::copy_file_range(from, from_position, to, to_position, size, 0);
        },
    .sendfile = ::sendfile,
    .splice =
        [](int from, off_t* from_position, int to, off_t* to_position, std::size_t size) {
            return ::splice(from, from_position, to, to_position, size, SPLICE_F_MOVE);
        },
    .openat = [](int directory, const char* name, int flags,
                 mode_t permissions) { return ::openat(directory, name, flags, permissions); },
    .fstatat = [](int directory, const char* name, struct stat* status,
                  int flags) { return ::fstatat(directory, name, status, flags); },
    .mkdirat = ::mkdirat,
    .symlinkat = ::symlinkat,
    .readlinkat = ::readlinkat,
    .unlinkat = ::unlinkat,
    .renameat = ::renameat,
    .utimensat = ::utimensat,
    .fchmodat = ::fchmodat,
    .fdopendir = ::fdopendir,
    .readdir = ::readdir,
    .fopencookie = ::fopencookie,
    .memfd = [](const char* name) { return ::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING); },
    .add_seals = [](int file, int seals) { return ::fcntl(file, F_ADD_SEALS, seals); },
    .seals = [](int file) { return ::fcntl(file, F_GET_SEALS); },
    .duplicate_to = ::dup2,
    .linkat = ::linkat,
    .renameat2 =
        [](int directory, const char* from, const char* to) {
            return ::renameat2(directory, from, directory, to, RENAME_NOREPLACE);
        },
    .fsync = ::fsync,
    .fchmod = ::fchmod,
    .fchown = ::fchown,
    .flock = ::flock,
    .faccessat = ::faccessat,
    .getxattr = ::getxattr,
    .fsetxattr = ::fsetxattr,
};

}  // namespace sluice::os
