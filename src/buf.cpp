#include <sluice/buf.hpp>

namespace sluice {

template class basic_buf<char>;
template class basic_buf<wchar_t>;

}  // namespace sluice
