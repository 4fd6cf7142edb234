#include <sluice/bridge/devicebuf.hpp>
#include <sluice/detail/clamped.hpp>

#include "boost_failure.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <limits>

namespace sluice {

using ios = std::ios_base;

template <class CharT>
basic_devicebuf<CharT>::basic_devicebuf(std::unique_ptr<device_type> device,
                                        std::streamsize buffer_size)
    : device_(std::move(device)) {
    if (!device_->is_open()) {
        throw error("open", errc::closed);
    }
    if (const auto* const handle = device_->handle()) {
        path_ = handle->path();
    }
    can_ = device_->can();
    this->set_open(can_.readable, can_.writable);
    find_position();
    const std::streamsize size = buffer_size < 0 ? device_->buffer_size() : buffer_size;
    if (size >= 0) {
        base::setbuf(nullptr, size);
    }
}

template <class CharT>
auto basic_devicebuf<CharT>::operator=(basic_devicebuf&& other) noexcept(false)
    -> basic_devicebuf& {
    if (this != &other) {
        this->close();
        basic_devicebuf taken(std::move(other));
        swap(taken);
    }
    return *this;
}

template <class CharT>
basic_devicebuf<CharT>::~basic_devicebuf() {
    try {
        this->set_owner(nullptr);
        this->close();
    } catch (...) {
        // a destructor keeps quiet; close() reports
    }
}

template <class CharT>
void basic_devicebuf<CharT>::swap(basic_devicebuf& other) noexcept {
    base::swap(other);
    device_.swap(other.device_);
    path_.swap(other.path_);
    std::swap(can_, other.can_);
    std::swap(seekable_, other.seekable_);
    std::swap(read_place_, other.read_place_);
    std::swap(write_place_, other.write_place_);
    std::swap(ended_, other.ended_);
    std::swap(failed_, other.failed_);
    said_.swap(other.said_);
}

// Makes a call to the device. What it throws is what the failure of the code says that is returned.
template <class CharT>
template <class Call>
std::error_code basic_devicebuf<CharT>::attempt(const char* operation, off_type position,
                                                Call call) {
    for (;;) {
        try {
            errno = 0;  // so that a message of Boost's names no older one
            call();
            return {};
        } catch (...) {
            said_ = detail::boost_failure(std::current_exception(), operation, path_, position);
        }
        if (can_.filtered || said_->code() != std::errc::interrupted) {
            this->note_below(*said_);
            return said_->code();
        }
    }
}

// -- where the device stands ------------------------------------------------------------------

template <class CharT>
auto basic_devicebuf<CharT>::place(std::ios_base::openmode which) noexcept -> off_type& {
    return can_.two_positions && which == ios::out ? write_place_ : read_place_;
}

template <class CharT>
std::ios_base::openmode
basic_devicebuf<CharT>::heads(std::ios_base::openmode which) const noexcept {
    return can_.two_positions ? which : ios::in | ios::out;
}

template <class CharT>
void basic_devicebuf<CharT>::find_position() {
    if (!can_.seekable) {
        return;
    }
    const ios::openmode which = can_.readable ? ios::in : ios::out;
    off_type here = unknown;
    seekable_ = !seek_device(0, ios::cur, which, here);
    if (seekable_) {
        this->set_position(here);
    }
    this->forget_below();  // that a device cannot seek after all is no failure
}

namespace {

// Where no device stands that tells the truth; what is read or written from here on can be counted.
constexpr std::streamoff farthest = std::numeric_limits<std::streamoff>::max() / 2;

}  // namespace

template <class CharT>
std::error_code basic_devicebuf<CharT>::seek_device(off_type offset, std::ios_base::seekdir whence,
                                                    std::ios_base::openmode which,
                                                    off_type& result) {
    result = unknown;
    place(which) = unknown;
    const std::error_code code = attempt("seek", offset, [&] {
        result = device_->seek(offset, whence, heads(which));
        if (result < 0) {
            throw std::system_error(make_error_code(errc::not_seekable));
        }
        if (result > farthest) {
            throw std::system_error(make_error_code(errc::bad_position));
        }
    });
    place(which) = code ? unknown : result;
    return code;
}

template <class CharT>
std::error_code basic_devicebuf<CharT>::stand_at(off_type position, std::ios_base::openmode which) {
    if (!seekable_ || place(which) == position) {
        return {};
    }
    ended_ = false;
    off_type result = unknown;
    const std::error_code code = seek_device(position, ios::beg, which, result);
    return code || result == position ? code : errc::bad_position;
}

template <class CharT>
std::error_code basic_devicebuf<CharT>::find_end(std::ios_base::openmode which, off_type& end) {
    return seek_device(0, ios::end, which, end);
}

// -- transfers --------------------------------------------------------------------------------

template <class CharT>
auto basic_devicebuf<CharT>::device_read(CharT* target, std::size_t count, off_type position)
    -> transfer {
    if (const std::error_code code = stand_at(position, ios::in)) {
        // Some devices refuse to stand behind their end, where there is nothing to be read.
        off_type end = unknown;
        if (find_end(ios::in, end) || position < end) {
            return {0, code};
        }
        this->forget_below();
        return {};
    }
    if (ended_) {
        return {};
    }
    const auto wanted = static_cast<std::streamsize>(count);
    std::streamsize got = 0;
    const std::error_code code =
        attempt("read", position, [&] { got = device_->read(target, wanted); });
    if (code || got == 0) {
        place(ios::in) = code ? unknown : place(ios::in);
        return {0, code ? code : errc::would_block};
    }
    if (got < -1 || got > wanted) {
        place(ios::in) = unknown;
        return {0, std::make_error_code(std::errc::io_error)};
    }
    if (got == -1) {
        ended_ = can_.filtered;
        return {};
    }
    place(ios::in) += seekable_ ? got : 0;
    return {static_cast<std::size_t>(got), {}};
}

template <class CharT>
auto basic_devicebuf<CharT>::device_write(const CharT* source, std::size_t count, off_type position)
    -> transfer {
    std::error_code code = stand_at(position, ios::out);
    if (code) {
        code = fill_gap(position);
    }
    const transfer put = code ? transfer{0, code} : write_at(source, count, position);
    if (put.error) {
        failed_ = put.error != errc::would_block;
    } else if (failed_) {
        failed_ = false;
        if (auto* const handle = device_->handle()) {
            handle->clear_reason();  // what failed is written now
        }
    }
    return put;
}

// Where the device stands already.
template <class CharT>
auto basic_devicebuf<CharT>::write_at(const CharT* source, std::size_t count, off_type position)
    -> transfer {
    const auto wanted = static_cast<std::streamsize>(count);
    std::streamsize put = 0;
    const std::error_code code =
        attempt("write", position, [&] { put = device_->write(source, wanted); });
    if (code || put < 0 || put > wanted) {
        place(ios::out) = unknown;
        return {0, code ? code : std::make_error_code(std::errc::io_error)};
    }
    if (put == 0) {
        return {0, errc::would_block};
    }
    place(ios::out) += seekable_ ? put : 0;
    ended_ = false;
    return {static_cast<std::size_t>(put), {}};
}

// For a device that refuses to stand behind its end.
template <class CharT>
std::error_code basic_devicebuf<CharT>::fill_gap(off_type position) {
    const std::optional<error> refused = said_;
    off_type end = unknown;
    if (const std::error_code code = find_end(ios::out, end)) {
        return code;
    }
    if (end >= position || position > farthest) {  // it refused for another reason
        if (refused) {
            this->note_below(*refused);
        }
        return refused ? refused->code() : errc::bad_position;
    }
    const std::array<CharT, 512> zeros{};
    while (end < position) {
        const std::size_t part = std::min(zeros.size(), detail::clamped(position - end));
        const transfer put = write_at(zeros.data(), part, end);
        if (put.error) {
            return put.error;
        }
        end += static_cast<off_type>(put.count);
    }
    this->forget_below();
    return {};
}

template <class CharT>
std::error_code basic_devicebuf<CharT>::device_seek(off_type position) {
    for (const ios::openmode which : {ios::in, ios::out}) {
        if (!can_.two_positions && which == ios::out) {
            break;
        }
        if (!(which == ios::in ? can_.readable || !can_.two_positions : can_.writable)) {
            continue;
        }
        if (const std::error_code code = stand_at(position, which)) {
            off_type end = unknown;
            if (find_end(which, end) || position <= end) {
                return code;
            }
            this->forget_below();
        }
    }
    return {};
}

// -- the buffer as a device -------------------------------------------------------------------

template <class CharT>
void basic_devicebuf<CharT>::imbue(const std::locale& locale) {
    if (!this->is_open() || !this->flush_or_fail()) {
        return;
    }
    if (const std::error_code code = attempt("imbue", -1, [&] { device_->imbue(locale); })) {
        this->fail_quietly(code, "imbue");
    }
}

template <class CharT>
int basic_devicebuf<CharT>::sync() {
    if (base::sync() != 0) {
        return -1;
    }
    if (!this->writable()) {
        return 0;
    }
    const std::error_code code = attempt("sync", this->position(), [this] { device_->flush(); });
    if (code) {
        this->fail(code, "sync", this->position());
    }
    return code ? -1 : 0;
}

template <class CharT>
auto basic_devicebuf<CharT>::do_size(std::error_code& code) -> off_type {
    if (!seekable_) {
        code = errc::unsupported;
        return -1;
    }
    off_type end = unknown;
    code = find_end(can_.readable ? ios::in : ios::out, end);
    this->forget_below();
    const off_type here = this->position();
    return code ? off_type(-1) : std::max(end, this->has_pending() ? here : 0);
}

template <class CharT>
std::error_code basic_devicebuf<CharT>::do_truncate(off_type size) {
    std::error_code code = this->flush_pending();
    if (!code) {
        code = this->leave_reading();  // what was read ahead may lie beyond the new end
    }
    if (!code) {
        code = attempt("truncate", size, [&] { device_->truncate(size); });
        read_place_ = write_place_ = unknown;
    }
    if (code && said_ && said_->code() == code) {
        this->record_as(*said_);
    }
    this->forget_below();
    return code;
}

template <class CharT>
std::error_code basic_devicebuf<CharT>::leave_device() {
    if (device_->is_owned()) {
        return attempt("close", -1, [this] { device_->close(); });
    }
    const off_type here = this->position();
    std::error_code code = seekable_ && this->is_open() ? device_seek(here) : std::error_code();
    if (can_.writable) {
        const std::error_code flushed = attempt("sync", here, [this] { device_->flush(); });
        code = code ? code : flushed;
    }
    return code;
}

// `said` is what the first failure said, as far as that is known.
template <class CharT>
std::error_code basic_devicebuf<CharT>::finish(std::optional<error>& said) {
    said_.reset();
    const std::error_code written = this->flush_pending();
    said = written ? said_ : std::nullopt;
    said_.reset();
    const std::error_code left = leave_device();
    if (!written && left) {
        said = said_;
    }
    return written ? written : left;
}

template <class CharT>
std::error_code basic_devicebuf<CharT>::do_close() noexcept {
    try {
        std::optional<error> said;
        const std::error_code code = finish(said);
        this->forget_below();
        if (code && said && said->code() == code) {
            this->record_as(*said);
        }
        this->set_position(0);
        this->set_unread({});
        return code;
    } catch (...) {  // there was no memory to say what failed
        return std::make_error_code(std::errc::not_enough_memory);
    }
}

template class basic_devicebuf<char>;
template class basic_devicebuf<wchar_t>;

}  // namespace sluice
