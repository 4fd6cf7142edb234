#include "zstd_frames.hpp"

#include <array>

namespace sluice::detail {

bool zstd_frames::pass(std::string_view bytes) noexcept {
    left_ -= bytes.size();
    for (const char byte : bytes) {
        if (shift_ == 32) {
            break;  // of long parts, no value is needed
        }
        value_ |= static_cast<std::uint32_t>(static_cast<unsigned char>(byte)) << shift_;
        shift_ += 8;
    }
    while (left_ == 0) {
        if (!end_part()) {
            return false;
        }
    }
    return true;
}

void zstd_frames::begin(part next, std::size_t size) noexcept {
    part_ = next;
    left_ = size;
    value_ = 0;
    shift_ = 0;
}

// The next part may be empty.
bool zstd_frames::end_part() noexcept {
    switch (part_) {
    case part::magic: return end_magic();
    case part::skipped_size: begin(part::skipped, value_); break;
    case part::descriptor: end_descriptor(); break;
    case part::header: begin(part::block_header, 3); break;
    case part::block_header: {
        is_last_ = (value_ & 1U) != 0;
        const bool repeats_byte = (value_ >> 1U & 3U) == 1;
        begin(part::block, repeats_byte ? 1 : value_ >> 3U);
        break;
    }
    case part::block: end_block(); break;
    case part::skipped:
    case part::sum: begin(part::magic, 4); break;
    }
    return true;
}

bool zstd_frames::end_magic() noexcept {
    ++count_;
    if (value_ == 0xFD2FB528U) {
        begin(part::descriptor, 1);
        return true;
    }
    if ((value_ & 0xFFFFFFF0U) == 0x184D2A50U) {
        begin(part::skipped_size, 4);
        return true;
    }
    return false;
}

void zstd_frames::end_descriptor() noexcept {
    constexpr std::array<std::size_t, 4> dictionary_sizes = {0, 1, 2, 4};
    constexpr std::array<std::size_t, 4> content_sizes = {0, 2, 4, 8};
    const bool is_single = (value_ >> 5U & 1U) != 0;  // and says no size of a window
    has_sum_ = (value_ >> 2U & 1U) != 0;
    const std::size_t content = content_sizes.at(value_ >> 6U & 3U);
    begin(part::header, (is_single ? 0 : 1) + dictionary_sizes.at(value_ & 3U) +
                            (content == 0 && is_single ? 1 : content));
}

void zstd_frames::end_block() noexcept {
    if (!is_last_) {
        begin(part::block_header, 3);
    } else if (has_sum_) {
        begin(part::sum, 4);
    } else {
        begin(part::magic, 4);
    }
}

}  // namespace sluice::detail
