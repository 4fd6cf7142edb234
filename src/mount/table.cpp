#include "table.hpp"

#include "kernel.hpp"

#include <algorithm>
#include <cstring>

namespace sluice::mount {
namespace {

// Takes the first part of `text`, and the separator after it. Not substr(), which could throw.
std::string_view taken_part(std::string_view& text, char separator) noexcept {
    const std::size_t size = std::min(text.find(separator), text.size());
    const std::string_view part(text.data(), size);
    text.remove_prefix(std::min(size + 1, text.size()));
    return part;
}

}  // namespace

bool is_under(std::string_view path, std::string_view prefix) noexcept {
    return path.size() >= prefix.size() &&
           std::memcmp(path.data(), prefix.data(), prefix.size()) == 0 &&
           (path.size() == prefix.size() || path[prefix.size()] == '/');
}

bool table::read(const char* value) noexcept {
    count_ = 0;
    const std::size_t size = std::strlen(value);
    if (size >= text_.size()) {
        return false;
    }
    std::replace_copy(value, value + size + 1, text_.begin(), '\n', '\0');
    std::string_view rest(text_.data(), size);
    while (!rest.empty()) {
        const std::string_view place = taken_part(rest, '\0');
        if (!add(place, taken_part(rest, '\0'))) {
            count_ = 0;
            return false;
        }
    }
    return true;
}

bool table::add(std::string_view place, std::string_view prefix) noexcept {
    const bool read_only = place.starts_with('r');
    if (count_ == mounts_.size() || (!read_only && !place.starts_with('w')) || place.size() < 3 ||
        place[1] != '/' || prefix.size() < 2 || prefix[0] != '/') {
        return false;
    }
    place.remove_prefix(1);
    mounts_[count_++] = {prefix, place, read_only, kernel::device_of(place.data())};
    has_read_only_ = has_read_only_ || read_only;
    return true;
}

const mounted* table::under(std::string_view path) const noexcept {
    const mounted* found = nullptr;
    for (std::size_t i = 0; i < count_; ++i) {
        const mounted& one = mounts_[i];
        if ((found == nullptr || one.prefix.size() >= found->prefix.size()) &&
            is_under(path, one.prefix)) {
            found = &one;
        }
    }
    return found;
}

const mounted* table::holding(std::string_view path) const noexcept {
    const auto* const end = mounts_.data() + count_;
    const auto* const found = std::find_if(
        mounts_.data(), end, [&](const mounted& one) { return is_under(path, one.place); });
    return found == end ? nullptr : found;
}

bool table::names(std::string_view component) const noexcept {
    for (std::size_t i = 0; i < count_; ++i) {
        for (std::string_view rest = mounts_[i].prefix; !rest.empty();) {
            if (taken_part(rest, '/') == component) {
                return true;
            }
        }
    }
    return false;
}

bool table::may_be_on(dev_t device) const noexcept {
    const auto* const end = mounts_.data() + count_;
    return std::any_of(mounts_.data(), end,
                       [&](const mounted& one) { return one.device == device || one.device == 0; });
}

}  // namespace sluice::mount
