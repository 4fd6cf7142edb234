// held: the file system that another kind lies on, borrowed or owned.
//
//     class counted : public sluice::fs::filesystem {
//     public:
//         explicit counted(sluice::fs::held_filesystem files) : files_(std::move(files)) {}
//     protected:
//         void do_remove(const path& file, std::error_code& code) override {
//             ++removed_;
//             files_.remove(file, code);
//         }
//         …
//
//     sluice::fs::disk disk;
//     counted borrows(disk);
//     counted owns(std::make_unique<sluice::fs::memory>());
//
// Threads: as the file system that is held.

#ifndef SLUICE_FS_HELD_HPP
#define SLUICE_FS_HELD_HPP

#include <sluice/fs/filesystem.hpp>

#include <cassert>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <ios>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace sluice::fs {

/// A file system that somebody else's object is made of: one given by reference is borrowed, and
/// must live longer; one that is moved in is owned.
///
/// Its calls are what a filesystem supplies to its base, with the errors as that kind has them:
/// what is not there is an error here. Paths must hold no NUL, and not be empty.
class held_filesystem {
public:
    // NOLINTNEXTLINE(google-explicit-constructor): a call takes either, as written
    held_filesystem(filesystem& files) noexcept : files_(&files) {}

    /// Requires: `files` is not null.
    template <std::derived_from<filesystem> Kind>
    // NOLINTNEXTLINE(google-explicit-constructor)
    held_filesystem(std::unique_ptr<Kind> files) noexcept
        : owned_(std::move(files)), files_(owned_.get()) {
        assert(files_ != nullptr);
    }

    [[nodiscard]] filesystem& get() const noexcept { return *files_; }

    // Each calls the function of its name that a kind supplies (filesystem.hpp, do_…), and returns
    // what that does. Errors: in `code`, which is cleared first; std::bad_alloc.

    [[nodiscard]] file_handle open(const std::string& file, std::ios_base::openmode mode,
                                   std::error_code& code) const;
    [[nodiscard]] file_info info(const path& file, bool follow, std::error_code& code) const;
    [[nodiscard]] std::vector<std::string> names(const path& directory,
                                                 std::error_code& code) const;
    [[nodiscard]] std::vector<named_info> list(const path& directory, std::error_code& code) const;
    void create_directory(const path& directory, std::error_code& code) const;
    void create_symlink(const path& target, const path& link, std::error_code& code) const;
    [[nodiscard]] path read_symlink(const path& link, std::error_code& code) const;
    void remove(const path& file, std::error_code& code) const;
    void rename(const path& from, const path& to, std::error_code& code) const;
    std::uintmax_t remove_all(const path& file, std::error_code& code) const;
    bool create_directories(const path& directory, std::error_code& code) const;
    [[nodiscard]] file_info walk(const std::string& file, std::size_t& length,
                                 std::error_code& code) const;
    [[nodiscard]] bool equivalent(const path& a, const path& b, std::error_code& code) const;
    void set_last_write_time(const path& file, file_time_type time, std::error_code& code) const;
    void set_permissions(const path& file, perms what, bool follow, std::error_code& code) const;
    [[nodiscard]] path current_path(std::error_code& code) const;

private:
    std::unique_ptr<filesystem> owned_;  // null where it is borrowed
    filesystem* files_;
};

}  // namespace sluice::fs

#endif  // SLUICE_FS_HELD_HPP
