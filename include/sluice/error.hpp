// error: why a stream failed. Which call, on which path, at which position, and the system's code.
//
//     sluice::ofstream out("/dev/full");
//     out << "x" << std::flush;
//     std::cerr << sluice::error_of(out).what();  // write /dev/full: No space left on device
//
// error_of() is in buf.hpp, which every device's header includes.
//
// Positions are in bytes for files and in characters for memory. An error may be copied between
// threads; its copies share one immutable text.

#ifndef SLUICE_ERROR_HPP
#define SLUICE_ERROR_HPP

#include <ios>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace sluice {

/// Why a call failed, where the system has no code of its own for it. A failed system call keeps
/// its errno in std::system_category(). Each value compares equal to the std::errc beside it.
enum class errc {
    closed = 1,    // bad_file_descriptor        Python: ValueError, "closed file"
    not_readable,  // operation_not_supported    Python: io.UnsupportedOperation
    not_writable,  // operation_not_supported    Python: io.UnsupportedOperation
    not_seekable,  // invalid_seek               Python: io.UnsupportedOperation
    unsupported,   // operation_not_supported    Python: io.UnsupportedOperation, "fileno"
    no_space,      // no_space_on_device         the device is of a fixed size, and full
    pinned,        // device_or_resource_busy    Python: BufferError, "Existing exports of data"
    would_block,   // operation_would_block      Python: BlockingIOError; try again later
    bad_mode,      // invalid_argument           Python: ValueError, "invalid mode"
    bad_position,  // invalid_argument           Python: ValueError, "negative seek value"
    bad_encoding,  // illegal_byte_sequence      Python: UnicodeError
    timed_out,     // timed_out                  Python: TimeoutError; try again, all is there
    too_long,      // file_too_large             more than a limit allows

    truncated_data,  // bad_message              Python: EOFError; what is compressed ends too early
    corrupt_data,    // bad_message              Python: BadGzipFile, LZMAError, OSError
};

[[nodiscard]] const std::error_category& sluice_category() noexcept;
[[nodiscard]] std::error_code make_error_code(errc value) noexcept;

/// What sluice's own calls throw, and what error_of() returns. what() reads `<call>: <reason>`, or
/// `<call> <path>: <reason>` where the device has a path, or `<call> <path>: <detail>: <reason>`.
class error : public std::ios_base::failure {
public:
    /// No error: code() is false, and so is the object.
    error();

    error(std::string_view operation, std::error_code code, std::string_view path = {},
          std::streamoff position = -1, std::string_view detail = {}, std::streamoff count = -1);

    /// The failed call in one word: "open", "read", "write", "seek", "close" …
    [[nodiscard]] const std::string& operation() const noexcept { return details_->operation; }

    /// The path the device was opened with; empty where it has none.
    [[nodiscard]] const std::string& path() const noexcept { return details_->path; }

    /// Where in the device it failed; -1 where that means nothing or is not known.
    [[nodiscard]] std::streamoff position() const noexcept { return details_->position; }

    /// What exactly was wrong, where there is more to say: the encoding and the bytes that are no
    /// character ("utf-8: ff"), or the argument. Empty otherwise.
    [[nodiscard]] const std::string& detail() const noexcept { return details_->detail; }

    /// How many characters the call had taken before it failed, where it is one that would have
    /// returned that, such as basic_stream::write; else -1.
    /// Source: BlockingIOError.characters_written.
    [[nodiscard]] std::streamoff count() const noexcept { return details_->count; }

    [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(code()); }

private:
    struct details {
        std::string operation;
        std::string path;
        std::streamoff position = -1;
        std::string detail;
        std::streamoff count = -1;
    };

    // Shared, because copying an exception must not throw.
    std::shared_ptr<const details> details_;
};

namespace detail {

/// What is said where there is no memory to say what failed: std::errc::not_enough_memory.
[[nodiscard]] const error& out_of_memory() noexcept;

}  // namespace detail

}  // namespace sluice

template <>
struct std::is_error_code_enum<sluice::errc> : std::true_type {};

#endif  // SLUICE_ERROR_HPP
