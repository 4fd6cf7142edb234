#include <sluice/drop_in.hpp>
#include <sluice/error.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fs/passing.hpp>
#include <sluice/fs/scoped.hpp>

#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <chrono>
#include <functional>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace fs = sluice::drop_in::filesystem;

using std::filesystem::filesystem_error;

namespace {

constexpr auto unknown = static_cast<std::uintmax_t>(-1);

// What a case needs is there: a file of 7 bytes, a directory with one more, and a link.
void furnish(const fs::path& root) {
    fs::create_directories(root / "dir");
    sluice::drop_in::ofstream(root / "file") << "content";
    sluice::drop_in::ofstream(root / "dir/inner") << "inner";
    fs::create_symlink("file", root / "link");
}

// Runs `call` with a directory on the disk, and with one in RAM.
void on_disk_and_in_ram(const std::function<void(const fs::path&)>& call) {
    SUBCASE("on the disk") {
        const support::temporary_directory dir;
        const fs::path root = fs::canonical(dir / ".");
        furnish(root);
        call(root);
    }
    SUBCASE("in RAM") {
        sluice::fs::memory files;
        const sluice::fs::scoped_filesystem use(files);
        furnish("/root");
        call("/root");
    }
}

// The code that `call` throws with the paths it was given.
template <class Call>
std::error_code code_of(Call call, const fs::path& first, const fs::path& second = {}) {
    try {
        static_cast<void>(call());
    } catch (const filesystem_error& e) {
        CHECK(e.path1() == first);
        CHECK(e.path2() == second);
        return e.code();
    }
    return {};
}

// Knows no current path.
class homeless : public sluice::fs::passing_filesystem {
public:
    using passing_filesystem::passing_filesystem;

protected:
    fs::path do_current_path(std::error_code& code) override {
        code = std::make_error_code(std::errc::io_error);
        return {};
    }
};

// Renames nothing, for a reason that is no system's.
class unmoved : public sluice::fs::passing_filesystem {
public:
    using passing_filesystem::passing_filesystem;

protected:
    void do_rename(const fs::path&, const fs::path&, std::error_code& code) override {
        code = sluice::errc::unsupported;
    }
};

// Lists no directory named "closed", and tells nothing of what "secret" leads to.
class guarded : public sluice::fs::passing_filesystem {
public:
    using passing_filesystem::passing_filesystem;

protected:
    std::vector<std::string> do_names(const fs::path& directory, std::error_code& code) override {
        if (directory.filename() == "closed") {
            code = std::make_error_code(std::errc::permission_denied);
            return {};
        }
        return passing_filesystem::do_names(directory, code);
    }
    sluice::fs::file_info do_info(const fs::path& file, bool follow,
                                  std::error_code& code) override {
        if (follow && file.filename() == "secret") {
            code = std::make_error_code(std::errc::permission_denied);
            return {};
        }
        return passing_filesystem::do_info(file, follow, code);
    }
};

}  // namespace

TEST_SUITE_BEGIN("drop_in");

TEST_CASE("what is told of a file, with a code") {
    on_disk_and_in_ram([](const fs::path& root) {
        std::error_code code = std::make_error_code(std::errc::io_error);
        CHECK(fs::is_regular_file(root / "link", code));
        CHECK_FALSE(code);
        CHECK_FALSE(fs::is_regular_file(root / "dir", code));
        CHECK(fs::is_directory(root / "dir", code));
        CHECK_FALSE(fs::is_directory(root / "file", code));
        CHECK(fs::is_symlink(root / "link", code));
        CHECK_FALSE(fs::is_symlink(root / "file", code));
        CHECK_FALSE(fs::is_other(root / "file", code));
        CHECK_FALSE(code);
        CHECK(fs::exists(root / "link", code));
        CHECK(fs::is_empty(root / "dir", code) == false);
        CHECK(fs::equivalent(root / "link", root / "file", code));
        CHECK(fs::file_size(root / "link", code) == 7);
        CHECK(fs::hard_link_count(root / "file", code) == 1);
        CHECK_FALSE(code);
        CHECK(fs::file_size(root / "none", code) == unknown);
        CHECK(code == std::errc::no_such_file_or_directory);
        CHECK(fs::hard_link_count(root / "none", code) == unknown);
        CHECK(code == std::errc::no_such_file_or_directory);
        CHECK_FALSE(fs::is_empty(root / "none", code));
        CHECK(code == std::errc::no_such_file_or_directory);
        CHECK(fs::symlink_status(root / "none").type() == fs::file_type::not_found);
        CHECK(fs::symlink_status(root / "none", code).type() == fs::file_type::not_found);
    });
}

TEST_CASE("what is thrown names the paths") {
    on_disk_and_in_ram([](const fs::path& root) {
        const fs::path none = root / "none";
        const fs::path other = root / "none2/x";
        const fs::path under = root / "file/x";
        const auto missing = std::errc::no_such_file_or_directory;
        CHECK(code_of([&] { return fs::is_empty(none); }, none) == missing);
#ifndef _LIBCPP_VERSION  // on the disk, says another thing
        CHECK(code_of([&] { return fs::equivalent(none, other); }, none, other) == missing);
        CHECK(code_of([&] { return fs::absolute(""); }, "") == std::errc::invalid_argument);
#endif
        CHECK(code_of([&] { return fs::file_size(none); }, none) == missing);
        CHECK(code_of([&] { return fs::hard_link_count(none); }, none) == missing);
        CHECK(code_of([&] { return fs::last_write_time(none); }, none) == missing);
        CHECK(code_of([&] { return fs::last_write_time(none, {}); }, none) == missing);
        CHECK(code_of([&] { return fs::permissions(none, fs::perms::all); }, none) == missing);
        CHECK(code_of([&] { return fs::create_directory(other); }, other) == missing);
        CHECK(code_of([&] { return fs::create_directories(under); }, under) ==
              std::errc::not_a_directory);
        CHECK(code_of([&] { return fs::create_symlink("file", other); }, "file", other) == missing);
        CHECK(code_of([&] { return fs::create_directory_symlink("x", other); }, "x", other) ==
              missing);
        CHECK(code_of([&] { return fs::read_symlink(none); }, none) == missing);
        CHECK(code_of([&] { return fs::rename(none, other); }, none, other) == missing);
        CHECK(code_of([&] { return fs::resize_file(none, 1); }, none) == missing);
        CHECK(code_of([&] { return fs::copy_file(none, other); }, none, other) == missing);
        CHECK(code_of([&] { return fs::copy(none, other); }, none, other) == missing);
        CHECK(code_of([&] { return fs::copy_symlink(none, other); }, none, other) == missing);
        CHECK(code_of([&] { return fs::canonical(none); }, none) == missing);
        CHECK(code_of([&] { return fs::remove(root / "dir"); }, root / "dir") ==
              std::errc::directory_not_empty);
        CHECK(code_of([&] { return fs::recursive_directory_iterator{none}; }, none) == missing);
    });
}

TEST_CASE("a file's permissions and time are set with a code") {
    on_disk_and_in_ram([](const fs::path& root) {
        std::error_code code = std::make_error_code(std::errc::io_error);
        fs::permissions(root / "file", fs::perms::owner_read, code);
        CHECK_FALSE(code);
        CHECK(fs::status(root / "file").permissions() == fs::perms::owner_read);
        fs::permissions(root / "file", fs::perms::owner_write, fs::perm_options::add, code);
        CHECK(fs::status(root / "file", code).permissions() ==
              (fs::perms::owner_read | fs::perms::owner_write));
        const fs::file_time_type time = fs::last_write_time(root / "file", code);
        fs::last_write_time(root / "file", time - std::chrono::hours(1), code);
        CHECK_FALSE(code);
        CHECK(fs::last_write_time(root / "link") == time - std::chrono::hours(1));
    });
}

TEST_CASE("what is created") {
    on_disk_and_in_ram([](const fs::path& root) {
        std::error_code code = std::make_error_code(std::errc::io_error);
        CHECK(fs::create_directory(root / "new"));
        CHECK_FALSE(fs::create_directory(root / "new", code));
        CHECK_FALSE(code);
        CHECK(fs::create_directories(root / "a/b", code));
        CHECK_FALSE(code);
        fs::permissions(root / "new", fs::perms::owner_all);
        CHECK(fs::create_directory(root / "like", root / "new"));
        CHECK(fs::status(root / "like").permissions() == fs::perms::owner_all);
        CHECK_FALSE(fs::create_directory(root / "like", root / "new", code));
        CHECK_FALSE(code);
        fs::create_directory_symlink("dir", root / "to-dir");
        CHECK(fs::is_directory(root / "to-dir"));
        CHECK(fs::is_symlink(root / "to-dir"));
        fs::create_directory_symlink("a", root / "to-a", code);
        CHECK_FALSE(code);
        CHECK(fs::read_symlink(root / "to-a", code) == "a");
        fs::create_symlink("file", root / "to-a", code);
        CHECK(code == std::errc::file_exists);
        fs::copy_symlink(root / "to-dir", root / "copied");
        CHECK(fs::read_symlink(root / "copied") == "dir");
        fs::copy_symlink(root / "file", root / "copied2", code);
        CHECK(code == std::errc::invalid_argument);
        CHECK_FALSE(fs::exists(fs::symlink_status(root / "copied2")));
    });
}

TEST_CASE("what is copied, cut, renamed and removed with a code") {
    on_disk_and_in_ram([](const fs::path& root) {
        std::error_code code = std::make_error_code(std::errc::io_error);
        CHECK(fs::copy_file(root / "file", root / "copy", code));
        CHECK_FALSE(code);
        CHECK_FALSE(fs::copy_file(root / "file", root / "copy", code));
        CHECK(code == std::errc::file_exists);
        CHECK_FALSE(
            fs::copy_file(root / "file", root / "copy", fs::copy_options::skip_existing, code));
        CHECK_FALSE(code);
        fs::copy(root / "file", root / "copy2", code);
        CHECK_FALSE(code);
        CHECK(fs::file_size(root / "copy2") == 7);
        fs::copy(root / "file", root / "copy2", fs::copy_options::none, code);
        CHECK(code == std::errc::file_exists);
        fs::resize_file(root / "copy", 3, code);
        CHECK_FALSE(code);
        CHECK(fs::file_size(root / "copy") == 3);
        fs::rename(root / "copy", root / "moved", code);
        CHECK_FALSE(code);
        CHECK_FALSE(fs::exists(root / "copy"));
        CHECK(fs::remove(root / "moved", code));
        CHECK_FALSE(fs::remove(root / "moved", code));
        CHECK_FALSE(code);
        CHECK(fs::remove_all(root / "dir", code) == 2);
        CHECK(fs::remove_all(root / "dir", code) == 0);
        CHECK_FALSE(code);
    });
}

TEST_CASE("paths lead from one to another") {
    on_disk_and_in_ram([](const fs::path& root) {
        std::error_code code = std::make_error_code(std::errc::io_error);
        CHECK(fs::absolute(root / "file", code) == root / "file");
        CHECK(fs::canonical(root / "dir/../link", code) == root / "file");
        CHECK_FALSE(code);
#ifndef _LIBCPP_VERSION  // on the disk, takes "" for "."
        CHECK(fs::canonical("", code).empty());
        CHECK(code);
#endif
        CHECK(fs::weakly_canonical(root / "none/../link", code) == root / "link");
        CHECK_FALSE(code);
#ifndef _LIBCPP_VERSION  // on the disk, makes it absolute
        CHECK(fs::weakly_canonical("none/../x", code) == "x");
#endif
        CHECK(fs::relative(root / "file", root / "dir", code) == "../file");
        CHECK_FALSE(code);
        CHECK(fs::relative(fs::current_path() / "none", code) == "none");
        CHECK(fs::proximate(root / "file", root / "dir") == "../file");
        CHECK(fs::proximate(root / "file", root / "dir", code) == "../file");
        CHECK(fs::proximate(fs::current_path() / "none", code) == "none");
        CHECK_FALSE(code);
        // A loop of links is an error, and no missing rest.
        fs::create_symlink("loop", root / "loop");
        CHECK(fs::weakly_canonical(root / "loop/x", code).empty());
        CHECK(code == std::errc::too_many_symbolic_link_levels);
        CHECK(fs::relative(root / "file", root / "loop", code).empty());
        CHECK(code == std::errc::too_many_symbolic_link_levels);
        CHECK(fs::proximate(root / "loop", root, code).empty());
        CHECK(code == std::errc::too_many_symbolic_link_levels);
        CHECK(code_of([&] { return fs::weakly_canonical(root / "loop"); }, root / "loop") ==
              std::errc::too_many_symbolic_link_levels);
        CHECK(code_of([&] { return fs::relative(root / "loop", root); }, root / "loop", root) ==
              std::errc::too_many_symbolic_link_levels);
        CHECK(code_of([&] { return fs::proximate(root, root / "loop"); }, root, root / "loop") ==
              std::errc::too_many_symbolic_link_levels);
    });
}

TEST_CASE("the disk has hard links, space, and a current path that changes") {
    const support::temporary_directory dir;
    const fs::path root = fs::canonical(dir / ".");
    furnish(root);
    std::error_code code = std::make_error_code(std::errc::io_error);
    fs::create_hard_link(root / "file", root / "second", code);
    CHECK_FALSE(code);
    CHECK(fs::hard_link_count(root / "file") == 2);
    CHECK(code_of([&] { return fs::create_hard_link(root / "file", root / "second"); },
                  root / "file", root / "second") == std::errc::file_exists);
    CHECK(fs::space(root).capacity > 0);
    CHECK(code_of([&] { return fs::space(root / "none"); }, root / "none") ==
          std::errc::no_such_file_or_directory);
    const fs::path before = fs::current_path();
    fs::current_path(root / "dir");
    CHECK(fs::current_path(code) == root / "dir");
    CHECK(fs::file_size("inner") == 5);
    fs::current_path(before, code);
    CHECK_FALSE(code);
    CHECK(fs::current_path() == before);
}

TEST_CASE("what an injected file system has not is refused") {
    sluice::fs::memory files;
    const sluice::fs::scoped_filesystem use(files);
    const auto refused = std::errc::operation_not_supported;
    CHECK(code_of([] { return fs::create_hard_link("/a", "/b"); }, "/a", "/b") == refused);
    CHECK(code_of([] { return fs::space("/"); }, "/") == refused);
    CHECK(code_of([] { return fs::current_path("/"); }, "/") == refused);
    std::error_code code;
    const fs::space_info room = fs::space("/", code);
    CHECK(room.capacity == unknown);
    CHECK(room.free == unknown);
    CHECK(room.available == unknown);
    files.write_bytes("/file", "");
    CHECK_FALSE(fs::create_directory("/new", "/file", code));
    CHECK(code == std::errc::not_a_directory);
    CHECK(code_of([] { return fs::create_directory("/new", "/file"); }, "/new", "/file") ==
          std::errc::not_a_directory);
    CHECK_FALSE(files.exists("/new"));
}

TEST_CASE("a file system without a current path has no relative paths") {
    sluice::fs::memory files;
    homeless above(files);
    const sluice::fs::scoped_filesystem use(above);
    std::error_code code;
    CHECK(fs::absolute("file", code).empty());
    CHECK(code == std::errc::io_error);
    CHECK(fs::canonical("file", code).empty());
    CHECK(code == std::errc::io_error);
    CHECK(fs::relative("file", code).empty());
    CHECK(code == std::errc::io_error);
    CHECK(fs::proximate("file", code).empty());
    CHECK(code == std::errc::io_error);
    CHECK_THROWS_AS(static_cast<void>(fs::current_path()), filesystem_error);
}

TEST_CASE("errno is told also where the reason is not the system's") {
    sluice::fs::memory files;
    files.write_bytes("/file", "");
    unmoved above(files);
    const sluice::fs::scoped_filesystem use(above);
    errno = 0;
    CHECK(sluice::drop_in::rename("/file", "/other") == -1);
    CHECK(errno == make_error_code(sluice::errc::unsupported).default_error_condition().value());
    CHECK(errno != 0);
    CHECK(files.exists("/file"));
}

TEST_CASE("what cannot be looked at is no file that is missing") {
    sluice::fs::memory files;
    files.create_directories("/a/b");
    files.write_bytes("/a/secret", "");
    guarded above(files);
    const sluice::fs::scoped_filesystem use(above);
    std::error_code code;
    const auto denied = std::errc::permission_denied;
    CHECK_FALSE(fs::exists("/a/secret", code));
    CHECK(code == denied);
    CHECK(code_of([] { return fs::exists("/a/secret"); }, "/a/secret") == denied);
    CHECK(fs::hard_link_count("/a/secret", code) == unknown);
    CHECK(code == denied);
    CHECK_FALSE(fs::create_directory("/new", "/a/secret", code));
    CHECK(code == denied);
    CHECK(fs::weakly_canonical("/a/secret/x", code).empty());
    CHECK(code == denied);
    CHECK(fs::is_regular_file(fs::symlink_status("/a/secret")));
    fs::recursive_directory_iterator it("/a", fs::directory_options::follow_directory_symlink);
    CHECK(it->path() == "/a/b");
    ++it;
    CHECK(it->path() == "/a/secret");
    CHECK(code_of([&] { return ++it; }, "/a/secret") == denied);
    CHECK(it == end(it));
}

TEST_CASE("a directory that may not be listed ends the walk, or is passed by") {
    sluice::fs::memory files;
    files.create_directories("/a/closed");
    files.write_bytes("/a/last", "");
    guarded above(files);
    const sluice::fs::scoped_filesystem use(above);
    std::error_code code;
    const fs::directory_iterator none("/a/closed", code);
    CHECK(code == std::errc::permission_denied);
    CHECK(none == end(none));
    const auto skips = fs::directory_options::skip_permission_denied;
    CHECK(fs::directory_iterator("/a/closed", skips) == fs::directory_iterator());

    fs::recursive_directory_iterator strict("/a");
    CHECK(strict->path() == "/a/closed");
    CHECK(strict.increment(code) == fs::recursive_directory_iterator());
    CHECK(code == std::errc::permission_denied);

    fs::recursive_directory_iterator lenient("/a", skips, code);
    CHECK_FALSE(code);
    CHECK(lenient.options() == skips);
    lenient.increment(code);
    CHECK_FALSE(code);
    CHECK(lenient->path() == "/a/last");
    lenient.increment(code);
    CHECK(lenient == fs::recursive_directory_iterator());
}

TEST_CASE("a recursive iterator follows links to directories where it is told to") {
    on_disk_and_in_ram([](const fs::path& root) {
        fs::create_directory_symlink("dir", root / "via");
        fs::create_symlink("none", root / "dangling");
        const auto names = [&](fs::directory_options options) {
            std::vector<std::string> result;
            for (const auto& entry : fs::recursive_directory_iterator(root, options)) {
                result.push_back(fs::relative(entry.path().parent_path(), root) /
                                 entry.path().filename());
            }
            return result.size();
        };
        CHECK(names(fs::directory_options::none) == 6);
        CHECK(names(fs::directory_options::follow_directory_symlink) == 7);
    });
}

TEST_CASE("iterators and their entries are the standard's") {
    on_disk_and_in_ram([](const fs::path& root) {
        std::error_code code = std::make_error_code(std::errc::io_error);
        fs::directory_iterator here(root, code);
        CHECK_FALSE(code);
        CHECK((*here++).path() == root / "dir");
        CHECK(here->path() == root / "file");
        here.increment(code);
        CHECK(here->path() == root / "link");
        ++here;
        CHECK(here == end(here));

        fs::recursive_directory_iterator all(root, code);
        CHECK((*all++).path() == root / "dir");
        CHECK(all.depth() == 1);
        CHECK(all.recursion_pending());
        all.disable_recursion_pending();
        CHECK_FALSE(all.recursion_pending());
        all.pop(code);
        CHECK_FALSE(code);
        CHECK(all->path() == root / "file");
        CHECK(all.depth() == 0);

        fs::directory_entry entry(root / "none", code);
        CHECK_FALSE(code);
        CHECK_FALSE(entry.exists());
        entry.replace_filename("file");
        entry.refresh();
        entry.refresh(code);
        CHECK(entry.exists(code));
        CHECK(entry.is_regular_file());
        CHECK_FALSE(entry.is_symlink());
        CHECK_FALSE(entry.is_other());
        CHECK_FALSE(entry.is_directory(code));
        CHECK(entry.file_size() == 7);
        CHECK(entry.hard_link_count(code) == 1);
        CHECK(entry.last_write_time() == fs::last_write_time(root / "file"));
        CHECK(entry.status().type() == fs::file_type::regular);
        CHECK(entry.symlink_status(code).type() == fs::file_type::regular);
        const fs::path& as_path = entry;
        CHECK(as_path == root / "file");
        fs::directory_entry second;
        second.assign(root / "link");
        CHECK(entry < second);
        CHECK(entry != second);
        std::ostringstream printed;
        printed << second;
        std::ostringstream expected;
        expected << (root / "link");
        CHECK(printed.str() == expected.str());
    });
}

TEST_SUITE_END();
