// How the sources of this directory wait no longer than they are told.

#ifndef SLUICE_OS_POSIX_DEADLINE_HPP
#define SLUICE_OS_POSIX_DEADLINE_HPP

#include "os.hpp"

#include <system_error>

namespace sluice::os {

/// What poll() is to wait, in its unit; -1: for ever.
[[nodiscard]] int left_until(const deadline& end) noexcept;

/// Waits until one of `events` comes; an error of the file's own counts as one.
///
/// Returns: errc::timed_out where none came before the end; what poll() says where it fails, or the
///          caller would spin.
[[nodiscard]] std::error_code await_events(const deadline& end, handle file, short events) noexcept;

}  // namespace sluice::os

#endif  // SLUICE_OS_POSIX_DEADLINE_HPP
