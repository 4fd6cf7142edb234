// Copies a few characters without a call.

#ifndef SLUICE_DETAIL_COPY_HPP
#define SLUICE_DETAIL_COPY_HPP

#include <cstddef>
#include <cstring>
#include <string>
#include <type_traits>

namespace sluice::detail {

/// Copies `size` bytes, from `Block` to twice as many: the first and the last block, which overlap.
template <std::size_t Block>
inline void copy_ends(unsigned char* target, const unsigned char* source, std::size_t size) {
    std::memcpy(target, source, Block);
    std::memcpy(target + size - Block, source + size - Block, Block);
}

/// As Traits::copy(). Streams are mostly fed a few characters at a time, and for those the call to
/// memcpy() is a third of what a write takes.
template <class Traits, class CharT>
inline void copy_characters(CharT* target, const CharT* source, std::size_t count) {
    if constexpr (std::is_same_v<Traits, std::char_traits<CharT>> && std::is_trivial_v<CharT>) {
        const std::size_t size = count * sizeof(CharT);
        auto* const to = reinterpret_cast<unsigned char*>(target);
        const auto* const from = reinterpret_cast<const unsigned char*>(source);
        if (size > 64) {
            std::memcpy(to, from, size);
        } else if (size >= 32) {
            copy_ends<32>(to, from, size);
        } else if (size >= 16) {
            copy_ends<16>(to, from, size);
        } else if (size >= 8) {
            copy_ends<8>(to, from, size);
        } else if (size >= 4) {
            copy_ends<4>(to, from, size);
        } else if (size >= 2) {
            copy_ends<2>(to, from, size);
        } else if (size == 1) {
            *to = *from;
        }
    } else {
        Traits::copy(target, source, count);
    }
}

}  // namespace sluice::detail

#endif  // SLUICE_DETAIL_COPY_HPP
