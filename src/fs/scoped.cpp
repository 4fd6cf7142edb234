#include <sluice/fs/scoped.hpp>
#include <sluice/open_file.hpp>

#include <mutex>
#include <utility>

namespace sluice::fs {
namespace {

// The scopes that live, as a list from the youngest on. Of the process's whole life: a scope may be
// a static object.
struct scopes {
    std::mutex mutex;
    scoped_filesystem* youngest = nullptr;
    file_opener* before = nullptr;  // who it was when there was no scope
};

scopes& all_scopes() noexcept {
    static scopes* const all = new scopes;
    return *all;
}

}  // namespace

scoped_filesystem::scoped_filesystem(held_filesystem files) : files_(std::move(files)) {
    scopes& all = all_scopes();
    const std::scoped_lock lock(all.mutex);
    older_ = all.youngest;
    file_opener* const before = detail::inject(&files_.get());
    if (older_ != nullptr) {
        older_->younger_ = this;
    } else {
        all.before = before;
    }
    all.youngest = this;
}

scoped_filesystem::~scoped_filesystem() {
    scopes& all = all_scopes();
    const std::scoped_lock lock(all.mutex);
    if (older_ != nullptr) {
        older_->younger_ = younger_;
    }
    if (younger_ != nullptr) {
        younger_->older_ = older_;
        return;
    }
    all.youngest = older_;
    detail::inject(older_ != nullptr ? &older_->files() : all.before);
}

filesystem* scoped_filesystem::current() noexcept {
    scopes& all = all_scopes();
    const std::scoped_lock lock(all.mutex);
    return all.youngest != nullptr ? &all.youngest->files() : nullptr;
}

}  // namespace sluice::fs
