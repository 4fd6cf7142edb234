#include <sluice/fs/disk.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fs/overlay.hpp>
#include <sluice/fs/passing.hpp>
#include <sluice/fs/read_only.hpp>
#include <sluice/mode.hpp>

#include <support/errors.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace fs = sluice::fs;
using ios = std::ios_base;

namespace {

struct layers {
    layers() {
        below.create_directories("/dir/sub");
        below.create_directory("/empty");
        below.write_bytes("/file", "below");
        below.write_bytes("/dir/inner", "inner");
        below.write_bytes("/dir/sub/deep", "deep");
        below.create_symlink("dir", "/link");
        below.permissions("/file", fs::perms(0600));
        below.last_write_time("/file", fs::file_time_type());
        before = state(below);
    }
    layers(const layers&) = delete;
    layers& operator=(const layers&) = delete;
    ~layers() { CHECK(state(below) == before); }

    static std::string state(fs::filesystem& files) {
        std::string text;
        for (const fs::directory_entry& entry : files.recursive_list("/")) {
            const fs::file_info info = files.symlink_info(entry.path);
            text += entry.path.native() + ' ' + std::to_string(int(info.permissions)) + ' ' +
                    std::to_string(info.last_write_time.time_since_epoch().count());
            text += entry.is_regular_file() ? ' ' + files.read_bytes(entry.path) + '\n' : "\n";
        }
        return text;
    }

    std::vector<std::string> names(const fs::path& directory) {
        std::vector<std::string> result;
        for (const fs::directory_entry& entry : files.list(directory)) {
            result.push_back(entry.path.filename());
        }
        return result;
    }

    fs::memory below;
    fs::memory above;
    fs::overlay files{below, above};
    std::string before;
};

using names = std::vector<std::string>;

}  // namespace

TEST_SUITE_BEGIN("overlay");

TEST_CASE_FIXTURE(layers, "an overlay reads what is below, and writes nothing for it") {
    CHECK(files.read_bytes("/file") == "below");
    CHECK(files.read_bytes("/link/sub/deep") == "deep");
    CHECK(names("/") == ::names{"dir", "empty", "file", "link"});
    CHECK(above.list("/").empty());
}

TEST_CASE_FIXTURE(layers, "a file that is written is copied up, with its permissions and time") {
    files.open("/file", ios::in | ios::out) << "B" << std::flush;
    CHECK(files.read_bytes("/file") == "Below");
    CHECK(above.read_bytes("/file") == "Below");
    CHECK(above.status("/file").permissions() == fs::perms(0600));
    files.permissions("/dir/inner", fs::perms(0640));
    CHECK(above.last_write_time("/dir/inner") == below.last_write_time("/dir/inner"));
    CHECK(above.last_write_time("/dir") == below.last_write_time("/dir"));
    files.open("/dir/sub/deep", ios::app) << "er" << std::flush;
    CHECK(files.read_bytes("/dir/sub/deep") == "deeper");
}

TEST_CASE_FIXTURE(layers, "a file that was opened to be read goes on below when it is copied up") {
    sluice::stream old = files.open("/file");
    files.write_bytes("/file", "above");
    CHECK(old.read() == "below");
    CHECK(files.open("/file").read() == "above");
}

TEST_CASE_FIXTURE(layers, "what is removed is hidden, and what comes in its place is new") {
    CHECK(files.remove("/file"));
    CHECK_FALSE(files.exists("/file"));
    CHECK_FALSE(files.remove("/file"));
    CHECK(files.remove_all("/dir") == 4);
    CHECK(names("/") == ::names{"empty", "link"});
    CHECK(files.create_directory("/dir"));
    CHECK(names("/dir").empty());
    CHECK_FALSE(files.exists("/dir/inner"));
    files.write_bytes("/dir/sub", "a file now");
    CHECK(names("/link") == ::names{"sub"});
    files.write_bytes("/file", "again");
    CHECK(files.read_bytes("/file") == "again");
    CHECK(files.remove("/file"));
    CHECK_FALSE(files.exists("/file"));
}

TEST_CASE_FIXTURE(layers, "directories of both are merged, and what is above hides") {
    above.create_directory("/dir");
    above.write_bytes("/dir/inner", "hides");
    above.write_bytes("/dir/more", "more");
    CHECK(names("/dir") == ::names{"inner", "more", "sub"});
    CHECK(files.read_bytes("/dir/inner") == "hides");
    CHECK(files.remove("/dir/inner"));
    CHECK(names("/dir") == ::names{"more", "sub"});
    CHECK_FALSE(files.exists("/dir/inner"));
}

TEST_CASE_FIXTURE(layers, "files and directories below are renamed, over what there is below too") {
    files.rename("/file", "/dir/inner");
    CHECK(files.read_bytes("/dir/inner") == "below");
    CHECK_FALSE(files.exists("/file"));
    files.rename("/dir", "/empty");
    CHECK(names("/empty") == ::names{"inner", "sub"});
    CHECK(files.read_bytes("/empty/sub/deep") == "deep");
    CHECK_FALSE(files.exists("/dir"));
    CHECK(files.symlink_info("/link").type == fs::file_type::symlink);
    CHECK_FALSE(files.exists("/link"));
    files.rename("/empty/sub", "/dir");
    CHECK(names("/dir") == ::names{"deep"});
    CHECK(names("/link") == ::names{"deep"});
}

TEST_CASE_FIXTURE(layers, "a link below leads to what is above, and the other way round") {
    files.write_bytes("/link/inner", "above");
    CHECK(above.read_bytes("/dir/inner") == "above");
    files.create_symlink("/dir/sub", "/way");
    CHECK(files.read_bytes("/way/deep") == "deep");
    CHECK(files.read_bytes("/way/../inner") == "above");
}

TEST_CASE_FIXTURE(layers, "a directory above where there is a link below is not gone through it") {
    above.create_directory("/link");
    CHECK(names("/link").empty());
    CHECK_FALSE(files.exists("/link/inner"));
    files.write_bytes("/link/inner", "x");
    CHECK(files.read_bytes("/dir/inner") == "inner");
}

TEST_CASE_FIXTURE(layers, "what a disk would refuse an overlay refuses") {
    const auto refused = [&](const char* from, const char* to) {
        return support::thrown_by([&] { files.rename(from, to); }).code();
    };
    CHECK(refused("/none", "/x") == std::errc::no_such_file_or_directory);
    CHECK(refused("/dir", "/dir/sub/x") == std::errc::invalid_argument);
    CHECK(refused("/empty", "/dir") == std::errc::directory_not_empty);
    CHECK(refused("/file", "/dir") == std::errc::is_a_directory);
    CHECK(refused("/dir", "/file") == std::errc::not_a_directory);
    CHECK(support::thrown_by([&] { files.remove("/dir"); }).code() ==
          std::errc::directory_not_empty);
    CHECK(support::thrown_by([&] {
              files.open("/file", ios::out | sluice::noreplace).close();
          }).code() == std::errc::file_exists);
    CHECK(above.list("/").empty());
}

TEST_CASE("an overlay over a read-only file system never writes there, and may own both") {
    auto below = std::make_unique<fs::memory>();
    below->write_bytes("/file", "below");
    fs::overlay files(std::make_unique<fs::read_only>(std::move(below)),
                      std::make_unique<fs::memory>());
    files.open("/file", ios::app) << ", above" << std::flush;
    CHECK(files.read_bytes("/file") == "below, above");
    files.rename("/file", "/other");
    CHECK(files.remove("/other"));
    CHECK(files.is_empty("/"));
}

TEST_CASE("where a copy up fails, what is below stays to be seen") {
    fs::memory below;
    below.write_bytes("/file", std::string(1000, 'x'));
    fs::memory above({.capacity = 10});
    fs::overlay files(below, above);
    CHECK(support::thrown_by([&] { files.open("/file", ios::app).close(); }).code() ==
          std::errc::no_space_on_device);
    CHECK(above.list("/").empty());
    CHECK(files.file_size("/file") == 1000);
}

TEST_SUITE_END();
