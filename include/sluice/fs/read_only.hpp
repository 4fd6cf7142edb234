// read_only: a file system that nothing is written to.
//
//     sluice::fs::disk disk;
//     sluice::fs::read_only fixtures(disk);
//     run(fixtures);                               // whatever it does, the disk stays as it is
//
// Threads: as the file system below.

#ifndef SLUICE_FS_READ_ONLY_HPP
#define SLUICE_FS_READ_ONLY_HPP

#include <sluice/fs/passing.hpp>

#include <cstddef>
#include <ios>
#include <string>
#include <system_error>

namespace sluice::fs {

/// Another file system, borrowed or owned, to be read: whatever would change it gives
/// std::errc::read_only_file_system, and reading passes.
///
/// As where a disk is mounted read-only, what is wrong before that comes first: a directory on the
/// way that is missing, or is none; a directory opened for writing (is_a_directory); what there is
/// already, opened with `noreplace` or to be created (file_exists); what is missing whose time or
/// permissions are set (no_such_file_or_directory). To remove or rename what is missing is
/// read_only_file_system too.
class read_only : public passing_filesystem {
public:
    using passing_filesystem::passing_filesystem;

protected:
    file_handle do_open(const std::string& file, std::ios_base::openmode mode,
                        std::error_code& code) override;
    file_info do_walk(const std::string& file, std::size_t& length, std::error_code& code) override;
    void do_create_directory(const path& directory, std::error_code& code) override;
    void do_create_symlink(const path& target, const path& link, std::error_code& code) override;
    void do_remove(const path& file, std::error_code& code) override;
    void do_rename(const path& from, const path& to, std::error_code& code) override;
    void do_set_last_write_time(const path& file, file_time_type time,
                                std::error_code& code) override;
    void do_set_permissions(const path& file, perms what, bool follow,
                            std::error_code& code) override;
};

}  // namespace sluice::fs

#endif  // SLUICE_FS_READ_ONLY_HPP
