#include <sluice/detail/clamped.hpp>
#include <sluice/detail/copy.hpp>
#include <sluice/device/direct.hpp>

#include <functional>
#include <utility>

namespace sluice {

template <class CharT>
std::size_t basic_directbuf<CharT>::position() const noexcept {
    if (this->pptr() != nullptr) {
        return index(this->pptr());
    }
    if (this->eback() == nullptr) {
        return position_;
    }
    if (this->eback() == &slot_) {
        return position_ + static_cast<std::size_t>(this->gptr() - this->eback());
    }
    return index(this->gptr());
}

template <class CharT>
void basic_directbuf<CharT>::settle() noexcept {
    position_ = position();
    end_ = end();
    clean_ = std::max(clean_, end_);
    this->setg(nullptr, nullptr, nullptr);
    this->setp(nullptr, nullptr);
}

template <class CharT>
void basic_directbuf<CharT>::swap(basic_directbuf& other) noexcept {
    base::swap(other);
    std::swap(data_, other.data_);
    std::swap(end_, other.end_);
    std::swap(capacity_, other.capacity_);
    std::swap(clean_, other.clean_);
    std::swap(position_, other.position_);
    std::swap(limit_, other.limit_);
    // Not put_area_: it belongs to the class of the device, not to its content.
    std::swap(appends_, other.appends_);
}

// `which` is not looked at: there is one position. A tell, and a seek while reading, are all that
// most callers do; the rest stands apart so that these need no stack.
template <class CharT>
auto basic_directbuf<CharT>::seekoff(off_type offset, std::ios_base::seekdir whence,
                                     std::ios_base::openmode /*which*/) -> pos_type {
    if (offset == 0 && whence == std::ios_base::cur && this->is_open()) {
        return pos_type(static_cast<off_type>(position()));  // the areas stay as they are
    }
    if (data_ != nullptr && this->eback() == data_ && whence == std::ios_base::beg && offset >= 0 &&
        offset <= static_cast<off_type>(end_)) {
        this->setg(data_, data_ + offset, data_ + end_);
        return pos_type(offset);
    }
    return seek_anywhere(offset, whence);
}

template <class CharT>
auto basic_directbuf<CharT>::seek_anywhere(off_type offset, std::ios_base::seekdir whence)
    -> pos_type {
    if (!this->is_open()) {
        return this->refuse_seek(errc::closed, offset);
    }
    if (this->eback() == nullptr && this->pptr() == nullptr) {
        settle();  // a device whose memory is the caller's may find another end
    }
    off_type from = 0;
    if (whence == std::ios_base::cur) {
        from = static_cast<off_type>(position());
    } else if (whence == std::ios_base::end) {
        from = static_cast<off_type>(end());
    }
    if (offset > std::numeric_limits<off_type>::max() - from || from + offset < 0 ||
        !std::in_range<std::size_t>(from + offset)) {
        return this->refuse_seek(errc::bad_position, offset);
    }
    const auto target = static_cast<std::size_t>(from + offset);
    if (this->eback() == data_ && data_ != nullptr && target <= end_) {
        this->setg(data_, data_ + target, data_ + end_);
    } else {
        settle();
        position_ = target;
    }
    return pos_type(from + offset);
}

template <class CharT>
auto basic_directbuf<CharT>::seekpos(pos_type position, std::ios_base::openmode which) -> pos_type {
    return basic_directbuf::seekoff(off_type(position), std::ios_base::beg, which);
}

template <class CharT>
std::streamsize basic_directbuf<CharT>::showmanyc() {
    if (!this->readable()) {
        return -1;
    }
    settle();
    return position_ < end_ ? static_cast<std::streamsize>(end_ - position_) : 0;
}

template <class CharT>
std::streamsize basic_directbuf<CharT>::xsgetn(CharT* target, std::streamsize count) {
    std::streamsize got = 0;
    for (;;) {
        const std::streamsize ready = std::min(count - got, this->egptr() - this->gptr());
        if (ready > 0) {
            detail::copy_characters<traits_type>(target + got, this->gptr(),
                                                 static_cast<std::size_t>(ready));
            this->setg(this->eback(), this->gptr() + ready, this->egptr());
            got += ready;
        }
        if (got >= count || traits_type::eq_int_type(underflow(), traits_type::eof())) {
            return got;
        }
    }
}

template <class CharT>
auto basic_directbuf<CharT>::underflow() -> int_type {
    if (this->gptr() < this->egptr()) {
        return traits_type::to_int_type(*this->gptr());
    }
    if (!this->readable()) {
        this->fail_read(this->is_open() ? errc::not_readable : errc::closed,
                        static_cast<off_type>(position()));
    }
    settle();
    if (position_ >= end_) {
        return traits_type::eof();
    }
    this->setg(data_, data_ + position_, data_ + end_);
    return traits_type::to_int_type(*this->gptr());
}

template <class CharT>
auto basic_directbuf<CharT>::pbackfail(int_type c) -> int_type {
    const bool in_slot = this->eback() == &slot_ && this->gptr() == this->eback();
    if (!this->readable() || in_slot) {
        return traits_type::eof();
    }
    settle();
    const std::size_t here = position_;
    if (here == 0 || here > end_) {
        return traits_type::eof();
    }
    const int_type before = traits_type::to_int_type(data_[here - 1]);
    if (traits_type::eq_int_type(c, traits_type::eof()) || traits_type::eq_int_type(c, before)) {
        this->setg(data_, data_ + here - 1, data_ + end_);
        return before;
    }
    position_ = here - 1;
    slot_ = traits_type::to_char_type(c);
    this->setg(&slot_, &slot_, &slot_ + 1);
    return c;
}

template <class CharT>
std::streamsize basic_directbuf<CharT>::xsputn(const CharT* source, std::streamsize count) {
    if (count <= this->epptr() - this->pptr()) {
        if (count <= 0) {
            return 0;
        }
        CharT* const target = this->pptr();
        const auto size = static_cast<std::size_t>(count);
        // The source may be a part of the content.
        if (std::less<>()(source, target + size) && std::less<>()(target, source + size)) {
            traits_type::move(target, source, size);
        } else {
            detail::copy_characters<traits_type>(target, source, size);
        }
        // Not pbump(), which takes an int. The position is known from data_, so the put area may
        // begin anywhere.
        this->setp(target + size, this->epptr());
        return count;
    }
    return static_cast<std::streamsize>(put(source, static_cast<std::size_t>(count)));
}

template <class CharT>
auto basic_directbuf<CharT>::overflow(int_type c) -> int_type {
    if (traits_type::eq_int_type(c, traits_type::eof())) {
        if (const std::error_code code = require_writable()) {
            return this->fail(code, "write", static_cast<off_type>(position()));
        }
        return traits_type::not_eof(c);
    }
    const CharT character = traits_type::to_char_type(c);
    return put(&character, 1) == 1 ? c : traits_type::eof();
}

template <class CharT>
std::error_code basic_directbuf<CharT>::require_writable() const noexcept {
    if (!this->is_open()) {
        return errc::closed;
    }
    return this->writable() ? std::error_code() : errc::not_writable;
}

// Writes what fits at the position, and leaves the put area open behind it. A write that the
// limit cuts short has written up to the limit; one that fails otherwise has changed nothing.
template <class CharT>
std::size_t basic_directbuf<CharT>::put(const CharT* source, std::size_t count) {
    if (const std::error_code code = require_writable()) {
        this->fail(code, "write", static_cast<off_type>(position()));
        return 0;
    }
    settle();
    if (appends_) {
        position_ = end_;
    }
    const std::size_t fits = position_ < limit_ ? std::min(count, limit_ - position_) : 0;
    if (fits > 0) {
        // The source may be a part of the content, which may move.
        const bool own = !std::less<>()(source, data_) && std::less<>()(source, data_ + end_);
        const std::size_t own_index = own ? index(source) : 0;
        if (position_ + fits > end_) {
            if (const std::error_code code = extend(position_, position_ + fits)) {
                this->fail(code, "write", static_cast<off_type>(position_));
                return 0;
            }
        }
        traits_type::move(data_ + position_, own ? data_ + own_index : source, fits);
        position_ += fits;
    }
    open_put_area();
    if (fits < count) {
        this->fail(errc::no_space, "write", static_cast<off_type>(position_));
    }
    return fits;
}

// Makes the content `size` long, which is longer than it is; the part before `filled` is zeros.
template <class CharT>
std::error_code basic_directbuf<CharT>::extend(std::size_t filled, std::size_t size) {
    if (pinned()) {
        return errc::pinned;
    }
    if (const std::error_code code = make_room(size)) {
        return code;
    }
    const std::size_t dirty = std::min(filled, clean_);
    if (end_ < dirty) {
        traits_type::assign(data_ + end_, dirty - end_, CharT());
    }
    end_ = size;
    clean_ = std::max(clean_, end_);
    return {};
}

template <class CharT>
void basic_directbuf<CharT>::open_put_area() noexcept {
    const std::size_t last = std::min(pinned() ? end_ : capacity_, limit_);
    if (put_area_ && position_ < last && position_ <= end_) {
        this->setp(data_ + position_, data_ + last);
    }
}

template <class CharT>
auto basic_directbuf<CharT>::do_size(std::error_code& code) -> off_type {
    settle();
    code.clear();
    return static_cast<off_type>(end_);
}

template <class CharT>
std::error_code basic_directbuf<CharT>::do_truncate(off_type size) {
    settle();
    const std::size_t wanted = detail::clamped(size);
    if (wanted == end_) {
        return {};
    }
    if (pinned()) {
        return errc::pinned;
    }
    if (wanted > limit_) {
        return errc::no_space;
    }
    if (wanted > end_) {
        return extend(wanted, wanted);
    }
    end_ = wanted;
    return {};
}

template <class CharT>
std::error_code basic_directbuf<CharT>::do_close() noexcept {
    settle();
    set_memory(nullptr, 0, 0, 0);
    return {};
}

template <class CharT>
basic_directbuf<CharT>::basic_directbuf(std::ios_base::openmode mode)
    : base(has(mode, std::ios_base::in), has(mode, std::ios_base::out | std::ios_base::app)),
      appends_(has(mode, std::ios_base::app)) {
    if (!is_open_mode(mode)) {
        throw error("open", errc::bad_mode);
    }
}

template class basic_directbuf<char>;
template class basic_directbuf<wchar_t>;

}  // namespace sluice
