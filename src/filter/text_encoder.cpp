#include "text_encoder.hpp"

#include <sluice/detail/newline.hpp>

#include "utf8.hpp"

#include <utility>

namespace sluice::detail {
namespace {

constexpr std::size_t piece_size = 4096;

std::string backslashed(char32_t character) {
    const bool short_form = character < 0x10000;
    std::string text = character < 0x100 ? "\\x" : short_form ? "\\u" : "\\U";
    append_hex(text, character, character < 0x100 ? 2 : short_form ? 4 : 8);
    return text;
}

}  // namespace

template <class CharT>
void text_encoder<CharT>::put_mark() {
    if (std::exchange(mark_due_, false)) {
        bytes_ += codec_->mark();
    }
}

// Brings all back to where it was, unless it is kept.
template <class CharT>
class text_encoder<CharT>::undo {
public:
    explicit undo(text_encoder& of)
        : of_(of), size_(of.bytes_.size()), part_(of.part_), mark_due_(of.mark_due_) {}
    undo(const undo&) = delete;
    undo& operator=(const undo&) = delete;
    ~undo() {
        if (!kept_) {
            of_.bytes_.resize(size_);  // which it had
            of_.part_.swap(part_);
            of_.mark_due_ = mark_due_;
        }
    }

    void keep() noexcept { kept_ = true; }

    // What no character begins with is not tried again.
    void forget_part() noexcept { part_.clear(); }

private:
    text_encoder& of_;
    std::size_t size_;
    std::basic_string<CharT> part_;
    bool mark_due_;
    bool kept_ = false;
};

template <class CharT>
std::error_code text_encoder<CharT>::encode(view_type text) {
    undo before(*this);
    if (codec_->stateful()) {
        // A failure cannot be undone in the converter, so another one is tried first.
        if (another_ == nullptr) {
            another_ = make_another_();
        }
        std::unique_ptr<codec<CharT>> another = std::exchange(another_, nullptr);
        const undo trial(*this);
        if (const std::error_code code = encode_lines(text, *another, true)) {
            if (part_failed_) {
                before.forget_part();
            }
            return code;
        }
        another_ = std::move(another);
    }
    put_mark();
    const std::error_code code = encode_lines(text, *codec_, true);
    if (!code) {
        before.keep();
    } else if (part_failed_) {
        before.forget_part();
    }
    return code;
}

template <class CharT>
std::error_code text_encoder<CharT>::encode_what_can_be(view_type text) {
    undo before(*this);
    if (codec_->stateful()) {
        // The converter, which has gone on, could not be told that there is no memory.
        bytes_.reserve(bytes_.size() + 8 * text.size() + piece_size);
    }
    put_mark();
    const std::error_code code = encode_lines(text, *codec_, false);
    before.keep();
    return code;
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
    const std::size_t size = text.size();  // without what comes from before
    std::basic_string<CharT> joined;
    if (!part_.empty()) {
        joined.reserve(part_.size() + text.size());
        joined.append(part_).append(text);
        part_.clear();
        text = joined;
    }
    std::error_code failed;
    while (!text.empty()) {
        // In pieces, or what comes after a bad character would be looked at for each of them.
        const view_type piece = text.substr(0, piece_size);
        const encoded done = with.encode(piece.data(), piece.size(), bytes_);
        const bool is_rest = piece.size() == text.size();
        text.remove_prefix(done.consumed);
        if (done.why == stop::end || (done.why == stop::cut && !is_rest)) {
            continue;
        }
        if (done.why == stop::cut) {
            part_ = text;
            break;
        }
        if (!put_stand_in(done.character, with)) {
            fail_on(text.substr(0, done.bad));
            failed = errc::bad_encoding;
            part_failed_ = text.size() > size;
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
        if (sizeof(CharT) == 1) {
            append_hex(failure_, static_cast<unsigned char>(c), 2);
        } else {
            append_hex(failure_ += "U+", static_cast<char32_t>(c), 4);
        }
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
