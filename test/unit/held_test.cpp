#include <sluice/fs/disk.hpp>
#include <sluice/fs/held.hpp>

#include <support/temporary.hpp>

#include <doctest/doctest.h>

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

TEST_SUITE_END();
