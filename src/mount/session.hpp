// session: the copies in RAM of one run of the launcher, and what a program must be told to find
// them.

#ifndef SLUICE_MOUNT_SESSION_HPP
#define SLUICE_MOUNT_SESSION_HPP

#include "options.hpp"
#include "tree.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace sluice::mount {

/// What a copy of fixtures is made in: a directory that only the user may enter, and that is
/// removed in the end.
///
/// What is mounted is not always the prefix: it is the first directory of it that is not there, so
/// that those above the prefix are there too. A prefix under another is copied into that one's
/// copy, over what is at that place.
class session {
public:
    /// Errors: throws launch_error, and `interrupted`.
    explicit session(const options& wanted);
    session(const session&) = delete;
    session& operator=(const session&) = delete;
    ~session();

    /// The value of table_variable.
    [[nodiscard]] std::string table_text() const;

    /// Copies what is at prefixes to where --save says.
    void save(const std::vector<pair_of_paths>& saves) const;

    /// Leaves the copies where they are, and says in the end where that is, of those that the
    /// program has not removed.
    void keep() noexcept { keep_ = true; }

    [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }

private:
    // Where the copy of a prefix is put.
    struct point {
        std::string prefix;   // as the kernel calls it
        std::string spelled;  // as the user does
        std::filesystem::path place;
    };

    void make_folder(const std::string& wanted);
    void mount(const pair_of_paths& fixture);
    std::filesystem::path make_place(const std::string& prefix, const std::string& spelled);
    void copy(const pair_of_paths& fixture, const std::filesystem::path& place);
    [[nodiscard]] const point* point_of(const std::string& prefix) const;

    std::filesystem::path folder_;
    std::vector<point> points_;
    std::vector<std::string> prefixes_;
    copied copied_;
    bool keep_ = false;
    bool read_only_ = false;
};

}  // namespace sluice::mount

#endif  // SLUICE_MOUNT_SESSION_HPP
