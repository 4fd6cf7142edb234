#include "resolve.hpp"

#include "open_mode.hpp"

#include <algorithm>
#include <utility>

namespace sluice::fs {
namespace {

using ending = resolved::ending;

void go_up(std::string& directory) {
    directory.erase(directory.rfind('/') == std::string::npos ? 0 : directory.rfind('/'));
}

// One walk through a tree, which stands in a directory.
class resolver {
public:
    resolver(link_tree& tree, const std::string& file, last_link how)
        : tree_(tree), rest_(file), how_(how) {}

    resolved run(std::error_code& code) {
        while (!code && !done_) {
            step(code);
        }
        return std::move(result_);
    }

private:
    void step(std::error_code& code) {
        const std::string name = rest_.next();
        if (name.empty() || name == "." || name == "..") {
            if (name == "..") {
                go_up(here_);
            }
            if (rest_.at_end()) {
                stop_here(name.empty()  ? ending::root
                          : name == "." ? ending::dot
                                        : ending::dot_dot,
                          code);
            }
            return;
        }
        std::string file = here_ + '/' + name;
        file_info info = tree_.look(file, code);
        if (code == std::errc::no_such_file_or_directory && rest_.at_end()) {
            code.clear();
            stop(std::move(file), file_info(), false);
        } else if (code) {
            return;
        } else if (info.type == file_type::symlink && follows()) {
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
    std::string here_;  // empty: the root
    resolved result_;
    bool done_ = false;
};

}  // namespace

file_info filesystem_tree::look(const std::string& file, std::error_code& code) {
    const file_info info = files_.symlink_info(file, code);
    if (!code && info.type == file_type::not_found) {
        code = system_code(std::errc::no_such_file_or_directory);
    }
    return info;
}

std::string filesystem_tree::target(const std::string& link, std::error_code& code) {
    return files_.read_symlink(link, code).native();
}

resolved resolve(link_tree& tree, const std::string& file, last_link how, std::error_code& code) {
    code.clear();
    if (file.size() > path_walk::longest_path) {
        code = system_code(std::errc::filename_too_long);
        return {};
    }
    return resolver(tree, file, how).run(code);
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
