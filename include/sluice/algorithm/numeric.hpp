// numeric: << and >> of numbers as fast as std::to_chars and std::from_chars, for any stream.
//
//     std::ofstream out("table.csv");
//     out.imbue(sluice::fast_numeric());
//     out << 3.25 << ',' << 42;                 // the same characters, sooner
//
// A locale may be shared between threads.

#ifndef SLUICE_ALGORITHM_NUMERIC_HPP
#define SLUICE_ALGORITHM_NUMERIC_HPP

#include <locale>

namespace sluice {

/// `base` with other std::num_put and std::num_get, of char and of wchar_t, by which numbers are
/// written and read as by those of std::locale::classic(): the same characters, values, states and
/// places to stop, for all flags. What is common is done by std::to_chars and std::from_chars; what
/// is not, by the facets of the standard library, from which these derive: on writing hexfloat,
/// long double, showpoint, showpos, uppercase, oct, hex, internal, not finite, bool by name,
/// pointers and a precision above 100; on reading all bases but dec, a leading '+', bool, pointers,
/// long double, what is out of range or no number, and a number that ends where the buffer ends.
///
/// Where the locale of the stream has a std::numpunct whose decimal point is not '.' or which
/// groups digits, all is done by the standard library, and so as that says. `base`'s own num_put
/// and num_get are replaced. Its std::ctype is taken to widen digits as the classic one does.
///
/// The current rounding mode (std::fesetround) is not looked at: digits are those of round to
/// nearest.
///
/// Source: [locale.nm.put], [facet.num.get.virtuals], as libstdc++ does them. With another standard
///         library, reading is left to that as a whole.
[[nodiscard]] std::locale fast_numeric(const std::locale& base = std::locale());

}  // namespace sluice

#endif  // SLUICE_ALGORITHM_NUMERIC_HPP
