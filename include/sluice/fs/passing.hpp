// passing: a file system that passes every call on to another.
//
//     class slow_renames : public sluice::fs::passing_filesystem {
//         using passing_filesystem::passing_filesystem;
//         void do_rename(const path& from, const path& to, std::error_code& code) override {
//             std::this_thread::sleep_for(1s);
//             passing_filesystem::do_rename(from, to, code);
//         }
//     };
//
// Threads: as the file system below.

#ifndef SLUICE_FS_PASSING_HPP
#define SLUICE_FS_PASSING_HPP

#include <sluice/fs/filesystem.hpp>
#include <sluice/fs/held.hpp>

#include <ios>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace sluice::fs {

/// The base of kinds that change a few calls of another: override those. remove_all is made of the
/// calls here, and not passed on as one, so that what is overridden sees all that goes.
class passing_filesystem : public filesystem {
public:
    explicit passing_filesystem(held_filesystem files) noexcept : files_(std::move(files)) {}

protected:
    [[nodiscard]] const held_filesystem& files() const noexcept { return files_; }

    file_handle do_open(const std::string& file, std::ios_base::openmode mode,
                        std::error_code& code) override;
    file_info do_info(const path& file, bool follow, std::error_code& code) override;
    std::vector<std::string> do_names(const path& directory, std::error_code& code) override;
    void do_create_directory(const path& directory, std::error_code& code) override;
    void do_create_symlink(const path& target, const path& link, std::error_code& code) override;
    path do_read_symlink(const path& link, std::error_code& code) override;
    void do_remove(const path& file, std::error_code& code) override;
    void do_rename(const path& from, const path& to, std::error_code& code) override;
    bool do_equivalent(const path& a, const path& b, std::error_code& code) override;
    void do_set_last_write_time(const path& file, file_time_type time,
                                std::error_code& code) override;
    void do_set_permissions(const path& file, perms what, bool follow,
                            std::error_code& code) override;
    path do_current_path(std::error_code& code) override;

private:
    held_filesystem files_;
};

}  // namespace sluice::fs

#endif  // SLUICE_FS_PASSING_HPP
