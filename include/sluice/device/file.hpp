// file: a file or a descriptor behind a stream.
//
//     sluice::filebuf buf;
//     if (buf.open("data.bin", std::ios::in | std::ios::binary) == nullptr) {
//         std::cerr << buf.reason().what();     // open data.bin: No such file or directory
//     }
//     std::istream in(&buf);
//
// Positions are in bytes, also where characters are wide. Distinct buffers may be used from
// distinct threads.

#ifndef SLUICE_DEVICE_FILE_HPP
#define SLUICE_DEVICE_FILE_HPP

#include <sluice/detail/conversion.hpp>
#include <sluice/detail/file_handle.hpp>
#include <sluice/device/buffered.hpp>

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <ios>
#include <limits>
#include <locale>
#include <memory>
#include <string>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

namespace sluice {

/// A file: std::basic_filebuf, and what it lacks.
///
/// Source: [filebuf]. It differs on purpose:
/// - Reading and writing switch without a seek between them.
/// - A failure keeps its errno, path and position, see reason(); a failed read throws sluice::error
///   (which std::istream catches). Reading a buffer that is closed, or not open for reading, is no
///   failed read as long as no stream owns the buffer: it returns eof, as the standard says.
/// - What a failed write left stays pending, and is written when the device takes it again.
/// - The destructor and close() close; close() returns null where anything deferred failed.
/// - A position is known without a system call. A seek within what is buffered keeps it.
/// - `noreplace` fails where the file exists. Descriptors are not inherited (O_CLOEXEC). Any
///   mode of the standard's table opens in binary.
/// - A file opened with `app` alone stands at its end from the start.
/// - A character put back that the file does not have is seen once, also at the front of a block.
/// - What cannot be converted gives errc::bad_encoding; a seek that has to write it fails.
/// - A multibyte sequence cut off by the end of the file is an error.
///
/// A descriptor that the buffer did not open, or that native_handle() has handed out, is used at
/// the kernel's own position; sync(), native_handle() and close() leave that where the stream
/// stands.
///
/// A descriptor that does not block (O_NONBLOCK) is read and written as far as it goes; then comes
/// errc::would_block, which is neither the end nor a loss. Once the device is ready, clear() and go
/// on:
/// - Reading: sgetn(), so istream::read, is all or nothing, and finds what had come again;
///   read(n), read1() and readline() give what has come, and fail where that is nothing. What
///   std::getline and >> had taken before they failed is in their string.
/// - Writing: sputn() returns how much was taken, and write() throws an error with that count().
///   What was taken and not yet written is pending, until sync() returns 0. close() gives up what
///   is still pending, and says so. Reading writes what is pending first, and would block where
///   that does: two ends that both wait for the other to read need a pairbuf of two buffers.
template <class CharT, class Traits = std::char_traits<CharT>>
class basic_filebuf : public basic_bufferedbuf<CharT, Traits> {
    using base = basic_bufferedbuf<CharT, Traits>;

public:
    using typename base::char_type;
    using typename base::int_type;
    using typename base::off_type;
    using typename base::pos_type;
    using typename base::traits_type;

    /// Closed.
    basic_filebuf() = default;

    /// Uses an open descriptor; closes it only where it is `owned`.
    ///
    /// Errors: throws error where `descriptor` is none, or errc::bad_mode.
    explicit basic_filebuf(int descriptor, std::ios_base::openmode mode,
                           ownership owner = ownership::borrowed);

    /// The buffer moved from is closed. An assignment closes what is open here, and as the
    /// standard's gives up in silence what that cannot write; a converter may throw.
    basic_filebuf(basic_filebuf&& other) noexcept;
    basic_filebuf& operator=(basic_filebuf&& other) noexcept(false);
    basic_filebuf(const basic_filebuf&) = delete;
    basic_filebuf& operator=(const basic_filebuf&) = delete;
    ~basic_filebuf() override;

    void swap(basic_filebuf& other) noexcept;

    /// Opens a file as the standard says, or with `noreplace`. Where a file system is injected
    /// (fs/scoped.hpp), it is one of that's files, which may have no native_handle().
    ///
    /// Returns: this; or null where the buffer is open already, or else with reason() set:
    ///          std::errc::invalid_argument for a path with a NUL, the system's.
    basic_filebuf* open(const char* path, std::ios_base::openmode mode) {
        return open(std::string(path), mode);
    }
    basic_filebuf* open(const std::string& path, std::ios_base::openmode mode);
    basic_filebuf* open(const std::filesystem::path& path, std::ios_base::openmode mode) {
        return open(path.native(), mode);
    }

    /// As the constructor from a descriptor. Returns: as open().
    basic_filebuf* attach(int descriptor, std::ios_base::openmode mode,
                          ownership owner = ownership::borrowed);

    /// Uses a file that the library has opened, as its own; `path` names it in errors. `code` says
    /// why there is none. Returns: as open().
    basic_filebuf* adopt(detail::file_handle&& file, std::string path, std::ios_base::openmode mode,
                         std::error_code code = {});

    /// Writes what is pending, and closes.
    ///
    /// Returns: this; null where that failed (reason() tells), or where the buffer was not open.
    ///          It is closed then too.
    basic_filebuf* close();

    [[nodiscard]] std::string path() const override { return path_; }

protected:
    using typename base::transfer;

    void imbue(const std::locale& locale) override;
    pos_type seekoff(off_type offset, std::ios_base::seekdir whence,
                     std::ios_base::openmode which) override;
    pos_type seekpos(pos_type position, std::ios_base::openmode which) override;
    int_type underflow() override;

    transfer device_read(CharT* target, std::size_t count, off_type position) override;
    transfer device_write(const CharT* source, std::size_t count, off_type position) override;
    [[nodiscard]] bool shared() const noexcept override {
        return conversion_ != nullptr || file_.is_shared();
    }
    [[nodiscard]] bool appends() const noexcept override { return file_.appends(); }
    std::error_code device_seek(off_type position) override;
    off_type device_position() override;
    std::error_code device_flush() override {
        return conversion_ != nullptr ? conversion_->drain(file_) : std::error_code();
    }
    [[nodiscard]] bool device_has_pending() const noexcept override {
        return conversion_ != nullptr && conversion_->has_pending();
    }
    [[nodiscard]] bool device_is_ahead() const noexcept override {
        return conversion_ != nullptr && conversion_->is_ahead();
    }
    off_type device_available(off_type position) override;
    [[nodiscard]] int device_descriptor() const noexcept override {
        return conversion_ == nullptr && !lacks_facet_ ? file_.descriptor() : -1;
    }

    bool do_seekable() override { return file_.seekable(); }
    bool do_is_terminal() override { return file_.is_terminal(); }
    std::error_code do_close() noexcept override;
    off_type do_size(std::error_code& code) override;
    std::error_code do_truncate(off_type size) override;
    std::error_code do_sync_to_disk() override { return file_.sync_to_disk(); }
    int do_native_handle(std::error_code& code) override;

private:
    using state_type = typename Traits::state_type;
    using conversion_type = detail::conversion<CharT, state_type>;
    using facet_type = typename conversion_type::facet_type;
    using place = typename conversion_type::place;

    basic_filebuf* start(std::error_code code, std::ios_base::openmode mode, const char* operation);
    void choose_conversion();
    void imbue_unwritten(const std::locale& locale);
    void imbue_in_place(const std::locale& locale);
    void imbue_in_passing(const std::locale& locale);
    [[nodiscard]] std::error_code finish_writing();
    [[nodiscard]] std::error_code release() noexcept;
    [[nodiscard]] place converted_place() const;
    [[nodiscard]] std::string bytes_read_ahead() const;
    pos_type go_to_end_of_writing();
    pos_type converted_seek(off_type offset, std::ios_base::seekdir whence);
    pos_type go_to(const place& where);
    static pos_type position_of(const place& where) {
        pos_type result(where.position);
        result.state(where.state);
        return result;
    }

    detail::file_handle file_;
    std::string path_;
    std::locale locale_ = this->getloc();          // that of the last imbue()
    std::unique_ptr<conversion_type> conversion_;  // null where bytes are characters
    bool lacks_facet_ = false;                     // the locale has none for CharT
};

extern template class basic_filebuf<char>;
extern template class basic_filebuf<wchar_t>;

using filebuf = basic_filebuf<char>;
using wfilebuf = basic_filebuf<wchar_t>;

template <class CharT, class Traits>
void swap(basic_filebuf<CharT, Traits>& a, basic_filebuf<CharT, Traits>& b) noexcept {
    a.swap(b);
}

}  // namespace sluice

#include <sluice/device/file_impl.hpp>

#endif  // SLUICE_DEVICE_FILE_HPP
