// The member functions of basic_bufferedbuf but for those that read (buffered_read_impl.hpp), for
// buffered.hpp alone to include.

#ifndef SLUICE_DEVICE_BUFFERED_IMPL_HPP
#define SLUICE_DEVICE_BUFFERED_IMPL_HPP

#include <sluice/device/buffered.hpp>

namespace sluice {

template <class CharT, class Traits>
auto basic_bufferedbuf<CharT, Traits>::position() const noexcept -> off_type {
    if (reading()) {
        return base_ + static_cast<off_type>(read_index()) - static_cast<off_type>(kept_);
    }
    return base_ + (this->pptr() - this->pbase());
}

template <class CharT, class Traits>
std::size_t basic_bufferedbuf<CharT, Traits>::read_index() const noexcept {
    if (in_slot()) {
        return static_cast<std::size_t>(slot_next_ - slot_begin_ - (this->egptr() - this->gptr()));
    }
    return static_cast<std::size_t>(this->gptr() - this->eback());
}

template <class CharT, class Traits>
void basic_bufferedbuf<CharT, Traits>::leave_slot() noexcept {
    if (in_slot()) {
        CharT* const next = slot_next_ - (this->egptr() - this->gptr());
        this->setg(slot_begin_, next, slot_end_);
    }
}

template <class CharT, class Traits>
void basic_bufferedbuf<CharT, Traits>::set_position(off_type position) noexcept {
    base_ = position;
    kept_ = 0;
    this->setg(nullptr, nullptr, nullptr);
    this->setp(nullptr, nullptr);
}

template <class CharT, class Traits>
void basic_bufferedbuf<CharT, Traits>::swap(basic_bufferedbuf& other) noexcept {
    leave_slot();
    other.leave_slot();
    base::swap(other);
    std::swap(memory_, other.memory_);
    std::swap(buffer_, other.buffer_);
    std::swap(allocated_, other.allocated_);
    std::swap(capacity_, other.capacity_);
    std::swap(caller_sized_, other.caller_sized_);
    std::swap(kept_, other.kept_);
    std::swap(base_, other.base_);
    std::swap(block_, other.block_);
    std::swap(last_begin_, other.last_begin_);
    std::swap(last_end_, other.last_end_);
    std::swap(visit_, other.visit_);
    unread_.swap(other.unread_);
}

template <class CharT, class Traits>
auto basic_bufferedbuf<CharT, Traits>::setbuf(CharT* memory, std::streamsize count)
    -> std::basic_streambuf<CharT, Traits>* {
    if (count < 0 || flush_pending() || leave_reading()) {
        return nullptr;
    }
    set_position(position());
    memory_.reset();
    buffer_ = memory;
    capacity_ = std::min(static_cast<std::size_t>(count), max_capacity);
    allocated_ = memory == nullptr ? 0 : capacity_;
    caller_sized_ = true;
    block_ = 0;
    return this;
}

// Makes the buffer hold `count` characters. No area is open, for they may move.
template <class CharT, class Traits>
void basic_bufferedbuf<CharT, Traits>::provide_buffer(std::size_t count) {
    if (allocated_ < count) {
        memory_.reset(new CharT[count]);
        buffer_ = memory_.get();
        allocated_ = count;
    }
}

// -- writing ----------------------------------------------------------------------------------

template <class CharT, class Traits>
std::error_code basic_bufferedbuf<CharT, Traits>::require_writable() const noexcept {
    if (!this->is_open()) {
        return errc::closed;
    }
    return this->writable() ? std::error_code() : errc::not_writable;
}

template <class CharT, class Traits>
bool basic_bufferedbuf<CharT, Traits>::start_writing() {
    if (writing()) {
        return true;
    }
    if (const std::error_code code = require_writable()) {
        this->fail(code, "write", position());
        return false;
    }
    if (const std::error_code code = leave_reading()) {
        this->fail(code, "write", position());
        return false;
    }
    base_ = tell();  // which others may have moved
    provide_buffer(std::max<std::size_t>(capacity_, 1));
    open_put_area(0);
    return true;
}

// How many characters there can be behind `position`: no position passes the largest.
template <class CharT, class Traits>
std::size_t basic_bufferedbuf<CharT, Traits>::most_behind(off_type position) noexcept {
    if (position < 0) {  // it is not known
        return std::numeric_limits<std::size_t>::max();
    }
    return detail::clamped(std::numeric_limits<off_type>::max() - position);
}

// At base_, behind `pending` characters.
template <class CharT, class Traits>
void basic_bufferedbuf<CharT, Traits>::open_put_area(std::size_t pending) noexcept {
    const std::size_t room = std::min(device_room(base_), most_behind(base_));
    this->setp(buffer_, buffer_ + std::min(capacity_, std::max(pending, room)));
    advance_put(pending);
}

template <class CharT, class Traits>
std::error_code basic_bufferedbuf<CharT, Traits>::flush_pending() {
    std::error_code code;
    auto pending = static_cast<std::size_t>(this->pptr() - this->pbase());
    if (pending == 0) {
        return device_flush();
    }
    const CharT* from = this->pbase();
    while (pending != 0 && !code) {
        const transfer put = device_write(from, pending, base_);
        from += put.count;
        pending -= put.count;
        base_ += static_cast<off_type>(put.count);
        code = put.count == 0 && !put.error ? std::make_error_code(std::errc::io_error) : put.error;
    }
    traits_type::move(buffer_, from, pending);
    open_put_area(pending);
    return code;
}

template <class CharT, class Traits>
std::streamsize basic_bufferedbuf<CharT, Traits>::xsputn(const CharT* source,
                                                         std::streamsize count) {
    if (count <= 0) {
        return 0;
    }
    const auto size = static_cast<std::size_t>(count);
    for (std::size_t done = 0;;) {
        const auto room = static_cast<std::size_t>(this->epptr() - this->pptr());
        // What fills the buffer goes past it where nothing is pending before it.
        const bool past = size - done >= capacity_ && !has_pending();
        const std::size_t part = past ? 0 : std::min(room, size - done);
        if (part != 0) {
            detail::copy_characters<traits_type>(this->pptr(), source + done, part);
            advance_put(part);
            done += part;
        }
        if (done == size) {
            return count;
        }
        // A derived buffer may override overflow(), and have a put area of its own.
        const bool own_area = this->pbase() == nullptr || this->pbase() == buffer_;
        if (size - done >= capacity_ && own_area && this->writable()) {
            done += write_past_buffer(source + done, size - done);
            return static_cast<std::streamsize>(done);
        }
        const int_type next = traits_type::to_int_type(source[done]);
        if (traits_type::eq_int_type(this->overflow(next), traits_type::eof())) {
            return static_cast<std::streamsize>(done);
        }
        ++done;
    }
}

template <class CharT, class Traits>
std::size_t basic_bufferedbuf<CharT, Traits>::write_past_buffer(const CharT* source,
                                                                std::size_t count) {
    if (!start_writing() || !flush_or_fail()) {
        return 0;
    }
    std::size_t done = 0;
    while (done < count) {
        const std::size_t part = std::min(count - done, most_behind(base_));
        const transfer put = part != 0
                                 ? device_write(source + done, part, base_)
                                 : transfer{0, std::make_error_code(std::errc::file_too_large)};
        done += put.count;
        base_ += static_cast<off_type>(put.count);
        if (put.error || put.count == 0) {
            this->fail(put.error ? put.error : std::make_error_code(std::errc::io_error), "write",
                       failed_at(base_));
            break;
        }
    }
    open_put_area(0);  // where base_ is now, the device may take less
    return done;
}

template <class CharT, class Traits>
auto basic_bufferedbuf<CharT, Traits>::overflow(int_type c) -> int_type {
    if (!start_writing()) {
        return traits_type::eof();
    }
    const bool none = traits_type::eq_int_type(c, traits_type::eof());
    if ((none || this->pptr() == this->epptr()) && !flush_or_fail()) {
        return traits_type::eof();
    }
    if (none) {
        return traits_type::not_eof(c);
    }
    const CharT character = traits_type::to_char_type(c);
    if (this->pptr() == this->epptr()) {  // there is no buffer
        return write_past_buffer(&character, 1) == 1 ? c : traits_type::eof();
    }
    *this->pptr() = character;
    advance_put(1);
    return c;
}

template <class CharT, class Traits>
bool basic_bufferedbuf<CharT, Traits>::flush_or_fail() {
    const std::error_code code = flush_pending();
    if (code) {
        this->fail(code, "write", failed_at(base_));
    }
    return !code;
}

template <class CharT, class Traits>
int basic_bufferedbuf<CharT, Traits>::sync() {
    if (!flush_or_fail()) {
        return -1;
    }
    if (!this->is_open() || !this->do_seekable()) {
        return 0;  // what was read ahead cannot be given back, and stays to be read
    }
    // A shared device that is not read from stands where it should already.
    const std::error_code code = shared() ? leave_reading() : device_seek(position());
    if (code) {
        this->fail(code, "seek", position());
        return -1;
    }
    return 0;
}

// -- the system in our stead ------------------------------------------------------------------

template <class CharT, class Traits>
auto basic_bufferedbuf<CharT, Traits>::do_system_end(typename base::system_use use) ->
    typename base::system_end {
    const int descriptor = this->is_open() ? device_descriptor() : -1;
    if (descriptor < 0 || use == base::system_use::look) {
        return {descriptor, -1};
    }
    if (!ready_for(use)) {
        return {};
    }
    set_position(tell());
    return {descriptor, addressable() ? position() : off_type(-1)};
}

// Writes what is pending, and gives back, or has seen the reader take, what was read ahead.
template <class CharT, class Traits>
bool basic_bufferedbuf<CharT, Traits>::ready_for(typename base::system_use use) {
    leave_slot();
    if (use == base::system_use::write) {
        return this->writable() && !appends() && !flush_pending() && !leave_reading();
    }
    return this->readable() && !flush_pending() && unread_.empty() &&
           (this->gptr() == this->egptr() || (this->do_seekable() && !leave_reading()));
}

// -- seeking ----------------------------------------------------------------------------------

// Where the stream stands; asks the device only where others may have moved it.
template <class CharT, class Traits>
auto basic_bufferedbuf<CharT, Traits>::tell() -> off_type {
    if (!shared() || reading() || !unread_.empty() || (has_pending() && !appends())) {
        return position();
    }
    if (const std::error_code code = flush_pending()) {
        this->fail_quietly(code, "write", base_);
        return -1;
    }
    const off_type own = device_position();
    if (own >= 0) {
        base_ = own;
    }
    return position();
}

template <class CharT, class Traits>
auto basic_bufferedbuf<CharT, Traits>::origin(std::ios_base::seekdir whence, std::error_code& code)
    -> off_type {
    if (whence == std::ios_base::beg) {
        return 0;
    }
    if (whence == std::ios_base::cur) {
        return tell();
    }
    return this->do_size(code);
}

// `which` is not looked at: there is one position.
template <class CharT, class Traits>
auto basic_bufferedbuf<CharT, Traits>::seekoff(off_type offset, std::ios_base::seekdir whence,
                                               std::ios_base::openmode /*which*/) -> pos_type {
    if (!this->is_open()) {
        return this->refuse_seek(errc::closed, offset);
    }
    if (!this->do_seekable()) {
        return this->refuse_seek(errc::not_seekable, offset);
    }
    std::error_code unknown = errc::bad_position;
    const off_type from = origin(whence, unknown);
    if (whence == std::ios_base::cur && offset == 0) {
        return pos_type(from);
    }
    if (from < 0) {
        return this->refuse_seek(unknown, offset);
    }
    if (offset > std::numeric_limits<off_type>::max() - from || from + offset < 0) {
        return this->refuse_seek(errc::bad_position, offset);
    }
    const off_type target = from + offset;
    leave_slot();
    if (reading()) {
        const off_type begin = base_ - static_cast<off_type>(kept_);
        if (target >= begin && target <= begin + (this->egptr() - this->eback())) {
            this->setg(this->eback(), this->eback() + (target - begin), this->egptr());
            return pos_type(target);
        }
    }
    if (const std::error_code code = flush_pending()) {
        this->fail_quietly(code, "write", base_);
        return pos_type(off_type(-1));
    }
    if (shared()) {
        if (const std::error_code code = device_seek(target)) {
            return this->refuse_seek(code, target);
        }
    }
    leave_visit();
    unread_.clear();
    set_position(target);
    return pos_type(target);
}

template <class CharT, class Traits>
auto basic_bufferedbuf<CharT, Traits>::seekpos(pos_type position, std::ios_base::openmode which)
    -> pos_type {
    return basic_bufferedbuf::seekoff(off_type(position), std::ios_base::beg, which);
}

}  // namespace sluice

#endif  // SLUICE_DEVICE_BUFFERED_IMPL_HPP
