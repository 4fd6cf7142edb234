// The functions that list a directory: in that above a prefix which is not on the disk, readdir()
// and scandir() give the prefix's name too.

#include "hook.hpp"

#include <dirent.h>
#include <sys/stat.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstdlib>

namespace sluice::mount {
namespace {

static_assert(table::most_mounts <= 64, "a mount is a bit");

// A directory that is being listed, in which mounts are that the disk does not have. Only who has
// opened it uses it, so that nothing but the taking of a place has to be atomic.
struct listing {
    std::atomic<DIR*> folder = nullptr;  // null: the place is free
    std::uint64_t missing = 0;           // the mounts, by their numbers
    std::uint64_t left = 0;              // of these, those that were not given yet
    dirent entry{};
};

constexpr std::size_t most_listings = 32;  // one more shows what the disk has

constinit std::array<listing, most_listings> listings;
constinit std::atomic<int> listing_count = 0;

std::string_view name_in(const mounted& one, std::string_view folder) noexcept {
    const std::size_t slash = one.prefix.rfind('/');
    const std::string_view above(one.prefix.data(), slash == 0 ? 1 : slash);
    return above == folder
               ? std::string_view(one.prefix.data() + slash + 1, one.prefix.size() - slash - 1)
               : std::string_view();
}

[[gnu::noinline]] std::uint64_t find_missing(int folder) noexcept {
    const kernel::kept_errno kept;
    kernel::path_room path;
    const std::size_t size = kernel::path_of(folder, path.data(), path.size());
    std::uint64_t found = 0;
    for (std::size_t i = 0; i < mounts().all().size(); ++i) {
        const mounted& one = mounts().all()[i];
        if (!name_in(one, {path.data(), size}).empty() && !kernel::exists(one.prefix.data()) &&
            errno == ENOENT) {
            found |= std::uint64_t(1) << i;
        }
    }
    return found;
}

DIR* noted(DIR* folder) noexcept {
    if (folder == nullptr || mounts().empty()) {
        return folder;
    }
    const std::uint64_t missing = find_missing(dirfd(folder));
    for (std::size_t i = 0; missing != 0 && i < listings.size(); ++i) {
        listing& one = listings[i];
        DIR* free = nullptr;
        if (one.folder.compare_exchange_strong(free, folder)) {
            one.missing = one.left = missing;
            ++listing_count;
            break;
        }
    }
    return folder;
}

listing* listing_of(const DIR* folder) noexcept {
    if (listing_count.load(std::memory_order_relaxed) == 0) {
        return nullptr;
    }
    auto* const found =
        std::find_if(listings.data(), listings.data() + listings.size(),
                     [&](const listing& one) { return one.folder.load() == folder; });
    return found == listings.data() + listings.size() ? nullptr : found;
}

// Null: there is none left. One that the program has removed is not there.
dirent* next_mount(listing& listed) noexcept {
    const kernel::kept_errno kept;
    while (listed.left != 0) {
        const mounted& one =
            mounts().all()[static_cast<std::size_t>(std::countr_zero(listed.left))];
        listed.left &= listed.left - 1;
        const char* const name = one.prefix.data() + one.prefix.rfind('/') + 1;
        const std::size_t size = std::strlen(name);
        struct stat status = {};
        if (size < sizeof(listed.entry.d_name) && lstat(one.place.data(), &status) == 0) {
            listed.entry.d_ino = status.st_ino;
            listed.entry.d_type = IFTODT(status.st_mode);
            listed.entry.d_reclen = sizeof(listed.entry);
            std::memcpy(listed.entry.d_name, name, size + 1);
            return &listed.entry;
        }
    }
    return nullptr;
}

// `original` reads what the disk has.
template <class Original>
dirent* read_next(DIR* folder, Original original) noexcept {
    listing* const listed = listing_of(folder);
    if (listed == nullptr) {
        return original(folder);
    }
    const int before = std::exchange(errno, 0);
    dirent* const found = original(folder);
    if (found != nullptr || errno != 0) {
        errno = errno == 0 ? before : errno;
        return found;
    }
    errno = before;
    return next_mount(*listed);
}

// -- scandir() --------------------------------------------------------------------------------

using entry_filter = int(const dirent*);
using entry_order = int(const dirent**, const dirent**);

// Whether a mount that the disk does not have is in a directory: the C library's scandir() has a
// readdir() of its own.
bool misses_mounts(int from, const char* name) noexcept {
    if (mounts().empty()) {
        return false;
    }
    const kernel::kept_errno kept;
    const int file = openat(from, name, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);
    const bool misses = file >= 0 && find_missing(file) != 0;
    if (file >= 0) {
        close(file);
    }
    return misses;
}

// Null: no memory.
dirent* copy_of(const dirent& entry) noexcept {
    auto* const copy = static_cast<dirent*>(std::malloc(entry.d_reclen));
    if (copy != nullptr) {
        std::memcpy(copy, &entry, entry.d_reclen);
    }
    return copy;
}

// As scandirat() has it, by the readdir() of this library.
int scan(int from, const char* name, dirent*** list, entry_filter* wanted, entry_order* order) {
    const int file = openat(from, name, O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC);
    DIR* const folder = file < 0 ? nullptr : fdopendir(file);
    if (folder == nullptr) {
        return -1;
    }
    const int before = std::exchange(errno, 0);
    dirent** found = nullptr;
    std::size_t count = 0;
    while (const dirent* const one = readdir(folder)) {
        if (wanted != nullptr && wanted(one) == 0) {
            errno = 0;
            continue;
        }
        auto** const more = static_cast<dirent**>(std::realloc(found, (count + 1) * sizeof(void*)));
        found = more == nullptr ? found : more;
        if (more == nullptr || (found[count] = copy_of(*one)) == nullptr) {
            break;
        }
        ++count;
        errno = 0;
    }
    const int error = errno;
    closedir(folder);
    if (error != 0) {
        std::for_each(found, found + count, [](dirent* one) { std::free(one); });
        std::free(found);
        return failure<int>(error);
    }
    if (order != nullptr && count != 0) {
        std::qsort(found, count, sizeof(void*),
                   reinterpret_cast<int (*)(const void*, const void*)>(order));
    }
    *list = found;
    errno = before;
    return static_cast<int>(count);
}

}  // namespace

#define SLUICE_SCANDIR(NAME)                                                                       \
    SLUICE_DEFINE(int, NAME,                                                                       \
                  (const char* name, dirent*** list, entry_filter* wanted, entry_order* order)) {  \
        return misses_mounts(AT_FDCWD, name)                                                       \
                   ? scan(AT_FDCWD, name, list, wanted, order)                                     \
                   : call<int, path, dirent***, entry_filter*, entry_order*>(                      \
                         original_##NAME.get(), name, list, wanted, order);                        \
    }

#define SLUICE_SCANDIRAT(NAME)                                                                     \
    SLUICE_DEFINE(                                                                                 \
        int, NAME,                                                                                 \
        (int from, const char* name, dirent*** list, entry_filter* wanted, entry_order* order)) {  \
        return misses_mounts(from, name)                                                           \
                   ? scan(from, name, list, wanted, order)                                         \
                   : call<int, directory, path, dirent***, entry_filter*, entry_order*>(           \
                         original_##NAME.get(), from, name, list, wanted, order);                  \
    }

SLUICE_SCANDIR(scandir)
SLUICE_SCANDIR(scandir64)
SLUICE_SCANDIRAT(scandirat)
SLUICE_SCANDIRAT(scandirat64)

SLUICE_DEFINE(DIR*, opendir, (const char* name)) {
    return noted(call<DIR*, path>(original_opendir.get(), name));
}

SLUICE_DEFINE(DIR*, fdopendir, (int file)) {
    return noted(original_fdopendir.get()(file));
}

SLUICE_DEFINE(dirent*, readdir, (DIR * folder)) {
    return read_next(folder, original_readdir.get());
}

SLUICE_DEFINE(dirent*, readdir64, (DIR * folder)) {
    return read_next(folder, original_readdir64.get());
}

SLUICE_DEFINE(void, rewinddir, (DIR * folder)) {
    if (listing* const listed = listing_of(folder)) {
        listed->left = listed->missing;
    }
    original_rewinddir.get()(folder);
}

SLUICE_DEFINE(int, closedir, (DIR * folder)) {
    if (listing* const listed = folder == nullptr ? nullptr : listing_of(folder)) {
        --listing_count;
        listed->folder = nullptr;
    }
    return original_closedir.get()(folder);
}

}  // namespace sluice::mount
