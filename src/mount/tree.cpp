#include "tree.hpp"

#include "child.hpp"
#include "launch_error.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <system_error>
#include <utility>
#include <vector>

namespace sluice::mount {
namespace {

namespace fs = std::filesystem;

void check(bool done, const fs::path& path) {
    if (!done) {
        throw system_failure(path.native());
    }
}

// What of a file is not its content. The mode last: a change of owner takes from it.
void copy_attributes(const struct stat& from, const fs::path& to) {
    if (geteuid() == 0) {
        check(lchown(to.c_str(), from.st_uid, from.st_gid) == 0, to);
    }
    if (!S_ISLNK(from.st_mode)) {
        check(chmod(to.c_str(), from.st_mode & 07777) == 0, to);
    }
    const std::array<timespec, 2> times = {from.st_atim, from.st_mtim};
    check(utimensat(AT_FDCWD, to.c_str(), times.data(), AT_SYMLINK_NOFOLLOW) == 0, to);
}

struct descriptor {
    explicit descriptor(int opened) : number(opened) {}
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    ~descriptor() { close(); }

    // Only here do some file systems tell that what was written has failed. A second call does
    // nothing.
    bool close() { return number < 0 || ::close(std::exchange(number, -1)) == 0; }

    int number;
};

// Not std::filesystem's, which says no more than that there was an error, and not of which file.
void copy_content(const fs::path& from, const fs::path& to) {
    const descriptor in(open(from.c_str(), O_RDONLY | O_CLOEXEC));
    check(in.number >= 0, from);
    descriptor out(open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
    check(out.number >= 0, to);
    std::vector<char> block(std::size_t(1) << 18);
    for (;;) {
        const ssize_t got = read(in.number, block.data(), block.size());
        check(got >= 0, from);
        if (got == 0) {
            break;
        }
        for (ssize_t done = 0; done < got;) {
            const ssize_t put = write(out.number, block.data() + done, std::size_t(got - done));
            check(put >= 0, to);
            done += put;
        }
    }
    check(out.close(), to);
}

void copy_entry(const fs::path& from, const struct stat& status, const fs::path& to,
                copied& result) {
    heed_signals();
    if (S_ISREG(status.st_mode)) {
        copy_content(from, to);
        result.has_programs = result.has_programs || (status.st_mode & 0111) != 0;
    } else if (S_ISDIR(status.st_mode)) {
        check(mkdir(to.c_str(), S_IRWXU) == 0, to);
        for (const fs::directory_entry& one : fs::directory_iterator(from)) {
            struct stat inner = {};
            check(lstat(one.path().c_str(), &inner) == 0, one.path());
            copy_entry(one.path(), inner, to / one.path().filename(), result);
        }
    } else if (S_ISLNK(status.st_mode)) {
        fs::copy_symlink(from, to);
    } else if (S_ISFIFO(status.st_mode)) {
        check(mkfifo(to.c_str(), S_IRUSR | S_IWUSR) == 0, to);
    } else {
        if (result.left_out.empty()) {
            result.left_out = from.native();
        }
        return;
    }
    copy_attributes(status, to);
}

bool remove_below(const fs::path& path) {
    // Who may not write a directory cannot empty it.
    chmod(path.c_str(), S_IRWXU);
    bool all = true;
    std::error_code code;
    for (fs::directory_iterator it(path, code); !code && it != fs::directory_iterator();
         it.increment(code)) {
        std::error_code failed;
        if (fs::is_directory(it->symlink_status(failed))) {
            all = remove_below(it->path()) && all;
        } else {
            all = fs::remove(it->path(), failed) && all;
        }
    }
    return rmdir(path.c_str()) == 0 && all && !code;
}

}  // namespace

void copy_tree(const fs::path& from, const fs::path& to, copied& result) {
    struct stat status = {};
    check(stat(from.c_str(), &status) == 0, from);
    try {
        copy_entry(from, status, to, result);
    } catch (const fs::filesystem_error& failed) {
        const fs::path& where = failed.path1().empty() ? from : failed.path1();
        throw system_failure(where.native(), failed.code().value());
    }
}

bool remove_tree(const fs::path& path) noexcept {
    try {
        // What the program left running may still be at work there.
        constexpr int attempts = 3;
        for (int attempt = 0; attempt < attempts; ++attempt) {
            std::error_code code;
            if (!fs::exists(fs::symlink_status(path, code)) || remove_below(path)) {
                return true;
            }
        }
        return false;
    } catch (const std::exception&) {  // no memory
        return false;
    }
}

bool has_programs(const fs::path& path) {
    constexpr fs::perms any =
        fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec;
    const auto all = fs::recursive_directory_iterator(path);
    return std::any_of(begin(all), end(all), [](const fs::directory_entry& one) {
        const fs::file_status status = one.symlink_status();
        return fs::is_regular_file(status) && (status.permissions() & any) != fs::perms::none;
    });
}

}  // namespace sluice::mount
