#include <sluice/device/buffered.hpp>

namespace sluice {

template class basic_bufferedbuf<char>;
template class basic_bufferedbuf<wchar_t>;

}  // namespace sluice
