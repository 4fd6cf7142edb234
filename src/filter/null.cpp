#include <sluice/filter/null.hpp>

namespace sluice {

template class basic_nullbuf<char>;
template class basic_nullbuf<wchar_t>;

}  // namespace sluice
