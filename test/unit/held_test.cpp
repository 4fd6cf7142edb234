#include <sluice/fs/disk.hpp>
#include <sluice/fs/held.hpp>

#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <system_error>
#include <utility>

namespace fs = sluice::fs;

namespace {

// Says when it goes.
class told : public fs::disk {
public:
    explicit told(bool& gone) : gone_(gone) {}
    told(const told&) = delete;
    told& operator=(const told&) = delete;
    ~told() override { gone_ = true; }

private:
    bool& gone_;
};

}  // namespace

TEST_SUITE_BEGIN("held");

TEST_CASE("a file system that is held by reference is borrowed") {
    bool gone = false;
    {
        told files(gone);
        {
            const fs::held_filesystem held(files);
            CHECK(&held.get() == &files);
        }
        CHECK_FALSE(gone);
    }
    CHECK(gone);
}

TEST_CASE("a file system that is moved into its holder is owned, and moves along") {
    bool gone = false;
    {
        fs::held_filesystem first(std::make_unique<told>(gone));
        fs::filesystem* const there = &first.get();
        const fs::held_filesystem second(std::move(first));
        CHECK(&second.get() == there);
        CHECK_FALSE(gone);
    }
    CHECK(gone);
}

TEST_CASE("what is held says of what is not there that it is an error, and clears old errors") {
    const support::temporary_directory dir;
    support::write_file(dir / "file", "four");
    fs::disk disk;
    const fs::held_filesystem held(disk);
    std::error_code code;
    static_cast<void>(held.info(dir / "none", true, code));
    CHECK(code == std::errc::no_such_file_or_directory);
    CHECK(held.info(dir / "file", true, code).size == 4);
    CHECK_FALSE(code);
    held.remove(dir / "none", code);
    CHECK(code == std::errc::no_such_file_or_directory);
}

TEST_CASE("all that is told of a file, and changed of it, is that of what is held") {
    const support::temporary_directory dir;
    fs::disk disk;
    const fs::held_filesystem held(disk);
    std::error_code code;
    CHECK(held.create_directories(dir / "a/b", code));
    held.create_directory(dir / "a/c", code);
    support::write_file(dir / "a/file", "text");
    held.create_symlink("a/file", dir / "link", code);
    CHECK(held.read_symlink(dir / "link", code) == "a/file");
    CHECK(held.equivalent(dir / "link", dir / "a/file", code));
    held.set_permissions(dir / "link", fs::perms(0640), true, code);
    CHECK(held.info(dir / "a/file", false, code).permissions == fs::perms(0640));
    const auto then = held.info(dir / "a/b", false, code).last_write_time - std::chrono::hours(1);
    held.set_last_write_time(dir / "a/file", then, code);
    CHECK(held.info(dir / "a/file", false, code).last_write_time == then);
    CHECK(held.names(dir / "a", code).size() == 3);
    CHECK(held.list(dir / "a", code).size() == 3);
    std::size_t length = 0;
    CHECK(held.walk((dir / "a/file").string(), length, code).size == 4);
    held.rename(dir / "a", dir / "d", code);
    CHECK(held.remove_all(dir / "d", code) == 4);
    held.remove(dir / "link", code);
    CHECK(held.names(dir / "", code).empty());
    CHECK(held.current_path(code) == std::filesystem::current_path());
    CHECK_FALSE(code);
}

TEST_SUITE_END();
