// What calls on deep paths cost, counted, and how many descriptors they hold.

#include <sluice/fs/disk.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fs/overlay.hpp>
#include <sluice/fs/passing.hpp>
#include <sluice/fs/read_only.hpp>
#include <sluice/fs/rooted.hpp>

#include <support/descriptors.hpp>
#include <support/limits.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace fs = sluice::fs;
using support::replaced_calls;

namespace {

std::string deep(std::size_t depth, std::string_view name = "d") {
    std::string path;
    for (std::size_t i = 0; i < depth; ++i) {
        path += '/';
        path += name;
    }
    return path;
}

std::size_t names_in(std::string_view path) {
    return 1 + static_cast<std::size_t>(std::count(path.begin(), path.end(), '/'));
}

// In RAM where there is such a disk: some take milliseconds for each directory that is removed.
std::filesystem::path place() {
    const std::filesystem::path in_ram = "/dev/shm";
    std::error_code ignored;
    return std::filesystem::is_directory(in_ram, ignored) ? in_ram
                                                          : std::filesystem::temp_directory_path();
}

// -- the cost of a call ------------------------------------------------------------------------

// Passes on what kinds above ask for, and counts the names in all the paths of that: as many steps
// does a file system take for them.
class counting : public fs::passing_filesystem {
public:
    counting(fs::held_filesystem files, std::size_t& steps)
        : passing_filesystem(std::move(files)), steps_(&steps) {}

protected:
    sluice::file_handle do_open(const std::string& file, std::ios_base::openmode mode,
                                std::error_code& code) override {
        count(file);
        return passing_filesystem::do_open(file, mode, code);
    }
    fs::file_info do_info(const fs::path& file, bool follow, std::error_code& code) override {
        count(file.native());
        return passing_filesystem::do_info(file, follow, code);
    }
    std::vector<std::string> do_names(const fs::path& directory, std::error_code& code) override {
        count(directory.native());
        return passing_filesystem::do_names(directory, code);
    }
    void do_create_directory(const fs::path& directory, std::error_code& code) override {
        count(directory.native());
        passing_filesystem::do_create_directory(directory, code);
    }
    std::uintmax_t do_remove_all(const fs::path& file, std::error_code& code) override {
        count(file.native());
        return files().remove_all(file, code);
    }
    bool do_create_directories(const fs::path& directory, std::error_code& code) override {
        count(directory.native());
        return files().create_directories(directory, code);
    }
    fs::file_info do_walk(const std::string& file, std::size_t& length,
                          std::error_code& code) override {
        count(file);
        return files().walk(file, length, code);
    }

private:
    void count(const std::string& path) { *steps_ += names_in(path); }

    std::size_t* steps_;
};

std::size_t system_steps = 0;

// Counts the names that the system looks up, by the calls that a file system makes.
class counted_system_calls {
public:
    counted_system_calls() {
        static replaced_calls* scope = nullptr;
        scope = &scope_;
        sluice::os::posix_calls& calls = replaced_calls::calls();
        calls.open = [](const char* path, int flags, mode_t permissions) {
            system_steps += names_in(path);
            return scope->real().open(path, flags, permissions);
        };
        calls.stat = [](const char* path, struct stat* status, int flags) {
            system_steps += names_in(path);
            return scope->real().stat(path, status, flags);
        };
        calls.openat = [](int directory, const char* name, int flags, mode_t permissions) {
            system_steps += names_in(name);
            return scope->real().openat(directory, name, flags, permissions);
        };
        calls.fstatat = [](int directory, const char* name, struct stat* status, int flags) {
            system_steps += names_in(name);
            return scope->real().fstatat(directory, name, status, flags);
        };
        calls.fstat = [](int file, struct stat* status) {
            ++system_steps;
            return scope->real().fstat(file, status);
        };
        calls.mkdirat = [](int directory, const char* name, mode_t permissions) {
            system_steps += names_in(name);
            return scope->real().mkdirat(directory, name, permissions);
        };
        calls.unlinkat = [](int directory, const char* name, int flags) {
            system_steps += names_in(name);
            return scope->real().unlinkat(directory, name, flags);
        };
    }

private:
    replaced_calls scope_;
};

// What each call costs on a path of `depth` names, of which nothing is there at first.
struct costs {
    std::size_t create_directories = 0;
    std::size_t write_bytes = 0;
    std::size_t exists = 0;
    std::size_t list = 0;
    std::size_t remove_all = 0;
};

costs costs_of(fs::filesystem& files, std::string top, std::size_t depth, std::size_t& steps) {
    const std::string bottom = top + deep(depth);
    const auto cost = [&](const std::function<void()>& call) {
        const std::size_t before = steps;
        call();
        return steps - before;
    };
    costs result;
    result.create_directories = cost([&] { CHECK(files.create_directories(bottom)); });
    result.write_bytes = cost([&] { files.write_bytes(bottom + "/file", "x"); });
    result.exists = cost([&] { CHECK(files.exists(bottom + "/file")); });
    result.list = cost([&] { CHECK(files.list(bottom).size() == 1); });
    result.remove_all = cost([&] { CHECK(files.remove_all(top + "/d") == depth + 1); });
    return result;
}

// Each call takes as many steps as the path has names, times `most`, and a few.
void check_costs(const costs& found, std::size_t depth, std::size_t most) {
    CAPTURE(depth);
    const std::size_t limit = most * (depth + 12);
    CHECK(found.create_directories <= limit);
    CHECK(found.write_bytes <= limit);
    CHECK(found.exists <= limit);
    CHECK(found.list <= limit);
    CHECK(found.remove_all <= limit);
}

constexpr std::array<std::size_t, 3> depths = {100, 400, 1600};

}  // namespace

TEST_SUITE("fs_depth") {
    TEST_CASE("a call on a path costs as much as the path is long, over a kind that counts") {
        std::size_t steps = 0;
        const auto new_counting = [&] {
            return std::make_unique<counting>(std::make_unique<fs::memory>(), steps);
        };
        SUBCASE("rooted") {
            for (const std::size_t depth : depths) {
                fs::rooted files(new_counting(), "/");
                check_costs(costs_of(files, "", depth, steps), depth, 8);
            }
        }
        SUBCASE("overlay") {
            for (const std::size_t depth : depths) {
                fs::overlay files(new_counting(), new_counting());
                files.write_bytes("/other", "x");
                files.remove("/other");
                check_costs(costs_of(files, "", depth, steps), depth, 16);
            }
        }
        SUBCASE("rooted over an overlay over what is rooted or read only") {
            for (const std::size_t depth : depths) {
                auto below = std::make_unique<fs::read_only>(new_counting());
                auto above = std::make_unique<fs::rooted>(new_counting(), "/");
                auto both = std::make_unique<fs::overlay>(std::move(below), std::move(above));
                fs::rooted files(std::move(both), "/");
                check_costs(costs_of(files, "", depth, steps), depth, 40);
            }
        }
    }

    TEST_CASE("what is removed deep in an overlay makes no other call slower") {
        std::size_t steps = 0;
        auto below = std::make_unique<fs::memory>();
        below->create_directories(deep(400));
        for (std::size_t depth = 1; depth <= 400; ++depth) {
            below->write_bytes(deep(depth) + "/file", "x");
        }
        fs::overlay files(std::make_unique<counting>(std::move(below), steps),
                          std::make_unique<counting>(std::make_unique<fs::memory>(), steps));
        for (std::size_t depth = 1; depth <= 400; ++depth) {
            CHECK(files.remove(deep(depth) + "/file"));
        }
        steps = 0;
        CHECK_FALSE(files.exists(deep(400) + "/file"));
        CHECK(files.exists(deep(400)));
        CHECK(steps <= 16 * 400);
    }

    TEST_CASE("a call on a path costs as much as the path is long, on the system's disk") {
        const support::temporary_directory directory(place());
        const std::string top = (directory / "").parent_path().native();
        const counted_system_calls counted;
        fs::disk disk;
        SUBCASE("disk") {
            for (const std::size_t depth : depths) {
                check_costs(costs_of(disk, top, depth, system_steps), depth, 8);
            }
        }
        SUBCASE("rooted") {
            fs::rooted files(disk, top);
            for (const std::size_t depth : depths) {
                check_costs(costs_of(files, "", depth, system_steps), depth, 8);
            }
        }
        SUBCASE("overlay of a disk") {
            for (const std::size_t depth : depths) {
                fs::overlay files(disk, std::make_unique<fs::memory>());
                check_costs(costs_of(files, top, depth, system_steps), depth, 12);
            }
        }
    }

    TEST_CASE("a rooted disk goes once to a directory for all that it lists") {
        const support::temporary_directory directory(place());
        fs::disk disk;
        fs::rooted files(disk, directory / "");
        files.create_directories(deep(400));
        for (int i = 0; i < 100; ++i) {
            files.write_bytes(deep(400) + "/" + std::to_string(i), std::string(3, 'x'));
        }
        files.create_symlink("nowhere", deep(400) + "/link");
        const counted_system_calls counted;
        system_steps = 0;
        const std::vector<fs::directory_entry> entries = files.list(deep(400));
        CHECK(system_steps <= 8 * (400 + 100));
        REQUIRE(entries.size() == 101);
        CHECK(entries[0].path == deep(400) + "/0");
        CHECK(entries[0].file_size == 3);
        CHECK(entries[1].path.filename() == "1");
        CHECK(entries[2].path.filename() == "10");
        CHECK(entries[100].is_symlink());
    }

    // -- descriptors ---------------------------------------------------------------------------

    TEST_CASE("a path deeper than there are descriptors can be used") {
        const support::temporary_directory directory(place());
        const std::string top = (directory / "").parent_path().native();
        const auto before = support::open_descriptors();
        {
            const support::descriptor_limit limit(40);
            fs::disk disk;
            fs::rooted rooted(disk, top);
            for (fs::filesystem* files :
                 {static_cast<fs::filesystem*>(&disk), static_cast<fs::filesystem*>(&rooted)}) {
                const std::string begin = files == &disk ? top : std::string();
                CAPTURE(begin);
                const std::string bottom = begin + deep(1500);
                CHECK(files->create_directories(bottom));
                CHECK_FALSE(files->create_directories(bottom));
                files->write_bytes(bottom + "/file", "x");
                CHECK(files->read_bytes(bottom + "/../d/file") == "x");
                CHECK(files->list(bottom).size() == 1);
                // From deep within the tree, by each way there: the one that leads to what goes
                // takes no more than the other that leads through it.
                CHECK(files->remove_all(begin + deep(1400)) == 102);
                CHECK(files->create_directories(bottom));
                CHECK(files->remove_all(begin + deep(1300) + "/") == 201);
                CHECK(files->create_directories(bottom));
                CHECK(files->remove_all(begin + deep(1300) + "/../d") == 201);
                CHECK(files->remove_all(begin + "/d") == 1299);
                CHECK(files->list(begin + "/").empty());
            }
        }
        CHECK(support::open_descriptors() == before);
    }

    TEST_CASE("`..` leads back through more directories than are held open") {
        const support::temporary_directory directory(place());
        fs::disk disk;
        fs::rooted files(disk, directory / "");
        files.create_directories(deep(100));
        files.write_bytes("/d/file", "x");
        files.write_bytes("/d/d/file", "y");
        files.write_bytes("/other", "z");
        CHECK(files.read_bytes(deep(100) + deep(99, "..") + "/file") == "x");
        CHECK(files.read_bytes(deep(100) + deep(98, "..") + "/file") == "y");
        CHECK(files.read_bytes(deep(100) + deep(100, "..") + "/other") == "z");
        CHECK(files.read_bytes(deep(100) + deep(200, "..") + "/other") == "z");
        CHECK(files.read_bytes(deep(90) + deep(80, "..") + deep(80) + deep(88, "..") + "/file") ==
              "y");
    }

    TEST_CASE("a tree is removed whose names the system would not take as one path") {
        const support::temporary_directory directory(place());
        const std::string top = (directory / "").parent_path().native();
        const std::string name(250, 'n');
        fs::disk disk;
        const auto grow = [&] {
            disk.create_directories(top + "/all" + deep(8, name));
            for (int i = 0; i < 5; ++i) {
                disk.create_directories(top + "/more" + deep(7, name));
                disk.write_bytes(top + "/more" + deep(7, name) + "/file", "x");
                disk.rename(top + "/all", top + "/more" + deep(7, name) + "/below");
                disk.rename(top + "/more", top + "/all");
            }
        };
        constexpr std::uintmax_t all = 9 + 5 * 9;
        grow();
        CHECK(disk.remove_all(top + "/all") == all);
        grow();
        CHECK(disk.remove_all(top + "/all/") == all);
        grow();
        fs::rooted files(disk, top);
        CHECK(files.remove_all("all") == all);
        CHECK(disk.list(top).empty());
    }

    // -- what others do meanwhile --------------------------------------------------------------

    TEST_CASE("what was moved meanwhile leads a removal nowhere else") {
        static std::function<void()> move;
        const support::temporary_directory directory(place());
        const std::string top = (directory / "").parent_path().native();
        fs::disk disk;
        disk.create_directories(top + "/elsewhere/keep");
        disk.create_directories(top + "/jail" + deep(100));
        fs::rooted files(disk, top + "/jail");
        static replaced_calls* scope = nullptr;
        replaced_calls replaced;
        scope = &replaced;
        replaced_calls::calls().openat = [](int from, const char* name, int flags,
                                            mode_t permissions) {
            if (name == std::string_view("..") && move) {
                std::exchange(move, nullptr)();
            }
            return scope->real().openat(from, name, flags, permissions);
        };
        // By then the walk stands in the 68th, and has closed all those above.
        move = [&] { std::filesystem::rename(top + "/jail" + deep(68), top + "/elsewhere/68"); };
        std::error_code code;
        SUBCASE("of remove_all()") {
            CHECK(files.remove_all("d", code) == static_cast<std::uintmax_t>(-1));
            CHECK(disk.exists(top + "/elsewhere/68"));
        }
        SUBCASE("of `..` on a path") {
            CHECK_FALSE(files.exists(deep(100) + deep(60, ".."), code));
        }
        CHECK_FALSE(move);
        CHECK(code == std::errc::resource_unavailable_try_again);
        CHECK(disk.exists(top + "/elsewhere/keep"));
        CHECK(disk.exists(top + "/jail" + deep(67)));
    }

    TEST_CASE("a removal that finds no way back is no success") {
        const support::temporary_directory directory(place());
        const std::string top = (directory / "").parent_path().native();
        fs::disk disk;
        disk.create_directories(top + deep(100));
        static replaced_calls* scope = nullptr;
        replaced_calls replaced;
        scope = &replaced;
        replaced_calls::calls().openat = [](int from, const char* name, int flags,
                                            mode_t permissions) {
            if (name == std::string_view("..")) {
                errno = ENOENT;
                return -1;
            }
            return scope->real().openat(from, name, flags, permissions);
        };
        std::error_code code;
        CHECK(disk.remove_all(top + "/d", code) == static_cast<std::uintmax_t>(-1));
        CHECK(code == std::errc::resource_unavailable_try_again);
        CHECK(disk.exists(top + deep(60)));
    }

    // -- what create_directories() goes through ------------------------------------------------

    TEST_CASE("create_directories() goes through links and dots on each kind alike") {
        const support::temporary_directory directory(place());
        const std::string top = (directory / "").parent_path().native();
        fs::disk disk;
        fs::memory memory;
        fs::rooted rooted_disk(disk, directory / "");
        fs::rooted rooted_memory(std::make_unique<fs::memory>(), "/");
        fs::overlay overlay(std::make_unique<fs::memory>(), std::make_unique<fs::memory>());
        fs::passing_filesystem passing(std::make_unique<fs::memory>());
        const std::vector<std::pair<fs::filesystem*, std::string>> kinds = {
            {&disk, top + "/on_disk"}, {&memory, "/in"},  {&rooted_disk, "/rooted"},
            {&rooted_memory, "/in"},   {&overlay, "/in"}, {&passing, "/in"},
        };
        for (const auto& kind : kinds) {
            fs::filesystem& files = *kind.first;
            const std::string& in = kind.second;
            CAPTURE(in);
            std::error_code code;
            CHECK(files.create_directories(in + "/dir/"));
            files.create_symlink("dir", in + "/link");
            files.create_symlink("nowhere", in + "/dangling");
            files.create_symlink("dir/nowhere/x", in + "/deep_dangling");
            files.write_bytes(in + "/file", "");
            files.create_symlink("file/x", in + "/through_file");
            CHECK(files.create_directories(in + "/link/a//./b/../c/"));
            CHECK(files.is_directory(in + "/dir/a/b"));
            CHECK(files.is_directory(in + "/dir/a/c"));
            CHECK_FALSE(files.create_directories(in + "/link/a/c"));
            CHECK(files.create_directories(in + "/new/../new2/../link/d"));
            CHECK(files.is_directory(in + "/new"));
            CHECK(files.is_directory(in + "/new2"));
            CHECK(files.is_directory(in + "/dir/d"));
            for (const char* link : {"/dangling", "/dangling/x", "/deep_dangling", "/dangling/"}) {
                CAPTURE(link);
                CHECK_FALSE(files.create_directories(in + link, code));
                CHECK(code == std::errc::file_exists);
            }
            CHECK_FALSE(files.exists(in + "/nowhere"));
            CHECK_FALSE(files.exists(in + "/dir/nowhere"));
            for (const char* file :
                 {"/file", "/file/x", "/new3/../file/x", "/through_file", "/through_file/x"}) {
                CAPTURE(file);
                CHECK_FALSE(files.create_directories(in + file, code));
                CHECK(code == std::errc::not_a_directory);
            }
            CHECK_FALSE(files.create_directories(in + "/" + std::string(256, 'n') + "/x", code));
            CHECK(code == std::errc::filename_too_long);
        }
    }
}
