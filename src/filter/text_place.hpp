// text_place: where decoding begins, and how a position says it.

#ifndef SLUICE_SRC_FILTER_TEXT_PLACE_HPP
#define SLUICE_SRC_FILTER_TEXT_PLACE_HPP

#include <cstdint>
#include <ios>

namespace sluice::detail {

/// In the bytes at `position`, without the first `skip` characters.
struct text_place {
    std::int64_t position = 0;
    std::uint32_t skip = 0;
    bool after_cr = false;  // a '\n' that comes first is the second half of a "\r\n"

    friend bool operator==(const text_place&, const text_place&) = default;
};

[[nodiscard]] std::streampos pack(const text_place& place);
[[nodiscard]] text_place unpack(const std::streampos& position);

}  // namespace sluice::detail

#endif  // SLUICE_SRC_FILTER_TEXT_PLACE_HPP
