// stdio: C's FILE on any buffer, for a library that wants one; and any FILE as a buffer.
//
//     sluice::bytes_io image;
//     sluice::stdio_file file(image);           // a FILE on bytes in RAM
//     png_init_io(png, file.get());
//     write(png);
//     file.close();                             // throws with the reason, where writing failed
//
//     sluice::stdio_stream in(stdin);           // shares every character with C code
//     int count = 0;
//     in >> count;
//     std::fgets(line, sizeof line, stdin);     // goes on right behind the number
//
// Counts and positions are in bytes. Calls of C's lock their FILE; one FILE, its buffer and these
// objects are still one object for threads.

#ifndef SLUICE_BRIDGE_STDIO_HPP
#define SLUICE_BRIDGE_STDIO_HPP

#include <sluice/error.hpp>
#include <sluice/filter/layer.hpp>

#include <cstdio>
#include <exception>
#include <memory>
#include <utility>

namespace sluice {

namespace detail {
struct stdio_report;
}  // namespace detail

/// A FILE that reads, writes and seeks a buffer, which it borrows or owns, see basic_lower.
///
/// Reading: C reads ahead, so a borrowed buffer is ahead of C's reader. fflush(), close(), fclose()
/// and the destructor take it back to where C stands, where it can seek or still has in its buffer
/// what C has not read; what ungetc() has put back is forgotten then. Nothing is waited for but the
/// first character: C gets what is ready.
///
/// Writing: what leaves C's buffer (by fflush(), fseek(), fclose(), or because it is full) is
/// written and flushed below. fflush() has returned 0 only when the buffer below has passed it on,
/// or would block: what that has taken is pending there, and close() tells whether it got through.
///
/// Positions are of 64 bits. There is one, as in every FILE: of a buffer with two, such as
/// std::stringbuf, it is the reader's at first.
///
/// Failures: no exception goes through C. What fails returns what C says, sets ferror() and errno:
/// the system's own where the system failed; of sluice's, EBADF for not_readable, not_writable and
/// closed, EINVAL for bad_position, EAGAIN for would_block, and what else each is documented to
/// compare equal to; EIO for an exception of another kind. reason() has all of it. As ever in C,
/// what was in C's buffer when writing it failed is gone.
///
/// fileno() is -1: there is no descriptor. Wide characters (fputws, fwide) are refused by the C
/// library. setvbuf() takes any other buffer, before the first transfer, or none. Where the buffer
/// is a terminal, C's is by lines.
///
/// Source: fdopen(3); fopencookie(3).
class stdio_file {
public:
    /// Closed.
    stdio_file() noexcept = default;

    /// Reads, or writes, or both, as `below` can.
    ///
    /// Errors: throws error("open"): errc::closed; not_readable for a buffer that can do neither;
    ///         the system's.
    explicit stdio_file(lower below);

    /// As fopen() knows the modes: "r", "w", "a", with "+" and "b". Nothing is created or emptied,
    /// and the position stays: the buffer is open already. With "a", all that is written goes to
    /// the end, where that can be sought.
    ///
    /// Errors: errc::bad_mode; not_readable, not_writable where `below` cannot do that.
    /// Source: fdopen(3).
    stdio_file(lower below, const char* mode);

    /// What is moved from is closed. An assignment throws what close() does, and has taken nothing
    /// then.
    stdio_file(stdio_file&& other) noexcept { swap(other); }
    stdio_file& operator=(stdio_file&& other) noexcept(false);
    stdio_file(const stdio_file&) = delete;
    stdio_file& operator=(const stdio_file&) = delete;

    /// Closes, and keeps quiet.
    ~stdio_file();

    void swap(stdio_file& other) noexcept {
        std::swap(file_, other.file_);
        report_.swap(other.report_);
    }

    /// The FILE; null once it is closed, by C too.
    [[nodiscard]] std::FILE* get() const noexcept { return is_open() ? file_ : nullptr; }

    [[nodiscard]] bool is_open() const noexcept;

    /// Leaves the FILE to the caller, or to a library, that calls fclose(): then it returns EOF
    /// with errno where anything deferred fails. reason() goes on to tell, also after that. A
    /// buffer that is borrowed must live until then.
    [[nodiscard]] std::FILE* release() noexcept;

    /// Writes what is pending, and closes the FILE, and the buffer where that is owned. A second
    /// call does nothing.
    ///
    /// Errors: throws error, that of the buffer below as it is: what failed just now; or else the
    ///         first write that failed before, unless C has called clearerr(), since what it was
    ///         to write is gone. The FILE is closed all the same.
    void close();

    /// The first failure since clear_reason(); no error if there was none. A failure in the buffer
    /// below is told as that tells it; an exception of another kind has its what() as detail.
    [[nodiscard]] error reason() const;

    /// The first exception that was no sluice::error, as the buffer below threw it; null if there
    /// was none.
    [[nodiscard]] std::exception_ptr exception() const noexcept;

    void clear_reason() noexcept;

private:
    void open(lower below, const char* mode);

    std::FILE* file_ = nullptr;
    std::shared_ptr<detail::stdio_report> report_;  // shared with the FILE
};

inline void swap(stdio_file& a, stdio_file& b) noexcept {
    a.swap(b);
}

}  // namespace sluice

#endif  // SLUICE_BRIDGE_STDIO_HPP
