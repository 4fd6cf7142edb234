#include "directory_trail.hpp"

#include "directory.hpp"

#include <cerrno>
#include <utility>

namespace sluice::os {

void directory_trail::go_down(owned_handle directory, std::error_code& code) {
    if (levels_.size() - closed_ == most_held) {
        level& first = levels_[closed_];
        first.identity = status_of(first.directory.get(), code).file;
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
    here.directory = open_directory_at(left.directory.get(), "..", code);
    const bool is_another =
        !code && status_of(here.directory.get(), code).file != here.identity && !code;
    // Where what was left is gone too, `..` may lead nowhere: a removal takes "no such file" for
    // what has gone as it was to.
    if (is_another || code == std::errc::no_such_file_or_directory) {
        code = {EAGAIN, std::system_category()};
    }
    --closed_;
}

void directory_trail::go_to_top() noexcept {
    levels_.clear();
    closed_ = 0;
}

void directory_trail::begin_here() noexcept {
    if (!levels_.empty()) {
        begun_ = std::move(levels_.back().directory);
        top_ = begun_.get();
        go_to_top();
    }
}

}  // namespace sluice::os
