#include <sluice/filter/sync.hpp>

#include "below.hpp"

#include <algorithm>

namespace sluice {

// -- the sink ---------------------------------------------------------------------------------

template <class CharT>
basic_sync_sink<CharT>::basic_sync_sink(lower_type below) : lower_(std::move(below)) {
    if (!lower_->writable()) {
        throw error("open", errc::not_writable,
                    lower_->device() != nullptr ? lower_->device()->path() : "");
    }
}

template <class CharT>
std::size_t basic_sync_sink<CharT>::write(view_type first, view_type second, bool flushes,
                                          std::optional<error>& failure) noexcept {
    const std::scoped_lock lock(mutex_);
    if (!lower_) {
        failure = detail::failure_in("write", [] { throw error("write", errc::closed); });
        return 0;
    }
    std::size_t taken = 0;
    for (const view_type text : {first, second}) {
        if (!text.empty() && !failure) {
            taken += detail::write_below(*lower_->get(), text.data(), text.size(), failure);
        }
    }
    if (flushes && !failure) {
        failure = detail::failure_in("sync", [&] {
            const detail::held_exceptions quiet(detail::owner_of(*lower_->get()));
            detail::flush_below(*lower_->get());
        });
    }
    return taken;
}

template <class CharT>
void basic_sync_sink<CharT>::flush() {
    std::optional<error> failure;
    write({}, {}, true, failure);
    if (failure) {
        throw error(*failure);
    }
}

template <class CharT>
void basic_sync_sink<CharT>::close() {
    const std::scoped_lock lock(mutex_);
    if (!lower_) {
        return;
    }
    std::optional<error> said;
    const std::error_code code =
        detail::finish_below(*lower_->get(), lower_->is_owned(), true, said);
    if (code != errc::pinned) {
        lower_.reset();
    }
    if (said) {
        throw error(*said);
    }
}

// -- who writes to it -------------------------------------------------------------------------

template <class CharT>
auto basic_syncbuf<CharT>::operator=(basic_syncbuf&& other) noexcept(false) -> basic_syncbuf& {
    if (this != &other) {
        this->close();
        basic_syncbuf taken(std::move(other));
        swap(taken);
    }
    return *this;
}

template <class CharT>
basic_syncbuf<CharT>::~basic_syncbuf() {
    if (this->is_open()) {
        this->set_owner(nullptr);
        static_cast<void>(basic_syncbuf::do_close());  // keeps quiet; close() reports
    }
}

template <class CharT>
void basic_syncbuf<CharT>::swap(basic_syncbuf& other) noexcept {
    base::swap(other);
    std::swap(sink_, other.sink_);
    text_.swap(other.text_);
}

template <class CharT>
bool basic_syncbuf<CharT>::require_writable() {
    if (!this->is_open()) {
        this->fail(errc::closed, "write");
    }
    return this->is_open();
}

// Hands on what is pending.
template <class CharT>
std::optional<error> basic_syncbuf<CharT>::hand_on(bool flushes) noexcept {
    std::optional<error> said;
    text_.erase(0, sink_->write(text_, {}, flushes, said));
    return said;
}

// Hands on what is pending, and `text` behind it.
//
// Returns: how many characters of `text` were taken; less than all: a failure has been reported.
template <class CharT>
std::size_t basic_syncbuf<CharT>::hand_on_with(view_type text) {
    std::optional<error> said;
    const std::size_t before = text_.size();
    const std::size_t taken = sink_->write(text_, text, false, said);
    text_.erase(0, std::min(taken, before));
    if (said) {
        this->fail_as(*said);
    }
    return taken - std::min(taken, before);
}

template <class CharT>
std::streamsize basic_syncbuf<CharT>::xsputn(const CharT* source, std::streamsize count) {
    if (count <= 0 || !require_writable()) {
        return 0;
    }
    const view_type text(source, static_cast<std::size_t>(count));
    const std::size_t lines = text.rfind(CharT('\n')) + 1;  // npos + 1 is 0
    if (lines != 0) {
        text_.reserve(std::max(text_.size(), text.size() - lines));  // or nothing is handed on
        const std::size_t taken = hand_on_with(text.substr(0, lines));
        if (taken < lines) {
            return static_cast<std::streamsize>(taken);
        }
    }
    text_.append(text.substr(lines));
    return count;
}

template <class CharT>
auto basic_syncbuf<CharT>::overflow(int_type c) -> int_type {
    if (traits_type::eq_int_type(c, traits_type::eof())) {
        return require_writable() ? traits_type::not_eof(c) : traits_type::eof();
    }
    const CharT character = traits_type::to_char_type(c);
    return xsputn(&character, 1) == 1 ? c : traits_type::eof();
}

template <class CharT>
int basic_syncbuf<CharT>::sync() {
    if (!this->is_open()) {
        return 0;
    }
    if (const std::optional<error> said = hand_on(true)) {
        this->fail_as(*said);
        return -1;
    }
    return 0;
}

template <class CharT>
auto basic_syncbuf<CharT>::underflow() -> int_type {
    this->fail_read(this->is_open() ? errc::not_readable : errc::closed);
}

template <class CharT>
std::error_code basic_syncbuf<CharT>::do_close() noexcept {
    const std::optional<error> said = text_.empty() ? std::nullopt : hand_on(false);
    text_.clear();
    sink_ = nullptr;
    if (!said) {
        return {};
    }
    this->record_as(*said);
    return said->code();
}

template <class CharT>
auto basic_syncbuf<CharT>::seekoff(off_type offset, std::ios_base::seekdir /*whence*/,
                                   std::ios_base::openmode /*which*/) -> pos_type {
    return this->refuse_seek(this->is_open() ? errc::not_seekable : errc::closed, offset);
}

template <class CharT>
auto basic_syncbuf<CharT>::seekpos(pos_type position, std::ios_base::openmode which) -> pos_type {
    return basic_syncbuf::seekoff(off_type(position), std::ios_base::beg, which);
}

template class basic_sync_sink<char>;
template class basic_sync_sink<wchar_t>;
template class basic_syncbuf<char>;
template class basic_syncbuf<wchar_t>;

}  // namespace sluice
