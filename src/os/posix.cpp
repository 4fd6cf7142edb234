// Files, and what has no room of its own: random bytes.

#include <sluice/error.hpp>
#include <sluice/mode.hpp>

#include "os.hpp"
#include "posix_call.hpp"
#include "posix_calls.hpp"
#include "posix_status.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ios>
#include <system_error>

namespace sluice::os {
namespace {

int system_whence(std::ios_base::seekdir whence) noexcept {
    return whence == std::ios_base::beg   ? SEEK_SET
           : whence == std::ios_base::cur ? SEEK_CUR
                                          : SEEK_END;
}

handle opened(const char* path, int flags, mode_t permissions, std::error_code& code) noexcept {
    const int file = retried([&] { return calls.open(path, flags, permissions); });
    if (file < 0) {
        code = last_error();
        return no_handle;
    }
    code.clear();
    return file;
}

}  // namespace

int open_flags(std::ios_base::openmode mode) noexcept {
    using ios = std::ios_base;
    if (!is_open_mode(mode)) {
        return -1;
    }
    const bool in = has(mode, ios::in);
    const bool out = has(mode, ios::out | ios::app);
    const bool creates = has(mode, ios::trunc | ios::app) || !in;
    return (!in   ? O_WRONLY
            : out ? O_RDWR
                  : O_RDONLY) |
           O_CLOEXEC | (creates ? O_CREAT : 0) | (empties(mode) ? O_TRUNC : 0) |
           (has(mode, ios::app) ? O_APPEND : 0) | (has(mode, noreplace) ? O_EXCL : 0);
}

handle open(const char* path, std::ios_base::openmode mode, std::error_code& code) noexcept {
    const int flags = open_flags(mode);
    if (flags < 0) {
        code = errc::bad_mode;
        return no_handle;
    }
    return opened(path, flags, 0666, code);
}

handle create(const char* path, std::error_code& code) noexcept {
    return opened(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600, code);
}

handle create_unnamed(const char* directory, std::error_code& code) noexcept {
#ifdef O_TMPFILE
    // With O_EXCL, nobody can give it a name later.
    return opened(directory, O_RDWR | O_TMPFILE | O_EXCL | O_CLOEXEC, 0600, code);
#else
    code = errc::unsupported;
    return no_handle;
#endif
}

handle create_in_memory(const char* name, std::error_code& code) noexcept {
    const int file = calls.memfd(name);
    code = file < 0 ? last_error() : std::error_code();
    return file;
}

std::error_code seal(handle file, const seals& what) noexcept {
    const int bits = (what.write ? F_SEAL_WRITE : 0) | (what.grow ? F_SEAL_GROW : 0) |
                     (what.shrink ? F_SEAL_SHRINK : 0);
    return calls.add_seals(file, bits) == 0 ? std::error_code() : last_error();
}

seals seals_of(handle file, std::error_code& code) noexcept {
    const int bits = calls.seals(file);
    code = bits < 0 ? last_error() : std::error_code();
    return bits < 0 ? seals()
                    : seals{(bits & F_SEAL_WRITE) != 0, (bits & F_SEAL_GROW) != 0,
                            (bits & F_SEAL_SHRINK) != 0};
}

std::error_code make_directory(const char* path) noexcept {
    return calls.mkdir(path, 0700) == 0 ? std::error_code() : last_error();
}

std::error_code remove(const char* path) noexcept {
    return calls.unlink(path) == 0 ? std::error_code() : last_error();
}

std::error_code fill_random(void* target, std::size_t size) noexcept {
    for (std::size_t done = 0; done < size;) {
        const transfer got = transferred(
            [&] { return calls.random(static_cast<char*>(target) + done, size - done); });
        if (got.error) {
            return got.error;
        }
        done += got.count;
    }
    return {};
}

transfer read(handle file, void* target, std::size_t size) noexcept {
    return transferred([&] { return calls.read(file, target, clipped(size)); });
}

transfer write(handle file, const void* source, std::size_t size) noexcept {
    return transferred([&] { return calls.write(file, source, clipped(size)); });
}

transfer read_at(handle file, void* target, std::size_t size, std::int64_t position) noexcept {
    return transferred([&] { return calls.pread(file, target, clipped(size), position); });
}

transfer write_at(handle file, const void* source, std::size_t size,
                  std::int64_t position) noexcept {
    return transferred([&] { return calls.pwrite(file, source, clipped(size), position); });
}

std::int64_t seek(handle file, std::int64_t offset, std::ios_base::seekdir whence,
                  std::error_code& code) noexcept {
    const off_t position = calls.lseek(file, offset, system_whence(whence));
    if (position < 0) {
        code = last_error();
        return -1;
    }
    code.clear();
    return position;
}

std::error_code truncate(handle file, std::int64_t size) noexcept {
    const int result = retried([&] { return calls.ftruncate(file, size); });
    return result < 0 ? last_error() : std::error_code();
}

std::error_code close(handle file) noexcept {
    if (calls.close(file) == 0 || errno == EINTR) {
        return {};  // Linux frees the descriptor before it can be interrupted
    }
    return last_error();
}

status status_of(handle file, std::error_code& code) noexcept {
    struct stat found = {};
    if (calls.fstat(file, &found) != 0) {
        code = last_error();
        return {};
    }
    code.clear();
    return handle_told_by(found);
}

path_status status_of(const char* path, bool follow, std::error_code& code) noexcept {
    struct stat found = {};
    if (calls.stat(path, &found, follow ? 0 : AT_SYMLINK_NOFOLLOW) != 0) {
        code = last_error();
        return {};
    }
    code.clear();
    return told_by(found);
}

bool appends(handle file, std::error_code& code) noexcept {
    const int flags = calls.status_flags(file);
    if (flags < 0) {
        code = last_error();
        return false;
    }
    code.clear();
    return (flags & O_APPEND) != 0;
}

std::int64_t available(handle file) noexcept {
    int count = 0;
    return calls.waiting(file, &count) == 0 ? count : 0;
}

bool is_terminal(handle file) noexcept {
    return calls.isatty(file) == 1;
}

handle duplicate(handle file, std::error_code& code) noexcept {
    const int copy = calls.duplicate(file);
    code = copy < 0 ? last_error() : std::error_code();
    return copy;
}

std::error_code duplicate_to(handle file, handle place) noexcept {
    // EBUSY: another thread is about to open the same number, says dup(2).
    int result = -1;
    do {
        result = retried([&] { return calls.duplicate_to(file, place); });
    } while (result < 0 && errno == EBUSY);
    return result < 0 ? last_error() : std::error_code();
}

std::error_code set_appending(handle file) noexcept {
    const int flags = calls.status_flags(file);
    return flags < 0 || calls.set_flags(file, flags | O_APPEND) < 0 ? last_error()
                                                                    : std::error_code();
}

std::error_code set_waiting(handle file, bool waits) noexcept {
    const int flags = calls.status_flags(file);
    const int wanted = waits ? flags & ~O_NONBLOCK : flags | O_NONBLOCK;
    if (flags < 0 || (wanted != flags && calls.set_flags(file, wanted) < 0)) {
        return last_error();
    }
    return {};
}

}  // namespace sluice::os
