// A path on its way through a tree: the names that are still to come, and the links on the way.

#ifndef SLUICE_FS_PATH_WALK_HPP
#define SLUICE_FS_PATH_WALK_HPP

#include "code.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace sluice::fs {

/// What becomes of a link at the end of a path.
enum class last_link {
    followed,
    looked_at,  // but followed where a slash comes after it, as lstat() does
    created,    // followed, but where a slash comes after it: what is opened with O_CREAT
    kept,       // in any case, as unlink() and rename() do
};

/// The names of a path, each taken off in its turn, and links put in their places.
class path_walk {
public:
    /// As the system has it.
    static constexpr std::size_t longest_path = 4095;
    static constexpr int most_links = 40;

    explicit path_walk(std::string path) : rest_(std::move(path)) {}

    /// Takes the next name off; empty where there is none, and never with a slash in it.
    [[nodiscard]] std::string next() {
        const std::size_t first = begin_of_name(begin_);
        begin_ = end_of_name(first);
        last_ = rest_.size() - first;
        return rest_.substr(first, begin_ - first);
    }

    /// The names up to the next `..`, or to a `.` at the end, with a slash before each; empty where
    /// one of these comes next. A `.` among them is left out. They are not taken off.
    [[nodiscard]] std::string names_ahead() const {
        std::string names;
        for (std::size_t end = begin_;;) {
            const std::size_t first = begin_of_name(end);
            end = end_of_name(first);
            const auto name = std::string_view(rest_).substr(first, end - first);
            if (name.empty() || name == "..") {
                return names;
            }
            if (name != ".") {
                names += '/';
                names += name;
            }
        }
    }

    /// Takes off as many of those as `names` are, a front of them.
    void take(std::string_view names) {
        for (auto left = std::count(names.begin(), names.end(), '/'); left > 0;) {
            left -= next() != "." ? 1 : 0;
        }
    }

    /// Whether the name that was taken off last was the last; slashes may still follow.
    [[nodiscard]] bool at_end() const noexcept { return begin_of_name(begin_) == rest_.size(); }

    /// Whether slashes follow what was taken off last.
    [[nodiscard]] bool before_slash() const noexcept { return begin_ != rest_.size(); }

    /// Whether what was taken off last stood in a link, and not in the path that was given.
    [[nodiscard]] bool in_link() const noexcept { return last_ > after_link_; }

    /// What is still to come.
    [[nodiscard]] std::string rest() const { return rest_.substr(begin_); }

    /// Goes on with what a link says; `code` is set where that cannot be.
    void enter_link(const std::string& target, std::error_code& code) {
        if (++links_ > most_links) {
            code = system_code(std::errc::too_many_symbolic_link_levels);
        } else if (target.empty()) {
            code = system_code(std::errc::no_such_file_or_directory);
        } else if (target.size() + rest_.size() - begin_ > longest_path) {
            code = system_code(std::errc::filename_too_long);
        } else {
            if (!in_link()) {
                after_link_ = rest_.size() - begin_;
            }
            rest_.replace(0, begin_, target);
            begin_ = 0;
        }
    }

private:
    [[nodiscard]] std::size_t begin_of_name(std::size_t from) const noexcept {
        return std::min(rest_.find_first_not_of('/', from), rest_.size());
    }
    [[nodiscard]] std::size_t end_of_name(std::size_t first) const noexcept {
        return std::min(rest_.find('/', first), rest_.size());
    }

    std::string rest_;
    std::size_t begin_ = 0;  // at a slash, but at the start of a path or a link's target
    // Counted from the end, which a link that is put in does not move.
    std::size_t last_ = 0;  // where the name that was taken off last begins
    std::size_t after_link_ = std::string::npos;
    int links_ = 0;
};

}  // namespace sluice::fs

#endif  // SLUICE_FS_PATH_WALK_HPP
