// slice: a part of another buffer, as a buffer with its own positions; several at once on one file.
//
//     sluice::stream archive = sluice::open("data.tar", "rb");
//     sluice::slice_io header(archive, 0, 512);
//     sluice::slice_io body(archive, 512, size);
//     read(header, body);                       // in any order, each where it stands
//
// Positions and sizes are in characters of what lies below. Slices of one buffer, and that, are one
// object for threads.

#ifndef SLUICE_FILTER_SLICE_HPP
#define SLUICE_FILTER_SLICE_HPP

#include <sluice/device/buffered.hpp>
#include <sluice/filter/layer.hpp>

#include <cstddef>
#include <ios>
#include <limits>
#include <optional>
#include <streambuf>
#include <string>
#include <system_error>

namespace sluice {

/// The characters [begin, begin + size) of a buffer that can seek, from position 0 on.
///
/// Each slice seeks what lies below before it reads or writes there; where that stands there
/// already, nothing is called. That costs a tell for each block, which is nothing on sluice's
/// buffers, and a system call on a std::filebuf. Between blocks a slice works on its own buffer, so
/// that others may use what lies below, at any position. What one slice wrote, the others and what
/// lies below have after sync(); what another changed in a block that was read before is seen after
/// sync() too.
///
/// Reading ends where the slice ends, or what lies below. A write fits up to the very end of the
/// slice; what goes beyond fails with errc::no_space, when it is written, and what fits before it
/// is written. Seeking past the end is allowed. A slice with an end cannot be truncated.
///
/// Source: io.BufferedRandom for one position; Boost.Iostreams' restrict for the idea.
template <class CharT>
class basic_slicebuf : public basic_bufferedbuf<CharT>, public basic_layer<CharT> {
    using base = basic_bufferedbuf<CharT>;

public:
    using typename base::off_type;
    using lower_type = basic_lower<CharT>;
    using streambuf_type = typename lower_type::streambuf_type;
    using owner_type = typename lower_type::owner_type;

    /// As a size: to the end of what lies below, which grows with the slice, and can be truncated
    /// through it.
    static constexpr off_type to_end = std::numeric_limits<off_type>::max();

    /// Closed.
    basic_slicebuf() = default;

    /// Errors: throws error: errc::bad_position for a negative argument, not_seekable.
    basic_slicebuf(lower_type below, off_type begin, off_type size = to_end);

    /// The buffer moved from is closed. An assignment throws what close() does.
    basic_slicebuf(basic_slicebuf&& other) noexcept { swap(other); }
    basic_slicebuf& operator=(basic_slicebuf&& other) noexcept(false);
    basic_slicebuf(const basic_slicebuf&) = delete;
    basic_slicebuf& operator=(const basic_slicebuf&) = delete;
    ~basic_slicebuf() override;

    void swap(basic_slicebuf& other) noexcept;

    [[nodiscard]] streambuf_type* below() const noexcept override {
        return lower_ ? lower_->get() : nullptr;
    }

    /// The path of what lies below.
    [[nodiscard]] std::string path() const override;

    /// Writes what is pending, and lets go of what lies below, which stands anywhere. This buffer
    /// is closed then.
    ///
    /// Returns: what it owned; null where that was borrowed.
    /// Errors:  throws error(errc::closed), or what could not be written; it is not detached then.
    owner_type detach();

protected:
    using typename base::transfer;

    transfer device_read(CharT* target, std::size_t count, off_type position) override;
    transfer device_write(const CharT* source, std::size_t count, off_type position) override;
    [[nodiscard]] bool shared() const noexcept override { return true; }
    [[nodiscard]] bool addressable() override { return true; }
    [[nodiscard]] std::size_t device_room(off_type position) const noexcept override;
    off_type device_available(off_type position) override;

    int sync() override;
    [[nodiscard]] std::string detail_of(const std::error_code& code) const override;
    bool do_is_terminal() override { return false; }
    std::error_code do_close() noexcept override;
    off_type do_size(std::error_code& code) override;
    std::error_code do_truncate(off_type size) override;
    std::error_code do_sync_to_disk() override;
    int do_native_handle(std::error_code& code) override;

private:
    [[nodiscard]] std::ios_base::openmode which() const noexcept {
        return lower_->readable() ? std::ios_base::in : std::ios_base::out;
    }
    [[nodiscard]] bool stand_at(off_type position, std::ios_base::openmode how);
    [[nodiscard]] off_type size_now();

    std::optional<lower_type> lower_;
    off_type begin_ = 0;
    off_type size_ = 0;  // begin_ + size_ is a position
    bool to_end_ = false;
};

template <class CharT>
void swap(basic_slicebuf<CharT>& a, basic_slicebuf<CharT>& b) noexcept {
    a.swap(b);
}

using slicebuf = basic_slicebuf<char>;
using wslicebuf = basic_slicebuf<wchar_t>;

/// A basic_slicebuf as a stream.
using slice_io = basic_layer_io<slicebuf>;
using wslice_io = basic_layer_io<wslicebuf>;

extern template class basic_slicebuf<char>;
extern template class basic_slicebuf<wchar_t>;

}  // namespace sluice

#endif  // SLUICE_FILTER_SLICE_HPP
