// c_file: what C's FILE can do beyond the standard: to be on a device of our own, and to tell what
// it holds. posix_stdio.cpp implements it.

#ifndef SLUICE_OS_C_FILE_HPP
#define SLUICE_OS_C_FILE_HPP

#include "os.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ios>
#include <memory>
#include <system_error>

namespace sluice::os {

/// errno for a caller in C: a system's code is itself, a code of sluice's what it compares equal
/// to, but EBADF for errc::not_readable and not_writable, as for a descriptor; else EIO.
[[nodiscard]] int errno_of(const std::error_code& code) noexcept;

/// What stands behind a FILE. No call throws, for it would throw into C.
class c_device {
public:
    c_device() = default;
    c_device(const c_device&) = delete;
    c_device& operator=(const c_device&) = delete;
    virtual ~c_device() = default;

    /// A count of 0 without an error is the end.
    virtual transfer read(char* target, std::size_t size) noexcept = 0;

    /// Less than all of it only with an error.
    virtual transfer write(const char* source, std::size_t size) noexcept = 0;

    /// Returns: the new position; -1 with `code` set.
    virtual std::int64_t seek(std::int64_t offset, std::ios_base::seekdir whence,
                              std::error_code& code) noexcept = 0;

    /// The FILE closes, and what it has read of this device and not handed on are `read_ahead`
    /// bytes.
    virtual std::error_code close(std::size_t read_ahead) noexcept = 0;

    /// The FILE, once there is one.
    [[nodiscard]] std::FILE* file() const noexcept { return file_; }

private:
    friend std::FILE* open_c_file(std::unique_ptr<c_device> device, const char* mode,
                                  std::error_code& code) noexcept;
    std::FILE* file_ = nullptr;
};

/// A FILE that owns `device`, and takes a mode of fopen()'s for what it does itself. It has no
/// descriptor, and takes no wide characters.
///
/// Returns: null with `code` set; the device is gone then, and has not been closed.
[[nodiscard]] std::FILE* open_c_file(std::unique_ptr<c_device> device, const char* mode,
                                     std::error_code& code) noexcept;

// -- a FILE of anybody's ----------------------------------------------------------------------

[[nodiscard]] bool is_readable(std::FILE* file) noexcept;
[[nodiscard]] bool is_writable(std::FILE* file) noexcept;

/// What its buffer holds that has been read and not handed on; or taken and not written.
[[nodiscard]] std::size_t read_ahead(std::FILE* file) noexcept;
[[nodiscard]] std::size_t pending(std::FILE* file) noexcept;

/// Makes it ready for the other direction, whoever used it last: C wants a positioning between.
[[nodiscard]] std::error_code turn_to_reading(std::FILE* file) noexcept;
[[nodiscard]] std::error_code turn_to_writing(std::FILE* file) noexcept;

/// Moves it by 64 bits. Returns: the new position, or -1 with `code` set.
std::int64_t seek(std::FILE* file, std::int64_t offset, std::ios_base::seekdir whence,
                  std::error_code& code) noexcept;
[[nodiscard]] std::int64_t position(std::FILE* file, std::error_code& code) noexcept;

/// Writes what its buffer has pending, and gives back what it has read ahead, where it can seek.
[[nodiscard]] std::error_code flush(std::FILE* file) noexcept;

/// no_handle where it has none. errno is left alone.
[[nodiscard]] handle descriptor_of(std::FILE* file) noexcept;

/// errno of a call of C's that just failed; EIO where it set none.
[[nodiscard]] std::error_code c_error() noexcept;

}  // namespace sluice::os

#endif  // SLUICE_OS_C_FILE_HPP
