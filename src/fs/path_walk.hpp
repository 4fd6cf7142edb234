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
        const std::size_t begin = std::min(rest_.find_first_not_of('/'), rest_.size());
        const std::size_t end = std::min(rest_.find('/', begin), rest_.size());
        std::string name = rest_.substr(begin, end - begin);
        rest_.erase(0, end);
        return name;
    }

    /// Whether the name that was taken off last was the last; slashes may still follow.
    [[nodiscard]] bool at_end() const noexcept {
        return rest_.find_first_not_of('/') == std::string::npos;
    }

    /// Whether slashes follow what was taken off last.
    [[nodiscard]] bool before_slash() const noexcept { return !rest_.empty(); }

    /// Goes on with what a link says; `code` is set where that cannot be.
    void enter_link(const std::string& target, std::error_code& code) {
        if (++links_ > most_links) {
            code = system_code(std::errc::too_many_symbolic_link_levels);
        } else if (target.empty()) {
            code = system_code(std::errc::no_such_file_or_directory);
        } else if (target.size() + rest_.size() > longest_path) {
            code = system_code(std::errc::filename_too_long);
        } else {
            rest_.insert(0, target);
        }
    }

private:
    std::string rest_;  // begins with a slash, but at the start of a path or a link's target
    int links_ = 0;
};

}  // namespace sluice::fs

#endif  // SLUICE_FS_PATH_WALK_HPP
