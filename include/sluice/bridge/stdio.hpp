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

#include <sluice/device/buffered.hpp>
#include <sluice/error.hpp>
#include <sluice/filter/layer.hpp>
#include <sluice/mode.hpp>
#include <sluice/stream.hpp>

#include <cstddef>
#include <cstdio>
#include <exception>
#include <functional>
#include <ios>
#include <memory>
#include <streambuf>
#include <system_error>
#include <utility>

namespace sluice {

namespace detail {
struct stdio_report;
}  // namespace detail

/// A FILE that reads, writes and seeks a buffer, which it borrows or owns, see basic_lower.
///
/// Reading: C reads ahead, so a borrowed buffer is ahead of C's reader. fflush(), close(), fclose()
/// and the destructor take it back to where C stands, where it can seek or still has in its buffer
/// what C has not read; what ungetc() has put back is forgotten then (glibc loses its place where
/// fflush() comes right behind ungetc(), as on any file; close() does not). Nothing is waited for
/// but the first character: C gets what is ready.
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
    // NOLINTNEXTLINE(bugprone-exception-escape): it says so
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

/// Any FILE as a buffer: one of C's three, a library's, of popen(), fmemopen() … One that is
/// borrowed must live as long.
///
/// One that is borrowed is shared with C, call by call: it has the only buffer, nothing is held
/// back from it, and nothing is taken out of it that has not been read. A character that is only
/// looked at (sgetc) stays in it; but of peek(), one is taken out, until it is consumed, or sync()
/// puts it back. Each character costs a call of C's then.
///
/// One that is owned has a buffer before it, as every sluice device: larger blocks, and small reads
/// and writes at the cost of a copy. pubsetbuf(nullptr, n) gives one of n characters to a borrowed
/// FILE too; sync(), native_handle() and close() hand on what is pending then, and put back what
/// has been read ahead: by a seek, or else by ungetc(), of which the C library of GNU takes any
/// number. pubsetbuf(nullptr, 0) takes it away. A FILE that cannot seek is read as far as
/// something is ready.
///
/// sync() calls fflush(). Failures carry errno; one is never taken for the end, nor the end for
/// the last: feof() is cleared before each read, and with it ferror() where both were set. What C's
/// buffer had taken when fflush() or fclose() failed is gone; the failure is reported, once.
///
/// A FILE of wide orientation cannot be read or written: EIO. For wide characters, put a wtextbuf
/// over this. Positions, and truncate() and sync_to_disk() where there is a descriptor, are those
/// of the file. A write or flush that failed here is final for sync_to_disk() too: what is gone is
/// not on the disk.
///
/// Source: Python's open(fd) over a FILE; libstdc++'s stdio_sync_filebuf and stdio_filebuf, in one.
class stdiobuf : public basic_bufferedbuf<char> {
    using base = basic_bufferedbuf<char>;

public:
    /// Closes a FILE as fclose() does: negative is a failure, with errno.
    using closer_type = std::function<int(std::FILE*)>;

    /// Closed.
    stdiobuf() = default;

    /// Reads and writes as `file` was opened to.
    ///
    /// Errors: throws error(errc::closed) for null.
    explicit stdiobuf(std::FILE* file, ownership owner = ownership::borrowed);

    /// Owns `file`, and closes it by `closer`: ::pclose, or what looks at the status that gives.
    /// What that throws, close() reports as EIO.
    stdiobuf(std::FILE* file, closer_type closer);

    /// The buffer moved from is closed. An assignment throws what close() does.
    stdiobuf(stdiobuf&& other) noexcept { swap(other); }
    stdiobuf& operator=(stdiobuf&& other) noexcept(false);
    stdiobuf(const stdiobuf&) = delete;
    stdiobuf& operator=(const stdiobuf&) = delete;
    ~stdiobuf() override;

    void swap(stdiobuf& other) noexcept;

    /// The FILE; null once it is closed. It is where this buffer stands after sync(), and at any
    /// time where there is no buffer before it.
    [[nodiscard]] std::FILE* file() const noexcept { return file_; }

    /// Hands the FILE out, which is the caller's to close where it was owned; this is closed then.
    ///
    /// Errors: throws error(errc::closed), or what sync() gave; nothing has changed then.
    std::FILE* release();

protected:
    using typename base::transfer;

    std::streambuf* setbuf(char* memory, std::streamsize count) override;
    int sync() override;
    std::streamsize xsgetn(char* target, std::streamsize count) override;
    int_type underflow() override;
    int_type uflow() override;
    int_type pbackfail(int_type c) override;
    std::streamsize xsputn(const char* source, std::streamsize count) override;
    int_type overflow(int_type c) override;
    void do_fill(std::size_t count) override;

    transfer device_read(char* target, std::size_t count, off_type position) override;
    transfer device_write(const char* source, std::size_t count, off_type position) override;
    [[nodiscard]] bool shared() const noexcept override { return true; }
    [[nodiscard]] bool appends() const noexcept override { return appends_; }
    std::error_code device_seek(off_type position) override;
    off_type device_position() override;
    off_type device_available(off_type position) override;
    [[nodiscard]] off_type where() const noexcept override;

    bool do_seekable() override { return seekable_; }
    bool do_is_terminal() override;
    std::error_code do_close() noexcept override;
    off_type do_size(std::error_code& code) override;
    std::error_code do_truncate(off_type size) override;
    std::error_code do_sync_to_disk() override;
    int do_native_handle(std::error_code& code) override;

private:
    void start(std::FILE* file, closer_type closer);
    void settle();
    void put_back_ahead();
    [[nodiscard]] int_type next();
    [[nodiscard]] int_type before();
    void take_back(const char* text, std::size_t count);
    [[nodiscard]] std::error_code flush_file();
    std::error_code keep(std::error_code code) noexcept;
    [[nodiscard]] std::error_code finish();

    std::FILE* file_ = nullptr;
    closer_type closer_;        // empty where the FILE is borrowed
    std::error_code unsynced_;  // why not all that was written can be on the disk
    bool exact_ = false;        // there is no buffer but C's
    bool seekable_ = false;
    bool appends_ = false;
    bool holds_ = false;                  // what could not be put back
    bool ended_ = false;                  // a terminal, by what was read last
    int_type last_ = traits_type::eof();  // what was taken last, where it can be put back
};

inline void swap(stdiobuf& a, stdiobuf& b) noexcept {
    a.swap(b);
}

/// A FILE as a stream.
class stdio_stream : public stream {
    using base = stream;

public:
    using device_type = stdiobuf;

    /// Closed.
    stdio_stream() = default;

    /// See the constructors of stdiobuf.
    explicit stdio_stream(std::FILE* file, ownership owner = ownership::borrowed)
        : base(std::make_unique<stdiobuf>(file, owner)) {}
    stdio_stream(std::FILE* file, stdiobuf::closer_type closer)
        : base(std::make_unique<stdiobuf>(file, std::move(closer))) {}

    stdio_stream(stdio_stream&& other) noexcept(false) : base(std::move(other)) {}
    stdio_stream& operator=(stdio_stream&& other) noexcept(false) = default;
    stdio_stream(const stdio_stream&) = delete;
    stdio_stream& operator=(const stdio_stream&) = delete;
    ~stdio_stream() override = default;

    /// Null where the stream has none, or another one by a swap of streams.
    [[nodiscard]] stdiobuf* rdbuf() const noexcept {
        return dynamic_cast<stdiobuf*>(base::rdbuf());
    }

    /// Null where the stream is closed or moved away.
    [[nodiscard]] std::FILE* file() const noexcept {
        return rdbuf() != nullptr ? rdbuf()->file() : nullptr;
    }
};

}  // namespace sluice

#endif  // SLUICE_BRIDGE_STDIO_HPP
