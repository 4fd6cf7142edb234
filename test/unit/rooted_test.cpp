#include <sluice/fs/disk.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fs/rooted.hpp>
#include <sluice/mode.hpp>

#include <support/descriptors.hpp>
#include <support/errors.hpp>
#include <support/file_time.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace fs = sluice::fs;
using ios = std::ios_base;

namespace {

// A world with a secret, and in it a jail, whose links lead out as far as they can.
void furnish_world(fs::filesystem& files, const std::string& world) {
    files.create_directories(world + "/secret/deep");
    files.write_bytes(world + "/secret/file", "secret");
    files.write_bytes(world + "/passwd", "secret");
    files.create_directories(world + "/jail/dir/sub");
    const std::vector<std::pair<std::string, std::string>> links = {
        {"up", ".."},
        {"upup", "../.."},
        {"many", "../../../../../../../../../../../.."},
        {"absolute", world + "/secret"},
        {"absolute_file", world + "/secret/file"},
        {"relative", "../secret"},
        {"relative_file", "../secret/file"},
        {"root", "/"},
        {"slashes", "////"},
        {"to_passwd", "../passwd"},
        {"chain1", "chain2"},
        {"chain2", "chain3"},
        {"chain3", "../secret/file"},
        {"dangling", "../new"},
        {"dangling_absolute", world + "/new"},
        {"through", "dir/../../secret/file"},
        {"through_link", "up/secret/file"},
        {"dots", "./././../secret/./file"},
        {"dir/up", "../.."},
        {"dir/sub/up", "../../../secret"},
        {"loop", "loop"},
        {"loop1", "loop2"},
        {"loop2", "../jail/loop1"},
        {"slash_end", "../secret/"},
        {"dir/abs", world},
    };
    for (const auto& [link, target] : links) {
        files.create_symlink(target, world + "/jail/" + link);
    }
}

std::vector<std::string> hostile_paths(const std::string& world) {
    return {
        "..",
        "../passwd",
        "../secret/file",
        "../../../../../../etc/passwd",
        "/../passwd",
        "/../../secret/file",
        world + "/passwd",
        world + "/secret/file",
        "//" + world + "/passwd",
        "dir/../../passwd",
        "dir/sub/../../../passwd",
        "./../passwd",
        "dir/./../../secret/file",
        "up",
        "up/passwd",
        "up/secret/file",
        "up/../passwd",
        "upup/passwd",
        "many/" + world + "/passwd",
        "absolute/file",
        "absolute",
        "absolute/",
        "absolute/../passwd",
        "absolute_file",
        "relative/file",
        "relative",
        "relative/.",
        "relative_file",
        "root" + world + "/passwd",
        "root/../passwd",
        "slashes/" + world + "/secret/file",
        "to_passwd",
        "chain1",
        "chain2",
        "dangling",
        "dangling_absolute",
        "dangling/",
        "dangling/x",
        "through",
        "through_link",
        "dots",
        "dir/up/passwd",
        "dir/up/up/passwd",
        "dir/sub/up/file",
        "dir/sub/up",
        "loop",
        "loop/file",
        "loop1",
        "slash_end/file",
        "slash_end",
        "dir/abs/passwd",
        "dir/abs/secret/file",
        "dir/abs/jail/../passwd",
        "nothing/../../passwd",
        "up/jail/../passwd",
        "up/up/up/secret/file",
    };
}

// All calls, on a hostile path; whatever comes of it.
void attack(fs::filesystem& files, const std::string& file) {
    std::error_code code;
    for (const ios::openmode mode :
         {ios::in, ios::in | ios::out, ios::out, ios::app, ios::out | sluice::noreplace}) {
        sluice::stream opened = files.open(file, mode, code);
        if (!code && mode == ios::in) {
            std::string text;
            opened >> std::noskipws >> text;  // while blanks are skipped, libc++ throws
            CHECK(text != "secret");
        } else if (!code) {
            opened << "overwritten" << std::flush;
        }
    }
    files.resize_file(file, 1, code);
    files.last_write_time(file, fs::file_time_type(), code);
    files.permissions(file, fs::perms::all, code);
    files.permissions(file, fs::perms::all, fs::perm_options::nofollow, code);
    files.create_directories(file + "/new", code);
    files.create_directory(file, code);
    files.create_symlink("x", file + "/link", code);
    files.copy(file, "dir/copy", fs::copy_options::recursive, code);
    files.write_bytes("here", "here", code);
    files.rename("here", file, code);
    files.rename(file, "there", code);
    files.remove(file, code);
    files.remove_all(file, code);
    files.write_bytes(file, "written", code);
}

// What stands outside, with all that could have been changed.
std::string outside(fs::filesystem& files, const std::string& world) {
    std::string text;
    for (const fs::directory_entry& entry : files.recursive_list(world)) {
        if (!(entry.path / "").native().starts_with(world + "/jail/")) {
            const fs::file_info info = files.symlink_info(entry.path);
            text += entry.path.native() + ' ' + std::to_string(int(info.permissions)) + ' ';
            if (!entry.is_directory()) {
                text +=
                    files.read_bytes(entry.path) + ' ' + support::ticks_of(info.last_write_time);
            }
            text += '\n';
        }
    }
    return text;
}

template <class Files>
void attack_all(Files& below, const std::string& world) {
    furnish_world(below, world);
    const std::string before = outside(below, world);
    for (const std::string& file : hostile_paths(world)) {
        CAPTURE(file);
        below.remove_all(world + "/jail");
        below.create_directory(world + "/jail");
        std::error_code ignored;
        furnish_world(below, world + "/again");  // the same links, one level deeper
        fs::rooted jail(below, world + "/again/jail");
        const std::string deeper = outside(below, world + "/again");
        attack(jail, file);
        CHECK(outside(below, world + "/again") == deeper);
        below.remove_all(world + "/again");
        CHECK(outside(below, world) == before);
    }
}

}  // namespace

TEST_SUITE_BEGIN("rooted");

TEST_CASE("no path and no link leads out of a directory of the disk") {
    CHECK(hostile_paths("").size() >= 40);
    const support::temporary_directory dir;
    fs::disk disk;
    attack_all(disk, (dir / "world").native());
}

TEST_CASE("no path and no link leads out of a directory in memory") {
    fs::memory memory;
    attack_all(memory, "/world");
}

TEST_CASE("paths and links begin at the root, as after chroot") {
    const support::temporary_directory dir;
    fs::disk disk;
    fs::memory memory;
    const auto check = [](fs::filesystem& below, const std::string& root) {
        below.create_directories(root + "/etc");
        below.write_bytes(root + "/etc/passwd", "inner");
        below.create_symlink("/etc/passwd", root + "/absolute");
        below.create_symlink("../../../etc", root + "/up");
        fs::rooted files(below, root);
        CHECK(files.read_bytes("absolute") == "inner");
        CHECK(files.read_bytes("/up/passwd") == "inner");
        CHECK(files.read_bytes("../../etc/../../etc/passwd") == "inner");
        CHECK(files.read_symlink("absolute") == "/etc/passwd");
        CHECK(files.equivalent("/..", "."));
        CHECK(files.current_path() == "/");

        CHECK(files.create_directory("/up/new"));
        CHECK(below.is_directory(root + "/etc/new"));
        files.write_bytes("/up/new/file", "made");
        CHECK(below.read_bytes(root + "/etc/new/file") == "made");
        files.create_symlink("/etc/new", "../link");
        CHECK(below.read_symlink(root + "/link") == "/etc/new");
        files.rename("/link/file", "/moved");
        CHECK(below.read_bytes(root + "/moved") == "made");
        CHECK(files.remove("/up/new"));
        CHECK_FALSE(below.exists(root + "/etc/new"));
        CHECK(files.remove_all("/etc") == 2);
        CHECK_FALSE(below.exists(root + "/etc"));
    };
    check(disk, (dir / "root").native());
    check(memory, "/some/root");
}

TEST_CASE("a link that swings between inside and outside is never followed out") {
    const support::temporary_directory dir;
    fs::disk disk;
    disk.create_directories(dir / "jail/dir");
    disk.create_directories(dir / "outside");
    disk.write_bytes(dir / "jail/dir/file", "inside");
    disk.write_bytes(dir / "outside/file", "secret");
    fs::rooted files(disk, dir / "jail");
    std::atomic<bool> done = false;
    std::thread swinger([&] {
        const std::string link = (dir / "jail/way").native();
        const std::string next = (dir / "jail/next").native();
        for (int turn = 0; !done; ++turn) {
            std::error_code ignored;
            const std::string target = turn % 2 == 0 ? "dir" : "../outside";
            std::filesystem::create_symlink(target, next, ignored);
            std::filesystem::rename(next, link, ignored);
            if (turn % 3 == 0) {
                std::filesystem::remove(link, ignored);
                std::filesystem::create_directory(link, ignored);
                std::filesystem::remove(link, ignored);
            }
        }
    });
    int seen = 0;
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    for (int turn = 0; turn < 2000 || (seen < 20 && std::chrono::steady_clock::now() < end);
         ++turn) {
        std::error_code code;
        const std::string content = files.read_bytes("way/file", code);
        CHECK(content != "secret");
        seen += content == "inside" ? 1 : 0;
        files.write_bytes("way/new", "new", code);
        files.permissions("way/file", fs::perms::all, fs::perm_options::add, code);
        files.remove("way/new", code);
    }
    done = true;
    swinger.join();
    CHECK(disk.list(dir / "outside").size() == 1);
    CHECK(disk.read_bytes(dir / "outside/file") == "secret");
    CHECK(seen >= 20);  // or it has not been tried
}

TEST_CASE("what is held of a directory follows it, and not its name") {
    const support::temporary_directory dir;
    fs::disk disk;
    disk.create_directory(dir / "a");
    disk.write_bytes(dir / "a/file", "a");
    fs::rooted files(disk, dir / "a");
    disk.rename(dir / "a", dir / "b");
    disk.create_directory(dir / "a");
    CHECK(files.read_bytes("file") == "a");
}

TEST_CASE("remove_all in a rooted directory takes links away, and not what they name") {
    const support::temporary_directory dir;
    fs::disk disk;
    disk.create_directories(dir / "jail/tree/sub");
    disk.create_directories(dir / "jail/kept");
    disk.write_bytes(dir / "jail/kept/file", "kept");
    disk.create_symlink("../kept", dir / "jail/tree/link");
    disk.create_symlink("/kept", dir / "jail/tree/sub/link");
    fs::rooted files(disk, dir / "jail");
    CHECK(files.remove_all("tree") == 4);
    CHECK(files.remove_all("tree") == 0);
    CHECK(files.read_bytes("kept/file") == "kept");
}

TEST_CASE("a root must be a directory") {
    const support::temporary_file file;
    fs::disk disk;
    fs::memory memory;
    const auto code_of = [](fs::filesystem& below, const fs::path& root) {
        const sluice::error thrown =
            support::thrown_by([&] { const fs::rooted files(below, root); });
        CHECK(thrown.path() == root.native());
        return thrown.code();
    };
    CHECK(code_of(disk, file.path()) == std::errc::not_a_directory);
    CHECK(code_of(disk, "/none/such") == std::errc::no_such_file_or_directory);
    CHECK(code_of(disk, "") == std::errc::no_such_file_or_directory);
    CHECK(code_of(memory, "/none") == std::errc::no_such_file_or_directory);
    memory.write_bytes("/file", "");
    CHECK(code_of(memory, "/file") == std::errc::not_a_directory);
    CHECK(code_of(disk, std::string("/\0", 2)) == std::errc::invalid_argument);
}

TEST_CASE("a failed system call in a rooted directory is told, and leaves no descriptor open") {
    const support::temporary_directory dir;
    fs::disk disk;
    disk.create_directories(dir / "a/b");
    disk.write_bytes(dir / "a/b/file", "content");
    fs::rooted files(disk, dir / "");
    const auto open_before = support::open_descriptors();
    {
        const support::replaced_calls scope;
        scope.calls().readdir = [](DIR*) -> dirent* {
            errno = EIO;
            return nullptr;
        };
        CHECK(support::thrown_by([&] { static_cast<void>(files.list("a")); }).code() ==
              support::system_code(EIO));
        scope.calls().fdopendir = [](int) -> DIR* {
            errno = ENOMEM;
            return nullptr;
        };
        CHECK(support::thrown_by([&] { static_cast<void>(files.list("a")); }).code() ==
              support::system_code(ENOMEM));
        static int calls_made = 0;
        calls_made = 0;
        scope.calls().openat = [](int directory, const char* name, int flags, mode_t mode) {
            errno = ++calls_made % 2 == 1 ? EINTR : EMFILE;
            return calls_made > 6 ? ::openat(directory, name, flags, mode) : -1;
        };
        CHECK(support::thrown_by([&] { static_cast<void>(files.read_bytes("a/b/file")); }).code() ==
              support::system_code(EMFILE));
    }
    CHECK(files.read_bytes("a/b/file") == "content");
    CHECK(support::open_descriptors() == open_before);
}

TEST_CASE("a time that the system has no number for is refused, and not taken for another") {
    using namespace std::chrono;
    const support::temporary_directory dir;
    fs::disk disk;
    fs::rooted files(disk, dir / "");
    files.write_bytes("f", "x");
    const fs::file_time_type before = files.last_write_time("f");
    const fs::file_time_type far =
        fs::file_time_type::clock::from_sys(sys_seconds(sys_days(year(2100) / 1 / 1)));
    std::error_code code;
    files.last_write_time("f", far, code);
    const bool is_refused = sizeof(std::time_t) == 4;
    CHECK((code == std::errc::value_too_large) == is_refused);
    CHECK(bool(code) == is_refused);
    CHECK(files.last_write_time("f") == (is_refused ? before : far));
}

TEST_SUITE_END();
