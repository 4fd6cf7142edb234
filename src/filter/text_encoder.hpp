// text_encoder: from characters, in whatever pieces they come, to bytes that wait to be written.

#ifndef SLUICE_SRC_FILTER_TEXT_ENCODER_HPP
#define SLUICE_SRC_FILTER_TEXT_ENCODER_HPP

#include <sluice/filter/text.hpp>

#include "codec.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>

namespace sluice::detail {

template <class CharT>
class text_encoder {
public:
    using view_type = std::basic_string_view<CharT>;
    using make_codec_type = std::function<std::unique_ptr<codec<CharT>>()>;

    /// `another` makes a codec of the same encoding, where one has to be tried out.
    text_encoder(codec<CharT>& codec, encoding_errors errors, newline newlines,
                 make_codec_type another)
        : codec_(&codec), errors_(errors), newlines_(newlines), make_another_(std::move(another)) {}

    /// A byte order mark comes next, or does not.
    void set_at_front(bool at_front) noexcept { mark_due_ = at_front; }

    /// Appends the bytes of all of `text`, with line ends as the newline mode says, after the byte
    /// order mark that is due; or, where a character cannot be encoded, nothing.
    std::error_code encode(view_type text);

    /// As encode(), but leaves out just what cannot be encoded.
    std::error_code encode_what_can_be(view_type text);

    /// Ends with whole characters, in the initial shift state.
    std::error_code finish();

    /// Whether the beginning of a character waits for the rest.
    [[nodiscard]] bool has_part() const noexcept { return !part_.empty(); }

    /// Encoded, and not written yet; whoever writes them erases them.
    [[nodiscard]] std::string& bytes() noexcept { return bytes_; }

    /// What could not be encoded last.
    [[nodiscard]] const std::string& failure() const noexcept { return failure_; }

private:
    class undo;

    void put_mark();
    std::error_code encode_lines(view_type text, codec<CharT>& with, bool all);
    std::error_code encode_characters(view_type text, codec<CharT>& with, bool all);
    bool put_stand_in(char32_t character, codec<CharT>& with);
    void fail_on(view_type character);

    codec<CharT>* codec_;
    encoding_errors errors_;
    newline newlines_;
    make_codec_type make_another_;
    std::unique_ptr<codec<CharT>> another_;
    std::string bytes_;
    std::basic_string<CharT> part_;  // the beginning of a character
    bool part_failed_ = false;       // the last failure was within that, and what came behind
    bool mark_due_ = false;
    std::string failure_;
};

}  // namespace sluice::detail

#endif  // SLUICE_SRC_FILTER_TEXT_ENCODER_HPP
