#include <sluice/filter/limit.hpp>

#include "lost.hpp"

namespace sluice {

template <class CharT>
auto basic_limitbuf<CharT>::operator=(basic_limitbuf&& other) noexcept(false) -> basic_limitbuf& {
    if (this != &other) {
        this->close();
        basic_limitbuf taken(std::move(other));
        swap(taken);
    }
    return *this;
}

template <class CharT>
void basic_limitbuf<CharT>::swap(basic_limitbuf& other) noexcept {
    base::swap(other);
    std::swap(limit_, other.limit_);
    std::swap(left_read_, other.left_read_);
    std::swap(left_written_, other.left_written_);
}

template <class CharT>
void basic_limitbuf<CharT>::has_read(const CharT* /*text*/, std::size_t count) {
    left_read_ -= count;
}

template <class CharT>
void basic_limitbuf<CharT>::has_written(const CharT* /*text*/, std::size_t count) {
    left_written_ -= count;
}

template <class CharT>
void basic_limitbuf<CharT>::refuse_read() {
    this->fail_read(errc::too_long);
}

template <class CharT>
void basic_limitbuf<CharT>::refuse_write() {
    this->fail(detail::lost_above(this->below(), errc::too_long), "write");
}

template <class CharT>
std::string basic_limitbuf<CharT>::detail_of(const std::error_code& code) const {
    return code == errc::too_long ? "a limit of " + std::to_string(limit_) : std::string();
}

template class basic_limitbuf<char>;
template class basic_limitbuf<wchar_t>;

}  // namespace sluice
