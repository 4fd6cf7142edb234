#include <sluice/fs/disk.hpp>
#include <sluice/fs/held.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fs/overlay.hpp>
#include <sluice/fs/passing.hpp>
#include <sluice/fs/read_only.hpp>
#include <sluice/mode.hpp>

#include <support/errors.hpp>
#include <support/file_time.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <functional>
#include <future>
#include <memory>
#include <new>
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
                    support::ticks_of(info.last_write_time);
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

// Does what is below, but for what is set to fail.
class fragile : public fs::passing_filesystem {
public:
    using passing_filesystem::passing_filesystem;

    std::string unknown;               // of which nothing can be told
    int asked = 0;                     // how often something was to be told
    bool throws = false;               // out of open()
    bool keeps = false;                // whatever is to be removed
    std::string timeless;              // whose time cannot be set
    std::function<void()> at_opening;  // before a file is opened

protected:
    fs::file_info do_info(const fs::path& file, bool follow, std::error_code& code) override {
        ++asked;
        if (file == unknown) {
            code = support::system_code(EIO);
            return {};
        }
        return passing_filesystem::do_info(file, follow, code);
    }
    sluice::file_handle do_open(const std::string& file, ios::openmode mode,
                                std::error_code& code) override {
        if (throws) {
            throw std::bad_alloc();
        }
        if (at_opening) {
            at_opening();
        }
        return passing_filesystem::do_open(file, mode, code);
    }
    void do_remove(const fs::path& file, std::error_code& code) override {
        if (keeps) {
            code = support::system_code(EPERM);
        } else {
            passing_filesystem::do_remove(file, code);
        }
    }
    void do_set_last_write_time(const fs::path& file, fs::file_time_type time,
                                std::error_code& code) override {
        if (file == timeless) {
            code = support::system_code(EIO);
        } else {
            passing_filesystem::do_set_last_write_time(file, time, code);
        }
    }
};

// An overlay after a copy of /file that failed half way, and could not be taken back.
struct left_over {
    left_over() {
        below.write_bytes("/file", std::string(1000, 'x'));
        below.create_directory("/dir");
        room.write_bytes("/filler", std::string(1000, 'f'));
        above.keeps = true;
        std::error_code code;
        files.open("/file", ios::app, code).close();
        REQUIRE(code == std::errc::no_space_on_device);
        REQUIRE(room.exists("/file"));
        room.remove("/filler");
    }

    fs::memory below;
    fs::memory room{fs::memory_options{.capacity = 1500}};
    fragile above{room};
    fs::overlay files{below, above};
};

// What a call fails with; none where it does not.
template <class Call>
std::error_code code_of(Call call) {
    return support::thrown_by(call).code();
}

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

TEST_CASE_FIXTURE(layers, "a file that cannot be opened to be written is still there") {
    below.permissions("/file", fs::perms(0444));
    before = state(below);
    const fs::file_time_type time = above.last_write_time("/");
    for (const ios::openmode mode : {ios::out, ios::in | ios::out, ios::app}) {
        CHECK(code_of([&] { files.open("/file", mode).close(); }) == std::errc::permission_denied);
        CHECK(files.read_bytes("/file") == "below");
        CHECK_FALSE(above.exists("/file"));
    }
    CHECK((above.last_write_time("/") == time));
}

TEST_CASE_FIXTURE(layers, "nor is a file lost where there is no memory to open it") {
    fragile without_memory(above);
    fs::overlay merged(below, without_memory);
    without_memory.throws = true;
    CHECK_THROWS_AS(merged.open("/file", ios::out).close(), std::bad_alloc);
    without_memory.throws = false;
    CHECK(merged.read_bytes("/file") == "below");
    CHECK_FALSE(above.exists("/file"));
}

TEST_CASE_FIXTURE(left_over, "half a copy that stays above is seen by no call") {
    CHECK(files.file_size("/file") == 1000);
    CHECK(files.read_bytes("/file") == std::string(1000, 'x'));
    REQUIRE(files.list("/").size() == 2);
    CHECK(files.list("/")[1].file_size == 1000);
    const fs::held_filesystem held(files);
    std::size_t length = 0;
    std::error_code code;
    CHECK(held.walk("/file", length, code).size == 1000);
    CHECK(length == 5);
    CHECK(room.exists("/file"));
    above.keeps = false;
    length = 0;
    CHECK(held.walk("/file", length, code).size == 1000);
    CHECK_FALSE(room.exists("/file"));
}

TEST_CASE_FIXTURE(left_over, "a copy that succeeds is kept, whatever one before it left") {
    auto file = files.open("/file", ios::app);
    file << "more";
    file.close();
    CHECK(files.file_size("/file") == 1004);
    above.keeps = false;
    CHECK(files.file_size("/file") == 1004);
    CHECK(files.read_bytes("/file") == std::string(1000, 'x') + "more");
    files.write_bytes("/file", "new");
    CHECK(files.read_bytes("/file") == "new");
}

TEST_CASE_FIXTURE(left_over, "a copy that fails once more is taken back when it can be") {
    room.write_bytes("/filler", std::string(1000, 'f'));
    CHECK(code_of([&] { files.open("/file", ios::app).close(); }) == std::errc::no_space_on_device);
    CHECK(files.file_size("/file") == 1000);
    above.keeps = false;
    CHECK(files.read_bytes("/file") == std::string(1000, 'x'));
    CHECK_FALSE(room.exists("/file"));
}

TEST_CASE_FIXTURE(left_over, "nothing comes where half a copy stays above") {
    constexpr auto refused = std::errc::operation_not_permitted;
    room.write_bytes("/other", "other");
    CHECK(code_of([&] { files.rename("/other", "/file"); }) == refused);
    CHECK(files.read_bytes("/other") == "other");
    CHECK(files.file_size("/file") == 1000);
    CHECK(files.remove("/file"));
    CHECK_FALSE(files.exists("/file"));
    CHECK(code_of([&] { files.rename("/other", "/file"); }) == refused);
    CHECK(code_of([&] { files.write_bytes("/file", "new"); }) == refused);
    CHECK(code_of([&] { files.create_directory("/file"); }) == refused);
    CHECK(code_of([&] { files.create_directories("/file/in"); }) == refused);
    CHECK(code_of([&] { files.create_symlink("other", "/file"); }) == refused);
    CHECK_FALSE(files.exists("/file"));
    above.keeps = false;
    files.rename("/other", "/file");
    CHECK(files.read_bytes("/file") == "other");
}

TEST_CASE_FIXTURE(left_over, "a directory does not take half a copy of another with it") {
    below.write_bytes("/dir/inner", std::string(1000, 'y'));
    room.write_bytes("/filler", std::string(1000, 'f'));
    CHECK(code_of([&] { files.open("/dir/inner", ios::app).close(); }) ==
          std::errc::no_space_on_device);
    CHECK(files.remove("/dir/inner"));
    CHECK(files.is_empty("/dir"));
    REQUIRE(room.exists("/dir/inner"));
    CHECK(code_of([&] { files.rename("/dir", "/moved"); }) == std::errc::operation_not_permitted);
    CHECK(files.is_empty("/dir"));
    above.keeps = false;
    files.rename("/dir", "/moved");
    CHECK(files.is_empty("/moved"));
}

TEST_CASE_FIXTURE(left_over, "a directory that was begun above, and stays there, can be finished") {
    below.create_directories("/dir/sub");
    above.timeless = "/dir/sub";
    const auto create = [&] { files.create_directories("/dir/sub/new/deep"); };
    CHECK(code_of(create) == std::errc::io_error);
    REQUIRE(room.exists("/dir/sub"));
    SUBCASE("where it is") {}
    SUBCASE("once it is taken back") {
        above.keeps = false;
    }
    CHECK(code_of(create) == std::errc::io_error);
    CHECK(files.is_empty("/dir/sub"));
    above.timeless.clear();
    create();
    CHECK(files.is_directory("/dir/sub/new/deep"));
    above.keeps = false;
    CHECK(files.is_directory("/dir/sub/new/deep"));
}

TEST_CASE_FIXTURE(layers, "what cannot be hidden is not removed, nor renamed over") {
    fragile silent(below);
    fs::overlay merged(silent, above);
    above.write_bytes("/file", "newer");
    above.write_bytes("/other", "other");
    silent.unknown = "/file";
    CHECK(code_of([&] { merged.remove("/file"); }) == std::errc::io_error);
    CHECK(code_of([&] { merged.rename("/other", "/file"); }) == std::errc::io_error);
    CHECK(code_of([&] { merged.rename("/file", "/third"); }) == std::errc::io_error);
    silent.unknown.clear();
    CHECK(merged.read_bytes("/file") == "newer");
    CHECK(merged.read_bytes("/other") == "other");
}

TEST_CASE("a directory that may not be written allows and refuses what it does below") {
    fs::memory below;
    below.create_directories("/d/sub");
    below.create_directory("/to");
    below.write_bytes("/d/f", "f");
    below.write_bytes("/d/g", "g");
    below.write_bytes("/d/sub/h", "h");
    below.permissions("/d/sub", fs::perms(0555));
    below.permissions("/d", fs::perms(0555));
    fs::memory above;
    fs::overlay files(below, above);
    CHECK(code_of([&] { files.remove("/d/f"); }) == std::errc::permission_denied);
    CHECK(code_of([&] { files.rename("/d/f", "/x"); }) == std::errc::permission_denied);
    CHECK(code_of([&] { files.rename("/to", "/d/sub"); }) == std::errc::permission_denied);
    CHECK(code_of([&] { files.remove_all("/d"); }) == std::errc::permission_denied);
    CHECK(files.read_bytes("/d/f") == "f");
    CHECK(files.read_bytes("/d/sub/h") == "h");
    files.write_bytes("/d/f", "written");
    CHECK(files.read_bytes("/d/f") == "written");
    files.permissions("/d/g", fs::perms(0600));
    CHECK(above.status("/d/g").permissions() == fs::perms(0600));
    CHECK(above.status("/d").permissions() == fs::perms(0555));
    CHECK(above.last_write_time("/d") == below.last_write_time("/d"));
    CHECK(code_of([&] { files.write_bytes("/d/new", "new"); }) == std::errc::permission_denied);
    CHECK(code_of([&] { files.remove("/d/f"); }) == std::errc::permission_denied);
    files.rename("/d", "/moved");
    CHECK(files.read_bytes("/moved/sub/h") == "h");
    CHECK(files.status("/moved/sub").permissions() == fs::perms(0555));
    CHECK_FALSE(files.exists("/d"));
}

TEST_CASE_FIXTURE(layers, "a file that is slow to be opened holds up nobody else") {
    fragile slow(below);
    fs::overlay merged(slow, above);
    std::promise<void> opening;
    std::promise<void> go_on;
    slow.at_opening = [&] {
        opening.set_value();
        go_on.get_future().wait();
    };
    std::future<std::string> text =
        std::async(std::launch::async, [&] { return merged.read_bytes("/file"); });
    opening.get_future().wait();
    std::future<bool> other =
        std::async(std::launch::async, [&] { return merged.exists("/dir/inner"); });
    CHECK(other.wait_for(std::chrono::seconds(20)) == std::future_status::ready);
    go_on.set_value();
    CHECK(text.get() == "below");
    CHECK(other.get());
}

TEST_CASE("a deep tree is removed at once") {
    fs::memory below;
    fs::memory above;
    fs::path deep = "/a";
    for (int i = 0; i < 200; ++i) {
        deep /= "d";
    }
    below.create_directories(deep);
    fragile counted(below);
    fs::overlay files(counted, above);
    files.write_bytes("/a/d/d/above", "x");
    counted.asked = 0;
    CHECK(files.remove_all("/a") == 202);
    CHECK(counted.asked < 5'000);
    CHECK_FALSE(files.exists("/a"));
    CHECK(above.list("/").empty());
    CHECK(files.create_directories(deep));
    CHECK(files.is_empty(deep));
}

TEST_SUITE_END();
