#include <sluice/mode.hpp>

#include "directory.hpp"
#include "posix_call.hpp"
#include "posix_calls.hpp"
#include "posix_status.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string_view>
#include <utility>

namespace sluice::os {
namespace {

namespace std_fs = std::filesystem;

#ifdef O_PATH
constexpr int to_look_up = O_PATH | O_DIRECTORY | O_CLOEXEC;
#else
constexpr int to_look_up = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
#endif

constexpr mode_t any_permissions = 07777;

std::error_code outcome(int result) noexcept {
    return result < 0 ? last_error() : std::error_code();
}

constexpr mode_t default_permissions = 0666;

handle opened_at(handle directory, const char* name, int flags, mode_t permissions,
                 std::error_code& code) noexcept {
    const int file =
        retried([&] { return calls.openat(directory, name, flags | O_NOFOLLOW, permissions); });
    code = outcome(file);
    return code ? no_handle : file;
}

// By which linkat() finds a file; the descriptor itself is for root alone.
class link_to_handle {
public:
    explicit link_to_handle(handle file) noexcept {
        std::snprintf(path_.data(), path_.size(), "/proc/self/fd/%d", file);
    }
    [[nodiscard]] const char* path() const noexcept { return path_.data(); }

private:
    std::array<char, 32> path_{};
};

struct directory_closer {
    void operator()(DIR* directory) const noexcept { ::closedir(directory); }
};

}  // namespace

owned_handle open_directory(const char* path, std::error_code& code) noexcept {
    const int file = retried([&] { return calls.open(path, to_look_up, 0); });
    code = outcome(file);
    return owned_handle(code ? no_handle : file);
}

owned_handle open_directory_at(handle directory, const char* name, std::error_code& code) noexcept {
    return owned_handle(opened_at(directory, name, to_look_up, default_permissions, code));
}

owned_handle follow_to_directory_at(handle directory, const char* name,
                                    std::error_code& code) noexcept {
    const int file = retried([&] { return calls.openat(directory, name, to_look_up, 0); });
    code = outcome(file);
    return owned_handle(code ? no_handle : file);
}

handle open_at(handle directory, const char* name, std::ios_base::openmode mode,
               std::error_code& code) noexcept {
    const int flags = open_flags(mode);
    if (flags < 0) {
        code = errc::bad_mode;
        return no_handle;
    }
    return opened_at(directory, name, flags, default_permissions, code);
}

owned_handle open_to_look_at(handle directory, const char* name, std::error_code& code) noexcept {
    return owned_handle(
        opened_at(directory, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC, default_permissions, code));
}

owned_handle create_at(handle directory, const char* name, std_fs::perms permissions,
                       std::error_code& code) noexcept {
    return owned_handle(opened_at(directory, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC,
                                  static_cast<mode_t>(permissions), code));
}

owned_handle create_unnamed_at(handle directory, std_fs::perms permissions,
                               std::error_code& code) noexcept {
#ifdef O_TMPFILE
    return owned_handle(opened_at(directory, ".", O_RDWR | O_TMPFILE | O_CLOEXEC,
                                  static_cast<mode_t>(permissions), code));
#else
    code = errc::unsupported;
    return {};
#endif
}

std::error_code name_at(handle directory, handle file, const char* name) noexcept {
    const link_to_handle link(file);
    return outcome(calls.linkat(AT_FDCWD, link.path(), directory, name, AT_SYMLINK_FOLLOW));
}

bool can_name(handle file) noexcept {
    struct stat found = {};
    return calls.fstatat(AT_FDCWD, link_to_handle(file).path(), &found, AT_SYMLINK_NOFOLLOW) == 0;
}

std::error_code check_writable_at(handle directory, const char* name) noexcept {
    return outcome(calls.faccessat(directory, name, W_OK, AT_EACCESS));
}

std::error_code copy_access_list_at(handle directory, const char* name, handle to) noexcept {
    constexpr const char* access_list = "system.posix_acl_access";
    std::array<char, 4096> value{};  // 28 bytes for the least, 8 more for each user and group
    std::array<char, 300> path{};
    std::snprintf(path.data(), path.size(), "/proc/self/fd/%d/%s", directory, name);
    const ssize_t size = calls.getxattr(path.data(), access_list, value.data(), value.size());
    if (size < 0) {
        const bool is_none =
            errno == ENODATA || errno == EOPNOTSUPP || errno == ENOENT || errno == ENOSYS;
        return is_none ? std::error_code() : last_error();
    }
    return outcome(
        calls.fsetxattr(to, access_list, value.data(), static_cast<std::size_t>(size), 0));
}

std::error_code sync_directory(handle directory) noexcept {
    std::error_code code;
    const owned_handle opened(
        opened_at(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, default_permissions, code));
    return code ? code : sync_to_disk(opened.get());
}

path_status status_at(handle directory, const char* name, std::error_code& code) noexcept {
    struct stat found = {};
    code = outcome(calls.fstatat(directory, name, &found, AT_SYMLINK_NOFOLLOW));
    if (code) {
        return {};
    }
    return told_by(found);
}

namespace {

std::vector<std::string> names_by(owned_handle file, std::error_code& code) {
    const std::unique_ptr<DIR, directory_closer> stream(calls.fdopendir(file.get()));
    if (stream == nullptr) {
        code = last_error();
        return {};
    }
    file.release();  // the stream closes it
    std::vector<std::string> names;
    for (;;) {
        errno = 0;
        const dirent* const entry = calls.readdir(stream.get());
        if (entry == nullptr) {
            code = errno != 0 ? last_error() : std::error_code();
            return code ? std::vector<std::string>() : names;
        }
        const std::string_view name = &entry->d_name[0];
        if (name != "." && name != "..") {
            names.emplace_back(name);
        }
    }
}

constexpr int to_list = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

}  // namespace

std::vector<std::string> names_in(handle directory, std::error_code& code) {
    owned_handle file(opened_at(directory, ".", to_list, default_permissions, code));
    return code ? std::vector<std::string>() : names_by(std::move(file), code);
}

std::vector<std::string> names_of(const char* path, std::error_code& code) {
    owned_handle file(
        retried([&] { return calls.openat(AT_FDCWD, path, to_list, default_permissions); }));
    code = outcome(file.get());
    return code ? std::vector<std::string>() : names_by(std::move(file), code);
}

std::error_code make_directory_at(handle directory, const char* name) noexcept {
    return outcome(calls.mkdirat(directory, name, 0777));
}

std::error_code make_link_at(const char* target, handle directory, const char* name) noexcept {
    return outcome(calls.symlinkat(target, directory, name));
}

std::string read_link_at(handle directory, const char* name, std::error_code& code) {
    std::array<char, 4096> target;  // NOLINT(cppcoreguidelines-pro-type-member-init): filled below
    const ssize_t size = calls.readlinkat(directory, name, target.data(), target.size());
    if (size < 0) {
        code = last_error();
        return {};
    }
    code.clear();
    return {target.data(), static_cast<std::size_t>(size)};
}

std::string read_link(const char* path, std::error_code& code) {
    return read_link_at(AT_FDCWD, path, code);
}

std::error_code remove_at(handle directory, const char* name, bool is_directory) noexcept {
    return outcome(calls.unlinkat(directory, name, is_directory ? AT_REMOVEDIR : 0));
}

std::error_code rename_at(handle from, const char* name, handle to, const char* new_name) noexcept {
    return outcome(calls.renameat(from, name, to, new_name));
}

std::error_code rename_to_free_at(handle directory, const char* name,
                                  const char* new_name) noexcept {
    const std::error_code code = outcome(calls.renameat2(directory, name, new_name));
    if (code != std::errc::invalid_argument && code != std::errc::function_not_supported) {
        return code;
    }
    // A file system or a kernel without it: a second name, and the first one goes.
    const std::error_code linked = outcome(calls.linkat(directory, name, directory, new_name, 0));
    return linked ? linked : remove_at(directory, name, false);
}

std::error_code set_time_at(handle directory, const char* name,
                            std_fs::file_time_type file_time) noexcept {
    const auto time = std_fs::file_time_type::clock::to_sys(file_time);
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    if (!std::in_range<time_t>(seconds.time_since_epoch().count())) {  // of 32 bits, maybe
        return std::make_error_code(std::errc::value_too_large);
    }
    timespec modified = {};
    modified.tv_sec = static_cast<time_t>(seconds.time_since_epoch().count());
    modified.tv_nsec = static_cast<long>((time - seconds).count());
    timespec accessed = {};
    accessed.tv_nsec = UTIME_OMIT;
    const std::array<timespec, 2> times{accessed, modified};
    return outcome(calls.utimensat(directory, name, times.data(), AT_SYMLINK_NOFOLLOW));
}

std::error_code set_permissions_at(handle directory, const char* name,
                                   std_fs::perms what) noexcept {
    const auto mode = static_cast<mode_t>(what) & any_permissions;
    return outcome(calls.fchmodat(directory, name, mode, AT_SYMLINK_NOFOLLOW));
}

}  // namespace sluice::os
