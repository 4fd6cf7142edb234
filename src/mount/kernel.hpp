// kernel: the few calls that the library makes for itself. They go past the C library's functions,
// whose names the library has taken.
//
// Async-signal-safe. Paths are the kernel's: where things really lie.

#ifndef SLUICE_MOUNT_KERNEL_HPP
#define SLUICE_MOUNT_KERNEL_HPP

#include <linux/limits.h>
#include <sys/types.h>

#include <array>
#include <cerrno>
#include <cstddef>

namespace sluice::mount::kernel {

/// The text of a symbolic link, without a NUL.
///
/// Returns: its size; -1 with errno set, EINVAL for what is there and is no symbolic link.
ssize_t read_link(const char* path, char* target, std::size_t size) noexcept;

/// Where a descriptor's file lies, AT_FDCWD being the working directory, without a NUL.
///
/// Returns: its size; 0 where that cannot be said.
std::size_t path_of(int file, char* target, std::size_t size) noexcept;

/// Whether there is something, if only a symbolic link. errno says why not.
bool exists(const char* path) noexcept;

/// Whether there is a file that the process may execute. errno says why not.
bool is_program(const char* path) noexcept;

/// The device of a descriptor's file, AT_FDCWD being the working directory; 0 where that cannot be
/// said.
dev_t device_of(int file) noexcept;

/// The device of what is at a path; 0 where that cannot be said.
dev_t device_of(const char* path) noexcept;

/// Room for a path. It is not set, as that would take longer than many a call.
class path_room {
public:
    path_room() noexcept {}  // NOLINT(cppcoreguidelines-pro-type-member-init,*-equals-default): so

    [[nodiscard]] char* data() noexcept { return text_.data(); }
    [[nodiscard]] const char* data() const noexcept { return text_.data(); }
    [[nodiscard]] std::size_t size() const noexcept { return text_.size(); }
    char& operator[](std::size_t i) noexcept { return text_[i]; }

private:
    std::array<char, PATH_MAX> text_;
};

/// Leaves errno as it was, whatever is called in its scope.
class kept_errno {
public:
    kept_errno() noexcept = default;
    kept_errno(const kept_errno&) = delete;
    kept_errno& operator=(const kept_errno&) = delete;
    ~kept_errno() { errno = value_; }

private:
    int value_ = errno;
};

}  // namespace sluice::mount::kernel

#endif  // SLUICE_MOUNT_KERNEL_HPP
