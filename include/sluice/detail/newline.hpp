// What the newline modes make of text that is written, and which line ends it has.

#ifndef SLUICE_DETAIL_NEWLINE_HPP
#define SLUICE_DETAIL_NEWLINE_HPP

#include <sluice/mode.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace sluice::detail {

[[nodiscard]] constexpr bool translates(newline rule) noexcept {
    return rule != newline::keep && rule != newline::lf;
}

/// Whether any of the three ends a line, so that those of a text are worth to be told.
[[nodiscard]] constexpr bool is_universal(newline rule) noexcept {
    return rule == newline::universal || rule == newline::keep;
}

/// Adds the line ends of `text`.
template <class CharT>
void note(std::basic_string_view<CharT> text, newlines_seen& seen) {
    constexpr CharT either[] = {CharT('\r'), CharT('\n'), CharT()};
    for (std::size_t at = text.find_first_of(either); at != text.npos;
         at = text.find_first_of(either, at + 1)) {
        if (text[at] == CharT('\n')) {
            seen.lf = true;
        } else if (at + 1 < text.size() && text[at + 1] == CharT('\n')) {
            seen.crlf = true;
            ++at;
        } else {
            seen.cr = true;
        }
    }
}

/// `text` with "\r\n" and '\r' made '\n' (universal), or '\n' made the line end of `rule`.
template <class CharT>
[[nodiscard]] std::basic_string<CharT> translate(std::basic_string_view<CharT> text, newline rule) {
    constexpr auto lf = CharT('\n');
    constexpr auto cr = CharT('\r');
    const CharT from = rule == newline::universal ? cr : lf;
    std::basic_string<CharT> result;
    result.reserve(text.size());
    std::size_t done = 0;
    for (std::size_t at = text.find(from); at != text.npos; at = text.find(from, done)) {
        result.append(text, done, at - done);
        done = at + 1;
        if (rule == newline::universal) {
            result.push_back(lf);
            done += done < text.size() && text[done] == lf ? 1U : 0U;
        } else {
            result.push_back(cr);
            if (rule == newline::crlf) {
                result.push_back(lf);
            }
        }
    }
    return result.append(text, done);
}

}  // namespace sluice::detail

#endif  // SLUICE_DETAIL_NEWLINE_HPP
