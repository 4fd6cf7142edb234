// device_for: any stream buffer as a device of Boost.Iostreams.
//
//     sluice::ifstream file("log.gz");
//     boost::iostreams::filtering_istream in;
//     in.push(boost::iostreams::gzip_decompressor());
//     in.push(sluice::device_for(file));        // borrows the file
//
// Counts and positions are in characters. The copies of a handle and their buffer are one object
// for threads.

#ifndef SLUICE_BRIDGE_DEVICE_FOR_HPP
#define SLUICE_BRIDGE_DEVICE_FOR_HPP

#include <sluice/buf.hpp>
#include <sluice/device/direct.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/stream.hpp>

#include <boost/iostreams/categories.hpp>
#include <boost/iostreams/positioning.hpp>

#include <concepts>
#include <ios>
#include <istream>
#include <locale>
#include <memory>
#include <optional>
#include <ostream>
#include <streambuf>
#include <string>
#include <type_traits>
#include <utility>

namespace sluice {

namespace detail {

template <class Mode, class Tag>
concept has_mode = std::is_convertible_v<Mode, Tag>;

template <class Mode>
inline constexpr bool has_two_sequences = has_mode<Mode, boost::iostreams::detail::two_sequence>;

/// A stream buffer that all copies of a handle share, and what failed there first.
template <class CharT>
class shared_device {
public:
    using char_type = CharT;
    using streambuf_type = std::basic_streambuf<CharT>;

    /// The buffer; null where the handle is closed.
    [[nodiscard]] streambuf_type* rdbuf() const noexcept;

    /// The first failure of a call by any of the copies, also of one whose exception Boost has
    /// swallowed. No error if there was none.
    [[nodiscard]] error reason() const;

    /// Forgets it: close() does not report it any more.
    void clear_reason() noexcept;

    /// As the buffer says; empty where it does not.
    [[nodiscard]] std::string path() const;

protected:
    shared_device() = default;
    explicit shared_device(streambuf_type* buffer);
    explicit shared_device(std::unique_ptr<streambuf_type> buffer);

    std::streamsize read_some(CharT* target, std::streamsize count);
    std::streamsize write_some(const CharT* source, std::streamsize count);
    std::streamoff seek_to(std::streamoff offset, std::ios_base::seekdir whence,
                           std::ios_base::openmode which);
    bool flush_all();
    void close_all();
    void imbue_all(const std::locale& locale);
    void truncate_all(std::streamoff size);

private:
    struct state;

    [[nodiscard]] state& require_open(const char* operation) const;

    std::shared_ptr<state> state_;
};

/// Errors: throws error where a direct device does not do what is asked of it.
template <class CharT>
void require_open(const basic_buf<CharT>& buffer, bool reads, bool writes) {
    if (!buffer.is_open()) {
        throw error("open", errc::closed, buffer.path());
    }
    if ((reads && !buffer.readable()) || (writes && !buffer.writable())) {
        throw error("open", reads && !buffer.readable() ? errc::not_readable : errc::not_writable,
                    buffer.path());
    }
}

}  // namespace detail

/// A handle of a stream buffer, which models what `Mode` says of Boost's Source, Sink,
/// BidirectionalDevice or SeekableDevice, and Closable, Flushable and Localizable.
///
/// Boost copies what it is given: the copies share one buffer, its position and its first failure.
/// Whoever was lent the buffer never closes it: close() flushes it, and the handle goes on. Who
/// owns it closes it once, at the first close(), and ends it with the last copy.
///
/// Errors: each call throws error where the buffer fails, with the reason it gave. Boost 1.74
///         swallows what is thrown while it empties its own buffers, so at close(): a failure
///         is kept, see reason(), and close() throws the first that close() has not thrown yet.
///         What Boost could not write it drops then.
/// Source: Boost.Iostreams, "Concepts". A read or write that gives 0 would block: nothing is
///         lost, but Boost's own streams show that as an end, and its copy() and the close()
///         of its filters try again until it succeeds.
template <class Mode, class CharT = char>
class device_handle : public detail::shared_device<CharT> {
    using base = detail::shared_device<CharT>;

public:
    using typename base::char_type;
    using typename base::streambuf_type;
    struct category : Mode,
                      boost::iostreams::device_tag,
                      boost::iostreams::closable_tag,
                      boost::iostreams::flushable_tag,
                      boost::iostreams::localizable_tag {};

    /// Closed: each call but close() fails with errc::closed.
    device_handle() = default;

    /// Borrows `buffer`, which must outlive the copies.
    explicit device_handle(streambuf_type& buffer) : base(&buffer) {}

    /// Owns `buffer`.
    ///
    /// Errors: throws error(errc::closed) for null.
    explicit device_handle(std::unique_ptr<streambuf_type> buffer) : base(std::move(buffer)) {}

    /// Reads what there is at once, and waits only where there is nothing.
    ///
    /// Returns: the count; -1 at the end, and for a count of 0, as Boost's own devices; 0 where it
    ///          would block.
    std::streamsize
    read(CharT* target,
         std::streamsize count) requires detail::has_mode<Mode, boost::iostreams::input> {
        return this->read_some(target, count);
    }

    /// Returns: the count; less than `count` where the rest would block, or failed: the next call
    ///          throws why.
    std::streamsize
    write(const CharT* source,
          std::streamsize count) requires detail::has_mode<Mode, boost::iostreams::output> {
        return this->write_some(source, count);
    }

    /// Moves the position; `which` matters to buffers with two of them alone.
    ///
    /// Errors: throws error: not_seekable, bad_position … It has not moved then.
    std::streampos seek(boost::iostreams::stream_offset offset, std::ios_base::seekdir whence,
                        std::ios_base::openmode which = std::ios_base::in |
                                                        std::ios_base::out) requires
        detail::has_mode<Mode, boost::iostreams::detail::random_access> {
        return this->seek_to(offset, whence, which);
    }

    /// Not Boost's: what basic_devicebuf::truncate calls. See basic_buf::truncate.
    ///
    /// Errors: errc::unsupported where the buffer is not sluice's.
    void truncate(boost::iostreams::stream_offset size) { this->truncate_all(size); }

    /// Returns: false where it would block.
    bool flush() { return this->flush_all(); }

    void close() requires(!detail::has_two_sequences<Mode>) { this->close_all(); }

    /// The reading half closes with the writing one.
    void close(std::ios_base::openmode which) requires detail::has_two_sequences<Mode> {
        if ((which & std::ios_base::out) != std::ios_base::openmode{}) {
            this->close_all();
        }
    }

    void imbue(const std::locale& locale) { this->imbue_all(locale); }
};

/// A device of Boost's on the buffer, which it borrows.
template <class Mode = boost::iostreams::seekable, class CharT>
[[nodiscard]] device_handle<Mode, CharT> device_for(std::basic_streambuf<CharT>& buffer) {
    return device_handle<Mode, CharT>(buffer);
}

/// The same with a buffer that it owns.
///
/// Errors: throws error(errc::closed) for null.
template <class Mode = boost::iostreams::seekable, class Buf>
requires std::derived_from<Buf, std::basic_streambuf<typename Buf::char_type>>
[[nodiscard]] device_handle<Mode, typename Buf::char_type> device_for(std::unique_ptr<Buf> buffer) {
    return device_handle<Mode, typename Buf::char_type>(
        std::unique_ptr<std::basic_streambuf<typename Buf::char_type>>(std::move(buffer)));
}
template <class Mode = boost::iostreams::seekable, class Buf>
requires(!std::is_lvalue_reference_v<Buf> &&
         std::derived_from<Buf, basic_buf<typename Buf::char_type>>)
    [[nodiscard]] device_handle<Mode, typename Buf::char_type> device_for(Buf&& buffer) {
    return device_for<Mode>(std::make_unique<Buf>(std::forward<Buf>(buffer)));
}

namespace detail {
template <class CharT>
[[nodiscard]] std::basic_streambuf<CharT>& buffer_of(const std::basic_ios<CharT>& of) {
    if (of.rdbuf() == nullptr) {
        throw error("open", errc::closed);
    }
    return *of.rdbuf();
}
}  // namespace detail

/// The same with the buffer of a stream, as what that can do.
///
/// Errors: throws error(errc::closed) where the stream has none.
template <class Mode = boost::iostreams::input_seekable, class CharT>
[[nodiscard]] device_handle<Mode, CharT> device_for(std::basic_istream<CharT>& of) {
    return device_for<Mode>(detail::buffer_of(of));
}
template <class Mode = boost::iostreams::output_seekable, class CharT>
[[nodiscard]] device_handle<Mode, CharT> device_for(std::basic_ostream<CharT>& of) {
    return device_for<Mode>(detail::buffer_of(of));
}
template <class Mode = boost::iostreams::seekable, class CharT>
[[nodiscard]] device_handle<Mode, CharT> device_for(std::basic_iostream<CharT>& of) {
    return device_for<Mode>(detail::buffer_of(of));
}

/// The same with the buffer that a stream hands out.
///
/// Errors: as basic_stream::detach().
template <class Mode = boost::iostreams::seekable, class CharT>
[[nodiscard]] device_handle<Mode, CharT> device_for(basic_stream<CharT>&& of) {
    return device_for<Mode>(of.detach());
}

/// A handle of memory or a mapping, which models Direct: Boost reads and writes the content in its
/// place, from its front to its end, and calls no buffer meanwhile.
///
/// It borrows the buffer. While a copy lives, the content keeps its size and place where the buffer
/// can pin it (see basic_membuf::getbuffer) and is writable; else the caller sees to it that
/// nothing moves or ends it. Boost's own buffers write a character that is put back into the
/// content, and write no further than 2 GiB.
///
/// Errors: close() flushes, and throws what that gave: for a mapping that was cut short, which
///         Boost saw as zeros, EIO. See device_handle for the rest.
template <class Mode, class CharT = char>
class direct_handle : public detail::shared_device<CharT> {
    using base = detail::shared_device<CharT>;
    static_assert(!detail::has_two_sequences<Mode>, "memory is one sequence");

public:
    using typename base::char_type;
    using pair_type = std::pair<CharT*, CharT*>;
    struct category : Mode,
                      boost::iostreams::device_tag,
                      boost::iostreams::direct_tag,
                      boost::iostreams::closable_tag,
                      boost::iostreams::flushable_tag,
                      boost::iostreams::localizable_tag {};

    /// Closed, and empty.
    direct_handle() = default;

    /// Errors: throws error: closed, not_readable, not_writable, as `Mode` needs.
    template <std::derived_from<basic_directbuf<CharT>> Buf>
    explicit direct_handle(Buf& buffer) : base(&buffer) {
        constexpr bool reads = detail::has_mode<Mode, boost::iostreams::input>;
        constexpr bool writes = detail::has_mode<Mode, boost::iostreams::output>;
        detail::require_open(buffer, reads, writes);
        if constexpr (requires { pin_ = buffer.getbuffer(); }) {
            if (buffer.writable()) {
                pin_ = buffer.getbuffer();
            }
        }
        // The memory of a buffer that is only read is never written here.
        const auto content = buffer.view();
        content_.first = const_cast<CharT*>(content.data());
        content_.second = content_.first + content.size();
    }

    [[nodiscard]] pair_type
    input_sequence() const requires detail::has_mode<Mode, boost::iostreams::input> {
        return content_;
    }
    [[nodiscard]] pair_type
    output_sequence() const requires detail::has_mode<Mode, boost::iostreams::output> {
        return content_;
    }
    bool flush() { return this->flush_all(); }
    void close() { this->close_all(); }
    void imbue(const std::locale& locale) { this->imbue_all(locale); }

private:
    pair_type content_;
    std::optional<pinned_bytes> pin_;
};

/// The content of memory or a mapping as a Direct device of Boost's; see direct_handle.
///
/// Errors: throws error: closed, not_readable, not_writable.
template <class Mode = boost::iostreams::seekable, class Buf>
requires std::derived_from<Buf, basic_directbuf<typename Buf::char_type>>
[[nodiscard]] direct_handle<Mode, typename Buf::char_type> direct_device_for(Buf& buffer) {
    return direct_handle<Mode, typename Buf::char_type>(buffer);
}

/// See detail::shared_device::reason.
template <class CharT>
[[nodiscard]] error error_of(const detail::shared_device<CharT>& device) {
    return device.reason();
}

namespace detail {
extern template class shared_device<char>;
extern template class shared_device<wchar_t>;
}  // namespace detail

}  // namespace sluice

#endif  // SLUICE_BRIDGE_DEVICE_FOR_HPP
