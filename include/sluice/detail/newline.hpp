// What the newline modes make of text that is written, and which line ends it has.

#ifndef SLUICE_DETAIL_NEWLINE_HPP
#define SLUICE_DETAIL_NEWLINE_HPP

#include <sluice/mode.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::detail {

[[nodiscard]] constexpr bool translates(newline rule) noexcept {
    return rule != newline::keep && rule != newline::lf;
}

/// Whether any of the three ends a line, so that those of a text are worth to be told.
[[nodiscard]] constexpr bool is_universal(newline rule) noexcept {
    return rule == newline::universal || rule == newline::keep;
}

/// The kinds of line end in a text that comes in pieces.
class line_end_kinds {
public:
    template <class CharT>
    void note(std::basic_string_view<CharT> text) {
        constexpr auto lf = CharT('\n');
        for (bool after_cr = std::exchange(after_cr_, false); !text.empty(); after_cr = true) {
            if (after_cr) {
                const bool both = text.front() == lf;
                (both ? seen_.crlf : seen_.cr) = true;
                text.remove_prefix(both ? 1 : 0);
            }
            const std::size_t cr = text.find(CharT('\r'));
            seen_.lf = seen_.lf || text.substr(0, cr).find(lf) != text.npos;
            if (cr == text.npos) {
                return;
            }
            text.remove_prefix(cr + 1);
            after_cr_ = text.empty();
        }
    }

    /// No '\n' follows what came last.
    void end() noexcept { seen_.cr |= std::exchange(after_cr_, false); }

    /// Without a '\r' at the end, which may yet be half of a "\r\n".
    [[nodiscard]] const newlines_seen& seen() const noexcept { return seen_; }

    /// Whether more text may change what has been seen, though it holds no '\r'.
    [[nodiscard]] bool is_open() const noexcept { return after_cr_ || !seen_.lf; }

private:
    newlines_seen seen_;
    bool after_cr_ = false;
};

/// Makes each "\r\n" and '\r' of `text` a '\n', in its place.
///
/// Returns: how much is left of it.
/// `after_cr`: whether the character before `text` was a '\r', and then whether its last one was: a
///             '\n' at the front is the second half of a "\r\n".
template <class CharT>
[[nodiscard]] std::size_t join_line_ends(CharT* text, std::size_t count, bool& after_cr) {
    using traits = std::char_traits<CharT>;
    constexpr auto lf = CharT('\n');
    constexpr auto cr = CharT('\r');
    if (count == 0) {
        return 0;
    }
    const CharT* from = text + (after_cr && *text == lf ? 1 : 0);
    const CharT* const end = text + count;
    CharT* to = text;
    after_cr = false;
    while (from != end) {
        const CharT* const found = traits::find(from, static_cast<std::size_t>(end - from), cr);
        const auto run = static_cast<std::size_t>((found == nullptr ? end : found) - from);
        if (to != from) {
            traits::move(to, from, run);
        }
        to += run;
        if (found == nullptr) {
            break;
        }
        *to++ = lf;
        from = found + 1;
        after_cr = from == end;
        from += from != end && *from == lf ? 1 : 0;
    }
    return static_cast<std::size_t>(to - text);
}

/// `text` as it is stored: with the line end of `rule` for each '\n', or joined to '\n'
/// (universal).
template <class CharT>
[[nodiscard]] std::basic_string<CharT> translate(std::basic_string_view<CharT> text, newline rule) {
    constexpr auto lf = CharT('\n');
    std::basic_string<CharT> result;
    if (rule == newline::universal) {
        bool after_cr = false;
        result = text;
        result.resize(join_line_ends(result.data(), result.size(), after_cr));
        return result;
    }
    result.reserve(text.size());
    std::size_t done = 0;
    for (std::size_t at = text.find(lf); at != text.npos; at = text.find(lf, done)) {
        result.append(text, done, at - done).push_back(CharT('\r'));
        if (rule == newline::crlf) {
            result.push_back(lf);
        }
        done = at + 1;
    }
    return result.append(text, done);
}

}  // namespace sluice::detail

#endif  // SLUICE_DETAIL_NEWLINE_HPP
