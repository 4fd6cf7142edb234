#include <sluice/drop_in.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fs/scoped.hpp>

#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

// Code that knows only of std, and has one line more.
namespace legacy {

namespace std = sluice::drop_in;

namespace fs = std::filesystem;

void furnish(const std::string& root) {
    fs::create_directories(root + "/dir/sub");
    std::ofstream(root + "/file") << "content";
    std::ofstream(root + "/dir/inner") << "inner";
    fs::create_symlink("file", root + "/link");
    std::wofstream(root + "/dir/sub/wide") << L"wide";
}

std::vector<std::string> names(const std::string& root) {
    std::vector<std::string> result;
    for (const auto& entry : fs::directory_iterator(root)) {
        result.push_back(entry.path().filename().string() + (entry.is_directory() ? "/" : ""));
    }
    return result;
}

std::vector<std::string> all_names(const std::string& root) {
    std::vector<std::string> result;
    for (fs::recursive_directory_iterator it(root), end; it != end; ++it) {
        result.push_back(std::to_string(it.depth()) + it->path().filename().string());
        if (it->path().filename() == "sub") {
            it.disable_recursion_pending();
        }
    }
    return result;
}

std::string first_word(const std::string& file) {
    std::ifstream in(file);
    std::string word;
    in >> word;
    return word;
}

int rename_error(const char* from, const char* to) {
    errno = 0;
    return std::rename(from, to) == 0 ? 0 : errno;
}

int remove_error(const char* file) {
    errno = 0;
    return std::remove(file) == 0 ? 0 : errno;
}

bool throws_what_is_caught(const std::string& missing) {
    try {
        fs::rename(missing, missing + "2");
    } catch (const std::filesystem::filesystem_error& e) {
        return e.path1() == missing && e.path2() == missing + "2" &&
               e.code() == std::errc::no_such_file_or_directory;
    }
    return false;
}

// Each call that a program may make, with what must come of it.
void use_all(const std::string& root) {
    std::error_code code;
    furnish(root);
    CHECK(names(root) == std::vector<std::string>{"dir/", "file", "link"});
    CHECK(all_names(root) == std::vector<std::string>{"0dir", "1inner", "1sub", "0file", "0link"});
    CHECK(first_word(root + "/link") == "content");
    CHECK(fs::exists(root + "/file"));
    CHECK_FALSE(fs::exists(root + "/none"));
    CHECK_FALSE(fs::exists(root + "/none", code));
    CHECK_FALSE(code);
    CHECK(fs::exists(fs::status(root + "/file")));
    CHECK(fs::status(root + "/none").type() == fs::file_type::not_found);
    CHECK(fs::is_regular_file(root + "/link"));
    CHECK(fs::is_directory(root + "/dir"));
    CHECK(fs::is_symlink(root + "/link"));
    CHECK(fs::is_symlink(fs::symlink_status(root + "/link")));
    CHECK_FALSE(fs::is_other(root + "/file"));
    CHECK_FALSE(fs::is_empty(root + "/dir"));
    CHECK(fs::equivalent(root + "/file", root + "/link"));
    CHECK(fs::file_size(root + "/file") == 7);
    CHECK(fs::hard_link_count(root + "/file") == 1);
    CHECK(fs::read_symlink(root + "/link") == "file");
    CHECK(fs::canonical(root + "/dir/../link") == fs::canonical(root + "/file"));
    CHECK(fs::weakly_canonical(root + "/dir/../none/x") == fs::canonical(root) / "none/x");
    CHECK(fs::relative(root + "/dir/sub", root + "/link") == "../dir/sub");
    CHECK(fs::absolute(root) == root);
    const fs::file_time_type time = fs::last_write_time(root + "/file");
    fs::last_write_time(root + "/file", time - std::chrono::hours(1));
    CHECK(fs::last_write_time(root + "/file") == time - std::chrono::hours(1));
    fs::permissions(root + "/file", fs::perms::owner_exec, fs::perm_options::add);
    CHECK((fs::status(root + "/file").permissions() & fs::perms::owner_exec) != fs::perms::none);
    CHECK(fs::copy_file(root + "/file", root + "/copy"));
    fs::resize_file(root + "/copy", 3);
    CHECK(first_word(root + "/copy") == "con");
    fs::copy(root + "/dir", root + "/dir2", fs::copy_options::recursive);
    CHECK(fs::exists(root + "/dir2/sub/wide"));
    fs::rename(root + "/dir2/inner", root + "/moved");
    CHECK(first_word(root + "/moved") == "inner");
    CHECK(rename_error((root + "/moved").c_str(), (root + "/moved2").c_str()) == 0);
    CHECK(rename_error((root + "/moved").c_str(), (root + "/x").c_str()) == ENOENT);
    CHECK(remove_error((root + "/moved2").c_str()) == 0);
    CHECK(remove_error((root + "/moved2").c_str()) == ENOENT);
    CHECK(remove_error((root + "/dir").c_str()) == ENOTEMPTY);
    CHECK(throws_what_is_caught(root + "/none"));
    CHECK(fs::remove(root + "/copy"));
    CHECK_FALSE(fs::remove(root + "/copy"));
    CHECK(fs::remove_all(root + "/dir2") == 3);
    fs::directory_iterator missing(root + "/none", code);
    CHECK(code == std::errc::no_such_file_or_directory);
    CHECK(missing == end(missing));
    CHECK_THROWS_AS(fs::directory_iterator(root + "/none"), std::filesystem::filesystem_error);
    std::fstream both(root + "/file", std::ios::in | std::ios::out);
    both << "C";
    both.seekg(0);
    std::string line;
    CHECK(std::getline(both, line));
    CHECK(line == "Content");
}

// What is not of files is std's own.
static_assert(::std::is_same_v<std::string, ::std::string>);
static_assert(::std::is_same_v<std::filesystem::path, ::std::filesystem::path>);
static_assert(::std::is_same_v<std::ifstream, sluice::ifstream>);
static_assert(::std::is_same_v<std::basic_fstream<wchar_t>, sluice::wfstream>);

}  // namespace legacy

TEST_SUITE_BEGIN("drop_in");

TEST_CASE("code that knows only of std works on the disk where nothing is injected") {
    const support::temporary_directory dir;
    legacy::use_all((dir / "root").native());
}

TEST_CASE("code that knows only of std works in RAM, and leaves the disk alone") {
    const std::string root = "/sluice-drop-in-test";
    sluice::fs::memory files;
    {
        const sluice::fs::scoped_filesystem use(files);
        legacy::use_all(root);
        CHECK(sluice::drop_in::filesystem::current_path() == "/");
        std::error_code code;
        sluice::drop_in::filesystem::create_hard_link("/a", "/b", code);
        CHECK(code == std::errc::operation_not_supported);
        static_cast<void>(sluice::drop_in::filesystem::space("/", code));
        CHECK(code == std::errc::operation_not_supported);
        sluice::drop_in::filesystem::current_path("/", code);
        CHECK(code == std::errc::operation_not_supported);
    }
    CHECK(files.read_bytes(root + "/file") == "Content");
    CHECK_FALSE(std::filesystem::exists(root));
}

TEST_CASE("what a directory is to be like must be there, in RAM as on the disk") {
    namespace fs = sluice::drop_in::filesystem;
    const support::temporary_directory directory;
    const std::string root = (directory / "root").native();
    sluice::fs::memory files;
    for (const bool in_memory : {false, true}) {
        CAPTURE(in_memory);
        std::optional<sluice::fs::scoped_filesystem> use;
        if (in_memory) {
            use.emplace(files);
        }
        fs::create_directories(root);
        std::error_code code;
        CHECK_FALSE(fs::create_directory(root + "/new", root + "/none", code));
#ifdef _LIBCPP_VERSION  // for which what is not there is no directory
        CHECK(code);
#else
        CHECK(code == std::errc::no_such_file_or_directory);
#endif
        CHECK(fs::create_directory(root + "/new", root, code));
    }
}

TEST_CASE("the algorithm remove is not hidden by the call of this name") {
    std::vector<int> numbers{1, 2, 3, 2};
    numbers.erase(sluice::drop_in::remove(numbers.begin(), numbers.end(), 2), numbers.end());
    CHECK(numbers == std::vector<int>{1, 3});
}

TEST_CASE("a recursive iterator leaves a directory when it is told to") {
    namespace fs = sluice::drop_in::filesystem;
    sluice::fs::memory files;
    files.create_directories("/a/b/c");
    files.write_bytes("/a/b/c/x", "");
    files.write_bytes("/a/b/y", "");
    files.write_bytes("/z", "");
    const sluice::fs::scoped_filesystem use(files);
    std::vector<std::string> seen;
    for (fs::recursive_directory_iterator it("/"); it != end(it);) {
        seen.push_back(it->path().native());
        if (it->path() == "/a/b/c/x") {
            it.pop();
        } else {
            ++it;
        }
    }
    CHECK(seen == std::vector<std::string>{"/a", "/a/b", "/a/b/c", "/a/b/c/x", "/a/b/y", "/z"});
    fs::recursive_directory_iterator it("/a/b");
    it.pop();
    CHECK(it == fs::recursive_directory_iterator());
}

TEST_SUITE_END();
