#include "text_encoder.hpp"

#include <sluice/detail/newline.hpp>

#include "utf8.hpp"

#include <cstdio>
#include <utility>

namespace sluice::detail {
namespace {

std::string hexadecimal(char32_t value, int digits) {
    char text[16];
    std::snprintf(text, sizeof(text), "%0*x", digits, static_cast<unsigned>(value));
    return text;
}

std::string backslashed(char32_t character) {
    if (character < 0x100) {
        return "\\x" + hexadecimal(character, 2);
    }
    return character < 0x10000 ? "\\u" + hexadecimal(character, 4)
                               : "\\U" + hexadecimal(character, 8);
}

}  // namespace

template <class CharT>
void text_encoder<CharT>::put_mark() {
    if (std::exchange(mark_due_, false)) {
        bytes_ += codec_->mark();
    }
}

template <class CharT>
std::error_code text_encoder<CharT>::encode(view_type text) {
    const std::size_t before = bytes_.size();
    const std::basic_string<CharT> part = part_;
    if (codec_->stateful()) {
        // A failure cannot be undone in the converter, so another one is tried first.
        if (another_ == nullptr) {
            another_ = make_another_();
        }
        const std::error_code code = encode_lines(text, *another_, true);
        bytes_.resize(before);
        part_ = part;
        if (code) {
            another_.reset();
            return code;
        }
    }
    const std::error_code code = encode_lines(text, *codec_, true);
    if (code) {
        bytes_.resize(before);
        part_ = part;
    }
    return code;
}

template <class CharT>
std::error_code text_encoder<CharT>::encode_what_can_be(view_type text) {
    return encode_lines(text, *codec_, false);
}

template <class CharT>
std::error_code text_encoder<CharT>::encode_lines(view_type text, codec<CharT>& with, bool all) {
    const bool ends_change = newlines_ == newline::cr || newlines_ == newline::crlf;
    if (ends_change && text.find(CharT('\n')) != text.npos) {
        const std::basic_string<CharT> translated = translate(text, newlines_);
        return encode_characters(translated, with, all);
    }
    return encode_characters(text, with, all);
}

template <class CharT>
std::error_code text_encoder<CharT>::encode_characters(view_type text, codec<CharT>& with,
                                                       bool all) {
    std::basic_string<CharT> joined;
    if (!part_.empty()) {
        joined = std::exchange(part_, {}) + std::basic_string<CharT>(text);
        text = joined;
    }
    std::error_code failed;
    while (!text.empty()) {
        const encoded done = with.encode(text.data(), text.size(), bytes_);
        text.remove_prefix(done.consumed);
        if (done.why == stop::end) {
            break;
        }
        if (done.why == stop::cut) {
            part_ = text;
            break;
        }
        if (!put_stand_in(done.character, with)) {
            fail_on(text.substr(0, done.bad));
            failed = errc::bad_encoding;
            if (all) {
                break;
            }
        }
        text.remove_prefix(done.bad);
    }
    return failed;
}

// false: nothing stands for it.
template <class CharT>
bool text_encoder<CharT>::put_stand_in(char32_t character, codec<CharT>& with) {
    std::string text;
    switch (errors_) {
    case encoding_errors::strict: return false;
    case encoding_errors::ignore: return true;
    case encoding_errors::replace: text = "?"; break;
    case encoding_errors::backslashreplace: text = backslashed(character); break;
    case encoding_errors::xmlcharrefreplace:
        text = "&#" + std::to_string(static_cast<unsigned>(character)) + ";";
        break;
    case encoding_errors::surrogateescape:
        if (!is_escaped_byte(character) || with.width() != 1) {
            return false;
        }
        bytes_.push_back(static_cast<char>(character & 0xFF));
        return true;
    }
    const std::basic_string<CharT> wide(text.begin(), text.end());
    return with.encode(wide.data(), wide.size(), bytes_).why == stop::end;
}

template <class CharT>
void text_encoder<CharT>::fail_on(view_type character) {
    failure_.clear();
    for (const CharT c : character) {
        failure_ += failure_.empty() ? "" : " ";
        failure_ += sizeof(CharT) == 1 ? hexadecimal(static_cast<unsigned char>(c), 2)
                                       : "U+" + hexadecimal(static_cast<char32_t>(c), 4);
    }
}

template <class CharT>
std::error_code text_encoder<CharT>::finish() {
    std::error_code failed;
    if (!part_.empty()) {
        const std::basic_string<CharT> part = std::exchange(part_, {});
        for (const CharT c : part) {
            const auto byte = static_cast<char32_t>(static_cast<unsigned char>(c));
            if (!put_stand_in(0xDC00U | byte, *codec_)) {
                fail_on(part);
                failed = errc::bad_encoding;
                break;
            }
        }
    }
    codec_->unshift(bytes_);
    return failed;
}

template class text_encoder<char>;
template class text_encoder<wchar_t>;

}  // namespace sluice::detail
