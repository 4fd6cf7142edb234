#include "bytes_below.hpp"

#include <sluice/detail/areas.hpp>
#include <sluice/detail/held_exceptions.hpp>

#include "below.hpp"

#include <algorithm>
#include <type_traits>

namespace sluice::detail {

namespace {

using areas_of_bytes = areas<char, std::char_traits<char>>;

constexpr std::streamoff nowhere = -1;
constexpr std::streamsize none = 0;

}  // namespace

// What a call gives, as a code: what it throws, or returns, if it returns one.
template <class Call>
std::error_code bytes_below::attempt(Call call) noexcept {
    cause_.reset();
    return code_of([&]() -> std::error_code {
        try {
            if constexpr (std::is_void_v<decltype(call())>) {
                call();
                return {};
            } else {
                return call();
            }
        } catch (const error& thrown) {
            cause_ = thrown;
            throw;
        }
    });
}

// Why the call failed that has just returned a failure.
std::error_code bytes_below::failed(const char* operation) {
    const error reason = failure_of(*buffer_, operation);
    if (device_ != nullptr) {
        cause_ = reason;
    }
    return reason.code();
}

bool bytes_below::seekable() {
    if (device_ != nullptr) {
        return device_->seekable();
    }
    if (!seekable_) {
        const auto both = std::ios_base::in | std::ios_base::out;
        seekable_ = position(both) >= 0 || position(std::ios_base::in) >= 0 ||
                    position(std::ios_base::out) >= 0;
    }
    return *seekable_;
}

auto bytes_below::position(std::ios_base::openmode which) const noexcept -> off_type {
    try {
        return buffer_->pubseekoff(0, std::ios_base::cur, which);
    } catch (...) {
        return nowhere;
    }
}

std::error_code bytes_below::read(char* target, std::size_t count, std::size_t& got) noexcept {
    got = 0;
    const auto wanted = static_cast<std::streamsize>(count);
    if (!seekable()) {
        return attempt([&] { got = read_ready(target, wanted); });
    }
    const std::error_code code = attempt(
        [&] { got = static_cast<std::size_t>(std::max(buffer_->sgetn(target, wanted), none)); });
    // A bulk read of sluice's that fails has read nothing, though something may come before.
    return code && device_ != nullptr ? attempt([&] { got = read_ready(target, wanted); }) : code;
}

// What is there, up to `count`, after a wait for the first; 0: the end.
std::size_t bytes_below::read_ready(char* target, std::streamsize count) {
    using traits = std::char_traits<char>;
    if (traits::eq_int_type(buffer_->sgetc(), traits::eof())) {
        return 0;
    }
    const std::streamsize ready =
        areas_of_bytes::get_end(*buffer_) - areas_of_bytes::get_next(*buffer_);
    const std::streamsize part = std::clamp<std::streamsize>(ready, 1, count);
    return static_cast<std::size_t>(std::max(buffer_->sgetn(target, part), none));
}

bool bytes_below::has_available() noexcept {
    std::streamsize ready = 0;
    static_cast<void>(attempt([&] { ready = buffer_->in_avail(); }));
    return ready > 0;
}

std::error_code bytes_below::write(std::string& bytes) noexcept {
    return attempt([&]() -> std::error_code {
        const held_exceptions<char, std::char_traits<char>> held(
            device_ != nullptr ? device_->owner() : nullptr);
        const auto size = static_cast<std::streamsize>(bytes.size());
        const std::streamsize put = std::max(buffer_->sputn(bytes.data(), size), none);
        bytes.erase(0, static_cast<std::size_t>(put));
        return put == size ? std::error_code() : failed("write");
    });
}

std::error_code bytes_below::flush() noexcept {
    return attempt([&] { return buffer_->pubsync() == 0 ? std::error_code() : failed("write"); });
}

std::error_code bytes_below::close() noexcept {
    if (owned_ == nullptr) {
        return flush();
    }
    return attempt([&] { close_below(*buffer_); });
}

std::error_code bytes_below::seek(off_type position) noexcept {
    return attempt([&] {
        const bool moved = buffer_->pubseekpos(position) != std::streampos(nowhere);
        return moved ? std::error_code() : failed("seek");
    });
}

auto bytes_below::seek_end(std::error_code& code) noexcept -> off_type {
    off_type end = nowhere;
    code = attempt([&] {
        end = buffer_->pubseekoff(0, std::ios_base::end);
        return end >= 0 ? std::error_code() : failed("seek");
    });
    return end;
}

auto bytes_below::size(std::ios_base::openmode which, std::error_code& code) noexcept -> off_type {
    off_type size = nowhere;
    if (device_ != nullptr) {
        code = attempt([&] { size = device_->size(); });
        return size;
    }
    const off_type here = position(which);
    size = seek_end(code);
    if (here < 0 || code || seek(here)) {
        code = errc::unsupported;
        return nowhere;
    }
    return size;
}

std::error_code bytes_below::truncate(off_type size) noexcept {
    if (device_ == nullptr) {
        return errc::unsupported;
    }
    return attempt([&] { device_->truncate(size); });
}

int bytes_below::native_handle(std::error_code& code) noexcept {
    int handle = -1;
    code = attempt([&]() -> std::error_code {
        if (device_ == nullptr) {
            return errc::unsupported;
        }
        handle = device_->native_handle();
        return {};
    });
    return handle;
}

}  // namespace sluice::detail
