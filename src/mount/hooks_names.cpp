// The functions that say where something is: what they say is turned back into what the program
// knows it as.

#include "hook.hpp"

#include <sys/types.h>

#include <algorithm>
#include <cstdlib>

namespace sluice::mount {
namespace {

// Allocated for the caller where there is no `target`.
char* give(const char* text, std::size_t size, char* target, std::size_t capacity) noexcept {
    if (size >= capacity) {
        errno = ERANGE;
        return nullptr;
    }
    if (target == nullptr) {
        target = static_cast<char*>(std::malloc(capacity));
    }
    if (target != nullptr) {
        std::memcpy(target, text, size);
        target[size] = '\0';
    }
    return target;
}

// -- the working directory --------------------------------------------------------------------

// What getcwd() gives, once it may be in a mount; `original` where it is not.
template <class Original>
[[gnu::noinline]] char* named_working_directory(char* target, std::size_t capacity,
                                                Original original) noexcept {
    kernel::path_room name;
    const std::size_t place = kernel::path_of(AT_FDCWD, name.data(), name.size());
    if (mounts().holding({name.data(), place}) == nullptr) {
        return original();
    }
    const std::size_t size = name_of_place(mounts(), name.data(), place, name.size());
    const bool allocates_as_needed = target == nullptr && capacity == 0;
    return give(name.data(), std::min(size, name.size()), target,
                allocates_as_needed ? size + 1 : std::min(capacity, name.size()));
}

template <class Original>
char* working_directory(char* target, std::size_t capacity, Original original) noexcept {
    return may_work_inside() ? named_working_directory(target, capacity, original) : original();
}

}  // namespace

// Inside whatever its path was: that may lead through a link which the library does not see.
static int noted(int result) noexcept {
    if (result == 0 && !mounts().empty() && !may_work_inside() &&
        mounts().may_be_on(kernel::device_of(AT_FDCWD))) {
        note_working_inside();
    }
    return result;
}

SLUICE_DEFINE(int, chdir, (const char* to)) {
    return noted(call<int, path>(original_chdir.get(), to));
}

SLUICE_DEFINE(int, fchdir, (int to)) {
    return noted(call<int, int>(original_fchdir.get(), to));
}

SLUICE_DEFINE(char*, getcwd, (char* target, std::size_t capacity)) {
    return working_directory(target, capacity,
                             [=] { return original_getcwd.get()(target, capacity); });
}

SLUICE_DEFINE(char*, __getcwd_chk, (char* target, std::size_t capacity, std::size_t room)) {
    return working_directory(target, capacity,
                             [=] { return original___getcwd_chk.get()(target, capacity, room); });
}

SLUICE_DEFINE(char*, getwd, (char* target)) {
    return working_directory(target, PATH_MAX, [=] { return original_getwd.get()(target); });
}

SLUICE_DEFINE(char*, __getwd_chk, (char* target, std::size_t room)) {
    return working_directory(target, PATH_MAX,
                             [=] { return original___getwd_chk.get()(target, room); });
}

SLUICE_DEFINE(char*, get_current_dir_name, ()) {
    return working_directory(nullptr, 0, [] { return original_get_current_dir_name.get()(); });
}

// -- symbolic links ---------------------------------------------------------------------------

namespace {

// Those of /proc say where something lies. `read` reads the link into what it is given.
template <class Read>
[[gnu::noinline]] ssize_t name_cut_off(char* target, std::size_t capacity, Read read) noexcept {
    kernel::path_room text;
    const ssize_t got = read(text.data(), text.size());
    if (got < 0) {
        return got;
    }
    const std::size_t size =
        name_of_place(mounts(), text.data(), static_cast<std::size_t>(got), text.size());
    const std::size_t given = std::min({size, text.size(), capacity});
    std::memcpy(target, text.data(), given);
    return static_cast<ssize_t>(given);
}

template <class Read>
ssize_t read_named_link(char* target, std::size_t capacity, Read read) noexcept {
    const ssize_t got = read(target, capacity);
    if (got <= 0 || mounts().empty()) {
        return got;
    }
    const auto size = static_cast<std::size_t>(got);
    // What may have been cut off, or does not fit by its name, is read again with more room.
    const mounted* const at = mounts().holding({target, size});
    if (size == capacity ||
        (at != nullptr && size - at->place.size() + at->prefix.size() > capacity)) {
        return name_cut_off(target, capacity, read);
    }
    return static_cast<ssize_t>(name_of_place(mounts(), target, size, capacity));
}

}  // namespace

SLUICE_DEFINE(ssize_t, readlink, (const char* link, char* target, std::size_t capacity)) {
    return read_named_link(target, capacity, [=](char* text, std::size_t size) {
        return call<ssize_t, entry, char*, std::size_t>(original_readlink.get(), link, text, size);
    });
}

SLUICE_DEFINE(ssize_t, readlinkat,
              (int from, const char* link, char* target, std::size_t capacity)) {
    return read_named_link(target, capacity, [=](char* text, std::size_t size) {
        return call<ssize_t, directory, entry, char*, std::size_t>(original_readlinkat.get(), from,
                                                                   link, text, size);
    });
}

// Where the compiler knows how much room there is, the C library ends a program that says more.
SLUICE_EXPORT(ssize_t, __readlink_chk,
              (const char* link, char* target, std::size_t capacity, std::size_t room)) {
    return capacity > room ? (std::abort(), -1) : hook_readlink(link, target, capacity);
}

SLUICE_EXPORT(ssize_t, __readlinkat_chk,
              (int from, const char* link, char* target, std::size_t capacity, std::size_t room)) {
    return capacity > room ? (std::abort(), -1) : hook_readlinkat(from, link, target, capacity);
}

// -- the real path ----------------------------------------------------------------------------

namespace {

// `original` is called with the path it is to look at.
template <class Original>
[[gnu::noinline]] char* named_real_path(const char* name, char* target,
                                        Original original) noexcept {
    route way(mounts());
    if (const int error = way.walk(AT_FDCWD, name, true)) {
        return failure<char*>(error);
    }
    if (!way.led_through_mount()) {
        return original(name);
    }
    const bool inside = way.end() != nullptr;
    char* const place = way.place();
    if (place == nullptr) {
        return failure<char*>(ENAMETOOLONG);
    }
    if (!inside) {
        return original(place);
    }
    if (!kernel::exists(place)) {
        return nullptr;
    }
    std::size_t size = std::strlen(place);
    while (place[size - 1] == '/' || (place[size - 1] == '.' && place[size - 2] == '/')) {
        --size;
    }
    size = name_of_place(mounts(), place, size, PATH_MAX);
    if (size >= PATH_MAX) {
        return failure<char*>(ENAMETOOLONG);
    }
    return give(place, size, target, target == nullptr ? size + 1 : PATH_MAX);
}

template <class Original>
char* real_path(const char* name, char* target, Original original) noexcept {
    return may_concern(AT_FDCWD, name) ? named_real_path(name, target, original) : original(name);
}

}  // namespace

SLUICE_DEFINE(char*, realpath, (const char* name, char* target)) {
    return real_path(name, target,
                     [=](const char* place) { return original_realpath.get()(place, target); });
}

SLUICE_DEFINE(char*, __realpath_chk, (const char* name, char* target, std::size_t room)) {
    return real_path(name, target, [=](const char* place) {
        return original___realpath_chk.get()(place, target, room);
    });
}

SLUICE_DEFINE(char*, canonicalize_file_name, (const char* name)) {
    return real_path(name, nullptr, [](const char* place) {
        return original_canonicalize_file_name.get()(place);
    });
}

// -- names that are made up -------------------------------------------------------------------

namespace {

constexpr std::size_t made_up = 6;  // characters of a name

// The letters are copied back into `name`, before its last `suffix` characters.
template <class Result, class... Rest>
[[gnu::noinline]] Result make_in_mount(Result (*function)(char*, Rest...), std::size_t suffix,
                                       char* name, Rest... rest) {
    translated_path there;
    const std::size_t size = std::strlen(name);
    if (size < made_up + suffix) {
        return failure<Result>(EINVAL);
    }
    if (const int error = there.translate(AT_FDCWD, name, false, effect::writes)) {
        return failure<Result>(error);
    }
    if (there.get() == name) {
        return function(name, rest...);
    }
    kernel::path_room place;
    const std::size_t place_size = std::strlen(there.get());
    std::memcpy(place.data(), there.get(), place_size + 1);
    const Result result = function(place.data(), rest...);
    std::memcpy(name + size - suffix - made_up, place.data() + place_size - suffix - made_up,
                made_up);
    if constexpr (std::is_pointer_v<Result>) {
        if (place[0] == '\0') {  // how mktemp() says that it failed
            name[0] = '\0';
        }
        return result == nullptr ? nullptr : name;
    } else {
        return result;
    }
}

template <class Result, class... Rest>
Result make(Result (*function)(char*, Rest...), int suffix, char* name, Rest... rest) {
    if (suffix < 0 || !may_concern(AT_FDCWD, name)) {
        return function(name, rest...);
    }
    return make_in_mount(function, static_cast<std::size_t>(suffix), name, rest...);
}

}  // namespace

#define SLUICE_MAKE(RESULT, NAME, SUFFIX, ...)                                                     \
    SLUICE_DEFINE(RESULT, NAME, (SLUICE_PARAMETERS(__VA_ARGS__))) {                                \
        return make(original_##NAME.get(), SUFFIX, SLUICE_ARGUMENTS(__VA_ARGS__));                 \
    }

SLUICE_MAKE(int, mkstemp, 0, char*)
SLUICE_MAKE(int, mkstemp64, 0, char*)
SLUICE_MAKE(int, mkostemp, 0, char*, int)
SLUICE_MAKE(int, mkostemp64, 0, char*, int)
SLUICE_MAKE(int, mkstemps, b, char*, int)
SLUICE_MAKE(int, mkstemps64, b, char*, int)
SLUICE_MAKE(int, mkostemps, b, char*, int, int)
SLUICE_MAKE(int, mkostemps64, b, char*, int, int)
SLUICE_MAKE(char*, mkdtemp, 0, char*)
SLUICE_MAKE(char*, mktemp, 0, char*)

}  // namespace sluice::mount
