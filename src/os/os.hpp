// os: every call that the library makes to the operating system. The sources posix*.cpp beside it
// implement it and the other headers here; no source of the library elsewhere includes a header of
// the system's, but for <iconv.h> in filter/system_codec.cpp. Calls that a test may want to fail go
// by a table, posix_calls.hpp.

#ifndef SLUICE_OS_OS_HPP
#define SLUICE_OS_OS_HPP

#include <sluice/open_file.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <ios>
#include <optional>
#include <system_error>

namespace sluice::os {

using handle = int;
inline constexpr handle no_handle = -1;

using detail::transfer;

/// The system's flags for a mode, O_CLOEXEC included; -1 for a mode that is not in the table.
[[nodiscard]] int open_flags(std::ios_base::openmode mode) noexcept;

/// Opens as the standard's table of open modes says ([filebuf.members]), noreplace included.
///
/// Returns: the handle, not inherited by programs the process starts; or no_handle with `code` set,
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

/// A file in RAM without a name; `name` is only what it is listed by.
[[nodiscard]] handle create_in_memory(const char* name, std::error_code& code) noexcept;

/// What can no longer be done to a file in RAM.
struct seals {
    bool write = false;
    bool grow = false;
    bool shrink = false;
};
[[nodiscard]] std::error_code seal(handle file, const seals& what) noexcept;
[[nodiscard]] seals seals_of(handle file, std::error_code& code) noexcept;

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
    bool pipe = false;  // or a FIFO
    bool socket = false;

    /// Which file it is, whatever its name.
    struct identity {
        std::uint64_t device = 0;
        std::uint64_t number = 0;
        friend bool operator==(const identity&, const identity&) = default;
    } file{};

    struct ownership {
        unsigned user = 0;
        unsigned group = 0;
        friend bool operator==(const ownership&, const ownership&) = default;
    } owner{};
};
[[nodiscard]] status status_of(handle file, std::error_code& code) noexcept;

/// What one call tells of a path; of a symbolic link itself unless it is to `follow`.
struct path_status {
    std::filesystem::file_type type = std::filesystem::file_type::none;
    std::filesystem::perms permissions = std::filesystem::perms::unknown;
    std::uintmax_t size = 0;
    std::filesystem::file_time_type last_write_time{};
    status::identity file{};
    status::ownership owner{};
};
[[nodiscard]] path_status status_of(const char* path, bool follow, std::error_code& code) noexcept;

/// Whether whatever is written goes to the end (O_APPEND). An error where there is no such handle.
[[nodiscard]] bool appends(handle file, std::error_code& code) noexcept;

/// How many bytes wait in a pipe, a socket or a terminal; 0 where that is not known.
[[nodiscard]] std::int64_t available(handle file) noexcept;

[[nodiscard]] bool is_terminal(handle file) noexcept;

/// Whole pages of zeros, not counted as used before they are touched.
///
/// Returns: null where there is no memory.
[[nodiscard]] void* map_memory(std::size_t size) noexcept;

/// Changes the size, and with it perhaps the place, without copying, unless the system knows no
/// such call. What is added is zeros.
///
/// Returns: null where there is no memory; `memory` is as it was then.
[[nodiscard]] void* remap_memory(void* memory, std::size_t size, std::size_t new_size) noexcept;

void unmap_memory(void* memory, std::size_t size) noexcept;

/// Memory of somebody else's will be filled for the first time: large pages are worth while.
void expect_filling(void* memory, std::size_t size) noexcept;

/// Returns: when what was written is on the disk. An error is final: the system may have thrown
/// away what it could not write, and a second call may hide it.
[[nodiscard]] std::error_code sync_to_disk(handle file) noexcept;

[[nodiscard]] std::error_code set_permissions(handle file, std::filesystem::perms what) noexcept;
[[nodiscard]] std::error_code set_owner(handle file, status::ownership owner) noexcept;

/// Locks the file against all who have opened it by themselves, until the last copy of the handle
/// is closed.
///
/// Returns: errc::would_block where somebody has it locked.
[[nodiscard]] std::error_code try_lock(handle file) noexcept;

[[nodiscard]] unsigned effective_user() noexcept;

// -- between two handles ----------------------------------------------------------------------

/// A handle, and where in it; -1: at its own position, which moves.
struct place {
    handle file = no_handle;
    std::int64_t position = -1;
};

/// Moves bytes from one handle to another without bringing them into the process: copy_file_range
/// between files, sendfile from a file to what is none, splice where one of the two is a pipe.
/// Interruptions are not seen, nor is SIGPIPE; a transfer may be short. A count of 0 may be the
/// end, or a file that only read() reads.
[[nodiscard]] transfer copy_range(const place& from, const place& to, std::size_t size) noexcept;
[[nodiscard]] transfer send_file(const place& from, handle to, std::size_t size) noexcept;
[[nodiscard]] transfer splice(const place& from, const place& to, std::size_t size) noexcept;

/// What of a file is content, and not a hole: the first stretch that begins or goes on at
/// `position` or ends after it. Both are the file's end where there is none; where the system does
/// not know, all from `position` on is. The handle's own position stays, or there is an error.
struct stretch {
    std::int64_t begin = 0;
    std::int64_t end = 0;
};
[[nodiscard]] stretch content_from(handle file, std::int64_t position,
                                   std::error_code& code) noexcept;

// -- what has a reader at the other end -------------------------------------------------------

/// How long to wait; none: as long as it takes.
using timeout = std::optional<std::chrono::milliseconds>;

/// Until when to wait; none: for ever.
using deadline = std::optional<std::chrono::steady_clock::time_point>;

/// The end of `limit` from now on; none where no clock can tell it. What is negative is over.
[[nodiscard]] deadline after(timeout limit) noexcept;

struct pipe_ends {
    handle reader = no_handle;
    handle writer = no_handle;
};
[[nodiscard]] pipe_ends pipe(std::error_code& code) noexcept;

/// As write(), to a pipe or a FIFO: a reader that has gone is EPIPE, and no SIGPIPE. The signal is
/// held back in this thread for the length of the call, which costs two system calls more.
[[nodiscard]] transfer write_pipe(handle pipe, const void* source, std::size_t size) noexcept;

/// As read() and write(), on a socket, for no longer than `limit`: then errc::timed_out. A peer
/// that has gone is EPIPE or ECONNRESET, and no SIGPIPE.
[[nodiscard]] transfer receive(handle socket, void* target, std::size_t size,
                               timeout limit = {}) noexcept;
[[nodiscard]] transfer send(handle socket, const void* source, std::size_t size,
                            timeout limit = {}) noexcept;

/// Tells the peer that no more comes.
[[nodiscard]] std::error_code shutdown_write(handle socket) noexcept;

/// A stream socket that is not inherited. `family` and `protocol` are the system's numbers.
[[nodiscard]] handle new_socket(int family, int protocol, std::error_code& code) noexcept;

/// Who is at the other end, as the system tells it.
struct address {
    alignas(std::max_align_t) std::array<unsigned char, 128> bytes{};
    std::size_t size = 0;
};

/// The next connection at a listening handle that does not wait by itself; errc::timed_out where
/// none has come in time.
[[nodiscard]] handle accept(handle listener, timeout limit, address& peer,
                            std::error_code& code) noexcept;

/// How long connecting and sending may wait by themselves, a day at most.
[[nodiscard]] std::error_code limit_sending(handle socket, timeout limit) noexcept;

/// Another handle for the same, neither inherited nor one of the three standard ones.
[[nodiscard]] handle duplicate(handle file, std::error_code& code) noexcept;

/// Makes the number `place` another handle for the same, inherited as the three standard ones are;
/// what was open there is closed.
[[nodiscard]] std::error_code duplicate_to(handle file, handle place) noexcept;

/// Makes whatever is written go to the end (O_APPEND).
[[nodiscard]] std::error_code set_appending(handle file) noexcept;

/// Whether transfers wait.
[[nodiscard]] std::error_code set_waiting(handle file, bool waits) noexcept;

// -- programs ---------------------------------------------------------------------------------

using process_id = int;

struct program {
    const char* name = nullptr;                  // sought in PATH where it has no slash
    char* const* arguments = nullptr;            // from the program's name on; ends with null
    char* const* environment = nullptr;          // ends with null; null itself: this process's
    const char* directory = nullptr;             // null: this process's
    std::array<handle, 3> standard{-1, -1, -1};  // its input, output, errors; no_handle: ours
};

/// Starts a program, with no signal blocked and the default answer to SIGPIPE.
///
/// Returns: when it has been started; else `code` says why not, and nothing is left behind.
[[nodiscard]] process_id spawn(const program& what, std::error_code& code) noexcept;

struct ending {
    bool ended = false;
    bool by_signal = false;
    int value = 0;  // the exit code, or the signal's number
};

/// Waits until a child ends, and takes leave of it: its id means nothing then.
///
/// Returns: ended is false where the time has passed, or `code` says why not.
[[nodiscard]] ending wait(process_id child, timeout limit, std::error_code& code) noexcept;

[[nodiscard]] std::error_code send_signal(process_id child, int number) noexcept;
inline constexpr int signal_to_terminate = 15;
inline constexpr int signal_to_kill = 9;

[[nodiscard]] process_id this_process() noexcept;

/// The environment of this process: `name=value`, and null at the end.
[[nodiscard]] char** environment() noexcept;

}  // namespace sluice::os

#endif  // SLUICE_OS_OS_HPP
