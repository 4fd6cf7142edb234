// span: fixed memory of the caller's behind a stream; nothing is copied.
//
//     char record[64];
//     sluice::spanbuf buf(record, std::ios::out);
//     std::ostream out(&buf);
//     out << "id=" << 7;
//     assert(buf.view() == "id=7");            // in record, from its front
//
// Sizes and positions are in characters. The memory must outlive the buffer. Distinct buffers may
// be used from distinct threads, on the same memory too where all of them only read.

#ifndef SLUICE_DEVICE_SPAN_HPP
#define SLUICE_DEVICE_SPAN_HPP

#include <sluice/device/direct.hpp>

#include <cstddef>
#include <ios>
#include <span>
#include <string_view>
#include <type_traits>

namespace sluice {

namespace detail {

/// Contiguous memory of CharT, or of bytes where a CharT is one.
template <class Range, class CharT>
concept memory_of = std::is_convertible_v<Range, std::span<const CharT>> ||
    (sizeof(CharT) == 1 && (std::is_convertible_v<Range, std::span<const std::byte>> ||
                            std::is_convertible_v<Range, std::span<const unsigned char>>));

/// The same, where its elements may be written.
template <class Range, class CharT>
concept writable_memory_of = std::is_convertible_v<Range, std::span<CharT>> ||
    (sizeof(CharT) == 1 && (std::is_convertible_v<Range, std::span<std::byte>> ||
                            std::is_convertible_v<Range, std::span<unsigned char>>));

/// The same, where they may not, and which is no text.
template <class Range, class CharT>
concept constant_memory_of =
    memory_of<const Range&, CharT> && !writable_memory_of<const Range&, CharT> &&
    !std::is_convertible_v<const Range&, std::basic_string_view<CharT>>;

}  // namespace detail

/// A device of a fixed size in memory that it borrows. Full gives errc::no_space, with all written
/// that fits.
///
/// Source: [spanbuf], but with one position, with sizes beyond 2 GiB, and without what was never
///         written showing on reading; a literal's NUL is not content.
template <class CharT>
class basic_spanbuf : public basic_directbuf<CharT> {
    using base = basic_directbuf<CharT>;

public:
    using typename base::view_type;

    /// A device without memory: empty, and full.
    basic_spanbuf() : basic_spanbuf(view_type()) {}

    /// Reads `text`.
    explicit basic_spanbuf(view_type text);

    /// Reads `memory`.
    template <detail::constant_memory_of<CharT> Range>
    explicit basic_spanbuf(const Range& memory) : basic_spanbuf(view_of(memory)) {}

    /// Reads and writes `memory`. As with a file, `in | out` keeps what is there as the content;
    /// `out` alone, or with `trunc`, starts with an empty content, whose room is all of `memory`;
    /// `in` alone reads. `ate` and `app` start at the end of the content.
    ///
    /// Errors: throws error(errc::bad_mode) for a mode that is none of a file's, see
    /// is_open_mode().
    template <detail::writable_memory_of<CharT> Range>  // which no basic_spanbuf is
    // NOLINTNEXTLINE(bugprone-forwarding-reference-overload)
    explicit basic_spanbuf(Range&& memory,
                           std::ios_base::openmode mode = std::ios_base::in | std::ios_base::out)
        : basic_spanbuf(mode, span_of(memory)) {}

    /// The buffer moved from is closed.
    basic_spanbuf(basic_spanbuf&& other) noexcept;
    basic_spanbuf& operator=(basic_spanbuf&& other) noexcept;
    basic_spanbuf(const basic_spanbuf&) = delete;
    basic_spanbuf& operator=(const basic_spanbuf&) = delete;
    ~basic_spanbuf() override = default;

    void swap(basic_spanbuf& other) noexcept;

    /// All of the memory, written or not.
    [[nodiscard]] std::size_t capacity() const noexcept { return base::capacity(); }

private:
    basic_spanbuf(std::ios_base::openmode mode, std::span<CharT> memory);

    // The range converts to just one of these spans.
    template <class Element>
    static view_type view_as(std::span<const Element> memory) noexcept {
        return {reinterpret_cast<const CharT*>(memory.data()), memory.size()};
    }
    template <class Range>
    static view_type view_of(const Range& memory) noexcept {
        if constexpr (std::is_convertible_v<const Range&, std::span<const CharT>>) {
            return view_as(std::span<const CharT>(memory));
        } else if constexpr (std::is_convertible_v<const Range&, std::span<const std::byte>>) {
            return view_as(std::span<const std::byte>(memory));
        } else {
            return view_as(std::span<const unsigned char>(memory));
        }
    }
    template <class Range>
    static std::span<CharT> span_of(Range& memory) noexcept {
        if constexpr (std::is_convertible_v<Range&, std::span<CharT>>) {
            return memory;
        } else if constexpr (std::is_convertible_v<Range&, std::span<std::byte>>) {
            const std::span<std::byte> bytes = memory;
            return {reinterpret_cast<CharT*>(bytes.data()), bytes.size()};
        } else {
            const std::span<unsigned char> bytes = memory;
            return {reinterpret_cast<CharT*>(bytes.data()), bytes.size()};
        }
    }
};

using spanbuf = basic_spanbuf<char>;
using wspanbuf = basic_spanbuf<wchar_t>;

template <class CharT>
void swap(basic_spanbuf<CharT>& a, basic_spanbuf<CharT>& b) noexcept {
    a.swap(b);
}

extern template class basic_spanbuf<char>;
extern template class basic_spanbuf<wchar_t>;

}  // namespace sluice

#endif  // SLUICE_DEVICE_SPAN_HPP
