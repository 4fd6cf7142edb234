// The functions that walk directories by themselves: glob(), ftw() and nftw().

#include "hook.hpp"

#include <dirent.h>
#include <ftw.h>
#include <glob.h>
#include <sys/stat.h>

#include <algorithm>

namespace sluice::mount {
namespace {

// -- patterns ---------------------------------------------------------------------------------

void* open_folder(const char* name) {
    return opendir(name);
}

dirent* read_folder(void* folder) {
    return readdir(static_cast<DIR*>(folder));
}

void close_folder(void* folder) {
    closedir(static_cast<DIR*>(folder));
}

// It can be given functions to look with, and is given those that the library has taken over.
int look_up(int (*function)(const char*, int, int (*)(const char*, int), glob_t*),
            const char* pattern, int flags, int (*on_error)(const char*, int), glob_t* found) {
    if (mounts().empty() || found == nullptr || (flags & GLOB_ALTDIRFUNC) != 0) {
        return function(pattern, flags, on_error, found);
    }
    found->gl_opendir = open_folder;
    found->gl_readdir = read_folder;
    found->gl_closedir = close_folder;
    found->gl_stat = stat;
    found->gl_lstat = lstat;
    const int result = function(pattern, flags | GLOB_ALTDIRFUNC, on_error, found);
    found->gl_flags &= ~GLOB_ALTDIRFUNC;
    return result;
}

}  // namespace

SLUICE_DEFINE(int, glob,
              (const char* pattern, int flags, int (*on_error)(const char*, int), glob_t* found)) {
    return look_up(original_glob.get(), pattern, flags, on_error, found);
}

SLUICE_DEFINE(int, glob64,
              (const char* pattern, int flags, int (*on_error)(const char*, int), glob_t* found)) {
    return look_up(original_glob64.get(), pattern, flags, on_error, found);
}

// -- trees ------------------------------------------------------------------------------------

namespace {

// A walk that a thread is at: whom to tell what it finds, and by which names.
struct tree_walk {
    int (*simple)(const char*, const struct stat*, int) = nullptr;
    int (*full)(const char*, const struct stat*, int, struct FTW*) = nullptr;
    std::string_view root;       // as the caller called it
    std::size_t place_size = 0;  // of the root
};

// In the memory that a thread has from its start: none has to be allocated.
[[gnu::tls_model("initial-exec")]] constinit thread_local tree_walk current;

int visit(const char* place, const struct stat* status, int type, struct FTW* found) {
    const tree_walk walk = current;  // the caller may begin another
    kernel::path_room name;
    const std::size_t rest = std::strlen(place) - walk.place_size;
    if (walk.root.size() + rest >= name.size()) {
        return failure<int>(ENAMETOOLONG);
    }
    std::memcpy(name.data(), walk.root.data(), walk.root.size());
    std::memcpy(name.data() + walk.root.size(), place + walk.place_size, rest + 1);
    int result = 0;
    if (walk.full != nullptr && found != nullptr) {
        struct FTW known = *found;
        const std::string_view text(name.data(), walk.root.size() + rest);
        known.base = static_cast<int>(text.rfind('/') + 1);  // npos is -1
        result = walk.full(name.data(), status, type, &known);
    } else {
        result = walk.simple(name.data(), status, type);
    }
    current = walk;
    return result;
}

int visit_simply(const char* place, const struct stat* status, int type) {
    return visit(place, status, type, nullptr);
}

// `start` is called with the place of the root.
template <class Start>
[[gnu::noinline]] int walk_tree(const char* root, bool follows, tree_walk walk, Start start) {
    translated_path there;
    if (const int error = there.translate(AT_FDCWD, root, follows, effect::none)) {
        return failure<int>(error);
    }
    kernel::path_room place;
    std::size_t size = std::strlen(there.get());
    std::memcpy(place.data(), there.get(), size + 1);
    while (size > 1 && place[size - 1] == '/') {
        place[--size] = '\0';
    }
    walk.place_size = size;
    walk.root = root;
    while (walk.root.size() > 1 && walk.root.ends_with('/')) {
        walk.root.remove_suffix(1);
    }
    const tree_walk before = std::exchange(current, walk);
    note_working_inside();  // for the length of the walk, with FTW_CHDIR
    const int result = start(place.data());
    current = before;
    return result;
}

}  // namespace

#define SLUICE_FTW(NAME)                                                                           \
    SLUICE_DEFINE(                                                                                 \
        int, NAME,                                                                                 \
        (const char* root, int (*tell)(const char*, const struct stat*, int), int most_open)) {    \
        if (!may_concern(AT_FDCWD, root)) {                                                        \
            return original_##NAME.get()(root, tell, most_open);                                   \
        }                                                                                          \
        return walk_tree(root, true, tree_walk{tell, nullptr, {}, 0}, [=](const char* place) {     \
            return original_##NAME.get()(place, visit_simply, most_open);                          \
        });                                                                                        \
    }

#define SLUICE_NFTW(NAME)                                                                          \
    SLUICE_DEFINE(int, NAME,                                                                       \
                  (const char* root,                                                               \
                   int (*tell)(const char*, const struct stat*, int, struct FTW*), int most_open,  \
                   int flags)) {                                                                   \
        if (!may_concern(AT_FDCWD, root)) {                                                        \
            return original_##NAME.get()(root, tell, most_open, flags);                            \
        }                                                                                          \
        return walk_tree(root, (flags & FTW_PHYS) == 0, tree_walk{nullptr, tell, {}, 0},           \
                         [=](const char* place) {                                                  \
                             return original_##NAME.get()(place, visit, most_open, flags);         \
                         });                                                                       \
    }

SLUICE_FTW(ftw)
SLUICE_FTW(ftw64)
SLUICE_NFTW(nftw)
SLUICE_NFTW(nftw64)

}  // namespace sluice::mount
