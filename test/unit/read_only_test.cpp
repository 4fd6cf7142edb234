#include <sluice/fs/disk.hpp>
#include <sluice/fs/held.hpp>
#include <sluice/fs/read_only.hpp>
#include <sluice/mode.hpp>

#include <support/errors.hpp>
#include <support/file_time.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace fs = sluice::fs;
using ios = std::ios_base;

namespace {

struct call {
    const char* name;
    std::function<void(fs::filesystem&, const fs::path&, std::error_code&)> make;
};

// Each call that would change something, in a directory that has the file `file`, the link `link`
// to it, the empty directory `empty` and the directory `full`, which is not.
std::vector<call> changes() {
    using files = fs::filesystem&;
    using path = const fs::path&;
    using code = std::error_code&;
    const auto opening = [](const char* name, ios::openmode mode) {
        return [name, mode](files f, path d, code c) { f.open(d / name, mode, c).clear(); };
    };
    return {
        {"open out", opening("file", ios::out)},
        {"open app", opening("file", ios::app)},
        {"open in out", opening("file", ios::in | ios::out)},
        {"open in out trunc", opening("file", ios::in | ios::out | ios::trunc)},
        {"open in app", opening("file", ios::in | ios::app)},
        {"open by a link", opening("link", ios::out)},
        {"create", opening("new", ios::out)},
        {"create, noreplace", opening("new", ios::out | sluice::noreplace)},
        {"create, app", opening("new", ios::app)},
        {"create in a directory", opening("full/new", ios::out)},
        {"mkdir", [](files f, path d, code c) { f.create_directory(d / "new", c); }},
        {"mkdir -p", [](files f, path d, code c) { f.create_directories(d / "new/er", c); }},
        {"symlink", [](files f, path d, code c) { f.create_symlink("file", d / "new", c); }},
        {"remove", [](files f, path d, code c) { f.remove(d / "file", c); }},
        {"remove a link", [](files f, path d, code c) { f.remove(d / "link", c); }},
        {"remove a directory", [](files f, path d, code c) { f.remove(d / "empty", c); }},
        {"remove_all", [](files f, path d, code c) { f.remove_all(d / "full", c); }},
        {"rename", [](files f, path d, code c) { f.rename(d / "file", d / "new", c); }},
        {"rename over", [](files f, path d, code c) { f.rename(d / "file", d / "full/x", c); }},
        {"copy_file", [](files f, path d, code c) { f.copy_file(d / "file", d / "new", c); }},
        {"copy", [](files f, path d,
                    code c) { f.copy(d / "full", d / "new", fs::copy_options::recursive, c); }},
        {"last_write_time",
         [](files f, path d, code c) { f.last_write_time(d / "file", fs::file_time_type(), c); }},
        {"permissions",
         [](files f, path d, code c) { f.permissions(d / "file", fs::perms::owner_all, c); }},
        {"resize_file", [](files f, path d, code c) { f.resize_file(d / "file", 1, c); }},
    };
}

// A directory on the disk, and what is read_only over it.
struct fixture {
    fixture() {
        support::write_file(dir / "file", "content");
        std::filesystem::create_symlink("file", dir / "link");
        std::filesystem::create_directory(dir / "empty");
        std::filesystem::create_directory(dir / "full");
        support::write_file(dir / "full/x", "x");
    }

    [[nodiscard]] std::string state() {
        std::string text;
        for (const fs::directory_entry& entry : disk.recursive_list(dir / "")) {
            text += entry.path.filename().native() + ' ' + std::to_string(entry.file_size) + ' ' +
                    support::ticks_of(entry.last_write_time) + '\n';
        }
        return text;
    }

    support::temporary_directory dir;
    fs::disk disk;
    fs::read_only files{disk};
    fs::held_filesystem held{files};  // for what it makes no error of
};

}  // namespace

TEST_SUITE_BEGIN("read_only");

TEST_CASE_FIXTURE(fixture,
                  "each call that would change something gives EROFS and changes nothing") {
    const std::string before = state();
    for (const call& change : changes()) {
        CAPTURE(change.name);
        std::error_code code;
        change.make(files, dir / "", code);
        CHECK(code == support::system_code(EROFS));
    }
    CHECK(state() == before);
}

TEST_CASE_FIXTURE(fixture, "what is read-only reads as what is below") {
    std::string text;
    files.open(dir / "link") >> text;
    CHECK(text == "content");
    CHECK(files.file_size(dir / "file") == 7);
    CHECK(files.list(dir / "").size() == 4);
    CHECK(files.read_symlink(dir / "link") == "file");
    CHECK(files.equivalent(dir / "link", dir / "file"));
    CHECK(files.is_empty(dir / "empty"));
    CHECK(files.last_write_time(dir / "file") == disk.last_write_time(dir / "file"));
    CHECK(files.status(dir / "file").permissions() == disk.status(dir / "file").permissions());
    CHECK(files.current_path() == std::filesystem::current_path());
    CHECK_FALSE(files.exists(dir / "none"));
}

TEST_CASE_FIXTURE(fixture, "what is wrong before that it is read-only comes first") {
    const auto code_of = [&](const char* name, ios::openmode mode) {
        return support::thrown_by([&] { files.open(dir / name, mode).clear(); }).code();
    };
    CHECK(code_of("full", ios::out) == std::errc::is_a_directory);
    CHECK(code_of("file", ios::out | sluice::noreplace) == std::errc::file_exists);
    CHECK(code_of("none/new", ios::out) == std::errc::no_such_file_or_directory);
    CHECK(code_of("file/new", ios::out) == std::errc::not_a_directory);
    CHECK(code_of("none", ios::in | ios::out) == std::errc::no_such_file_or_directory);
    CHECK(code_of("none", ios::in) == std::errc::no_such_file_or_directory);
    CHECK_FALSE(files.create_directory(dir / "full"));
    CHECK_FALSE(files.create_directories(dir / "full"));
}

TEST_CASE_FIXTURE(fixture, "what is wrong is told as by a disk that is mounted read-only") {
    // As Linux tells it of a tmpfs; in the order of `calls`.
    struct row {
        std::string name;
        std::vector<int> codes;
    };
    const std::vector<row> rows = {
        {"file", {EEXIST, EEXIST, EROFS, EROFS, EROFS, EROFS, EROFS, EROFS, EEXIST, EROFS}},
        {"file/", {EEXIST, EEXIST, EROFS, ENOTDIR, ENOTDIR, EROFS, EROFS, EISDIR, EISDIR, ENOTDIR}},
        {"empty", {EEXIST, EEXIST, EROFS, EROFS, EROFS, EROFS, EROFS, EISDIR, EEXIST, EISDIR}},
        {"link", {EEXIST, EEXIST, EROFS, EROFS, EROFS, EROFS, EROFS, EROFS, EEXIST, EROFS}},
        {"dangling", {EEXIST, EEXIST, EROFS, ENOENT, ENOENT, EROFS, EROFS, EROFS, EEXIST, ENOENT}},
        {"loop", {EEXIST, EEXIST, EROFS, ELOOP, ELOOP, EROFS, EROFS, ELOOP, EEXIST, ELOOP}},
        {"loop/x", {ELOOP, ELOOP, ELOOP, ELOOP, ELOOP, ELOOP, ELOOP, ELOOP, ELOOP, ELOOP}},
        {"new", {EROFS, EROFS, EROFS, ENOENT, ENOENT, EROFS, EROFS, EROFS, EROFS, ENOENT}},
        {"new/", {EROFS, ENOENT, EROFS, ENOENT, ENOENT, EROFS, EROFS, EISDIR, EISDIR, ENOENT}},
        {"no/x", {ENOENT, ENOENT, ENOENT, ENOENT, ENOENT, ENOENT, ENOENT, ENOENT, ENOENT, ENOENT}},
        {"file/x",
         {ENOTDIR, ENOTDIR, ENOTDIR, ENOTDIR, ENOTDIR, ENOTDIR, ENOTDIR, ENOTDIR, ENOTDIR,
          ENOTDIR}},
        {"empty/.", {EEXIST, EEXIST, EINVAL, EROFS, EROFS, EBUSY, EBUSY, EISDIR, EEXIST, EISDIR}},
        {"empty/..",
         {EEXIST, EEXIST, ENOTEMPTY, EROFS, EROFS, EBUSY, EBUSY, EISDIR, EEXIST, EISDIR}},
        {std::string(256, 'n'),
         {ENAMETOOLONG, ENAMETOOLONG, EROFS, ENAMETOOLONG, ENAMETOOLONG, EROFS, EROFS, ENAMETOOLONG,
          ENAMETOOLONG, ENAMETOOLONG}},
    };
    using path = const fs::path&;
    using code = std::error_code&;
    const auto opening = [this](ios::openmode mode) {
        return [this, mode](path p, code c) { files.open(p, mode, c).clear(); };
    };
    const std::vector<std::function<void(path, code)>> calls = {
        [&](path p, code c) { held.create_directory(p, c); },
        [&](path p, code c) { files.create_symlink("file", p, c); },
        [&](path p, code c) { held.remove(p, c); },
        [&](path p, code c) { files.permissions(p, fs::perms::owner_all, c); },
        [&](path p, code c) { files.last_write_time(p, fs::file_time_type(), c); },
        [&](path p, code c) { files.rename(p, dir / "new", c); },
        [&](path p, code c) { files.rename(dir / "file", p, c); },
        opening(ios::out),
        opening(ios::out | sluice::noreplace),
        opening(ios::in | ios::out),
    };
    std::filesystem::create_symlink("nowhere", dir / "dangling");
    std::filesystem::create_symlink("loop", dir / "loop");
    for (const row& each : rows) {
        for (std::size_t i = 0; i < calls.size(); ++i) {
            CAPTURE(each.name);
            CAPTURE(i);
            std::error_code found;
            calls[i]((dir / "").native() + each.name, found);
            CHECK(found == support::system_code(each.codes[i]));
        }
    }
}

TEST_CASE("a name in the root is not one in the directory that is current") {
    fs::disk below;
    fs::read_only files(below);
    std::error_code code;
    files.create_symlink("x", "/proc", code);
    CHECK(code == support::system_code(EEXIST));
    files.create_symlink("x", "/there is no such name", code);
    CHECK(code == support::system_code(EROFS));
}

TEST_CASE("a read-only file system may own what is below") {
    fs::read_only files(std::make_unique<fs::disk>());
    CHECK(files.is_directory("/"));
}

TEST_SUITE_END();
