// How the sources of this directory name the system's errors.

#ifndef SLUICE_SRC_FS_CODE_HPP
#define SLUICE_SRC_FS_CODE_HPP

#include <system_error>

namespace sluice::fs {

/// The code that a system call fails with; std::make_error_code gives another category's.
[[nodiscard]] inline std::error_code system_code(std::errc code) noexcept {
    return {static_cast<int>(code), std::system_category()};
}

/// Whether a name, or a directory on the way to it, is not there.
[[nodiscard]] inline bool is_missing(const std::error_code& code) noexcept {
    return code == std::errc::no_such_file_or_directory || code == std::errc::not_a_directory;
}

/// At the end of its scope, makes a code of std::generic_category() the system's, which has the
/// same values: two kinds that fail alike are to give codes that are equal.
class settled {
public:
    explicit settled(std::error_code& code) noexcept : code_(code) {}
    settled(const settled&) = delete;
    settled& operator=(const settled&) = delete;
    ~settled() {
        if (code_.category() == std::generic_category()) {
            code_.assign(code_.value(), std::system_category());
        }
    }

private:
    std::error_code& code_;
};

}  // namespace sluice::fs

#endif  // SLUICE_SRC_FS_CODE_HPP
