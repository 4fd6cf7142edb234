// Input that is cut into pieces, each looked at where it lies: lines() and chunks().

#ifndef SLUICE_DETAIL_PIECES_HPP
#define SLUICE_DETAIL_PIECES_HPP

#include <sluice/detail/line_end.hpp>
#include <sluice/detail/looking.hpp>

#include <cstddef>
#include <istream>
#include <iterator>
#include <ranges>
#include <streambuf>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::detail {

/// An input range over the rest of a stream. `Rule` says where a piece ends: extent(line, text) as
/// continue_line() does, and how much of a piece's end is not shown: hidden(piece); or, of a piece
/// that extent() found complete at the front of `text`, hidden_end(text, size).
template <class CharT, class Traits, class Rule>
class pieces : public std::ranges::view_base {
    using looking_type = looking<CharT, Traits>;

public:
    using stream_type = std::basic_istream<CharT, Traits>;
    using string_type = std::basic_string<CharT, Traits>;
    using view_type = std::basic_string_view<CharT, Traits>;

    class iterator {
    public:
        using iterator_concept = std::input_iterator_tag;
        using value_type = string_type;  // what collects values copies them
        using difference_type = std::ptrdiff_t;
        using reference = view_type;

        iterator() = default;

        [[nodiscard]] view_type operator*() const noexcept { return range_->piece_; }
        iterator& operator++() {
            range_->advance();
            return *this;
        }
        void operator++(int) { ++*this; }

        [[nodiscard]] bool operator==(std::default_sentinel_t) const noexcept {
            return range_ == nullptr || range_->ended_;
        }

    private:
        friend class pieces;
        explicit iterator(pieces& range) noexcept : range_(&range) {}

        pieces* range_ = nullptr;
    };

    pieces(stream_type& in, Rule rule) : in_(&in), ios_(&in), rule_(std::move(rule)) {}

    // Iterators stay with the object: a range is moved before it is begun.
    pieces(pieces&& other) noexcept
        : in_(other.in_),
          ios_(other.ios_),
          rule_(std::move(other.rule_)),
          own_(std::move(other.own_)),
          shows_own_(other.shows_own_),
          unfinished_(other.unfinished_) {}
    pieces& operator=(pieces&& other) noexcept {
        if (this != &other) {
            in_ = other.in_;
            ios_ = other.ios_;
            rule_ = std::move(other.rule_);
            own_ = std::move(other.own_);
            shows_own_ = other.shows_own_;
            unfinished_ = other.unfinished_;
            ended_ = true;
        }
        return *this;
    }
    pieces(const pieces&) = delete;
    pieces& operator=(const pieces&) = delete;
    ~pieces() = default;

    /// Reads the next piece; the range goes on where it was left.
    [[nodiscard]] iterator begin() {
        advance();
        return iterator(*this);
    }
    [[nodiscard]] static std::default_sentinel_t end() noexcept { return {}; }

    /// What has been read of a piece whose rest could not be. It is the front of the next one.
    [[nodiscard]] view_type partial() const noexcept {
        return unfinished_ ? view_type(own_) : view_type();
    }

private:
    // Almost always, all of the piece is ready.
    void advance() {
        if (ios_->good() && !unfinished_) {
            auto& from = *ios_->rdbuf();  // a stream without one is not good()
            const view_type text = looking_type::ready(from);
            const line_extent found = rule_.extent(text);
            if (found.complete) {
                looking_type::take(from, found.size);
                piece_ = view_type(text.data(), found.size - rule_.hidden_end(text, found.size));
                ended_ = false;
                return;
            }
        }
        advance_on();
    }

    void show(view_type piece) noexcept {
        piece_ = piece.substr(0, piece.size() - rule_.hidden(piece));
        ended_ = false;
    }

    // Puts the piece together where it is not all ready.
    [[gnu::noinline]] void advance_on() {
        ended_ = true;
        if (std::exchange(shows_own_, false)) {
            own_.clear();
        }
        if (!in_->good()) {
            return;
        }
        if (in_->tie() != nullptr && !looking_type::is_lent(*in_->rdbuf())) {
            in_->tie()->flush();  // it may take a while
        }
        unfinished_ = true;
        try {
            put_together(*in_->rdbuf());
            unfinished_ = false;
        } catch (...) {
            caught_by(*in_);
            return;
        }
        if (at_end_) {
            at_end_ = false;
            in_->setstate(std::ios_base::eofbit);
        }
    }

    void put_together(std::basic_streambuf<CharT, Traits>& from) {
        for (bool complete = false; !complete;) {
            const view_type text = look_.look(from);
            if (text.empty()) {
                at_end_ = true;
                if (own_.empty()) {
                    return;
                }
                break;
            }
            const line_extent found = rule_.extent(view_type(own_), text);
            complete = found.complete;
            if (complete && own_.empty() && looking_type::is_lent(from)) {
                looking_type::take(from, found.size);
                show(text.substr(0, found.size));
                return;
            }
            own_.append(text.substr(0, found.size));
            looking_type::take(from, found.size);
        }
        shows_own_ = true;
        show(own_);
    }

    stream_type* in_;
    std::basic_ios<CharT, Traits>* ios_;  // *in_, without a look for its virtual base
    Rule rule_;
    view_type piece_;
    string_type own_;          // a piece that lies in no one place, or the front of one
    bool shows_own_ = false;   // own_ is a whole piece, which is or was shown
    bool unfinished_ = false;  // own_ is the front of one, whose rest could not be read
    bool ended_ = true;
    bool at_end_ = false;
    looking_type look_;
};

}  // namespace sluice::detail

#endif  // SLUICE_DETAIL_PIECES_HPP
