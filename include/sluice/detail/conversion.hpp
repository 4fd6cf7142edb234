// A codecvt facet between a file of bytes and a buffer of characters.

#ifndef SLUICE_DETAIL_CONVERSION_HPP
#define SLUICE_DETAIL_CONVERSION_HPP

#include <sluice/detail/file_handle.hpp>
#include <sluice/error.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <cwchar>
#include <locale>
#include <string>
#include <type_traits>
#include <utility>

namespace sluice::detail {

/// Converts while reading and writing, and knows the byte position and the shift state of every
/// character of the block that it read last.
///
/// Source: [filebuf.virtuals], what it says of a_codecvt.
template <class CharT, class State>
class conversion {
public:
    using facet_type = std::codecvt<CharT, char, State>;

    struct place {
        std::int64_t position = 0;  // in bytes
        State state = State();
    };

    explicit conversion(const facet_type& facet) : facet_(&facet) {}

    /// The bytes of each character; 0 where that varies.
    [[nodiscard]] int width() const noexcept { return std::max(facet_->encoding(), 0); }

    /// Goes on at `where`, with `ahead` as bytes read there already.
    void restart(const place& where, std::string ahead = {}) {
        bytes_ = std::move(ahead);
        used_ = 0;
        begin_ = where;
        state_ = where.state;
        device_ = where.position + static_cast<std::int64_t>(bytes_.size());
        pending_.clear();
    }

    /// Reads up to `count` characters, which become the block.
    [[nodiscard]] transfer read(file_handle& file, CharT* target, std::size_t count);

    /// Where the character `count` of the block begins.
    [[nodiscard]] place place_of(std::size_t count) const;

    [[nodiscard]] bool has_pending() const noexcept { return !pending_.empty(); }

    /// Whether bytes have been read that have not been delivered.
    [[nodiscard]] bool is_ahead() const noexcept { return used_ < bytes_.size(); }

    /// The bytes read from `where` on, which have not been delivered.
    [[nodiscard]] std::string ahead_of(const place& where) const {
        return bytes_.substr(static_cast<std::size_t>(where.position - begin_.position));
    }

    /// Where the next transfer goes on.
    [[nodiscard]] place next() const {
        return {begin_.position + static_cast<std::int64_t>(used_ + pending_.size()), state_};
    }

    /// How many characters wait to be read, at the least.
    [[nodiscard]] std::int64_t available(const file_handle& file) const {
        const auto ahead = static_cast<std::int64_t>(bytes_.size() - used_);
        return (ahead + file.available(device_)) / std::max(facet_->max_length(), 1);
    }

    /// How many bytes `text` takes from `state` on, and moves that on.
    [[nodiscard]] std::int64_t measure(const CharT* text, std::size_t count, State& state) const;

    /// Those bytes. What cannot be converted has none.
    [[nodiscard]] std::string bytes_of(const CharT* text, std::size_t count, State& state) const {
        std::string bytes;
        convert(text, count, state, bytes);
        return bytes;
    }

    /// Writes `count` characters. Those counted are converted, and their bytes written or pending.
    [[nodiscard]] transfer write(file_handle& file, const CharT* source, std::size_t count);

    /// Converts `count` characters as if written, and gives away all bytes that are pending. Those
    /// of a character that cannot be converted, and what follows it, are not among them.
    [[nodiscard]] std::string take_pending(const CharT* source, std::size_t count) {
        convert(source, count, state_, pending_);
        return std::exchange(pending_, {});
    }

    /// Makes `bytes` pending at the place where it was restarted.
    void set_pending(std::string bytes) noexcept { pending_ = std::move(bytes); }

    /// Where the bytes that are pending go.
    [[nodiscard]] std::int64_t pending_position() const noexcept { return device_; }

    /// Writes the bytes that are pending.
    [[nodiscard]] std::error_code drain(file_handle& file);

    /// Writes what leads back to the initial shift state.
    [[nodiscard]] std::error_code unshift(file_handle& file);

private:
    using result = std::codecvt_base::result;

    std::error_code leave_reading(file_handle& file);
    transfer convert(const CharT* source, std::size_t count, State& state,
                     std::string& bytes) const;
    result convert_some(CharT* target, std::size_t count, std::size_t& produced);
    transfer read_bytes(file_handle& file, std::size_t count);

    const facet_type* facet_;

    // bytes_:  [ used by the block | not converted yet ]   the block begins at begin_
    //           0                  used_                    device_ is where more is read
    // While writing, bytes_ is empty, and pending_ goes to begin_.
    std::string bytes_;
    std::size_t used_ = 0;
    place begin_;
    State state_ = State();  // at used_
    std::int64_t device_ = 0;
    std::string pending_;
};

template <class CharT, class State>
auto conversion<CharT, State>::convert_some(CharT* target, std::size_t count, std::size_t& produced)
    -> result {
    const char* from = bytes_.data() + used_;
    const char* const end = bytes_.data() + bytes_.size();
    const char* from_next = from;
    CharT* to_next = target;
    [[maybe_unused]] const State before = state_;
    const result outcome =
        facet_->in(state_, from, end, from_next, target, target + count, to_next);
    if constexpr (sizeof(CharT) == 1) {
        if (outcome == std::codecvt_base::noconv) {
            const std::size_t size = std::min(count, static_cast<std::size_t>(end - from));
            std::memcpy(target, from, size);
            from_next = from + size;
            to_next = target + size;
        }
    }
    produced = static_cast<std::size_t>(to_next - target);
    if constexpr (std::is_same_v<State, std::mbstate_t>) {
        // Some facets keep the bytes of a character that is not whole yet in the state. They must
        // stay bytes, or no position could be told here.
        if (std::mbsinit(&state_) == 0) {
            state_ = before;
            from_next = from + facet_->length(state_, from, end, produced);
        }
    }
    used_ = static_cast<std::size_t>(from_next - bytes_.data());
    return outcome;
}

template <class CharT, class State>
transfer conversion<CharT, State>::read_bytes(file_handle& file, std::size_t count) {
    const std::size_t size = bytes_.size();
    bytes_.resize(size + count);
    const transfer got = file.read(bytes_.data() + size, count, device_);
    bytes_.resize(size + got.count);
    device_ += static_cast<std::int64_t>(got.count);
    return got;
}

template <class CharT, class State>
transfer conversion<CharT, State>::read(file_handle& file, CharT* target, std::size_t count) {
    begin_ = next();
    bytes_.erase(0, used_);
    used_ = 0;
    // No more bytes than the characters asked for need at least: without a buffer, none are ahead.
    const std::size_t size = count * static_cast<std::size_t>(std::max(width(), 1));
    for (;;) {
        if (used_ < bytes_.size()) {
            std::size_t produced = 0;
            const result outcome = convert_some(target, count, produced);
            if (produced != 0) {
                return {produced, {}};
            }
            if (outcome == std::codecvt_base::error) {
                return {0, errc::bad_encoding};
            }
        }
        const transfer got = read_bytes(file, size);
        if (got.count == 0) {
            const bool cut = !got.error && used_ < bytes_.size();
            return {0, cut ? make_error_code(errc::bad_encoding) : got.error};
        }
    }
}

template <class CharT, class State>
auto conversion<CharT, State>::place_of(std::size_t count) const -> place {
    place found = begin_;
    if (width() > 0) {
        found.position += static_cast<std::int64_t>(count) * width();
        return found;
    }
    const int size = facet_->length(found.state, bytes_.data(), bytes_.data() + used_, count);
    found.position += size;
    return found;
}

template <class CharT, class State>
std::int64_t conversion<CharT, State>::measure(const CharT* text, std::size_t count,
                                               State& state) const {
    return width() > 0 ? static_cast<std::int64_t>(count) * width()
                       : static_cast<std::int64_t>(bytes_of(text, count, state).size());
}

template <class CharT, class State>
transfer conversion<CharT, State>::write(file_handle& file, const CharT* source,
                                         std::size_t count) {
    if (const std::error_code code = leave_reading(file)) {
        return {0, code};
    }
    if (const std::error_code code = drain(file)) {
        return {0, code};
    }
    const transfer converted = convert(source, count, state_, pending_);
    const std::error_code code = drain(file);
    return {converted.count, code ? code : converted.error};
}

// Adds the bytes of what is counted to `bytes`.
template <class CharT, class State>
transfer conversion<CharT, State>::convert(const CharT* source, std::size_t count, State& state,
                                           std::string& bytes) const {
    std::error_code failure;
    const CharT* from = source;
    for (const CharT* const end = source + count; from != end;) {
        char scratch[4096];
        const CharT* next = from;
        char* to_next = scratch;
        const result outcome =
            facet_->out(state, from, end, next, scratch, scratch + sizeof(scratch), to_next);
        if constexpr (sizeof(CharT) == 1) {
            if (outcome == std::codecvt_base::noconv) {
                bytes.append(reinterpret_cast<const char*>(from),
                             static_cast<std::size_t>(end - from));
                from = end;
                break;
            }
        }
        bytes.append(scratch, to_next);
        if (next == from || outcome == std::codecvt_base::error) {
            from = next;
            failure = errc::bad_encoding;
            break;
        }
        from = next;
    }
    return {static_cast<std::size_t>(from - source), failure};
}

// Goes back to where the reader stands, from where its bytes were read to.
template <class CharT, class State>
std::error_code conversion<CharT, State>::leave_reading(file_handle& file) {
    if (bytes_.empty() || !file.seekable()) {
        return {};
    }
    const place here = next();
    if (file.is_shared()) {
        if (const std::error_code code = file.seek(here.position)) {
            return code;
        }
    }
    restart(here);
    return {};
}

template <class CharT, class State>
std::error_code conversion<CharT, State>::drain(file_handle& file) {
    if (pending_.empty()) {
        return {};
    }
    const transfer put = file.write_all(pending_.data(), pending_.size(), device_);
    device_ += static_cast<std::int64_t>(put.count);
    pending_.erase(0, put.count);
    if (file.appends()) {
        std::error_code unknown;
        device_ = file.position(unknown);
    }
    if (bytes_.empty()) {
        begin_ = {device_, state_};
    }
    return put.error;
}

template <class CharT, class State>
std::error_code conversion<CharT, State>::unshift(file_handle& file) {
    char scratch[64];
    char* next = scratch;
    const result outcome = facet_->unshift(state_, scratch, scratch + sizeof(scratch), next);
    if (outcome == std::codecvt_base::error) {
        return errc::bad_encoding;
    }
    if (outcome != std::codecvt_base::noconv) {
        pending_.append(scratch, next);
    }
    return drain(file);
}

}  // namespace sluice::detail

#endif  // SLUICE_DETAIL_CONVERSION_HPP
