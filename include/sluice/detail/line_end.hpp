// Where a line ends, under each of the five newline modes.

#ifndef SLUICE_DETAIL_LINE_END_HPP
#define SLUICE_DETAIL_LINE_END_HPP

#include <sluice/mode.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace sluice::detail {

/// How much of `text` the line at its front takes, and whether that is the whole line.
struct line_extent {
    std::size_t size = 0;
    bool complete = false;  // else the line may go on after `text`
};

/// A line that may go on is one whose end is not in `text`, or one whose last character is the '\r'
/// of what may be a "\r\n".
template <class CharT, class Traits>
[[nodiscard]] line_extent find_line_end(std::basic_string_view<CharT, Traits> text, newline rule) {
    constexpr auto lf = CharT('\n');
    constexpr auto cr = CharT('\r');
    const auto npos = text.npos;
    switch (rule) {
    case newline::lf:
    case newline::cr: {
        const std::size_t end = text.find(rule == newline::lf ? lf : cr);
        return end == npos ? line_extent{text.size()} : line_extent{end + 1, true};
    }
    case newline::crlf:
        for (std::size_t end = text.find(lf); end != npos; end = text.find(lf, end + 1)) {
            if (end > 0 && text[end - 1] == cr) {
                return {end + 1, true};
            }
        }
        return {text.size()};
    case newline::universal:
    case newline::keep: break;
    }
    const std::size_t first_lf = text.find(lf);
    const std::size_t first_cr = text.substr(0, first_lf).find(cr);
    if (first_cr == npos) {
        return first_lf == npos ? line_extent{text.size()} : line_extent{first_lf + 1, true};
    }
    if (first_cr + 1 == first_lf) {
        return {first_lf + 1, true};
    }
    return {first_cr + 1, first_cr + 1 < text.size()};
}

/// As find_line_end(), for a line of which `line` has been taken already: its last character may
/// be the '\r' of a "\r\n".
template <class CharT, class Traits>
[[nodiscard]] line_extent continue_line(std::basic_string_view<CharT, Traits> line,
                                        std::basic_string_view<CharT, Traits> text, newline rule) {
    const bool joins = rule != newline::lf && rule != newline::cr;
    if (joins && !line.empty() && line.back() == CharT('\r')) {
        if (text.front() == CharT('\n')) {
            return {1, true};
        }
        if (rule != newline::crlf) {
            return {0, true};  // the '\r' ended the line by itself
        }
    }
    return find_line_end(text, rule);
}

}  // namespace sluice::detail

#endif  // SLUICE_DETAIL_LINE_END_HPP
