#include "process.hpp"

#include "kernel.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>
#include <cstdlib>
#include <cstring>

namespace sluice::mount {
namespace {

enum class stage { unread, being_read, ready };

// Set up without code that runs: hooks are called before constructors are.
constinit table the_mounts;
constinit const table no_mounts;
constinit std::atomic<stage> reading = stage::unread;

// Never goes back to false: after vfork(), the child and its parent have it in common, but not the
// working directory.
constinit std::atomic<bool> works_inside = false;

const table& read_mounts() noexcept {
    stage expected = stage::unread;
    if (!reading.compare_exchange_strong(expected, stage::being_read)) {
        // Another thread is at it, or this one, which a signal interrupted: it cannot be awaited.
        return expected == stage::ready ? the_mounts : no_mounts;
    }
    const kernel::kept_errno kept;
    if (const char* const value = std::getenv(table_variable)) {
        the_mounts.read(value);
    }
    reading.store(stage::ready, std::memory_order_release);
    if (!the_mounts.empty() && the_mounts.may_be_on(kernel::device_of(AT_FDCWD))) {
        note_working_inside();
    }
    return the_mounts;
}

[[gnu::constructor]] void read_mounts_early() noexcept {
    read_mounts();
}

// What a path is made of: names alone; or "." or an empty component too; or ".." too.
enum class steps { names, odd, up };

steps steps_of(const char* path) noexcept {
    steps found = steps::names;
    while (*path != '\0') {
        if (*path == '/') {
            found = steps::odd;
        } else if (*path == '.') {
            const std::size_t dots = std::strspn(path, ".");
            if (dots <= 2 && (path[dots] == '/' || path[dots] == '\0')) {
                if (dots == 2) {
                    return steps::up;
                }
                found = steps::odd;
            }
        }
        path = strchrnul(path, '/');
        path += *path == '/' ? 1 : 0;
    }
    return found;
}

// Of a relative path, without any "./" before it.
std::string_view first_name(const char* path) noexcept {
    while (path[0] == '.' && path[1] == '/') {
        path += 1 + std::strspn(path + 1, "/");
    }
    return {path, std::strcspn(path, "/")};
}

}  // namespace

const table& mounts() noexcept {
    return reading.load(std::memory_order_acquire) == stage::ready ? the_mounts : read_mounts();
}

bool may_concern(int directory, const char* path) noexcept {
    const table& all = mounts();
    if (all.empty() || path == nullptr || *path == '\0') {
        return false;
    }
    if (*path == '/') {
        return steps_of(path + 1) != steps::names || all.under(path) != nullptr;
    }
    // From outside, only ".." or a name that a prefix has leads into a mount.
    return steps_of(path) == steps::up || all.names(first_name(path)) ||
           (directory == AT_FDCWD ? may_work_inside() : may_concern(directory));
}

bool may_concern(int file) noexcept {
    const table& all = mounts();
    if (all.empty()) {
        return false;
    }
    const kernel::kept_errno kept;
    struct stat status = {};
    return fstat(file, &status) == 0 && all.may_be_on(status.st_dev);
}

bool may_work_inside() noexcept {
    return works_inside.load(std::memory_order_relaxed);
}

void note_working_inside() noexcept {
    works_inside.store(true, std::memory_order_relaxed);
}

}  // namespace sluice::mount
