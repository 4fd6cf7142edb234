// Hostile surroundings: who else can see, open and swap what sluice creates and saves.
// SLUICE_SWAPS says how often names are swapped under a save.

#include <sluice/algorithm/copy.hpp>
#include <sluice/bridge/memory_file.hpp>
#include <sluice/device/atomic.hpp>
#include <sluice/device/mapped.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/pipe.hpp>
#include <sluice/device/process.hpp>
#include <sluice/device/spooled.hpp>
#include <sluice/device/temporary.hpp>
#include <sluice/fs/disk.hpp>
#include <sluice/fs/rooted.hpp>
#include <sluice/fstream.hpp>
#include <sluice/open.hpp>

#include <support/errors.hpp>
#include <support/setting.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>
#include <support/unnamed_files.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <faults/system_calls.hpp>
#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace fs = std::filesystem;
using sluice::atomic_ofstream;
using sluice::symlinks;
using support::content_of;
using support::replaced_calls;
using support::system_code;
using support::thrown_by;
using support::write_file;

namespace {

struct creation {
    int flags;
    mode_t permissions;
};

/// What the library asks the system to open.
class recorded_opens : public replaced_calls {
public:
    /// `unnamed`: whether there are files without a name.
    explicit recorded_opens(bool unnamed) {
        opens.clear();
        if (!unnamed) {
            support::forbid_unnamed_files();
        }
        next_calls = calls();
        calls().open = [](const char* path, int flags, mode_t permissions) {
            opens.push_back({flags, permissions});
            return next_calls.open(path, flags, permissions);
        };
        calls().openat = [](int directory, const char* name, int flags, mode_t permissions) {
            opens.push_back({flags, permissions});
            return next_calls.openat(directory, name, flags, permissions);
        };
    }

    static inline std::vector<creation> opens;

    /// Those that create, or may.
    [[nodiscard]] static std::vector<creation> creations() {
        std::vector<creation> found;
        for (const creation& one : opens) {
            if ((one.flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))) != 0) {
                found.push_back(one);
            }
        }
        return found;
    }

private:
    static inline sluice::os::posix_calls next_calls{};
};

mode_t permissions_of(const fs::path& path) {
    struct stat status {};
    ::stat(path.c_str(), &status);
    return status.st_mode & 07777U;
}

class no_mask {
public:
    no_mask() : before_(::umask(0)) {}
    no_mask(const no_mask&) = delete;
    no_mask& operator=(const no_mask&) = delete;
    ~no_mask() { ::umask(before_); }

private:
    mode_t before_;
};

std::set<int> open_numbers() {
    std::set<int> numbers;
    for (int file = 0; file < 256; ++file) {
        if (::fcntl(file, F_GETFD) >= 0) {
            numbers.insert(file);
        }
    }
    return numbers;
}

/// What a program finds open.
std::string seen_by_a_child() {
    sluice::process shell({"sh", "-c", "echo /proc/self/fd/*"}, {.out = sluice::channel::pipe});
    return shell.communicate().out;
}

/// In RAM where there is such a place: a disk waits for what is renamed.
fs::path quick_place() {
    return fs::is_directory("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path();
}

struct scratch : support::temporary_directory {
    scratch() : support::temporary_directory(quick_place()) {
        fs::create_directory(*this / "elsewhere");
        write_file(victim(), "precious");
        write_file(file(), "old");
    }
    [[nodiscard]] fs::path file() const { return *this / "file"; }
    [[nodiscard]] fs::path victim() const { return *this / "elsewhere/victim"; }

    /// Puts something else at a name, in one step.
    void swap(const std::string& name, int what) const {
        const std::string next = (*this / "next").string();
        ::unlink(next.c_str());
        switch (what % 4) {
        case 0: static_cast<void>(::symlink("elsewhere/victim", next.c_str())); break;
        case 1: static_cast<void>(::symlink("elsewhere/none", next.c_str())); break;
        case 2: static_cast<void>(::symlink("elsewhere", next.c_str())); break;
        default: static_cast<void>(::link(victim().c_str(), next.c_str())); break;
        }
        ::rename(next.c_str(), (*this / name).c_str());
    }
};

const std::string text(20'000, 'n');

bool save(const fs::path& path, symlinks links) {
    try {
        atomic_ofstream out(path, {.links = links});
        out << text;
        out.commit();
    } catch (const sluice::error& why) {
        CHECK(why.code());
        return false;
    }
    return true;
}

int swaps() {
    return support::setting("SLUICE_SWAPS", 1000);
}

}  // namespace

TEST_SUITE_BEGIN("surroundings");

TEST_CASE("what is created for a while is its owner's alone and follows no link") {
    const no_mask mask;
    const scratch place;
    for (const bool unnamed : {true, false}) {
        CAPTURE(unnamed);
        const recorded_opens opens(unnamed);
        sluice::temporary_file temporary;
        temporary.write("text");
        sluice::named_temporary_file named;
        CHECK(permissions_of(named.path()) == 0600);
        sluice::spooled_file spooled(0);
        spooled.write("text");
        CHECK(spooled.rolled());
        const sluice::temporary_directory directory;
        CHECK(permissions_of(directory.path()) == 0700);
        const atomic_ofstream out(place.file());
        CHECK(out.is_open());
        const std::vector<creation> made = recorded_opens::creations();
        CHECK(made.size() == (unnamed ? 4 : 7));
        for (const creation& one : made) {
            const bool fresh = (one.flags & O_TMPFILE) == O_TMPFILE ||
                               (one.flags & (O_EXCL | O_NOFOLLOW)) == (O_EXCL | O_NOFOLLOW);
            CHECK(fresh);
            CHECK(one.permissions == 0600);
        }
        for (const creation& one : recorded_opens::opens) {
            CHECK((one.flags & O_CLOEXEC) != 0);
        }
    }
    CHECK(permissions_of(place.file()) == 0666);
}

TEST_CASE("a program that is started inherits nothing of sluice's") {
    const scratch place;
    const std::set<int> before = open_numbers();
    const std::string child_before = seen_by_a_child();
    {
        const recorded_opens opens(true);
        const sluice::ifstream in(place.file());
        const sluice::fstream both(place.file());
        const sluice::stream opened = sluice::open(place.file(), "r");
        const sluice::mapped_file mapped(place.file());
        const sluice::temporary_file temporary;
        const sluice::named_temporary_file named;
        sluice::spooled_file spooled(0);
        spooled.write("text");
        const atomic_ofstream saved(place.file());
        const auto ends = sluice::pipe();
        sluice::memory_file ram("text");
        sluice::fs::disk disk;
        const sluice::fs::rooted root(disk, place / "elsewhere");
        sluice::process cat({"cat"}, {.in = sluice::channel::pipe, .out = sluice::channel::pipe});
        int seen = 0;
        for (const int file : open_numbers()) {
            if (before.count(file) == 0) {
                CAPTURE(file);
                CHECK((::fcntl(file, F_GETFD) & FD_CLOEXEC) != 0);
                ++seen;
            }
        }
        CHECK(seen >= 12);
        CHECK(seen_by_a_child() == child_before);
        for (const creation& one : recorded_opens::opens) {
            CHECK((one.flags & O_CLOEXEC) != 0);
        }
        cat.close_in();
    }
    CHECK(open_numbers() == before);
}

TEST_CASE("whatever is swapped before any call of a save nothing is written through it") {
    const std::string names[] = {"file", ".file.sluice0"};
    for (const symlinks links : {symlinks::replace, symlinks::follow}) {
        const bool follows = links == symlinks::follow;
        CAPTURE(follows);
        for (const std::string& name : names) {
            CAPTURE(name);
            for (int what = 0; what < 4; ++what) {
                CAPTURE(what);
                long points = 0;
                bool met = true;
                for (; met; ++points) {
                    CAPTURE(points);
                    const scratch place;
                    faults::failing_calls calls(points, [&] { place.swap(name, what); });
                    const bool saved = save(place.file(), links);
                    met = calls.failed() > 0;
                    // What a link leads to is replaced as a whole, where links are followed.
                    const std::string seen = content_of(place.victim());
                    CHECK((seen == "precious" || (follows && saved && seen == text)));
                    CHECK((met || !saved || content_of(place.file()) == text));
                    // A file that was linked elsewhere keeps its content under that name.
                    struct stat status {};
                    CHECK(::stat(place.victim().c_str(), &status) == 0);
                    CHECK(status.st_size == static_cast<off_t>(seen.size()));
                }
                CHECK(points > 10);
            }
        }
    }
}

TEST_CASE("links that are swapped under a save are never written through") {
    const scratch place;
    std::atomic<bool> done = false;
    std::thread attacker([&] {
        for (int i = 0; i < swaps(); ++i) {
            place.swap(i % 3 == 0 ? ".file.sluice0" : "file", i);
            if (i % 16 == 0) {
                write_file(place / "next", "a file");
                ::rename((place / "next").c_str(), place.file().c_str());
            }
        }
        done = true;
    });
    long saved = 0;
    long refused = 0;
    while (!done) {
        (save(place.file(), symlinks::replace) ? saved : refused) += 1;
    }
    attacker.join();
    CHECK(content_of(place.victim()) == "precious");
    CHECK_FALSE(fs::exists(place / "elsewhere/none"));
    CHECK(fs::directory_iterator(place / "elsewhere")->path() == place.victim());
    CHECK(saved > 0);
    if (swaps() > 1000) {
        MESSAGE(saved << " saves, " << refused << " refused");
    }
    CHECK(save(place.file(), symlinks::replace));
    CHECK(content_of(place.file()) == text);
}

TEST_CASE("where links are followed they are swapped and each file is whole") {
    const scratch place;
    const std::string other(30'000, 'o');
    write_file(place / "elsewhere/other", other);
    std::atomic<bool> done = false;
    std::thread attacker([&] {
        for (int i = 0; i < swaps(); ++i) {
            ::unlink((place / "next").c_str());
            const char* const target = i % 2 == 0 ? "elsewhere/victim" : "elsewhere/other";
            static_cast<void>(::symlink(target, (place / "next").c_str()));
            ::rename((place / "next").c_str(), place.file().c_str());
        }
        done = true;
    });
    while (!done) {
        static_cast<void>(save(place.file(), symlinks::follow));
        const std::string seen = content_of(place.victim());
        CHECK((seen == "precious" || seen == text));
    }
    attacker.join();
    const std::string seen = content_of(place / "elsewhere/other");
    CHECK((seen == other || seen == text));
}

TEST_CASE(
    "another name of a file that is saved keeps the old content, written in place it does not") {
    const scratch place;
    fs::create_hard_link(place.file(), place / "twin");
    CHECK(save(place.file(), symlinks::follow));
    CHECK(content_of(place / "twin") == "old");
    CHECK(content_of(place.file()) == text);
    fs::remove(place / "twin");
    fs::create_hard_link(place.file(), place / "twin");
    sluice::ofstream(place.file()) << "in place";
    CHECK(content_of(place / "twin") == "in place");
    place.swap("file", 0);
    sluice::ofstream(place.file()) << "through a link";
    CHECK(content_of(place.victim()) == "through a link");
}

TEST_CASE("what is no file is neither emptied nor replaced by a save") {
    const scratch place;
    std::vector<fs::path> paths = {"/dev/null", "/dev/full", place / "fifo", place / "socket",
                                   place / "elsewhere"};
    ::mkfifo(paths[2].c_str(), 0600);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, paths[3].c_str(), sizeof address.sun_path - 1);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    ::close(socket);
    const fs::path device = place / "device";
    if (::mknod(device.c_str(), S_IFCHR | 0600, makedev(1, 7)) == 0) {  // as /dev/full
        paths.push_back(device);
    }
    for (const fs::path& path : paths) {
        CAPTURE(path);
        const fs::file_type before = fs::status(path).type();
        for (const symlinks links : {symlinks::follow, symlinks::replace}) {
            const atomic_ofstream out(path, {.links = links});
            CHECK_FALSE(out.is_open());
            CHECK(sluice::error_of(out).code() ==
                  (before == fs::file_type::directory
                       ? std::make_error_code(std::errc::is_a_directory)
                       : make_error_code(sluice::errc::unsupported)));
        }
        CHECK(fs::status(path).type() == before);
    }
    // In place, a directory and a socket cannot be opened, and a device is written to.
    const auto code_of = [](const fs::path& path) {
        sluice::ofstream out(path);
        out << "text" << std::flush;
        return sluice::error_of(out).code();
    };
    CHECK(code_of(place / "elsewhere") == system_code(EISDIR));
    CHECK(code_of(place / "socket") == system_code(ENXIO));
    CHECK(code_of("/dev/full") == system_code(ENOSPC));
    CHECK_FALSE(code_of("/dev/null"));
    // What must not exist: a link that leads nowhere does.
    fs::create_symlink("nowhere", place / "dangling");
    const sluice::ofstream exclusive(place / "dangling", std::ios::out | sluice::noreplace);
    CHECK(sluice::error_of(exclusive).code() == std::errc::file_exists);
    CHECK_FALSE(fs::exists(place / "nowhere"));
}

TEST_SUITE_END();
