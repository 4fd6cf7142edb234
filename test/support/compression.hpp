// Whether sluice was built with compression: TEST_CASE("…" * without_compression(skip)).

#ifndef SUPPORT_COMPRESSION_HPP
#define SUPPORT_COMPRESSION_HPP

#include <doctest/doctest.h>

namespace support {

#ifdef SLUICE_HAS_COMPRESSION
inline constexpr bool has_compression = true;
#else
inline constexpr bool has_compression = false;
#endif

/// As a decorator: a case that compresses is skipped where nothing can be.
inline const doctest::skip needs_compression(!has_compression);

}  // namespace support

#endif  // SUPPORT_COMPRESSION_HPP
