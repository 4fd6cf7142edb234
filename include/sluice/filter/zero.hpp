// zero: reads zeros, without end or up to a size; what is written vanishes.
//
//     sluice::zero_io blank(1 << 20);           // 1 MiB of zeros
//     disk_image << blank.rdbuf();
//
// Sizes and positions are in bytes. Distinct objects may be used from distinct threads.

#ifndef SLUICE_FILTER_ZERO_HPP
#define SLUICE_FILTER_ZERO_HPP

#include <sluice/device/buffered.hpp>
#include <sluice/filter/layer.hpp>

#include <cstddef>
#include <limits>
#include <system_error>
#include <utility>

namespace sluice {

/// Zeros, and nothing that is written changes that. It can seek anywhere, past the end too; a zero
/// buffer of a size takes what is written beyond it too.
///
/// Source: /dev/zero.
class zerobuf : public basic_bufferedbuf<char> {
    using base = basic_bufferedbuf<char>;

public:
    /// As a size: there is none, and reading never ends.
    static constexpr off_type endless = std::numeric_limits<off_type>::max();

    /// Open for reading and writing.
    ///
    /// Errors: throws error(errc::bad_position) for a negative size.
    explicit zerobuf(off_type size = endless);

    /// The buffer moved from is closed.
    zerobuf(zerobuf&& other) noexcept : base() { swap(other); }
    zerobuf& operator=(zerobuf&& other) noexcept {
        zerobuf taken(std::move(other));
        swap(taken);
        return *this;
    }
    zerobuf(const zerobuf&) = delete;
    zerobuf& operator=(const zerobuf&) = delete;
    ~zerobuf() override = default;

    void swap(zerobuf& other) noexcept {
        base::swap(other);
        std::swap(size_, other.size_);
    }

protected:
    transfer device_read(char* target, std::size_t count, off_type position) override;
    transfer device_write(const char* source, std::size_t count, off_type position) override;
    off_type device_available(off_type position) override;
    off_type do_size(std::error_code& code) override;
    std::error_code do_close() noexcept override;

private:
    off_type size_ = 0;
};

inline void swap(zerobuf& a, zerobuf& b) noexcept {
    a.swap(b);
}

/// A zerobuf as a stream.
using zero_io = basic_layer_io<zerobuf>;

}  // namespace sluice

#endif  // SLUICE_FILTER_ZERO_HPP
