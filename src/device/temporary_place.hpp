// temporary_place: creates what is temporary, for the devices that use it.

#ifndef SLUICE_DEVICE_TEMPORARY_PLACE_HPP
#define SLUICE_DEVICE_TEMPORARY_PLACE_HPP

#include <sluice/detail/file_handle.hpp>
#include <sluice/device/temporary.hpp>

#include <filesystem>
#include <system_error>

namespace sluice::detail {

/// The errno of a failure in std::filesystem, which the library reports in another category.
[[nodiscard]] std::error_code system_error_of(std::error_code code) noexcept;

// What follows throws error("open", …).

/// The absolute path of `directory`, or of the system's for temporary files where that is empty.
[[nodiscard]] std::filesystem::path temporary_place(const std::filesystem::path& directory);

/// A file without a name in `place`.
[[nodiscard]] file_handle create_unnamed(const std::filesystem::path& place);

/// A file with a name that was free; `path` is set to it.
[[nodiscard]] file_handle create_named(const temporary_options& options,
                                       std::filesystem::path& path);

/// Returns: the path of a new directory.
[[nodiscard]] std::filesystem::path create_directory(const temporary_options& options);

}  // namespace sluice::detail

#endif  // SLUICE_DEVICE_TEMPORARY_PLACE_HPP
