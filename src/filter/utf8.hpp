// UTF-8, one character at a time, and ASCII by the word.

#ifndef SLUICE_SRC_FILTER_UTF8_HPP
#define SLUICE_SRC_FILTER_UTF8_HPP

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>

namespace sluice::detail {

constexpr char32_t replacement_character = 0xFFFD;

[[nodiscard]] constexpr bool is_surrogate(char32_t character) noexcept {
    return character >= 0xD800 && character <= 0xDFFF;
}

/// Whether `character` stands for a byte that was none ("surrogateescape").
[[nodiscard]] constexpr bool is_escaped_byte(char32_t character) noexcept {
    return character >= 0xDC80 && character <= 0xDCFF;
}

/// How many characters at the front are ASCII.
[[nodiscard]] inline std::size_t ascii_prefix(const char* text, std::size_t size) noexcept {
    constexpr std::uint64_t high_bits = 0x8080808080808080;
    std::size_t done = 0;
    for (; size - done >= 32; done += 32) {
        std::uint64_t words[4];
        std::memcpy(words, text + done, sizeof(words));
        if (((words[0] | words[1] | words[2] | words[3]) & high_bits) != 0) {
            break;
        }
    }
    for (; size - done >= 8; done += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, text + done, sizeof(word));
        if ((word & high_bits) != 0) {
            const int bits = std::endian::native == std::endian::little
                                 ? std::countr_zero(word & high_bits)
                                 : std::countl_zero(word & high_bits);
            return done + static_cast<std::size_t>(bits) / 8;
        }
    }
    while (done < size && static_cast<unsigned char>(text[done]) < 0x80) {
        ++done;
    }
    return done;
}

/// What stands at the front of some bytes.
struct utf8_character {
    enum class kind { whole, cut, bad };

    kind what = kind::bad;
    char32_t value = 0;    // of a whole one
    std::size_t size = 0;  // of a bad one: the longest part that could have begun a character
};

/// Source: Unicode 15, table 3-7 and "substitution of maximal subparts". With `surrogates`, the
/// three bytes of a surrogate are a character too.
[[nodiscard]] inline utf8_character next_utf8(const char* text, std::size_t size,
                                              bool surrogates = false) noexcept {
    using kind = utf8_character::kind;
    const auto byte = [text](std::size_t at) { return static_cast<unsigned char>(text[at]); };
    const unsigned lead = byte(0);
    if (lead < 0x80) {
        return {kind::whole, lead, 1};
    }
    if (lead < 0xC2 || lead > 0xF4) {
        return {kind::bad, 0, 1};
    }
    // Most characters of most texts, without a loop.
    if (lead < 0xE0 && size >= 2 && (byte(1) & 0xC0U) == 0x80) {
        return {kind::whole, (lead & 0x1FU) << 6 | (byte(1) & 0x3FU), 2};
    }
    if (lead > 0xE0 && lead < 0xED && size >= 3 && (byte(1) & 0xC0U) == 0x80 &&
        (byte(2) & 0xC0U) == 0x80) {
        return {kind::whole, (lead & 0x0FU) << 12 | (byte(1) & 0x3FU) << 6 | (byte(2) & 0x3FU), 3};
    }
    const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    const unsigned lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    const unsigned highest = lead == 0xED && !surrogates ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    char32_t value = lead & (0xFFU >> (length + 1));
    for (std::size_t at = 1; at < length; ++at) {
        if (at == size) {
            return {kind::cut, 0, size};
        }
        const unsigned next = byte(at);
        if (next < (at == 1 ? lowest : 0x80) || next > (at == 1 ? highest : 0xBF)) {
            return {kind::bad, 0, at};
        }
        value = value << 6 | (next & 0x3F);
    }
    return {kind::whole, value, length};
}

/// Writes the bytes of `value`, a surrogate's included. Returns: how many, at most 4.
inline std::size_t put_utf8(char32_t value, char* target) noexcept {
    if (value < 0x80) {
        *target = static_cast<char>(value);
        return 1;
    }
    const std::size_t length = value < 0x800 ? 2 : value < 0x10000 ? 3 : 4;
    for (std::size_t at = length - 1; at > 0; --at) {
        target[at] = static_cast<char>(0x80 | (value & 0x3F));
        value >>= 6;
    }
    target[0] = static_cast<char>((0xF00U >> length & 0xFFU) | value);
    return length;
}

/// Appends `value` in `digits` hexadecimal digits, or as many as it takes.
template <class CharT>
void append_hex(std::basic_string<CharT>& text, char32_t value, int digits) {
    constexpr const char* figures = "0123456789abcdef";
    while (digits < 8 && value >> (4 * digits) != 0) {
        ++digits;
    }
    while (digits-- > 0) {
        text.push_back(static_cast<CharT>(figures[value >> (4 * digits) & 15]));
    }
}

}  // namespace sluice::detail

#endif  // SLUICE_SRC_FILTER_UTF8_HPP
