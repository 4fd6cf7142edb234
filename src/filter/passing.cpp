#include <sluice/detail/areas.hpp>
#include <sluice/detail/copy.hpp>
#include <sluice/detail/held_exceptions.hpp>
#include <sluice/filter/passing.hpp>

#include "below.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace sluice {
namespace {

using detail::held_exceptions;

}  // namespace

// While it lives, what lies below has its areas and can be called.
template <class CharT>
class basic_passbuf<CharT>::visit {
public:
    explicit visit(basic_passbuf& whole) noexcept : whole_(whole) { whole_.settle(); }
    visit(const visit&) = delete;
    visit& operator=(const visit&) = delete;
    ~visit() { whole_.show(); }

private:
    basic_passbuf& whole_;
};

template <class CharT>
basic_passbuf<CharT>::basic_passbuf(lower_type below)
    : base(below.readable(), below.writable()),
      reader_(below.get()),
      writer_(below.get()),
      owned_reader_(below.release()),
      which_(below.readable() ? std::ios_base::in : std::ios_base::out) {}

template <class CharT>
basic_passbuf<CharT>::basic_passbuf(lower_type reader, lower_type writer)
    : base(true, true), reader_(reader.get()), writer_(writer.get()) {
    if (!reader.readable()) {
        throw error("open", errc::not_readable);
    }
    if (!writer.writable()) {
        throw error("open", errc::not_writable);
    }
    owned_reader_ = reader.release();
    owned_writer_ = writer.release();
}

template <class CharT>
basic_passbuf<CharT>::~basic_passbuf() {
    settle();
}

template <class CharT>
void basic_passbuf<CharT>::swap(basic_passbuf& other) noexcept {
    if (this == &other) {
        return;
    }
    settle();
    other.settle();
    base::swap(other);
    std::swap(reader_, other.reader_);
    std::swap(writer_, other.writer_);
    owned_reader_.swap(other.owned_reader_);
    owned_writer_.swap(other.owned_writer_);
    std::swap(which_, other.which_);
    std::swap(again_, other.again_);
    held_.swap(other.held_);
}

template <class CharT>
std::string basic_passbuf<CharT>::path() const {
    const auto* const device = dynamic_cast<const base*>(reader_);
    return device != nullptr ? device->path() : std::string();
}

// -- the areas --------------------------------------------------------------------------------

template <class CharT>
std::span<const CharT> basic_passbuf<CharT>::unseen_read() const noexcept {
    if (!shown_ || this->gptr() <= from_) {
        return {};
    }
    const std::span<const CharT> read(from_, static_cast<const CharT*>(this->gptr()));
    return read.subspan(std::min(again_, read.size()));
}

template <class CharT>
std::span<const CharT> basic_passbuf<CharT>::unseen_written() const noexcept {
    return {this->pbase(), this->pptr()};
}

template <class CharT>
void basic_passbuf<CharT>::see_read(const CharT* text, std::ptrdiff_t count) {
    if (count <= 0) {
        again_ += static_cast<std::size_t>(-count);
        return;
    }
    const auto size = static_cast<std::size_t>(count);
    const std::size_t before = std::min(again_, size);
    again_ -= before;
    if (before < size) {
        has_read(text + before, size - before);
    }
}

template <class CharT>
void basic_passbuf<CharT>::observe() {
    if (this->gptr() != from_) {
        see_read(from_, this->gptr() - from_);
        from_ = this->gptr();
    }
    if (this->pptr() != this->pbase()) {
        const std::span<const CharT> written = unseen_written();
        this->setp(this->pptr(), this->epptr());
        has_written(written.data(), written.size());
    }
}

template <class CharT>
void basic_passbuf<CharT>::settle() noexcept {
    if (!shown_) {
        return;
    }
    using areas = detail::areas<CharT, traits_type>;
    CharT* const read = this->gptr();
    CharT* const written = this->pptr();
    observe();
    shown_ = false;
    if (holds()) {
        held_.erase(held_.begin(), held_.begin() + (read - held_.data()));
        return_held();
    } else if (read != nullptr) {
        areas::read_up_to(*reader_, read);
    }
    if (written != nullptr) {
        areas::written_up_to(*writer_, written);
    }
    from_ = nullptr;
    this->setg(nullptr, nullptr, nullptr);
    this->setp(nullptr, nullptr);
}

// Gives the reader back what it takes.
template <class CharT>
void basic_passbuf<CharT>::return_held() noexcept {
    try {
        while (holds() &&
               !traits_type::eq_int_type(reader_->sputbackc(held_.back()), traits_type::eof())) {
            held_.pop_back();
        }
    } catch (...) {
        // it stays here
    }
}

// Shows what lies below as the areas of this buffer.
template <class CharT>
void basic_passbuf<CharT>::show() noexcept {
    if (shown_ || !this->is_open() || reader_ == nullptr) {
        return;
    }
    using areas = detail::areas<CharT, traits_type>;
    const auto part = [](std::size_t most, CharT* begin, CharT* end) {
        return begin + std::min(most, static_cast<std::size_t>(end - begin));
    };
    if (holds()) {
        CharT* const begin = held_.data();
        this->setg(begin, begin, begin + held_.size());
    } else if (CharT* const next = areas::get_next(*reader_);
               this->readable() && next != nullptr && lends_areas()) {
        this->setg(areas::get_begin(*reader_), next,
                   part(readable_now(), next, areas::get_end(*reader_)));
    }
    if (CharT* const next = areas::put_next(*writer_);
        this->writable() && next != nullptr && lends_areas()) {
        this->setp(next, part(most_written(), next, areas::put_end(*writer_)));
    }
    from_ = this->gptr();
    shown_ = true;
}

// Makes `text`, which was taken out of the reader, what is read next.
template <class CharT>
void basic_passbuf<CharT>::hold(const CharT* text, std::size_t count) {
    held_.insert(held_.begin(), text, text + count);
}

template <class CharT>
void basic_passbuf<CharT>::take_back(const CharT* text, std::size_t count) {
    const visit with(*this);
    bool went_back = false;
    if (!holds() && do_seekable()) {
        went_back = reader_->pubseekoff(-static_cast<off_type>(count), std::ios_base::cur,
                                        which_) != pos_type(off_type(-1));
    }
    if (!went_back) {
        hold(text, count);
    }
    again_ += count;
}

// -- reading ----------------------------------------------------------------------------------

template <class CharT>
void basic_passbuf<CharT>::require_readable() {
    if (!this->readable()) {
        this->fail_read(this->is_open() ? errc::not_readable : errc::closed);
    }
}

template <class CharT>
void basic_passbuf<CharT>::start_reading() {
    require_readable();
    if (again_ == 0 && !holds()) {
        will_read();
    }
}

// What `call` does, which reads; a failure below becomes this buffer's.
template <class CharT>
template <class Call>
auto basic_passbuf<CharT>::reading(Call call) {
    require_readable();
    const visit with(*this);
    try {
        return call();
    } catch (const error& thrown) {
        this->fail_read_as(thrown);
    }
}

template <class CharT>
auto basic_passbuf<CharT>::underflow() -> int_type {
    if (this->gptr() < this->egptr()) {
        return traits_type::to_int_type(*this->gptr());
    }
    observe();
    start_reading();
    const int_type c = reading(
        [&] { return holds() ? traits_type::to_int_type(held_.front()) : reader_->sgetc(); });
    if (!traits_type::eq_int_type(c, traits_type::eof()) && readable_now() == 0) {
        refuse_read();
    }
    return c;
}

template <class CharT>
auto basic_passbuf<CharT>::uflow() -> int_type {
    const int_type c = underflow();
    if (this->gptr() < this->egptr()) {
        this->setg(this->eback(), this->gptr() + 1, this->egptr());
        return c;
    }
    if (traits_type::eq_int_type(c, traits_type::eof())) {
        return c;
    }
    return reading([&] {  // it has no area
        const int_type taken = reader_->sbumpc();
        if (!traits_type::eq_int_type(taken, traits_type::eof())) {
            const CharT character = traits_type::to_char_type(taken);
            see_read(&character, 1);
        }
        return taken;
    });
}

template <class CharT>
std::streamsize basic_passbuf<CharT>::xsgetn(CharT* target, std::streamsize count) {
    std::streamsize got = std::clamp<std::streamsize>(count, 0, this->egptr() - this->gptr());
    if (got > 0) {
        detail::copy_characters<traits_type>(target, this->gptr(), static_cast<std::size_t>(got));
        this->setg(this->eback(), this->gptr() + got, this->egptr());
    }
    if (got >= count) {
        return got;
    }
    try {
        for (bool at_end = false; got < count && !at_end;) {
            got += read_on(target + got, count - got, at_end);
        }
    } catch (...) {
        if (got > 0 && this->is_open()) {
            take_back(target,
                      static_cast<std::size_t>(got));  // a read that failed has read nothing
        }
        throw;
    }
    return got;
}

// Reads a part, of what is held or from below.
template <class CharT>
std::streamsize basic_passbuf<CharT>::read_on(CharT* target, std::streamsize count, bool& at_end) {
    observe();
    if (holds() || readable_now() == 0) {
        at_end = traits_type::eq_int_type(underflow(), traits_type::eof());
        const std::streamsize ready = std::min(count, this->egptr() - this->gptr());
        traits_type::copy(target, this->gptr(), static_cast<std::size_t>(ready));
        this->setg(this->eback(), this->gptr() + ready, this->egptr());
        return ready;
    }
    start_reading();
    return reading([&] {
        const auto most =
            static_cast<std::streamsize>(std::min(readable_now(), static_cast<std::size_t>(count)));
        const std::streamsize got = reader_->sgetn(target, most);
        see_read(target, got);
        at_end = got < most;
        return got;
    });
}

template <class CharT>
void basic_passbuf<CharT>::do_fill(std::size_t count) {
    if (traits_type::eq_int_type(underflow(), traits_type::eof()) || holds()) {
        return;
    }
    reading([&] {
        using areas = detail::areas<CharT, traits_type>;
        if (auto* const device = dynamic_cast<base*>(reader_)) {
            static_cast<void>(device->peek(std::min(count, readable_now())));
        }
        if (areas::get_next(*reader_) == areas::get_end(*reader_) || !lends_areas()) {
            const int_type c = reader_->sbumpc();
            if (!traits_type::eq_int_type(c, traits_type::eof())) {
                const CharT character = traits_type::to_char_type(c);
                hold(&character, 1);
            }
        }
    });
}

template <class CharT>
std::streamsize basic_passbuf<CharT>::showmanyc() {
    if (!this->readable()) {
        return -1;
    }
    const visit with(*this);
    const std::streamsize more = reader_->in_avail();
    if (more < 0 && !holds()) {
        return more;
    }
    const std::size_t ready =
        held_.size() + static_cast<std::size_t>(std::max<std::streamsize>(more, 0));
    return static_cast<std::streamsize>(std::min(ready, readable_now()));
}

template <class CharT>
auto basic_passbuf<CharT>::pbackfail(int_type c) -> int_type {
    if (!this->readable()) {
        return traits_type::eof();
    }
    return reading([&] {
        if (holds()) {
            return traits_type::eof();
        }
        const int_type result = traits_type::eq_int_type(c, traits_type::eof())
                                    ? reader_->sungetc()
                                    : reader_->sputbackc(traits_type::to_char_type(c));
        if (!traits_type::eq_int_type(result, traits_type::eof())) {
            ++again_;
        }
        return result;
    });
}

// -- writing ----------------------------------------------------------------------------------

template <class CharT>
bool basic_passbuf<CharT>::require_writable() {
    if (!this->writable()) {
        this->fail(this->is_open() ? errc::not_writable : errc::closed, "write");
    }
    return this->writable();
}

template <class CharT>
auto basic_passbuf<CharT>::fail_write(const char* operation) -> int_type {
    return this->fail_as(detail::failure_of(*writer_, operation));
}

template <class CharT>
std::streamsize basic_passbuf<CharT>::xsputn(const CharT* source, std::streamsize count) {
    if (count > this->epptr() - this->pptr()) {
        return put(source, count);
    }
    if (count > 0) {
        detail::copy_characters<traits_type>(this->pptr(), source, static_cast<std::size_t>(count));
        detail::areas<CharT, traits_type>::written_up_to(*this, this->pptr() + count);
    }
    return std::max<std::streamsize>(count, 0);
}

// Past the put area. Requires: `count` is more than 0.
template <class CharT>
std::streamsize basic_passbuf<CharT>::put(const CharT* source, std::streamsize count) {
    if (!require_writable()) {
        return 0;
    }
    std::streamsize done = 0;
    while (done < count) {
        std::streamsize part = 0;
        std::streamsize taken = 0;
        {
            const visit with(*this);
            const held_exceptions quiet(detail::owner_of(*writer_));
            if (!will_write()) {
                break;
            }
            part = static_cast<std::streamsize>(
                std::min(most_written(), static_cast<std::size_t>(count - done)));
            if (part > 0) {
                taken = std::max<std::streamsize>(writer_->sputn(source + done, part), 0);
                has_written(source + done, static_cast<std::size_t>(taken));
            }
        }
        done += taken;
        if (taken < part) {
            fail_write("write");
            break;
        }
        if (part == 0) {
            refuse_write();
            break;
        }
    }
    return done;
}

template <class CharT>
auto basic_passbuf<CharT>::overflow(int_type c) -> int_type {
    if (!traits_type::eq_int_type(c, traits_type::eof())) {
        const CharT character = traits_type::to_char_type(c);
        return put(&character, 1) == 1 ? c : traits_type::eof();
    }
    if (!require_writable()) {
        return traits_type::eof();
    }
    return sync() == 0 ? traits_type::not_eof(c) : traits_type::eof();
}

// Does not show the areas again: what lies below may be used meanwhile.
template <class CharT>
int basic_passbuf<CharT>::sync() {
    if (!this->is_open()) {
        return 0;
    }
    settle();
    int result = 0;
    {
        const held_exceptions quiet(detail::owner_of(*writer_));
        result = writer_->pubsync();
    }
    if (result != 0) {
        fail_write("sync");
    }
    return result;
}

template <class CharT>
auto basic_passbuf<CharT>::setbuf(CharT* memory, std::streamsize count)
    -> std::basic_streambuf<CharT>* {
    if (!this->is_open()) {
        return nullptr;
    }
    const visit with(*this);
    return reader_->pubsetbuf(memory, count) != nullptr ? this : nullptr;
}

// -- seeking ----------------------------------------------------------------------------------

template <class CharT>
bool basic_passbuf<CharT>::do_seekable() {
    if (auto* const device = dynamic_cast<base*>(reader_)) {
        return device->seekable();
    }
    return reader_->pubseekoff(0, std::ios_base::cur, which_) != pos_type(off_type(-1));
}

// What a seek below has given.
template <class CharT>
auto basic_passbuf<CharT>::moved(pos_type position, off_type wanted) -> pos_type {
    if (position != pos_type(off_type(-1))) {
        again_ = 0;
        held_.clear();
        return position;
    }
    if (dynamic_cast<base*>(reader_) == nullptr) {
        return this->refuse_seek(do_seekable() ? errc::bad_position : errc::not_seekable, wanted);
    }
    const error reason = detail::failure_of(*reader_, "seek");
    if (reason.operation() == "seek") {
        return this->refuse_seek(reason.code(), reason.position());
    }
    this->fail_quietly_as(reason);
    return position;
}

template <class CharT>
auto basic_passbuf<CharT>::seekoff(off_type offset, std::ios_base::seekdir whence,
                                   std::ios_base::openmode which) -> pos_type {
    if (!this->is_open()) {
        return this->refuse_seek(errc::closed, offset);
    }
    const visit with(*this);
    if (whence == std::ios_base::cur) {
        const auto held = static_cast<off_type>(held_.size());
        if (offset == 0) {
            const pos_type here = reader_->pubseekoff(0, std::ios_base::cur, which);
            return here == pos_type(off_type(-1)) ? moved(here, offset)
                   : held == 0                    ? here
                                                  : pos_type(off_type(here) - held);
        }
        if (offset < std::numeric_limits<off_type>::min() + held) {
            return this->refuse_seek(errc::bad_position, offset);
        }
        offset -= held;
    }
    return moved(reader_->pubseekoff(offset, whence, which), offset);
}

template <class CharT>
auto basic_passbuf<CharT>::seekpos(pos_type position, std::ios_base::openmode which) -> pos_type {
    if (!this->is_open()) {
        return this->refuse_seek(errc::closed, position);
    }
    const visit with(*this);
    return moved(reader_->pubseekpos(position, which), position);
}

// -- the content ------------------------------------------------------------------------------

template <class CharT>
auto basic_passbuf<CharT>::do_size(std::error_code& code) -> off_type {
    auto* const device = dynamic_cast<base*>(reader_);
    if (device == nullptr) {
        code = errc::unsupported;
        return -1;
    }
    const visit with(*this);
    try {
        return device->size();
    } catch (const error& failed) {
        this->note_below(failed);
        code = failed.code();
        return -1;
    }
}

template <class CharT>
std::error_code basic_passbuf<CharT>::do_sync_to_disk() {
    const visit with(*this);
    if (const auto said = detail::unsynced_below(writer_)) {
        this->record_as(*said);
        return said->code();
    }
    return {};
}

template <class CharT>
std::error_code basic_passbuf<CharT>::do_truncate(off_type size) {
    auto* const device = dynamic_cast<base*>(reader_);
    if (device == nullptr) {
        return errc::unsupported;
    }
    const visit with(*this);
    try {
        device->truncate(size);
    } catch (const error& failed) {
        this->record_as(failed);
        return failed.code();
    }
    return {};
}

template <class CharT>
int basic_passbuf<CharT>::do_native_handle(std::error_code& code) {
    auto* const device = dynamic_cast<base*>(reader_);
    if (device == nullptr) {
        code = errc::unsupported;
        return -1;
    }
    settle();
    try {
        return device->native_handle();
    } catch (const error& failed) {
        this->note_below(failed);
        code = failed.code();
        return -1;
    }
}

template <class CharT>
bool basic_passbuf<CharT>::do_is_terminal() {
    return detail::is_terminal(*reader_) || (writer_ != reader_ && detail::is_terminal(*writer_));
}

// -- the end ----------------------------------------------------------------------------------

template <class CharT>
void basic_passbuf<CharT>::let_go() {
    if (!this->is_open()) {
        throw error("detach", errc::closed);
    }
    if (sync() != 0) {
        throw this->latest("detach");
    }
    this->set_closed();
    held_.clear();
    reader_ = writer_ = nullptr;
}

template <class CharT>
auto basic_passbuf<CharT>::detach() -> owner_type {
    let_go();
    return release_reader();
}

template <class CharT>
std::error_code basic_passbuf<CharT>::do_close() noexcept {
    settle();
    std::optional<error> said;
    const std::error_code first =
        writer_ == reader_ ? std::error_code()
                           : detail::finish_below(*writer_, owned_writer_ != nullptr, true, said);
    if (said) {
        this->record_as(*said);
    }
    if (first == errc::pinned) {
        return first;
    }
    std::optional<error> said_then;
    const std::error_code second =
        detail::finish_below(*reader_, owned_reader_ != nullptr, writer_ == reader_, said_then);
    if (second == errc::pinned) {
        if (said) {
            this->fail_quietly_as(*said);  // the next close() will not say it
        }
        return second;
    }
    if (!first && said_then) {
        this->record_as(*said_then);
    }
    held_.clear();
    owned_reader_.reset();
    owned_writer_.reset();
    reader_ = writer_ = nullptr;
    return first ? first : second;
}

template class basic_passbuf<char>;
template class basic_passbuf<wchar_t>;

}  // namespace sluice
