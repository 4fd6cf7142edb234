#include <sluice/bridge/device_for.hpp>

#include "boost_failure.hpp"
#include "filter/below.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace sluice::detail {
namespace {

// The reason of whatever is being caught.
template <class CharT>
error caught(const std::basic_streambuf<CharT>& buffer, const char* operation) {
    if (dynamic_cast<const basic_buf<CharT>*>(&buffer) == nullptr) {
        return boost_failure(std::current_exception(), operation, {}, -1);
    }
    try {
        throw;
    } catch (const error& thrown) {
        return thrown;
    } catch (const std::exception& thrown) {
        const error known = failure_of(buffer, operation);
        return {operation, known.code(), known.path(), known.position(), thrown.what()};
    } catch (...) {
        return failure_of(buffer, operation);
    }
}

bool would_block(const error& failure) {
    return failure.code() == errc::would_block;
}

}  // namespace

template <class CharT>
struct shared_device<CharT>::state {
    explicit state(streambuf_type* used)
        : buf(used), sluice_buf(dynamic_cast<basic_buf<CharT>*>(used)) {}

    const error& keep(const error& failure) {
        if (!first) {
            first = failure;
        }
        return failure;
    }

    // The same; and close() reports it, because whoever called may lose what was not written, and
    // say nothing.
    const error& keep_loss(const error& failure) {
        if (!unreported) {
            unreported = failure;
        }
        return keep(failure);
    }

    // What a buffer of sluice's could not write stays pending there: it says so itself until that
    // is written.
    const error& keep_pending(const error& failure) {
        return sluice_buf != nullptr ? keep(failure) : keep_loss(failure);
    }

    streambuf_type* buf;
    basic_buf<CharT>* sluice_buf;  // buf, where that is one
    std::unique_ptr<streambuf_type> owned;
    std::optional<error> first;
    std::optional<error> unreported;
    bool closed = false;  // what is owned
};

template <class CharT>
shared_device<CharT>::shared_device(streambuf_type* buffer)
    : state_(std::make_shared<state>(buffer)) {}

template <class CharT>
shared_device<CharT>::shared_device(std::unique_ptr<streambuf_type> buffer) {
    if (buffer == nullptr) {
        throw error("open", errc::closed);
    }
    state_ = std::make_shared<state>(buffer.get());
    state_->owned = std::move(buffer);
}

template <class CharT>
auto shared_device<CharT>::rdbuf() const noexcept -> streambuf_type* {
    return state_ != nullptr ? state_->buf : nullptr;
}

template <class CharT>
error shared_device<CharT>::reason() const {
    return state_ != nullptr && state_->first ? *state_->first : error();
}

template <class CharT>
void shared_device<CharT>::clear_reason() noexcept {
    if (state_ != nullptr) {
        state_->first.reset();
        state_->unreported.reset();
    }
}

template <class CharT>
std::string shared_device<CharT>::path() const {
    return state_ != nullptr && state_->sluice_buf != nullptr ? state_->sluice_buf->path()
                                                              : std::string();
}

template <class CharT>
auto shared_device<CharT>::require_open(const char* operation) const -> state& {
    if (state_ == nullptr || state_->closed) {
        throw error(operation, errc::closed, path());
    }
    return *state_;
}

template <class CharT>
std::streamsize shared_device<CharT>::read_some(CharT* target, std::streamsize count) {
    state& device = require_open("read");
    if (count <= 0) {
        return -1;  // by which restrict() knows its end
    }
    using traits = std::char_traits<CharT>;
    try {
        if (traits::eq_int_type(device.buf->sgetc(), traits::eof())) {
            return -1;
        }
        // No more than is there, for what comes next may be long in coming. Who does not say how
        // much that is gives all.
        const std::streamsize ready = device.buf->in_avail();
        return device.buf->sgetn(target, ready > 0 ? std::min(ready, count) : count);
    } catch (...) {
        const error failure = caught(*device.buf, "read");
        if (would_block(failure)) {
            return 0;
        }
        throw error(device.keep(failure));
    }
}

template <class CharT>
std::streamsize shared_device<CharT>::write_some(const CharT* source, std::streamsize count) {
    state& device = require_open("write");
    if (count <= 0) {
        return 0;
    }
    std::streamsize put = 0;
    error failure;
    try {
        put = device.buf->sputn(source, count);
        if (put == count) {
            return put;
        }
        failure = failure_of(*device.buf, "write");
    } catch (...) {
        failure = caught(*device.buf, "write");
    }
    if (would_block(failure)) {
        return put;
    }
    device.keep_loss(failure);
    if (put == 0) {
        throw error(failure);
    }
    return put;
}

template <class CharT>
std::streamoff shared_device<CharT>::seek_to(std::streamoff offset, std::ios_base::seekdir whence,
                                             std::ios_base::openmode which) {
    state& device = require_open("seek");
    error failure;
    bool refused = false;  // which changes nothing; else it could not write what was pending
    try {
        const std::streamoff place(device.buf->pubseekoff(offset, whence, which));
        if (place >= 0) {
            return place;
        }
        failure = {"seek", errc::not_seekable, {}, offset};
        if (device.sluice_buf != nullptr) {
            failure = device.sluice_buf->latest("seek");
        }
        refused = failure.operation() == "seek";
    } catch (...) {
        failure = caught(*device.buf, "seek");
    }
    throw error(refused || would_block(failure) ? failure : device.keep_pending(failure));
}

template <class CharT>
bool shared_device<CharT>::flush_all() {
    state& device = require_open("sync");
    error failure;
    try {
        if (device.buf->pubsync() == 0) {
            return true;
        }
        failure = failure_of(*device.buf, "sync");
    } catch (...) {
        failure = caught(*device.buf, "sync");
    }
    if (would_block(failure)) {
        return false;
    }
    throw error(device.keep_pending(failure));
}

template <class CharT>
void shared_device<CharT>::close_all() {
    if (state_ == nullptr || state_->closed) {
        return;
    }
    state& device = *state_;
    try {
        if (device.owned != nullptr) {
            device.closed = true;
            close_below(*device.owned);
        } else {
            flush_below(*device.buf);
        }
    } catch (...) {
        const error failure = device.keep_loss(caught(*device.buf, "close"));
        device.closed = device.closed && failure.code() != errc::pinned;
    }
    if (const auto failure = std::exchange(device.unreported, std::nullopt)) {
        throw error(*failure);
    }
}

template <class CharT>
void shared_device<CharT>::imbue_all(const std::locale& locale) {
    if (state_ != nullptr) {
        state_->buf->pubimbue(locale);
    }
}

template <class CharT>
void shared_device<CharT>::truncate_all(std::streamoff size) {
    state& device = require_open("truncate");
    if (device.sluice_buf == nullptr) {
        throw error("truncate", errc::unsupported);
    }
    device.sluice_buf->truncate(size);
}

template class shared_device<char>;
template class shared_device<wchar_t>;

}  // namespace sluice::detail
