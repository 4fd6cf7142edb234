#include <sluice/detail/clamped.hpp>
#include <sluice/filter/slice.hpp>

#include "below.hpp"
#include "lost.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace sluice {

template <class CharT>
basic_slicebuf<CharT>::basic_slicebuf(lower_type below, off_type begin, off_type size)
    : base(below.readable(), below.writable()),
      lower_(std::move(below)),
      begin_(begin),
      size_(std::min(size, to_end - std::max<off_type>(begin, 0))),
      to_end_(size == to_end) {
    if (begin < 0 || size < 0) {
        throw error("open", errc::bad_position, basic_slicebuf::path(), std::min(begin, size));
    }
    auto* const device = lower_->device();
    if (device != nullptr
            ? !device->seekable()
            : off_type(lower_->get()->pubseekoff(0, std::ios_base::end, which())) < 0) {
        throw error("open", errc::not_seekable, basic_slicebuf::path());
    }
}

template <class CharT>
auto basic_slicebuf<CharT>::operator=(basic_slicebuf&& other) noexcept(false) -> basic_slicebuf& {
    if (this != &other) {
        this->close();
        basic_slicebuf taken(std::move(other));
        swap(taken);
    }
    return *this;
}

template <class CharT>
basic_slicebuf<CharT>::~basic_slicebuf() {
    if (this->is_open()) {
        this->set_owner(nullptr);
        static_cast<void>(basic_slicebuf::do_close());  // keeps quiet; close() reports
    }
}

template <class CharT>
void basic_slicebuf<CharT>::swap(basic_slicebuf& other) noexcept {
    base::swap(other);
    lower_.swap(other.lower_);
    std::swap(begin_, other.begin_);
    std::swap(size_, other.size_);
    std::swap(to_end_, other.to_end_);
}

template <class CharT>
std::string basic_slicebuf<CharT>::path() const {
    return lower_ && lower_->device() != nullptr ? lower_->device()->path() : std::string();
}

template <class CharT>
std::string basic_slicebuf<CharT>::detail_of(const std::error_code& code) const {
    return code == errc::no_space ? "past the end of a slice of " + std::to_string(size_)
                                  : std::string();
}

// -- the part of what lies below --------------------------------------------------------------

// Returns: false where what lies below does not go there because that is behind its end, as with a
// std::stringbuf.
// Errors:  throws error.
template <class CharT>
bool basic_slicebuf<CharT>::stand_at(off_type position, std::ios_base::openmode how) {
    streambuf_type& below = *lower_->get();
    if (position > std::numeric_limits<off_type>::max() - begin_) {
        throw error("seek", errc::bad_position, path(), position);
    }
    const off_type there = begin_ + position;
    // A seek would write what is pending below, and may forget what was read ahead.
    const bool stands = detail::calling("seek", [&] {
        return off_type(below.pubseekoff(0, std::ios_base::cur, how)) == there ||
               off_type(below.pubseekpos(there, how)) == there;
    });
    if (stands) {
        return true;
    }
    const error refused = detail::failure_of(below, "seek");
    if (there <= detail::size_below(below, how)) {
        throw refused;
    }
    return false;
}

template <class CharT>
auto basic_slicebuf<CharT>::device_read(CharT* target, std::size_t count, off_type position)
    -> transfer {
    const std::size_t most = std::min(count, device_room(position));
    if (most == 0) {
        return {};
    }
    std::size_t got = 0;
    const auto said = detail::failure_in("read", [&] {
        if (stand_at(position, std::ios_base::in)) {
            got = detail::read_below(*lower_->get(), target, most);
        }
    });
    if (said) {
        this->note_below(*said);
        return {0, said->code()};
    }
    return {got, {}};
}

template <class CharT>
auto basic_slicebuf<CharT>::device_write(const CharT* source, std::size_t count, off_type position)
    -> transfer {
    const std::size_t most = std::min(count, device_room(position));
    if (most == 0) {
        return {0, detail::lost_above(lower_->get(), errc::no_space)};
    }
    std::size_t put = 0;
    std::optional<error> said = detail::failure_in("seek", [&] {
        if (!stand_at(position, std::ios_base::out)) {
            throw error("seek", errc::bad_position, path(), position);
        }
    });
    if (!said) {
        put = detail::write_below(*lower_->get(), source, most, said);
    }
    if (said) {
        this->note_below(*said);
        return {put, said->code()};
    }
    return {put, {}};
}

template <class CharT>
std::size_t basic_slicebuf<CharT>::device_room(off_type position) const noexcept {
    return position < size_ ? detail::clamped(size_ - position) : 0;
}

template <class CharT>
auto basic_slicebuf<CharT>::device_available(off_type position) -> off_type {
    off_type left = 0;
    static_cast<void>(detail::failure_in("size", [&] { left = size_now() - position; }));
    return std::max<off_type>(left, 0);
}

template <class CharT>
auto basic_slicebuf<CharT>::size_now() -> off_type {
    const off_type behind = detail::size_below(*lower_->get(), which()) - begin_;
    return std::clamp<off_type>(behind, 0, size_);
}

// -- the slice as a device --------------------------------------------------------------------

template <class CharT>
int basic_slicebuf<CharT>::sync() {
    const int result = base::sync();
    if (result != 0 || !this->is_open()) {
        return result;
    }
    if (const auto said =
            detail::failure_in("sync", [&] { detail::flush_below(*lower_->get()); })) {
        this->fail_as(*said);
        return -1;
    }
    return 0;
}

template <class CharT>
auto basic_slicebuf<CharT>::do_size(std::error_code& code) -> off_type {
    off_type size = -1;
    code = this->flush_pending();
    if (!code) {
        if (const auto said = detail::failure_in("size", [&] { size = size_now(); })) {
            this->note_below(*said);
            code = said->code();
        }
    }
    return size;
}

template <class CharT>
std::error_code basic_slicebuf<CharT>::do_sync_to_disk() {
    if (const auto said = detail::unsynced_below(lower_->get())) {
        this->record_as(*said);
        return said->code();
    }
    return {};
}

template <class CharT>
std::error_code basic_slicebuf<CharT>::do_truncate(off_type size) {
    auto* const device = lower_->device();
    if (!to_end_ || device == nullptr) {
        return errc::unsupported;
    }
    if (size > size_) {
        return errc::bad_position;
    }
    if (const std::error_code code = this->flush_pending()) {
        return code;
    }
    if (const std::error_code code = this->leave_reading()) {
        return code;
    }
    if (const auto said =
            detail::failure_in("truncate", [&] { device->truncate(begin_ + size); })) {
        this->record_as(*said);
        return said->code();
    }
    return {};
}

// The descriptor's position is in what lies below, as everybody's who uses it.
template <class CharT>
int basic_slicebuf<CharT>::do_native_handle(std::error_code& code) {
    int handle = -1;
    code = errc::unsupported;
    if (lower_->device() == nullptr) {
        return -1;
    }
    if (basic_slicebuf::sync() != 0) {
        const error why = this->latest("native_handle");
        this->note_below(why);
        code = why.code();
        return -1;
    }
    const auto said = detail::failure_in("native_handle", [&] {
        static_cast<void>(stand_at(this->position(), which()));
        handle = lower_->device()->native_handle();
    });
    if (said) {
        this->note_below(*said);
    }
    code = said ? said->code() : std::error_code();
    return handle;
}

template <class CharT>
std::error_code basic_slicebuf<CharT>::do_close() noexcept {
    const std::error_code first = this->flush_pending();
    std::optional<error> said;
    const std::error_code second =
        detail::finish_below(*lower_->get(), lower_->is_owned(), lower_->writable(), said);
    if (second == errc::pinned) {
        return second;
    }
    this->set_position(this->position());
    lower_.reset();
    if (!first && said) {
        this->record_as(*said);
    }
    return first ? first : second;
}

template <class CharT>
auto basic_slicebuf<CharT>::detach() -> owner_type {
    if (!this->is_open()) {
        throw error("detach", errc::closed);
    }
    if (basic_slicebuf::sync() != 0) {
        throw this->latest("detach");
    }
    this->set_position(this->position());
    this->set_closed();
    owner_type owned = lower_->release();
    lower_.reset();
    return owned;
}

template class basic_slicebuf<char>;
template class basic_slicebuf<wchar_t>;

}  // namespace sluice
