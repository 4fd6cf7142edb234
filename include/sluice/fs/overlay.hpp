// overlay: a file system that reads from one and writes to another.
//
//     sluice::fs::disk disk;
//     sluice::fs::overlay files(disk, std::make_unique<sluice::fs::memory>());
//     files.write_bytes("/etc/app.conf", "port 80\n");   // in RAM
//     files.remove("/etc/hosts");                        // gone, as far as `files` can see
//
// Sizes are in bytes. Threads: all calls may be made at once, where those of both may; one lock
// is held for each, but not while a file is opened to be read, nor by an open file.

#ifndef SLUICE_FS_OVERLAY_HPP
#define SLUICE_FS_OVERLAY_HPP

#include <sluice/fs/held.hpp>

#include <cstddef>
#include <cstdint>
#include <ios>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace sluice::fs {

class overlay_tree;

/// Two trees seen as one: what is `above` hides what has the same name `below`, directories of both
/// are merged, and every change is made above. Nothing is ever changed below. Each may be borrowed
/// or owned; paths are the same in both, and relative ones begin where they do below.
///
/// - A file is copied up, with its permissions and its time, when it is opened for writing, and
///   when its time or its permissions are set; with `trunc`, without its content. A stream that
///   was opened before goes on reading the file below. What is above decides what may be done; but
///   a directory that may not be written is no hindrance to copying up, and the bits of its owner
///   decide whether what is in it below may be removed or renamed.
/// - What is removed, renamed or replaced is hidden below. What was hidden is kept in this object:
///   another overlay of the same two sees again what was removed below.
/// - A directory is renamed by copying up all that is in it.
/// - Symbolic links are followed by the overlay, in the merged tree, wherever they lie.
/// - Neither is to be changed by others meanwhile; what happens then is what the two make of it.
///
/// Errors: as the two give them. A file that is neither regular, nor a directory, nor a link cannot
/// be copied up: std::errc::not_supported. Where a copy fails, what was begun above is removed.
///
/// Source: Linux's overlayfs, with which it agrees but for the directories that are renamed.
class overlay : public filesystem {
public:
    /// Asks nothing of either yet: what is wrong with one is told by the calls.
    ///
    /// Requires: what is borrowed lives longer; both are not one and the same.
    /// Errors:   std::bad_alloc alone.
    overlay(held_filesystem below, held_filesystem above);
    overlay(const overlay&) = delete;
    overlay& operator=(const overlay&) = delete;
    ~overlay() override;

protected:
    file_handle do_open(const std::string& file, std::ios_base::openmode mode,
                        std::error_code& code) override;
    file_info do_info(const path& file, bool follow, std::error_code& code) override;
    std::vector<std::string> do_names(const path& directory, std::error_code& code) override;
    void do_create_directory(const path& directory, std::error_code& code) override;
    void do_create_symlink(const path& target, const path& link, std::error_code& code) override;
    path do_read_symlink(const path& link, std::error_code& code) override;
    void do_remove(const path& file, std::error_code& code) override;
    void do_rename(const path& from, const path& to, std::error_code& code) override;
    std::uintmax_t do_remove_all(const path& file, std::error_code& code) override;
    bool do_create_directories(const path& directory, std::error_code& code) override;
    file_info do_walk(const std::string& file, std::size_t& length, std::error_code& code) override;
    bool do_equivalent(const path& a, const path& b, std::error_code& code) override;
    void do_set_last_write_time(const path& file, file_time_type time,
                                std::error_code& code) override;
    void do_set_permissions(const path& file, perms what, bool follow,
                            std::error_code& code) override;
    path do_current_path(std::error_code& code) override;

private:
    std::unique_ptr<overlay_tree> tree_;
};

}  // namespace sluice::fs

#endif  // SLUICE_FS_OVERLAY_HPP
