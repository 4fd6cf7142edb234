// spooled: content in RAM while it is small, and in a temporary file from then on.
//
//     sluice::spooled_file body(1 << 20);       // as upload() reads it, up to 1 MiB in RAM
//     while (receive(chunk)) {
//         body.write(chunk);
//     }
//     body.seek(0);
//     upload(body);
//
// Sizes and positions are in bytes. Distinct objects may be used from distinct threads.

#ifndef SLUICE_DEVICE_SPOOLED_HPP
#define SLUICE_DEVICE_SPOOLED_HPP

#include <sluice/device/file.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/stream.hpp>

#include <cstddef>
#include <filesystem>
#include <ios>
#include <limits>
#include <string>

namespace sluice {

/// Bytes in RAM, which roll over to a temporary file before they become more than `max_size`.
///
/// The content's size is what counts, as it would be after the write: one that makes it larger than
/// `max_size` goes to the file, and RAM never holds more. A seek alone moves nothing, wherever it
/// goes. Rolled over, the content stays in the file, also where it shrinks; it has the same
/// position, and a character put back is still there. The RAM is given back to the system.
///
/// A write that cannot roll over because the file cannot be created, or not filled, fails with that
/// reason. It has written nothing, content and position are what they were, and it can be tried
/// again.
///
/// The file has no name, see temporary_file; in errors its path is that of its directory.
///
/// Source: tempfile.SpooledTemporaryFile. It differs on purpose: there the position counts, the
///         check comes after the write, and 0 means no limit.
class spooledbuf : public buf {
public:
    /// A max_size that is never passed: only rollover() and native_handle() go to the file.
    static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

    /// Empty. The file will be in `directory`; where that is empty, in the system's for temporary
    /// files. A `max_size` of 0 keeps nothing in RAM.
    explicit spooledbuf(std::size_t max_size, std::filesystem::path directory = {});

    /// The buffer moved from is closed. An assignment throws what close() does, and has taken
    /// nothing then.
    spooledbuf(spooledbuf&& other) noexcept;
    spooledbuf& operator=(spooledbuf&& other) noexcept(false);
    spooledbuf(const spooledbuf&) = delete;
    spooledbuf& operator=(const spooledbuf&) = delete;
    ~spooledbuf() override;

    void swap(spooledbuf& other) noexcept;

    /// Goes to the file now. A second call does nothing.
    ///
    /// Errors: throws error: errc::closed, or what creating ("open") or filling ("write") the file
    ///         gave. Nothing has changed then.
    void rollover();

    /// Whether the content has gone to a file.
    [[nodiscard]] bool rolled() const noexcept { return rolled_; }

    [[nodiscard]] std::size_t max_size() const noexcept { return max_size_; }

    /// The directory, once a file was needed there.
    [[nodiscard]] std::string path() const override { return place_; }

protected:
    std::streambuf* setbuf(char* memory, std::streamsize count) override;
    pos_type seekoff(off_type offset, std::ios_base::seekdir whence,
                     std::ios_base::openmode which) override;
    pos_type seekpos(pos_type position, std::ios_base::openmode which) override;
    int sync() override;
    std::streamsize showmanyc() override;
    std::streamsize xsgetn(char* target, std::streamsize count) override;
    int_type underflow() override;
    int_type pbackfail(int_type c) override;
    std::streamsize xsputn(const char* source, std::streamsize count) override;
    int_type overflow(int_type c) override;

    std::error_code do_close() noexcept override;
    off_type do_size(std::error_code& code) override;
    std::error_code do_truncate(off_type size) override;
    std::error_code do_sync_to_disk() override;
    int do_native_handle(std::error_code& code) override;
    void do_fill(std::size_t count) override;

private:
    class visit;

    [[nodiscard]] buf& device() noexcept {
        return rolled_ ? static_cast<buf&>(file_) : static_cast<buf&>(memory_);
    }
    [[nodiscard]] error take_reason();
    template <class Call>
    auto reading(Call call);
    std::streamsize put(const char* source, std::streamsize count);
    void roll();
    void fill_file();

    // The areas are those of device(), lent to this buffer; the device has them back while it is
    // called, see visit.
    membuf memory_;  // closed, once rolled_
    filebuf file_;   // closed, until rolled_
    std::size_t max_size_;
    std::filesystem::path directory_;  // as given
    std::string place_;                // path()
    bool rolled_ = false;
};

inline void swap(spooledbuf& a, spooledbuf& b) noexcept {
    a.swap(b);
}

/// A spooledbuf as a stream.
///
/// Source: tempfile.SpooledTemporaryFile.
class spooled_file : public stream {
public:
    static constexpr std::size_t unlimited = spooledbuf::unlimited;

    /// See the constructor of spooledbuf.
    explicit spooled_file(std::size_t max_size, std::filesystem::path directory = {});
    spooled_file(spooled_file&& other) noexcept;
    spooled_file& operator=(spooled_file&& other) = default;
    spooled_file(const spooled_file&) = delete;
    spooled_file& operator=(const spooled_file&) = delete;
    ~spooled_file() override = default;

    /// Null where the stream has none, or another one by a swap of streams.
    [[nodiscard]] spooledbuf* rdbuf() const noexcept;

    /// See spooledbuf. Errors: throws errc::closed where the stream is closed or moved away.
    void rollover() { device("rollover").rollover(); }

    [[nodiscard]] bool rolled() const { return device("rolled").rolled(); }
    [[nodiscard]] std::size_t max_size() const { return device("max_size").max_size(); }

private:
    [[nodiscard]] spooledbuf& device(const char* operation) const;
};

}  // namespace sluice

#endif  // SLUICE_DEVICE_SPOOLED_HPP
