#include <sluice/filter/chain.hpp>

#include "below.hpp"

#include <algorithm>

namespace sluice {

template <class CharT>
basic_chainbuf<CharT>::basic_chainbuf(std::vector<lower_type> parts) : base(true, false) {
    parts_.reserve(parts.size());
    for (lower_type& part : parts) {
        if (!part.readable()) {
            throw error("open", errc::not_readable,
                        part.device() != nullptr ? part.device()->path() : "");
        }
        const bool seeks = part.device() == nullptr || part.device()->seekable();
        const off_type origin =
            seeks ? off_type(part.get()->pubseekoff(0, std::ios_base::cur, std::ios_base::in))
                  : off_type(-1);
        parts_.push_back({std::move(part), origin});
    }
}

template <class CharT>
auto basic_chainbuf<CharT>::operator=(basic_chainbuf&& other) noexcept(false) -> basic_chainbuf& {
    if (this != &other) {
        this->close();
        basic_chainbuf taken(std::move(other));
        swap(taken);
    }
    return *this;
}

template <class CharT>
void basic_chainbuf<CharT>::swap(basic_chainbuf& other) noexcept {
    base::swap(other);
    parts_.swap(other.parts_);
    std::swap(current_, other.current_);
    std::swap(at_, other.at_);
}

// -- reading ----------------------------------------------------------------------------------

// From the current part, up to the next.
template <class CharT>
auto basic_chainbuf<CharT>::device_read(CharT* target, std::size_t count, off_type position)
    -> transfer {
    std::size_t got = 0;
    const auto said = detail::failure_in("read", [&] {
        if (position != at_) {
            go_to(position);
        }
        while (position == at_ && got == 0 && current_ < parts_.size()) {
            got = read_part(target, count);
            if (got == 0) {
                if (current_ + 1 == parts_.size()) {
                    break;  // more may come
                }
                static_cast<void>(enter(current_ + 1, 0));
            }
        }
    });
    if (said) {
        at_ = do_seekable() ? off_type(-1) : at_;  // the next call finds the place again
        const error with_part = detail::named(*said, "part", current_);
        this->note_below(with_part);
        return {0, with_part.code()};
    }
    at_ += static_cast<off_type>(got);
    return {got, {}};
}

// What cannot seek may be a connection: of that, what is there.
template <class CharT>
std::size_t basic_chainbuf<CharT>::read_part(CharT* target, std::size_t count) {
    const part_of_chain& part = parts_[current_];
    return part.origin < 0 ? detail::read_ready_below(*part.below.get(), target, count)
                           : detail::read_below(*part.below.get(), target, count);
}

// Makes the part the current one, at a position of its own.
//
// Returns: false where the last part does not go there because that is behind its end, as with a
// std::stringbuf.
template <class CharT>
bool basic_chainbuf<CharT>::enter(std::size_t index, off_type position) {
    current_ = index;
    part_of_chain& part = parts_[index];
    if (part.origin < 0) {
        return true;
    }
    const off_type there = part.origin + position;
    const auto here = detail::calling(
        "seek", [&] { return off_type(part.below.get()->pubseekpos(there, std::ios_base::in)); });
    if (here == there) {
        return true;
    }
    const error refused = detail::failure_of(*part.below.get(), "seek");
    if (index + 1 < parts_.size() || position <= size_of(index)) {
        throw refused;
    }
    return false;
}

template <class CharT>
auto basic_chainbuf<CharT>::size_of(std::size_t index) -> off_type {
    part_of_chain& part = parts_[index];
    if (part.size < 0) {
        const off_type size =
            detail::size_below(*part.below.get(), std::ios_base::in) - part.origin;
        if (index + 1 == parts_.size()) {
            return std::max<off_type>(size, 0);  // which may grow
        }
        part.size = std::max<off_type>(size, 0);
    }
    return part.size;
}

// Requires: all parts can seek.
template <class CharT>
void basic_chainbuf<CharT>::go_to(off_type position) {
    off_type begin = 0;
    at_ = -1;  // nowhere, should this fail, or be behind the end
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        current_ = i;
        if (i + 1 == parts_.size() || position < begin + size_of(i)) {
            if (!enter(i, position - begin)) {
                return;
            }
            break;
        }
        begin += size_of(i);
    }
    at_ = position;
}

template <class CharT>
auto basic_chainbuf<CharT>::device_write(const CharT* /*source*/, std::size_t /*count*/,
                                         off_type /*position*/) -> transfer {
    return {0, errc::not_writable};
}

template <class CharT>
auto basic_chainbuf<CharT>::device_available(off_type position) -> off_type {
    if (position != at_ || current_ >= parts_.size()) {
        return 0;
    }
    std::streamsize ready = 0;
    static_cast<void>(
        detail::failure_in("read", [&] { ready = parts_[current_].below.get()->in_avail(); }));
    return std::max<off_type>(ready, 0);
}

// -- the parts --------------------------------------------------------------------------------

template <class CharT>
bool basic_chainbuf<CharT>::do_seekable() {
    return std::all_of(parts_.begin(), parts_.end(),
                       [](const part_of_chain& part) { return part.origin >= 0; });
}

template <class CharT>
auto basic_chainbuf<CharT>::do_size(std::error_code& code) -> off_type {
    if (!do_seekable()) {
        code = errc::unsupported;
        return -1;
    }
    off_type total = 0;
    std::size_t index = 0;
    const auto said = detail::failure_in("size", [&] {
        for (; index < parts_.size(); ++index) {
            total += size_of(index);
        }
    });
    at_ = -1;  // a size that is asked for may move a part
    if (said) {
        const error with_part = detail::named(*said, "part", index);
        this->note_below(with_part);
        code = with_part.code();
        return -1;
    }
    code = std::error_code();
    return total;
}

template <class CharT>
std::error_code basic_chainbuf<CharT>::do_close() noexcept {
    std::optional<error> first;
    for (std::size_t i = 0; i < parts_.size(); ++i) {
        lower_type& part = parts_[i].below;
        std::optional<error> said;
        const std::error_code code =
            detail::finish_below(*part.get(), part.is_owned(), false, said);
        if (code == errc::pinned) {
            return code;
        }
        if (said && !first) {
            first = detail::named(*said, "part", i);
        }
    }
    this->set_position(this->position());
    parts_.clear();
    if (!first) {
        return {};
    }
    this->record_as(*first);
    return first->code();
}

template <class CharT>
auto basic_chainbuf<CharT>::detach() -> std::vector<owner_type> {
    if (!this->is_open()) {
        throw error("detach", errc::closed);
    }
    std::vector<owner_type> owned;
    owned.reserve(parts_.size());
    for (part_of_chain& part : parts_) {
        owned.push_back(part.below.release());
    }
    this->set_position(this->position());
    this->set_closed();
    parts_.clear();
    return owned;
}

template class basic_chainbuf<char>;
template class basic_chainbuf<wchar_t>;

}  // namespace sluice
