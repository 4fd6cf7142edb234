// Calls the C library's functions that take a path on what is in a directory, and says what they
// gave:
//
//     calls DIRECTORY
//
// A test compares what it says of a directory on the disk with what it says of a mounted one. What
// differs between file systems, as how big a directory is, is not told.

#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <linux/openat2.h>
#include <spawn.h>
#include <sys/inotify.h>
#include <sys/ipc.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utime.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <iostream>
#include <string>
#include <thread>
#include <type_traits>
#include <vector>

namespace {

std::string root;

std::string at(const std::string& name) {
    return root + '/' + name;
}

// The root, which is another for each run, is "@".
std::string without_root(std::string text) {
    for (std::size_t i = text.find(root); i != std::string::npos; i = text.find(root)) {
        text.replace(i, root.size(), "@");
    }
    return text;
}

template <class Result>
void show(const char* call, Result result, int error) {
    bool failed = false;
    std::string text;
    if constexpr (std::is_pointer_v<Result>) {
        failed = result == nullptr;
        if constexpr (std::is_same_v<Result, char*>) {
            text = failed ? "null" : result;
        } else {
            text = failed ? "null" : "not null";
        }
    } else {
        failed = result == -1;
        text = std::to_string(result);
    }
    std::cout << call << " = " << without_root(text);
    if (failed) {
        std::cout << ", " << strerrorname_np(error);
    }
    std::cout << '\n';
}

// What a call gives, and errno where that says that it failed.
#define SHOW(...) (errno = 0, [&](auto result) { show(#__VA_ARGS__, result, errno); }(__VA_ARGS__))

int closed(int file) {
    return file < 0 ? file : close(file);
}

int closed(FILE* file) {
    return file == nullptr ? -1 : fclose(file);
}

void show_text(const std::string& name) {
    FILE* const file = fopen(at(name).c_str(), "r");
    std::array<char, 100> text{};
    const std::size_t size = file == nullptr ? 0 : fread(text.data(), 1, text.size(), file);
    std::cout << "    " << name << ": \"" << std::string(text.data(), size) << "\"\n";
    closed(file);
}

void show_status(const struct stat& status) {
    std::cout << "    mode " << std::oct << status.st_mode << std::dec;
    if (S_ISREG(status.st_mode)) {
        std::cout << ", size " << status.st_size << ", links " << status.st_nlink << ", owner "
                  << status.st_uid;
    }
    std::cout << '\n';
}

void write_text(const std::string& name, const char* text) {
    FILE* const file = fopen(at(name).c_str(), "w");
    fputs(text, file);
    fclose(file);
}

// -- opening ----------------------------------------------------------------------------------

void show_opening(int folder) {
    SHOW(closed(open(at("text").c_str(), O_RDONLY)));
    SHOW(closed(open64(at("text/").c_str(), O_RDONLY)));
    SHOW(closed(open(at("none").c_str(), O_RDONLY)));
    SHOW(closed(open(at("none/text").c_str(), O_RDONLY)));
    SHOW(closed(open(at("none/../text").c_str(), O_RDONLY)));
    SHOW(closed(open(at("text/../text").c_str(), O_RDONLY)));
    SHOW(closed(open(at("text/.").c_str(), O_RDONLY)));
    SHOW(closed(open(at("folder//./inner").c_str(), O_RDONLY)));
    SHOW(closed(open(at("folder/../text").c_str(), O_RDONLY)));
    SHOW(closed(open(at("../sibling").c_str(), O_RDONLY)));
    SHOW(closed(open(at("relative").c_str(), O_RDONLY)));
    SHOW(closed(open(at("relative").c_str(), O_RDONLY | O_NOFOLLOW)));
    SHOW(closed(open(at("relative").c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600)));
    SHOW(closed(open(at("absolute").c_str(), O_RDONLY)));
    SHOW(closed(open(at("outside").c_str(), O_RDONLY)));
    SHOW(closed(open(at("upward").c_str(), O_RDONLY)));
    SHOW(closed(open(at("dangling").c_str(), O_RDONLY)));
    SHOW(closed(open(at("circle").c_str(), O_RDONLY)));
    SHOW(closed(open(at("to_folder/inner").c_str(), O_RDONLY)));
    SHOW(closed(open(at("to_folder/../text").c_str(), O_RDONLY)));
    SHOW(closed(open(at("folder").c_str(), O_WRONLY)));
    SHOW(closed(open("", O_RDONLY)));
    SHOW(closed(open(at(std::string(300, 'x')).c_str(), O_RDONLY)));
    SHOW(closed(open(at(std::string(5000, '/')).c_str(), O_RDONLY)));
    SHOW(closed(openat(folder, "text", O_RDONLY)));
    SHOW(closed(openat64(folder, "../sibling", O_RDONLY)));
    SHOW(closed(openat(folder, "absolute", O_RDONLY)));
    SHOW(closed(openat(folder, ".", O_RDONLY | O_DIRECTORY)));
    SHOW(closed(openat(12345, "text", O_RDONLY)));
    SHOW(closed(openat(12345, at("text").c_str(), O_RDONLY)));
    SHOW(closed(creat(at("created").c_str(), 0640)));
    SHOW(closed(creat64(at("none/created").c_str(), 0640)));
    SHOW(closed(fopen(at("created").c_str(), "wx")));
    SHOW(closed(fopen64(at("created").c_str(), "w")));
    SHOW(closed(freopen(at("text").c_str(), "r", fopen("/dev/null", "r"))));
    SHOW(closed(freopen64(at("none").c_str(), "r", fopen("/dev/null", "r"))));
    SHOW(unlink(at("created").c_str()));
}

std::vector<std::string> names_in(const std::string& name) {
    std::vector<std::string> names;
    DIR* const folder = opendir(name.c_str());
    while (const dirent* const one = folder == nullptr ? nullptr : readdir(folder)) {
        names.emplace_back(one->d_name);
    }
    if (folder != nullptr) {
        closedir(folder);
    }
    std::sort(names.begin(), names.end());
    return names;
}

int scanned(const std::string& name) {
    dirent** found = nullptr;
    const int count = scandir(name.c_str(), &found, nullptr, alphasort);
    for (int i = 0; i < count; ++i) {
        free(found[i]);
    }
    free(found);
    return count;
}

std::vector<std::string> walked;

int note_walked(const char* name, const struct stat*, int type, struct FTW* where) {
    walked.push_back(without_root(name) + " type " + std::to_string(type) + ", base " +
                     (where->level == 0 ? "" : name + where->base) + ", level " +
                     std::to_string(where->level));
    return 0;
}

void show_sorted(std::vector<std::string>& lines) {
    std::sort(lines.begin(), lines.end());
    for (const std::string& one : lines) {
        std::cout << "    " << one << '\n';
    }
    lines.clear();
}

int count_of_walk = 0;

int count_simply(const char* name, const struct stat*, int) {
    count_of_walk += std::string(name).starts_with(root) ? 1 : 0;
    return 0;
}

void show_listing(int folder) {
    for (const char* const name : {"", "folder", "to_folder", "none", "text"}) {
        std::cout << name << ':';
        for (const std::string& one : names_in(at(name))) {
            std::cout << ' ' << one;
        }
        std::cout << '\n';
    }
    SHOW(opendir(at("none").c_str()));
    SHOW(scanned(at("folder")));
    SHOW(scanned(at("none")));
    SHOW(scanned(at("../above")));  // where a test mounts something else
    dirent** found = nullptr;
    SHOW(scandirat(folder, "folder", &found, nullptr, alphasort));
    glob_t matched = {};
    SHOW(glob(at("f*/*").c_str(), 0, nullptr, &matched));
    for (std::size_t i = 0; i < matched.gl_pathc; ++i) {
        std::cout << "    " << without_root(matched.gl_pathv[i]) << '\n';
    }
    globfree(&matched);
    SHOW(glob(at("none*").c_str(), 0, nullptr, &matched));
    SHOW(nftw(at("folder/").c_str(), note_walked, 10, FTW_PHYS));
    SHOW(nftw(at("").c_str(), note_walked, 10, FTW_PHYS | FTW_CHDIR));
    show_sorted(walked);
    SHOW(nftw(at("none").c_str(), note_walked, 10, 0));
    SHOW(ftw(at("folder").c_str(), count_simply, 10));
    std::cout << count_of_walk << " found by ftw\n";
    SHOW(closed(inotify_init1(IN_CLOEXEC)));
    const int watch = inotify_init1(IN_CLOEXEC);
    SHOW(inotify_add_watch(watch, at("folder").c_str(), IN_CREATE));
    SHOW(inotify_add_watch(watch, at("none").c_str(), IN_CREATE));
    close(watch);
}

// -- what is there ----------------------------------------------------------------------------

// A function that the headers do not have, or not for us.
template <class Function>
Function* named(const char* name) {
    return reinterpret_cast<Function*>(dlsym(RTLD_DEFAULT, name));
}

// What stat() and its kin were before glibc 2.33.
int old_stat(const char* name, const std::string& path, struct stat& status) {
    return named<int(int, const char*, struct stat*)>(name)(1, path.c_str(), &status);
}

void show_statuses(int folder) {
    struct stat status = {};
    for (const char* const name :
         {"", "text", "folder", "relative", "absolute", "dangling", "none"}) {
        std::cout << name << '\n';
        SHOW(stat(at(name).c_str(), &status));
        show_status(status);
        SHOW(lstat(at(name).c_str(), &status));
        show_status(status);
        SHOW(fstatat(folder, name, &status, 0));
        SHOW(fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW));
        show_status(status);
        SHOW(old_stat("__xstat", at(name), status));
        SHOW(old_stat("__lxstat64", at(name), status));
        SHOW(access(at(name).c_str(), F_OK));
        SHOW(euidaccess(at(name).c_str(), R_OK));
        SHOW(eaccess(at(name).c_str(), W_OK));
        SHOW(faccessat(folder, name, X_OK, 0));
        SHOW(faccessat(folder, name, F_OK, AT_SYMLINK_NOFOLLOW));
    }
    SHOW(fstatat(folder, "", &status, AT_EMPTY_PATH));
    SHOW(stat64(at("text").c_str(), reinterpret_cast<struct stat64*>(&status)));
    using old_fstatat = int(int, int, const char*, struct stat*, int);
    SHOW(named<old_fstatat>("__fxstatat")(1, folder, "absolute", &status, 0));
    SHOW(lstat64(at("absolute").c_str(), reinterpret_cast<struct stat64*>(&status)));
    struct statx more = {};
    SHOW(statx(folder, "absolute", 0, STATX_SIZE, &more));
    SHOW(statx(AT_FDCWD, at("none").c_str(), 0, STATX_SIZE, &more));
    struct statfs system = {};
    SHOW(statfs(at("text").c_str(), &system));
    SHOW(statfs(at("none").c_str(), &system));
    struct statvfs other = {};
    SHOW(statvfs(at("absolute").c_str(), &other));
    SHOW(pathconf(at("text").c_str(), _PC_NAME_MAX));
    SHOW(pathconf(at("none").c_str(), _PC_LINK_MAX));
    SHOW(ftok(at("none").c_str(), 1));
}

// -- where it is ------------------------------------------------------------------------------

// readlink(), and what it gave.
ssize_t link_text(const std::string& name, std::size_t room = 4096) {
    std::string text(room, '\0');
    const ssize_t size = readlink(name.c_str(), text.data(), text.size());
    if (size >= 0) {
        std::cout << "    -> " << without_root(text.substr(0, static_cast<std::size_t>(size)))
                  << '\n';
    }
    return room == 4096 ? std::min<ssize_t>(size, 1) : size;  // its size is that of the root
}

int go(const std::string& name) {
    const int result = chdir(name.c_str());
    std::array<char, 4096> text{};
    std::cout << "    in " << without_root(getcwd(text.data(), text.size())) << '\n';
    return result;
}

void show_places(int folder) {
    SHOW(realpath(at("text").c_str(), nullptr));
    SHOW(realpath(at("to_folder/../absolute").c_str(), nullptr));
    SHOW(realpath(at("outside").c_str(), nullptr));
    SHOW(realpath(at("../sibling").c_str(), nullptr));
    SHOW(realpath(at("dangling").c_str(), nullptr));
    SHOW(realpath(at("none").c_str(), nullptr));
    SHOW(realpath(at("text/").c_str(), nullptr));
    SHOW(realpath(at("folder/.").c_str(), nullptr));
    SHOW(canonicalize_file_name(at("folder//inner").c_str()));
    SHOW(link_text(at("relative")));
    SHOW(link_text(at("absolute")));
    SHOW(link_text(at("relative"), 2));
    SHOW(link_text(at("text")));
    SHOW(link_text(at("none")));
    std::array<char, 8> text{};
    SHOW(readlinkat(folder, "relative", text.data(), text.size()));
    SHOW(link_text("/proc/self/fd/" + std::to_string(folder)));
    SHOW(go(at("folder")));
    SHOW(link_text("/proc/self/cwd"));
    SHOW(closed(open("inner", O_RDONLY)));
    SHOW(closed(open("./inner", O_RDONLY)));
    SHOW(closed(open("../text", O_RDONLY)));
    SHOW(closed(open("../../sibling", O_RDONLY)));
    SHOW(realpath(".", nullptr));
    SHOW(realpath("../relative", nullptr));
    SHOW(get_current_dir_name());
    SHOW(getcwd(nullptr, 0));
    SHOW(getcwd(text.data(), 2));
    SHOW(rmdir("."));
    SHOW(go(".."));
    SHOW(fchdir(folder));
    SHOW(go("to_folder"));
    SHOW(go("../.."));
    SHOW(closed(open("sibling", O_RDONLY)));
    SHOW(chdir(at("none").c_str()));
    SHOW(chdir(at("text").c_str()));
    SHOW(chdir("/"));
}

// -- names ------------------------------------------------------------------------------------

void show_naming(int folder) {
    struct stat status = {};
    SHOW(mkdir(at("made").c_str(), 0750));
    SHOW(mkdir(at("made").c_str(), 0750));
    SHOW(mkdir(at("none/made").c_str(), 0750));
    SHOW(mkdir(at("slash/").c_str(), 0750));
    SHOW(mkdirat(folder, "made/inner", 0700));
    SHOW(rmdir(at("made").c_str()));
    SHOW(mkfifo(at("fifo").c_str(), 0600));
    SHOW(mkfifoat(folder, "fifo", 0600));
    SHOW(mknod(at("node").c_str(), S_IFREG | 0600, 0));
    SHOW(mknodat(folder, "node", S_IFREG | 0600, 0));
    SHOW(symlink("made/inner", at("link").c_str()));
    SHOW(symlinkat("made", folder, "link"));
    SHOW(link(at("text").c_str(), at("twin").c_str()));
    SHOW(linkat(folder, "text", folder, "made/twin", 0));
    SHOW(linkat(folder, "absolute", folder, "followed", AT_SYMLINK_FOLLOW));
    SHOW(stat(at("twin").c_str(), &status));
    show_status(status);
    SHOW(rename(at("twin").c_str(), at("made/other").c_str()));
    SHOW(rename(at("none").c_str(), at("made/other").c_str()));
    SHOW(renameat(folder, "made/twin", folder, "folder"));
    SHOW(renameat(folder, "made/twin", folder, "triplet"));
    SHOW(renameat2(folder, "triplet", folder, "text", RENAME_NOREPLACE));
    SHOW(unlink(at("made").c_str()));
    SHOW(unlinkat(folder, "made/inner", AT_REMOVEDIR));
    SHOW(unlinkat(folder, "triplet", 0));
    SHOW(remove(at("made/other").c_str()));
    SHOW(remove(at("made").c_str()));
    for (const char* const name : {"fifo", "node", "link", "followed", "slash", "none"}) {
        SHOW(remove(at(name).c_str()));
    }
}

template <class Make>
int made(Make make, const char* pattern, std::size_t suffix = 0) {
    std::string name = at(pattern);
    const int file = make(name.data());
    const bool named = name.starts_with(at("t")) && name.find("XXXXXX") == std::string::npos &&
                       name.substr(name.size() - suffix) ==
                           std::string(pattern).substr(std::strlen(pattern) - suffix);
    if (file >= 0) {
        close(file);
        return named ? remove(name.c_str()) : -2;
    }
    return file;
}

void show_made_up_names() {
    SHOW(made([](char* name) { return mkstemp(name); }, "tXXXXXX"));
    SHOW(made([](char* name) { return mkstemp64(name); }, "none/tXXXXXX"));
    SHOW(made([](char* name) { return mkstemp(name); }, "tXXXXX"));
    SHOW(made([](char* name) { return mkostemp(name, O_CLOEXEC); }, "tXXXXXX"));
    SHOW(made([](char* name) { return mkstemps(name, 4); }, "tXXXXXX.txt", 4));
    SHOW(made([](char* name) { return mkstemps(name, 5000); }, "tXXXXXX.txt", 4));
    SHOW(made([](char* name) { return mkostemps(name, 4, O_APPEND); }, "tXXXXXX.txt", 4));
    std::string name = at("tXXXXXX");
    SHOW(static_cast<int>(mkdtemp(name.data()) == name.data()));
    SHOW(rmdir(name.c_str()));
}

// -- attributes -------------------------------------------------------------------------------

void show_attributes(int folder) {
    struct stat status = {};
    write_text("mine", "content");
    SHOW(truncate(at("mine").c_str(), 3));
    SHOW(truncate64(at("none").c_str(), 3));
    SHOW(chmod(at("mine").c_str(), 0604));
    SHOW(fchmodat(folder, "mine", 0600, 0));
    SHOW(chmod(at("dangling").c_str(), 0604));
    SHOW(chown(at("mine").c_str(), getuid(), getgid()));
    SHOW(lchown(at("dangling").c_str(), getuid(), getgid()));
    SHOW(fchownat(folder, "none", getuid(), getgid(), 0));
    const utimbuf old = {1000, 2000};
    SHOW(utime(at("mine").c_str(), &old));
    SHOW(stat(at("mine").c_str(), &status));
    std::cout << "    written " << status.st_mtime << '\n';
    const std::array<timeval, 2> times = {timeval{3000, 0}, timeval{4000, 0}};
    SHOW(utimes(at("mine").c_str(), times.data()));
    SHOW(lutimes(at("dangling").c_str(), times.data()));
    SHOW(futimesat(folder, "mine", times.data()));
    const std::array<timespec, 2> precise = {timespec{5000, 0}, timespec{6000, 0}};
    SHOW(utimensat(folder, "mine", precise.data(), 0));
    SHOW(utimensat(folder, "none", precise.data(), AT_SYMLINK_NOFOLLOW));
    SHOW(stat(at("mine").c_str(), &status));
    show_status(status);
    std::cout << "    written " << status.st_mtime << '\n';
    std::array<char, 100> value{};
    SHOW(getxattr(at("none").c_str(), "user.x", value.data(), value.size()));
    SHOW(lgetxattr(at("none").c_str(), "user.x", value.data(), value.size()));
    SHOW(listxattr(at("none").c_str(), value.data(), value.size()));
    SHOW(llistxattr(at("none").c_str(), value.data(), value.size()));
    SHOW(setxattr(at("none").c_str(), "user.x", "1", 1, 0));
    SHOW(lsetxattr(at("none").c_str(), "user.x", "1", 1, 0));
    SHOW(removexattr(at("none").c_str(), "user.x"));
    SHOW(lremovexattr(at("none").c_str(), "user.x"));
    const int file = open(at("mine").c_str(), O_RDONLY);
    SHOW(fchmod(file, 0640));
    SHOW(fchown(file, getuid(), getgid()));
    SHOW(futimens(file, precise.data()));
    SHOW(futimes(file, times.data()));
    close(file);
    show_text("mine");
    SHOW(unlink(at("mine").c_str()));
}

// -- what is called for another function ------------------------------------------------------

// Where the compiler checks (_FORTIFY_SOURCE), and where the library was built long ago.
void show_stand_ins(int folder) {
    using checked_open = int(const char*, int);
    using checked_openat = int(int, const char*, int);
    std::array<char, PATH_MAX> text{};
    for (const char* const name : {"text", "absolute", "none"}) {
        const std::string path = at(name);
        SHOW(closed(named<checked_open>("__open")(path.c_str(), O_RDONLY)));
        SHOW(closed(named<checked_open>("__open_2")(path.c_str(), O_RDONLY)));
        SHOW(closed(named<checked_open>("__open64_2")(path.c_str(), O_RDONLY)));
        SHOW(closed(named<checked_openat>("__openat_2")(folder, name, O_RDONLY)));
        SHOW(closed(named<checked_openat>("__openat64_2")(folder, name, O_RDONLY)));
        SHOW(named<char*(const char*, char*, size_t)>("__realpath_chk")(path.c_str(), text.data(),
                                                                        text.size()));
    }
    using checked_readlink = ssize_t(const char*, char*, size_t, size_t);
    using checked_readlinkat = ssize_t(int, const char*, char*, size_t, size_t);
    SHOW(named<checked_readlink>("__readlink_chk")(at("relative").c_str(), text.data(), 9, 9));
    SHOW(named<checked_readlinkat>("__readlinkat_chk")(folder, "text", text.data(), 9, 9));
    dev_t device = 0;
    using old_mknod = int(int, const char*, mode_t, dev_t*);
    using old_mknodat = int(int, int, const char*, mode_t, dev_t*);
    SHOW(named<old_mknod>("__xmknod")(0, at("node").c_str(), S_IFIFO | 0600, &device));
    SHOW(named<old_mknodat>("__xmknodat")(0, folder, "node", S_IFIFO | 0600, &device));
    SHOW(unlink(at("node").c_str()));
    struct statx status = {};
    struct stat simple = {};
    SHOW(syscall(SYS_statx, folder, "absolute", 0, STATX_SIZE, &status));
    SHOW(syscall(SYS_statx, AT_FDCWD, at("none").c_str(), 0, STATX_SIZE, &status));
    SHOW(syscall(SYS_newfstatat, AT_FDCWD, at("absolute").c_str(), &simple, 0));
    SHOW(simple.st_size);
    SHOW(closed(static_cast<int>(syscall(SYS_openat, folder, "absolute", O_RDONLY))));
    SHOW(syscall(SYS_renameat2, folder, "none", folder, "text", 0));
#ifdef SYS_open
    SHOW(closed(static_cast<int>(syscall(SYS_open, at("absolute").c_str(), O_RDONLY, 0))));
#endif
    open_how how = {};
    if (closed(static_cast<int>(syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof how))) >= 0) {
        SHOW(closed(static_cast<int>(
            syscall(SYS_openat2, folder, at("absolute").c_str(), &how, sizeof how))));
    }
    SHOW(syscall(SYS_faccessat2, AT_FDCWD, at("absolute").c_str(), R_OK, 0));
    SHOW(syscall(SYS_mkdirat, AT_FDCWD, at("made").c_str(), 0755));
    SHOW(syscall(SYS_unlinkat, AT_FDCWD, at("made").c_str(), AT_REMOVEDIR));
    SHOW(syscall(SYS_unlinkat, AT_FDCWD, at("made").c_str(), AT_REMOVEDIR));
    SHOW(syscall(SYS_getpid) == getpid() ? 0 : -1);
    SHOW(chdir(at("folder").c_str()));
    SHOW(named<char*(char*)>("getwd")(text.data()));
    SHOW(named<char*(char*, size_t)>("__getwd_chk")(text.data(), text.size()));
    SHOW(
        named<char*(char*, size_t, size_t)>("__getcwd_chk")(text.data(), text.size(), text.size()));
    SHOW(chdir("/"));
}

// -- programs, libraries, sockets -------------------------------------------------------------

// Runs what calls a function of the exec family, which comes back only where it failed.
template <class Run>
int run(Run execute) {
    std::cout << std::flush;
    const pid_t child = fork();
    if (child == 0) {
        execute();
        _exit(errno == ENOENT ? 100 : errno == EACCES ? 101 : 102);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

int spawned(const char* name, bool look_for_it) {
    std::cout << std::flush;
    std::array<char*, 3> arguments = {const_cast<char*>("our-script"), const_cast<char*>("spawn"),
                                      nullptr};
    pid_t child = 0;
    const int error = look_for_it
                          ? posix_spawnp(&child, name, nullptr, nullptr, arguments.data(), environ)
                          : posix_spawn(&child, name, nullptr, nullptr, arguments.data(), environ);
    int status = 0;
    return error != 0 ? 1000 + error : waitpid(child, &status, 0) > 0 ? WEXITSTATUS(status) : -1;
}

int spawned_with_files() {
    std::array<char*, 2> arguments = {const_cast<char*>("cat"), nullptr};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, at("folder").c_str());
    posix_spawn_file_actions_addopen(&actions, 0, at("text").c_str(), O_RDONLY, 0);
    pid_t child = 0;
    std::cout << std::flush;
    const int error = posix_spawnp(&child, "cat", &actions, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    int status = 0;
    return error != 0 ? 1000 + error : waitpid(child, &status, 0) > 0 ? WEXITSTATUS(status) : -1;
}

void show_programs(int folder) {
    std::array<char*, 3> arguments = {const_cast<char*>("our-script"), const_cast<char*>("run"),
                                      nullptr};
    char** const list = arguments.data();
    const std::string script = at("our-script");
    const std::string path = "PATH=" + at("none") + ":" + root + ":" + getenv("PATH");
    SHOW(run([&] { execve(script.c_str(), list, environ); }));
    SHOW(run([&] { execv(script.c_str(), list); }));
    SHOW(run([&] { execl(script.c_str(), "our-script", "run", nullptr); }));
    SHOW(run([&] { execle(script.c_str(), "our-script", "run", nullptr, environ); }));
    SHOW(run([&] { execv(at("none").c_str(), list); }));
    SHOW(run([&] { execv(at("text").c_str(), list); }));
    SHOW(run([&] { execveat(folder, "text", list, environ, 0); }));
    SHOW(run([&] { execvp("our-script", list); }));
    putenv(const_cast<char*>(path.c_str()));
    SHOW(run([&] { execvp("our-script", list); }));
    SHOW(run([&] { execvpe("our-script", list, environ); }));
    SHOW(run([&] { execlp("our-script", "our-script", "run", nullptr); }));
    SHOW(run([&] { execlp("text", "text", nullptr); }));
    SHOW(run([&] { execlp("no-such-program", "text", nullptr); }));
    SHOW(run([&] { execlp("true", "true", nullptr); }));
    SHOW(spawned(script.c_str(), false));
    SHOW(spawned(at("none").c_str(), false));
    SHOW(spawned("our-script", true));
    SHOW(spawned("no-such-program", true));
    SHOW(spawned_with_files());
    SHOW(dlopen(at("none").c_str(), RTLD_LAZY));
    SHOW(dlopen(at("text").c_str(), RTLD_LAZY));
    SHOW(dlopen("libm.so.6", RTLD_LAZY));
}

// -- where little may be done ------------------------------------------------------------------

std::string signal_path;
volatile int signal_result = -2;

void open_for_signal(int) {
    signal_result = closed(open(signal_path.c_str(), O_RDONLY));
}

int opened_in_handler(const std::string& path) {
    // As little a stack as a handler may be given.
    static std::array<char, 24576> memory;
    const stack_t stack = {.ss_sp = memory.data(), .ss_flags = 0, .ss_size = memory.size()};
    sigaltstack(&stack, nullptr);
    struct sigaction action = {};
    action.sa_handler = open_for_signal;
    action.sa_flags = SA_ONSTACK;
    sigaction(SIGUSR1, &action, nullptr);
    signal_path = path;
    raise(SIGUSR1);
    return signal_result;
}

int run_after_vfork(const std::string& path) {
    // NOLINTBEGIN(clang-analyzer-security.insecureAPI.vfork,clang-analyzer-unix.Vfork): as many do
    const pid_t child = vfork();
    if (child == 0) {
        if (chdir(root.c_str()) == 0) {
            execl(path.c_str(), "our-script", "vfork", nullptr);
        }
        _exit(100);
    }
    // NOLINTEND(clang-analyzer-security.insecureAPI.vfork,clang-analyzer-unix.Vfork)
    int status = 0;
    waitpid(child, &status, 0);
    return WEXITSTATUS(status);
}

int opened_in_threads() {
    std::array<std::thread, 4> threads;
    std::atomic<int> opened = 0;
    for (std::thread& one : threads) {
        one = std::thread([&] {
            for (int i = 0; i < 500; ++i) {
                opened += closed(open(at("absolute").c_str(), O_RDONLY)) == 0 ? 1 : 0;
            }
        });
    }
    for (std::thread& one : threads) {
        one.join();
    }
    return opened;
}

void show_narrow_places() {
    SHOW(opened_in_handler(at("absolute")));
    SHOW(opened_in_handler(at("none")));
    SHOW(run_after_vfork(at("our-script")));
    SHOW(closed(open("text", O_RDONLY)));  // what the child did is not the parent's
    SHOW(opened_in_threads());
}

void show_sockets() {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    at("socket").copy(address.sun_path, sizeof(address.sun_path) - 1);
    const auto* const plain = reinterpret_cast<const sockaddr*>(&address);
    const int server = socket(AF_UNIX, SOCK_STREAM, 0);
    const int client = socket(AF_UNIX, SOCK_STREAM, 0);
    SHOW(connect(client, plain, sizeof(address)));
    SHOW(bind(server, plain, sizeof(address)));
    SHOW(listen(server, 1));
    SHOW(connect(client, plain, sizeof(address)));
    sockaddr_un known = {};
    socklen_t size = sizeof(known);
    SHOW(getsockname(server, reinterpret_cast<sockaddr*>(&known), &size));
    SHOW(static_cast<char*>(known.sun_path));
    size = sizeof(known);
    SHOW(getpeername(client, reinterpret_cast<sockaddr*>(&known), &size));
    SHOW(static_cast<char*>(known.sun_path));
    close(client);
    close(server);
    SHOW(unlink(at("socket").c_str()));
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) {
        return 2;
    }
    root = arguments[1];
    const int folder = open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    show_opening(folder);
    show_listing(folder);
    show_statuses(folder);
    show_places(folder);
    show_naming(folder);
    show_made_up_names();
    show_attributes(folder);
    show_stand_ins(folder);
    show_programs(folder);
    show_sockets();
    show_narrow_places();
    errno = EDOM;
    closed(open(at("absolute").c_str(), O_RDONLY));
    std::cout << "left alone: " << strerrorname_np(errno) << '\n';
    return 0;
}
