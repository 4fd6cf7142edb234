// chunks: any std::istream, so many characters at a time.
//
//     for (std::string_view chunk : sluice::chunks(in, 4096)) {
//         hash.update(chunk.data(), chunk.size());
//     }
//
// Sizes are in characters. A range, its stream and the buffer together are one object for threads.

#ifndef SLUICE_ALGORITHM_CHUNKS_HPP
#define SLUICE_ALGORITHM_CHUNKS_HPP

#include <sluice/detail/pieces.hpp>
#include <sluice/error.hpp>

#include <algorithm>
#include <cstddef>
#include <istream>
#include <string_view>
#include <system_error>

namespace sluice {

namespace detail {

template <class CharT, class Traits>
class chunk_rule {
public:
    using view_type = std::basic_string_view<CharT, Traits>;

    explicit chunk_rule(std::size_t size) noexcept : size_(size) {}

    [[nodiscard]] line_extent extent(view_type text) const noexcept {
        return extent(view_type(), text);
    }
    [[nodiscard]] line_extent extent(view_type chunk, view_type text) const noexcept {
        const std::size_t missing = size_ - chunk.size();
        return {std::min(missing, text.size()), missing <= text.size()};
    }
    [[nodiscard]] static std::size_t hidden(view_type) noexcept { return 0; }
    [[nodiscard]] static std::size_t hidden_end(view_type, std::size_t) noexcept { return 0; }

private:
    std::size_t size_;
};

}  // namespace detail

/// What chunks() returns: a std::ranges::input_range, and a view, of std::basic_string_view. Its
/// value type is std::basic_string: what collects values copies them, or does not compile.
template <class CharT, class Traits = std::char_traits<CharT>>
using basic_chunks = detail::pieces<CharT, Traits, detail::chunk_rule<CharT, Traits>>;

/// The characters of `in` from where it stands to the end, `size` at a time; only the last chunk
/// may be shorter, and none is empty. A chunk is a view into the buffer of the stream, whichever
/// that is; one that does not lie there as a whole is put together in the range.
///
/// State, errors, how long a chunk lives: as lines(); eofbit comes with a chunk that is shorter.
/// Errors: throws error, std::errc::invalid_argument, for a size of 0.
/// Source: `iter(partial(f.read, size), "")`.
template <class CharT, class Traits>
[[nodiscard]] basic_chunks<CharT, Traits> chunks(std::basic_istream<CharT, Traits>& in,
                                                 std::size_t size) {
    if (size == 0) {
        throw error("chunks", std::make_error_code(std::errc::invalid_argument));
    }
    return {in, detail::chunk_rule<CharT, Traits>(size)};
}

/// A range does not own its stream.
template <class CharT, class Traits>
void chunks(const std::basic_istream<CharT, Traits>&& in, std::size_t size) = delete;

}  // namespace sluice

#endif  // SLUICE_ALGORITHM_CHUNKS_HPP
