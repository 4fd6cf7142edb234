// The system calls behind os.hpp, as a table in which a test replaces any one by its own.

#ifndef SLUICE_OS_POSIX_CALLS_HPP
#define SLUICE_OS_POSIX_CALLS_HPP

#include <dirent.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/types.h>

#include <csignal>
#include <cstddef>
#include <cstdio>

namespace sluice::os {

/// The system's functions of the same names. Not to be changed while another thread uses sluice.
struct posix_calls {
    int (*open)(const char* path, int flags, mode_t permissions);
    int (*mkdir)(const char* path, mode_t permissions);
    int (*unlink)(const char* path);
    int (*close)(int file);
    ssize_t (*read)(int file, void* target, std::size_t size);
    ssize_t (*write)(int file, const void* source, std::size_t size);
    ssize_t (*pread)(int file, void* target, std::size_t size, off_t position);
    ssize_t (*pwrite)(int file, const void* source, std::size_t size, off_t position);
    off_t (*lseek)(int file, off_t offset, int whence);
    int (*ftruncate)(int file, off_t size);
    int (*fstat)(int file, struct stat* status);
    int (*stat)(const char* path, struct stat* status, int flags);  // fstatat, AT_FDCWD
    int (*isatty)(int file);
    int (*status_flags)(int file);         // fcntl F_GETFL
    int (*waiting)(int file, int* count);  // ioctl FIONREAD
    void* (*map)(std::size_t size);        // mmap of private, anonymous pages
    void* (*remap)(void* memory, std::size_t size, std::size_t new_size);
    int (*munmap)(void* memory, std::size_t size);
    int (*advise_huge)(void* memory, std::size_t size);
    ssize_t (*random)(void* target, std::size_t size);  // getrandom
    void* (*map_file)(std::size_t size, int protection, int flags, int file, off_t position);
    int (*msync)(void* memory, std::size_t size);  // MS_SYNC
    int (*pipe)(int* ends);                        // pipe2, O_CLOEXEC
    int (*duplicate)(int file);             // fcntl F_DUPFD_CLOEXEC, above the three standard ones
    int (*set_flags)(int file, int flags);  // fcntl F_SETFL
    ssize_t (*send)(int socket, const void* source, std::size_t size, int flags);
    ssize_t (*recv)(int socket, void* target, std::size_t size, int flags);
    int (*shutdown)(int socket, int how);
    int (*socket)(int family, int type, int protocol);                    // SOCK_CLOEXEC
    int (*accept)(int listener, struct sockaddr* peer, socklen_t* size);  // accept4, SOCK_CLOEXEC
    int (*setsockopt)(int socket, int level, int name, const void* value, socklen_t size);
    int (*poll)(struct pollfd* files, nfds_t count, int milliseconds);
    int (*spawn)(pid_t* process, const char* program, const posix_spawn_file_actions_t* actions,
                 const posix_spawnattr_t* attributes, char* const* arguments,
                 char* const* environment);  // posix_spawnp: it returns errno
    pid_t (*waitpid)(pid_t process, int* status, int options);
    int (*kill)(pid_t process, int signal);
    int (*pidfd_open)(pid_t process);
    int (*sigaction)(int signal, const struct sigaction* answer, struct sigaction* before);
    ssize_t (*copy_file_range)(int from, off_t* from_position, int to, off_t* to_position,
                               std::size_t size);
    ssize_t (*sendfile)(int to, int from, off_t* from_position, std::size_t size);
    ssize_t (*splice)(int from, off_t* from_position, int to, off_t* to_position, std::size_t size);
    int (*openat)(int directory, const char* name, int flags, mode_t permissions);
    int (*fstatat)(int directory, const char* name, struct stat* status, int flags);
    int (*mkdirat)(int directory, const char* name, mode_t permissions);
    int (*symlinkat)(const char* target, int directory, const char* name);
    ssize_t (*readlinkat)(int directory, const char* name, char* target, std::size_t size);
    int (*unlinkat)(int directory, const char* name, int flags);
    int (*renameat)(int from, const char* name, int to, const char* new_name);
    int (*utimensat)(int directory, const char* name, const struct timespec* times, int flags);
    int (*fchmodat)(int directory, const char* name, mode_t permissions, int flags);
    DIR* (*fdopendir)(int directory);
    struct dirent* (*readdir)(DIR* directory);
    std::FILE* (*fopencookie)(void* cookie, const char* mode, cookie_io_functions_t functions);
    int (*memfd)(const char* name);            // memfd_create, MFD_CLOEXEC | MFD_ALLOW_SEALING
    int (*add_seals)(int file, int seals);     // fcntl F_ADD_SEALS
    int (*seals)(int file);                    // fcntl F_GET_SEALS
    int (*duplicate_to)(int file, int place);  // dup2
    int (*linkat)(int from_directory, const char* from, int directory, const char* name, int flags);
    int (*renameat2)(int directory, const char* from,
                     const char* to);  // RENAME_NOREPLACE, both there
    int (*fsync)(int file);
    int (*fchmod)(int file, mode_t permissions);
    int (*fchown)(int file, uid_t owner, gid_t group);
    int (*flock)(int file, int operation);
    int (*faccessat)(int directory, const char* name, int mode, int flags);
    ssize_t (*getxattr)(const char* path, const char* name, void* value, std::size_t size);
    int (*fsetxattr)(int file, const char* name, const void* value, std::size_t size, int flags);
};

/// The table in use.
extern posix_calls calls;

}  // namespace sluice::os

#endif  // SLUICE_OS_POSIX_CALLS_HPP
