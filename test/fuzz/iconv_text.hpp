// Bytes to characters and back by iconv directly, all at once: what textbuf is compared with.

#ifndef FUZZ_ICONV_TEXT_HPP
#define FUZZ_ICONV_TEXT_HPP

#include <sluice/filter/text.hpp>
#include <sluice/mode.hpp>

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fuzz {

struct encoding {
    const char* name;            // as textbuf is told
    const char* system;          // as iconv is, without a mark
    std::size_t unit;            // what is dropped at once where it is no character
    std::string_view mark{};     // what may stand at the front
    const char* other = "";      // as iconv is told after the other mark
    std::string_view swapped{};  // which is that
    bool looks_ahead = false;    // a character waits for what may be combined with it
};

using std::string_view_literals::operator""sv;

inline constexpr std::array encodings = {
    encoding{"utf-8", "UTF-8", 0},  // 0: the longest part of a character
    encoding{"utf-8-sig", "UTF-8", 0, "\xEF\xBB\xBF"},
    encoding{"utf-16", "UTF-16LE", 2, "\xFF\xFE", "UTF-16BE", "\xFE\xFF"},
    encoding{"utf-16-le", "UTF-16LE", 2},
    encoding{"utf-16-be", "UTF-16BE", 2},
    encoding{"utf-32", "UTF-32LE", 4, "\xFF\xFE\0\0"sv, "UTF-32BE", "\0\0\xFE\xFF"sv},
    encoding{"utf-32-be", "UTF-32BE", 4},
    encoding{"latin-1", "ISO-8859-1", 1},
    encoding{"ascii", "ASCII", 1},
    encoding{"cp1252", "CP1252", 1},
    encoding{"shift_jis", "SHIFT_JIS", 1},
    encoding{"euc-jp", "EUC-JP", 1},
    encoding{"gb18030", "GB18030", 1},
    encoding{"iso-2022-jp", "ISO-2022-JP", 1},
    encoding{.name = "big5-hkscs", .system = "BIG5-HKSCS", .unit = 1, .looks_ahead = true},
    encoding{.name = "tcvn", .system = "TCVN", .unit = 1, .looks_ahead = true},
    encoding{.name = "cp1255", .system = "CP1255", .unit = 1, .looks_ahead = true},
    encoding{.name = "cp1258", .system = "CP1258", .unit = 1, .looks_ahead = true},
};

/// A converter of the system's, kept from one execution to the next.
class iconv_converter {
public:
    static iconv_converter& of(const std::string& to, const std::string& from) {
        static std::map<std::pair<std::string, std::string>, iconv_converter> all;
        return all.try_emplace({to, from}, to, from).first->second;
    }

    iconv_converter(const std::string& to, const std::string& from)
        : handle_(iconv_open(to.c_str(), from.c_str())) {
        // NOLINTNEXTLINE(performance-no-int-to-ptr): POSIX's own value
        if (handle_ == reinterpret_cast<iconv_t>(std::intptr_t(-1))) {
            throw std::runtime_error("iconv has no " + from + " to " + to);
        }
    }
    iconv_converter(const iconv_converter&) = delete;
    iconv_converter& operator=(const iconv_converter&) = delete;
    ~iconv_converter() { iconv_close(handle_); }

    void restart() { iconv(handle_, nullptr, nullptr, nullptr, nullptr); }

    /// Appends to `result` what the front of `bytes` is, and takes that away.
    ///
    /// Returns: 0, EILSEQ or EINVAL.
    int convert(std::string_view& bytes, std::string& result) {
        for (;;) {
            char scratch[512];
            char* to = scratch;
            std::size_t room = sizeof(scratch);
            auto* from = const_cast<char*>(bytes.data());
            std::size_t left = bytes.size();
            const bool whole = iconv(handle_, &from, &left, &to, &room) != std::size_t(-1);
            const int error = whole ? 0 : errno;
            bytes.remove_prefix(bytes.size() - left);
            result.append(scratch, to);
            if (error != E2BIG) {
                return error;
            }
        }
    }

    /// Appends what it has held back, and what leads to the initial state.
    void finish(std::string& result) {
        char scratch[64];
        char* to = scratch;
        std::size_t room = sizeof(scratch);
        iconv(handle_, nullptr, nullptr, &to, &room);
        result.append(scratch, to);
    }

private:
    iconv_t handle_;
};

/// In hexadecimal digits, `digits` or more.
inline std::string hex(std::uint32_t value, std::size_t digits) {
    std::string text;
    for (; value != 0 || text.size() < digits; value >>= 4U) {
        text.insert(text.begin(), "0123456789abcdef"[value & 0xFU]);
    }
    return text;
}

// -- reading ----------------------------------------------------------------------------------

struct decoded_text {
    std::u32string text;
    std::optional<std::size_t> failed_at;  // the byte
};

class text_decoding {
public:
    text_decoding(const encoding& how, sluice::encoding_errors errors)
        : how_(how), errors_(errors) {}

    decoded_text operator()(std::string_view bytes) {
        std::string_view rest = bytes;
        iconv_converter* converter = choose(rest);
        if (converter == nullptr && rest.size() >= how_.unit) {
            return {{}, 0};  // the mark is missing, whatever is done with bad characters
        }
        decoded_text result;
        std::string raw;
        while (!rest.empty()) {
            const int error = converter != nullptr ? converter->convert(rest, raw) : EINVAL;
            if (error != 0 && how_.looks_ahead) {
                converter->finish(raw);
            }
            if (error != 0 && !stand_in(rest, error, raw)) {
                result.failed_at = bytes.size() - rest.size();
                break;
            }
        }
        if (converter != nullptr && !result.failed_at) {
            converter->finish(raw);
        }
        for (std::size_t i = 0; i + 4 <= raw.size(); i += 4) {
            result.text += code_point(raw.data() + i);
        }
        return result;
    }

private:
    static constexpr const char* internal = "UTF-32LE";

    static char32_t code_point(const char* bytes) {
        char32_t result = 0;
        for (int i = 3; i >= 0; --i) {
            result = result << 8 | static_cast<unsigned char>(bytes[i]);
        }
        return result;
    }

    static void append(std::string& raw, char32_t character) {
        for (int i = 0; i < 4; ++i) {
            raw += static_cast<char>(character >> (8 * i) & 0xFF);
        }
    }

    // Takes the mark away. Null: it is missing.
    iconv_converter* choose(std::string_view& rest) {
        const bool swapped = !how_.swapped.empty() && rest.starts_with(how_.swapped);
        const bool marked = !how_.mark.empty() && rest.starts_with(how_.mark);
        if (!how_.swapped.empty() && !rest.empty() && !swapped && !marked) {
            return nullptr;
        }
        rest.remove_prefix(swapped || marked ? how_.mark.size() : 0);
        name_ = swapped ? how_.other : how_.system;
        iconv_converter& result = iconv_converter::of(internal, name_);
        result.restart();
        return &result;
    }

    // How many bytes at the front are no character: in UTF-8 as many as could have begun one.
    [[nodiscard]] std::size_t bad_size(std::string_view rest, int error) const {
        if (how_.unit != 0) {
            return error == EINVAL ? rest.size() : std::min(how_.unit, rest.size());
        }
        std::size_t size = std::min<std::size_t>(rest.size(), 3);
        while (size > 1 && !begins_character(rest.substr(0, size))) {
            --size;
        }
        return size;
    }

    // Whether there is a character that the part begins. (iconv also waits for the rest of some
    // that do not exist.)
    [[nodiscard]] bool begins_character(std::string_view part) const {
        iconv_converter& another = iconv_converter::of("UTF-32BE", name_);
        for (std::size_t more = 1; part.size() + more <= 4; ++more) {
            for (const char end : {'\x80', '\xBF'}) {
                const std::string whole = std::string(part) + std::string(more, end);
                std::string_view left = whole;
                std::string result;
                another.restart();
                if (another.convert(left, result) == 0 && result.size() == 4) {
                    return true;
                }
            }
        }
        return false;
    }

    // Puts what stands for the bad bytes, and takes those away. false: nothing does.
    bool stand_in(std::string_view& rest, int error, std::string& raw) {
        using sluice::encoding_errors;
        const std::string_view bad = rest.substr(0, bad_size(rest, error));
        std::size_t taken = bad.size();
        switch (errors_) {
        case encoding_errors::strict:
        case encoding_errors::xmlcharrefreplace: return false;
        case encoding_errors::ignore: break;
        case encoding_errors::replace: append(raw, 0xFFFD); break;
        case encoding_errors::backslashreplace:
            for (const char byte : bad) {
                for (const char c : "\\x" + hex(static_cast<unsigned char>(byte), 2)) {
                    append(raw, static_cast<char32_t>(c));
                }
            }
            break;
        case encoding_errors::surrogateescape:
            if (how_.unit > 1) {
                return false;
            }
            taken = 0;
            while (taken < bad.size() && static_cast<unsigned char>(bad[taken]) >= 0x80) {
                append(raw, 0xDC00U + static_cast<unsigned char>(bad[taken++]));
            }
            if (taken == 0) {
                return false;
            }
            break;
        }
        rest.remove_prefix(taken);
        return true;
    }

    const encoding& how_;
    sluice::encoding_errors errors_;
    std::string name_;
};

/// As a reader sees it.
inline std::u32string read_lines(const std::u32string& text, sluice::newline rule) {
    if (rule != sluice::newline::universal) {
        return text;
    }
    std::u32string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == U'\r') {
            i += i + 1 < text.size() && text[i + 1] == U'\n' ? 1 : 0;
            result += U'\n';
        } else {
            result += text[i];
        }
    }
    return result;
}

// -- writing ----------------------------------------------------------------------------------

class text_encoding {
public:
    text_encoding(const encoding& how, sluice::encoding_errors errors, sluice::newline lines)
        : how_(how), errors_(errors), lines_(lines) {}

    /// Adds the text, or nothing of it. Returns: whether it can be encoded.
    bool add(const std::u32string& text) {
        pieces all;
        for (const char32_t c : text) {
            if (c == U'\n' && lines_ == sluice::newline::crlf) {
                all.push_back({U"\r\n", {}});
            } else if (c == U'\n' && lines_ == sluice::newline::cr) {
                all.push_back({U"\r", {}});
            } else if (encodable(std::u32string(1, c)) || joins(all, c)) {
                all.push_back({std::u32string(1, c), {}});
            } else if (!stand_in(c, all)) {
                return false;
            }
        }
        has_written_ = has_written_ || !text.empty();
        pieces_.insert(pieces_.end(), all.begin(), all.end());
        return true;
    }

    /// All of it.
    [[nodiscard]] std::string bytes() const {
        iconv_converter& converter = fresh();
        std::string result(has_written_ ? how_.mark : std::string_view());
        for (const piece& each : pieces_) {
            convert(converter, each.text, result);
            if (each.text.empty() && how_.looks_ahead) {
                converter.finish(result);
            }
            result += each.byte;
        }
        converter.finish(result);
        return result;
    }

private:
    struct piece {
        std::u32string text;  // none: nothing before it is joined with what comes next
        std::string byte{};   // as it is
    };
    using pieces = std::vector<piece>;

    [[nodiscard]] iconv_converter& fresh() const {
        iconv_converter& result = iconv_converter::of(how_.system, "WCHAR_T");
        result.restart();
        return result;
    }

    static bool convert(iconv_converter& converter, const std::u32string& text,
                        std::string& result) {
        const std::wstring wide(text.begin(), text.end());
        std::string_view rest(reinterpret_cast<const char*>(wide.data()),
                              wide.size() * sizeof(wchar_t));
        return converter.convert(rest, result) == 0;
    }

    // What it is; empty also where that is what iconv drops without a word.
    [[nodiscard]] std::string encoded(const std::u32string& text) const {
        iconv_converter& converter = fresh();
        std::string result;
        const bool converted = convert(converter, text, result);
        converter.finish(result);
        return converted ? result : std::string();
    }

    [[nodiscard]] bool encodable(const std::u32string& text) const {
        return !encoded(text).empty();
    }

    // Whether it is encoded together with the one before it, as two marks in BIG5-HKSCS are.
    [[nodiscard]] bool joins(const pieces& all, char32_t c) const {
        const pieces& before = all.empty() ? pieces_ : all;
        if (before.empty() || before.back().text.size() != 1) {
            return false;
        }
        const std::string both = encoded(before.back().text + c);
        return !both.empty() && both != encoded(before.back().text);
    }

    bool stand_in(char32_t c, pieces& all) const {
        using sluice::encoding_errors;
        const auto value = static_cast<std::uint32_t>(c);
        std::string text;
        switch (errors_) {
        case encoding_errors::strict: return false;
        case encoding_errors::ignore: all.push_back({}); return true;
        case encoding_errors::replace: text = "?"; break;
        case encoding_errors::backslashreplace:
            text = value < 0x100     ? "\\x" + hex(value, 2)
                   : value < 0x10000 ? "\\u" + hex(value, 4)
                                     : "\\U" + hex(value, 8);
            break;
        case encoding_errors::xmlcharrefreplace: text = "&#" + std::to_string(value) + ";"; break;
        case encoding_errors::surrogateescape:
            if (value < 0xDC80 || value > 0xDCFF || how_.unit > 1) {
                return false;
            }
            all.push_back({{}, std::string(1, static_cast<char>(value & 0xFF))});
            return true;
        }
        const std::u32string wide(text.begin(), text.end());
        all.push_back({wide, {}});
        return encodable(wide);
    }

    const encoding& how_;
    sluice::encoding_errors errors_;
    sluice::newline lines_;
    pieces pieces_;
    bool has_written_ = false;
};

}  // namespace fuzz

#endif  // FUZZ_ICONV_TEXT_HPP
