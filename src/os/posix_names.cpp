#include "os.hpp"
#include "posix_calls.hpp"
#include "posix_error.hpp"
#include "posix_status.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cstdio>

namespace sluice::os {
namespace {

handle opened_in(handle directory, const char* name, int flags, unsigned permissions,
                 std::error_code& code) noexcept {
    const int file =
        retried([&] { return calls.openat(directory, name, flags | O_CLOEXEC, permissions); });
    code = file < 0 ? last_error() : std::error_code();
    return file < 0 ? no_handle : file;
}

// By which linkat() finds a file; the descriptor itself is for root alone.
struct link_of {
    explicit link_of(handle file) noexcept {
        std::snprintf(text.data(), text.size(), "/proc/self/fd/%d", file);
    }
    std::array<char, 32> text{};
};

template <class Call>
std::error_code done(Call call) noexcept {
    return retried(call) < 0 ? last_error() : std::error_code();
}

}  // namespace

std::error_code sync_to_disk(handle file) noexcept {
    return done([&] { return calls.fsync(file); });
}

std::error_code set_permissions(handle file, unsigned permissions) noexcept {
    return done([&] { return calls.fchmod(file, permissions); });
}

std::error_code set_owner(handle file, status::ownership owner) noexcept {
    return done([&] { return calls.fchown(file, owner.user, owner.group); });
}

std::error_code try_lock(handle file) noexcept {
    return done([&] { return calls.flock(file, LOCK_EX | LOCK_NB); });
}

unsigned effective_user() noexcept {
    return ::geteuid();
}

handle open_directory(const char* path, std::error_code& code) noexcept {
    return opened_in(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0, code);
}

handle open_in(handle directory, const char* name, std::error_code& code) noexcept {
    return opened_in(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK, 0, code);
}

handle create_in(handle directory, const char* name, unsigned permissions,
                 std::error_code& code) noexcept {
    return opened_in(directory, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, permissions, code);
}

handle create_unnamed_in(handle directory, unsigned permissions, std::error_code& code) noexcept {
#ifdef O_TMPFILE
    return opened_in(directory, ".", O_RDWR | O_TMPFILE, permissions, code);
#else
    code = errc::unsupported;
    return no_handle;
#endif
}

std::error_code check_writable_in(handle directory, const char* name) noexcept {
    std::error_code code;
    const handle file = opened_in(directory, name, O_WRONLY | O_NOFOLLOW | O_NONBLOCK, 0, code);
    if (!code) {
        close(file);
    }
    return code;
}

status status_in(handle directory, const char* name, std::error_code& code) noexcept {
    struct stat found = {};
    code = done([&] { return calls.fstatat(directory, name, &found, AT_SYMLINK_NOFOLLOW); });
    return code ? status() : status_in(found);
}

bool can_name(handle file) noexcept {
    struct stat found = {};
    return calls.fstatat(AT_FDCWD, link_of(file).text.data(), &found, AT_SYMLINK_NOFOLLOW) == 0;
}

std::error_code name_in(handle directory, handle file, const char* name) noexcept {
    const link_of link(file);
    return done([&] {
        return calls.linkat(AT_FDCWD, link.text.data(), directory, name, AT_SYMLINK_FOLLOW);
    });
}

std::error_code rename_in(handle directory, const char* from, const char* to,
                          bool replace) noexcept {
    if (replace) {
        return done([&] { return calls.renameat(directory, from, to); });
    }
    const std::error_code code = done([&] { return calls.renameat2(directory, from, to); });
    if (code != std::errc::invalid_argument && code != std::errc::function_not_supported) {
        return code;
    }
    // A file system or a kernel without it: a second name, and the first one goes.
    const std::error_code linked =
        done([&] { return calls.linkat(directory, from, directory, to, 0); });
    return linked ? linked : remove_in(directory, from);
}

std::error_code remove_in(handle directory, const char* name) noexcept {
    return done([&] { return calls.unlinkat(directory, name, 0); });
}

}  // namespace sluice::os
