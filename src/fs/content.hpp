// The content of one open file into another.

#ifndef SLUICE_FS_CONTENT_HPP
#define SLUICE_FS_CONTENT_HPP

#include <sluice/detail/file_handle.hpp>

#include <system_error>

namespace sluice::fs {

/// How a copy ended.
struct copied {
    std::error_code error;
    bool in_source = false;  // where that came from
};

/// Copies from the start of one to the start of the other, which is empty, and closes the other,
/// which tells what was deferred. Where that may be a hole of the other, zeros are not written.
///
/// Two files of the system's are copied by it (copy_file_range), and share what their disk lets
/// files share; the holes of the one, where its disk tells of them, are holes of the other.
[[nodiscard]] copied copy_content(file_handle& source, file_handle& target);

}  // namespace sluice::fs

#endif  // SLUICE_FS_CONTENT_HPP
