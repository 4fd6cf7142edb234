// mapped: a file as memory behind a stream; nothing is copied, and a seek costs nothing.
//
//     sluice::mapped_file table("table.bin");   // read_only
//     std::string_view all = table.view();      // the file itself
//     table.seekg(4096);
//     table.read(record, sizeof record);        // no system call
//
// Sizes and positions are in bytes; position 0 is where the mapping begins. Distinct objects may be
// used from distinct threads. Opening the first one installs a handler of SIGBUS, see mappedbuf.

#ifndef SLUICE_DEVICE_MAPPED_HPP
#define SLUICE_DEVICE_MAPPED_HPP

#include <sluice/detail/file_handle.hpp>
#include <sluice/device/direct.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/stream.hpp>

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace sluice {

namespace os {
class file_mapping;
}  // namespace os

/// What is done with a mapped file.
enum class map_access {
    read_only,      // mmap.ACCESS_READ
    shared,         // mmap.ACCESS_WRITE: what is written reaches the file
    copy_on_write,  // mmap.ACCESS_COPY: what is written stays in the mapping, and ends with it
};

/// A file, or a range of one, mapped into memory. The size is fixed but for truncate(): full gives
/// errc::no_space, with all written that fits. An empty file is an empty device.
///
/// What is written shared is seen by everyone who reads the file at once; sync(), so flush(), waits
/// until it is on the disk. close() does not wait for the disk, as no file does.
///
/// When the file is cut short by somebody else, memory that was mapped is no longer there, and
/// the system sends SIGBUS to who touches it, which ends most programs. Here:
/// - It never ends the program, whoever touches the memory: this buffer, or a caller through view()
///   or getbuffer(). Opening the first mapping installs a handler of SIGBUS for the process, which
///   puts zeros in the place of what is gone and makes a note of it. A SIGBUS anywhere else
///   goes on to the handler installed before, or to the system's default. A handler that a
///   program installs after must hand on likewise what it does not know.
/// - sgetn() and what rests on it, so istream::read, read(n), readinto(): what it delivers was in
///   the file, checked after the copy; else it fails with EIO, and has read nothing. What is left
///   in front of the cut is read as ever.
/// - Single characters, words and lines are read by the streams out of the get area without any
///   call. It is 64 KiB at most, checked when it opens, and again when reading goes on past it: if
///   the cut falls in between, zeros may be delivered from the get area, and the next read beyond
///   it, or close(), fails with EIO. The end of the content is never reported without a check: a
///   file that was cut short ends with an error, not as if it were complete.
/// - view() and getbuffer() show zeros. verify() tells.
/// - What is written shared behind the cut is lost. sputn() fails where it knows; verify(), sync()
///   and close() always do. Until one of these has succeeded, a write is not known to be in the
///   file.
/// - What somebody else writes is seen, at any time. A file cut short and filled again is whole,
///   but for what was touched in between: that stays zeros, and EIO, until it is opened again.
/// Memory that the disk fails to deliver gives EIO by the same rules.
///
/// Source: Python's mmap, as a buffer; unlike there an empty file can be mapped, a seek past the
///         end is allowed, what is written past the end is written as far as it fits, and a
///         position in the file need not be whole pages.
class mappedbuf : public basic_directbuf<char> {
    using base = basic_directbuf<char>;

public:
    /// As a length: up to the end of the file.
    static constexpr std::size_t whole = static_cast<std::size_t>(-1);

    /// Closed.
    mappedbuf() noexcept;

    /// As open().
    explicit mappedbuf(const std::filesystem::path& path, map_access access = map_access::read_only,
                       off_type offset = 0, std::size_t length = whole)
        : mappedbuf() {
        open(path, access, offset, length);
    }
    explicit mappedbuf(int descriptor, map_access access = map_access::read_only,
                       off_type offset = 0, std::size_t length = whole)
        : mappedbuf() {
        open(descriptor, access, offset, length);
    }

    /// The buffer moved from is closed. Pins go with the content; see pinned_bytes. An assignment
    /// throws what close() does, and has taken nothing then; errc::pinned has changed nothing.
    mappedbuf(mappedbuf&& other) noexcept;
    mappedbuf& operator=(mappedbuf&& other) noexcept(false);
    mappedbuf(const mappedbuf&) = delete;
    mappedbuf& operator=(const mappedbuf&) = delete;
    ~mappedbuf() override;

    void swap(mappedbuf& other) noexcept;

    /// Maps [offset, offset + length) of the file, which need not be whole pages. The position is
    /// at its front.
    ///
    /// Errors: throws error with the path: the system's; EISDIR; ENODEV for what cannot be mapped
    ///         (a pipe, a device, a file of /proc); errc::bad_position where the range is not
    ///         within the file; device_or_resource_busy where the buffer is open;
    ///         std::errc::invalid_argument for a path with a NUL.
    void open(const std::filesystem::path& path, map_access access = map_access::read_only,
              off_type offset = 0, std::size_t length = whole);

    /// The same with an open descriptor, of which it keeps a duplicate.
    ///
    /// Errors: EACCES where it is not open for reading, and for writing too for `shared`.
    void open(int descriptor, map_access access = map_access::read_only, off_type offset = 0,
              std::size_t length = whole);

    /// The content, writable and kept in its place: while a pin lives, truncate() and close() fail
    /// with errc::pinned.
    ///
    /// Errors: throws error(errc::closed), not_writable.
    /// Source: the memoryview of an mmap.
    [[nodiscard]] pinned_bytes getbuffer();

    /// Checks that the file still has all that is mapped, and that nothing was lost: what
    /// a view has shown, or taken, until now is the file's.
    ///
    /// Errors: throws error: EIO; the position is that of the first byte known to be gone.
    void verify();

    [[nodiscard]] std::string path() const override { return path_; }

protected:
    pos_type seekoff(off_type offset, std::ios_base::seekdir whence,
                     std::ios_base::openmode which) override;
    pos_type seekpos(pos_type position, std::ios_base::openmode which) override;
    int sync() override;
    std::streamsize xsgetn(char* target, std::streamsize count) override;
    int_type underflow() override;
    int_type pbackfail(int_type c) override;
    std::streamsize xsputn(const char* source, std::streamsize count) override;
    void do_fill(std::size_t count) override;

    void settle() noexcept override;
    [[nodiscard]] bool pinned() const noexcept override { return pins_.use_count() > 1; }
    std::error_code do_close() noexcept override;

    /// Resizes the file, where the mapping is shared and reaches to its end; else
    /// errc::unsupported.
    std::error_code do_truncate(off_type size) override;
    std::error_code do_sync_to_disk() override;
    int do_native_handle(std::error_code& code) override;

private:
    struct extent {
        std::size_t intact = 0;  // the file has the content up to here
        std::error_code error;
    };

    void require_closed() const;
    void start(int descriptor, std::error_code code, map_access access, off_type offset,
               std::size_t length);
    [[nodiscard]] std::error_code map(std::size_t size, std::unique_ptr<os::file_mapping>& made);
    void use(std::unique_ptr<os::file_mapping> mapping, std::size_t size) noexcept;
    [[nodiscard]] std::size_t lost_from() const noexcept;
    [[nodiscard]] extent measure() const noexcept;
    [[nodiscard]] std::error_code check_whole(std::size_t& intact) noexcept;
    [[nodiscard]] bool was_there(std::size_t end) const noexcept;
    [[nodiscard]] bool surely_was_there(const char* end) const noexcept;
    std::streamsize read_idle(char* target, std::streamsize count);
    std::streamsize read_checked(char* target, std::streamsize count);
    void note_delivered() noexcept;
    void open_get_area(std::size_t count);
    void stand_at(std::size_t position) noexcept;
    [[nodiscard]] bool reading() const noexcept { return eback() != nullptr && eback() == data(); }

    detail::file_handle file_;
    std::string path_;
    std::unique_ptr<os::file_mapping> mapping_;       // null while the content is empty
    const std::atomic<std::size_t>* lost_ = nullptr;  // of mapping_
    std::shared_ptr<const char> pins_;                // shared with each pin
    map_access access_ = map_access::read_only;
    off_type offset_ = 0;        // of the mapping in the file
    bool to_end_ = false;        // of the file
    std::size_t delivered_ = 0;  // how far was read out of get areas since the last check
    std::size_t next_ = 0;       // where the last read without a get area ended
    unsigned in_order_ = 0;      // how many of these went on where the one before had ended
    std::error_code unsynced_;   // why the disk did not take it: see sync_to_disk()
    bool reported_ = false;      // a reader has been told that the file was cut
};

inline void swap(mappedbuf& a, mappedbuf& b) noexcept {
    a.swap(b);
}

/// A mapped file as a stream.
///
/// Errors: each call of mappedbuf's throws error(errc::closed) where the stream is closed or moved
///         away.
class mapped_file : public basic_stream<char> {
    using base = basic_stream<char>;

public:
    using device_type = mappedbuf;
    static constexpr std::size_t whole = mappedbuf::whole;

    /// Closed.
    mapped_file() = default;

    /// See mappedbuf::open.
    explicit mapped_file(const std::filesystem::path& path,
                         map_access access = map_access::read_only, off_type offset = 0,
                         std::size_t length = whole)
        : base(std::make_unique<mappedbuf>(path, access, offset, length)) {}
    explicit mapped_file(int descriptor, map_access access = map_access::read_only,
                         off_type offset = 0, std::size_t length = whole)
        : base(std::make_unique<mappedbuf>(descriptor, access, offset, length)) {}

    mapped_file(mapped_file&& other) noexcept(false) : base(std::move(other)) {}
    mapped_file& operator=(mapped_file&& other) noexcept(false) = default;
    mapped_file(const mapped_file&) = delete;
    mapped_file& operator=(const mapped_file&) = delete;
    ~mapped_file() override = default;

    /// Null where the stream has none, or another one by a swap of streams.
    [[nodiscard]] device_type* rdbuf() const noexcept {
        return dynamic_cast<device_type*>(base::rdbuf());
    }

    [[nodiscard]] std::string_view view() const { return device("view").view(); }
    [[nodiscard]] pinned_bytes getbuffer() { return device("getbuffer").getbuffer(); }
    void verify() { device("verify").verify(); }

private:
    [[nodiscard]] device_type& device(const char* operation) const {
        device_type* const found = rdbuf();
        if (found == nullptr || !found->is_open()) {
            throw error(operation, errc::closed);
        }
        return *found;
    }
};

}  // namespace sluice

#endif  // SLUICE_DEVICE_MAPPED_HPP
