#include <sluice/filter/count.hpp>

#include <algorithm>

namespace sluice {

template <class CharT>
void basic_countbuf<CharT>::swap(basic_countbuf& other) noexcept {
    base::swap(other);
    std::swap(read_, other.read_);
    std::swap(written_, other.written_);
}

// By std::count() and not by memchr(): compilers make vector code of it, which does not stop at
// each of the line ends.
template <class CharT>
std::uint64_t basic_countbuf<CharT>::lines_in(std::span<const CharT> text) noexcept {
    return static_cast<std::uint64_t>(std::count(text.begin(), text.end(), CharT('\n')));
}

template class basic_countbuf<char>;
template class basic_countbuf<wchar_t>;

}  // namespace sluice
