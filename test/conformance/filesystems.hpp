// The kinds of file system of the conformance suite, and what its cases share.
//
// A kind is one struct: `files` is the file system under test, and root() a directory in it that
// the case has to itself, empty at first. A new kind is one struct, its name, and its place in the
// list.

#ifndef CONFORMANCE_FILESYSTEMS_HPP
#define CONFORMANCE_FILESYSTEMS_HPP

#include <sluice/fs/disk.hpp>
#include <sluice/fs/filesystem.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fs/passing.hpp>
#include <sluice/fs/read_only.hpp>

#include <conformance/filesystem_tree.hpp>
#include <conformance/overlay_files.hpp>
#include <conformance/rooted_files.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <filesystem>
#include <ios>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <vector>

namespace conformance {

namespace fs = sluice::fs;

// -- the kinds --------------------------------------------------------------------------------

/// The oracle. In RAM where the system has such a disk: thousands of trees are made on it.
struct disk_files {
    disk_files() { files.permissions(root(), fs::perms(0755)); }
    [[nodiscard]] std::string root() const { return (directory / "").parent_path().native(); }

    [[nodiscard]] static std::filesystem::path place() {
        std::error_code ignored;
        const std::filesystem::path in_ram = "/dev/shm";
        return std::filesystem::is_directory(in_ram, ignored)
                   ? in_ram
                   : std::filesystem::temp_directory_path();
    }

    support::temporary_directory directory{place()};
    fs::disk files;
};

struct memory_files {
    memory_files() { files.create_directories(root()); }
    [[nodiscard]] static std::string root() { return "/home/someone"; }

    fs::memory files;
};

struct passing_files {
    passing_files() { files.create_directories(root()); }
    [[nodiscard]] static std::string root() { return "/home/someone"; }

    fs::passing_filesystem files{std::make_unique<fs::memory>()};
};

/// To be read: what a case finds there is made at the origin.
struct read_only_files {
    read_only_files() { memory.create_directories(root()); }
    [[nodiscard]] static std::string root() { return "/home/someone"; }
    fs::filesystem& origin() { return memory; }

    fs::memory memory;
    fs::read_only files{memory};
};

using filesystem_kinds = std::tuple<disk_files, memory_files, passing_files, rooted_disk_files,
                                    rooted_memory_files, overlay_files, overlay_on_content_files>;

/// Those that lie elsewhere than the disk, which they are compared with.
using other_filesystem_kinds =
    std::tuple<memory_files, passing_files, rooted_disk_files, rooted_memory_files, overlay_files,
               overlay_on_content_files>;

/// Those, and what can only be read; and the disk as well.
using readable_filesystem_kinds =
    std::tuple<memory_files, passing_files, rooted_disk_files, rooted_memory_files, overlay_files,
               overlay_on_content_files, read_only_files>;

using all_filesystem_kinds =
    std::tuple<disk_files, memory_files, passing_files, rooted_disk_files, rooted_memory_files,
               overlay_files, overlay_on_content_files, read_only_files>;

/// Where a case makes what it finds in a kind.
template <class Kind>
fs::filesystem& origin_of(Kind& kind) {
    if constexpr (requires { kind.origin(); }) {
        return kind.origin();
    } else {
        return kind.files;
    }
}

// -- what the cases share ---------------------------------------------------------------------

/// A tree with one of each kind.
inline void furnish(fs::filesystem& files, const std::string& root) {
    files.write_bytes(root + "/file", "of a file");
    files.create_directories(root + "/dir/sub");
    files.write_bytes(root + "/dir/inner", "inner");
    files.create_directory(root + "/empty");
    files.create_symlink("file", root + "/link");
    files.create_symlink("dir", root + "/dirlink");
    files.create_symlink("dirlink/../link", root + "/far");
    files.create_symlink("missing", root + "/dangling");
    files.create_symlink("loop", root + "/loop");
}

/// Takes away, in such a tree, what may be done with a directory and with a file in another.
inline void restrict_tree(fs::filesystem& files, const std::string& root, fs::perms directory,
                          fs::perms file) {
    files.permissions(root + "/dir/inner", file);
    files.permissions(root + "/file", file);
    files.permissions(root + "/dir", directory);
}

/// What a path can be: one a case, below the root.
inline const std::vector<std::string>& sample_paths() {
    static const std::vector<std::string> result = {"file",
                                                    "dir",
                                                    "empty",
                                                    "missing",
                                                    "missing/x",
                                                    "file/x",
                                                    "file/",
                                                    "dir/",
                                                    "dir//inner",
                                                    "./dir/./inner",
                                                    "dir/.",
                                                    "dir/..",
                                                    "missing/..",
                                                    "dir/../file",
                                                    "file/..",
                                                    "missing/",
                                                    "link",
                                                    "link/",
                                                    "link/x",
                                                    "dirlink",
                                                    "dirlink/",
                                                    "dirlink/inner",
                                                    "dirlink/..",
                                                    "dirlink/new",
                                                    "far",
                                                    "dangling",
                                                    "dangling/",
                                                    "dangling/x",
                                                    "loop",
                                                    "loop/x",
                                                    "dir/sub/../../dir",
                                                    "dir/new",
                                                    "dir/new/",
                                                    std::string(255, 'n'),
                                                    std::string(256, 'n'),
                                                    "missing/" + std::string(256, 'n'),
                                                    "file/" + std::string(256, 'n'),
                                                    std::string(2048, '/') +
                                                        std::string(2048, '/') + "file",
                                                    std::string("fi\0le", 5),
                                                    "dir/a\0b"};
    return result;
}

/// The fewer of which every two are tried together.
inline const std::vector<std::string>& paired_paths() {
    static const std::vector<std::string> result = {
        "file", "dir",     "dir/sub", "dir/sub/deep", "empty", "missing", "missing/x", "file/x",
        "new/", "dirlink", "link",    "dangling",     "loop",  "dir/.",   "dir/inner", "file/"};
    return result;
}

}  // namespace conformance

TYPE_TO_STRING_AS("disk", conformance::disk_files);
TYPE_TO_STRING_AS("memory", conformance::memory_files);
TYPE_TO_STRING_AS("passing", conformance::passing_files);
TYPE_TO_STRING_AS("read only", conformance::read_only_files);

#endif  // CONFORMANCE_FILESYSTEMS_HPP
