// tree: a directory with all that is in it, from one file system into another.
//
//     sluice::fs::disk disk;
//     sluice::fs::memory files;
//     copy_tree(disk, "test/fixture", files, "/etc/app");        // load
//     run(files);
//     copy_tree(files, "/etc/app", disk, "result", {.mirror = true});   // and write back
//
// Threads: as the two file systems.

#ifndef SLUICE_FS_TREE_HPP
#define SLUICE_FS_TREE_HPP

#include <sluice/fs/filesystem.hpp>

#include <cstdint>

namespace sluice::fs {

struct tree_options {
    /// Makes the target what the source is: what the source lacks is removed, and what is of
    /// another kind is replaced. Without it, what the source lacks stays, and a directory where the
    /// source has none, or the other way round, is an error.
    bool mirror = false;

    /// Sets the times of last writing as they were; else what is written is new.
    bool times = true;
};

/// Copies what is in `directory` into `target`, which is created, with the directories on its way,
/// where it is not there: files, symbolic links as they are written, directories, permissions and
/// times. The two file systems may be one, unless one of the directories is in the other; that is
/// seen, by whatever names and links, where they are one object or two disks. Two objects of other
/// kinds that show one tree must be given directories that lie apart.
///
/// A file replaces a file of its name, in its place; a link where a file or a link is to come is
/// replaced too, and never followed. `directory` and `target` themselves may be links.
///
/// Returns: how many files, links and directories were written, `target` itself not counted.
/// Errors: throws error(operation, code, path) for the first that fails, with its path in the file
///         system it failed in; what was written before stays. std::errc::not_supported for what is
///         neither file, directory nor link; invalid_argument where one directory is in the other;
///         file_exists where a file is to be copied onto itself.
/// Source: shutil.copytree(symlinks=True, dirs_exist_ok=True); `mirror` as rsync --delete.
std::uintmax_t copy_tree(filesystem& from, const path& directory, filesystem& to,
                         const path& target, const tree_options& options = {});

}  // namespace sluice::fs

#endif  // SLUICE_FS_TREE_HPP
