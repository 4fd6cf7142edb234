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

/// find_line_end() for the rules by which two characters may end a line.
template <class CharT, class Traits>
[[nodiscard]] line_extent find_two_character_end(std::basic_string_view<CharT, Traits> text,
                                                 newline rule) {
    constexpr auto lf = CharT('\n');
    constexpr auto cr = CharT('\r');
    const auto npos = text.npos;
    if (rule == newline::crlf) {
        for (std::size_t end = text.find(lf); end != npos; end = text.find(lf, end + 1)) {
            if (end > 0 && text[end - 1] == cr) {
                return {end + 1, true};
            }
        }
        return {text.size()};
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

/// A line that may go on is one whose end is not in `text`, or one whose last character is the '\r'
/// of what may be a "\r\n".
template <class CharT, class Traits>
[[nodiscard]] line_extent find_line_end(std::basic_string_view<CharT, Traits> text, newline rule) {
    if (rule != newline::lf && rule != newline::cr) {
        return find_two_character_end(text, rule);
    }
    const std::size_t end = text.find(rule == newline::lf ? CharT('\n') : CharT('\r'));
    return end == text.npos ? line_extent{text.size()} : line_extent{end + 1, true};
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

/// How much of `line`, which is a whole one, is its end.
template <class CharT, class Traits>
[[nodiscard]] std::size_t line_end_size(std::basic_string_view<CharT, Traits> line,
                                        newline rule) noexcept {
    constexpr auto lf = CharT('\n');
    constexpr auto cr = CharT('\r');
    const auto ends_with = [&](CharT c) { return !line.empty() && line.back() == c; };
    switch (rule) {
    case newline::lf: return ends_with(lf) ? 1 : 0;
    case newline::cr: return ends_with(cr) ? 1 : 0;
    default: break;
    }
    const bool both = line.size() > 1 && line.back() == lf && line[line.size() - 2] == cr;
    if (both || rule == newline::crlf) {
        return both ? 2 : 0;
    }
    return ends_with(lf) || ends_with(cr) ? 1 : 0;
}

}  // namespace sluice::detail

#endif  // SLUICE_DETAIL_LINE_END_HPP
