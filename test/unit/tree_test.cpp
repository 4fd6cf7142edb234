#include <sluice/fs/disk.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fs/passing.hpp>
#include <sluice/fs/read_only.hpp>
#include <sluice/fs/tree.hpp>
#include <sluice/open_file.hpp>

#include <support/errors.hpp>
#include <support/file_time.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <ios>
#include <memory>
#include <string>
#include <system_error>
#include <utility>

namespace fs = sluice::fs;

namespace {

std::string state(fs::filesystem& files, const fs::path& root) {
    std::string text;
    for (const fs::directory_entry& entry : files.recursive_list(root)) {
        const fs::file_info info = files.symlink_info(entry.path);
        text += entry.path.lexically_relative(root).native();
        if (entry.is_symlink()) {
            text += " -> " + files.read_symlink(entry.path).native() + '\n';
            continue;
        }
        text += ' ' + std::to_string(int(info.permissions)) + ' ' +
                support::ticks_of(info.last_write_time) + ' ';
        text += entry.is_regular_file() ? files.read_bytes(entry.path) + '\n' : "/\n";
    }
    return text;
}

struct loaded {
    loaded() {
        disk.create_directories(dir / "from/sub/empty");
        disk.write_bytes(dir / "from/file", std::string(100'000, 'x') + "end");
        disk.write_bytes(dir / "from/sub/script", "#!/bin/sh\n");
        disk.permissions(dir / "from/sub/script", fs::perms(0755));
        disk.last_write_time(dir / "from/file", fs::file_time_type());
        disk.create_symlink("../nowhere", dir / "from/dangling");
        disk.create_symlink("sub", dir / "from/link");
        disk.permissions(dir / "from/sub", fs::perms(0555));
        CHECK(copy_tree(disk, dir / "from", memory, "/a/b") == 6);
    }
    loaded(const loaded&) = delete;
    loaded& operator=(const loaded&) = delete;
    ~loaded() { disk.permissions(dir / "from/sub", fs::perms(0755)); }

    support::temporary_directory dir;
    fs::disk disk;
    fs::memory memory;
};

// Opens to what cannot be read.
class failing_file : public sluice::open_file {
public:
    transfer read(void* /*target*/, std::size_t /*size*/,
                  std::int64_t /*position*/) noexcept override {
        return {0, std::make_error_code(std::errc::io_error)};
    }
    transfer write(const void* /*source*/, std::size_t /*size*/,
                   std::int64_t /*position*/) noexcept override {
        return {0, std::make_error_code(std::errc::io_error)};
    }
    transfer append(const void* /*source*/, std::size_t /*size*/,
                    std::int64_t& /*end*/) noexcept override {
        return {0, std::make_error_code(std::errc::io_error)};
    }
    std::int64_t size(std::error_code& code) const noexcept override {
        code.clear();
        return 1;
    }
    std::error_code truncate(std::int64_t /*size*/) noexcept override {
        return std::make_error_code(std::errc::io_error);
    }
};

class failing_files : public fs::passing_filesystem {
public:
    using passing_filesystem::passing_filesystem;

protected:
    sluice::file_handle do_open(const std::string& /*file*/, std::ios_base::openmode /*mode*/,
                                std::error_code& /*code*/) override {
        return {std::make_unique<failing_file>(), false};
    }
};

struct unreadable {
    unreadable() {
        auto memory = std::make_unique<fs::memory>();
        memory->write_bytes("/file", "x");
        files = std::make_unique<failing_files>(std::move(memory));
    }
    std::unique_ptr<fs::filesystem> files;
};

}  // namespace

TEST_SUITE_BEGIN("tree");

TEST_CASE_FIXTURE(loaded, "a directory is loaded and written back as it was") {
    CHECK(state(memory, "/a/b") == state(disk, dir / "from"));
    copy_tree(memory, "/a/b", disk, dir / "back");
    CHECK(state(disk, dir / "back") == state(disk, dir / "from"));
    disk.permissions(dir / "back/sub", fs::perms(0755));
}

TEST_CASE_FIXTURE(loaded, "what the source lacks stays, unless a mirror is wanted") {
    memory.remove("/a/b/file");
    memory.remove("/a/b/link");
    memory.create_directory("/a/b/link");
    copy_tree(disk, dir / "from", disk, dir / "back");
    CHECK(support::thrown_by([&] { copy_tree(memory, "/a/b", disk, dir / "back"); }).path() ==
          (dir / "back/link").native());
    CHECK(disk.exists(dir / "back/file"));
    copy_tree(memory, "/a/b", disk, dir / "back", {.mirror = true});
    CHECK(state(disk, dir / "back") == state(memory, "/a/b"));
    memory.permissions("/a/b/sub", fs::perms(0755));
    memory.remove_all("/a/b");
    memory.create_directory("/a/b");
    copy_tree(memory, "/a/b", disk, dir / "back", {.mirror = true});
    CHECK(disk.is_empty(dir / "back"));
}

TEST_CASE_FIXTURE(loaded, "a link in the target is replaced, and not written through") {
    fs::memory target;
    target.write_bytes("/precious", "kept");
    target.create_directory("/b");
    target.create_symlink("/precious", "/b/file");
    copy_tree(memory, "/a/b", target, "/b");
    CHECK(target.read_bytes("/precious") == "kept");
    CHECK(target.file_size("/b/file") == 100'003);
}

TEST_CASE_FIXTURE(loaded, "the first error is told with its path") {
    fs::read_only refusing(memory);
    sluice::error thrown =
        support::thrown_by([&] { copy_tree(disk, dir / "from", refusing, "/x"); });
    CHECK(thrown.code() == std::errc::read_only_file_system);
    CHECK(thrown.path() == "/x");
    thrown = support::thrown_by([&] { copy_tree(disk, dir / "none", memory, "/x"); });
    CHECK(thrown.code() == std::errc::no_such_file_or_directory);
    CHECK(thrown.path() == (dir / "none").native());
    fs::memory small({.capacity = 10});
    thrown = support::thrown_by([&] { copy_tree(disk, dir / "from", small, "/x"); });
    CHECK(thrown.code() == std::errc::no_space_on_device);
    CHECK(thrown.path() == "/x/file");
    CHECK(::mkfifo((dir / "from/pipe").c_str(), 0600) == 0);
    thrown = support::thrown_by([&] { copy_tree(disk, dir / "from", memory, "/x"); });
    CHECK(thrown.code() == std::errc::not_supported);
    CHECK(thrown.path() == (dir / "from/pipe").native());
}

TEST_CASE_FIXTURE(loaded, "an error of reading is told with the path that was read") {
    const unreadable from;
    const sluice::error thrown =
        support::thrown_by([&] { copy_tree(*from.files, "/", memory, "/x"); });
    CHECK(thrown.code() == std::errc::io_error);
    CHECK(thrown.path() == "/file");
}

TEST_CASE_FIXTURE(loaded, "a tree is not copied into itself") {
    for (const char* target : {"/a/b/c", "/a/b", "/a", "/"}) {
        CHECK(support::thrown_by([&] { copy_tree(memory, "/a/b", memory, target); }).code() ==
              std::errc::invalid_argument);
    }
    copy_tree(memory, "/a/b", memory, "/a/bc");
    CHECK(state(memory, "/a/b") == state(memory, "/a/bc"));
}

TEST_CASE_FIXTURE(loaded, "a tree is not copied into itself by a link, or by another disk") {
    fs::disk other;
    const fs::path from = dir / "from/sub";
    disk.create_symlink(from, dir / "same");
    const auto refused = [&](fs::filesystem& to, const fs::path& target) {
        const sluice::error thrown =
            support::thrown_by([&] { copy_tree(disk, from, to, target, {.mirror = true}); });
        CHECK(thrown.path() == target.native());
        return thrown.code();
    };
    CHECK(refused(disk, dir / "same") == std::errc::invalid_argument);
    CHECK(refused(disk, dir / "same/new/er") == std::errc::invalid_argument);
    CHECK(refused(disk, dir / "same/..") == std::errc::invalid_argument);
    CHECK(refused(other, from) == std::errc::invalid_argument);
    CHECK(refused(other, from / "new/er") == std::errc::invalid_argument);
    CHECK(refused(other, dir / "from") == std::errc::invalid_argument);
    CHECK(disk.read_bytes(from / "script") == "#!/bin/sh\n");
    CHECK(disk.list(from).size() == 2);
}

TEST_CASE_FIXTURE(loaded, "a file is not copied onto itself") {
    disk.create_directory(dir / "to");
    std::filesystem::create_hard_link(dir / "from/file", dir / "to/file");
    const sluice::error thrown =
        support::thrown_by([&] { copy_tree(disk, dir / "from", disk, dir / "to"); });
    CHECK(thrown.code() == std::errc::file_exists);
    CHECK(thrown.path() == (dir / "to/file").native());
    CHECK(disk.file_size(dir / "from/file") == 100'003);
}

TEST_CASE_FIXTURE(loaded, "times are kept only where that is wanted") {
    copy_tree(memory, "/a/b", memory, "/new", {.times = false});
    CHECK(memory.last_write_time("/new/file") != memory.last_write_time("/a/b/file"));
}

TEST_SUITE_END();
