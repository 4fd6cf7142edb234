#include "text_decoder.hpp"

#include <sluice/detail/newline.hpp>

#include "utf8.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <string_view>
#include <utility>

namespace sluice::detail {
namespace {

void append_character(std::string& text, char32_t character) {
    char bytes[4];
    text.append(bytes, put_utf8(character, bytes));
}

void append_character(std::wstring& text, char32_t character) {
    text.push_back(static_cast<wchar_t>(character));
}

// What stands for bytes that are no character, and for how many of them; none: nothing may.
template <class CharT>
struct stand_in {
    std::basic_string<CharT> text;
    std::size_t bytes = 0;
};

template <class CharT>
std::optional<stand_in<CharT>> stand_in_for(std::string_view bytes, encoding_errors errors) {
    stand_in<CharT> result{{}, bytes.size()};
    switch (errors) {
    case encoding_errors::strict:
    case encoding_errors::xmlcharrefreplace: return std::nullopt;
    case encoding_errors::ignore: break;
    case encoding_errors::replace: append_character(result.text, replacement_character); break;
    case encoding_errors::backslashreplace:
        for (const char byte : bytes) {
            result.text.push_back(CharT('\\'));
            result.text.push_back(CharT('x'));
            append_hex(result.text, static_cast<unsigned char>(byte), 2);
        }
        break;
    case encoding_errors::surrogateescape:
        result.bytes = 0;
        for (const char byte : bytes) {
            const auto value = static_cast<unsigned char>(byte);
            if (value < 0x80) {
                break;
            }
            append_character(result.text, 0xDC00U | value);
            ++result.bytes;
        }
        if (result.bytes == 0) {
            return std::nullopt;
        }
        break;
    }
    return result;
}

}  // namespace

// -- bytes ------------------------------------------------------------------------------------

template <class CharT>
void text_decoder<CharT>::restart(const text_place& where) {
    block_ = block();
    block_.begin = where.position;
    block_.number = ++numbers_;
    block_.start.after_cr = where.after_cr;
    previous_.clear();
    previous_count_ = 0;
    kept_block_.reset();
    end_ = block_.start;
    marked_ = nullptr;
    restarted_at_ = where.position;
    since_restart_ = 0;
    failure_.reset();
    kinds_.end();
    if (where.position == 0) {
        kinds_ = {};
    }
    codec_->restart_decoding(where.position == 0);
}

template <class CharT>
char* text_decoder<CharT>::prepare(std::size_t count) {
    const std::size_t size = block_.bytes.size();
    block_.bytes.resize(size + count);
    return block_.bytes.data() + size;
}

template <class CharT>
void text_decoder<CharT>::give_back(std::size_t count) {
    block_.bytes.resize(block_.bytes.size() - count);
}

// Where there is no memory, nothing has changed.
template <class CharT>
void text_decoder<CharT>::begin_block(std::size_t shown) {
    cursor start = end_;
    start.bytes = 0;
    start.count = 0;
    const std::int64_t begin = block_.begin + static_cast<std::int64_t>(end_.bytes);
    if (end_.count == 0) {  // nothing came of it: it goes on, as another
        block_.bytes.erase(0, end_.bytes);
    } else {
        block next;
        next.bytes = block_.bytes.substr(end_.bytes);
        previous_.emplace_front();
        next.number = ++numbers_;
        since_restart_ += end_.count;
        block_.count = end_.count;
        previous_.front() = std::exchange(block_, std::move(next));
        retire(std::max(shown, most_gone_back));
    }
    block_.begin = begin;
    block_.verbatim = codec_->verbatim();
    block_.at_end = false;
    block_.start = std::move(start);
    end_.bytes = 0;
    end_.count = 0;
    marked_ = nullptr;
}

// A reader can go back a few characters, and over what it peeked at.
template <class CharT>
void text_decoder<CharT>::retire(std::size_t enough) noexcept {
    previous_count_ += previous_.front().count;
    while (previous_count_ - previous_.back().count >= enough) {
        previous_count_ -= previous_.back().count;
        if (previous_.back().number == kept_) {
            kept_block_ = std::move(previous_.back());
        }
        previous_.pop_back();
    }
}

template <class CharT>
auto text_decoder<CharT>::find(std::uint64_t number) -> block* {
    if (number == block_.number) {
        return &block_;
    }
    if (kept_block_ && kept_block_->number == number) {
        return &*kept_block_;
    }
    const auto found = std::find_if(previous_.begin(), previous_.end(),
                                    [&](const block& before) { return before.number == number; });
    return found != previous_.end() ? &*found : nullptr;
}

// -- characters -------------------------------------------------------------------------------

template <class CharT>
std::size_t text_decoder<CharT>::decode(CharT* target, std::size_t room, bool at_end) {
    failure_.reset();
    block_.at_end = at_end;
    live_ = true;
    std::size_t produced = 0;
    try {
        produced = advance(block_, end_, target, room);
    } catch (...) {
        live_ = false;
        throw;
    }
    live_ = false;
    if (at_end && !has_bytes()) {
        kinds_.end();
    }
    if (produced != 0) {
        failure_.reset();  // it waits until the reader gets there
    }
    return produced;
}

// Delivers up to `room` characters; fewer where the bytes end, on a failure, or where there is no
// memory for more: the next call needs it again.
template <class CharT>
std::size_t text_decoder<CharT>::advance(block& where, cursor& at, CharT* target,
                                         std::size_t room) {
    std::size_t produced = 0;
    try {
        advance_by_units(where, at, target, room, produced);
    } catch (const std::bad_alloc&) {
        if (produced == 0) {
            throw;
        }
    }
    at.count += produced;
    swallow_lf(where, at);
    return produced;
}

template <class CharT>
void text_decoder<CharT>::advance_by_units(block& where, cursor& at, CharT* target,
                                           std::size_t room, std::size_t& produced) {
    produced = deliver_rest(at, target, room);
    if (produced != 0) {
        where.verbatim = false;
    }
    while (produced < room && at.bytes < where.bytes.size()) {
        stop why = stop::bad;
        std::size_t bad = at.bad;
        if (bad == 0) {
            produced += advance_plain(where, at, target + produced, room - produced, why, bad);
        }
        // Asked again, a converter that has gone on may take them for something else.
        at.bad = why == stop::bad ? bad : 0;
        if (produced == room || why == stop::end || (why == stop::cut && !where.at_end) ||
            !take_unit(where, at, why, bad)) {
            break;
        }
        at.bad = 0;
        produced += deliver_rest(at, target + produced, room - produced);
    }
    if (where.at_end && at.bytes == where.bytes.size() && produced < room) {
        take_held(at);
        produced += deliver_rest(at, target + produced, room - produced);
    }
}

// The characters that are whole, and fit.
template <class CharT>
std::size_t text_decoder<CharT>::advance_plain(block& where, cursor& at, CharT* target,
                                               std::size_t room, stop& why, std::size_t& bad) {
    std::size_t produced = 0;
    while (produced < room) {
        const decoded part =
            codec_->decode(where.bytes.data() + at.bytes, where.bytes.size() - at.bytes,
                           target + produced, room - produced);
        at.bytes += part.consumed;
        const std::size_t kept = translate(target + produced, part.produced, at.after_cr);
        produced += kept;
        why = part.why;
        bad = part.bad;
        if (kept != part.produced || part.consumed != part.produced) {
            where.verbatim = false;
        }
        if (why != stop::room || kept == part.produced) {
            break;
        }
    }
    return produced;
}

// Makes the next character, or what stands for it, the rest. false: a failure.
template <class CharT>
bool text_decoder<CharT>::take_unit(block& where, cursor& at, stop why, std::size_t bad) {
    if (live_) {
        kinds_.end();  // no line end comes next
    }
    if (why == stop::room) {
        return take_character(where, at);
    }
    where.verbatim = false;
    return take_bad(where, at, why == stop::cut ? where.bytes.size() - at.bytes : bad);
}

template <class CharT>
bool text_decoder<CharT>::take_bad(block& where, cursor& at, std::size_t bad) {
    const std::string_view bytes = std::string_view(where.bytes).substr(at.bytes, bad);
    // An escaped byte would tear units of two or four bytes apart.
    const bool strict =
        bad == 0 || (errors_ == encoding_errors::surrogateescape && codec_->width() > 1);
    auto found = strict ? std::nullopt : stand_in_for<CharT>(bytes, errors_);
    if (!found) {
        if (live_) {
            const std::size_t shown = bad == 0 ? 4 : bad;
            failure_ = failed_bytes{where.begin + static_cast<std::int64_t>(at.bytes),
                                    where.bytes.substr(at.bytes, shown)};
        }
        return false;
    }
    at.rest = std::move(found->text);
    at.rest_bytes = found->bytes;
    at.bytes += found->bytes;
    at.after_cr = at.after_cr && at.rest.empty();
    return true;
}

// A character that is longer than the room.
template <class CharT>
bool text_decoder<CharT>::take_character(block& where, cursor& at) {
    CharT scratch[8];
    for (std::size_t room = 1; room <= std::size(scratch); ++room) {
        const decoded part = codec_->decode(where.bytes.data() + at.bytes,
                                            where.bytes.size() - at.bytes, scratch, room);
        at.bytes += part.consumed;
        if (part.produced != 0) {
            at.rest.assign(scratch, part.produced);
            at.rest_bytes = part.consumed;
            at.after_cr = false;
            return true;
        }
    }
    return false;
}

// What the codec holds back at the end, which is more than may fit.
template <class CharT>
void text_decoder<CharT>::take_held(cursor& at) {
    if (!codec_->stateful()) {
        return;  // which holds nothing
    }
    at.rest.resize(64);  // before it gives them away
    at.rest.resize(codec_->drain(at.rest.data(), at.rest.size()));
    at.rest_bytes = 0;
}

template <class CharT>
std::size_t text_decoder<CharT>::deliver_rest(cursor& at, CharT* target, std::size_t room) {
    const std::size_t part = std::min(room, at.rest.size());
    at.rest.copy(target, part);
    at.rest.erase(0, part);
    at.skip = at.rest.empty() ? 0 : at.skip + static_cast<std::uint32_t>(part);
    return part;
}

// Where a '\r' was delivered as '\n', takes the '\n' that follows it, so that the position is after
// both.
template <class CharT>
void text_decoder<CharT>::swallow_lf(block& where, cursor& at) {
    if (!at.after_cr || !at.rest.empty() || codec_->stateful()) {
        return;
    }
    CharT next = CharT();
    const decoded part =
        codec_->decode(where.bytes.data() + at.bytes, where.bytes.size() - at.bytes, &next, 1);
    if (part.produced == 1 && next == CharT('\n')) {
        at.bytes += part.consumed;
        where.verbatim = false;
        if (live_) {
            kinds_.note(std::basic_string_view<CharT>(&next, 1));
        }
    }
    at.after_cr = part.produced == 0;  // where nothing follows, a '\n' may yet come
}

// -- line ends --------------------------------------------------------------------------------

template <class CharT>
std::size_t text_decoder<CharT>::translate(CharT* text, std::size_t count, bool& after_cr) {
    constexpr auto cr = CharT('\r');
    if (count == 0 || !is_universal(newlines_)) {
        return count;
    }
    const bool has_cr = std::char_traits<CharT>::find(text, count, cr) != nullptr;
    if (live_ && (has_cr || kinds_.is_open())) {
        kinds_.note(std::basic_string_view<CharT>(text, count));
    }
    if (newlines_ == newline::keep || (!has_cr && !after_cr)) {
        return count;
    }
    return join_line_ends(text, count, after_cr);
}

// -- places -----------------------------------------------------------------------------------

template <class CharT>
text_place text_decoder<CharT>::place_at(const block& where, const cursor& at) const {
    const std::size_t whole = at.rest.empty() ? 0 : at.rest_bytes;
    return {where.begin + static_cast<std::int64_t>(at.bytes) - static_cast<std::int64_t>(whole),
            at.rest.empty() ? 0 : at.skip, at.after_cr};
}

template <class CharT>
auto text_decoder<CharT>::locate(std::ptrdiff_t index) const -> bookmark {
    bookmark found{block_.number, index, static_cast<std::int64_t>(since_restart_) + index};
    for (const block& before : previous_) {
        if (found.index >= 0) {
            break;
        }
        found.block = before.number;
        found.index += static_cast<std::ptrdiff_t>(before.count);
    }
    return found;
}

template <class CharT>
auto text_decoder<CharT>::keep(std::ptrdiff_t index) -> bookmark {
    const bookmark found = locate(index);
    kept_ = found.block;
    kept_block_.reset();
    return found;
}

template <class CharT>
std::optional<text_place> text_decoder<CharT>::place_of(const bookmark& where) {
    if (where.index < 0) {
        return std::nullopt;
    }
    if (codec_->stateful()) {
        const bool small = where.count <= std::numeric_limits<std::uint32_t>::max();
        return small ? std::optional(
                           text_place{restarted_at_, static_cast<std::uint32_t>(where.count)})
                     : std::nullopt;
    }
    block* const found = find(where.block);
    return found != nullptr ? place_in(*found, static_cast<std::size_t>(where.index))
                            : std::nullopt;
}

template <class CharT>
std::optional<text_place> text_decoder<CharT>::place_in(block& where, std::size_t index) {
    if (&where == &block_ && index == end_.count) {
        return next();
    }
    if (index == 0) {
        return place_at(where, where.start);
    }
    if (where.verbatim) {
        text_place found{where.begin + static_cast<std::int64_t>(index)};
        while (found.skip < index && found.skip < 3 &&
               (static_cast<unsigned char>(where.bytes[index - found.skip]) & 0xC0U) == 0x80) {
            ++found.skip;
        }
        found.position -= found.skip;
        return found;
    }
    if (marked_ != &where || mark_.count > index) {
        marked_ = &where;
        mark_ = where.start;
        codec_->restart_decoding(where.begin == 0);
    }
    while (mark_.count < index) {
        CharT scratch[256];
        const std::size_t part = std::min(index - mark_.count, std::size(scratch));
        if (advance(where, mark_, scratch, part) == 0) {
            return std::nullopt;
        }
    }
    return place_at(where, mark_);
}

template class text_decoder<char>;
template class text_decoder<wchar_t>;

}  // namespace sluice::detail
