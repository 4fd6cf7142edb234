// What an open mode does to a file, as the standard's table has it.

#ifndef SLUICE_FS_OPEN_MODE_HPP
#define SLUICE_FS_OPEN_MODE_HPP

#include <sluice/mode.hpp>

#include <ios>

namespace sluice::fs {

[[nodiscard]] inline bool writes(std::ios_base::openmode mode) noexcept {
    return has(mode, std::ios_base::out | std::ios_base::app);
}

[[nodiscard]] inline bool creates(std::ios_base::openmode mode) noexcept {
    return has(mode, std::ios_base::trunc | std::ios_base::app) || !has(mode, std::ios_base::in);
}

}  // namespace sluice::fs

#endif  // SLUICE_FS_OPEN_MODE_HPP
