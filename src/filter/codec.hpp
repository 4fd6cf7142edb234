// codec: an encoding by its name, from bytes to characters and back, with no rule for what fits
// neither way.

#ifndef SLUICE_SRC_FILTER_CODEC_HPP
#define SLUICE_SRC_FILTER_CODEC_HPP

#include "utf8.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace sluice::detail {

/// Why a conversion stopped.
enum class stop {
    end,   // all has been converted
    room,  // the next character does not fit
    cut,   // the rest is the beginning of a character
    bad,   // what comes next is no character, or one that the encoding lacks
};

struct decoded {
    std::size_t consumed = 0;  // bytes
    std::size_t produced = 0;  // characters
    stop why = stop::end;
    std::size_t bad = 0;  // how many bytes are no character
};

struct encoded {
    std::size_t consumed = 0;  // characters
    stop why = stop::end;
    std::size_t bad = 0;     // how many characters are, or begin, the one that cannot be encoded
    char32_t character = 0;  // that one
};

/// What stands at `at`, where it cannot be encoded; or only begins a character.
[[nodiscard]] inline encoded unencodable_at(const char* text, std::size_t size, std::size_t at) {
    const utf8_character found = next_utf8(text + at, size - at, true);
    switch (found.what) {
    case utf8_character::kind::whole: return {at, stop::bad, found.size, found.value};
    case utf8_character::kind::cut: return {at, stop::cut, found.size, 0};
    case utf8_character::kind::bad: break;
    }
    return {at, stop::bad, 1, 0xDC00U | static_cast<unsigned char>(text[at])};
}

[[nodiscard]] inline encoded unencodable_at(const wchar_t* text, std::size_t /*size*/,
                                            std::size_t at) {
    return {at, stop::bad, 1, static_cast<char32_t>(text[at])};
}

/// Characters of char are UTF-8, in which a surrogate has three bytes, and a byte that is no UTF-8
/// stands for its escaped form (U+DC80 to U+DCFF). Characters of wchar_t are code points.
template <class CharT>
class codec {
public:
    codec() = default;
    codec(const codec&) = delete;
    codec& operator=(const codec&) = delete;
    virtual ~codec() = default;

    /// Converts whole characters, as far as both bytes and room go.
    virtual decoded decode(const char* from, std::size_t size, CharT* to, std::size_t room) = 0;

    /// After the last byte: what the converter still holds, for which the room suffices, and then
    /// holds no more. Returns: how many characters.
    virtual std::size_t drain(CharT* /*to*/, std::size_t /*room*/) { return 0; }

    /// Back to the state in which decoding begins; `at_front` where a byte order mark may come.
    virtual void restart_decoding(bool /*at_front*/) {}

    /// Appends the bytes of whole characters to `to`.
    virtual encoded encode(const CharT* from, std::size_t size, std::string& to) = 0;

    /// Appends what leads back to the initial shift state.
    virtual void unshift(std::string& /*to*/) {}

    /// What stands at the front of a file.
    [[nodiscard]] virtual std::string_view mark() const { return {}; }

    /// Whether the byte order is still to be learned from a byte order mark.
    [[nodiscard]] virtual bool needs_mark() const { return false; }

    /// Takes it from the front of the file instead; `front` may be short, or have none.
    virtual void learn_order(std::string_view /*front*/) {}

    /// Whether bytes mean nothing without those before them, however far back.
    [[nodiscard]] virtual bool stateful() const { return false; }

    /// How many bytes the shortest character has.
    [[nodiscard]] virtual std::size_t width() const { return 1; }

    /// Whether what is delivered is the bytes themselves, where all of them are characters.
    [[nodiscard]] virtual bool verbatim() const { return false; }
};

/// Returns: null where there is no encoding of that name.
template <class CharT>
[[nodiscard]] std::unique_ptr<codec<CharT>> make_codec(std::string_view name);

/// One of the system's converter. Returns: null where it has none of that name. `unit` is how many
/// bytes at a time are dropped where they are no character.
template <class CharT>
[[nodiscard]] std::unique_ptr<codec<CharT>> make_system_codec(const std::string& name,
                                                              std::size_t unit = 1);

}  // namespace sluice::detail

#endif  // SLUICE_SRC_FILTER_CODEC_HPP
