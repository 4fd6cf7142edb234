// getline: std::getline, of lines up to a maximum.
//
//     std::string name;
//     if (!sluice::getline(in, name, 255)) {
//         return in.eof() ? refuse("no name") : refuse("a name too long");
//     }
//
// Sizes are in characters. A stream and its buffer are one object for threads.

#ifndef SLUICE_ALGORITHM_GETLINE_HPP
#define SLUICE_ALGORITHM_GETLINE_HPP

#include <sluice/detail/looking.hpp>

#include <cstddef>
#include <ios>
#include <istream>
#include <string>
#include <type_traits>

namespace sluice {

namespace detail {

/// Returns: the bits that the stream's state gets.
template <class CharT, class Traits, class Allocator>
std::ios_base::iostate read_line(std::basic_streambuf<CharT, Traits>& from,
                                 std::basic_string<CharT, Traits, Allocator>& line, std::size_t max,
                                 CharT delimiter) {
    using ios = std::ios_base;
    looking<CharT, Traits> source;
    for (;;) {
        const auto text = source.look(from);
        if (text.empty()) {
            return line.empty() ? ios::eofbit | ios::failbit : ios::eofbit;
        }
        if (Traits::eq(text.front(), delimiter)) {
            source.take(from, 1);
            return ios::goodbit;
        }
        if (line.size() == max) {
            return ios::failbit;
        }
        const auto part = text.substr(0, max - line.size());
        const auto piece = part.substr(0, part.find(delimiter));
        line.append(piece);
        source.take(from, piece.size());
    }
}

}  // namespace detail

/// Reads a line of at most `max` characters, not counting its end, which is taken and not stored.
///
/// Returns: `in`. A longer line gives failbit: `line` is its first `max` characters, the rest is
///          still to be read, and after clear() the next call goes on with it. The end gives
///          eofbit, and failbit where it came before anything, as with std::getline; so failbit
///          without eofbit and badbit is a line that is too long.
/// Errors:  a failed read sets badbit, and throws where exceptions() say so; `line` holds what
///          came.
/// Source:  [string.io] std::getline; for `max` [istream.unformatted] getline of an array, and
///          io.IOBase.readline(limit), which does not tell a part from a whole.
template <class CharT, class Traits, class Allocator>
std::basic_istream<CharT, Traits>& getline(std::basic_istream<CharT, Traits>& in,
                                           std::basic_string<CharT, Traits, Allocator>& line,
                                           std::size_t max, std::type_identity_t<CharT> delimiter) {
    const typename std::basic_istream<CharT, Traits>::sentry ready(in, true);
    if (!ready) {
        return in;
    }
    line.clear();
    std::ios_base::iostate state = std::ios_base::goodbit;
    try {
        state = detail::read_line(*in.rdbuf(), line, max, delimiter);
    } catch (...) {
        detail::caught_by(in);
        return in;
    }
    in.setstate(state);
    return in;
}

template <class CharT, class Traits, class Allocator>
std::basic_istream<CharT, Traits>& getline(std::basic_istream<CharT, Traits>& in,
                                           std::basic_string<CharT, Traits, Allocator>& line,
                                           std::size_t max) {
    return sluice::getline(in, line, max, in.widen('\n'));
}

}  // namespace sluice

#endif  // SLUICE_ALGORITHM_GETLINE_HPP
