// A system descriptor and its position: who may move it, and where the kernel thinks it stands. Or
// a file of a file system of the program's own, in a descriptor's place.

#ifndef SLUICE_DETAIL_FILE_HANDLE_HPP
#define SLUICE_DETAIL_FILE_HANDLE_HPP

#include <sluice/open_file.hpp>

#include <cstddef>
#include <cstdint>
#include <ios>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace sluice::detail {

/// The system would not see what follows a NUL, and open another file.
[[nodiscard]] inline bool has_nul(std::string_view text) noexcept {
    return text.find('\0') != std::string_view::npos;
}

/// Returns: std::errc::invalid_argument for a path that the system cannot be given as it is.
[[nodiscard]] inline std::error_code check_path(std::string_view path) noexcept {
    return has_nul(path) ? std::make_error_code(std::errc::invalid_argument) : std::error_code();
}

/// A descriptor that this object opened, or that it was given.
///
/// One that it opened is used at the position that the caller names (pread, pwrite, or read and
/// write where the kernel stands there already). One that others may share (given, appending, or
/// handed out) is used at the kernel's own position, or two writers would overwrite each other.
///
/// An open_file is used alike; this object keeps what is the kernel's position elsewhere.
class file_handle {
public:
    file_handle() noexcept = default;

    /// Owns `file`, which all that is written is appended to if it `appends`.
    file_handle(std::unique_ptr<open_file> file, bool appends) noexcept;

    file_handle(file_handle&& other) noexcept { swap(other); }
    file_handle& operator=(file_handle&& other) noexcept;
    file_handle(const file_handle&) = delete;
    file_handle& operator=(const file_handle&) = delete;
    ~file_handle() { static_cast<void>(close()); }

    void swap(file_handle& other) noexcept;

    /// Opens a file of the system's; see os::open.
    ///
    /// Requires: is_open() is false.
    [[nodiscard]] std::error_code open(const char* path, std::ios_base::openmode mode) noexcept;

    /// Owns a descriptor that nobody else uses.
    ///
    /// Requires: is_open() is false.
    void take(int descriptor) noexcept { start(descriptor, false); }

    /// Creates a file, named or without a name; see os::create and os::create_unnamed.
    ///
    /// Requires: is_open() is false.
    [[nodiscard]] std::error_code create(const char* path) noexcept;
    [[nodiscard]] std::error_code create_unnamed(const char* directory) noexcept;

    /// Creates a file in RAM; see os::create_in_memory.
    ///
    /// Requires: is_open() is false.
    [[nodiscard]] std::error_code create_memory(const char* name) noexcept;

    /// close() takes the name away too; that it is gone already is no error.
    void remove_at_close(std::string path) noexcept { doomed_ = std::move(path); }

    /// Owns a descriptor that has just been opened for this object alone, as open() would.
    ///
    /// Requires: is_open() is false.
    void start(int descriptor, bool appends) noexcept;

    /// Uses `descriptor`, which close() closes only if it is `owned`.
    [[nodiscard]] std::error_code attach(int descriptor, bool owned) noexcept;

    /// Closes, or lets go of, the descriptor, and removes what is to be removed; is_open() is false
    /// then whatever is returned.
    [[nodiscard]] std::error_code close() noexcept;

    [[nodiscard]] bool is_open() const noexcept { return descriptor_ >= 0 || file_ != nullptr; }
    [[nodiscard]] bool is_terminal() const noexcept;
    [[nodiscard]] bool is_shared() const noexcept { return shared_; }
    [[nodiscard]] bool appends() const noexcept { return appends_; }

    /// The descriptor, for calls that leave its position alone, or where it is shared anyway; -1
    /// where there is none.
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

    /// The descriptor itself; from now on others may move it. -1 where there is none.
    [[nodiscard]] int share() noexcept {
        shared_ = shared_ || descriptor_ >= 0;
        return descriptor_;
    }

    /// Leaves the descriptor open when this object closes.
    void disown() noexcept { owned_ = false; }

    [[nodiscard]] bool seekable() noexcept;

    /// One transfer at `position`, which is the kernel's own where the descriptor is shared. Where
    /// the reader of a pipe or a socket has gone, a write gives EPIPE, and no signal.
    [[nodiscard]] transfer read(void* target, std::size_t size, std::int64_t position) noexcept;
    [[nodiscard]] transfer write(const void* source, std::size_t size,
                                 std::int64_t position) noexcept;

    /// Writes until all is written or one transfer fails.
    [[nodiscard]] transfer write_all(const void* source, std::size_t size,
                                     std::int64_t position) noexcept;

    /// Moves the kernel's position.
    [[nodiscard]] std::error_code seek(std::int64_t position) noexcept;

    /// The kernel's position; -1, with `code` set, where there is none.
    [[nodiscard]] std::int64_t position(std::error_code& code) const noexcept;

    [[nodiscard]] std::int64_t size(std::error_code& code) const noexcept;
    // NOLINTNEXTLINE(readability-make-member-function-const): it changes the file
    [[nodiscard]] std::error_code truncate(std::int64_t size) noexcept;

    /// As fsync. A failure is final: see basic_buf::sync_to_disk.
    [[nodiscard]] std::error_code sync_to_disk() noexcept;

    /// How many bytes a read at `position` would give without waiting, as far as is known.
    [[nodiscard]] std::int64_t available(std::int64_t position) const noexcept;

private:
    enum class answer : unsigned char { unknown, no, yes };

    // What a write needs to know: whether the reader may go away, which is SIGPIPE by default.
    enum class sink : unsigned char { unknown, file, pipe, socket };

    [[nodiscard]] sink find_sink() const noexcept;
    [[nodiscard]] transfer write_in_place(const void* source, std::size_t size) noexcept;

    // A device that cannot seek has no other place than the kernel's.
    [[nodiscard]] bool in_place(std::int64_t position) noexcept {
        return shared_ || kernel_ == position || !seekable();
    }

    int descriptor_ = -1;
    std::unique_ptr<open_file> file_;  // in place of a descriptor
    bool owned_ = false;
    bool shared_ = false;
    bool appends_ = false;
    answer seekable_ = answer::unknown;
    sink sink_ = sink::unknown;
    std::int64_t kernel_ = 0;   // the kernel's position, while nobody else can move it
    std::error_code unsynced_;  // why sync_to_disk() failed
    std::string doomed_;        // what close() removes; empty: nothing
};

/// Opens a file of whoever opens files by path now: see inject().
///
/// Requires: file.is_open() is false.
[[nodiscard]] std::error_code open_by_path(file_handle& file, const std::string& path,
                                           std::ios_base::openmode mode);

}  // namespace sluice::detail

#endif  // SLUICE_DETAIL_FILE_HANDLE_HPP
