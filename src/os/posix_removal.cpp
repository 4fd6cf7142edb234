#include "directory.hpp"
#include "directory_trail.hpp"

#include <fcntl.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace sluice::os {
namespace {

bool is_gone(const std::error_code& code) noexcept {
    return code == std::errc::no_such_file_or_directory;
}

// A walk through what is removed. It does not call itself: a tree may be deeper than the stack.
class removal {
public:
    explicit removal(handle top) noexcept : trail_(top) {}

    std::uintmax_t remove(std::string name, std::error_code& code) {
        take(std::move(name), code);
        return finish(code);
    }

    std::uintmax_t remove_all(std::error_code& code) {
        std::vector<std::string> names = names_in(trail_.here(), code);
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
                std::string next = std::move(names.back());
                names.pop_back();
                take(std::move(next), code);
            }
        }
        return count_;
    }

    // Takes a file away, or goes into a directory.
    void take(std::string name, std::error_code& code) {
        const path_status status = status_at(trail_.here(), name.c_str(), code);
        if (!code && status.type == std::filesystem::file_type::directory) {
            enter(std::move(name), code);
        } else if (!code) {
            unlink(name, false, code);
        }
        forgive(code);
    }

    void enter(std::string name, std::error_code& code) {
        owned_handle below = open_directory_at(trail_.here(), name.c_str(), code);
        if (!code) {
            trail_.go_down(std::move(below), code);
        }
        if (!code) {
            levels_.push_back({std::move(name), {}});
            levels_.back().names = names_in(trail_.here(), code);
            if (code == std::errc::permission_denied) {
                leave_unread(code);
            }
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

    // What may not be listed may still be empty.
    void leave_unread(std::error_code& code) {
        const std::error_code refused = std::exchange(code, {});
        leave(code);
        code = code ? refused : code;
    }

    void unlink(const std::string& name, bool is_directory, std::error_code& code) {
        code = remove_at(trail_.here(), name.c_str(), is_directory);
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

std::uintmax_t remove_all_at(handle directory, const char* name, std::error_code& code) {
    return removal(directory).remove(name, code);
}

std::uintmax_t remove_all_within(handle directory, std::error_code& code) {
    return removal(directory).remove_all(code);
}

std::uintmax_t remove_all(const char* path, std::error_code& code) {
    return remove_all_at(AT_FDCWD, path, code);
}

}  // namespace sluice::os
