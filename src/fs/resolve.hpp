// Where a path leads in a tree whose links are followed here, and not by what is below.

#ifndef SLUICE_FS_RESOLVE_HPP
#define SLUICE_FS_RESOLVE_HPP

#include <sluice/fs/filesystem.hpp>
#include <sluice/fs/held.hpp>

#include "path_walk.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <ios>
#include <string>
#include <system_error>
#include <utility>

namespace sluice::fs {

/// A tree as resolve() sees it. Names are absolute, and hold no link, no `.`, no `..`.
class link_tree {
public:
    link_tree() = default;
    link_tree(const link_tree&) = delete;
    link_tree& operator=(const link_tree&) = delete;
    virtual ~link_tree() = default;

    /// What is told of a name, of a link itself. An error where there is none.
    [[nodiscard]] virtual file_info look(const std::string& file, std::error_code& code) = 0;
    [[nodiscard]] virtual std::string target(const std::string& link, std::error_code& code) = 0;

    /// See filesystem::do_walk(); `length` bytes of the name are a directory, or none is the root.
    [[nodiscard]] virtual file_info walk(const std::string& file, std::size_t& length,
                                         std::error_code& code) = 0;
};

/// A file system as such a tree.
class filesystem_tree : public link_tree {
public:
    explicit filesystem_tree(held_filesystem files) : files_(std::move(files)) {}

    file_info look(const std::string& file, std::error_code& code) override;
    std::string target(const std::string& link, std::error_code& code) override;
    file_info walk(const std::string& file, std::size_t& length, std::error_code& code) override;

private:
    held_filesystem files_;
};

/// Where a path leads.
struct resolved {
    /// How the path ended, for calls that take no `.` and no `..`.
    enum class ending { name, dot, dot_dot, root };

    std::string file = "/";  // absolute; the directories on its way are there
    bool there = false;
    file_info info;  // of what is there
    bool before_slash = false;
    ending last = ending::root;

    // Of a name that is missing on the way, where one is:
    std::string rest;  // what comes after it
    bool in_link = false;
};

/// Follows `file`, an absolute path, from the root of `tree`. Links and `..` cannot leave it: an
/// absolute link begins at the root, and `..` of the root is the root, as chroot has it.
///
/// Returns: what may be missing, as its last name; with `code` set where a directory on its way is
///          missing, or is none.
[[nodiscard]] resolved resolve(link_tree& tree, const std::string& file, last_link how,
                               std::error_code& code);

/// filesystem::do_walk() of a kind that is such a tree.
[[nodiscard]] file_info walk_in(link_tree& tree, const std::string& file, std::size_t& length,
                                std::error_code& code);

/// create_directories() in such a tree. `create` makes `first`, which is missing in a directory
/// that is there, and then all the other directories on the way to `last`, which lies in it or is
/// it; it returns whether it has made one.
using directory_maker =
    std::function<bool(const std::string& first, const std::string& last, std::error_code& code)>;
bool create_all(link_tree& tree, const std::string& directory, const directory_maker& create,
                std::error_code& code);

/// What is to become of a link at the end of a path that is opened: who creates what must not be
/// there yet follows none, nor who names a directory.
[[nodiscard]] last_link end_of(std::ios_base::openmode mode) noexcept;

/// What such a path gives to who opens it, before it is tried.
[[nodiscard]] std::error_code check_opened(const resolved& found,
                                           std::ios_base::openmode mode) noexcept;

/// Whether `..` is in a path: then what it leads through may be gone before what it leads to.
[[nodiscard]] bool goes_up(const path& file);

/// remove_all() of the directory that `written` leads to: what is in there goes by the name it has
/// without dots, or nothing would be found beneath `dir/..` once dir is gone; and then it is tried
/// by the name that was written.
std::uintmax_t remove_all_in(filesystem& files, const std::string& directory, const path& written,
                             std::error_code& code);

/// What a path that ends so gives to who takes a name away; none where it ends in a name.
[[nodiscard]] std::error_code refused(const resolved& found, std::errc dot,
                                      std::errc dot_dot) noexcept;

}  // namespace sluice::fs

#endif  // SLUICE_FS_RESOLVE_HPP
