#include "lies_in.hpp"

namespace sluice::fs {
namespace {

// One up. By `..` only where a link, or another `..`, is at the end: a path that grew by each step
// would soon be too long for the system.
path parent_of(filesystem& files, const path& file, std::error_code& code) {
    const path name = file.filename();
    if (name.empty() || name == ".") {  // a slash at the end, or the root
        const path shorter = file.parent_path();
        return shorter == file   ? file
               : shorter.empty() ? path("..")
                                 : parent_of(files, shorter, code);
    }
    if (name == ".." || files.is_symlink(file, code)) {
        return file / "..";
    }
    const path above = file.parent_path();
    return above.empty() ? path(".") : above;
}

}  // namespace

bool lies_in(filesystem& files, const path& file, const path& directory, std::error_code& code) {
    code.clear();
    for (path here = file; !files.equivalent(here, directory, code);) {
        path above = code ? path() : parent_of(files, here, code);
        if (code || above == here) {
            return false;
        }
        // The root's `..` is the root.
        if (above.filename() == ".." && (files.equivalent(here, above, code) || code)) {
            return false;
        }
        here = std::move(above);
    }
    return true;
}

}  // namespace sluice::fs
