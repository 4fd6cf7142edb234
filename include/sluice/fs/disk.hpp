// disk: the system's own files, where a filesystem is asked for.
//
//     sluice::fs::disk files;
//     rotate(files, "/var/log/app.log");
//
// Sizes are in bytes. Threads: as the system has it.

#ifndef SLUICE_FS_DISK_HPP
#define SLUICE_FS_DISK_HPP

#include <sluice/fs/filesystem.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

namespace sluice::fs {

/// The system's files. Relative paths begin in the process's working directory. Its streams are on
/// descriptors, and have native_handle().
///
/// However deep a tree is, remove_all() holds no more than 34 descriptors. So where its way back
/// leads up through more than 32 directories, the system is asked for those before them; where one
/// of them was moved meanwhile, the call fails with std::errc::resource_unavailable_try_again, as
/// openat2(2) does.
class disk : public filesystem {
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
};

}  // namespace sluice::fs

#endif  // SLUICE_FS_DISK_HPP
