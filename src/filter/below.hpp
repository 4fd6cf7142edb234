// What a filter asks of the buffer below it, which may be any std::basic_streambuf.

#ifndef SLUICE_FILTER_BELOW_HPP
#define SLUICE_FILTER_BELOW_HPP

#include <sluice/buf.hpp>
#include <sluice/detail/held_exceptions.hpp>

#include <algorithm>
#include <cstddef>
#include <fstream>
#include <ios>
#include <new>
#include <optional>
#include <streambuf>
#include <string>
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

/// What `call` gives, which uses a buffer below; whatever it throws becomes an error.
///
/// Errors: throws error, that of the buffer as it is, and else one of `operation`.
template <class Call>
auto calling(const char* operation, Call call) {
    try {
        return call();
    } catch (const error&) {
        throw;
    } catch (const std::system_error& thrown) {  // std::ios_base::failure
        throw error(operation,
                    thrown.code() ? thrown.code() : std::make_error_code(std::errc::io_error));
    } catch (const std::bad_alloc&) {
        throw error(operation, std::make_error_code(std::errc::not_enough_memory));
    } catch (...) {
        throw error(operation, std::make_error_code(std::errc::io_error));
    }
}

/// What `call` does to a buffer below, which throws where it fails; see calling().
///
/// Returns: the failure; none, where there is none.
template <class Call>
[[nodiscard]] std::optional<error> failure_in(const char* operation, Call call) noexcept {
    try {
        calling(operation, call);
    } catch (const error& thrown) {
        return thrown;
    } catch (const std::bad_alloc&) {
        return out_of_memory();  // for the error itself
    }
    return std::nullopt;
}

/// Reads what a buffer below has ready, at least one character; none at the end only.
///
/// Errors: what it throws.
template <class CharT>
[[nodiscard]] std::size_t read_ready_below(std::basic_streambuf<CharT>& below, CharT* target,
                                           std::size_t count) {
    using traits_type = std::char_traits<CharT>;
    std::size_t ready = 0;
    if (auto* const device = dynamic_cast<basic_buf<CharT>*>(&below)) {
        ready = device->peek().size();
    } else if (!traits_type::eq_int_type(below.sgetc(), traits_type::eof())) {
        ready = static_cast<std::size_t>(std::max<std::streamsize>(below.in_avail(), 1));
    }
    const auto part = static_cast<std::streamsize>(std::min(count, ready));
    return static_cast<std::size_t>(
        std::max<std::streamsize>(part > 0 ? below.sgetn(target, part) : 0, 0));
}

/// A buffer of sluice's that is read by one call to its device. basic_buf keeps the calls for
/// derived classes; see detail::areas.
template <class CharT>
class single_read : private basic_buf<CharT> {
    using buf_type = basic_buf<CharT>;

public:
    single_read() = delete;

    [[nodiscard]] static bool is_for(const buf_type& below, std::size_t count) noexcept {
        return (below.*&single_read::passes_buffer)(count);
    }
    [[nodiscard]] static std::size_t read(buf_type& below, CharT* target, std::size_t count) {
        return (below.*&single_read::do_read_once)(target, count);
    }
};

/// Reads from a buffer below that is no connection, and so need not be waited for; none at the end
/// only. Of sluice's it is one call to the device at most: a failure is that of what comes next,
/// which has not been read, and no second try hides it.
///
/// Errors: what it throws.
template <class CharT>
[[nodiscard]] std::size_t read_below(std::basic_streambuf<CharT>& below, CharT* target,
                                     std::size_t count) {
    auto* const device = dynamic_cast<basic_buf<CharT>*>(&below);
    if (device == nullptr) {
        const auto most = static_cast<std::streamsize>(count);
        return static_cast<std::size_t>(std::max<std::streamsize>(below.sgetn(target, most), 0));
    }
    return single_read<CharT>::is_for(*device, count)
               ? single_read<CharT>::read(*device, target, count)
               : read_ready_below(below, target, count);
}

/// Writes to a buffer below, all or what it takes.
///
/// Returns: how many characters it took; `failure` says why these are not all.
template <class CharT>
[[nodiscard]] std::size_t write_below(std::basic_streambuf<CharT>& below, const CharT* source,
                                      std::size_t count, std::optional<error>& failure) noexcept {
    std::streamsize put = 0;
    failure = failure_in("write", [&] {
        const held_exceptions quiet(owner_of(below));
        put = below.sputn(source, static_cast<std::streamsize>(count));
    });
    const auto taken = static_cast<std::size_t>(std::max<std::streamsize>(put, 0));
    if (!failure && taken < count) {
        failure = failure_in("write", [&] { throw failure_of(below, "write"); });
    }
    return taken;
}

/// A failure with `prefix()` before its detail; as it is, where there is no memory for that.
template <class Prefix>
[[nodiscard]] error prefixed(const error& failure, Prefix prefix) noexcept {
    try {
        std::string detail = prefix();
        if (!failure.detail().empty()) {
            detail.append(": ").append(failure.detail());
        }
        return {failure.operation(), failure.code(), failure.path(), failure.position(), detail};
    } catch (const std::bad_alloc&) {
        return failure;
    }
}

/// As a failure of one of several buffers below: `what` and its number, from 1 on, stand before its
/// detail.
[[nodiscard]] inline error named(const error& failure, const char* what,
                                 std::size_t index) noexcept {
    return prefixed(failure, [&] { return what + (' ' + std::to_string(index + 1)); });
}

/// The size of what lies below, whose position is anywhere then.
///
/// Errors: throws error.
template <class CharT>
[[nodiscard]] std::streamoff size_below(std::basic_streambuf<CharT>& below,
                                        std::ios_base::openmode which) {
    if (auto* const device = dynamic_cast<basic_buf<CharT>*>(&below)) {
        return device->size();
    }
    const std::streamoff size = below.pubseekoff(0, std::ios_base::end, which);
    if (size < 0) {
        throw error("size", errc::unsupported);
    }
    return size;
}

/// Closes what a layer owns; flushes what it has borrowed, where it writes there.
///
/// Returns: the failure, if any; `said` is all of it then.
template <class CharT>
[[nodiscard]] std::error_code finish_below(std::basic_streambuf<CharT>& below, bool owned,
                                           bool writes, std::optional<error>& said) noexcept {
    said = failure_in(owned ? "close" : "sync", [&] {
        if (owned) {
            close_below(below);
        } else if (writes) {
            flush_below(below);
        }
    });
    return said ? said->code() : std::error_code();
}

/// Why what was written is not on the disk: see basic_buf::sync_to_disk.
template <class CharT>
std::optional<error> unsynced_below(std::basic_streambuf<CharT>* below) noexcept {
    return failure_in("sync_to_disk", [&] {
        auto* const device = dynamic_cast<basic_buf<CharT>*>(below);
        if (device == nullptr) {
            throw error("sync_to_disk", errc::unsupported);
        }
        device->sync_to_disk();
    });
}

}  // namespace sluice::detail

#endif  // SLUICE_FILTER_BELOW_HPP
