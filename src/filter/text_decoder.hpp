// text_decoder: from blocks of bytes to blocks of characters, and where in the bytes each of them
// came from.

#ifndef SLUICE_SRC_FILTER_TEXT_DECODER_HPP
#define SLUICE_SRC_FILTER_TEXT_DECODER_HPP

#include <sluice/detail/newline.hpp>
#include <sluice/filter/text.hpp>

#include "codec.hpp"
#include "text_place.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

namespace sluice::detail {

template <class CharT>
class text_decoder {
public:
    text_decoder(codec<CharT>& codec, encoding_errors errors, newline newlines)
        : codec_(&codec), errors_(errors), newlines_(newlines) {}

    /// Goes on at `where`, without its `skip`; nothing has been read there.
    void restart(const text_place& where);

    /// Where more bytes are read.
    [[nodiscard]] std::int64_t read_position() const noexcept {
        return block_.begin + static_cast<std::int64_t>(block_.bytes.size());
    }

    /// Room for `count` more bytes; those that did not come are given back.
    [[nodiscard]] char* prepare(std::size_t count);
    void give_back(std::size_t count);

    /// What is decoded from here on is another block. The last `shown` characters are remembered.
    void begin_block(std::size_t shown);

    /// Decodes into the block. At the end, what is left is no character.
    ///
    /// Returns: how many characters; 0 where there is a failure(), or too few bytes.
    std::size_t decode(CharT* target, std::size_t room, bool at_end);

    /// Whether there are bytes that have not been decoded.
    [[nodiscard]] bool has_bytes() const noexcept { return end_.bytes < block_.bytes.size(); }

    /// The bytes on which decode() failed.
    struct failed_bytes {
        std::int64_t position = 0;
        std::string bytes;
    };
    [[nodiscard]] const std::optional<failed_bytes>& failure() const noexcept { return failure_; }

    /// Where the character `index` of the block begins; negative: in those before. None where
    /// that is not known any more.
    [[nodiscard]] std::optional<text_place> place_of(std::ptrdiff_t index) {
        return place_of(locate(index));
    }

    /// A character of the block that place_of() finds however many blocks come after it, until
    /// another one is marked.
    struct bookmark {
        std::uint64_t block = 0;
        std::ptrdiff_t index = 0;
        std::int64_t count = 0;  // since decoding began
    };
    [[nodiscard]] bookmark keep(std::ptrdiff_t index);
    [[nodiscard]] std::optional<text_place> place_of(const bookmark& where);

    /// How many characters the block has.
    [[nodiscard]] std::size_t count() const noexcept { return end_.count; }

    /// Where the block ends.
    [[nodiscard]] text_place next() const { return place_at(block_, end_); }

    [[nodiscard]] newlines_seen seen() const noexcept { return kinds_.seen(); }

private:
    // How far a decoding has come in the bytes of a block.
    struct cursor {
        std::size_t bytes = 0;
        std::size_t count = 0;          // characters delivered
        std::basic_string<CharT> rest;  // what is not delivered of the last character
        std::size_t rest_bytes = 0;     // how many bytes that character has
        std::uint32_t skip = 0;         // and how much of it has been delivered
        bool after_cr = false;
        std::size_t bad = 0;  // so many bytes come next that were found to be no character
    };

    struct block {
        std::uint64_t number = 0;
        std::int64_t begin = 0;  // the position of bytes[0]
        std::string bytes;
        cursor start;
        std::size_t count = 0;
        bool verbatim = true;  // every character delivered is a byte
        bool at_end = false;   // its last bytes were the last of all
    };

    [[nodiscard]] bookmark locate(std::ptrdiff_t index) const;
    [[nodiscard]] text_place place_at(const block& where, const cursor& at) const;
    static constexpr std::size_t most_gone_back = 64;

    void retire(std::size_t enough) noexcept;
    block* find(std::uint64_t number);
    std::size_t advance(block& where, cursor& at, CharT* target, std::size_t room);
    void advance_by_units(block& where, cursor& at, CharT* target, std::size_t room,
                          std::size_t& produced);
    std::size_t advance_plain(block& where, cursor& at, CharT* target, std::size_t room, stop& why,
                              std::size_t& bad);
    bool take_unit(block& where, cursor& at, stop why, std::size_t bad);
    bool take_bad(block& where, cursor& at, std::size_t bad);
    bool take_character(block& where, cursor& at);
    void take_held(cursor& at);
    std::size_t deliver_rest(cursor& at, CharT* target, std::size_t room);
    void swallow_lf(block& where, cursor& at);
    std::size_t translate(CharT* text, std::size_t count, bool& after_cr);
    std::optional<text_place> place_in(block& where, std::size_t index);

    codec<CharT>* codec_;
    encoding_errors errors_;
    newline newlines_;
    block block_;
    std::deque<block> previous_;       // the last that a reader may go back to, latest first
    std::size_t previous_count_ = 0;   // of their characters
    std::optional<block> kept_block_;  // an earlier one, that of the bookmark
    std::uint64_t kept_ = 0;           // the number of the bookmark's block
    std::uint64_t numbers_ = 0;        // of blocks so far
    cursor end_;                       // of block_
    cursor mark_;                      // a place in *marked_, from which later ones are found
    const block* marked_ = nullptr;
    bool live_ = false;  // what is decoded is delivered, not measured
    std::int64_t restarted_at_ = 0;
    std::uint64_t since_restart_ = 0;  // characters delivered before block_
    std::optional<failed_bytes> failure_;
    line_end_kinds kinds_;
};

}  // namespace sluice::detail

#endif  // SLUICE_SRC_FILTER_TEXT_DECODER_HPP
