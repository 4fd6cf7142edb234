// rooted over the system's files, by descriptors.

#ifndef SLUICE_FS_ROOTED_DISK_HPP
#define SLUICE_FS_ROOTED_DISK_HPP

#include <sluice/fs/filesystem.hpp>

#include "os/owned_handle.hpp"

#include <cstddef>
#include <cstdint>
#include <ios>
#include <string>
#include <system_error>
#include <vector>

namespace sluice::fs {

/// See rooted.
class rooted_disk : public filesystem {
public:
    explicit rooted_disk(os::owned_handle root) noexcept : root_(std::move(root)) {}

protected:
    file_handle do_open(const std::string& file, std::ios_base::openmode mode,
                        std::error_code& code) override;
    file_info do_info(const path& file, bool follow, std::error_code& code) override;
    std::vector<std::string> do_names(const path& directory, std::error_code& code) override;
    std::vector<named_info> do_list(const path& directory, std::error_code& code) override;
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

private:
    os::owned_handle root_;
};

}  // namespace sluice::fs

#endif  // SLUICE_FS_ROOTED_DISK_HPP
