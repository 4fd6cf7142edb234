// memory: a file system in RAM.
//
//     sluice::fs::memory files({.capacity = 1'000'000});
//     files.create_directories("/var/log");
//     files.write_bytes("/var/log/app.log", "started\n");
//     sluice::stream log = files.open("/var/log/app.log", std::ios::app);
//     log << "more\n" << std::flush;
//     assert(files.read_bytes("/var/log/app.log") == "started\nmore\n");
//
// Sizes are in bytes. Threads: all calls may be made at once, from any thread, also on one file.

#ifndef SLUICE_FS_MEMORY_HPP
#define SLUICE_FS_MEMORY_HPP

#include <sluice/fs/filesystem.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

namespace sluice::fs {

class memory_tree;

struct memory_options {
    /// How many bytes all files may hold together. What is beyond fails as on a full disk: what
    /// fits is written, then comes std::errc::no_space_on_device.
    std::uintmax_t capacity = std::numeric_limits<std::int64_t>::max();
};

/// A tree of files, directories and symbolic links, empty at first but for `/`, where relative
/// paths begin.
///
/// Many streams may be open on one file, each with its own position; what one has written is there
/// for the others once it is flushed. A file lives until its name is gone and its last stream is
/// closed, and its space is free then. Appending goes to the end, wherever others have moved it.
/// Each read and each write is one step for all others. Holes are zeros, and those of whole blocks
/// of 64 KiB take no space.
///
/// Errors, limits and times are Linux's: names of 255 bytes, paths of 4095, 40 links. A file that
/// is created may be read by all and written by its owner (0644; directories 0755), as if under a
/// umask of 022. Permissions are checked as for an owner who is not root: its three bits decide
/// who may open, list, search and change, so that std::errc::permission_denied can be had by root
/// too, whom a disk refuses nothing. Where there is no memory left, a write fails with
/// std::errc::not_enough_memory, and other calls throw std::bad_alloc; nothing has changed then.
class memory : public filesystem {
public:
    memory() : memory(memory_options()) {}
    explicit memory(const memory_options& options);
    memory(const memory&) = delete;
    memory& operator=(const memory&) = delete;
    ~memory() override;

    /// What the files may hold, and what is left of it.
    ///
    /// Source: std::filesystem::space.
    [[nodiscard]] std::filesystem::space_info space() const noexcept;

protected:
    file_handle do_open(const std::string& file, std::ios_base::openmode mode,
                        std::error_code& code) override;
    file_info do_info(const path& file, bool follow, std::error_code& code) override;
    std::vector<std::string> do_names(const path& directory, std::error_code& code) override;
    void do_create_directory(const path& directory, std::error_code& code) override;
    void do_create_symlink(const path& target, const path& link, std::error_code& code) override;
    path do_read_symlink(const path& link, std::error_code& code) override;
    void do_remove(const path& file, std::error_code& code) override;
    std::uintmax_t do_remove_all(const path& file, std::error_code& code) override;
    bool do_create_directories(const path& directory, std::error_code& code) override;
    file_info do_walk(const std::string& file, std::size_t& length, std::error_code& code) override;
    void do_rename(const path& from, const path& to, std::error_code& code) override;
    bool do_equivalent(const path& a, const path& b, std::error_code& code) override;
    void do_set_last_write_time(const path& file, file_time_type time,
                                std::error_code& code) override;
    void do_set_permissions(const path& file, perms what, bool follow,
                            std::error_code& code) override;

private:
    std::unique_ptr<memory_tree> tree_;
};

}  // namespace sluice::fs

#endif  // SLUICE_FS_MEMORY_HPP
