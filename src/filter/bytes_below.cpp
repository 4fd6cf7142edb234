#include "bytes_below.hpp"

#include "below.hpp"

#include <type_traits>

namespace sluice::detail {

namespace {

constexpr std::streamoff nowhere = -1;

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
    return attempt([&] {
        got = seekable() ? read_below(*buffer_, target, count)
                         : read_ready_below(*buffer_, target, count);
    });
}

bool bytes_below::has_available() noexcept {
    std::streamsize ready = 0;
    static_cast<void>(attempt([&] { ready = buffer_->in_avail(); }));
    return ready > 0;
}

std::error_code bytes_below::write(std::string& bytes) noexcept {
    bytes.erase(0, write_below(*buffer_, bytes.data(), bytes.size(), cause_));
    return cause_ ? cause_->code() : std::error_code();
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
