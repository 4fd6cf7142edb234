// tee: what is written goes to several buffers; what is read is written to another one too.
//
//     sluice::tee_io out(std::cout, sluice::open("log.txt", "wb"));    // to both
//     out << "3 apples\n";
//
//     sluice::record_io in(std::cin, sluice::open("typed.txt", "wb"));
//     converse(in);                             // typed.txt has what was read, and no more
//
// Counts are in characters. A tee and its buffers are one object for threads.

#ifndef SLUICE_FILTER_TEE_HPP
#define SLUICE_FILTER_TEE_HPP

#include <sluice/device/buffered.hpp>
#include <sluice/filter/layer.hpp>
#include <sluice/filter/passing.hpp>

#include <cstddef>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

namespace sluice {

/// Writes to several buffers.
///
/// Where one of them fails, the others still get all there is, and go on to: the failure is
/// reported once, by the call that met it, with the number of the buffer before its detail
/// ("output 2"), its path and its reason; that buffer gets nothing more, see failure(). The last
/// that is left is not given up: what it does not take stays pending, as everywhere. Nor is one
/// that would block: what it has not taken stays pending for it alone.
///
/// sync() hands on what is pending, and flushes all. close() does so too, closes what is owned, and
/// reports the first failure that has not been reported before.
///
/// Source: tee(1), which goes on where one of its outputs fails.
template <class CharT>
class basic_teebuf : public basic_bufferedbuf<CharT> {
    using base = basic_bufferedbuf<CharT>;

public:
    using typename base::char_type;
    using typename base::off_type;
    using lower_type = basic_lower<CharT>;
    using owner_type = typename lower_type::owner_type;

    /// Closed.
    basic_teebuf() = default;

    /// Without outputs, what is written vanishes.
    ///
    /// Errors: throws error(errc::not_writable) for an output that cannot be written.
    explicit basic_teebuf(std::vector<lower_type> outputs);

    /// Each output is borrowed or owned, see basic_lower.
    template <lower_of<basic_teebuf> First, lower_of<basic_teebuf>... Rest>
    explicit basic_teebuf(First&& first, Rest&&... rest)
        : basic_teebuf(lowers<CharT>(std::forward<First>(first), std::forward<Rest>(rest)...)) {}

    /// The buffer moved from is closed. An assignment throws what close() does.
    basic_teebuf(basic_teebuf&& other) noexcept { swap(other); }
    basic_teebuf& operator=(basic_teebuf&& other) noexcept(false);
    basic_teebuf(const basic_teebuf&) = delete;
    basic_teebuf& operator=(const basic_teebuf&) = delete;
    ~basic_teebuf() override;

    void swap(basic_teebuf& other) noexcept;

    [[nodiscard]] std::size_t outputs() const noexcept { return outputs_.size(); }

    /// Why an output, from 0 on, was given up; no error where it was not.
    ///
    /// Requires: `index` is less than outputs().
    [[nodiscard]] error failure(std::size_t index) const {
        return outputs_[index].failure.value_or(error());
    }

    /// Flushes, and lets go of the outputs. This buffer is closed then.
    ///
    /// Returns: for each what was owned; null where it was borrowed.
    /// Errors:  throws error(errc::closed), or what flushing gave; it is not detached then.
    std::vector<owner_type> detach();

protected:
    using typename base::transfer;

    transfer device_read(CharT* target, std::size_t count, off_type position) override;
    transfer device_write(const CharT* source, std::size_t count, off_type position) override;
    bool do_seekable() override { return false; }
    bool do_is_terminal() override;
    int sync() override;
    std::error_code do_sync_to_disk() override;
    std::error_code do_close() noexcept override;

private:
    struct output {
        lower_type below;
        std::size_t ahead = 0;  // how many of the characters still pending it has
        std::optional<error> failure = std::nullopt;
    };

    [[nodiscard]] std::size_t live() const noexcept;
    [[nodiscard]] error give_up(std::size_t index, const error& failure);

    std::vector<output> outputs_;
};

template <class CharT>
void swap(basic_teebuf<CharT>& a, basic_teebuf<CharT>& b) noexcept {
    a.swap(b);
}

/// Reads, writes and seeks what lies below, and writes all that has been read to a record too: when
/// it has been read, not when it has been read ahead; what is put back and read again, once; what
/// is read again after a seek, again. It is written with the next block, sync(), seek or close().
///
/// Where the record fails, reading goes on, and recording ends: the failure is reported, and sets
/// badbit on the owner, with "record" before its detail.
template <class CharT>
class basic_recordbuf : public basic_passbuf<CharT> {
    using base = basic_passbuf<CharT>;

public:
    using typename base::lower_type;
    using typename base::owner_type;

    /// Closed.
    basic_recordbuf() = default;

    /// Errors: throws error(errc::not_writable) for a record that cannot be written.
    basic_recordbuf(lower_type below, lower_type record);

    /// The buffer moved from is closed. An assignment throws what close() does.
    basic_recordbuf(basic_recordbuf&& other) noexcept { swap(other); }
    basic_recordbuf& operator=(basic_recordbuf&& other) noexcept(false);
    basic_recordbuf(const basic_recordbuf&) = delete;
    basic_recordbuf& operator=(const basic_recordbuf&) = delete;
    ~basic_recordbuf() override;

    void swap(basic_recordbuf& other) noexcept;

    /// Flushes, closes the record where it is owned, and lets go of both. This buffer is closed
    /// then, and no longer recording.
    ///
    /// Returns: what it owned below; null where that was borrowed.
    /// Errors:  throws error(errc::closed), what flushing gave, or what closing the record gave; it
    ///          is not detached then. But for errc::pinned, the record is gone, and another call
    ///          goes without it.
    owner_type detach();

    /// Whether what is read is recorded: not once the record has failed.
    [[nodiscard]] bool recording() const noexcept { return record_ && !failed_; }

protected:
    void has_read(const CharT* text, std::size_t count) override;
    int sync() override;
    std::error_code do_close() noexcept override;

private:
    [[nodiscard]] std::optional<error> finish_record() noexcept;

    std::optional<lower_type> record_;
    bool failed_ = false;
};

template <class CharT>
void swap(basic_recordbuf<CharT>& a, basic_recordbuf<CharT>& b) noexcept {
    a.swap(b);
}

using teebuf = basic_teebuf<char>;
using wteebuf = basic_teebuf<wchar_t>;
using recordbuf = basic_recordbuf<char>;
using wrecordbuf = basic_recordbuf<wchar_t>;

/// The same as streams.
using tee_io = basic_layer_io<teebuf>;
using wtee_io = basic_layer_io<wteebuf>;
using record_io = basic_layer_io<recordbuf>;
using wrecord_io = basic_layer_io<wrecordbuf>;

extern template class basic_teebuf<char>;
extern template class basic_teebuf<wchar_t>;
extern template class basic_recordbuf<char>;
extern template class basic_recordbuf<wchar_t>;

}  // namespace sluice

#endif  // SLUICE_FILTER_TEE_HPP
