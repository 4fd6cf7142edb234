// The member functions of basic_filebuf, for file.hpp alone to include.

#ifndef SLUICE_DEVICE_FILE_IMPL_HPP
#define SLUICE_DEVICE_FILE_IMPL_HPP

#include <sluice/device/file.hpp>

namespace sluice {

template <class CharT, class Traits>
basic_filebuf<CharT, Traits>::basic_filebuf(int descriptor, std::ios_base::openmode mode,
                                            ownership owner) {
    if (attach(descriptor, mode, owner) == nullptr) {
        throw this->reason();
    }
}

template <class CharT, class Traits>
basic_filebuf<CharT, Traits>::basic_filebuf(basic_filebuf&& other) noexcept {
    swap(other);
}

template <class CharT, class Traits>
auto basic_filebuf<CharT, Traits>::operator=(basic_filebuf&& other) noexcept(false)
    -> basic_filebuf& {
    if (this != &other) {
        close();
        basic_filebuf taken(std::move(other));
        swap(taken);
    }
    return *this;
}

template <class CharT, class Traits>
basic_filebuf<CharT, Traits>::~basic_filebuf() {
    try {
        this->set_owner(nullptr);
        close();
    } catch (...) {
        // [filebuf.cons]: what close() throws, a facet's exception at the most, is swallowed
    }
}

template <class CharT, class Traits>
void basic_filebuf<CharT, Traits>::swap(basic_filebuf& other) noexcept {
    base::swap(other);
    file_.swap(other.file_);
    path_.swap(other.path_);
    std::swap(locale_, other.locale_);
    conversion_.swap(other.conversion_);
    std::swap(lacks_facet_, other.lacks_facet_);
}

template <class CharT, class Traits>
auto basic_filebuf<CharT, Traits>::open(const std::string& path, std::ios_base::openmode mode)
    -> basic_filebuf* {
    if (this->is_open()) {
        this->record(std::make_error_code(std::errc::device_or_resource_busy), "open");
        return nullptr;
    }
    path_ = path;
    std::error_code code = detail::check_path(path);
    if (!code) {
        code = detail::open_by_path(file_, path, mode);
    }
    return start(code, mode, "open");
}

template <class CharT, class Traits>
auto basic_filebuf<CharT, Traits>::attach(int descriptor, std::ios_base::openmode mode,
                                          ownership owner) -> basic_filebuf* {
    using ios = std::ios_base;
    if (this->is_open()) {
        this->record(std::make_error_code(std::errc::device_or_resource_busy), "attach");
        return nullptr;
    }
    path_.clear();
    const bool valid = has(mode, ios::in | ios::out | ios::app);
    return start(valid ? file_.attach(descriptor, owner == ownership::owned)
                       : make_error_code(errc::bad_mode),
                 mode, "attach");
}

template <class CharT, class Traits>
auto basic_filebuf<CharT, Traits>::adopt(detail::file_handle&& file, std::string path,
                                         std::ios_base::openmode mode, std::error_code code)
    -> basic_filebuf* {
    if (this->is_open()) {
        this->record(std::make_error_code(std::errc::device_or_resource_busy), "open");
        return nullptr;
    }
    path_ = std::move(path);
    file_ = std::move(file);
    return start(code, mode, "open");
}

// Begins with an open descriptor, or records why there is none.
template <class CharT, class Traits>
auto basic_filebuf<CharT, Traits>::start(std::error_code code, std::ios_base::openmode mode,
                                         const char* operation) -> basic_filebuf* {
    using ios = std::ios_base;
    if (code) {
        this->record(code, operation);
        return nullptr;
    }
    this->set_open(has(mode, ios::in), has(mode, ios::out | ios::app));
    this->clear_reason();
    this->set_position(0);
    choose_conversion();
    const bool at_end = has(mode, ios::ate) || (has(mode, ios::app) && !has(mode, ios::in));
    if (at_end && (this->do_seekable() || has(mode, ios::ate))) {
        if (basic_filebuf::seekoff(0, ios::end, mode) == pos_type(off_type(-1))) {
            this->record(this->latest(operation).code(), operation);
            if (path_.empty()) {
                file_.disown();  // a descriptor that was not taken is not closed
            }
            close();
            return nullptr;
        }
    } else if (file_.is_shared() && this->do_seekable()) {
        std::error_code unknown;
        const off_type here = file_.position(unknown);
        this->set_position(here);
        if (conversion_ != nullptr) {
            conversion_->restart({here, state_type()});
        }
    }
    return this;
}

template <class CharT, class Traits>
auto basic_filebuf<CharT, Traits>::close() -> basic_filebuf* {
    if (!this->is_open()) {
        this->record(errc::closed, "close");
        return nullptr;
    }
    std::error_code code;
    const off_type position = this->position();
    try {
        code = finish_writing();
    } catch (...) {  // a facet's own; [filebuf.members]/8: rethrown after closing the file
        static_cast<void>(release());
        this->set_closed();
        throw;
    }
    const std::error_code closed = release();
    this->set_closed();
    if (code || closed) {
        this->record(code ? code : closed, "close", position);
        return nullptr;
    }
    return this;
}

template <class CharT, class Traits>
std::error_code basic_filebuf<CharT, Traits>::release() noexcept {
    if (file_.is_shared() && this->do_seekable()) {
        static_cast<void>(this->leave_reading());
    }
    const std::error_code code = file_.close();
    this->set_position(0);
    this->set_unread({});
    conversion_.reset();
    return code;
}

template <class CharT, class Traits>
std::error_code basic_filebuf<CharT, Traits>::finish_writing() {
    std::error_code code = this->flush_pending();
    if (!code && conversion_ != nullptr && this->writing()) {
        code = conversion_->unshift(file_);
    }
    return code;
}

template <class CharT, class Traits>
std::error_code basic_filebuf<CharT, Traits>::do_close() noexcept {
    std::error_code code;
    try {
        code = finish_writing();
    } catch (...) {
        code = std::make_error_code(std::errc::io_error);  // a facet's own exception
    }
    const std::error_code closed = release();
    return code ? code : closed;
}

// -- bytes and characters ---------------------------------------------------------------------

template <class CharT, class Traits>
void basic_filebuf<CharT, Traits>::choose_conversion() {
    conversion_.reset();
    if (std::is_same_v<CharT, char> && locale_ == std::locale::classic()) {
        lacks_facet_ = false;  // the common case, without a look-up
        return;
    }
    lacks_facet_ = !std::has_facet<facet_type>(locale_);
    if (lacks_facet_) {
        return;
    }
    const auto& facet = std::use_facet<facet_type>(locale_);
    if (sizeof(CharT) != 1 || !facet.always_noconv()) {
        conversion_ = std::make_unique<conversion_type>(facet);
    }
}

template <class CharT, class Traits>
void basic_filebuf<CharT, Traits>::imbue(const std::locale& locale) {
    if (!this->is_open()) {
        locale_ = locale;
        return;
    }
    if (const std::error_code code = finish_writing()) {
        this->fail_quietly(code, "write", this->position());
        imbue_unwritten(locale);
    } else if (this->do_seekable()) {
        imbue_in_place(locale);
    } else {
        imbue_in_passing(locale);
    }
}

template <class CharT, class Traits>
void basic_filebuf<CharT, Traits>::imbue_in_place(const std::locale& locale) {
    if (const std::error_code code = this->leave_reading()) {
        this->fail_quietly(code, "seek", this->position());
        imbue_in_passing(locale);
        return;
    }
    const place here{this->tell(), state_type()};
    this->set_position(here.position);
    locale_ = locale;
    choose_conversion();
    if (conversion_ != nullptr) {
        conversion_->restart(here);
    }
}

// The old facet may end with this call, as the member of a Boost.Serialization archive does: what
// is pending has to be bytes from here on, for the new one to pass on.
template <class CharT, class Traits>
void basic_filebuf<CharT, Traits>::imbue_unwritten(const std::locale& locale) {
    const bool converted = conversion_ != nullptr;
    const auto count = static_cast<std::size_t>(this->pptr() - this->pbase());
    std::string bytes;
    place here;
    if (converted) {
        here.position = conversion_->pending_position();
        bytes = conversion_->take_pending(this->pbase(), count);
    } else if constexpr (sizeof(CharT) == 1) {
        here.position = this->position() - static_cast<off_type>(count);
        bytes.assign(reinterpret_cast<const char*>(this->pbase()), count);
    }
    locale_ = locale;
    choose_conversion();
    if (!converted && conversion_ == nullptr) {
        return;  // bytes they stay
    }
    this->set_position(here.position);
    if (conversion_ == nullptr && !lacks_facet_) {
        conversion_ = std::make_unique<conversion_type>(std::use_facet<facet_type>(locale_));
    }
    if (conversion_ != nullptr) {
        conversion_->restart(here);
        conversion_->set_pending(std::move(bytes));
    }
}

// Where nothing can be read again, or not now: what is bytes is converted by the new facet. What is
// characters already stays so in a pipe; in a file it becomes bytes again, whose place is known.
template <class CharT, class Traits>
void basic_filebuf<CharT, Traits>::imbue_in_passing(const std::locale& locale) {
    const bool converted = conversion_ != nullptr;
    const bool in_file = converted && this->do_seekable();
    std::string bytes;
    if (in_file) {
        const off_type here = converted_place().position;
        bytes = bytes_read_ahead();
        this->set_position(here);
    } else if (converted) {
        bytes = conversion_->ahead_of(conversion_->next());
    }
    std::vector<CharT> characters = this->take_read_ahead();
    locale_ = locale;
    choose_conversion();
    if constexpr (sizeof(CharT) == 1) {
        if (!converted && conversion_ != nullptr) {
            bytes.assign(reinterpret_cast<const char*>(characters.data()), characters.size());
            characters.clear();
        } else if (converted && conversion_ == nullptr) {
            const auto* const begin = reinterpret_cast<const CharT*>(bytes.data());
            characters.insert(characters.end(), begin, begin + bytes.size());
        }
    }
    this->set_unread(std::move(characters));
    if (conversion_ != nullptr) {
        conversion_->restart({this->position(), state_type()}, std::move(bytes));
    }
}

template <class CharT, class Traits>
auto basic_filebuf<CharT, Traits>::underflow() -> int_type {
    if (!this->readable() && this->owner() == nullptr) {
        this->record(this->is_open() ? errc::not_readable : errc::closed, "read", this->position());
        return traits_type::eof();
    }
    return base::underflow();
}

template <class CharT, class Traits>
auto basic_filebuf<CharT, Traits>::device_read(CharT* target, std::size_t count, off_type position)
    -> transfer {
    if (conversion_ != nullptr) {
        return conversion_->read(file_, target, count);
    }
    if (lacks_facet_) {
        throw std::bad_cast();  // as std::use_facet does
    }
    return file_.read(target, count, position);
}

template <class CharT, class Traits>
auto basic_filebuf<CharT, Traits>::device_write(const CharT* source, std::size_t count,
                                                off_type position) -> transfer {
    if (conversion_ != nullptr) {
        return conversion_->write(file_, source, count);
    }
    if (lacks_facet_) {
        throw std::bad_cast();
    }
    return file_.write(source, count, position);
}

// -- positions --------------------------------------------------------------------------------

template <class CharT, class Traits>
auto basic_filebuf<CharT, Traits>::device_position() -> off_type {
    if (conversion_ != nullptr) {
        return conversion_->next().position;
    }
    std::error_code code;
    return file_.position(code);
}

// With a conversion, the place of the reader is what counts, and `position` only counts characters.
template <class CharT, class Traits>
std::error_code basic_filebuf<CharT, Traits>::device_seek(off_type position) {
    if (conversion_ == nullptr) {
        return file_.seek(position);
    }
    const place here = converted_place();
    if (const std::error_code code = file_.seek(here.position)) {
        return code;
    }
    conversion_->restart(here);
    return {};
}

template <class CharT, class Traits>
auto basic_filebuf<CharT, Traits>::device_available(off_type position) -> off_type {
    return conversion_ != nullptr ? conversion_->available(file_) : file_.available(position);
}

template <class CharT, class Traits>
auto basic_filebuf<CharT, Traits>::converted_place() const -> place {
    if (this->writing()) {
        place here = conversion_->next();
        here.position += conversion_->measure(
            this->pbase(), static_cast<std::size_t>(this->pptr() - this->pbase()), here.state);
        return here;
    }
    if (!this->reading()) {
        return conversion_->next();
    }
    const std::size_t index = this->read_index();
    if (index >= this->kept()) {
        return conversion_->place_of(index - this->kept());
    }
    // Put back beyond the block: what was kept is measured by converting it again.
    place here = conversion_->place_of(0);
    state_type scratch = here.state;
    here.position -=
        conversion_->measure(this->read_begin() + index, this->kept() - index, scratch);
    return here;
}

// What has been read from converted_place() on.
template <class CharT, class Traits>
std::string basic_filebuf<CharT, Traits>::bytes_read_ahead() const {
    if (!this->reading() || this->read_index() >= this->kept()) {
        return conversion_->ahead_of(converted_place());
    }
    const place block = conversion_->place_of(0);
    state_type scratch = block.state;
    const std::size_t index = this->read_index();
    return conversion_->bytes_of(this->read_begin() + index, this->kept() - index, scratch) +
           conversion_->ahead_of(block);
}

template <class CharT, class Traits>
auto basic_filebuf<CharT, Traits>::go_to_end_of_writing() -> pos_type {
    if (const std::error_code code = finish_writing()) {
        this->fail_quietly(code, "write", this->position());
        return pos_type(off_type(-1));
    }
    return position_of(conversion_->next());
}

template <class CharT, class Traits>
auto basic_filebuf<CharT, Traits>::seekoff(off_type offset, std::ios_base::seekdir whence,
                                           std::ios_base::openmode which) -> pos_type {
    if (conversion_ == nullptr) {
        return base::seekoff(offset, whence, which);
    }
    try {
        return converted_seek(offset, whence);
    } catch (...) {  // a facet's
        return this->refuse_seek(std::make_error_code(std::errc::io_error), offset);
    }
}

// [filebuf.virtuals]/13: only a facet with characters of one size can count.
template <class CharT, class Traits>
auto basic_filebuf<CharT, Traits>::converted_seek(off_type offset, std::ios_base::seekdir whence)
    -> pos_type {
    const int width = conversion_->width();
    if (!this->is_open() || !this->do_seekable() || (offset != 0 && width == 0)) {
        return this->refuse_seek(this->is_open() ? errc::not_seekable : errc::closed, offset);
    }
    if (whence == std::ios_base::cur && offset == 0) {
        // Written characters of one size can be counted; others end with their unshift sequence.
        return width > 0 || !this->writing() ? position_of(converted_place())
                                             : go_to_end_of_writing();
    }
    this->leave_slot();
    place from;
    if (whence == std::ios_base::cur) {
        from = converted_place();
    } else if (whence == std::ios_base::end) {
        std::error_code code;
        from.position = do_size(code);
        if (code) {
            return this->refuse_seek(code, offset);
        }
    }
    const off_type most = std::numeric_limits<off_type>::max();
    if (offset > most / std::max(width, 1) || offset < -(most / std::max(width, 1)) ||
        offset * width > most - from.position || from.position + offset * width < 0) {
        return this->refuse_seek(errc::bad_position, offset);
    }
    from.position += offset * width;
    return go_to(from);
}

template <class CharT, class Traits>
auto basic_filebuf<CharT, Traits>::seekpos(pos_type position, std::ios_base::openmode which)
    -> pos_type {
    if (conversion_ == nullptr) {
        return base::seekpos(position, which);
    }
    if (!this->is_open() || !this->do_seekable()) {
        return this->refuse_seek(this->is_open() ? errc::not_seekable : errc::closed,
                                 off_type(position));
    }
    if (off_type(position) < 0) {
        return this->refuse_seek(errc::bad_position, off_type(position));
    }
    try {
        return go_to({off_type(position), position.state()});
    } catch (...) {  // a facet's
        return this->refuse_seek(std::make_error_code(std::errc::io_error), off_type(position));
    }
}

// Goes on at `where`, having written what is pending.
template <class CharT, class Traits>
auto basic_filebuf<CharT, Traits>::go_to(const place& where) -> pos_type {
    if (const std::error_code code = finish_writing()) {
        this->fail_quietly(code, "write", this->position());
        return pos_type(off_type(-1));
    }
    if (file_.is_shared()) {
        if (const std::error_code code = file_.seek(where.position)) {
            return this->refuse_seek(code, where.position);
        }
    }
    this->set_position(where.position);
    conversion_->restart(where);
    return position_of(where);
}

// -- the file ---------------------------------------------------------------------------------

template <class CharT, class Traits>
auto basic_filebuf<CharT, Traits>::do_size(std::error_code& code) -> off_type {
    const off_type size = file_.size(code);
    if (code) {
        return -1;
    }
    if (!this->has_pending()) {
        return size;
    }
    if (file_.appends()) {
        const off_type begin = conversion_ ? conversion_->next().position : off_type(0);
        const off_type pending = conversion_ ? converted_place().position - begin
                                             : off_type(this->pptr() - this->pbase());
        return size + pending;
    }
    return std::max(size, conversion_ ? converted_place().position : this->position());
}

template <class CharT, class Traits>
std::error_code basic_filebuf<CharT, Traits>::do_truncate(off_type size) {
    if (const std::error_code code = this->flush_pending()) {
        return code;
    }
    if (const std::error_code code = this->leave_reading()) {
        return code;  // what was read ahead may lie beyond the new end
    }
    return file_.truncate(size);
}

template <class CharT, class Traits>
int basic_filebuf<CharT, Traits>::do_native_handle(std::error_code& code) {
    if (file_.descriptor() < 0) {
        code = errc::unsupported;
        return -1;
    }
    if (basic_filebuf::sync() != 0) {
        code = this->latest("native_handle").code();
        return -1;
    }
    if (this->reading() && this->do_seekable()) {
        this->set_position(this->position());
    }
    return file_.share();
}

}  // namespace sluice

#endif  // SLUICE_DEVICE_FILE_IMPL_HPP
