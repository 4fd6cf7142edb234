// What stands in a file system, as text that can be compared.

#ifndef CONFORMANCE_FILESYSTEM_TREE_HPP
#define CONFORMANCE_FILESYSTEM_TREE_HPP

#include <sluice/fs/filesystem.hpp>

#include <string>

namespace conformance {

namespace fs = sluice::fs;

/// What stands below `root`, a line each, sorted: type, name, and content or target.
inline std::string tree_of(fs::filesystem& files, const std::string& root) {
    std::string result;
    for (const fs::directory_entry& entry : files.recursive_list(root)) {
        result += entry.path.native().substr(root.size() + 1);
        if (entry.is_directory()) {
            result += '/';
        } else if (entry.is_symlink()) {
            result += " -> " + files.read_symlink(entry.path).native();
        } else {
            result += ": " + files.read_bytes(entry.path);
        }
        result += '\n';
    }
    return result;
}

}  // namespace conformance

#endif  // CONFORMANCE_FILESYSTEM_TREE_HPP
