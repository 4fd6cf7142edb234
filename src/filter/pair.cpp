#include <sluice/detail/areas.hpp>
#include <sluice/filter/pair.hpp>

#include "below.hpp"

#include <algorithm>

namespace sluice {

template <class CharT>
void basic_pairbuf<CharT>::open(streambuf_type* reader, streambuf_type* writer) {
    const auto* const from = dynamic_cast<const base*>(reader);
    const auto* const to = dynamic_cast<const base*>(writer);
    if ((from != nullptr && !from->is_open()) || (to != nullptr && !to->is_open())) {
        throw error("open", errc::closed);
    }
    if (from != nullptr && !from->readable()) {
        throw error("open", errc::not_readable);
    }
    if (to != nullptr && !to->writable()) {
        throw error("open", errc::not_writable);
    }
    reader_ = reader;
    writer_ = writer;
    this->set_open(true, true);
}

template <class CharT>
auto basic_pairbuf<CharT>::operator=(basic_pairbuf&& other) noexcept -> basic_pairbuf& {
    basic_pairbuf taken(std::move(other));
    swap(taken);
    return *this;
}

template <class CharT>
basic_pairbuf<CharT>::~basic_pairbuf() {
    settle_reader();
    settle_writer();
}

template <class CharT>
void basic_pairbuf<CharT>::swap(basic_pairbuf& other) noexcept {
    settle_reader();
    other.settle_reader();
    const bool mine = in_slot();
    const bool theirs = other.in_slot();
    base::swap(other);
    std::swap(reader_, other.reader_);
    std::swap(writer_, other.writer_);
    std::swap(owned_, other.owned_);
    std::swap(slot_, other.slot_);
    if (theirs) {
        this->setg(&slot_, &slot_, &slot_ + 1);
    }
    if (mine) {
        other.setg(&other.slot_, &other.slot_, &other.slot_ + 1);
    }
}

// -- the areas of the two ---------------------------------------------------------------------

// Leaves the reader where the pair stands. A character in the slot stays there where the reader
// does not take it back.
template <class CharT>
void basic_pairbuf<CharT>::settle_reader() noexcept {
    if (this->eback() == nullptr) {
        return;
    }
    if (in_slot()) {
        try {
            if (traits_type::eq_int_type(reader_->sputbackc(slot_), traits_type::eof())) {
                return;
            }
        } catch (...) {
            return;
        }
    } else if (this->eback() != &slot_) {
        detail::areas<CharT, traits_type>::read_up_to(*reader_, this->gptr());
    }
    this->setg(nullptr, nullptr, nullptr);
}

template <class CharT>
void basic_pairbuf<CharT>::settle_writer() noexcept {
    if (this->pptr() != nullptr) {
        detail::areas<CharT, traits_type>::written_up_to(*writer_, this->pptr());
        this->setp(nullptr, nullptr);
    }
}

// Requires: the reader is settled.
template <class CharT>
void basic_pairbuf<CharT>::show_reader() noexcept {
    using areas = detail::areas<CharT, traits_type>;
    if (areas::get_next(*reader_) < areas::get_end(*reader_)) {
        this->setg(areas::get_begin(*reader_), areas::get_next(*reader_), areas::get_end(*reader_));
    }
}

// Requires: the writer is settled.
template <class CharT>
void basic_pairbuf<CharT>::show_writer() noexcept {
    using areas = detail::areas<CharT, traits_type>;
    if (areas::put_next(*writer_) < areas::put_end(*writer_)) {
        this->setp(areas::put_next(*writer_), areas::put_end(*writer_));
    }
}

// -- reading ----------------------------------------------------------------------------------

template <class CharT>
void basic_pairbuf<CharT>::require_readable() {
    if (!this->is_open()) {
        this->fail_read(errc::closed);
    }
}

// What `call` does; the reader's own failure becomes the pair's.
template <class CharT>
template <class Call>
auto basic_pairbuf<CharT>::reading(Call call) {
    require_readable();
    try {
        return call();
    } catch (const error& thrown) {
        this->fail_read_as(thrown);
    }
}

template <class CharT>
auto basic_pairbuf<CharT>::underflow() -> int_type {
    if (this->gptr() < this->egptr()) {
        return traits_type::to_int_type(*this->gptr());
    }
    return reading([&] {
        settle_reader();
        const int_type c = reader_->sgetc();
        show_reader();
        return c;
    });
}

template <class CharT>
auto basic_pairbuf<CharT>::uflow() -> int_type {
    return reading([&] {
        settle_reader();
        const int_type c = reader_->sbumpc();
        show_reader();
        return c;
    });
}

template <class CharT>
std::streamsize basic_pairbuf<CharT>::xsgetn(CharT* target, std::streamsize count) {
    const std::streamsize ready = this->egptr() - this->gptr();
    if (count <= ready) {
        if (count > 0) {
            traits_type::copy(target, this->gptr(), static_cast<std::size_t>(count));
            this->setg(this->eback(), this->gptr() + count, this->egptr());
        }
        return std::max<std::streamsize>(count, 0);
    }
    return reading([&] {
        settle_reader();
        const bool slot = in_slot();
        if (slot) {
            *target = slot_;
        }
        const std::streamsize first = slot ? 1 : 0;
        const std::streamsize got = reader_->sgetn(target + first, count - first);
        this->setg(nullptr, nullptr, nullptr);
        show_reader();
        return first + got;
    });
}

template <class CharT>
void basic_pairbuf<CharT>::do_fill(std::size_t count) {
    reading([&] {
        settle_reader();
        if (in_slot()) {
            return;
        }
        static_cast<void>(reader_->sgetc());
        if (auto* const device = dynamic_cast<base*>(reader_)) {
            static_cast<void>(device->peek(count));
        }
        show_reader();
        if (this->gptr() == this->egptr()) {
            const int_type c = reader_->sbumpc();
            if (!traits_type::eq_int_type(c, traits_type::eof())) {
                slot_ = traits_type::to_char_type(c);
                this->setg(&slot_, &slot_, &slot_ + 1);
            }
        }
    });
}

template <class CharT>
std::streamsize basic_pairbuf<CharT>::showmanyc() {
    if (!this->is_open()) {
        return -1;
    }
    settle_reader();
    return reader_->in_avail();
}

template <class CharT>
auto basic_pairbuf<CharT>::pbackfail(int_type c) -> int_type {
    if (!this->is_open()) {
        return traits_type::eof();
    }
    settle_reader();
    if (in_slot()) {
        return traits_type::eof();
    }
    const int_type result = traits_type::eq_int_type(c, traits_type::eof())
                                ? reader_->sungetc()
                                : reader_->sputbackc(traits_type::to_char_type(c));
    show_reader();
    return result;
}

// -- writing ----------------------------------------------------------------------------------

template <class CharT>
bool basic_pairbuf<CharT>::require_writable() {
    if (!this->is_open()) {
        this->fail(errc::closed, "write");
    }
    return this->is_open();
}

template <class CharT>
auto basic_pairbuf<CharT>::fail_write(const char* operation) -> int_type {
    return this->fail_as(detail::failure_of(*writer_, operation));
}

template <class CharT>
std::streamsize basic_pairbuf<CharT>::xsputn(const CharT* source, std::streamsize count) {
    if (count <= this->epptr() - this->pptr()) {
        if (count <= 0) {
            return 0;
        }
        traits_type::move(this->pptr(), source, static_cast<std::size_t>(count));
        this->setp(this->pptr() + count, this->epptr());
        return count;
    }
    if (count <= 0 || !require_writable()) {
        return 0;
    }
    settle_writer();
    const std::streamsize put = writer_->sputn(source, count);
    show_writer();
    if (put < count) {
        fail_write("write");
    }
    return put;
}

template <class CharT>
auto basic_pairbuf<CharT>::overflow(int_type c) -> int_type {
    if (!require_writable()) {
        return traits_type::eof();
    }
    settle_writer();
    if (traits_type::eq_int_type(c, traits_type::eof())) {
        return traits_type::not_eof(c);
    }
    const int_type result = writer_->sputc(traits_type::to_char_type(c));
    show_writer();
    return traits_type::eq_int_type(result, traits_type::eof()) ? fail_write("write") : result;
}

template <class CharT>
int basic_pairbuf<CharT>::sync() {
    if (!this->is_open()) {
        return 0;
    }
    settle_reader();
    settle_writer();
    if (writer_->pubsync() != 0) {
        fail_write("sync");
        return -1;
    }
    return 0;
}

// -- the pair as a device ---------------------------------------------------------------------

template <class CharT>
auto basic_pairbuf<CharT>::seekoff(off_type offset, std::ios_base::seekdir /*whence*/,
                                   std::ios_base::openmode /*which*/) -> pos_type {
    return this->refuse_seek(this->is_open() ? errc::not_seekable : errc::closed, offset);
}

template <class CharT>
auto basic_pairbuf<CharT>::seekpos(pos_type position, std::ios_base::openmode which) -> pos_type {
    return basic_pairbuf::seekoff(off_type(position), std::ios_base::beg, which);
}

template <class CharT>
bool basic_pairbuf<CharT>::do_is_terminal() {
    const auto asked = [](streambuf_type* part) {
        auto* const device = dynamic_cast<base*>(part);
        return device != nullptr && device->is_open() && device->is_terminal();
    };
    return asked(reader_) || asked(writer_);
}

template <class CharT>
auto basic_pairbuf<CharT>::detach() -> parts {
    if (!this->is_open()) {
        throw error("detach", errc::closed);
    }
    if (sync() != 0) {
        throw this->latest("detach");
    }
    this->setg(nullptr, nullptr, nullptr);
    this->set_closed();
    reader_ = writer_ = nullptr;
    return std::exchange(owned_, {});
}

// Closes what is owned, flushes what is lent. `said` is what a failure said, as far as it is known.
template <class CharT>
std::error_code basic_pairbuf<CharT>::finish(streambuf_type& part, bool owned, bool writes,
                                             std::optional<error>& said) noexcept {
    try {
        if (owned) {
            detail::close_below(part);
        } else if (writes) {
            detail::flush_below(part);
        }
    } catch (const error& thrown) {
        said = thrown;
        return thrown.code();
    } catch (...) {
        return std::make_error_code(std::errc::io_error);
    }
    return {};
}

template <class CharT>
std::error_code basic_pairbuf<CharT>::do_close() noexcept {
    settle_reader();
    settle_writer();
    std::optional<error> said;
    const std::error_code first = finish(*writer_, owned_.writer != nullptr, true, said);
    if (said) {
        this->record_as(*said);
    }
    if (first == errc::pinned) {
        return first;
    }
    std::optional<error> said_then;
    const std::error_code second = finish(*reader_, owned_.reader != nullptr, false, said_then);
    if (second == errc::pinned) {
        if (said) {
            this->fail_quietly_as(*said);  // the next close() will not say it
        } else if (first) {
            this->fail_quietly(first, "close");
        }
        return second;
    }
    if (!first && said_then) {
        this->record_as(*said_then);
    }
    this->setg(nullptr, nullptr, nullptr);
    owned_ = {};
    reader_ = writer_ = nullptr;
    return first ? first : second;
}

template class basic_pairbuf<char>;
template class basic_pairbuf<wchar_t>;

}  // namespace sluice
