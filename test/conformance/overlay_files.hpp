// Overlays, as kinds of the conformance suite: all that a case makes is above; and with what was
// below all along, so that it is copied up, hidden and merged.

#ifndef CONFORMANCE_OVERLAY_FILES_HPP
#define CONFORMANCE_OVERLAY_FILES_HPP

#include <sluice/fs/filesystem.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fs/overlay.hpp>
#include <sluice/fs/read_only.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>

namespace conformance {

struct overlay_files {
    overlay_files() { files.create_directories(root()); }
    [[nodiscard]] static std::string root() { return "/home/someone"; }

    sluice::fs::overlay files{std::make_unique<sluice::fs::memory>(),
                              std::make_unique<sluice::fs::memory>()};
};

/// What furnish() makes was below already, and is hidden but for the root: each name is one that
/// was removed before.
struct overlay_on_content_files {
    overlay_on_content_files() {
        sluice::fs::filesystem& all = files;
        all.remove_all(root());
        all.create_directories(root());
    }
    [[nodiscard]] static std::string root() { return "/home/someone"; }
    static sluice::fs::memory& content(sluice::fs::memory& files);

    sluice::fs::memory memory;
    sluice::fs::read_only below{content(memory)};
    sluice::fs::overlay files{below, std::make_unique<sluice::fs::memory>()};
};

inline sluice::fs::memory& overlay_on_content_files::content(sluice::fs::memory& files) {
    const std::string there = root();
    files.create_directories(there + "/dir/sub/deep");
    files.create_directories(there + "/missing/x");
    files.create_directories(there + "/new");
    files.create_directories(there + "/link");
    files.write_bytes(there + "/file", "hidden");
    files.write_bytes(there + "/dir/inner", "hidden");
    files.write_bytes(there + "/dir/new", "hidden");
    files.write_bytes(there + "/empty", "hidden");
    files.create_symlink("dir", there + "/dangling");
    return files;
}

}  // namespace conformance

TYPE_TO_STRING_AS("overlay", conformance::overlay_files);
TYPE_TO_STRING_AS("overlay on content", conformance::overlay_on_content_files);

#endif  // CONFORMANCE_OVERLAY_FILES_HPP
