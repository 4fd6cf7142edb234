#include <sluice/sstream.hpp>

namespace sluice {

template class basic_istringstream<char>;
template class basic_istringstream<wchar_t>;
template class basic_ostringstream<char>;
template class basic_ostringstream<wchar_t>;
template class basic_stringstream<char>;
template class basic_stringstream<wchar_t>;

}  // namespace sluice
