#include "codec.hpp"

#include "utf8.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <iterator>
#include <type_traits>

namespace sluice::detail {
namespace {

// How much of `text` is whole characters, and why no more.
decoded valid_prefix(const char* text, std::size_t size) {
    using kind = utf8_character::kind;
    std::size_t done = 0;
    while (done < size) {
        if (static_cast<unsigned char>(text[done]) < 0x80) {
            done += ascii_prefix(text + done, size - done);
            continue;
        }
        const utf8_character next = next_utf8(text + done, size - done);
        if (next.what != kind::whole) {
            return {done, done, next.what == kind::cut ? stop::cut : stop::bad, next.size};
        }
        done += next.size;
    }
    return {done, done};
}

// Copies the ASCII at the front, and tells how much that is.
std::size_t copy_ascii(const char* from, std::size_t size, char* to) {
    const std::size_t count = ascii_prefix(from, size);
    std::copy_n(from, count, to);
    return count;
}

std::size_t copy_ascii(const char* from, std::size_t size, wchar_t* to) {
    constexpr std::size_t step = 16;
    const std::size_t count = ascii_prefix(from, size);
    std::size_t done = 0;
    for (; count - done >= step; done += step) {
        // Of a known length, and with nothing to alias, so that it becomes vector code.
        unsigned char narrow[step];
        wchar_t wide[step];
        std::memcpy(narrow, from + done, sizeof(narrow));
        for (std::size_t i = 0; i < step; ++i) {
            wide[i] = narrow[i];
        }
        std::memcpy(to + done, wide, sizeof(wide));
    }
    for (; done < count; ++done) {
        to[done] = static_cast<wchar_t>(from[done]);
    }
    return count;
}

template <class CharT>
class utf8_codec;

template <>
class utf8_codec<char> final : public codec<char> {
public:
    decoded decode(const char* from, std::size_t size, char* to, std::size_t room) override {
        decoded result = valid_prefix(from, std::min(size, room));
        if (result.why == stop::cut && size > room) {
            const utf8_character next = next_utf8(from + result.consumed, size - result.consumed);
            // It is cut by the room, unless it is none, or by both.
            if (next.what == utf8_character::kind::bad) {
                result.why = stop::bad;
                result.bad = next.size;
            } else if (next.what == utf8_character::kind::whole) {
                result.why = stop::room;
            }
        } else if (result.why == stop::end && size > room) {
            result.why = stop::room;
        }
        std::copy_n(from, result.produced, to);
        return result;
    }

    encoded encode(const char* from, std::size_t size, std::string& to) override {
        const decoded valid = valid_prefix(from, size);
        to.append(from, valid.consumed);
        if (valid.why != stop::bad) {
            return {valid.consumed, valid.why, valid.bad, 0};
        }
        return unencodable_at(from, size, valid.consumed);
    }

    [[nodiscard]] bool verbatim() const override { return true; }
};

template <>
class utf8_codec<wchar_t> final : public codec<wchar_t> {
public:
    decoded decode(const char* from, std::size_t size, wchar_t* to, std::size_t room) override {
        using kind = utf8_character::kind;
        decoded done;
        while (done.consumed < size) {
            if (done.produced == room) {
                done.why = stop::room;
                return done;
            }
            const char* const next = from + done.consumed;
            if (static_cast<unsigned char>(*next) < 0x80) {
                const std::size_t ascii = copy_ascii(
                    next, std::min(size - done.consumed, room - done.produced), to + done.produced);
                done.consumed += ascii;
                done.produced += ascii;
                continue;
            }
            const utf8_character found = next_utf8(next, size - done.consumed);
            if (found.what != kind::whole) {
                done.why = found.what == kind::cut ? stop::cut : stop::bad;
                done.bad = found.size;
                return done;
            }
            to[done.produced++] = static_cast<wchar_t>(found.value);
            done.consumed += found.size;
        }
        return done;
    }

    encoded encode(const wchar_t* from, std::size_t size, std::string& to) override {
        char scratch[1024];
        std::size_t used = 0;
        for (std::size_t at = 0; at < size; ++at) {
            const auto character = static_cast<char32_t>(from[at]);
            if (is_surrogate(character) || character > 0x10FFFF) {
                to.append(scratch, used);
                return unencodable_at(from, size, at);
            }
            if (used > sizeof(scratch) - 4) {
                to.append(scratch, used);
                used = 0;
            }
            used += put_utf8(character, scratch + used);
        }
        to.append(scratch, used);
        return {size};
    }
};

template <class CharT>
class ascii_codec final : public codec<CharT> {
public:
    decoded decode(const char* from, std::size_t size, CharT* to, std::size_t room) override {
        const std::size_t done = copy_ascii(from, std::min(size, room), to);
        if (done == std::min(size, room)) {
            return {done, done, size > room ? stop::room : stop::end};
        }
        return {done, done, stop::bad, 1};
    }

    encoded encode(const CharT* from, std::size_t size, std::string& to) override {
        if constexpr (std::is_same_v<CharT, char>) {
            const std::size_t done = ascii_prefix(from, size);
            to.append(from, done);
            return done == size ? encoded{size} : unencodable_at(from, size, done);
        } else {
            const auto* const end = std::find_if(from, from + size, [](wchar_t character) {
                return static_cast<char32_t>(character) >= 0x80;
            });
            const auto done = static_cast<std::size_t>(end - from);
            std::transform(from, end, std::back_inserter(to),
                           [](wchar_t character) { return static_cast<char>(character); });
            return done == size ? encoded{size} : unencodable_at(from, size, done);
        }
    }

    [[nodiscard]] bool verbatim() const override { return std::is_same_v<CharT, char>; }
};

/// UTF-8 whose front may have a byte order mark, which is not delivered.
template <class CharT>
class utf8_sig_codec final : public codec<CharT> {
public:
    decoded decode(const char* from, std::size_t size, CharT* to, std::size_t room) override {
        const std::size_t skipped = at_front_ ? mark_size(from, size) : 0;
        if (skipped == unknown) {
            return {0, 0, stop::cut};
        }
        at_front_ = at_front_ && size == 0;
        decoded result = plain_.decode(from + skipped, size - skipped, to, room);
        result.consumed += skipped;
        return result;
    }
    void restart_decoding(bool at_front) override { at_front_ = at_front; }
    encoded encode(const CharT* from, std::size_t size, std::string& to) override {
        return plain_.encode(from, size, to);
    }
    [[nodiscard]] std::string_view mark() const override { return "\xEF\xBB\xBF"; }

private:
    static constexpr auto unknown = static_cast<std::size_t>(-1);

    std::size_t mark_size(const char* from, std::size_t size) const {
        const std::size_t part = std::min(size, mark().size());
        if (std::string_view(from, part) != mark().substr(0, part)) {
            return 0;
        }
        return part == mark().size() ? part : size == 0 ? 0 : unknown;
    }

    utf8_codec<CharT> plain_;
    bool at_front_ = true;
};

/// UTF-16 or UTF-32 that begins with a byte order mark; written in the machine's order, or in that
/// of what was read.
template <class CharT>
class marked_codec final : public codec<CharT> {
public:
    explicit marked_codec(std::size_t width)
        : width_(width),
          little_(make_system_codec<CharT>(width == 2 ? "UTF-16LE" : "UTF-32LE", width)),
          big_(make_system_codec<CharT>(width == 2 ? "UTF-16BE" : "UTF-32BE", width)) {}

    [[nodiscard]] bool valid() const { return little_ != nullptr && big_ != nullptr; }

    decoded decode(const char* from, std::size_t size, CharT* to, std::size_t room) override {
        std::size_t skipped = 0;
        if (at_front_ && size != 0) {
            if (size < width_) {
                return {0, 0, stop::cut};
            }
            if (!learn(std::string_view(from, size))) {
                return {0, 0, stop::bad, 0};  // whatever is done with bad characters
            }
            at_front_ = false;
            skipped = width_;
        }
        decoded result = actual().decode(from + skipped, size - skipped, to, room);
        result.consumed += skipped;
        return result;
    }

    void restart_decoding(bool at_front) override {
        at_front_ = at_front;
        little_->restart_decoding(false);
        big_->restart_decoding(false);
    }

    encoded encode(const CharT* from, std::size_t size, std::string& to) override {
        return actual().encode(from, size, to);
    }

    [[nodiscard]] std::string_view mark() const override { return mark_of(order_); }
    [[nodiscard]] std::size_t width() const override { return width_; }
    [[nodiscard]] bool needs_mark() const override { return !known_ && !at_front_; }
    void learn_order(std::string_view front) override {
        static_cast<void>(learn(front));
        known_ = true;
    }

private:
    [[nodiscard]] std::string_view mark_of(std::endian order) const {
        using std::string_view_literals::operator""sv;
        const bool little = order == std::endian::little;
        if (width_ == 2) {
            return little ? "\xFF\xFE"sv : "\xFE\xFF"sv;
        }
        return little ? "\xFF\xFE\0\0"sv : "\0\0\xFE\xFF"sv;
    }

    bool learn(std::string_view front) {
        const std::string_view mark = front.substr(0, width_);
        const bool little = mark == mark_of(std::endian::little);
        if (!little && mark != mark_of(std::endian::big)) {
            return false;
        }
        order_ = little ? std::endian::little : std::endian::big;
        known_ = true;
        return true;
    }

    codec<CharT>& actual() { return order_ == std::endian::little ? *little_ : *big_; }

    std::size_t width_;
    std::unique_ptr<codec<CharT>> little_;
    std::unique_ptr<codec<CharT>> big_;
    std::endian order_ = std::endian::native;
    bool known_ = false;
    bool at_front_ = true;
};

// The letters and digits of a name, as nobody agrees on what stands between them.
std::string key_of(std::string_view name) {
    std::string key;
    for (const char c : name) {
        // Not std::isalnum() and std::tolower(), which follow the locale.
        if (c >= 'A' && c <= 'Z') {
            key.push_back(static_cast<char>(c - 'A' + 'a'));
        } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
            key.push_back(c);
        }
    }
    return key;
}

template <class CharT>
std::unique_ptr<codec<CharT>> make_marked(std::size_t width) {
    auto result = std::make_unique<marked_codec<CharT>>(width);
    if (!result->valid()) {
        return nullptr;
    }
    return result;
}

// Under the name given, or under one with the punctuation that the system prefers.
template <class CharT>
std::unique_ptr<codec<CharT>> find_system_codec(std::string_view name, const std::string& key) {
    std::string hyphenated(name);
    std::replace(hyphenated.begin(), hyphenated.end(), '_', '-');
    const std::string candidates[] = {std::string(name), hyphenated, key};
    for (const std::string& candidate : candidates) {
        if (key.empty()) {
            break;  // iconv takes an empty name for the locale's encoding
        }
        if (auto found = make_system_codec<CharT>(candidate)) {
            return found;
        }
    }
    return nullptr;
}

}  // namespace

template <class CharT>
std::unique_ptr<codec<CharT>> make_codec(std::string_view name) {
    // A slash would begin an option of iconv's, and a NUL would hide one.
    if (name.empty() || name.find('/') != std::string_view::npos ||
        name.find('\0') != std::string_view::npos) {
        return nullptr;
    }
    const std::string key = key_of(name);
    if (key == "utf8" || key == "u8") {
        return std::make_unique<utf8_codec<CharT>>();
    }
    if (key == "utf8sig") {
        return std::make_unique<utf8_sig_codec<CharT>>();
    }
    if (key == "ascii" || key == "usascii" || key == "646") {
        return std::make_unique<ascii_codec<CharT>>();
    }
    if (key == "utf16" || key == "u16") {
        return make_marked<CharT>(2);
    }
    if (key == "utf32" || key == "u32") {
        return make_marked<CharT>(4);
    }
    for (const std::string_view order : {"LE", "BE"}) {
        const std::string suffix(order == "LE" ? "le" : "be");
        if (key == "utf16" + suffix) {
            return make_system_codec<CharT>("UTF-16" + std::string(order), 2);
        }
        if (key == "utf32" + suffix) {
            return make_system_codec<CharT>("UTF-32" + std::string(order), 4);
        }
    }
    return find_system_codec<CharT>(name, key);
}

template std::unique_ptr<codec<char>> make_codec(std::string_view);
template std::unique_ptr<codec<wchar_t>> make_codec(std::string_view);

}  // namespace sluice::detail
