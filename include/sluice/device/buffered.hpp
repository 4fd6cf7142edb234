// buffered: the base of devices that are read and written a block at a time.
//
// A device derives from basic_bufferedbuf and supplies device_read(), device_write() and, where it
// can seek, device_seek() and the like. All pointer arithmetic stands here.
//
// Counts, offsets and positions are in characters. Threads: as buf.hpp says.

#ifndef SLUICE_DEVICE_BUFFERED_HPP
#define SLUICE_DEVICE_BUFFERED_HPP

#include <sluice/buf.hpp>
#include <sluice/detail/clamped.hpp>
#include <sluice/detail/copy.hpp>
#include <sluice/detail/file_handle.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <utility>
#include <vector>

namespace sluice {

/// One buffer, used for reading ahead or for writing behind, and one position.
///
/// The buffer is allocated when first used. Reading starts with small blocks, which grow while
/// it goes on in order or near by, so that neither a short file nor a far seek pays for the size.
/// Transfers of a buffer's size or more go past it. setbuf(nullptr, n) makes the buffer n
/// characters long, setbuf(p, n) makes it [p, p + n), and n = 0 makes every call a call to the
/// device.
///
/// Source: io.BufferedRandom; [filebuf.virtuals] for setbuf.
template <class CharT, class Traits = std::char_traits<CharT>>
class basic_bufferedbuf : public basic_buf<CharT, Traits> {
    using base = basic_buf<CharT, Traits>;

public:
    using typename base::char_type;
    using typename base::int_type;
    using typename base::off_type;
    using typename base::pos_type;
    using typename base::traits_type;

protected:
    using transfer = detail::transfer;

    basic_bufferedbuf() = default;
    basic_bufferedbuf(bool readable, bool writable) noexcept : base(readable, writable) {}

    // What a device supplies. `position` is where the transfer takes place, for devices that can
    // choose it; a transfer may be short; a read of 0 characters is the end.

    virtual transfer device_read(CharT* target, std::size_t count, off_type position) = 0;
    virtual transfer device_write(const CharT* source, std::size_t count, off_type position) = 0;

    /// Whether the device is used at its own position, which others may move.
    [[nodiscard]] virtual bool shared() const noexcept { return false; }

    /// Whether all that is written goes to the end, wherever the position is.
    [[nodiscard]] virtual bool appends() const noexcept { return false; }

    /// Whether any position can be read at any time.
    [[nodiscard]] virtual bool addressable() { return !shared() && this->do_seekable(); }

    /// Whether the `count` characters that a call had read, and did not give because it failed, are
    /// kept for the next; else they are read from the device again.
    [[nodiscard]] virtual bool keeps_taken(std::size_t /*count*/) { return !this->do_seekable(); }

    /// Moves the device's own position, and tells it; -1, where it has none.
    virtual std::error_code device_seek(off_type /*position*/) { return {}; }
    virtual off_type device_position() { return -1; }

    /// Writes what the device itself has taken and not written yet.
    virtual std::error_code device_flush() { return {}; }
    [[nodiscard]] virtual bool device_has_pending() const noexcept { return false; }

    /// Whether the device itself has read beyond what it has delivered. Where it can seek,
    /// device_seek() takes it back.
    [[nodiscard]] virtual bool device_is_ahead() const noexcept { return false; }

    virtual off_type device_available(off_type /*position*/) { return 0; }

    /// The descriptor whose bytes are the characters; -1, where there is none. Requires: open.
    [[nodiscard]] virtual int device_descriptor() const noexcept { return -1; }

    /// How many characters the device takes at `position`: no more than these are held back, so
    /// that one too many is refused when it is written.
    [[nodiscard]] virtual std::size_t device_room(off_type /*position*/) const noexcept {
        return std::numeric_limits<std::size_t>::max();
    }

    /// Where a transfer at `position` failed, for the report, where positions are not counts.
    [[nodiscard]] virtual off_type failed_at(off_type position) const noexcept { return position; }

    // What a device uses.

    /// Writes what is pending. What could not be written stays pending.
    [[nodiscard]] std::error_code flush_pending();

    /// As flush_pending(); false: a failure has been reported.
    [[nodiscard]] bool flush_or_fail();

    /// Opens the put area at the position; false: a failure has been reported.
    [[nodiscard]] bool start_writing();

    /// Gives back what has been read ahead, or keeps it where it could not be read again. After a
    /// failure it is there as before.
    [[nodiscard]] std::error_code leave_reading();

    /// Closes both areas, and stands at `position`.
    ///
    /// Requires: nothing is pending.
    void set_position(off_type position) noexcept;

    [[nodiscard]] off_type position() const noexcept;

    /// The same, where others may have moved the device.
    [[nodiscard]] off_type tell();

    [[nodiscard]] bool reading() const noexcept { return this->eback() != nullptr; }
    [[nodiscard]] bool writing() const noexcept { return this->pbase() != nullptr; }
    [[nodiscard]] bool has_pending() const noexcept {
        return this->pptr() != this->pbase() || device_has_pending();
    }
    [[nodiscard]] off_type where() const noexcept override { return position(); }

    /// Takes what has been read ahead of the position out of the buffer.
    [[nodiscard]] std::vector<CharT> take_read_ahead();

    /// What is delivered before anything more is read from the device, which stands behind it.
    void set_unread(std::vector<CharT> text) noexcept { unread_ = std::move(text); }

    /// How long the buffer may grow, where setbuf() does not say. Requires: nothing is buffered.
    void set_capacity(std::size_t count) noexcept { capacity_ = count; }
    [[nodiscard]] bool unbuffered() const noexcept { return capacity_ == 0; }

    /// Makes the get area the buffer again: a character put back and not read is forgotten.
    void leave_slot() noexcept;

    /// What has been read and lies in the buffer, from its front. Requires: reading().
    [[nodiscard]] const CharT* read_begin() const noexcept {
        return in_slot() ? slot_begin_ : this->eback();
    }

    /// Where in that the reader stands. Requires: reading().
    [[nodiscard]] std::size_t read_index() const noexcept;

    /// How many characters at the front of the get area come from the block before this one.
    [[nodiscard]] std::size_t kept() const noexcept { return kept_; }

    /// Exchanges all but the owners.
    void swap(basic_bufferedbuf& other) noexcept;

    std::basic_streambuf<CharT, Traits>* setbuf(CharT* memory, std::streamsize count) override;
    pos_type seekoff(off_type offset, std::ios_base::seekdir whence,
                     std::ios_base::openmode which) override;
    pos_type seekpos(pos_type position, std::ios_base::openmode which) override;
    int sync() override;
    std::streamsize showmanyc() override;
    std::streamsize xsgetn(CharT* target, std::streamsize count) override;
    int_type underflow() override;
    int_type pbackfail(int_type c) override;
    std::streamsize xsputn(const CharT* source, std::streamsize count) override;
    int_type overflow(int_type c) override;
    void do_fill(std::size_t count) override;
    [[nodiscard]] bool passes_buffer(std::size_t count) const noexcept override;
    std::size_t do_read_once(CharT* target, std::size_t count) override;
    typename base::system_end do_system_end(typename base::system_use use) override;
    void do_system_moved(off_type count) override { set_position(position() + count); }

private:
    static constexpr std::size_t default_capacity = (std::size_t(128) << 10) / sizeof(CharT);
    static constexpr std::size_t first_block = 4096 / sizeof(CharT);
    static constexpr std::size_t far_block = 512 / sizeof(CharT);
    static constexpr std::size_t most_kept = 8;

    [[nodiscard]] std::error_code require_writable() const noexcept;
    void open_put_area(std::size_t pending) noexcept;
    void provide_buffer(std::size_t count);
    [[nodiscard]] bool near_last_block(off_type position) const noexcept;
    std::size_t block_for(off_type position) noexcept;
    void leave_visit() noexcept;
    [[nodiscard]] bool is_whole_visit(std::streamsize count);
    void start_reading();
    [[nodiscard]] bool in_slot() const noexcept { return this->eback() == &slot_; }
    bool refill(off_type position);
    bool refill_in_order(off_type position);
    transfer read_block(CharT* target, std::size_t count, off_type position) {
        return unread_.empty()
                   ? device_read(target, std::min(count, most_behind(position)), position)
                   : read_unread(target, count);
    }
    [[nodiscard]] static std::size_t most_behind(off_type position) noexcept;
    transfer read_unread(CharT* target, std::size_t count);
    bool refill_around(off_type position);
    bool refill_before();
    void read_on(CharT* target, std::streamsize count, std::streamsize& got);
    void read_past_buffer(CharT* target, std::streamsize count, std::streamsize& got);
    void read_straight(CharT* target, std::streamsize count, std::streamsize& got);
    bool read_piece(CharT* target, std::streamsize count, std::streamsize& got);
    void leave_buffer();
    void take_back(const CharT* taken, std::size_t count, off_type begin);
    std::size_t write_past_buffer(const CharT* source, std::size_t count);
    [[nodiscard]] bool ready_for(typename base::system_use use);
    [[nodiscard]] off_type origin(std::ios_base::seekdir whence, std::error_code& code);

    void advance_put(std::size_t count) noexcept {
        this->pbump(static_cast<int>(count));  // no buffer is longer than max_capacity
    }
    static constexpr std::size_t max_capacity = std::size_t(1) << 30;

    // reading:  [ kept_ | block from the device .. | unused ]       position: base_ - kept_ +
    // gptr()
    //            eback()        gptr()         egptr()
    // writing:  [ pending ....... | room ................. ]       position: base_ + pptr()
    //            pbase()         pptr()               epptr()
    // idle:      neither area is open                               position: base_
    //
    // Invariants: at most one area is open. base_ is the device position of the block's, or of the
    // pending characters', first. The put area is as long as the capacity, or what the device
    // takes.
    std::unique_ptr<CharT[]> memory_;
    CharT* buffer_ = nullptr;    // memory_, or the caller's
    std::size_t allocated_ = 0;  // how long that is
    std::size_t capacity_ = default_capacity;
    bool caller_sized_ = false;
    CharT slot_ = CharT();         // a character put back that differs from the device's
    CharT* slot_next_ = nullptr;   // while the get area is slot_: where it goes on, and
    CharT* slot_begin_ = nullptr;  // the get area that it hides
    CharT* slot_end_ = nullptr;
    std::size_t kept_ = 0;
    off_type base_ = 0;
    std::size_t block_ = 0;    // how much the next read asks for
    off_type last_begin_ = 0;  // the device positions of the last block
    off_type last_end_ = 0;
    off_type visit_ = static_cast<off_type>(far_block);  // how much was read there before a seek
    std::vector<CharT> unread_;  // read already, and not to be read from the device again
};

extern template class basic_bufferedbuf<char>;
extern template class basic_bufferedbuf<wchar_t>;

}  // namespace sluice

#include <sluice/device/buffered_impl.hpp>
#include <sluice/device/buffered_read_impl.hpp>

#endif  // SLUICE_DEVICE_BUFFERED_HPP
