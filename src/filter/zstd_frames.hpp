// Where the parts of zstd's frames end.

#ifndef SLUICE_FILTER_ZSTD_FRAMES_HPP
#define SLUICE_FILTER_ZSTD_FRAMES_HPP

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::detail {

/// Follows frames from their first byte on. Source: RFC 8878, 3.1.
class zstd_frames {
public:
    /// How many bytes are left of the part: of a header, a block, or a checksum.
    [[nodiscard]] std::size_t left() const noexcept { return left_; }

    /// Goes on behind `bytes`, which are not more than are left; false: these begin no frame.
    [[nodiscard]] bool pass(std::string_view bytes) noexcept;

    /// Whether a frame has ended, or none begun.
    [[nodiscard]] bool between() const noexcept { return part_ == part::magic && left_ == 4; }

    /// How many frames have begun.
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }

private:
    enum class part { magic, skipped_size, skipped, descriptor, header, block_header, block, sum };

    [[nodiscard]] bool end_part() noexcept;
    [[nodiscard]] bool end_magic() noexcept;
    void end_descriptor() noexcept;
    void end_block() noexcept;
    void begin(part next, std::size_t size) noexcept;

    part part_ = part::magic;
    std::size_t left_ = 4;
    std::uint32_t value_ = 0;  // of the part's bytes so far, the first one lowest
    unsigned shift_ = 0;
    bool has_sum_ = false;
    bool is_last_ = false;  // of the frame's blocks
    std::uint64_t count_ = 0;
};

}  // namespace sluice::detail

#endif  // SLUICE_FILTER_ZSTD_FRAMES_HPP
