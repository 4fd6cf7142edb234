// Reading from any stream buffer without copying, and what a failure does to the stream above it.

#ifndef SLUICE_DETAIL_LOOKING_HPP
#define SLUICE_DETAIL_LOOKING_HPP

#include <sluice/detail/areas.hpp>

#include <cstddef>
#include <ios>
#include <streambuf>
#include <string_view>

namespace sluice::detail {

/// What a stream buffer has ready, looked at where it lies; one that has no get area, as std::cin's
/// has none, gives a character at a time.
template <class CharT, class Traits>
class looking {
    using areas = detail::areas<CharT, Traits>;

public:
    using buf_type = std::basic_streambuf<CharT, Traits>;
    using view_type = std::basic_string_view<CharT, Traits>;

    /// The get area as it is.
    [[nodiscard]] static view_type ready(const buf_type& from) noexcept {
        const CharT* const next = areas::get_next(from);
        return {next, static_cast<std::size_t>(areas::get_end(from) - next)};
    }

    /// What is ready, having read more where that was nothing; empty only at the end.
    ///
    /// Errors:      throws what the buffer throws.
    /// Invalidates: the view ends with the next call on the buffer, but for that of take().
    [[nodiscard]] view_type look(buf_type& from) {
        const auto c = from.sgetc();
        if (Traits::eq_int_type(c, Traits::eof())) {
            return {};
        }
        const view_type text = ready(from);
        slot_ = Traits::to_char_type(c);
        return text.empty() ? view_type(&slot_, 1) : text;
    }

    /// Whether the view that look() gave lies in the buffer.
    [[nodiscard]] static bool is_lent(const buf_type& from) noexcept {
        return areas::get_next(from) < areas::get_end(from);
    }

    /// Moves past `count` characters of what look() or ready() gave.
    static void take(buf_type& from, std::size_t count) {
        if (is_lent(from)) {
            areas::read_up_to(from, areas::get_next(from) + count);
        } else if (count != 0) {
            from.sbumpc();
        }
    }

private:
    CharT slot_ = CharT();
};

/// Adds to the state, whatever exceptions() say.
template <class CharT, class Traits>
void set_quietly(std::basic_ios<CharT, Traits>& stream, std::ios_base::iostate state) noexcept {
    try {
        stream.setstate(state);
    } catch (const std::ios_base::failure&) {
        // the bits are set
    }
}

/// What each reading function of std::istream does with an exception ([istream]): badbit, and the
/// exception itself goes on where exceptions() hold that.
///
/// Requires: an exception is being handled.
template <class CharT, class Traits>
void caught_by(std::basic_ios<CharT, Traits>& stream) {
    set_quietly(stream, std::ios_base::badbit);
    if ((stream.exceptions() & std::ios_base::badbit) != std::ios_base::goodbit) {
        throw;
    }
}

}  // namespace sluice::detail

#endif  // SLUICE_DETAIL_LOOKING_HPP
