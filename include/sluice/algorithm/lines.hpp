// lines: the lines of any std::istream, looked at where they lie.
//
//     for (std::string_view line : sluice::lines(std::cin)) {
//         count += line.starts_with('#');
//     }
//
// Sizes are in characters. A range, its stream and the buffer together are one object for threads.

#ifndef SLUICE_ALGORITHM_LINES_HPP
#define SLUICE_ALGORITHM_LINES_HPP

#include <sluice/detail/line_end.hpp>
#include <sluice/detail/pieces.hpp>
#include <sluice/mode.hpp>
#include <sluice/stream.hpp>

#include <istream>
#include <optional>
#include <string_view>

namespace sluice {

struct line_options {
    /// What ends a line. None: what ends it for readline(), where the stream is a basic_stream,
    /// and '\n' alone elsewhere.
    std::optional<newline> ends = std::nullopt;

    /// Whether a line is shown with its end.
    bool keep_ends = false;
};

namespace detail {

template <class CharT, class Traits>
class line_rule {
public:
    using view_type = std::basic_string_view<CharT, Traits>;

    line_rule(newline ends, bool keeps) noexcept
        : ends_(ends),
          keeps_(keeps),
          hides_one_(!keeps && (ends == newline::lf || ends == newline::cr)) {}

    [[nodiscard]] line_extent extent(view_type text) const { return find_line_end(text, ends_); }
    [[nodiscard]] line_extent extent(view_type line, view_type text) const {
        return continue_line(line, text, ends_);
    }
    [[nodiscard]] std::size_t hidden(view_type line) const noexcept {
        return keeps_ ? 0 : line_end_size(line, ends_);
    }
    [[nodiscard]] std::size_t hidden_end(view_type text, std::size_t size) const noexcept {
        return hides_one_ ? 1 : hidden(view_type(text.data(), size));
    }

private:
    newline ends_;
    bool keeps_;
    bool hides_one_;  // the common case, without a look at the line
};

}  // namespace detail

/// What lines() returns: a std::ranges::input_range, and a view, of std::basic_string_view. Its
/// value type is std::basic_string: what collects values copies them, or does not compile.
template <class CharT, class Traits = std::char_traits<CharT>>
using basic_lines = detail::pieces<CharT, Traits, detail::line_rule<CharT, Traits>>;

/// The lines of `in` from where it stands to the end, as `while (std::getline(in, line))` reads
/// them, without a copy: each is a view into the buffer of the stream, whichever that is. Only one
/// that goes beyond what is buffered, and a last one without an end, is put together in the range.
///
/// Returns:     the range; begin() reads the first line. The stream stands behind the line that the
///              iterator is at. A line end is not shown, unless options.keep_ends; what follows the
///              last one is a line too, if it is not empty.
/// State:       eofbit where the end was seen: with a last line that has no end, or after the last
///              line; no failbit, for that there are no more is no failure. A stream that is not
///              good() gives no lines, and its state stays; what sets the state between two lines
///              ends the loop.
/// Errors:      a failed read sets badbit, with the reason in error_of(in), and throws where
///              exceptions() say so; the loop ends without eofbit. Nothing is lost: what came of a
///              line before is partial(), and after clear() the same range's begin() goes on with
///              that line. (errc::would_block is met in this way too.)
/// Invalidates: a line ends with the next ++ or begin(), with any other call on the stream or its
///              buffer, and with the range; ranges move before begin() only.
/// Source:      [string.io] std::getline; io.IOBase.__iter__, see also basic_stream::begin, which
///              copies each line.
template <class CharT, class Traits>
[[nodiscard]] basic_lines<CharT, Traits> lines(std::basic_istream<CharT, Traits>& in,
                                               line_options options = {}) {
    newline ends = newline::lf;
    if (options.ends) {
        ends = *options.ends;
    } else if (const auto* own = dynamic_cast<const basic_stream<CharT, Traits>*>(&in)) {
        ends = own->line_end();
    }
    return {in, {ends, options.keep_ends}};
}

/// A range does not own its stream.
template <class CharT, class Traits>
void lines(const std::basic_istream<CharT, Traits>&& in, line_options options = {}) = delete;

}  // namespace sluice

#endif  // SLUICE_ALGORITHM_LINES_HPP
