#include <sluice/fs/memory.hpp>
#include <sluice/fs/passing.hpp>

#include <doctest/doctest.h>

#include <string>
#include <system_error>
#include <vector>

namespace fs = sluice::fs;

namespace {

// Notes what is removed.
class noting : public fs::passing_filesystem {
public:
    using passing_filesystem::passing_filesystem;

    std::vector<std::string> removed;

protected:
    void do_remove(const fs::path& file, std::error_code& code) override {
        removed.push_back(file.native());
        passing_filesystem::do_remove(file, code);
    }
};

}  // namespace

TEST_SUITE_BEGIN("passing file systems");

TEST_CASE("every call is passed on to the file system below") {
    fs::memory below;
    fs::passing_filesystem files(below);
    files.create_directories("/a/b");
    files.write_bytes("/a/file", "content");
    files.create_symlink("file", "/a/link");
    files.rename("/a/file", "/a/b/file");
    files.permissions("/a/b/file", fs::perms(0600));
    files.last_write_time("/a/b/file", fs::file_time_type());
    CHECK(below.read_bytes("/a/b/file") == "content");
    CHECK(below.status("/a/b/file").permissions() == fs::perms(0600));
    CHECK(below.last_write_time("/a/b/file") == fs::file_time_type());
    CHECK(files.read_symlink("/a/link") == "file");
    CHECK(files.list("/a").size() == 2);
    CHECK(files.equivalent("/a/b/../b", "/a/b"));
    CHECK(files.current_path() == "/");
    CHECK(files.remove("/a/link"));
    CHECK_FALSE(below.is_symlink("/a/link"));
}

TEST_CASE("what is overridden sees all that remove_all removes") {
    fs::memory below;
    below.create_directories("/a/b");
    below.write_bytes("/a/file", "content");
    noting files(below);
    CHECK(files.remove_all("/a") == 3);
    CHECK(files.removed == std::vector<std::string>{"/a/b", "/a/file", "/a"});
}

TEST_CASE("remove_all of a path that goes up goes by names without dots, relative ones as well") {
    fs::memory below;
    below.create_directories("/a/b");
    below.create_directory("/a/c");
    noting files(below);
    CHECK(files.remove_all("a/b/..") == 2);  // as std::filesystem: `a/b/..` is missing then
    CHECK(files.removed == std::vector<std::string>{"/a/b", "/a/c", "a/b/.."});
    CHECK(below.is_empty("/a"));
}

TEST_SUITE_END();
