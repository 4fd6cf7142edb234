// A stream buffer that keeps every rule of conformance.hpp, and whose defects can be planted.

#ifndef UNIT_CONFORMANCE_MUTANT_HPP
#define UNIT_CONFORMANCE_MUTANT_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <ios>
#include <limits>
#include <stdexcept>
#include <streambuf>
#include <string>
#include <string_view>

namespace mutants {

enum class defect {
    none,
    // reading
    byte_255_is_the_end,
    last_of_a_block_is_lost,
    look_takes,
    end_is_not_the_end,
    never_ends,
    throws_at_the_end,
    throws_no_exception,
    read_of_nothing_takes,
    negative_read_takes,
    read_gives_one_twice,
    imbue_drops_what_was_read_ahead,
    // writing
    write_drops_after_100,
    write_passes_what_is_pending,
    write_cuts_what_is_behind,
    write_never_grows,
    write_of_nothing_moves,
    negative_write_moves,
    put_of_byte_255_fails,
    // seeking
    seek_before_the_start_is_the_start,
    seek_past_the_end_is_the_end,
    seek_after_the_end_fails,
    seek_overflow_is_the_farthest,
    seek_to_a_block_is_off,
    seek_from_the_end_misses_what_is_pending,
    seek_from_the_end_is_off,
    refused_seek_drops_what_is_pending,
    gap_is_garbage,
    empty_write_fills_the_gap,
    // putting back
    unget_is_refused,
    unget_at_the_start_succeeds,
    unget_is_not_told,
    put_back_is_stored,
    put_back_outlives_a_seek,
    put_back_moves_a_write,
    // mixing
    write_lands_behind_what_was_read_ahead,
    read_loses_what_is_pending,
    end_is_sticky,
    // tell
    tell_drops_what_was_read_ahead,
    tell_counts_what_was_read_ahead,
    // sync and in_avail
    sync_drops_what_was_read_ahead,
    sync_drops_what_is_pending,
    sync_writes_twice,
    sync_writes_nothing,
    sync_fails,
    available_is_one_more,
    available_is_none,
    available_drops_what_is_pending,
};

/// One position, and one area, which holds what was read ahead or what is pending.
class mutant_buf : public std::streambuf {
public:
    inline static defect planted = defect::none;
    static constexpr std::size_t block = 16;

    explicit mutant_buf(std::string_view content) : content_(content) {}

    void write_pending() {
        const auto count = static_cast<std::size_t>(pptr() - pbase());
        if (count == 0) {
            return;
        }
        fill_gap();
        const bool extends = base_ + count > content_.size();
        if (!(is(defect::write_never_grows) && extends)) {
            content_.replace(base_, count, pbase(), count);
        }
        if (is(defect::write_cuts_what_is_behind)) {
            content_.resize(base_ + count);
        }
        base_ += count;
        setp(area_.data(), area_.data() + block);
    }
    [[nodiscard]] const std::string& stored() const { return content_; }

protected:
    void imbue(const std::locale& /*locale*/) override {
        if (is(defect::imbue_drops_what_was_read_ahead)) {
            skip_what_was_read_ahead();
        }
    }

    pos_type seekoff(off_type offset, std::ios_base::seekdir whence,
                     std::ios_base::openmode /*which*/) override {
        if (whence == std::ios_base::cur && offset == 0) {
            return told();
        }
        if (is(defect::refused_seek_drops_what_is_pending) && offset < 0 && pptr() != nullptr) {
            setp(area_.data(), area_.data() + block);
        }
        if (!is(defect::seek_from_the_end_misses_what_is_pending)) {
            write_pending();
        }
        const off_type from = whence == std::ios_base::beg   ? 0
                              : whence == std::ios_base::cur ? off_type(position())
                                                             : end();
        write_pending();
        if (offset > std::numeric_limits<off_type>::max() - from) {
            return is(defect::seek_overflow_is_the_farthest)
                       ? go(std::numeric_limits<off_type>::max())
                       : pos_type(-1);
        }
        return go(from + offset);
    }

    pos_type seekpos(pos_type to, std::ios_base::openmode /*which*/) override { return go(to); }

    int sync() override {
        if (is(defect::sync_drops_what_was_read_ahead)) {
            skip_what_was_read_ahead();
        }
        if (is(defect::sync_drops_what_is_pending) && pptr() != nullptr) {
            base_ = position();
            setp(area_.data(), area_.data() + block);
        }
        if (is(defect::sync_writes_twice) && pptr() != pbase()) {
            const std::string again(pbase(), pptr());
            write_pending();
            content_.insert(std::min(base_, content_.size()), again);
            base_ += again.size();
        }
        if (!is(defect::sync_writes_nothing)) {
            write_pending();
        }
        return is(defect::sync_fails) ? -1 : 0;
    }

    std::streamsize showmanyc() override {
        if (is(defect::available_is_none)) {
            return 0;
        }
        if (is(defect::available_drops_what_is_pending) && pptr() != nullptr) {
            setp(area_.data(), area_.data() + block);
        }
        write_pending();
        const std::size_t here = position();
        const std::size_t left = content_.size() - std::min(content_.size(), here);
        return static_cast<std::streamsize>(left) + (is(defect::available_is_one_more) ? 1 : 0);
    }

    std::streamsize xsgetn(char* to, std::streamsize count) override {
        if ((is(defect::read_of_nothing_takes) && count == 0) ||
            (is(defect::negative_read_takes) && count < 0)) {
            static_cast<void>(sbumpc());
        }
        const std::streamsize got = std::streambuf::xsgetn(to, count);
        if (is(defect::read_gives_one_twice) && got > 1 && gptr() > eback()) {
            gbump(-1);
        }
        return got;
    }

    int_type underflow() override {
        if (is(defect::read_loses_what_is_pending) && pptr() != nullptr) {
            base_ = position();
            setp(nullptr, nullptr);
        }
        std::size_t here = position();
        if (is(defect::last_of_a_block_is_lost) && here != 0 && here % block == 0) {
            here += 1;
        }
        stand(here);
        if (here >= content_.size() || (is(defect::end_is_sticky) && end_seen_)) {
            return at_end();
        }
        load(here, here);
        if (is(defect::unget_is_refused)) {
            stand(here);  // unbuffered
            return traits_type::to_int_type(content_[here]);
        }
        const char c = *gptr();
        if (is(defect::look_takes)) {
            gbump(1);
        }
        if (is(defect::byte_255_is_the_end)) {
            return static_cast<signed char>(c);
        }
        return traits_type::to_int_type(c);
    }

    int_type uflow() override {
        const int_type c = underflow();
        if (!traits_type::eq_int_type(c, traits_type::eof())) {
            if (is(defect::unget_is_refused)) {
                ++base_;
            } else if (gptr() < egptr()) {
                gbump(1);
            }
        }
        return c;
    }

    int_type pbackfail(int_type c) override {
        std::size_t here = position();
        if (is(defect::unget_is_refused)) {
            return traits_type::eof();
        }
        if (here == 0 && is(defect::unget_at_the_start_succeeds)) {
            return traits_type::not_eof(c);
        }
        write_pending();
        if (here == 0 || here > content_.size()) {
            return traits_type::eof();
        }
        --here;
        stand(here);
        untold_ = is(defect::unget_is_not_told);
        const char before = content_[here];
        if (traits_type::eq_int_type(c, traits_type::eof()) ||
            traits_type::to_char_type(c) == before) {
            load(here - std::min<std::size_t>(here, block / 2), here);
            return traits_type::to_int_type(before);
        }
        return put_back_another(here, traits_type::to_char_type(c));
    }

    std::streamsize xsputn(const char* from, std::streamsize count) override {
        if ((is(defect::write_of_nothing_moves) && count == 0) ||
            (is(defect::negative_write_moves) && count < 0)) {
            stand(position() + 1);
        }
        if (is(defect::empty_write_fills_the_gap) && count == 0) {
            stand(position());
            fill_gap();
        }
        if (is(defect::write_drops_after_100)) {
            std::streambuf::xsputn(from, std::min<std::streamsize>(count, 100));
            return count;
        }
        if (is(defect::write_passes_what_is_pending) && count > 50) {
            const std::string pending(pbase(), pptr());
            setp(area_.data(), area_.data() + block);
            const std::streamsize written = std::streambuf::xsputn(from, count);
            std::streambuf::xsputn(pending.data(), static_cast<std::streamsize>(pending.size()));
            return written;
        }
        return std::streambuf::xsputn(from, count);
    }

    int_type overflow(int_type c) override {
        if (pptr() == nullptr) {
            const bool moves = slot_used_ && is(defect::put_back_moves_a_write);
            const auto ahead = static_cast<std::size_t>(
                is(defect::write_lands_behind_what_was_read_ahead) ? egptr() - gptr() : 0);
            stand(position() + (moves ? 1 : 0) + ahead);
        }
        write_pending();
        setp(area_.data(), area_.data() + block);
        if (!traits_type::eq_int_type(c, traits_type::eof())) {
            *pptr() = traits_type::to_char_type(c);
            pbump(1);
        }
        return is(defect::put_of_byte_255_fails) && c == 0xff ? traits_type::eof()
                                                              : traits_type::not_eof(c);
    }

private:
    static bool is(defect one) { return planted == one; }

    [[nodiscard]] std::size_t position() const {
        if (pptr() != nullptr) {
            return base_ + static_cast<std::size_t>(pptr() - pbase());
        }
        return base_ + static_cast<std::size_t>(gptr() - eback());
    }

    pos_type told() {
        if (is(defect::tell_drops_what_was_read_ahead)) {
            const pos_type result = off_type(position());
            skip_what_was_read_ahead();
            return result;
        }
        const off_type ahead =
            is(defect::tell_counts_what_was_read_ahead) ? egptr() - gptr() : off_type(0);
        return off_type(position()) + ahead + (untold_ ? 1 : 0);
    }

    [[nodiscard]] off_type end() const {
        return off_type(content_.size()) + (is(defect::seek_from_the_end_is_off) ? 1 : 0);
    }

    pos_type go(off_type target) {
        write_pending();
        if (is(defect::seek_before_the_start_is_the_start)) {
            target = std::max<off_type>(target, 0);
        }
        if (is(defect::seek_past_the_end_is_the_end)) {
            target = std::min(target, off_type(content_.size()));
        }
        if (target < 0 || (is(defect::seek_after_the_end_fails) && end_seen_)) {
            return pos_type(off_type(-1));
        }
        if (is(defect::put_back_outlives_a_seek) && slot_used_ && off_type(position()) == target) {
            return target;
        }
        const bool off = is(defect::seek_to_a_block_is_off) && target > 0 && target % 8 == 0;
        stand(static_cast<std::size_t>(target) - (off ? 1 : 0));
        return target;
    }

    /// Forgets the area, and stands at `here`.
    void stand(std::size_t here) {
        write_pending();
        setp(nullptr, nullptr);
        setg(nullptr, nullptr, nullptr);
        base_ = here;
        untold_ = false;
        slot_used_ = false;
    }

    void load(std::size_t from, std::size_t here) {
        const std::size_t count = content_.copy(area_.data(), block, from);
        base_ = from;
        setg(area_.data(), area_.data() + (here - from), area_.data() + count);
    }

    void skip_what_was_read_ahead() {
        if (gptr() != nullptr) {
            setg(eback(), egptr(), egptr());
        }
    }

    void fill_gap() {
        if (content_.size() < base_) {
            content_.resize(base_, is(defect::gap_is_garbage) ? '?' : '\0');
        }
    }

    int_type put_back_another(std::size_t here, char c) {
        if (is(defect::put_back_is_stored)) {
            content_[here] = c;
        }
        slot_ = c;
        slot_used_ = true;
        setg(&slot_, &slot_, &slot_ + 1);
        return traits_type::to_int_type(c);
    }

    int_type at_end() {
        if (is(defect::throws_at_the_end)) {
            throw std::runtime_error("thrown by the mutant");
        }
        if (is(defect::throws_no_exception)) {
            throw 42;
        }
        if (is(defect::never_ends) || (is(defect::end_is_not_the_end) && end_seen_ && !more_)) {
            more_ = true;
            slot_ = 'x';
            setg(&slot_, &slot_, &slot_ + 1);
            return traits_type::to_int_type(slot_);
        }
        end_seen_ = true;
        return traits_type::eof();
    }

    std::string content_;
    std::size_t base_ = 0;  // where the area begins
    std::array<char, block> area_{};
    char slot_ = '\0';  // what was put back, as an area of its own
    bool slot_used_ = false;
    bool untold_ = false;
    bool end_seen_ = false;
    bool more_ = false;
};

struct mutant_device {
    static constexpr std::size_t buffer_size = mutant_buf::block;

    explicit mutant_device(std::string_view content) : buf(content) {}
    std::string content() {
        buf.write_pending();
        return buf.stored();
    }
    [[nodiscard]] std::string stored() const { return buf.stored(); }

    mutant_buf buf;
};

}  // namespace mutants

#endif  // UNIT_CONFORMANCE_MUTANT_HPP
