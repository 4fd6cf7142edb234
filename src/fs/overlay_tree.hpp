// What an overlay knows of its two trees: what is where, and what is hidden below.

#ifndef SLUICE_FS_OVERLAY_TREE_HPP
#define SLUICE_FS_OVERLAY_TREE_HPP

#include <sluice/fs/held.hpp>

#include "resolve.hpp"

#include <cstddef>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace sluice::fs {

/// Of absolute names.
[[nodiscard]] inline bool is_within(const std::string& file, const std::string& directory) {
    return file.size() > directory.size() && file.starts_with(directory) &&
           file[directory.size()] == '/';
}

/// Names are absolute, and hold no link, no `.` and no `..`; their directories are there.
class overlay_tree : public link_tree {
public:
    // With each name, all that is beneath it comes next.
    struct name_order {
        using is_transparent = void;
        bool operator()(std::string_view a, std::string_view b) const noexcept;
    };
    using names_type = std::set<std::string, name_order>;

    // Whether a call is at the copy now; else it is what an earlier one left.
    using copies_type = std::map<std::string, bool, name_order>;

    overlay_tree(held_filesystem lower, held_filesystem upper)
        : below(std::move(lower)), above(std::move(upper)) {}
    overlay_tree(const overlay_tree&) = delete;
    overlay_tree& operator=(const overlay_tree&) = delete;
    ~overlay_tree() override = default;

    /// How each call begins. One at a time: what is looked at must still be so when it is changed.
    [[nodiscard]] std::unique_lock<std::mutex> enter();

    file_info look(const std::string& file, std::error_code& code) override;
    std::string target(const std::string& link, std::error_code& code) override;
    file_info walk(const std::string& file, std::size_t& length, std::error_code& code) override;

    /// A path as it is from the root on.
    [[nodiscard]] std::string whole(const path& file, std::error_code& code);

    /// Where a path leads, one that is relative too.
    [[nodiscard]] resolved find(const path& file, last_link how, std::error_code& code);

    /// The same of what must be there.
    [[nodiscard]] resolved find_there(const path& file, last_link how, std::error_code& code);

    [[nodiscard]] bool is_above(const std::string& file, std::error_code& code) const;

    /// Whether it is below, and not hidden.
    [[nodiscard]] bool shows_below(const std::string& file, std::error_code& code) const;

    /// What a directory holds.
    [[nodiscard]] std::vector<std::string> names(const std::string& directory,
                                                 std::error_code& code);

    /// Makes what is there be above, with its directories; a file without its content where that is
    /// not wanted.
    ///
    /// Returns: whether it was not there before.
    bool copy_up(const resolved& file, std::error_code& code, bool with_content = true);

    /// The same with all that is below a directory.
    void copy_up_all(const resolved& file, std::error_code& code);

    /// Makes the directory that `file` is in be above.
    void copy_up_directory_of(const std::string& file, std::error_code& code);

    /// Takes back what earlier calls have left above of copies of `file` and of what is in it.
    void take_back_at(const std::string& file, std::error_code& code);

    /// For what shall be above, and is no copy: its directory is, and nothing that was left.
    void make_room_for(const std::string& file, std::error_code& code);

    /// Whether names may come and go where `file` is; above only itself is asked.
    [[nodiscard]] std::error_code check_change(const std::string& file);

    /// Hides what is below.
    void note_hidden(const std::string& file);

    // NOLINTBEGIN(misc-non-private-member-variables-in-classes): the overlay's own
    held_filesystem below;
    held_filesystem above;
    // NOLINTEND(misc-non-private-member-variables-in-classes)

private:
    friend class hiding;
    friend class unfinished;

    [[nodiscard]] std::size_t hidden_part(const std::string& file) const;
    [[nodiscard]] std::size_t unfinished_part(const std::string& file) const noexcept;
    file_info walk_above(const std::string& file, std::size_t& length, std::error_code& code) const;
    [[nodiscard]] file_info info_above(const std::string& file, std::error_code& code) const;
    void take_back(const std::string& file, std::error_code& code);
    bool take_back(const std::string& file) noexcept;
    void take_back_unfinished() noexcept;
    [[nodiscard]] bool is_hidden(const std::string& file) const;
    void take_names_within(const std::string& file, names_type& taken) noexcept;
    std::error_code check_conflict(const std::string& file, std::size_t directories,
                                   std::size_t below_end, const file_info& found,
                                   const std::error_code& failed);
    void create_above(const std::string& file, const file_info& info, bool with_content,
                      std::error_code& code);
    void copy_file_up(const std::string& file, perms permissions, bool with_content,
                      std::error_code& code);

    std::mutex mutex_;

    // With each name, all that is beneath it is hidden below too: no entry is there. What was
    // hidden once is hidden for ever.
    names_type hidden_;

    // What has been begun above, and is not there before it is finished: where not even its name
    // could be taken back, the next call tries again.
    copies_type unfinished_;
};

/// A copy that is begun above. Unless it is finished, what is below is seen as before.
class unfinished {
public:
    unfinished(overlay_tree& tree, const std::string& file);
    unfinished(const unfinished&) = delete;
    unfinished& operator=(const unfinished&) = delete;
    ~unfinished();

    void finish() noexcept;

private:
    overlay_tree& tree_;
    overlay_tree::copies_type::iterator place_;
    bool ends_here_;  // not part of another such copy
};

/// Hides a name below for a change above that may fail: nothing can fail after that change.
class hiding {
public:
    /// Nothing is hidden where nothing is there that shows.
    hiding(overlay_tree& tree, const std::string& file, std::error_code& code);
    hiding(const hiding&) = delete;
    hiding& operator=(const hiding&) = delete;
    ~hiding();

    [[nodiscard]] bool hides() const noexcept { return hides_; }
    void keep() noexcept;

private:
    overlay_tree& tree_;
    overlay_tree::names_type::iterator place_;
    overlay_tree::names_type within_;  // what was hidden beneath it
    bool hides_ = false;
};

}  // namespace sluice::fs

#endif  // SLUICE_FS_OVERLAY_TREE_HPP
