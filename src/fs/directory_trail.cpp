#include "directory_trail.hpp"

#include "code.hpp"
#include "os/directory.hpp"

#include <utility>

namespace sluice::fs {

void directory_trail::go_down(os::owned_handle directory, std::error_code& code) {
    if (levels_.size() - closed_ == most_held) {
        level& first = levels_[closed_];
        first.identity = os::status_of(first.directory.get(), code).file;
        if (code) {
            return;
        }
        first.directory = {};
        ++closed_;
    }
    levels_.push_back({std::move(directory), {}});
}

void directory_trail::go_back(std::error_code& code) {
    const level left = std::move(levels_.back());
    levels_.pop_back();
    if (levels_.size() != closed_ || closed_ == 0) {
        return;
    }
    level& here = levels_.back();
    here.directory = os::open_directory_at(left.directory.get(), "..", code);
    if (!code && os::status_of(here.directory.get(), code).file != here.identity && !code) {
        code = system_code(std::errc::resource_unavailable_try_again);
    }
    --closed_;
}

void directory_trail::go_to_top() noexcept {
    levels_.clear();
    closed_ = 0;
}

}  // namespace sluice::fs
