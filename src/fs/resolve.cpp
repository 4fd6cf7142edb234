#include "resolve.hpp"

#include "open_mode.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace sluice::fs {
namespace {

using ending = resolved::ending;

// What becomes of a walk at a name that is missing, where others follow.
enum class missing { fails, stops };

void go_up(std::string& directory) {
    directory.erase(directory.rfind('/') == std::string::npos ? 0 : directory.rfind('/'));
}

// One walk through a tree, which stands in a directory.
class resolver {
public:
    resolver(link_tree& tree, const std::string& file, last_link how, missing what = missing::fails)
        : tree_(tree), rest_(file), how_(how), missing_(what) {}

    resolved run(std::error_code& code) {
        while (!code && !done_) {
            const std::string names = rest_.names_ahead();
            if (names.empty()) {
                step_by_dots(code);
            } else {
                step(here_ + names, code);
            }
        }
        return std::move(result_);
    }

private:
    void step_by_dots(std::error_code& code) {
        const std::string name = rest_.next();
        if (name == "..") {
            go_up(here_);
        }
        if (rest_.at_end()) {
            stop_here(name.empty()  ? ending::root
                      : name == "." ? ending::dot
                                    : ending::dot_dot,
                      code);
        }
    }

    // Over many names at once, as far as they are directories.
    void step(std::string file, std::error_code& code) {
        std::size_t length = here_.size();
        const file_info info = tree_.walk(file, length, code);
        rest_.take(std::string_view(file).substr(here_.size(), length - here_.size()));
        file.resize(length);
        const bool is_missing = code == std::errc::no_such_file_or_directory;
        if (is_missing && (rest_.at_end() || missing_ == missing::stops)) {
            code.clear();
            stop(std::move(file), file_info(), false);
        } else if (code) {
            return;
        } else if (info.type == file_type::symlink && follows()) {
            go_up(here_.assign(file));
            follow(file, code);
        } else if (rest_.at_end() && (keeps_slash() || !rest_.before_slash())) {
            stop(std::move(file), info, true);
        } else if (info.type != file_type::directory) {
            code = system_code(std::errc::not_a_directory);
        } else if (rest_.at_end()) {
            stop(std::move(file), info, true);
        } else {
            here_ = std::move(file);
        }
    }

    [[nodiscard]] bool keeps_slash() const noexcept {
        return how_ == last_link::kept || how_ == last_link::created;
    }

    [[nodiscard]] bool follows() const noexcept {
        return !rest_.at_end() || how_ == last_link::followed ||
               (how_ == last_link::created && !rest_.before_slash()) ||
               (how_ == last_link::looked_at && rest_.before_slash());
    }

    void follow(const std::string& link, std::error_code& code) {
        std::string target = tree_.target(link, code);
        if (code) {
            return;
        }
        if (target.starts_with('/')) {
            here_.clear();
        }
        rest_.enter_link(target, code);
    }

    void stop(std::string file, file_info info, bool there) {
        result_.file = std::move(file);
        result_.info = info;
        result_.there = there;
        result_.before_slash = rest_.before_slash();
        result_.last = ending::name;
        if (missing_ == missing::stops) {
            result_.rest = rest_.rest();
            result_.in_link = rest_.in_link();
        }
        done_ = true;
    }

    // In the directory that the walk stands in.
    void stop_here(ending last, std::error_code& code) {
        std::string file = here_.empty() ? "/" : here_;
        const file_info info = tree_.look(file, code);
        stop(std::move(file), info, true);
        result_.last = last;
    }

    link_tree& tree_;
    path_walk rest_;
    last_link how_;
    missing missing_;
    std::string here_;  // empty: the root
    resolved result_;
    bool done_ = false;
};

}  // namespace

file_info filesystem_tree::look(const std::string& file, std::error_code& code) {
    return files_.info(file, false, code);
}

std::string filesystem_tree::target(const std::string& link, std::error_code& code) {
    return files_.read_symlink(link, code).native();
}

file_info filesystem_tree::walk(const std::string& file, std::size_t& length,
                                std::error_code& code) {
    return files_.walk(file, length, code);
}

resolved resolve(link_tree& tree, const std::string& file, last_link how, std::error_code& code) {
    code.clear();
    if (file.size() > path_walk::longest_path) {
        code = system_code(std::errc::filename_too_long);
        return {};
    }
    return resolver(tree, file, how).run(code);
}

file_info walk_in(link_tree& tree, const std::string& file, std::size_t& length,
                  std::error_code& code) {
    std::string start;
    if (length != 0) {
        const resolved found = resolve(tree, file.substr(0, length), last_link::followed, code);
        if (!code && found.info.type != file_type::directory) {
            code = system_code(found.there ? std::errc::not_a_directory
                                           : std::errc::no_such_file_or_directory);
        }
        if (code) {
            return {};
        }
        start = found.file == "/" ? std::string() : found.file;
    }
    const std::size_t before = length;
    length = start.size();
    const file_info info = tree.walk(start + file.substr(before), length, code);
    length = length - start.size() + before;
    return info;
}

bool create_all(link_tree& tree, const std::string& directory, const directory_maker& create,
                std::error_code& code) {
    bool created = false;
    if (directory.size() > path_walk::longest_path) {
        code = system_code(std::errc::filename_too_long);
    }
    // Once, and once more for each `..` that comes after a directory that was missing.
    for (std::size_t left = directory.size(); !code && left > 0; --left) {
        resolved found = resolver(tree, directory, last_link::followed, missing::stops).run(code);
        if (!code && found.there) {
            if (found.info.type != file_type::directory) {
                code = system_code(std::errc::not_a_directory);
            }
            break;
        }
        if (!code && found.in_link) {
            code = system_code(std::errc::file_exists);  // the link, which leads nowhere
        }
        if (!code) {
            const std::string more = path_walk(std::move(found.rest)).names_ahead();
            created = create(found.file, found.file + more, code) || created;
        }
    }
    return created && !code;
}

last_link end_of(std::ios_base::openmode mode) noexcept {
    return has(mode, noreplace) ? last_link::kept
           : creates(mode)      ? last_link::created
                                : last_link::followed;
}

std::error_code check_opened(const resolved& found, std::ios_base::openmode mode) noexcept {
    if (creates(mode) && found.before_slash) {
        return system_code(std::errc::is_a_directory);
    }
    if (found.there && has(mode, noreplace)) {
        return system_code(std::errc::file_exists);
    }
    if (!found.there && !creates(mode)) {
        return system_code(std::errc::no_such_file_or_directory);
    }
    return writes(mode) && found.info.type == file_type::directory
               ? system_code(std::errc::is_a_directory)
               : std::error_code();
}

std::error_code refused(const resolved& found, std::errc dot, std::errc dot_dot) noexcept {
    switch (found.last) {
    case ending::dot: return system_code(dot);
    case ending::dot_dot: return system_code(dot_dot);
    case ending::root: return system_code(std::errc::device_or_resource_busy);
    case ending::name: break;
    }
    return {};
}

bool goes_up(const path& file) {
    return std::find(file.begin(), file.end(), "..") != file.end();
}

std::uintmax_t remove_all_in(filesystem& files, const std::string& directory, const path& written,
                             std::error_code& code) {
    std::uintmax_t count = 0;
    for (const directory_entry& entry : files.list(directory, code)) {
        count += files.remove_all(entry.path, code);
        if (code) {
            return 0;
        }
    }
    if (!code && files.remove(written, code)) {
        ++count;
    }
    return count;
}

}  // namespace sluice::fs
