#include <sluice/error.hpp>
#include <sluice/mode.hpp>

#include "os.hpp"
#include "posix_calls.hpp"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include <cerrno>
#include <limits>

namespace sluice::os {
namespace {

std::error_code last_error() noexcept {
    if (errno == EAGAIN || errno == EWOULDBLOCK) {
        return errc::would_block;
    }
    return {errno, std::system_category()};
}

// Calls until a signal no longer interrupts.
template <class Call>
auto retried(Call call) noexcept {
    auto result = call();
    while (result < 0 && errno == EINTR) {
        result = call();
    }
    return result;
}

template <class Call>
transfer transferred(Call call) noexcept {
    const ssize_t count = retried(call);
    if (count < 0) {
        return {0, last_error()};
    }
    return {static_cast<std::size_t>(count), {}};
}

// The most that one call may be asked for; the kernel transfers less anyway.
std::size_t clipped(std::size_t size) noexcept {
    constexpr std::size_t most = std::numeric_limits<int>::max() & ~std::size_t{0xFFF};
    return size < most ? size : most;
}

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

constexpr std::size_t huge_page = std::size_t(2) << 20;

// Page faults are most of what growing memory costs: one of 2 MiB replaces 512 of 4 KiB.
void advise(void* memory, std::size_t size) noexcept {
    if (size >= huge_page) {
        calls.advise_huge(memory, size);  // an old kernel may not know it: then pages stay small
    }
}

}  // namespace

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
    [](int file) { return ::fcntl(file, F_DUPFD_CLOEXEC, 0); },
    [](std::size_t size, int protection, int flags, int file, off_t position) {
        return ::mmap(nullptr, size, protection, flags, file, position);
    },
    [](void* memory, std::size_t size) { return ::msync(memory, size, MS_SYNC); },
};

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
    return {S_ISREG(found.st_mode), found.st_size, S_ISDIR(found.st_mode)};
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

void* map_memory(std::size_t size) noexcept {
    void* memory = calls.map(size);
    if (memory == MAP_FAILED) {
        return nullptr;
    }
    advise(memory, size);
    return memory;
}

void* remap_memory(void* memory, std::size_t size, std::size_t new_size) noexcept {
    void* moved = calls.remap(memory, size, new_size);
    if (moved == MAP_FAILED) {
        return nullptr;
    }
    advise(moved, new_size);
    return moved;
}

void unmap_memory(void* memory, std::size_t size) noexcept {
    calls.munmap(memory, size);
}

}  // namespace sluice::os
