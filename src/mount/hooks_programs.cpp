// The functions that look for a program, and those that take its arguments one by one.

#include "hook.hpp"

#include <alloca.h>
#include <unistd.h>

#include <cstdarg>
#include <cstdlib>

namespace sluice::mount {
namespace {

// -- in the directories of PATH ---------------------------------------------------------------

// The C library's search would not see the mounts, nor that they hide what is on the disk.
class search {
public:
    // Returns: 0 with path() set, or the errno that the call is to fail with.
    int run(const char* file) noexcept {
        path_ = file;
        if (mounts().empty() || *file == '\0') {
            return 0;
        }
        if (std::strchr(file, '/') != nullptr) {
            return take(file);
        }
        const char* folders = std::getenv("PATH");
        folders = folders == nullptr ? "/bin:/usr/bin" : folders;
        return leads_through_mount(folders) ? look_in(folders, file) : 0;
    }

    [[nodiscard]] const char* path() const noexcept { return path_; }

private:
    // Keeps where a path leads.
    int take(const char* file) noexcept {
        translated_path there;
        if (const int error = there.translate(AT_FDCWD, file, true, effect::none)) {
            return error;
        }
        path_ = there.get();
        if (path_ != file) {
            std::memcpy(name_.data(), path_, std::strlen(path_) + 1);
            path_ = name_.data();
        }
        return 0;
    }

    // Calls `look` with each directory, until it returns true.
    template <class Look>
    static bool any_folder(const char* folders, Look look) noexcept {
        for (;;) {
            const std::size_t size = std::strcspn(folders, ":");
            if (look(size == 0 ? std::string_view(".") : std::string_view(folders, size))) {
                return true;
            }
            if (folders[size] == '\0') {
                return false;
            }
            folders += size + 1;
        }
    }

    bool join(std::string_view folder, const char* file) noexcept {
        const std::size_t size = std::strlen(file);
        if (folder.size() + 1 + size >= name_.size()) {
            return false;
        }
        std::memcpy(name_.data(), folder.data(), folder.size());
        name_[folder.size()] = '/';
        std::memcpy(name_.data() + folder.size() + 1, file, size + 1);
        return true;
    }

    bool leads_through_mount(const char* folders) noexcept {
        return any_folder(folders, [&](std::string_view folder) {
            return join(folder, "") && may_concern(AT_FDCWD, name_.data());
        });
    }

    int look_in(const char* folders, const char* file) noexcept {
        int error = ENOENT;
        const bool found = any_folder(folders, [&](std::string_view folder) {
            const kernel::kept_errno kept;
            if (!join(folder, file) || take(name_.data()) != 0) {
                return false;
            }
            if (kernel::is_program(path_)) {
                return true;
            }
            error = errno == EACCES ? EACCES : error;
            return false;
        });
        return found ? 0 : error;
    }

    const char* path_ = nullptr;
    kernel::path_room name_;
};

template <class Result, class... Rest>
passed<Result> call_found(passed<Result> (*function)(const char*, Rest...), const char* file,
                          Rest... rest) {
    if (mounts().empty() || file == nullptr) {
        return function(file, rest...);
    }
    search one;
    const int error = one.run(file);
    return error != 0 ? failure<Result>(error) : function(one.path(), rest...);
}

}  // namespace

SLUICE_DEFINE(int, execvp, (const char* file, char* const* arguments)) {
    return call_found<int>(original_execvp.get(), file, arguments);
}

SLUICE_DEFINE(int, execvpe, (const char* file, char* const* arguments, char* const* environment)) {
    return call_found<int>(original_execvpe.get(), file, arguments, environment);
}

// The first of its parameters is not the path.
SLUICE_DEFINE(int, posix_spawnp,
              (pid_t * child, const char* file, const void* actions, const void* attributes,
               char* const* arguments, char* const* environment)) {
    if (mounts().empty() || file == nullptr) {
        return original_posix_spawnp.get()(child, file, actions, attributes, arguments,
                                           environment);
    }
    search one;
    const int error = one.run(file);
    return error != 0 ? error
                      : original_posix_spawnp.get()(child, one.path(), actions, attributes,
                                                    arguments, environment);
}

// -- arguments one by one ---------------------------------------------------------------------

namespace {

// NOLINTBEGIN(clang-analyzer-valist.Uninitialized): it does not follow a list that is pointed to
// Up to the null pointer.
std::size_t count_arguments(va_list* list) noexcept {
    std::size_t count = 0;
    while (va_arg(*list, const char*) != nullptr) {
        ++count;
    }
    return count;
}

void take_arguments(char** target, const char* first, va_list* list) noexcept {
    *target = const_cast<char*>(first);
    while (*target != nullptr) {
        *++target = va_arg(*list, char*);
    }
}

}  // namespace

// On the stack, as they may be called after vfork(). Reads `rest`, which is left behind the null.
#define SLUICE_TAKE_ARGUMENTS(target, first, rest)                                                 \
    va_list counted;                                                                               \
    va_copy(counted, rest);                                                                        \
    auto** const target = static_cast<char**>(                                                     \
        alloca(((first) == nullptr ? 1 : count_arguments(&counted) + 2) * sizeof(char*)));         \
    va_end(counted);                                                                               \
    take_arguments(target, first, &(rest))

SLUICE_EXPORT(int, execl, (const char* file, const char* first, ...)) {
    va_list rest;
    va_start(rest, first);
    SLUICE_TAKE_ARGUMENTS(arguments, first, rest);
    va_end(rest);
    return execv(file, arguments);
}

SLUICE_EXPORT(int, execlp, (const char* file, const char* first, ...)) {
    va_list rest;
    va_start(rest, first);
    SLUICE_TAKE_ARGUMENTS(arguments, first, rest);
    va_end(rest);
    return hook_execvp(file, arguments);
}

SLUICE_EXPORT(int, execle, (const char* file, const char* first, ...)) {
    va_list rest;
    va_start(rest, first);
    SLUICE_TAKE_ARGUMENTS(arguments, first, rest);
    char* const* const environment = va_arg(rest, char* const*);
    va_end(rest);
    return execve(file, arguments, environment);
}

// NOLINTEND(clang-analyzer-valist.Uninitialized)

// -- libraries --------------------------------------------------------------------------------

// A library without a path is looked for where the caller's own are: the C library sees who that is
// by the return address. So it is handed on by a jump, for which nothing may be left to do here.
SLUICE_DEFINE(void*, dlopen, (const char* file, int flags)) {
    auto* const function = original_dlopen.get();
    if (file == nullptr || std::strchr(file, '/') == nullptr || !may_concern(AT_FDCWD, file)) {
        return function(file, flags);
    }
    return call_translated<void*, path, int>(function, file, flags);
}

}  // namespace sluice::mount
