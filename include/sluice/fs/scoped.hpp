// scoped: what opens files by their paths is led to a file system of the program's own.
//
//     sluice::fs::memory files;
//     files.write_bytes("/etc/app.conf", "port 80\n");
//     const sluice::fs::scoped_filesystem use(files);
//     load_settings();                       // its sluice::ifstream("/etc/app.conf") reads 80
//
// What follows: sluice::ifstream, ofstream, fstream and the wide ones, filebuf::open(), and so
// whatever opens a filebuf by its path; sluice::open() and wopen() of a path; and all of
// sluice::drop_in. Atomic files are refused (errc::unsupported). What does not: mapped files,
// temporary files and directories, spooled files that have gone to disk, the files of child
// processes, bytes_io::load() and save(), descriptors, and whatever is not sluice's: std::ifstream,
// fopen(), std::filesystem.
//
// Threads: process-wide. Scopes may begin and end in any thread, at any time. From its construction
// to its destruction, what any thread opens goes to the file system; so no other thread may be
// opening a file by its path while a scope ends whose file system goes with it.

#ifndef SLUICE_FS_SCOPED_HPP
#define SLUICE_FS_SCOPED_HPP

#include <sluice/fs/held.hpp>

namespace sluice::fs {

/// Leads what is opened by a path to a file system, borrowed or owned, as long as it lives.
///
/// Scopes nest: the youngest that lives counts, also where they end in another order than that in
/// which they began. A call that has begun to open a file ends with whom it began. What was opened
/// stays open, on either side, and may be used after the scope, and after the file system.
class scoped_filesystem {
public:
    explicit scoped_filesystem(held_filesystem files);
    scoped_filesystem(const scoped_filesystem&) = delete;
    scoped_filesystem& operator=(const scoped_filesystem&) = delete;
    ~scoped_filesystem();

    [[nodiscard]] filesystem& files() const noexcept { return files_.get(); }

    /// That of the youngest scope that lives; null where there is none, and files are the system's.
    [[nodiscard]] static filesystem* current() noexcept;

private:
    held_filesystem files_;
    scoped_filesystem* older_ = nullptr;
    scoped_filesystem* younger_ = nullptr;
};

}  // namespace sluice::fs

#endif  // SLUICE_FS_SCOPED_HPP
