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
    [](const char* path, int flags, mode_t permissions) {
        return ::open(path, flags, permissions);
    },
    ::mkdir,
    ::unlink,
    ::close,
    ::read,
    ::write,
    ::pread,
    ::pwrite,
    ::lseek,
    ::ftruncate,
    [](int file, struct stat* status) { return ::fstat(file, status); },
    [](const char* path, struct stat* status, int flags) {
        return ::fstatat(AT_FDCWD, path, status, flags);
    },
    ::isatty,
    [](int file) { return ::fcntl(file, F_GETFL); },
    [](int file, int* count) { return ::ioctl(file, FIONREAD, count); },
    [](std::size_t size) {
        return ::mmap(nullptr, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    },
    [](void* memory, std::size_t size, std::size_t new_size) {
        return ::mremap(memory, size, new_size, MREMAP_MAYMOVE);
    },
    ::munmap,
    [](void* memory, std::size_t size) { return ::madvise(memory, size, MADV_HUGEPAGE); },
    [](void* target, std::size_t size) { return ::getrandom(target, size, 0); },
    [](std::size_t size, int protection, int flags, int file, off_t position) {
        return ::mmap(nullptr, size, protection, flags, file, position);
    },
    [](void* memory, std::size_t size) { return ::msync(memory, size, MS_SYNC); },
    [](int* ends) { return ::pipe2(ends, O_CLOEXEC); },
    [](int file) { return ::fcntl(file, F_DUPFD_CLOEXEC, STDERR_FILENO + 1); },
    [](int file, int flags) { return ::fcntl(file, F_SETFL, flags); },
    ::send,
    ::recv,
    ::shutdown,
    [](int family, int type, int protocol) {
        return ::socket(family, type | SOCK_CLOEXEC, protocol);
    },
    [](int listener, struct sockaddr* peer, socklen_t* size) {
        return ::accept4(listener, peer, size, SOCK_CLOEXEC);
    },
    ::setsockopt,
    ::poll,
    ::posix_spawnp,
    ::waitpid,
    ::kill,
    [](pid_t process) { return static_cast<int>(::syscall(SYS_pidfd_open, process, 0)); },
    ::sigaction,
    [](int from, off_t* from_position, int to, off_t* to_position, std::size_t size) {
        return ::copy_file_range(from, from_position, to, to_position, size, 0);
    },
    ::sendfile,
    [](int from, off_t* from_position, int to, off_t* to_position, std::size_t size) {
        return ::splice(from, from_position, to, to_position, size, SPLICE_F_MOVE);
    },
    [](int directory, const char* name, int flags, mode_t permissions) {
        return ::openat(directory, name, flags, permissions);
    },
    [](int directory, const char* name, struct stat* status, int flags) {
        return ::fstatat(directory, name, status, flags);
    },
    ::mkdirat,
    ::symlinkat,
    ::readlinkat,
    ::unlinkat,
    ::renameat,
    ::utimensat,
    ::fchmodat,
    ::fdopendir,
    ::readdir,
    ::fopencookie,
    [](const char* name) { return ::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING); },
    [](int file, int seals) { return ::fcntl(file, F_ADD_SEALS, seals); },
    [](int file) { return ::fcntl(file, F_GET_SEALS); },
    ::dup2,
    ::linkat,
    [](int directory, const char* from, const char* to) {
        return ::renameat2(directory, from, directory, to, RENAME_NOREPLACE);
    },
    ::fsync,
    ::fchmod,
    ::fchown,
    ::flock,
    ::faccessat,
    ::getxattr,
    ::fsetxattr,
};

}  // namespace sluice::os
