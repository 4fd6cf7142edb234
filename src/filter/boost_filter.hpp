// A compression filter of Boost.Iostreams', called as what it is made of.

#ifndef SLUICE_FILTER_BOOST_FILTER_HPP
#define SLUICE_FILTER_BOOST_FILTER_HPP

#include "compressed_coder.hpp"

namespace sluice::detail {

/// The size of the buffer that each filter has for its own read() and write(), which are not used:
/// with the exception of a failure, read() loses what the same call has decoded, and where it was.
inline constexpr std::streamsize no_filter_buffer = 1;

/// One call of filter(), the SymmetricFilter that `boost_filter` makes a filter of.
///
/// Returns: ended, where that says so; `failure` is the library's code, 0 where there was none.
template <class Failure, class BoostFilter>
[[nodiscard]] coded run_filter(BoostFilter& boost_filter, std::string_view in, std::span<char> out,
                               bool flush, int& failure) {
    const char* from = in.data();
    char* to = out.data();
    coded result;
    failure = 0;
    try {
        result.ended = !boost_filter.filter().filter(from, in.data() + in.size(), to,
                                                     out.data() + out.size(), flush);
    } catch (const Failure& thrown) {
        failure = thrown.error();
    }
    result.read = static_cast<std::size_t>(from - in.data());
    result.written = static_cast<std::size_t>(to - out.data());
    return result;
}

}  // namespace sluice::detail

#endif  // SLUICE_FILTER_BOOST_FILTER_HPP
