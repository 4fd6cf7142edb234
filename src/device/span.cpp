#include <sluice/device/span.hpp>

namespace sluice {

template <class CharT>
basic_spanbuf<CharT>::basic_spanbuf(view_type text) : base(true, false) {
    // The base writes to no device that is not writable.
    this->set_memory(const_cast<CharT*>(text.data()), text.size(), text.size(), text.size());
    this->set_limit(text.size());
}

template <class CharT>
basic_spanbuf<CharT>::basic_spanbuf(std::ios_base::openmode mode, std::span<CharT> memory)
    : base(mode) {
    const std::size_t end = empties(mode) ? 0 : memory.size();
    this->set_memory(memory.data(), end, memory.size(), memory.size());
    this->set_limit(memory.size());
    this->set_position(has(mode, std::ios_base::ate | std::ios_base::app) ? end : 0);
}

template <class CharT>
basic_spanbuf<CharT>::basic_spanbuf(basic_spanbuf&& other) noexcept : basic_spanbuf() {
    this->set_closed();
    swap(other);
}

template <class CharT>
basic_spanbuf<CharT>& basic_spanbuf<CharT>::operator=(basic_spanbuf&& other) noexcept {
    basic_spanbuf taken(std::move(other));
    swap(taken);
    return *this;
}

template <class CharT>
void basic_spanbuf<CharT>::swap(basic_spanbuf& other) noexcept {
    this->settle();
    other.settle();
    base::swap(other);
}

template class basic_spanbuf<char>;
template class basic_spanbuf<wchar_t>;

}  // namespace sluice
