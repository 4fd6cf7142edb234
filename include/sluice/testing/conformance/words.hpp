// words: what the rules of conformance.hpp do with a stream buffer, in a word each.
//
//     write(buf, "abc");
//     seek(buf, 0);
//     read_all(buf) == "abc";
//
// Text is of char, one for each character of the buffer, so that a rule reads the same for narrow
// and for wide ones. Counts and positions are in characters. The words keep no state,
// and have a namespace of their own, so that no other of these names is found by mistake.

#ifndef SLUICE_TESTING_CONFORMANCE_WORDS_HPP
#define SLUICE_TESTING_CONFORMANCE_WORDS_HPP

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <ios>
#include <stdexcept>
#include <streambuf>
#include <string>
#include <string_view>

namespace sluice::testing::conformance::words {

using ios = std::ios_base;
using sizes = std::initializer_list<std::size_t>;

template <class CharT>
[[nodiscard]] CharT widen(char c) {
    return static_cast<CharT>(static_cast<unsigned char>(c));
}

template <class CharT>
[[nodiscard]] std::basic_string<CharT> widen(std::string_view text) {
    std::basic_string<CharT> result;
    result.reserve(text.size());
    for (const char c : text) {
        result += widen<CharT>(c);
    }
    return result;
}

template <class CharT>
[[nodiscard]] std::string narrow(std::basic_string_view<CharT> text) {
    std::string result;
    result.reserve(text.size());
    for (const CharT c : text) {
        result += static_cast<char>(c);
    }
    return result;
}

/// `size` characters of ASCII, among them line ends, in which each place looks different.
[[nodiscard]] inline std::string sample(std::size_t size) {
    std::string text;
    for (int i = 0; text.size() < size; ++i) {
        text += std::to_string(i) + (i % 10 == 9 ? '\n' : ' ');
    }
    text.resize(size);
    return text;
}

/// What sgetc() and its like returned: a character, or `end`.
inline constexpr int end = -1;

template <class CharT>
[[nodiscard]] int as_code(typename std::char_traits<CharT>::int_type c) {
    using traits = std::char_traits<CharT>;
    if (traits::eq_int_type(c, traits::eof())) {
        return end;
    }
    return static_cast<unsigned char>(traits::to_char_type(c));
}

template <class CharT>
[[nodiscard]] int look(std::basic_streambuf<CharT>& from) {
    return as_code<CharT>(from.sgetc());
}

template <class CharT>
int take(std::basic_streambuf<CharT>& from) {
    return as_code<CharT>(from.sbumpc());
}

template <class CharT>
int next(std::basic_streambuf<CharT>& from) {
    return as_code<CharT>(from.snextc());
}

template <class CharT>
bool put(std::basic_streambuf<CharT>& to, char c) {
    return as_code<CharT>(to.sputc(widen<CharT>(c))) == static_cast<unsigned char>(c);
}

template <class CharT>
int unget(std::basic_streambuf<CharT>& to) {
    return as_code<CharT>(to.sungetc());
}

template <class CharT>
int put_back(std::basic_streambuf<CharT>& to, char c) {
    return as_code<CharT>(to.sputbackc(widen<CharT>(c)));
}

/// One sgetn().
template <class CharT>
[[nodiscard]] std::string read(std::basic_streambuf<CharT>& from, std::size_t count) {
    std::basic_string<CharT> text(count, CharT());
    const std::streamsize got = from.sgetn(text.data(), static_cast<std::streamsize>(count));
    text.resize(static_cast<std::size_t>(got));
    return narrow(std::basic_string_view<CharT>(text));
}

/// One sputn().
template <class CharT>
std::size_t write(std::basic_streambuf<CharT>& to, std::string_view text) {
    const std::basic_string<CharT> wide = widen<CharT>(text);
    return static_cast<std::size_t>(
        to.sputn(wide.data(), static_cast<std::streamsize>(wide.size())));
}

/// As a size of chunks: by sbumpc() and sputc().
inline constexpr std::size_t by_character = 0;
inline constexpr std::size_t in_bulk = std::size_t(1) << 30;

/// Reads `count` characters, fewer at the end.
template <class CharT>
[[nodiscard]] std::string read_some(std::basic_streambuf<CharT>& from, std::size_t count,
                                    std::size_t chunk) {
    std::string result;
    while (result.size() < count) {
        if (chunk == by_character) {
            const int c = take(from);
            if (c == end) {
                break;
            }
            result += static_cast<char>(c);
            continue;
        }
        const std::size_t wanted = std::min(chunk, count - result.size());
        const std::string part = read(from, wanted);
        result += part;
        if (part.size() < wanted) {
            break;
        }
    }
    return result;
}

/// More than any rule reads: what gives as many has no end.
inline constexpr std::size_t endless = std::size_t(1) << 26;

/// Reads up to the end.
///
/// Errors: throws std::length_error where there is none.
template <class CharT>
[[nodiscard]] std::string read_all(std::basic_streambuf<CharT>& from, std::size_t chunk = 4096) {
    std::string result = read_some(from, endless, std::min(chunk, std::size_t(1) << 20));
    if (result.size() == endless) {
        throw std::length_error("the end is never reached");
    }
    return result;
}

/// Whether all was taken.
template <class CharT>
[[nodiscard]] bool write_all(std::basic_streambuf<CharT>& to, std::string_view text,
                             std::size_t chunk) {
    for (std::size_t done = 0; done < text.size();) {
        if (chunk == by_character) {
            if (!put(to, text[done])) {
                return false;
            }
            ++done;
            continue;
        }
        const std::string_view part = text.substr(done, chunk);
        if (write(to, part) != part.size()) {
            return false;
        }
        done += part.size();
    }
    return true;
}

inline constexpr ios::openmode both = ios::in | ios::out;

/// The position; -1, where the buffer does not tell.
template <class CharT>
long long tell(std::basic_streambuf<CharT>& buf, ios::openmode which = both) {
    return static_cast<std::streamoff>(buf.pubseekoff(0, ios::cur, which));
}

template <class CharT>
long long seek(std::basic_streambuf<CharT>& buf, long long offset, ios::seekdir whence = ios::beg,
               ios::openmode which = both) {
    return static_cast<std::streamoff>(buf.pubseekoff(offset, whence, which));
}

/// seekpos(), which also buffers understand whose characters differ in size.
template <class CharT>
long long seek_to(std::basic_streambuf<CharT>& buf, long long position,
                  ios::openmode which = both) {
    return static_cast<std::streamoff>(buf.pubseekpos(std::streampos(position), which));
}

}  // namespace sluice::testing::conformance::words

#endif  // SLUICE_TESTING_CONFORMANCE_WORDS_HPP
