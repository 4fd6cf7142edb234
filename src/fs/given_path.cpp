#include "given_path.hpp"

#include <sluice/detail/file_handle.hpp>

#include "code.hpp"

namespace sluice::fs {

bool is_path(const std::filesystem::path& file, std::error_code& code) noexcept {
    code.clear();
    if (file.empty()) {
        code = system_code(std::errc::no_such_file_or_directory);
    } else if (detail::has_nul(file.native())) {
        code = system_code(std::errc::invalid_argument);
    }
    return !code;
}

bool are_paths(const std::filesystem::path& a, const std::filesystem::path& b,
               std::error_code& code) noexcept {
    return is_path(a, code) && is_path(b, code);
}

}  // namespace sluice::fs
