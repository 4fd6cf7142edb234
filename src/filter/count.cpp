#include <sluice/filter/count.hpp>

#include <algorithm>
#include <type_traits>

namespace sluice {

template <class CharT>
auto basic_countbuf<CharT>::operator=(basic_countbuf&& other) noexcept(false) -> basic_countbuf& {
    if (this != &other) {
        this->close();
        basic_countbuf taken(std::move(other));
        swap(taken);
    }
    return *this;
}

template <class CharT>
void basic_countbuf<CharT>::swap(basic_countbuf& other) noexcept {
    base::swap(other);
    std::swap(read_, other.read_);
    std::swap(written_, other.written_);
}

namespace {

// The loop is of a length that is known, and sums up in characters: compilers make vector code of
// it at -O2 too, where they leave std::count() at a character a step.
constexpr std::size_t block = 128;  // so that the sum fits

template <class CharT>
std::uint64_t count_in_block(const CharT* text) noexcept {
    std::make_unsigned_t<CharT> sum = 0;
    for (std::size_t i = 0; i < block; ++i) {
        sum = static_cast<std::make_unsigned_t<CharT>>(sum + (text[i] == CharT('\n') ? 1 : 0));
    }
    return sum;
}

}  // namespace

template <class CharT>
std::uint64_t basic_countbuf<CharT>::lines_in(std::span<const CharT> text) noexcept {
    std::uint64_t lines = 0;
    for (; text.size() >= block; text = text.subspan(block)) {
        lines += count_in_block(text.data());
    }
    return lines + static_cast<std::uint64_t>(std::count(text.begin(), text.end(), CharT('\n')));
}

template class basic_countbuf<char>;
template class basic_countbuf<wchar_t>;

}  // namespace sluice
