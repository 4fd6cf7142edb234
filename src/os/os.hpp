// os: every call that sluice makes to the operating system. One source per system implements it
// (posix.cpp); nothing else includes a header of the system's.

#ifndef SLUICE_OS_OS_HPP
#define SLUICE_OS_OS_HPP

#include <sluice/detail/file_handle.hpp>

#include <cstddef>
#include <cstdint>
#include <ios>
#include <system_error>

namespace sluice::os {

using handle = int;
inline constexpr handle no_handle = -1;

using detail::transfer;

/// The system's flags for a mode, O_CLOEXEC included; -1 for a mode that is not in the table.
[[nodiscard]] int open_flags(std::ios_base::openmode mode) noexcept;

/// Opens as the standard's table of open modes says ([filebuf.members]), noreplace included.
///
/// Returns: the handle, not inherited by programs the process starts; or no_handle, with `code`
/// set:
///          errc::bad_mode for a mode that is not in the table.
[[nodiscard]] handle open(const char* path, std::ios_base::openmode mode,
                          std::error_code& code) noexcept;

/// Creates a file that was not there, to be read and written by its owner alone (0600). A symbolic
/// link is not followed.
///
/// Returns: as open(); `code` is std::errc::file_exists where the name is taken.
[[nodiscard]] handle create(const char* path, std::error_code& code) noexcept;

/// The same without a name, in `directory`; it is gone when closed. Not every file system can.
[[nodiscard]] handle create_unnamed(const char* directory, std::error_code& code) noexcept;

/// Creates a directory that was not there, for its owner alone (0700).
[[nodiscard]] std::error_code make_directory(const char* path) noexcept;

/// Takes a file's name away.
[[nodiscard]] std::error_code remove(const char* path) noexcept;

/// Fills `target` with what nobody can foretell.
[[nodiscard]] std::error_code fill_random(void* target, std::size_t size) noexcept;

/// One transfer from or to the handle's own position. Interruptions are not seen; a transfer may be
/// short. What would block gives errc::would_block.
[[nodiscard]] transfer read(handle file, void* target, std::size_t size) noexcept;
[[nodiscard]] transfer write(handle file, const void* source, std::size_t size) noexcept;

/// The same at a position, leaving the handle's own alone.
[[nodiscard]] transfer read_at(handle file, void* target, std::size_t size,
                               std::int64_t position) noexcept;
[[nodiscard]] transfer write_at(handle file, const void* source, std::size_t size,
                                std::int64_t position) noexcept;

/// Returns: the new position, or -1 with `code` set.
std::int64_t seek(handle file, std::int64_t offset, std::ios_base::seekdir whence,
                  std::error_code& code) noexcept;

[[nodiscard]] std::error_code truncate(handle file, std::int64_t size) noexcept;

/// The handle is gone whatever is returned. EINTR is no failure: the handle is closed then too.
std::error_code close(handle file) noexcept;

struct status {
    bool regular = false;  // a file of bytes on a disk, not a pipe, a terminal, a directory …
    std::int64_t size = 0;
    bool directory = false;
};
[[nodiscard]] status status_of(handle file, std::error_code& code) noexcept;

/// Whether whatever is written goes to the end (O_APPEND). An error where there is no such handle.
[[nodiscard]] bool appends(handle file, std::error_code& code) noexcept;

/// How many bytes wait in a pipe, a socket or a terminal; 0 where that is not known.
[[nodiscard]] std::int64_t available(handle file) noexcept;

[[nodiscard]] bool is_terminal(handle file) noexcept;

/// Whole pages of zeros, not counted as used before they are touched.
///
/// Returns: null where there is no memory.
[[nodiscard]] void* map_memory(std::size_t size) noexcept;

/// Changes the size, and with it perhaps the place, without copying. What is added is zeros.
///
/// Returns: null where there is no memory; `memory` is as it was then.
[[nodiscard]] void* remap_memory(void* memory, std::size_t size, std::size_t new_size) noexcept;

void unmap_memory(void* memory, std::size_t size) noexcept;

}  // namespace sluice::os

#endif  // SLUICE_OS_OS_HPP
