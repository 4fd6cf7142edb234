// preloaded: takes over the C library's functions that sluice calls, from outside of the program:
//
//     LD_PRELOAD=libfault_calls.so fault_tests -ts="system calls"
//
// Each asks the program's tests whether it is to fail (preloaded.hpp). What the standard library
// calls is none of sluice's, and goes through: the tests look at the disk with it.

#include "preloaded.hpp"

#include <dirent.h>
#include <dlfcn.h>
#include <link.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <type_traits>

extern "C" {
// The tests write it.
__attribute__((visibility("default"))) faults::preloaded_calls sluice_preloaded_calls;
}

namespace faults {
namespace {

struct range {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
};

// Where the standard library's code is.
range find_standard_library() noexcept {
    range found;
    ::dl_iterate_phdr(
        [](dl_phdr_info* object, std::size_t, void* target) {
            if (std::string_view(object->dlpi_name).find("libstdc++") == std::string_view::npos) {
                return 0;
            }
            for (int i = 0; i < object->dlpi_phnum; ++i) {
                const auto& part = object->dlpi_phdr[i];
                if (part.p_type == PT_LOAD && (part.p_flags & PF_X) != 0) {
                    const std::uintptr_t begin = object->dlpi_addr + part.p_vaddr;
                    *static_cast<range*>(target) = {begin, begin + part.p_memsz};
                }
            }
            return 1;
        },
        &found);
    return found;
}

bool concerns_sluice(const void* caller) noexcept {
    if (sluice_preloaded_calls.due == nullptr) {
        return false;
    }
    static const range standard = find_standard_library();
    const auto from = reinterpret_cast<std::uintptr_t>(caller);
    return from < standard.begin || from >= standard.end;
}

int due(const char* name, bool interruptible, const void* caller) noexcept {
    return concerns_sluice(caller) ? sluice_preloaded_calls.due(name, interruptible) : 0;
}

std::size_t part_of(std::size_t size, const void* caller) noexcept {
    return concerns_sluice(caller) ? sluice_preloaded_calls.part_of(size) : size;
}

template <class Function>
Function* next(const char* name) noexcept {
    return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

template <class Result>
Result failure(int number) noexcept {
    errno = number;
    if constexpr (std::is_same_v<Result, void*>) {
        return MAP_FAILED;
    } else if constexpr (std::is_pointer_v<Result>) {
        return nullptr;
    } else {
        return Result(-1);
    }
}

}  // namespace
}  // namespace faults

// Each is defined under another name than it is exported by, so that no header's declaration of it
// is in the way.
#define FAULTS_EXPORTED(result, name, parameters)                                                  \
    extern "C" __attribute__((visibility("default"))) result faults_##name parameters __asm__(#name)

#define FAULTS_CALL(result, name, interruptible, parameters, arguments)                            \
    FAULTS_CALL_NAMED(result, name, #name, interruptible, parameters, arguments)

#define FAULTS_CALL_NAMED(result, name, told_as, interruptible, parameters, arguments)             \
    FAULTS_EXPORTED(result, name, parameters);                                                     \
    result faults_##name parameters {                                                              \
        static const auto real = faults::next<result parameters>(#name);                           \
        const int number = faults::due(told_as, interruptible, __builtin_return_address(0));       \
        return number != 0 ? faults::failure<result>(number) : real arguments;                     \
    }

#define FAULTS_TRANSFER(name, parameters, arguments)                                               \
    FAULTS_EXPORTED(ssize_t, name, parameters);                                                    \
    ssize_t faults_##name parameters {                                                             \
        static const auto real = faults::next<ssize_t parameters>(#name);                          \
        const void* const caller = __builtin_return_address(0);                                    \
        size = faults::part_of(size, caller);                                                      \
        const int number = faults::due(#name, true, caller);                                       \
        return number != 0 ? faults::failure<ssize_t>(number) : real arguments;                    \
    }

using poll_files = struct pollfd*;

FAULTS_CALL_NAMED(int, open, faults::is_unnamed(flags) ? "open O_TMPFILE" : "open", true,
                  (const char* path, int flags, mode_t mode), (path, flags, mode))
FAULTS_CALL_NAMED(int, openat, faults::is_unnamed(flags) ? "openat O_TMPFILE" : "openat", true,
                  (int at, const char* path, int flags, mode_t mode), (at, path, flags, mode))
FAULTS_CALL(int, mkdir, false, (const char* path, mode_t mode), (path, mode))
FAULTS_CALL(int, mkdirat, false, (int at, const char* path, mode_t mode), (at, path, mode))
FAULTS_CALL(int, unlink, false, (const char* path), (path))
FAULTS_CALL(int, unlinkat, false, (int at, const char* path, int flags), (at, path, flags))
FAULTS_CALL(off_t, lseek, false, (int file, off_t offset, int whence), (file, offset, whence))
FAULTS_CALL(int, ftruncate, true, (int file, off_t size), (file, size))
FAULTS_CALL(int, fstat, false, (int file, struct stat* status), (file, status))
FAULTS_CALL_NAMED(int, fstatat, faults::name_of_status(at), false,
                  (int at, const char* path, struct stat* status, int flags),
                  (at, path, status, flags))
FAULTS_CALL_NAMED(int, fcntl, faults::name_of_control(command), false,
                  (int file, int command, long argument), (file, command, argument))
FAULTS_CALL(int, ioctl, false, (int file, unsigned long request, void* argument),
            (file, request, argument))
FAULTS_CALL_NAMED(void*, mmap, file < 0 ? "mmap" : "mmap of a file", false,
                  (void* place, std::size_t size, int protection, int flags, int file,
                   off_t position),
                  (place, size, protection, flags, file, position))
FAULTS_CALL(void*, mremap, false,
            (void* place, std::size_t size, std::size_t new_size, int flags, void* new_place),
            (place, size, new_size, flags, new_place))
FAULTS_CALL(int, madvise, false, (void* place, std::size_t size, int advice), (place, size, advice))
FAULTS_CALL(int, msync, false, (void* place, std::size_t size, int flags), (place, size, flags))
FAULTS_CALL(int, pipe2, false, (int* ends, int flags), (ends, flags))
FAULTS_CALL(int, dup2, true, (int file, int place), (file, place))
FAULTS_CALL(int, linkat, false,
            (int from_at, const char* from, int at, const char* name, int flags),
            (from_at, from, at, name, flags))
FAULTS_CALL(int, symlinkat, false, (const char* target, int at, const char* name),
            (target, at, name))
FAULTS_CALL(ssize_t, readlinkat, false, (int at, const char* name, char* target, std::size_t size),
            (at, name, target, size))
FAULTS_CALL(int, renameat, false, (int from_at, const char* from, int at, const char* name),
            (from_at, from, at, name))
FAULTS_CALL(int, renameat2, false,
            (int from_at, const char* from, int at, const char* name, unsigned flags),
            (from_at, from, at, name, flags))
FAULTS_CALL(int, utimensat, false,
            (int at, const char* name, const struct timespec* times, int flags),
            (at, name, times, flags))
FAULTS_CALL(int, fchmod, true, (int file, mode_t mode), (file, mode))
FAULTS_CALL(int, fchmodat, false, (int at, const char* name, mode_t mode, int flags),
            (at, name, mode, flags))
FAULTS_CALL(int, fchown, true, (int file, uid_t owner, gid_t group), (file, owner, group))
FAULTS_CALL(int, flock, true, (int file, int operation), (file, operation))
FAULTS_CALL(int, faccessat, false, (int at, const char* name, int mode, int flags),
            (at, name, mode, flags))
FAULTS_CALL(ssize_t, getxattr, false,
            (const char* path, const char* name, void* value, std::size_t size),
            (path, name, value, size))
FAULTS_CALL(int, fsetxattr, false,
            (int file, const char* name, const void* value, std::size_t size, int flags),
            (file, name, value, size, flags))
FAULTS_CALL(int, fsync, true, (int file), (file))
FAULTS_CALL(DIR*, fdopendir, false, (int file), (file))
FAULTS_CALL(struct dirent*, readdir, false, (DIR * directory), (directory))
FAULTS_CALL(int, memfd_create, false, (const char* name, unsigned flags), (name, flags))
FAULTS_CALL(int, poll, true, (poll_files files, nfds_t count, int limit), (files, count, limit))
FAULTS_CALL(pid_t, waitpid, true, (pid_t child, int* status, int options), (child, status, options))
FAULTS_CALL(int, kill, false, (pid_t child, int signal), (child, signal))
FAULTS_CALL(int, sigaction, false,
            (int signal, const struct sigaction* answer, struct sigaction* before),
            (signal, answer, before))
FAULTS_CALL(std::FILE*, fopencookie, false,
            (void* cookie, const char* mode, cookie_io_functions_t functions),
            (cookie, mode, functions))
FAULTS_CALL(int, socket, false, (int family, int type, int protocol), (family, type, protocol))
FAULTS_CALL(int, bind, false, (int socket, const struct sockaddr* address, socklen_t size),
            (socket, address, size))
FAULTS_CALL(int, listen, false, (int socket, int most), (socket, most))
FAULTS_CALL(int, connect, false, (int socket, const struct sockaddr* address, socklen_t size),
            (socket, address, size))
FAULTS_CALL(int, accept4, true, (int socket, struct sockaddr* address, socklen_t* size, int flags),
            (socket, address, size, flags))
FAULTS_CALL(int, setsockopt, false,
            (int socket, int level, int name, const void* value, socklen_t size),
            (socket, level, name, value, size))
FAULTS_CALL(int, getsockname, false, (int socket, struct sockaddr* address, socklen_t* size),
            (socket, address, size))
FAULTS_CALL(int, shutdown, false, (int socket, int how), (socket, how))

FAULTS_TRANSFER(read, (int file, void* target, std::size_t size), (file, target, size))
FAULTS_TRANSFER(write, (int file, const void* source, std::size_t size), (file, source, size))
FAULTS_TRANSFER(pread, (int file, void* target, std::size_t size, off_t position),
                (file, target, size, position))
FAULTS_TRANSFER(pwrite, (int file, const void* source, std::size_t size, off_t position),
                (file, source, size, position))
FAULTS_TRANSFER(recv, (int socket, void* target, std::size_t size, int flags),
                (socket, target, size, flags))
FAULTS_TRANSFER(send, (int socket, const void* source, std::size_t size, int flags),
                (socket, source, size, flags))
FAULTS_TRANSFER(getrandom, (void* target, std::size_t size, unsigned flags), (target, size, flags))
FAULTS_TRANSFER(sendfile, (int to, int from, off_t* position, std::size_t size),
                (to, from, position, size))
FAULTS_TRANSFER(copy_file_range,
                (int from, off_t* from_position, int to, off_t* to_position, std::size_t size,
                 unsigned flags),
                (from, from_position, to, to_position, size, flags))
FAULTS_TRANSFER(splice,
                (int from, off_t* from_position, int to, off_t* to_position, std::size_t size,
                 unsigned flags),
                (from, from_position, to, to_position, size, flags))

// Frees the descriptor whatever it returns.
FAULTS_EXPORTED(int, close, (int file));
int faults_close(int file) {
    static const auto real = faults::next<int(int)>("close");
    static const auto control = faults::next<int(int, int, long)>("fcntl");
    const char* const name = faults::name_of_closing(control(file, F_GETFL, 0));
    const int result = real(file);
    const int number = faults::due(name, true, __builtin_return_address(0));
    return number != 0 ? faults::failure<int>(number) : result;
}

// Unmaps whatever it returns, or it would be a leak of the test's.
FAULTS_EXPORTED(int, munmap, (void* memory, std::size_t size));
int faults_munmap(void* memory, std::size_t size) {
    static const auto real = faults::next<int(void*, std::size_t)>("munmap");
    const int result = real(memory, size);
    const int number = faults::due("munmap", false, __builtin_return_address(0));
    return number != 0 ? faults::failure<int>(number) : result;
}

// For the one call of sluice's that has no function in each C library. The standard library's
// headers wait with it, and their code is the program's.
FAULTS_EXPORTED(long, syscall,
                (long call, long first, long second, long third, long fourth, long fifth,
                 long sixth));
long faults_syscall(long call, long first, long second, long third, long fourth, long fifth,
                    long sixth) {
    static const auto real =
        faults::next<long(long, long, long, long, long, long, long)>("syscall");
    const int number =
        call == SYS_pidfd_open ? faults::due("pidfd_open", false, __builtin_return_address(0)) : 0;
    return number != 0 ? faults::failure<long>(number)
                       : real(call, first, second, third, fourth, fifth, sixth);
}

// It is no error of isatty() that a file is none.
FAULTS_EXPORTED(int, isatty, (int file));
int faults_isatty(int file) {
    static const auto real = faults::next<int(int)>("isatty");
    const int number = faults::due("isatty", false, __builtin_return_address(0));
    return number != 0 ? (errno = number, 0) : real(file);
}

// Returns its error.
FAULTS_EXPORTED(int, posix_spawnp,
                (pid_t * child, const char* program, const posix_spawn_file_actions_t* actions,
                 const posix_spawnattr_t* attributes, char* const* arguments,
                 char* const* environment));
int faults_posix_spawnp(pid_t* child, const char* program,
                        const posix_spawn_file_actions_t* actions,
                        const posix_spawnattr_t* attributes, char* const* arguments,
                        char* const* environment) {
    static const auto real =
        faults::next<int(pid_t*, const char*, const posix_spawn_file_actions_t*,
                         const posix_spawnattr_t*, char* const*, char* const*)>("posix_spawnp");
    const int number = faults::due("posix_spawnp", false, __builtin_return_address(0));
    return number != 0 ? number : real(child, program, actions, attributes, arguments, environment);
}
