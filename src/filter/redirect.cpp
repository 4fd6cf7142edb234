#include <sluice/filter/redirect.hpp>

#include <mutex>

namespace sluice::detail {
namespace {

// The redirects of all streams: few, and begun and ended seldom.
struct list {
    std::mutex mutex;
    live_redirect* last = nullptr;
};

list& live() {
    static list all;
    return all;
}

}  // namespace

live_redirect::live_redirect(const void* stream) : stream_(stream) {
    const std::scoped_lock lock(live().mutex);
    before_ = live().last;
    if (before_ != nullptr) {
        before_->after_ = this;
    }
    live().last = this;
}

live_redirect* live_redirect::leave() noexcept {
    if (stream_ == nullptr) {
        return nullptr;
    }
    const std::scoped_lock lock(live().mutex);
    live_redirect* const next = find_next();
    if (before_ != nullptr) {
        before_->after_ = after_;
    }
    (after_ != nullptr ? after_->before_ : live().last) = before_;
    stream_ = nullptr;
    return next;
}

live_redirect* live_redirect::next() const noexcept {
    const std::scoped_lock lock(live().mutex);
    return find_next();
}

live_redirect* live_redirect::find_next() const noexcept {
    live_redirect* next = after_;
    while (next != nullptr && next->stream_ != stream_) {
        next = next->after_;
    }
    return next;
}

live_redirect* live_redirect::first(const void* stream) noexcept {
    const std::scoped_lock lock(live().mutex);
    live_redirect* found = nullptr;
    for (live_redirect* each = live().last; each != nullptr; each = each->before_) {
        found = each->stream_ == stream ? each : found;
    }
    return found;
}

}  // namespace sluice::detail
