// What a filter asks of the buffer below it, which may be any std::basic_streambuf.

#ifndef SLUICE_FILTER_BELOW_HPP
#define SLUICE_FILTER_BELOW_HPP

#include <sluice/buf.hpp>

#include <fstream>
#include <streambuf>
#include <system_error>

namespace sluice::detail {

/// What a call gives, as a code: what it throws becomes one.
template <class Call>
std::error_code code_of(Call call) noexcept {
    try {
        return call();
    } catch (const std::system_error& thrown) {  // sluice::error, std::ios_base::failure
        return thrown.code();
    } catch (...) {
        return std::make_error_code(std::errc::io_error);
    }
}

/// Why the last call failed that returned a failure: EIO, where the buffer is not sluice's.
template <class CharT>
[[nodiscard]] error failure_of(const std::basic_streambuf<CharT>& below, const char* operation) {
    const auto* const device = dynamic_cast<const basic_buf<CharT>*>(&below);
    return device != nullptr ? device->latest(operation)
                             : error(operation, std::make_error_code(std::errc::io_error));
}

/// Errors: throws error.
template <class CharT>
void flush_below(std::basic_streambuf<CharT>& below) {
    if (below.pubsync() != 0) {
        throw failure_of(below, "sync");
    }
}

/// Closes what can be closed, and flushes what cannot.
///
/// Errors: throws error; see basic_buf::close.
template <class CharT>
void close_below(std::basic_streambuf<CharT>& below) {
    if (auto* const device = dynamic_cast<basic_buf<CharT>*>(&below)) {
        device->close();
    } else if (auto* const file = dynamic_cast<std::basic_filebuf<CharT>*>(&below)) {
        if (file->close() == nullptr) {
            throw failure_of(below, "close");
        }
    } else {
        flush_below(below);
    }
}

}  // namespace sluice::detail

#endif  // SLUICE_FILTER_BELOW_HPP
