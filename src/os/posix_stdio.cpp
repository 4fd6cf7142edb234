#include "c_file.hpp"
#include "posix_call.hpp"
#include "posix_calls.hpp"

#include <stdio_ext.h>

#include <cerrno>
#include <cstdio>
#include <utility>

namespace sluice::os {
namespace {

c_device& device_of(void* cookie) noexcept {
    return *static_cast<c_device*>(cookie);
}

int fail_with(const std::error_code& code) noexcept {
    errno = errno_of(code);
    return -1;
}

ssize_t read_device(void* cookie, char* target, std::size_t size) noexcept {
    const transfer got = device_of(cookie).read(target, size);
    return got.error && got.count == 0 ? fail_with(got.error) : static_cast<ssize_t>(got.count);
}

// fopencookie(3): a failure is a count that is short; it is never negative.
//
// glibc 2.36 keeps the position before the write, and fseek(f, 0, SEEK_CUR) goes back to it, as can
// be seen by fmemopen(). What it does not know, it asks for.
ssize_t write_device(void* cookie, const char* source, std::size_t size) noexcept {
    c_device& device = device_of(cookie);
    const transfer put = device.write(source, size);
    device.file()->_offset = -1;
    if (put.error) {
        errno = errno_of(put.error);
    }
    return static_cast<ssize_t>(put.count);
}

int seek_device(void* cookie, off64_t* place, int whence) noexcept {
    using ios = std::ios_base;
    std::error_code code;
    const std::int64_t position = device_of(cookie).seek(*place,
                                                         whence == SEEK_SET   ? ios::beg
                                                         : whence == SEEK_CUR ? ios::cur
                                                                              : ios::end,
                                                         code);
    if (position < 0) {
        return fail_with(code);
    }
    *place = position;
    return 0;
}

// fclose() reports one errno: that of the last write stays where closing went well.
int close_device(void* cookie) noexcept {
    const int before = errno;
    const std::unique_ptr<c_device> device(static_cast<c_device*>(cookie));
    if (const std::error_code code = device->close(read_ahead(device->file()))) {
        return fail_with(code);
    }
    errno = before;
    return 0;
}

}  // namespace

int errno_of(const std::error_code& code) noexcept {
    if (code == errc::not_readable || code == errc::not_writable) {
        return EBADF;
    }
    const std::error_condition known = code.default_error_condition();
    if (code.category() == std::system_category()) {
        return code.value();
    }
    return known.category() == std::generic_category() && known.value() != 0 ? known.value() : EIO;
}

std::FILE* open_c_file(std::unique_ptr<c_device> device, const char* mode,
                       std::error_code& code) noexcept {
    const cookie_io_functions_t functions = {read_device, write_device, seek_device, close_device};
    std::FILE* const file = calls.fopencookie(device.get(), mode, functions);
    if (file == nullptr) {
        code = last_error();
        return nullptr;
    }
    code.clear();
    device.release()->file_ = file;
    return file;
}

bool is_readable(std::FILE* file) noexcept {
    return ::__freadable(file) != 0;
}

bool is_writable(std::FILE* file) noexcept {
    return ::__fwritable(file) != 0;
}

// The C library has a call for what is pending, and none for this. The members that it is told by
// are in its public header, for getc() to be inline.
std::size_t read_ahead(std::FILE* file) noexcept {
    // Where it has begun to write, it has yet to take back what lies behind that place.
    const bool writes = file->_IO_write_ptr > file->_IO_write_base;
    const char* const next = writes ? file->_IO_write_base : file->_IO_read_ptr;
    return next != nullptr && next < file->_IO_read_end
               ? static_cast<std::size_t>(file->_IO_read_end - next)
               : 0;
}

std::size_t pending(std::FILE* file) noexcept {
    return ::__fpending(file);
}

// Not fflush(): a character that ungetc() puts back after it is no longer known to seeks.
std::error_code turn_to_reading(std::FILE* file) noexcept {
    if (::__fwriting(file) == 0 || !is_readable(file)) {
        return {};
    }
    std::error_code code;
    seek(file, 0, std::ios_base::cur, code);
    return code == std::errc::invalid_seek ? flush(file) : code;
}

std::error_code turn_to_writing(std::FILE* file) noexcept {
    if (::__fwriting(file) != 0 || !is_writable(file)) {
        return {};
    }
    std::error_code code;
    seek(file, 0, std::ios_base::cur, code);
    return code == std::errc::invalid_seek ? std::error_code() : code;
}

std::int64_t seek(std::FILE* file, std::int64_t offset, std::ios_base::seekdir whence,
                  std::error_code& code) noexcept {
    const int from = whence == std::ios_base::beg   ? SEEK_SET
                     : whence == std::ios_base::cur ? SEEK_CUR
                                                    : SEEK_END;
    if (::fseeko(file, offset, from) != 0) {
        code = last_error();
        return -1;
    }
    return position(file, code);
}

std::int64_t position(std::FILE* file, std::error_code& code) noexcept {
    const off_t here = ::ftello(file);
    code = here < 0 ? last_error() : std::error_code();
    return here;
}

std::error_code flush(std::FILE* file) noexcept {
    errno = 0;
    return std::fflush(file) == 0 ? std::error_code() : c_error();
}

handle descriptor_of(std::FILE* file) noexcept {
    const int before = errno;
    const int found = ::fileno(file);
    errno = before;
    return found < 0 ? no_handle : found;
}

std::error_code c_error() noexcept {
    return errno != 0 ? last_error() : std::make_error_code(std::errc::io_error);
}

}  // namespace sluice::os
