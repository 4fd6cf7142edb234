#include <sluice/device/file.hpp>

namespace sluice {

template class basic_filebuf<char>;
template class basic_filebuf<wchar_t>;

}  // namespace sluice
