// bundle: a tree of files in one file, as tar, zip and cpio write them. libarchive reads them;
// where sluice was built without it, none is read.

#ifndef SLUICE_MOUNT_BUNDLE_HPP
#define SLUICE_MOUNT_BUNDLE_HPP

#include <filesystem>
#include <string_view>

namespace sluice::mount {

/// What a name ends in that says it is a bundle's (".tar.gz"); empty: nothing does.
[[nodiscard]] std::string_view bundle_ending(std::string_view name) noexcept;

/// Unpacks a bundle into a directory that is there. Nothing of it is put elsewhere, whatever the
/// names in it say.
///
/// Errors: throws launch_error; and, between two files, `interrupted` where a signal has come.
void unpack(const std::filesystem::path& bundle, const std::filesystem::path& folder);

}  // namespace sluice::mount

#endif  // SLUICE_MOUNT_BUNDLE_HPP
