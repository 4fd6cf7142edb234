// lost: what a layer could not write on its own account, told to a file that is saved as a whole.

#ifndef SLUICE_SRC_FILTER_LOST_HPP
#define SLUICE_SRC_FILTER_LOST_HPP

#include <sluice/device/atomic.hpp>
#include <sluice/filter/layer.hpp>

#include <streambuf>
#include <system_error>

namespace sluice::detail {

/// Where `code` is a failure, an atomic_filebuf somewhere below is not committed any more, whatever
/// is forgotten above it: the file has not seen what is missing.
///
/// Returns: `code`.
template <class CharT>
std::error_code lost_above(std::basic_streambuf<CharT>* below, std::error_code code) {
    if (code) {
        if (auto* const file = layer_of<atomic_filebuf>(below)) {
            file->spoil(code);
        }
    }
    return code;
}

}  // namespace sluice::detail

#endif  // SLUICE_SRC_FILTER_LOST_HPP
