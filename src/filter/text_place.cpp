#include "text_place.hpp"

#include <cstring>
#include <cwchar>

namespace sluice::detail {
namespace {

// A place is mostly a number of bytes. Between "\r" and "\n", or within a character, it is a number
// that says more, where that fits; else the rest travels in the shift state of the std::fpos.
//
//     bit 62: such a number   61: after a '\r'   40 to 60: skip   0 to 39: position
constexpr std::int64_t special = std::int64_t(1) << 62;
constexpr std::int64_t special_after_cr = std::int64_t(1) << 61;
constexpr int skip_shift = 40;
constexpr std::int64_t most_position = (std::int64_t(1) << skip_shift) - 1;
constexpr std::uint32_t most_skip = (std::uint32_t(1) << 21) - 1;

struct packed_state {
    std::uint32_t flags = 0;  // 0: there is nothing to say
    std::uint32_t skip = 0;
};
static_assert(sizeof(packed_state) <= sizeof(std::mbstate_t));
constexpr std::uint32_t says_skip = 1;
constexpr std::uint32_t says_after_cr = 2;

}  // namespace

std::streampos pack(const text_place& place) {
    if (place.skip == 0 && !place.after_cr) {
        return place.position;
    }
    if (place.position <= most_position && place.skip <= most_skip) {
        return special | (place.after_cr ? special_after_cr : 0) |
               std::int64_t(place.skip) << skip_shift | place.position;
    }
    const packed_state packed{says_skip | (place.after_cr ? says_after_cr : 0), place.skip};
    std::mbstate_t state = {};
    std::memcpy(&state, &packed, sizeof(packed));
    std::streampos result(place.position);
    result.state(state);
    return result;
}

text_place unpack(const std::streampos& position) {
    const std::streamoff number = position;
    if (number >= special) {
        return {number & most_position,
                static_cast<std::uint32_t>(number >> skip_shift) & most_skip,
                (number & special_after_cr) != 0};
    }
    const std::mbstate_t state = position.state();
    packed_state packed;
    std::memcpy(static_cast<void*>(&packed), &state, sizeof(packed));
    return {number, packed.skip, (packed.flags & says_after_cr) != 0};
}

}  // namespace sluice::detail
