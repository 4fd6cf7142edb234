// The content of one open file into another.

#ifndef SLUICE_FS_CONTENT_HPP
#define SLUICE_FS_CONTENT_HPP

#include <sluice/detail/file_handle.hpp>

#include <system_error>

namespace sluice::fs {

/// Copies from the start of one to the start of the other, and closes the other, which tells what
/// was deferred.
[[nodiscard]] std::error_code copy_content(detail::file_handle& source,
                                           detail::file_handle& target);

}  // namespace sluice::fs

#endif  // SLUICE_FS_CONTENT_HPP
