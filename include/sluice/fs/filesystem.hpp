// filesystem: what programs do with files and directories, as an object that a test replaces.
//
//     void rotate(sluice::fs::filesystem& files, const std::filesystem::path& log) {
//         if (files.exists(log) && files.file_size(log) > 1'000'000) {
//             files.rename(log, log.string() + ".1");
//         }
//         files.open(log, std::ios::app) << "started\n";
//     }
//
// Kinds: disk, memory, overlay, read_only, rooted. A kind of one's own derives from filesystem and
// supplies what is protected there. Sizes are in bytes.

#ifndef SLUICE_FS_FILESYSTEM_HPP
#define SLUICE_FS_FILESYSTEM_HPP

#include <sluice/detail/file_handle.hpp>
#include <sluice/open_file.hpp>
#include <sluice/stream.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <ios>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace sluice::fs {

using std::filesystem::copy_options;
using std::filesystem::file_status;
using std::filesystem::file_time_type;
using std::filesystem::file_type;
using std::filesystem::path;
using std::filesystem::perm_options;
using std::filesystem::perms;

/// What there is to say of a file without opening it.
struct file_info {
    file_type type = file_type::none;
    perms permissions = perms::unknown;
    std::uintmax_t size = 0;  // of a regular file; of a symbolic link, of its target's name
    file_time_type last_write_time{};
};

/// What a directory holds.
struct directory_entry {
    std::filesystem::path path;        // the directory's, as it was given, and the name
    file_type type = file_type::none;  // of a symbolic link: symlink
    std::uintmax_t file_size = 0;      // of a regular file
    file_time_type last_write_time{};

    [[nodiscard]] bool is_directory() const noexcept { return type == file_type::directory; }
    [[nodiscard]] bool is_regular_file() const noexcept { return type == file_type::regular; }
    [[nodiscard]] bool is_symlink() const noexcept { return type == file_type::symlink; }
};

/// A name in a directory, and what is told of it.
struct named_info {
    std::string name;
    file_info info;
};

class held_filesystem;

/// A file system.
///
/// Each call has two forms, as in std::filesystem: one throws error(operation, code, path), the
/// other takes a std::error_code&, which it clears where there is no error. Codes are the system's
/// (std::system_category()), whatever the kind: std::errc::no_such_file_or_directory,
/// not_a_directory, is_a_directory, file_exists, directory_not_empty, permission_denied,
/// read_only_file_system, too_many_symbolic_link_levels, filename_too_long, invalid_argument (a NUL
/// in a path, a directory moved into itself) … Either form may throw std::bad_alloc.
///
/// Paths are POSIX paths: from `/`, or from where the kind says that relative ones begin. Whatever
/// is said of std::filesystem's functions of these names holds here; symbolic links are followed
/// but where a call says otherwise.
///
/// It differs from std::filesystem on purpose:
/// - That there is no file is no error of status(), symlink_status(), is_regular_file(),
///   is_directory() and is_symlink() in the second form either: the answer tells it.
/// - A NUL in a path is std::errc::invalid_argument; the standard's calls do not see what follows.
/// - equivalent() fails where one of the two is missing (LWG 2937).
/// - A directory copied into itself is std::errc::invalid_argument, before anything is copied.
/// - There are no hard links.
///
/// A call on one path of the kinds here takes time in proportion to the length of that path,
/// however deep it leads, and remove_all() in proportion to what is removed. A link, `.` or
/// `..` on the way may begin anew, and takes as long again as the path up to there. list() asks
/// each entry by its path and takes that time for each, but on a rooted disk, which goes to the
/// directory once; an overlay, and a kind that passes each call on, take it for each entry that
/// they copy up or remove too.
///
/// A file that is open stays so when its name is taken away, and when the filesystem is destroyed.
/// Distinct calls may be made from distinct threads at once, unless a kind's header says otherwise.
///
/// Source: [fs.op.funcs].
class filesystem : public file_opener {
public:
    /// A stream of bytes on a file, as std::fstream opens it, with `binary` in the mode already.
    ///
    /// Returns: an open stream; in the second form a closed one where `code` says why not. For text
    ///          and Python's modes: sluice::open(files, path, "r").
    [[nodiscard]] stream open(const path& file, std::ios_base::openmode mode = std::ios_base::in);
    [[nodiscard]] stream open(const path& file, std::ios_base::openmode mode,
                              std::error_code& code);

    /// What is told of a file; of a link itself by the second name.
    ///
    /// Returns: file_type::not_found, and no error, where there is none.
    [[nodiscard]] file_info info(const path& file);
    [[nodiscard]] file_info info(const path& file, std::error_code& code);
    [[nodiscard]] file_info symlink_info(const path& file);
    [[nodiscard]] file_info symlink_info(const path& file, std::error_code& code);

    [[nodiscard]] file_status status(const path& file);
    [[nodiscard]] file_status status(const path& file, std::error_code& code);
    [[nodiscard]] file_status symlink_status(const path& file);
    [[nodiscard]] file_status symlink_status(const path& file, std::error_code& code);
    [[nodiscard]] bool exists(const path& file);
    [[nodiscard]] bool exists(const path& file, std::error_code& code);
    [[nodiscard]] bool is_regular_file(const path& file);
    [[nodiscard]] bool is_regular_file(const path& file, std::error_code& code);
    [[nodiscard]] bool is_directory(const path& file);
    [[nodiscard]] bool is_directory(const path& file, std::error_code& code);
    [[nodiscard]] bool is_symlink(const path& file);
    [[nodiscard]] bool is_symlink(const path& file, std::error_code& code);
    [[nodiscard]] bool is_empty(const path& file);
    [[nodiscard]] bool is_empty(const path& file, std::error_code& code);
    [[nodiscard]] bool equivalent(const path& a, const path& b);
    [[nodiscard]] bool equivalent(const path& a, const path& b, std::error_code& code);

    /// Errors: std::errc::is_a_directory, not_supported for what is neither file nor directory.
    [[nodiscard]] std::uintmax_t file_size(const path& file);
    [[nodiscard]] std::uintmax_t file_size(const path& file, std::error_code& code);

    [[nodiscard]] file_time_type last_write_time(const path& file);
    [[nodiscard]] file_time_type last_write_time(const path& file, std::error_code& code);
    void last_write_time(const path& file, file_time_type time);
    void last_write_time(const path& file, file_time_type time, std::error_code& code);

    /// Sets, adds or takes away permissions; with perm_options::nofollow, those of a link itself.
    ///
    /// Errors: std::errc::no_such_file_or_directory, operation_not_permitted for who does not own
    ///         it, read_only_file_system; of a link, what the kind says, on Linux's disks
    ///         operation_not_supported.
    void permissions(const path& file, perms what, perm_options how = perm_options::replace);
    void permissions(const path& file, perms what, std::error_code& code);
    void permissions(const path& file, perms what, perm_options how, std::error_code& code);

    /// What a directory holds, `.` and `..` left out, sorted by name.
    [[nodiscard]] std::vector<directory_entry> list(const path& directory);
    [[nodiscard]] std::vector<directory_entry> list(const path& directory, std::error_code& code);

    /// The same with what its directories hold, each directory before that. Links are not followed.
    [[nodiscard]] std::vector<directory_entry> recursive_list(const path& directory);
    [[nodiscard]] std::vector<directory_entry> recursive_list(const path& directory,
                                                              std::error_code& code);

    /// Returns: whether something was created; a directory that is there already is no error.
    bool create_directory(const path& directory);
    bool create_directory(const path& directory, std::error_code& code);
    bool create_directories(const path& directory);
    bool create_directories(const path& directory, std::error_code& code);

    /// Makes `link` lead to `target`, which need not be there, and is kept as it is written: where
    /// it is relative, it begins in the link's directory.
    ///
    /// Errors: std::errc::file_exists where there is something at `link`, also a link that leads
    ///         nowhere; operation_not_supported of a kind that has no links.
    void create_symlink(const path& target, const path& link);
    void create_symlink(const path& target, const path& link, std::error_code& code);

    /// Returns: what create_symlink() was given.
    /// Errors:  std::errc::invalid_argument for what is no link.
    [[nodiscard]] path read_symlink(const path& link);
    [[nodiscard]] path read_symlink(const path& link, std::error_code& code);

    /// Takes away a file, a link, or an empty directory.
    ///
    /// Returns: whether there was one.
    bool remove(const path& file);
    bool remove(const path& file, std::error_code& code);

    /// Returns: how many were taken away; -1 as an error's.
    std::uintmax_t remove_all(const path& file);
    std::uintmax_t remove_all(const path& file, std::error_code& code);

    /// Replaces what `to` was, as the system does: at no time is there none.
    void rename(const path& from, const path& to);
    void rename(const path& from, const path& to, std::error_code& code);

    /// Copies content and permissions of a file. Returns: whether it was copied.
    bool copy_file(const path& from, const path& to, copy_options how = copy_options::none);
    bool copy_file(const path& from, const path& to, std::error_code& code);
    bool copy_file(const path& from, const path& to, copy_options how, std::error_code& code);

    /// Copies files, and with copy_options::recursive directories.
    void copy(const path& from, const path& to, copy_options how = copy_options::none);
    void copy(const path& from, const path& to, std::error_code& code);
    void copy(const path& from, const path& to, copy_options how, std::error_code& code);

    /// Returns: the absolute directory in which relative paths begin. A disk's is the working
    ///          directory of the process; that of a kind over another, what the kind says; else it
    ///          is "/", whatever the process's is.
    /// Errors:  the system's, such as no_such_file_or_directory where it was removed.
    [[nodiscard]] path current_path();
    [[nodiscard]] path current_path(std::error_code& code);

    /// Makes a file `size` bytes long: it loses what is beyond, or gets zeros. It need not be
    /// readable, and is not created.
    ///
    /// Errors: std::errc::no_such_file_or_directory, is_a_directory, invalid_argument for what is
    ///         neither, permission_denied, file_too_large, no_space_on_device; those of closing.
    void resize_file(const path& file, std::uintmax_t size);
    void resize_file(const path& file, std::uintmax_t size, std::error_code& code);

    /// The whole content of a file.
    ///
    /// Source: pathlib.Path.read_bytes.
    [[nodiscard]] std::string read_bytes(const path& file);
    [[nodiscard]] std::string read_bytes(const path& file, std::error_code& code);

    /// Makes it the whole content of a file, which is created where there is none. What was written
    /// before an error stays.
    ///
    /// Source: pathlib.Path.write_bytes.
    void write_bytes(const path& file, std::string_view content);
    void write_bytes(const path& file, std::string_view content, std::error_code& code);

    /// See file_opener::open_file.
    [[nodiscard]] file_handle open_file(const std::string& file, std::ios_base::openmode mode,
                                        std::error_code& code) final;
    [[nodiscard]] bool names_directory(const std::string& file) final;

protected:
    // What a kind supplies. `code` is clear when it is called; no path holds a NUL or is empty. A
    // code of std::generic_category() becomes the system's.

    virtual file_handle do_open(const std::string& file, std::ios_base::openmode mode,
                                std::error_code& code) = 0;

    /// Of a link itself where `follow` is false. An error where there is none.
    virtual file_info do_info(const path& file, bool follow, std::error_code& code) = 0;

    /// In any order.
    virtual std::vector<std::string> do_names(const path& directory, std::error_code& code) = 0;

    /// The same with what is told of each, of links themselves; what is gone meanwhile is left out.
    /// By do_names() and do_info(), unless a kind goes to the directory once for all.
    virtual std::vector<named_info> do_list(const path& directory, std::error_code& code);

    /// std::errc::file_exists where there is something.
    virtual void do_create_directory(const path& directory, std::error_code& code) = 0;
    virtual void do_create_symlink(const path& target, const path& link, std::error_code& code);
    virtual path do_read_symlink(const path& link, std::error_code& code);

    virtual void do_remove(const path& file, std::error_code& code) = 0;
    virtual void do_rename(const path& from, const path& to, std::error_code& code) = 0;

    /// By the calls above, unless a kind does it better. `file` may be missing.
    ///
    /// Returns: how many were taken away.
    virtual std::uintmax_t do_remove_all(const path& file, std::error_code& code);

    /// By the calls above, unless a kind does it better, such as in one walk. `directory` is none.
    ///
    /// Returns: whether something was created.
    virtual bool do_create_directories(const path& directory, std::error_code& code);

    /// Goes along a path as far as its names are directories, and follows no link: for kinds that
    /// lie above and follow links themselves. By do_info() of each name in turn, unless a kind does
    /// it in one walk.
    ///
    /// `file` is absolute. Its first `length` bytes lead to a directory, by links and dots too; 0
    /// is the root. Names come after it, one at least, each with one slash before it; `.` and `..`
    /// are none of them.
    ///
    /// Returns: what is told of the last name, or of the first that is no directory; `length` ends
    ///          after it. An error where that name is not there.
    virtual file_info do_walk(const std::string& file, std::size_t& length, std::error_code& code);

    /// Whether two paths lead to one file. An error where there is none.
    virtual bool do_equivalent(const path& a, const path& b, std::error_code& code) = 0;
    virtual void do_set_last_write_time(const path& file, file_time_type time,
                                        std::error_code& code) = 0;
    virtual void do_set_permissions(const path& file, perms what, bool follow,
                                    std::error_code& code) = 0;
    /// Absolute; `/` where a kind has nothing else to say.
    virtual path do_current_path(std::error_code& code);

private:
    friend class held_filesystem;  // calls what is protected here for who lies above

    file_info look(const path& file, bool follow, std::error_code& code);
    file_info find(const path& file, bool follow, std::error_code& code);
    bool replaces(const path& from, const path& to, copy_options how, std::error_code& code);
    void copy_content(const path& from, const path& to, bool over, const perms* fresh,
                      std::error_code& code);
    void copy_link(const path& from, const path& to, copy_options how, bool there,
                   std::error_code& code);
    void copy_regular(const path& from, const path& to, copy_options how, const file_info& target,
                      std::error_code& code);
    void copy_directory(const path& from, const path& to, copy_options how, const file_info& source,
                        bool there, std::error_code& code);
    void copy_any(const path& from, const path& to, copy_options how, bool nested,
                  std::error_code& code);
};

}  // namespace sluice::fs

#endif  // SLUICE_FS_FILESYSTEM_HPP
