#include <sluice/device/string.hpp>

namespace sluice {

template class basic_stringbuf<char>;
template class basic_stringbuf<wchar_t>;

}  // namespace sluice
