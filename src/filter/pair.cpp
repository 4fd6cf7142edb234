#include <sluice/filter/pair.hpp>

namespace sluice {

template <class CharT>
auto basic_pairbuf<CharT>::operator=(basic_pairbuf&& other) noexcept(false) -> basic_pairbuf& {
    if (this != &other) {
        this->close();
        basic_pairbuf taken(std::move(other));
        swap(taken);
    }
    return *this;
}

template <class CharT>
auto basic_pairbuf<CharT>::seekoff(off_type offset, std::ios_base::seekdir /*whence*/,
                                   std::ios_base::openmode /*which*/) -> pos_type {
    return this->refuse_seek(this->is_open() ? errc::not_seekable : errc::closed, offset);
}

template <class CharT>
auto basic_pairbuf<CharT>::seekpos(pos_type position, std::ios_base::openmode which) -> pos_type {
    return basic_pairbuf::seekoff(off_type(position), std::ios_base::beg, which);
}

template <class CharT>
auto basic_pairbuf<CharT>::do_size(std::error_code& code) -> off_type {
    code = errc::unsupported;
    return -1;
}

template <class CharT>
int basic_pairbuf<CharT>::do_native_handle(std::error_code& code) {
    code = errc::unsupported;
    return -1;
}

template class basic_pairbuf<char>;
template class basic_pairbuf<wchar_t>;

}  // namespace sluice
