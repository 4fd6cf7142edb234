// The member functions of basic_stringbuf, for string.hpp alone to include.

#ifndef SLUICE_DEVICE_STRING_IMPL_HPP
#define SLUICE_DEVICE_STRING_IMPL_HPP

#include <sluice/detail/clamped.hpp>
#include <sluice/detail/copy.hpp>
#include <sluice/device/string.hpp>

namespace sluice {

template <class CharT, class Traits, class Allocator>
basic_stringbuf<CharT, Traits, Allocator>::basic_stringbuf(string_type&& content, openmode mode)
    : base(has(mode, std::ios_base::in), has(mode, std::ios_base::out)),
      mode_(mode),
      storage_(std::move(content)) {
    restart(storage_.size());
}

template <class CharT, class Traits, class Allocator>
auto basic_stringbuf<CharT, Traits, Allocator>::operator=(basic_stringbuf&& other) noexcept(
    std::is_nothrow_move_assignable_v<string_type>) -> basic_stringbuf& {
    if (this != &other) {
        const positions at = other.settle();
        storage_ = std::move(other.storage_);
        take(other, at);
    }
    return *this;
}

template <class CharT, class Traits, class Allocator>
void basic_stringbuf<CharT, Traits, Allocator>::swap(basic_stringbuf& other) noexcept(
    std::allocator_traits<Allocator>::propagate_on_container_swap::value ||
    std::allocator_traits<Allocator>::is_always_equal::value) {
    if (this == &other) {
        return;
    }
    const positions mine = settle();
    const positions others = other.settle();
    base::swap(other);
    std::swap(mode_, other.mode_);
    storage_.swap(other.storage_);
    std::swap(array_, other.array_);
    std::swap(high_, other.high_);
    set_areas(others);  // a short string lies inside its object, so pointers do not carry over
    other.set_areas(mine);
}

// Takes all but the storage, which the caller has moved already.
template <class CharT, class Traits, class Allocator>
void basic_stringbuf<CharT, Traits, Allocator>::take(basic_stringbuf& other, positions at) {
    base::swap(other);
    mode_ = other.mode_;
    array_ = other.array_;
    high_ = other.high_;
    set_areas(at);

    if (base::is_open()) {
        other.set_open(base::readable(), base::writable());
    } else {
        other.set_closed();
    }
    other.pubimbue(this->getloc());
    other.clear_reason();
    other.storage_.clear();
    other.restart(0);
}

template <class CharT, class Traits, class Allocator>
auto basic_stringbuf<CharT, Traits, Allocator>::str() && -> string_type {
    const std::size_t size = content_size();
    if (array_.data() != nullptr) {
        storage_.assign(array_.data(), size);
    } else {
        storage_.resize(size);
    }
    string_type content(std::move(storage_));
    storage_.clear();
    restart(0);
    return content;
}

template <class CharT, class Traits, class Allocator>
void basic_stringbuf<CharT, Traits, Allocator>::str(string_type&& content) {
    const bool is_short = content.capacity() == string_type(get_allocator()).capacity();
    if (is_short && content.get_allocator() == get_allocator()) {
        assign(content);  // a move would copy it too, and close the extent
        return;
    }
    storage_ = std::move(content);
    restart(storage_.size());
}

template <class CharT, class Traits, class Allocator>
void basic_stringbuf<CharT, Traits, Allocator>::assign(view_type content) {
    if (base::writable() && content.size() <= storage_.size()) {
        Traits::copy(storage_.data(), content.data(), content.size());  // the extent stays open
    } else {
        storage_.assign(content);
    }
    restart(content.size());
}

// Begins anew on the first `size` characters of the storage.
template <class CharT, class Traits, class Allocator>
void basic_stringbuf<CharT, Traits, Allocator>::restart(std::size_t size) noexcept {
    array_ = {};
    high_ = size;
    set_areas({0, has(mode_, std::ios_base::ate | std::ios_base::app) ? size : 0});
}

// Brings high_ up to date, and returns the positions, of which a null area has 0.
template <class CharT, class Traits, class Allocator>
auto basic_stringbuf<CharT, Traits, Allocator>::settle() noexcept -> positions {
    high_ = content_size();
    return {get_position(), put_position()};
}

template <class CharT, class Traits, class Allocator>
void basic_stringbuf<CharT, Traits, Allocator>::set_areas(positions at) noexcept {
    CharT* const first = start();
    if (base::readable()) {
        this->setg(first, first + at.get, first + high_);
    } else {
        this->setg(nullptr, nullptr, nullptr);
    }
    if (base::writable()) {
        this->setp(first, first + extent());
        advance_put(at.put);
    } else {
        this->setp(nullptr, nullptr);
    }
}

// Ends the get area where the content ends now.
template <class CharT, class Traits, class Allocator>
void basic_stringbuf<CharT, Traits, Allocator>::show_content() noexcept {
    CharT* const first = start();
    if (base::readable() && (this->eback() == first || this->eback() == nullptr)) {
        this->setg(first, first + get_position(), first + content_size());
    }
}

template <class CharT, class Traits, class Allocator>
void basic_stringbuf<CharT, Traits, Allocator>::advance_put(std::size_t count) noexcept {
    for (; count > INT_MAX; count -= INT_MAX) {
        this->pbump(INT_MAX);
    }
    this->pbump(static_cast<int>(count));
}

template <class CharT, class Traits, class Allocator>
auto basic_stringbuf<CharT, Traits, Allocator>::setbuf(CharT* array, std::streamsize size)
    -> std::basic_streambuf<CharT, Traits>* {
    if (array != nullptr && size >= 0) {
        storage_.clear();
        array_ = {array, static_cast<std::size_t>(size)};
        high_ = array_.size();
        set_areas({0, 0});
    }
    return this;
}

// A position that the mode lacks can neither be moved nor asked for, as in libstdc++.
// ([stringbuf.virtuals] would let the offset 0 pass, which LWG 453 means for an empty stream.)
template <class CharT, class Traits, class Allocator>
auto basic_stringbuf<CharT, Traits, Allocator>::seekoff(off_type offset,
                                                        std::ios_base::seekdir whence,
                                                        openmode which) -> pos_type {
    const bool in = has(which, std::ios_base::in);
    const bool out = has(which, std::ios_base::out);
    if (!base::is_open()) {
        return base::refuse_seek(errc::closed);
    }
    if (in && !base::readable()) {
        return base::refuse_seek(errc::not_readable);
    }
    if (out && !base::writable()) {
        return base::refuse_seek(errc::not_writable);
    }
    if (in == out && (!in || whence == std::ios_base::cur)) {
        return base::refuse_seek(errc::unsupported);  // neither position, or two that may differ
    }
    const auto size = static_cast<off_type>(content_size());
    off_type origin = 0;
    if (whence == std::ios_base::cur) {
        origin = static_cast<off_type>(in ? get_position() : put_position());
        if (offset == 0) {
            return pos_type(origin);
        }
    } else if (whence == std::ios_base::end) {
        origin = size;
    }
    if (offset < -origin || offset > size - origin) {
        return base::refuse_seek(errc::bad_position);
    }
    return move_to(origin + offset, which, size);
}

// Moves those of the asked positions that the mode has, where seekoff() wants all of them. So does
// libstdc++; [stringbuf.virtuals] has the two alike.
template <class CharT, class Traits, class Allocator>
auto basic_stringbuf<CharT, Traits, Allocator>::seekpos(pos_type position, openmode which)
    -> pos_type {
    const bool in = has(which, std::ios_base::in);
    const bool out = has(which, std::ios_base::out);
    if (!base::is_open()) {
        return base::refuse_seek(errc::closed);
    }
    if (!(in && base::readable()) && !(out && base::writable())) {
        return base::refuse_seek(in ? errc::not_readable : errc::not_writable);
    }
    const off_type offset(position);
    const auto size = static_cast<off_type>(content_size());
    if (offset < 0 || offset > size) {
        return base::refuse_seek(errc::bad_position);
    }
    move_to(offset, which, size);
    return position;
}

template <class CharT, class Traits, class Allocator>
auto basic_stringbuf<CharT, Traits, Allocator>::move_to(off_type position, openmode which,
                                                        off_type size) noexcept -> pos_type {
    CharT* const first = start();
    high_ = static_cast<std::size_t>(size);
    if (has(which, std::ios_base::in) && base::readable()) {
        this->setg(first, first + position, first + size);
    }
    if (has(which, std::ios_base::out) && base::writable()) {
        this->setp(first, first + extent());
        advance_put(static_cast<std::size_t>(position));
    }
    return pos_type(position);
}

template <class CharT, class Traits, class Allocator>
int basic_stringbuf<CharT, Traits, Allocator>::sync() {
    if (!base::is_open()) {
        base::fail(errc::closed, "flush");
        return -1;
    }
    return 0;
}

template <class CharT, class Traits, class Allocator>
std::streamsize basic_stringbuf<CharT, Traits, Allocator>::showmanyc() {
    if (!base::readable()) {
        return -1;
    }
    show_content();
    return this->egptr() - this->gptr();
}

// What the get area lacks comes through the virtuals, which a derived class may have replaced.
template <class CharT, class Traits, class Allocator>
std::streamsize basic_stringbuf<CharT, Traits, Allocator>::xsgetn(CharT* target,
                                                                  std::streamsize count) {
    std::streamsize done = 0;
    while (done < count) {
        const auto ready = std::min<std::streamsize>(this->egptr() - this->gptr(), count - done);
        if (ready > 0) {
            detail::copy_characters<Traits>(target + done, this->gptr(),
                                            static_cast<std::size_t>(ready));
            this->setg(this->eback(), this->gptr() + ready, this->egptr());
            done += ready;
            continue;
        }
        const int_type c = this->uflow();
        if (Traits::eq_int_type(c, Traits::eof())) {
            break;
        }
        target[done++] = Traits::to_char_type(c);
    }
    return done;
}

template <class CharT, class Traits, class Allocator>
auto basic_stringbuf<CharT, Traits, Allocator>::underflow() -> int_type {
    if (!base::is_open()) {
        base::fail_read(errc::closed);
    }
    if (!base::readable()) {
        base::record(errc::not_readable, "read");  // and no more: the standard wants an eof
        return Traits::eof();
    }
    show_content();
    return this->gptr() < this->egptr() ? Traits::to_int_type(*this->gptr()) : Traits::eof();
}

template <class CharT, class Traits, class Allocator>
auto basic_stringbuf<CharT, Traits, Allocator>::pbackfail(int_type c) -> int_type {
    if (this->gptr() == this->eback()) {
        const errc reason = base::readable() ? errc::bad_position : errc::not_readable;
        base::record(refusal(reason), "putback");
        return Traits::eof();
    }
    const bool same = Traits::eq_int_type(c, Traits::eof()) ||
                      Traits::eq(Traits::to_char_type(c), this->gptr()[-1]);
    if (!same && !base::writable()) {
        base::record(refusal(errc::not_writable), "putback");
        return Traits::eof();
    }
    this->gbump(-1);
    if (!same) {
        *this->gptr() = Traits::to_char_type(c);
    }
    return Traits::not_eof(c);
}

template <class CharT, class Traits, class Allocator>
std::streamsize basic_stringbuf<CharT, Traits, Allocator>::xsputn(const CharT* source,
                                                                  std::streamsize count) {
    if (count <= this->epptr() - this->pptr()) [[likely]] {
        if (count <= 0) {
            return 0;
        }
        detail::copy_characters<Traits>(this->pptr(), source, static_cast<std::size_t>(count));
        advance_put(static_cast<std::size_t>(count));
        return count;
    }
    return put_past_area(source, count);
}

// What the put area has no room for goes through overflow(), likewise.
template <class CharT, class Traits, class Allocator>
std::streamsize basic_stringbuf<CharT, Traits, Allocator>::put_past_area(const CharT* source,
                                                                         std::streamsize count) {
    std::streamsize done = 0;
    while (done < count) {
        const auto room = std::min<std::streamsize>(this->epptr() - this->pptr(), count - done);
        if (room > 0) {
            Traits::copy(this->pptr(), source + done, static_cast<std::size_t>(room));
            advance_put(static_cast<std::size_t>(room));
            done += room;
            continue;
        }
        left_ = static_cast<std::size_t>(count - done);
        const int_type c = this->overflow(Traits::to_int_type(source[done]));
        left_ = 0;  // a derived overflow() need not have looked
        if (Traits::eq_int_type(c, Traits::eof())) {
            break;
        }
        ++done;
        if (append(source + done, static_cast<std::size_t>(count - done))) {
            done = count;
        }
    }
    return done;
}

// Puts a long text behind the content, where there is capacity. Only so is its place not filled
// with zeros first. A derived buffer may stand elsewhere after an overflow().
template <class CharT, class Traits, class Allocator>
bool basic_stringbuf<CharT, Traits, Allocator>::append(const CharT* text,
                                                       std::size_t count) noexcept {
    if (count <= step || this->pbase() != storage_.data() || put_position() < high_ ||
        count > storage_.capacity() - put_position()) {
        return false;
    }
    const positions at = settle();
    storage_.resize(at.put);
    storage_.append(text, count);
    high_ = at.put + count;
    set_areas({at.get, high_});
    return true;
}

template <class CharT, class Traits, class Allocator>
auto basic_stringbuf<CharT, Traits, Allocator>::overflow(int_type c) -> int_type {
    const std::size_t position = put_position();
    if (!base::writable()) {
        return base::fail(refusal(errc::not_writable), "write", static_cast<off_type>(position));
    }
    if (Traits::eq_int_type(c, Traits::eof())) {
        return Traits::not_eof(c);
    }
    if (this->pptr() == this->epptr() && !make_room(position + 1)) {
        return base::fail(std::make_error_code(std::errc::not_enough_memory), "write",
                          static_cast<off_type>(position));
    }
    *this->pptr() = Traits::to_char_type(c);
    this->pbump(1);
    show_content();  // [stringbuf.virtuals]: the get area ends where the content does
    return c;
}

template <class CharT, class Traits, class Allocator>
std::error_code basic_stringbuf<CharT, Traits, Allocator>::do_close() noexcept {
    high_ = content_size();
    this->setg(nullptr, nullptr, nullptr);
    this->setp(nullptr, nullptr);
    return {};
}

template <class CharT, class Traits, class Allocator>
std::error_code basic_stringbuf<CharT, Traits, Allocator>::do_truncate(off_type size) {
    const std::size_t wanted = detail::clamped(size);
    if (wanted > extent() && !make_room(wanted)) {
        return std::make_error_code(std::errc::not_enough_memory);
    }
    const positions at = settle();
    if (wanted > high_) {
        Traits::assign(start() + high_, wanted - high_, CharT());
    }
    high_ = wanted;
    set_areas({std::min(at.get, wanted), std::min(at.put, wanted)});
    return {};
}

// Opens the extent to `size`, and a step more where there is capacity: no further, for
// string::resize() fills what it adds. That is cheap in the cache just before it is written, and
// wasted on what never is.
template <class CharT, class Traits, class Allocator>
bool basic_stringbuf<CharT, Traits, Allocator>::make_room(std::size_t size) noexcept {
    const positions at = settle();
    const std::size_t needed = std::max(size, high_);
    const bool enough = reserve(needed + std::exchange(left_, 0)) || reserve(needed);
    if (enough) {
        if (array_.data() != nullptr) {  // libstdc++ 12 forgets what is in the array
            storage_.assign(array_.data(), high_);
            array_ = {};
        }
        storage_.resize(std::max(needed, std::min(storage_.capacity(), needed + step)));
    }
    set_areas(at);
    return enough;
}

// Makes the capacity `size` or more, and leaves the areas behind. It grows by a factor, so that n
// small writes cost O(n). The factor may be large where the string is, for what the extent does not
// reach costs addresses but no memory; where even those are short, less has to do.
template <class CharT, class Traits, class Allocator>
bool basic_stringbuf<CharT, Traits, Allocator>::reserve(std::size_t size) noexcept {
    constexpr std::size_t first = 512;
    const std::size_t capacity = storage_.capacity();
    if (size <= capacity) {
        return true;
    }
    const std::size_t much = std::max(first, capacity < step ? 2 * capacity : 4 * capacity);
    const std::size_t some = capacity + capacity / 4;
    const std::size_t limit = storage_.max_size();
    return try_reserve(std::max(size, std::min(much, limit))) ||
           try_reserve(std::max(size, std::min(some, limit))) || try_reserve(size);
}

template <class CharT, class Traits, class Allocator>
bool basic_stringbuf<CharT, Traits, Allocator>::try_reserve(std::size_t size) noexcept {
    try {
        storage_.reserve(size);
        return true;
    } catch (const std::bad_alloc&) {
        return false;
    } catch (const std::length_error&) {
        return false;
    }
}

}  // namespace sluice

#endif  // SLUICE_DEVICE_STRING_IMPL_HPP
