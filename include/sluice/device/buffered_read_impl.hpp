// The member functions of basic_bufferedbuf that read, for buffered.hpp alone to include.

#ifndef SLUICE_DEVICE_BUFFERED_READ_IMPL_HPP
#define SLUICE_DEVICE_BUFFERED_READ_IMPL_HPP

#include <sluice/device/buffered.hpp>

namespace sluice {

// What is written must be there to be read.
template <class CharT, class Traits>
void basic_bufferedbuf<CharT, Traits>::start_reading() {
    if (!writing()) {
        return;
    }
    if (const std::error_code code = flush_pending()) {
        this->fail_read(code, failed_at(base_), "write");
    }
    set_position(tell());
}

template <class CharT, class Traits>
std::error_code basic_bufferedbuf<CharT, Traits>::leave_reading() {
    if (writing() || (!reading() && unread_.empty() && !device_is_ahead())) {
        return {};
    }
    leave_slot();
    const off_type here = position();
    if (!this->do_seekable()) {
        unread_.insert(unread_.begin(), this->gptr(), this->egptr());
    } else {
        if (const std::error_code code = shared() ? device_seek(here) : std::error_code()) {
            return code;
        }
        unread_.clear();
    }
    set_position(here);
    return {};
}

template <class CharT, class Traits>
std::vector<CharT> basic_bufferedbuf<CharT, Traits>::take_read_ahead() {
    leave_slot();
    std::vector<CharT> ahead(this->gptr(), this->egptr());
    ahead.insert(ahead.end(), unread_.begin(), unread_.end());
    unread_.clear();
    set_position(position());
    return ahead;
}

template <class CharT, class Traits>
bool basic_bufferedbuf<CharT, Traits>::near_last_block(off_type position) const noexcept {
    const auto near = static_cast<off_type>(block_);
    return position > last_begin_ - near &&
           position - near < last_end_;  // which may be the largest
}

// How much to read at `position`: more and more while it goes on in order, or near the last block.
template <class CharT, class Traits>
std::size_t basic_bufferedbuf<CharT, Traits>::block_for(off_type position) noexcept {
    if (caller_sized_) {
        return std::max<std::size_t>(capacity_, 1);
    }
    const auto size = static_cast<std::size_t>(last_end_ - last_begin_);
    if (block_ == 0) {
        block_ = first_block;
    } else if (position == last_end_) {
        // Short, but for what is kept of the block before: the end is near.
        block_ = size + most_kept < block_ ? block_ : std::min(4 * block_, capacity_);
    } else if (near_last_block(position)) {
        block_ = std::min(4 * block_, capacity_);
    } else {
        block_ = far_block;
    }
    return block_;
}

// Opens a get area that holds the character at `position`; false: there is none.
template <class CharT, class Traits>
bool basic_bufferedbuf<CharT, Traits>::refill(off_type position) {
    const bool in_order = position == last_end_ || block_ == 0 || caller_sized_;
    return in_order || !addressable() ? refill_in_order(position) : refill_around(position);
}

template <class CharT, class Traits>
bool basic_bufferedbuf<CharT, Traits>::refill_in_order(off_type position) {
    const std::size_t block = block_for(position);
    // What cannot be read again stays for putting back.
    CharT saved[most_kept];
    std::size_t keep = 0;
    if (reading() && block > most_kept && !addressable()) {
        keep = std::min(most_kept, static_cast<std::size_t>(this->egptr() - this->eback()));
        traits_type::copy(saved, this->egptr() - keep, keep);
    }
    set_position(position);
    provide_buffer(block);
    traits_type::copy(buffer_, saved, keep);
    const transfer got = read_block(buffer_ + keep, block - keep, position);
    kept_ = keep;
    this->setg(buffer_, buffer_ + keep, buffer_ + keep + got.count);
    if (got.error && got.count == 0) {
        this->fail_read(got.error, failed_at(position));
    }
    last_begin_ = position;
    last_end_ = position + static_cast<off_type>(got.count);
    return got.count != 0;
}

template <class CharT, class Traits>
auto basic_bufferedbuf<CharT, Traits>::read_unread(CharT* target, std::size_t count) -> transfer {
    const std::size_t part = std::min(count, unread_.size());
    traits_type::copy(target, unread_.data(), part);
    unread_.erase(unread_.begin(), unread_.begin() + static_cast<std::ptrdiff_t>(part));
    return {part, {}};
}

// Reads from a little before the position, so that seeks near by are served from the buffer.
template <class CharT, class Traits>
bool basic_bufferedbuf<CharT, Traits>::refill_around(off_type position) {
    const auto block = static_cast<off_type>(block_for(position));
    const off_type half = std::max<off_type>(block / 2, 1);
    const off_type begin = block_ == far_block ? position : position / half * half;
    set_position(position);
    provide_buffer(static_cast<std::size_t>(block));
    const transfer got = read_block(buffer_, static_cast<std::size_t>(block), begin);
    if (got.error) {
        this->fail_read(got.error, failed_at(position));
    }
    last_begin_ = begin;
    last_end_ = begin + static_cast<off_type>(got.count);
    if (position >= last_end_) {
        return begin < position && refill_in_order(position);  // the end, or a short transfer
    }
    base_ = begin;
    this->setg(buffer_, buffer_ + (position - begin), buffer_ + got.count);
    return true;
}

template <class CharT, class Traits>
auto basic_bufferedbuf<CharT, Traits>::underflow() -> int_type {
    if (this->gptr() < this->egptr()) {
        return traits_type::to_int_type(*this->gptr());
    }
    if (!this->readable()) {
        this->fail_read(this->is_open() ? errc::not_readable : errc::closed, position());
    }
    if (in_slot()) {
        leave_slot();
        return underflow();
    }
    start_reading();
    // Where others may have moved the device, it says where that was to.
    return refill(reading() ? position() : tell()) ? traits_type::to_int_type(*this->gptr())
                                                   : traits_type::eof();
}

template <class CharT, class Traits>
std::streamsize basic_bufferedbuf<CharT, Traits>::xsgetn(CharT* target, std::streamsize count) {
    if (count <= this->egptr() - this->gptr()) {
        if (count > 0) {
            detail::copy_characters<traits_type>(target, this->gptr(),
                                                 static_cast<std::size_t>(count));
            this->setg(this->eback(), this->gptr() + count, this->egptr());
        }
        return std::max<std::streamsize>(count, 0);
    }
    const off_type begin = position();
    std::streamsize got = 0;
    try {
        if (is_whole_visit(count)) {
            read_straight(target, count, got);
        } else {
            read_on(target, count, got);
        }
    } catch (...) {
        take_back(target, static_cast<std::size_t>(got), begin);
        throw;
    }
    return got;
}

// A read that failed has read nothing: what had come is read again by the next.
template <class CharT, class Traits>
void basic_bufferedbuf<CharT, Traits>::take_back(const CharT* taken, std::size_t count,
                                                 off_type begin) {
    if (count == 0) {
        return;
    }
    if (keeps_taken(count)) {
        unread_.insert(unread_.begin(), taken, taken + count);
    } else if (!addressable() && device_seek(begin)) {
        return;  // stands where it failed
    } else {
        unread_.clear();
    }
    set_position(begin);
}

template <class CharT, class Traits>
void basic_bufferedbuf<CharT, Traits>::read_on(CharT* target, std::streamsize count,
                                               std::streamsize& got) {
    for (;;) {
        const std::streamsize ready = std::min(count - got, this->egptr() - this->gptr());
        if (ready > 0) {
            traits_type::copy(target + got, this->gptr(), static_cast<std::size_t>(ready));
            this->setg(this->eback(), this->gptr() + ready, this->egptr());
            got += ready;
        }
        if (got >= count) {
            return;
        }
        if (static_cast<std::size_t>(count - got) >= capacity_ && this->readable() && !in_slot()) {
            read_past_buffer(target, count, got);
            return;
        }
        // Not underflow(): a derived buffer may override either.
        const int_type next = this->uflow();
        if (traits_type::eq_int_type(next, traits_type::eof())) {
            return;
        }
        target[got++] = traits_type::to_char_type(next);
    }
}

// The position leaves what was read last.
template <class CharT, class Traits>
void basic_bufferedbuf<CharT, Traits>::leave_visit() noexcept {
    const off_type here = position();
    if (here >= last_begin_ && here <= last_end_) {
        visit_ = here - last_begin_;
    }
}

// Whether to read `count` characters and no more: the position has been moved far from where
// anything was read, and no more than that was read in the place before. Each character read
// ahead in vain is one more that the processor has to fetch from memory.
template <class CharT, class Traits>
bool basic_bufferedbuf<CharT, Traits>::is_whole_visit(std::streamsize count) {
    if (reading() || writing() || block_ == 0 || caller_sized_ || count < visit_ ||
        base_ == last_end_ || near_last_block(base_) || !this->readable() || !addressable()) {
        return false;
    }
    block_ = far_block;
    return true;
}

// Straight into the caller's memory, as what is asked for would fill the buffer anyway.
template <class CharT, class Traits>
void basic_bufferedbuf<CharT, Traits>::read_past_buffer(CharT* target, std::streamsize count,
                                                        std::streamsize& got) {
    leave_buffer();
    read_straight(target, count, got);
}

// Closes both areas, to read where the reader stands.
template <class CharT, class Traits>
void basic_bufferedbuf<CharT, Traits>::leave_buffer() {
    leave_slot();
    start_reading();
    set_position(reading() ? position() : tell());
}

// Requires: neither area is open.
template <class CharT, class Traits>
void basic_bufferedbuf<CharT, Traits>::read_straight(CharT* target, std::streamsize count,
                                                     std::streamsize& got) {
    last_begin_ = base_;
    while (got < count && read_piece(target, count, got)) {
    }
    last_end_ = base_;
}

// One call to the device; false at the end.
template <class CharT, class Traits>
bool basic_bufferedbuf<CharT, Traits>::read_piece(CharT* target, std::streamsize count,
                                                  std::streamsize& got) {
    const transfer part = read_block(target + got, static_cast<std::size_t>(count - got), base_);
    got += static_cast<std::streamsize>(part.count);
    base_ += static_cast<off_type>(part.count);
    if (part.error) {
        this->fail_read(part.error, failed_at(base_));
    }
    return part.count != 0;
}

template <class CharT, class Traits>
bool basic_bufferedbuf<CharT, Traits>::passes_buffer(std::size_t count) const noexcept {
    return count >= std::max<std::size_t>(capacity_, 1) && this->gptr() == this->egptr() &&
           this->readable() && !in_slot();
}

template <class CharT, class Traits>
std::size_t basic_bufferedbuf<CharT, Traits>::do_read_once(CharT* target, std::size_t count) {
    leave_buffer();
    const off_type begin = base_;
    std::streamsize got = 0;
    try {
        last_begin_ = base_;
        read_piece(target, static_cast<std::streamsize>(count), got);
        last_end_ = base_;
    } catch (...) {
        take_back(target, static_cast<std::size_t>(got), begin);
        throw;
    }
    return static_cast<std::size_t>(got);
}

template <class CharT, class Traits>
void basic_bufferedbuf<CharT, Traits>::do_fill(std::size_t count) {
    const auto ready = static_cast<std::size_t>(this->egptr() - this->gptr());
    if (ready == 0 || in_slot()) {
        if (traits_type::eq_int_type(underflow(), traits_type::eof()) || in_slot()) {
            return;
        }
        do_fill(count);
        return;
    }
    const std::size_t wanted = std::min(count, std::max(capacity_, ready));
    if (ready >= wanted) {
        return;
    }
    // Moves what is there to the front, and reads behind it.
    const off_type here = position();
    if (wanted > allocated_) {
        std::unique_ptr<CharT[]> larger(new CharT[wanted]);
        traits_type::copy(larger.get(), this->gptr(), ready);
        memory_ = std::move(larger);
        buffer_ = memory_.get();
        allocated_ = wanted;
    } else {
        traits_type::move(buffer_, this->gptr(), ready);
    }
    base_ = here;
    kept_ = 0;
    this->setg(buffer_, buffer_, buffer_ + ready);
    while (static_cast<std::size_t>(this->egptr() - this->gptr()) < wanted) {
        const auto filled = static_cast<std::size_t>(this->egptr() - buffer_);
        const off_type end = base_ + static_cast<off_type>(filled - kept_);
        const transfer got = read_block(this->egptr(), allocated_ - filled, end);
        base_ = end;  // what came before counts as kept: the block is what was read last
        kept_ = filled;
        if (got.count == 0) {
            if (got.error) {
                this->fail_read(got.error, failed_at(end));
            }
            break;
        }
        this->setg(buffer_, buffer_, this->egptr() + got.count);
        last_begin_ = end;
        last_end_ = end + static_cast<off_type>(got.count);
    }
}

template <class CharT, class Traits>
std::streamsize basic_bufferedbuf<CharT, Traits>::showmanyc() {
    if (!this->readable()) {
        return -1;
    }
    if (flush_pending()) {
        return 0;
    }
    const auto unread = static_cast<off_type>(unread_.size());
    const off_type available = device_available(position() + unread);
    constexpr off_type most = std::numeric_limits<std::streamsize>::max() / 2;  // of 32 bits, maybe
    return static_cast<std::streamsize>(unread + std::min(available, most));
}

template <class CharT, class Traits>
auto basic_bufferedbuf<CharT, Traits>::pbackfail(int_type c) -> int_type {
    if (!this->readable()) {
        return traits_type::eof();
    }
    start_reading();
    if (in_slot()) {
        if (this->gptr() == this->eback()) {
            return traits_type::eof();  // one at a time
        }
        leave_slot();
    }
    if (this->gptr() == this->eback() && !refill_before()) {
        return traits_type::eof();
    }
    const int_type before = traits_type::to_int_type(this->gptr()[-1]);
    if (traits_type::eq_int_type(c, traits_type::eof()) || traits_type::eq_int_type(c, before)) {
        this->setg(this->eback(), this->gptr() - 1, this->egptr());
        return before;
    }
    slot_ = traits_type::to_char_type(c);
    slot_begin_ = this->eback();
    slot_next_ = this->gptr();
    slot_end_ = this->egptr();
    this->setg(&slot_, &slot_, &slot_ + 1);
    return c;
}

// Makes the get area hold the character before the position too.
template <class CharT, class Traits>
bool basic_bufferedbuf<CharT, Traits>::refill_before() {
    const off_type here = position();
    if (here == 0 || !addressable()) {
        return false;
    }
    bool found = false;
    try {
        found = refill_around(here - 1);
    } catch (...) {
        set_position(here);
        throw;
    }
    if (!found) {
        set_position(here);
        return false;
    }
    this->setg(this->eback(), this->gptr() + 1, this->egptr());
    return true;
}

}  // namespace sluice

#endif  // SLUICE_DEVICE_BUFFERED_READ_IMPL_HPP
