// compressed: bytes that lie below as gzip, zlib, deflate, bzip2, xz or zstd.
//
//     sluice::compressed_io in(sluice::open("log.csv.gz", "rb"));  // its first bytes say which
//     std::string header = in.readline();
//
//     sluice::bytes_io packed;
//     sluice::compressed_io out(packed, {.compression = sluice::compression::zstd}, std::ios::out);
//     out << "3 apples\n";
//     out.close();                                         // which ends the compressed stream
//
// Positions and counts are in bytes of the content, those of errors in compressed bytes. Distinct
// objects may be used from distinct threads; one and what lies below it are one object.

#ifndef SLUICE_FILTER_COMPRESSED_HPP
#define SLUICE_FILTER_COMPRESSED_HPP

#include <sluice/device/buffered.hpp>
#include <sluice/filter/layer.hpp>
#include <sluice/mode.hpp>
#include <sluice/stream.hpp>

#include <cstddef>
#include <cstdint>
#include <ios>
#include <istream>
#include <limits>
#include <memory>
#include <optional>
#include <ostream>
#include <streambuf>
#include <string>
#include <utility>
#include <vector>

namespace sluice {

/// How bytes are compressed.
enum class compression {
    none,     // not at all
    infer,    // as the first bytes say, on reading; as the name ends, on writing
    gzip,     // RFC 1952; .gz, .tgz
    zlib,     // RFC 1950; .zz
    deflate,  // RFC 1951: neither a header nor a checksum; no name, and never inferred
    bzip2,    // .bz2, .tbz, .tbz2
    xz,       // .xz, .txz
    zstd,     // RFC 8878; .zst, .tzst
};

/// How a buffer is compressed.
struct compression_options {
    sluice::compression compression = sluice::compression::infer;

    /// 0 to 9 for gzip, zlib, deflate and xz, 1 to 9 for bzip2, 1 to 19 for zstd; what the programs
    /// of those names take unless told: 6, 9 for bzip2, 3 for zstd. Of writing only.
    std::optional<int> level = std::nullopt;

    /// Reading more content than this fails with errc::too_long: a few bytes from a stranger can
    /// be made to expand to terabytes.
    std::uint64_t max_size = std::numeric_limits<std::uint64_t>::max();
};

namespace detail {
class stream_decoder;
class stream_encoder;
}  // namespace detail

/// The content of compressed bytes, which any buffer holds; for reading or for writing.
///
/// Reading begins where the buffer below stands. Compressed streams that follow one another are one
/// content, as the programs gzip, bzip2, xz and zstd have it; after gzip, bzip2 and xz zeros may
/// follow (for xz, four at a time), but nothing else: errc::corrupt_data, after all content has
/// been delivered. (gzip and bzip2 would warn.) A zlib or a deflate stream ends where it ends; what
/// is behind it is not read, and the buffer below stands there then. Nothing at all is
/// errc::truncated_data, but empty content for compression::infer.
///
/// compression::infer takes gzip, bzip2, xz and zstd for what they are, and everything else, also
/// zlib, whose two bytes begin many texts, for content that is not compressed.
///
/// Failures: what came before a cut is delivered, and what came before other damage but for its
/// last bytes, which depend on how much is read at once; then errc::truncated_data or
/// errc::corrupt_data, with the position in the buffer below up to which bytes were used (a
/// checksum fails at its end, other damage behind where it lies), until the position is moved away.
/// deflate has no checksum, nor has the zstd that is written here, so damage may pass for content.
/// xz that needs more than 100 MiB of memory is std::errc::not_enough_memory.
///
/// Positions count content. A seek forward decodes up to there, when it is next read; one back, in
/// so far as the buffer does not hold it, begins again from the front, where the buffer below can
/// seek, and is refused else; size() and a seek from the end decode all. The buffer below is not to
/// be used meanwhile, and stands behind what was read ahead of it.
///
/// Writing: sync() passes on what is compressed so far, and syncs that: the compressor keeps a
/// block back, of up to 900 kB for bzip2, so that a reader gets all only after close() or
/// end_member(). Seeking is refused. A failure below is reported by the call that meets it, or by
/// close(); the compressed bytes stay pending, and the next call tries again. The destructor closes
/// and keeps quiet. close() closes also where the buffer below would block, and what that did not
/// take is lost; end_member() and detach() can be called again instead.
///
/// Where sluice was built without compression (SLUICE_COMPRESSION of CMake), opening one fails with
/// errc::unsupported.
///
/// Source: gzip.GzipFile, bz2.BZ2File and lzma.LZMAFile of Python; the coders are Boost.Iostreams'
/// (and ISA-L's for reading gzip, zlib and deflate, where sluice was built with it: what can be
/// sought fails as zlib has it fail; of what cannot, the last byte before a cut may be missing, and
/// damage is noticed at another place).
class compressedbuf : public basic_bufferedbuf<char>, public basic_layer<char> {
    using base = basic_bufferedbuf<char>;

public:
    using owner_type = std::unique_ptr<std::streambuf>;

    /// Closed.
    compressedbuf();

    /// Borrows `below`, which must live as long: close() flushes what was written, and leaves it
    /// open. `mode` has in or out (app means out: a stream behind others).
    ///
    /// Errors: throws error: errc::bad_mode for another mode or a level there is not, with what is
    ///         wrong in error::detail; not_readable, not_writable, closed, where a sluice buffer
    ///         says so.
    explicit compressedbuf(std::streambuf& below, const compression_options& options = {},
                           std::ios_base::openmode mode = std::ios_base::in);

    /// Owns `below`, and closes it.
    explicit compressedbuf(owner_type below, const compression_options& options = {},
                           std::ios_base::openmode mode = std::ios_base::in);

    /// The buffer moved from is closed.
    compressedbuf(compressedbuf&& other) noexcept;
    compressedbuf& operator=(compressedbuf&& other) noexcept(false);  // closes
    compressedbuf(const compressedbuf&) = delete;
    compressedbuf& operator=(const compressedbuf&) = delete;
    ~compressedbuf() override;

    void swap(compressedbuf& other) noexcept;

    /// How the bytes are compressed; compression::infer as long as nothing has been read.
    [[nodiscard]] sluice::compression format() const noexcept { return options_.compression; }

    /// What it reads or writes; null once detached.
    [[nodiscard]] std::streambuf* below() const noexcept override { return below_; }

    /// Ends the compressed stream and syncs, so that all written so far can be read; what is
    /// written next begins another one. Each costs a header, and what the compressor has learned.
    ///
    /// Errors: throws error: closed, not_writable, unsupported for zlib and deflate (whose readers
    ///         stop at the first), or what could not be written.
    void end_member();

    /// Ends the compressed stream, where one is written, and lets go of the buffer below. This one
    /// is closed then.
    ///
    /// Returns: what it owned; null where that was borrowed.
    /// Errors:  throws error(errc::closed), or what could not be written; it is not detached then.
    owner_type detach();

    [[nodiscard]] std::string path() const override;

protected:
    transfer device_read(char* target, std::size_t count, off_type position) override;
    transfer device_write(const char* source, std::size_t count, off_type position) override;
    [[nodiscard]] bool addressable() override { return false; }

    pos_type seekoff(off_type offset, std::ios_base::seekdir whence,
                     std::ios_base::openmode which) override;
    pos_type seekpos(pos_type position, std::ios_base::openmode which) override;
    int sync() override;
    [[nodiscard]] bool keeps_taken(std::size_t count) override;

    bool do_seekable() override;
    std::error_code do_sync_to_disk() override;
    std::error_code do_close() noexcept override;
    off_type do_size(std::error_code& code) override;

private:
    friend class compressed_io;  // which checks before it takes a stream's buffer

    compressedbuf(std::streambuf* below, const compression_options& options,
                  std::ios_base::openmode mode);
    [[nodiscard]] static compression_options checked(const std::streambuf* below,
                                                     const compression_options& options,
                                                     std::ios_base::openmode mode);

    // reading
    [[nodiscard]] error failure(std::error_code code) const;
    [[nodiscard]] std::error_code note(const error& failed) noexcept;
    [[nodiscard]] bool infer();
    [[nodiscard]] std::string_view ready() const;
    [[nodiscard]] bool wait();
    void take(std::size_t count);
    [[nodiscard]] std::size_t decode(char* target, std::size_t count);
    [[nodiscard]] std::size_t decode_exactly(char* target, std::size_t count);
    [[nodiscard]] std::size_t read_content(char* target, std::size_t count);
    [[nodiscard]] bool go_to(off_type position);
    void rewind();
    [[nodiscard]] pos_type skip_to(off_type target);

    // writing
    [[nodiscard]] std::error_code push();
    [[nodiscard]] std::error_code finish_writing();

    std::streambuf* below_ = nullptr;
    owner_type owned_;
    compression_options options_;

    // reading: compressed_ bytes of what lies below are used, and have given decoded_ of content.
    off_type origin_ = -1;        // where the buffer below stood, where it can be sought
    std::string front_;           // read from it, and to be used before what is there,
    std::size_t front_used_ = 0;  // from here on
    std::unique_ptr<detail::stream_decoder> decoder_;
    std::uint64_t compressed_ = 0;
    std::uint64_t decoded_ = 0;
    bool exact_ = false;           // not by the fastest decoder, which has failed
    bool may_give_more_ = false;   // without being given more
    std::optional<error> failed_;  // of decoding: what the reader meets at decoded_

    // writing
    std::unique_ptr<detail::stream_encoder> encoder_;  // null between two streams
    std::vector<char> out_;                            // compressed: [out_begin_, out_end_)
    std::size_t out_begin_ = 0;
    std::size_t out_end_ = 0;
    bool has_begun_ = false;  // a stream
};

inline void swap(compressedbuf& a, compressedbuf& b) noexcept {
    a.swap(b);
}

/// A compressed file, as a stream.
class compressed_io : public stream {
public:
    using device_type = compressedbuf;
    using owner_type = compressedbuf::owner_type;

    /// Borrows; see compressedbuf.
    explicit compressed_io(std::streambuf& below, const compression_options& options = {},
                           std::ios_base::openmode mode = std::ios_base::in);
    explicit compressed_io(std::iostream& below, const compression_options& options = {},
                           std::ios_base::openmode mode = std::ios_base::in);
    explicit compressed_io(std::istream& below, const compression_options& options = {});
    explicit compressed_io(std::ostream& below, const compression_options& options = {});

    /// Owns; a stream moved in gives its buffer, unless that is refused: then it stays as it is.
    explicit compressed_io(owner_type below, const compression_options& options = {},
                           std::ios_base::openmode mode = std::ios_base::in);
    explicit compressed_io(stream&& below, const compression_options& options = {},
                           std::ios_base::openmode mode = std::ios_base::in);

    compressed_io(const compressed_io&) = delete;
    compressed_io& operator=(const compressed_io&) = delete;
    compressed_io(compressed_io&& other) noexcept(false) : stream(std::move(other)) {}
    compressed_io& operator=(compressed_io&& other) noexcept(false) = default;
    ~compressed_io() override = default;

    /// Null where the stream has none, or another one by a swap of streams.
    [[nodiscard]] device_type* rdbuf() const noexcept {
        return dynamic_cast<device_type*>(stream::rdbuf());
    }

    /// See compressedbuf. Errors: errc::closed where the stream was moved from or detached.
    [[nodiscard]] sluice::compression format() const { return device("format").format(); }
    void end_member() { device("end_member").end_member(); }
    owner_type detach() { return device("detach").detach(); }

private:
    [[nodiscard]] static owner_type taken_from(stream& below, const compression_options& options,
                                               std::ios_base::openmode mode);
    [[nodiscard]] device_type& device(const char* operation) const;
};

}  // namespace sluice

#endif  // SLUICE_FILTER_COMPRESSED_HPP
