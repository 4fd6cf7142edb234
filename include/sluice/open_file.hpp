// open_file: an open file that is not the system's, and who opens files by their paths.
//
//     class bundle : public sluice::file_opener {       // files that are linked into the program
//         sluice::file_handle open_file(const std::string& path, std::ios_base::openmode mode,
//                                       std::error_code& code) override;
//         bool names_directory(const std::string& path) override;
//     };
//
// What implements the two stands in fs/; a filebuf uses them in place of a descriptor. Sizes and
// positions are in bytes. Threads: an opener is called by all that open files, at once; an open
// file by the one that has it, though others may have the same content open.

#ifndef SLUICE_OPEN_FILE_HPP
#define SLUICE_OPEN_FILE_HPP

#include <cstddef>
#include <cstdint>
#include <ios>
#include <string>
#include <system_error>

namespace sluice {

namespace detail {

/// What was transferred, and why not more. A count of 0 without an error is the end, on reading.
struct transfer {
    std::size_t count = 0;
    std::error_code error;
};

class file_handle;

}  // namespace detail

/// What an opener returns: an open file of the system's, or one that follows, as in
/// `file_handle(std::make_unique<my_file>(), appends)`. Whole in <sluice/detail/file_handle.hpp>,
/// which all of fs/ includes.
using file_handle = detail::file_handle;

/// An open file: bytes at positions. It has no position of its own; who uses it keeps one, so that
/// two opens of one file do not share it.
///
/// Nothing here throws: an error is a code, of std::system_category() where the system has one for
/// it, as a disk would give it.
class open_file {
public:
    using transfer = detail::transfer;

    open_file() = default;
    open_file(const open_file&) = delete;
    open_file& operator=(const open_file&) = delete;
    virtual ~open_file() = default;

    /// Reads at `position`, as pread does: what lies beyond the end is a count of 0.
    [[nodiscard]] virtual transfer read(void* target, std::size_t size,
                                        std::int64_t position) noexcept = 0;

    /// Writes at `position`, as pwrite does: a gap is filled with zeros.
    [[nodiscard]] virtual transfer write(const void* source, std::size_t size,
                                         std::int64_t position) noexcept = 0;

    /// Writes at the end, wherever another has moved it, as O_APPEND does.
    ///
    /// Returns: with `end` set to where the written bytes end.
    [[nodiscard]] virtual transfer append(const void* source, std::size_t size,
                                          std::int64_t& end) noexcept = 0;

    /// Returns: -1 with `code` set where there is none.
    [[nodiscard]] virtual std::int64_t size(std::error_code& code) const noexcept = 0;

    /// As ftruncate: zeros where it grows.
    [[nodiscard]] virtual std::error_code truncate(std::int64_t size) noexcept = 0;

    /// As fsync; a file in RAM has nothing to wait for.
    [[nodiscard]] virtual std::error_code sync_to_disk() noexcept { return {}; }

    /// Called once, at the end, before the destructor.
    [[nodiscard]] virtual std::error_code close() noexcept { return {}; }
};

/// Who opens files by their paths in the system's place: an fs::filesystem.
class file_opener {
public:
    file_opener() = default;
    file_opener(const file_opener&) = delete;
    file_opener& operator=(const file_opener&) = delete;
    virtual ~file_opener() = default;

    /// Opens as the standard's table of open modes says, noreplace included.
    ///
    /// Returns: a handle of one of the two kinds; a closed one with `code` set, which is
    ///          errc::bad_mode for a mode that is not in the table, else as a disk gives it.
    [[nodiscard]] virtual file_handle
    open_file(const std::string& path, std::ios_base::openmode mode, std::error_code& code) = 0;

    /// Whether `path` leads to a directory; false also where that cannot be told.
    [[nodiscard]] virtual bool names_directory(const std::string& path) = 0;
};

namespace detail {

/// Makes `files` the opener of all that filebuf::open(), and so the file streams and
/// sluice::open(), open by a path from now on; null: the system.
///
/// Returns: who it was until now.
file_opener* inject(file_opener* files) noexcept;

/// Null: the system.
[[nodiscard]] file_opener* injected() noexcept;

}  // namespace detail

}  // namespace sluice

#endif  // SLUICE_OPEN_FILE_HPP
