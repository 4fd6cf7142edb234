// replacement: a new content for a file, which takes the file's place in one step.

#ifndef SLUICE_SRC_DEVICE_REPLACEMENT_HPP
#define SLUICE_SRC_DEVICE_REPLACEMENT_HPP

#include <sluice/detail/file_handle.hpp>
#include <sluice/device/atomic.hpp>

#include "os/os.hpp"
#include "os/owned_handle.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <system_error>

namespace sluice::detail {

/// Begins as a file without a name (O_TMPFILE) in the target's directory, which a kill takes along;
/// or, where the file system has no such files, with one of 32 names that the target's name
/// foretells. What is written has such a name only between prepare() and publish().
///
/// A name in use is one whose file is locked (flock), so that a file which somebody killed has left
/// behind can be told, and is taken away by the next replacement of the same target. One that
/// belongs to another user is left alone, and so is a link.
///
/// All names are sought in the directory that was opened, and no link is followed in it: what is
/// swapped for a link meanwhile is not written through.
///
/// It is the process's that opened it: in a child that was forked meanwhile it does nothing. Such a
/// child shares the lock, though, and who is killed while one lives leaves a name that is in use.
class replacement {
public:
    replacement() = default;
    replacement(const replacement&) = delete;
    replacement& operator=(const replacement&) = delete;
    ~replacement() { discard(); }

    /// Opens the file that will take the place of `target`; `file` is where it is written.
    ///
    /// Returns: the system's code; std::errc::is_a_directory, errc::unsupported where the target is
    ///          neither a file nor missing, std::errc::file_exists; device_or_resource_busy where
    ///          no name becomes free.
    [[nodiscard]] std::error_code open(const std::filesystem::path& target,
                                       const atomic_options& options, bool must_not_exist,
                                       file_handle& file);

    /// All is written, and the file closed: gives it the target's owner and permissions, brings it
    /// to the disk where it is to be durable, and gives it a name.
    [[nodiscard]] std::error_code prepare();

    /// Takes the target's place. `published` tells whether it has, whatever is returned: the
    /// directory may not have reached the disk.
    [[nodiscard]] std::error_code publish(bool& published);

    void discard() noexcept;

    /// Whether this process opened it.
    [[nodiscard]] bool is_ours() const noexcept;

    /// Returns: errc::unsupported where `file` is not what will take the target's place.
    [[nodiscard]] std::error_code check_same(os::handle file) const noexcept;

private:
    [[nodiscard]] std::error_code find_target(const std::filesystem::path& target);
    [[nodiscard]] std::error_code create();
    [[nodiscard]] std::error_code create_named(os::owned_handle& made, const std::string& name);
    [[nodiscard]] std::error_code check_links(const std::filesystem::path& target);
    [[nodiscard]] std::error_code keep_attributes();
    template <class Make>
    [[nodiscard]] std::error_code take_name(Make make);
    void remove_stray(const char* name) noexcept;
    [[nodiscard]] std::string spare_name(std::size_t index) const;

    os::owned_handle directory_;
    os::owned_handle file_;   // a copy: it keeps the file, and its lock, when the writer has closed
    std::string name_;        // the target's, in the directory
    std::string spare_name_;  // what the file is called until it is published; empty: nothing
    os::path_status target_;
    os::process_id opener_ = 0;
    bool exists_ = false;
    bool must_not_exist_ = false;
    atomic_options options_;
};

}  // namespace sluice::detail

#endif  // SLUICE_SRC_DEVICE_REPLACEMENT_HPP
