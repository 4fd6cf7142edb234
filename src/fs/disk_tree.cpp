#include "disk_tree.hpp"

#include "code.hpp"
#include "directory_trail.hpp"
#include "os/directory.hpp"
#include "os/owned_handle.hpp"
#include "path_walk.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace sluice::fs {
namespace {

bool is_gone(const std::error_code& code) noexcept {
    return code == std::errc::no_such_file_or_directory;
}

// A walk through what is removed. It does not call itself: a tree may be deeper than the stack.
class removal {
public:
    explicit removal(os::handle top) noexcept : trail_(top) {}

    std::uintmax_t remove(std::string name, std::error_code& code) {
        take(std::move(name), code);
        return finish(code);
    }

    std::uintmax_t remove_all(std::error_code& code) {
        std::vector<std::string> names = os::names_in(trail_.here(), code);
        while (!code && !names.empty()) {
            take(std::move(names.back()), code);
            finish(code);
            names.pop_back();
        }
        return count_;
    }

private:
    struct level {
        std::string name;                // of the directory, in the one above
        std::vector<std::string> names;  // that are left in it
    };

    std::uintmax_t finish(std::error_code& code) {
        while (!code && !levels_.empty()) {
            std::vector<std::string>& names = levels_.back().names;
            if (names.empty()) {
                leave(code);
            } else {
                const std::string next = std::move(names.back());
                names.pop_back();
                take(next, code);
            }
        }
        return count_;
    }

    // Takes a file away, or goes into a directory.
    void take(std::string name, std::error_code& code) {
        const os::path_status status = os::status_at(trail_.here(), name.c_str(), code);
        if (!code && status.type == file_type::directory) {
            enter(std::move(name), code);
        } else if (!code) {
            unlink(name, false, code);
        }
        forgive(code);
    }

    void enter(std::string name, std::error_code& code) {
        os::owned_handle below = os::open_directory_at(trail_.here(), name.c_str(), code);
        if (!code) {
            trail_.go_down(std::move(below), code);
        }
        if (!code) {
            levels_.push_back({std::move(name), {}});
            levels_.back().names = os::names_in(trail_.here(), code);
        }
    }

    // Out of a directory that is empty by now, which goes.
    void leave(std::error_code& code) {
        const std::string name = std::move(levels_.back().name);
        levels_.pop_back();
        trail_.go_back(code);
        if (!code) {
            unlink(name, true, code);
            forgive(code);
        }
    }

    void unlink(const std::string& name, bool is_directory, std::error_code& code) {
        code = os::remove_at(trail_.here(), name.c_str(), is_directory);
        count_ += code ? 0U : 1U;
    }

    static void forgive(std::error_code& code) noexcept {
        if (is_gone(code)) {
            code.clear();  // meanwhile
        }
    }

    directory_trail trail_;
    std::vector<level> levels_;
    std::uintmax_t count_ = 0;
};

}  // namespace

file_info told_of(const os::path_status& found) noexcept {
    const bool sized = found.type == file_type::regular || found.type == file_type::symlink;
    return {found.type, found.permissions, sized ? found.size : 0, found.last_write_time};
}

file_info walk_from(os::handle directory, const std::string& file, std::size_t& length,
                    std::error_code& code) {
    os::owned_handle held;
    while (!code) {
        const std::size_t begin = length + 1;
        length = std::min(file.find('/', begin), file.size());
        if (length > path_walk::longest_path) {
            code = system_code(std::errc::filename_too_long);
            break;
        }
        const std::string name = file.substr(begin, length - begin);
        os::owned_handle next;
        if (length < file.size()) {
            next = os::open_directory_at(directory, name.c_str(), code);
        }
        if (next.get() == os::no_handle) {
            // The last, or a link, or no directory; else there is an error, which this finds too.
            if (!code || code == std::errc::not_a_directory ||
                code == std::errc::too_many_symbolic_link_levels) {
                return told_of(os::status_at(directory, name.c_str(), code));
            }
            break;
        }
        held = std::move(next);
        directory = held.get();
    }
    return {};
}

std::uintmax_t remove_tree(os::handle directory, const char* name, std::error_code& code) {
    return removal(directory).remove(name, code);
}

std::uintmax_t remove_within(os::handle directory, std::error_code& code) {
    return removal(directory).remove_all(code);
}

}  // namespace sluice::fs
