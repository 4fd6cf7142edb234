// What a filter asks of the buffer below it, which may be any std::basic_streambuf.

#ifndef SLUICE_FILTER_BELOW_HPP
#define SLUICE_FILTER_BELOW_HPP

#include <sluice/buf.hpp>

#include <fstream>
#include <ios>
#include <optional>
#include <streambuf>
#include <system_error>

namespace sluice::detail {

/// Why the last call failed that returned a failure: EIO, where the buffer is not sluice's.
template <class CharT>
[[nodiscard]] error failure_of(const std::basic_streambuf<CharT>& below, const char* operation) {
    const auto* const device = dynamic_cast<const basic_buf<CharT>*>(&below);
    return device != nullptr ? device->latest(operation)
                             : error(operation, std::make_error_code(std::errc::io_error));
}

/// The stream whose exceptions() would hide how much a buffer has done; null where there is none.
template <class CharT>
[[nodiscard]] std::basic_ios<CharT>* owner_of(const std::basic_streambuf<CharT>& below) {
    const auto* const device = dynamic_cast<const basic_buf<CharT>*>(&below);
    return device != nullptr ? device->owner() : nullptr;
}

/// Whether a buffer is a terminal, closed ones and those that are not sluice's never.
template <class CharT>
[[nodiscard]] bool is_terminal(std::basic_streambuf<CharT>& below) {
    auto* const device = dynamic_cast<basic_buf<CharT>*>(&below);
    return device != nullptr && device->is_open() && device->is_terminal();
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

/// Closes what a layer owns; flushes what it has borrowed, where it writes there.
///
/// Returns: the failure, if any; `said` is all of it then, as far as that is known.
template <class CharT>
[[nodiscard]] std::error_code finish_below(std::basic_streambuf<CharT>& below, bool owned,
                                           bool writes, std::optional<error>& said) noexcept {
    try {
        if (owned) {
            close_below(below);
        } else if (writes) {
            flush_below(below);
        }
    } catch (const error& thrown) {
        said = thrown;
        return thrown.code();
    } catch (...) {
        return std::make_error_code(std::errc::io_error);
    }
    return {};
}

}  // namespace sluice::detail

#endif  // SLUICE_FILTER_BELOW_HPP
