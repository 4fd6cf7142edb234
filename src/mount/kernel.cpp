#include "kernel.hpp"

#include <fcntl.h>
#include <linux/limits.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <string_view>

namespace sluice::mount::kernel {
namespace {

// statx() by number, whose structure is the same on every architecture.
bool get_status(int directory, const char* path, struct statx& status) noexcept {
    return syscall(SYS_statx, directory, path, AT_EMPTY_PATH, STATX_TYPE, &status) == 0;
}

dev_t device_at(int directory, const char* path) noexcept {
    const kept_errno kept;
    struct statx status = {};
    return get_status(directory, path, status) ? makedev(status.stx_dev_major, status.stx_dev_minor)
                                               : 0;
}

// "/proc/self/fd/3". Not by <charconv>, which would leave its table among what the library exports.
std::array<char, 32> link_of(int file) noexcept {
    constexpr std::string_view folder = "/proc/self/fd/";
    std::array<char, 32> link{};
    std::memcpy(link.data(), folder.data(), folder.size());
    std::size_t digits = 1;
    for (int rest = file; rest >= 10; rest /= 10) {
        ++digits;
    }
    for (std::size_t i = digits; i > 0; --i, file /= 10) {
        link[folder.size() + i - 1] = static_cast<char>('0' + file % 10);
    }
    return link;
}

}  // namespace

ssize_t read_link(const char* path, char* target, std::size_t size) noexcept {
    return syscall(SYS_readlinkat, AT_FDCWD, path, target, size);
}

std::size_t path_of(int file, char* target, std::size_t size) noexcept {
    const kept_errno kept;
    if (file == AT_FDCWD) {
        const long length = syscall(SYS_getcwd, target, size);  // counts the NUL
        return length > 1 && target[0] == '/' ? static_cast<std::size_t>(length - 1) : 0;
    }
    if (file < 0) {
        return 0;
    }
    const ssize_t length = read_link(link_of(file).data(), target, size);
    const bool whole = length > 0 && static_cast<std::size_t>(length) < size;
    return whole && target[0] == '/' ? static_cast<std::size_t>(length) : 0;
}

bool exists(const char* path) noexcept {
    char none = 0;
    return read_link(path, &none, 1) >= 0 || errno == EINVAL;
}

bool is_program(const char* path) noexcept {
    struct statx status = {};
    if (syscall(SYS_faccessat, AT_FDCWD, path, X_OK) != 0 || !get_status(AT_FDCWD, path, status)) {
        return false;
    }
    errno = EACCES;  // which execve() gives for a directory
    return (status.stx_mode & S_IFMT) == S_IFREG;
}

dev_t device_of(int file) noexcept {
    return device_at(file, "");
}

dev_t device_of(const char* path) noexcept {
    return device_at(AT_FDCWD, path);
}

}  // namespace sluice::mount::kernel
