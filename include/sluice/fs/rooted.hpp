// rooted: a directory of a file system, as a file system that nothing leads out of.
//
//     sluice::fs::disk disk;
//     sluice::fs::rooted files(disk, "/srv/uploads");
//     files.open("../../etc/passwd");                // is /srv/uploads/etc/passwd
//
// Sizes are in bytes. Threads: as the file system below; over a disk, as the system has it.

#ifndef SLUICE_FS_ROOTED_HPP
#define SLUICE_FS_ROOTED_HPP

#include <sluice/fs/held.hpp>
#include <sluice/fs/passing.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

namespace sluice::fs {

/// A directory of a file system, borrowed or owned, as the root of another: as for a process after
/// chroot(), `..` of the root is the root, and absolute paths, relative ones, and symbolic links
/// with an absolute target begin there. So no path leads out, by no name and by no link, dangling
/// ones and links on the way included. A link is written and read as it is: it may name what is
/// outside, and leads to what has that name inside.
///
/// Over an fs::disk itself (not a kind derived from it), each name is looked up in a directory that
/// is held open, and the system is never asked to follow a link. So this holds also against who
/// changes links, or renames directories, inside while a call is under way; the root is the
/// directory that was there at construction, wherever it is moved. What it does not stop: hard
/// links and mounts inside which lead to files outside, and who may move a directory out while a
/// call is under way there. However deep a path leads, a call holds no more than 34 descriptors
/// for each path that it is given, and closes them at its end. So where `..`, or the way back of
/// remove_all(), leads up through more than 32 directories, the system is asked for those before
/// them; where one of them was moved meanwhile, the call fails with
/// std::errc::resource_unavailable_try_again, as openat2(2) does.
///
/// Over any other kind, a path is resolved first and used then: who can change links below at the
/// same moment, by another object than this, can lead out what stands between. Give each its own
/// memory, or do not share one with whom you do not trust.
///
/// Source: chroot(2), openat2(2) RESOLVE_IN_ROOT.
class rooted : public passing_filesystem {
public:
    /// Errors: throws error where `directory` is none.
    rooted(held_filesystem files, const path& directory);

protected:
    std::uintmax_t do_remove_all(const path& file, std::error_code& code) override;
    std::vector<named_info> do_list(const path& directory, std::error_code& code) override;
    bool do_create_directories(const path& directory, std::error_code& code) override;
    file_info do_walk(const std::string& file, std::size_t& length, std::error_code& code) override;
};

}  // namespace sluice::fs

#endif  // SLUICE_FS_ROOTED_HPP
