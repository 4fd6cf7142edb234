#include <sluice/error.hpp>
#include <sluice/fs/filesystem.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fs/passing.hpp>

#include <support/errors.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <ios>
#include <string>
#include <system_error>
#include <vector>

namespace {

using sluice::fs::copy_options;
using sluice::fs::file_info;
using sluice::fs::file_time_type;
using sluice::fs::file_type;
using sluice::fs::memory;
using sluice::fs::path;
using sluice::fs::perms;
using support::system_code;
using support::thrown_by;

// A kind as a user may write it: nothing works, and codes are of the standard's category.
class broken : public sluice::fs::filesystem {
public:
    int calls = 0;

protected:
    void fail(std::error_code& code) {
        ++calls;
        CHECK_FALSE(code);
        code = std::make_error_code(std::errc::io_error);
    }
    sluice::file_handle do_open(const std::string&, std::ios_base::openmode,
                                std::error_code& code) override {
        fail(code);
        return {};
    }
    file_info do_info(const path&, bool, std::error_code& code) override {
        fail(code);
        return {};
    }
    std::vector<std::string> do_names(const path&, std::error_code& code) override {
        fail(code);
        return {};
    }
    void do_create_directory(const path&, std::error_code& code) override { fail(code); }
    void do_remove(const path&, std::error_code& code) override { fail(code); }
    void do_rename(const path&, const path&, std::error_code& code) override { fail(code); }
    bool do_equivalent(const path&, const path&, std::error_code& code) override {
        fail(code);
        return false;
    }
    void do_set_last_write_time(const path&, file_time_type, std::error_code& code) override {
        fail(code);
    }
    void do_set_permissions(const path&, perms, bool, std::error_code& code) override {
        fail(code);
    }
};

}  // namespace

TEST_SUITE_BEGIN("filesystem");

TEST_CASE("a code of the generic category becomes the system's in every call") {
    broken files;
    std::error_code code;
    const auto is_told = [&] { return code == system_code(EIO); };
    static_cast<void>(files.open("f", std::ios::in, code));
    CHECK(is_told());
    static_cast<void>(files.info("f", code));
    CHECK(is_told());
    static_cast<void>(files.exists("f", code));
    CHECK(is_told());
    static_cast<void>(files.is_empty("f", code));
    CHECK(is_told());
    static_cast<void>(files.list("f", code));
    CHECK(is_told());
    static_cast<void>(files.recursive_list("f", code));
    CHECK(is_told());
    CHECK(files.file_size("f", code) == static_cast<std::uintmax_t>(-1));
    CHECK(is_told());
    CHECK(files.last_write_time("f", code) == file_time_type::min());
    CHECK(is_told());
    CHECK_FALSE(files.create_directory("f", code));
    CHECK(is_told());
    CHECK_FALSE(files.create_directories("f", code));
    CHECK(is_told());
    CHECK_FALSE(files.remove("f", code));
    CHECK(is_told());
    CHECK(files.remove_all("f", code) == static_cast<std::uintmax_t>(-1));
    CHECK(is_told());
    files.rename("f", "g", code);
    CHECK(is_told());
    CHECK_FALSE(files.equivalent("f", "g", code));
    CHECK(is_told());
    CHECK_FALSE(files.copy_file("f", "g", code));
    CHECK(is_told());
    files.copy("f", "g", code);
    CHECK(is_told());
    files.permissions("f", perms::all, code);
    CHECK(is_told());
    files.last_write_time("f", file_time_type(), code);
    CHECK(is_told());
    files.resize_file("f", 1, code);
    CHECK(is_told());
    CHECK(files.read_bytes("f", code).empty());
    CHECK(is_told());
    files.write_bytes("f", "x", code);
    CHECK(is_told());
    CHECK_FALSE(files.names_directory("f"));
}

TEST_CASE("a kind without symbolic links says so") {
    broken files;
    CHECK(thrown_by([&] { files.create_symlink("f", "g"); }).code() == system_code(EOPNOTSUPP));
    CHECK(thrown_by([&] { static_cast<void>(files.read_symlink("f")); }).code() ==
          system_code(EINVAL));
}

TEST_CASE("a path that is none never reaches a kind") {
    broken files;
    std::error_code code;
    for (const path& none : {path(), path(std::string("a\0b", 3))}) {
        const int number = none.empty() ? ENOENT : EINVAL;
        static_cast<void>(files.open(none, std::ios::in, code));
        CHECK(code == system_code(number));
        files.rename("f", none, code);
        CHECK(code == system_code(number));
        CHECK_FALSE(files.create_directories(none, code));
        CHECK(code == system_code(number));
        files.permissions(none, perms::all, sluice::fs::perm_options::add, code);
        CHECK(code == system_code(number));
        files.resize_file(none, 1, code);
        CHECK(code == system_code(number));
    }
    CHECK(files.calls == 0);
}

TEST_CASE("a mode that is none never reaches a kind") {
    broken files;
    std::error_code code;
    static_cast<void>(files.open("f", std::ios::trunc, code));
    CHECK(code == sluice::errc::bad_mode);
    CHECK(files.calls == 0);
}

TEST_CASE("nothing is copied onto itself") {
    memory files;
    files.create_directory("/d");
    files.write_bytes("/f", "x");
    for (const copy_options how : {copy_options::none, copy_options::recursive,
                                   copy_options::overwrite_existing, copy_options::copy_symlinks}) {
        for (const char* const both : {"/d", "/f"}) {
            CAPTURE(both);
            CHECK(thrown_by([&] { files.copy(both, both, how); }).code() == system_code(EEXIST));
        }
    }
    CHECK(files.read_bytes("/f") == "x");
}

TEST_CASE("a directory is not copied into itself") {
    memory files;
    files.create_directories("/d/sub");
    files.write_bytes("/d/f", "x");
    files.create_symlink("/d/sub", "/link");
    for (const char* const to :
         {"/d/new", "/d/sub", "/d/sub/new/", "/d/sub/../new", "/link", "/link/new", "d/new"}) {
        CAPTURE(to);
        CHECK(thrown_by([&] { files.copy("/d", to, copy_options::recursive); }).code() ==
              system_code(EINVAL));
    }
    CHECK(files.recursive_list("/").size() == 4);
    CHECK_NOTHROW(files.copy("/d/sub", "/d/beside", copy_options::recursive));
    CHECK_NOTHROW(files.copy("d", "e", copy_options::recursive));
    CHECK(files.read_bytes("/e/f") == "x");
}

TEST_CASE("a copy updates what is older and skips what is there") {
    memory files;
    files.write_bytes("new", "new");
    files.write_bytes("old", "old");
    files.last_write_time("old", files.last_write_time("new") - std::chrono::hours(1));
    CHECK_FALSE(files.copy_file("old", "new", copy_options::update_existing));
    CHECK_FALSE(files.copy_file("new", "old", copy_options::skip_existing));
    CHECK(files.read_bytes("old") == "old");
    CHECK(files.copy_file("new", "old", copy_options::update_existing));
    CHECK(files.read_bytes("old") == "new");
    CHECK(thrown_by([&] {
              files.copy_file("new", "new", copy_options::overwrite_existing);
          }).code() == system_code(EEXIST));
}

TEST_CASE("a copy is at no time for more people than what it copies") {
    // Full when the content is to come: what has been done until then can be seen.
    memory files({.capacity = 10});
    files.write_bytes("f", "0123456789");
    files.permissions("f", perms(0600));
    CHECK(thrown_by([&] { files.copy_file("f", "g"); }).code() == system_code(ENOSPC));
    CHECK(files.status("g").permissions() == perms(0600));
}

TEST_CASE("a copy that does not fit says so") {
    memory files({.capacity = 15});
    files.write_bytes("f", "0123456789");
    CHECK(thrown_by([&] { files.copy_file("f", "g"); }).code() == system_code(ENOSPC));
    CHECK(files.read_bytes("g") == "01234");
}

TEST_CASE("what a directory holds is listed in order and with its whole path") {
    memory files;
    files.create_directories("d/b/c");
    files.write_bytes("d/a", "xy");
    files.create_symlink("b", "d/l");
    std::string names;
    for (const sluice::fs::directory_entry& entry : files.recursive_list("d")) {
        names += entry.path.native() + (entry.is_directory() ? "/ " : " ");
    }
    CHECK(names == "d/a d/b/ d/b/c/ d/l ");
    CHECK(files.list("d")[0].file_size == 2);
    CHECK(files.list("d")[0].is_regular_file());
    CHECK(files.list("d")[2].is_symlink());
    CHECK(files.list("d/")[0].path == "d/a");
}

TEST_CASE("a directory that goes while a tree is listed has nothing below") {
    class vanishing : public sluice::fs::passing_filesystem {
    public:
        explicit vanishing(memory& files) : passing_filesystem(files), files_(files) {}

    protected:
        std::vector<std::string> do_names(const path& directory, std::error_code& code) override {
            if (directory == "/a") {
                files_.remove_all("/b");
            }
            return passing_filesystem::do_names(directory, code);
        }

    private:
        memory& files_;
    };
    memory files;
    files.create_directories("/a");
    files.create_directories("/b/below");
    files.create_directories("/c/below");
    vanishing going(files);
    std::vector<std::string> seen;
    for (const auto& entry : going.recursive_list("/")) {
        seen.push_back(entry.path.native());
    }
    CHECK(seen == std::vector<std::string>{"/a", "/b", "/c", "/c/below"});
}

TEST_CASE("a size beyond what a position can be is refused") {
    memory files;
    files.write_bytes("f", "x");
    CHECK(thrown_by([&] { files.resize_file("f", static_cast<std::uintmax_t>(-1)); }).code() ==
          system_code(EFBIG));
    CHECK(files.file_size("f") == 1);
}

TEST_CASE("a directory is copied to where only a long path leads") {
    sluice::fs::memory files;
    files.create_directory("/from");
    files.write_bytes("/from/file", "content");
    sluice::fs::path deep = "/";
    for (int i = 0; i < 900; ++i) {
        deep /= "d";
        files.create_directory(deep);
    }
    files.copy("/from", deep / "to", sluice::fs::copy_options::recursive);
    CHECK(files.read_bytes(deep / "to/file") == "content");
    files.create_symlink(deep, "/link");
    files.copy("/from", "/link/by", sluice::fs::copy_options::recursive);
    CHECK(files.is_regular_file(deep / "by/file"));
    std::error_code code;
    files.copy("/d", deep / "to/x", sluice::fs::copy_options::recursive, code);
    CHECK(code == std::errc::invalid_argument);
    files.copy("/d", "/link/../x", sluice::fs::copy_options::recursive, code);
    CHECK(code == std::errc::invalid_argument);
}

TEST_CASE("a file is resized by whom may write to it, and not made") {
    memory files;
    files.write_bytes("f", "content");
    files.permissions("f", sluice::fs::perms::owner_write);
    files.resize_file("f", 3);
    files.permissions("f", sluice::fs::perms::owner_all);
    CHECK(files.read_bytes("f") == "con");
    CHECK(thrown_by([&] { files.resize_file("none", 1); }).code() == system_code(ENOENT));
    CHECK_FALSE(files.exists("none"));
    files.create_directory("d");
    CHECK(thrown_by([&] { files.resize_file("d", 1); }).code() == system_code(EISDIR));
}

TEST_SUITE_END();
