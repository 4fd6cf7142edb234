// What compresses and decompresses, a piece at a time; and how a format is recognized.

#ifndef SLUICE_FILTER_COMPRESSED_CODER_HPP
#define SLUICE_FILTER_COMPRESSED_CODER_HPP

#include <sluice/filter/compressed.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>

namespace sluice::detail {

/// What a step of a coder did. With an error, `read` and `written` are what came before it.
struct coded {
    std::size_t read = 0;
    std::size_t written = 0;
    bool ended = false;
    std::error_code error = {};
};

/// No coder is given more at once: some count in 32 bits.
inline constexpr std::size_t most_coded = std::size_t(1) << 30;

/// Decompresses streams of one format, one after another.
class stream_decoder {
public:
    stream_decoder() = default;
    stream_decoder(const stream_decoder&) = delete;
    stream_decoder& operator=(const stream_decoder&) = delete;
    virtual ~stream_decoder() = default;

    /// Decodes from the front of `in`, which may be empty, to the front of `out`, which is not.
    ///
    /// Returns: ended: nothing that follows belongs to the content. Without that and an error,
    ///          something was read or written, or `in` is empty.
    virtual coded decode(std::string_view in, std::span<char> out) = 0;

    /// Nothing follows. Gives what there is still to come, then that it has ended, or
    /// errc::truncated_data.
    virtual coded finish(std::span<char> out) = 0;

    /// Whether a failure is what the format's own library says it is, there and after all that this
    /// gives.
    [[nodiscard]] virtual bool is_exact() const noexcept { return true; }
};

/// Compresses one stream.
class stream_encoder {
public:
    stream_encoder() = default;
    stream_encoder(const stream_encoder&) = delete;
    stream_encoder& operator=(const stream_encoder&) = delete;
    virtual ~stream_encoder() = default;

    /// As stream_decoder::decode.
    virtual coded encode(std::string_view in, std::span<char> out) = 0;

    /// Gives what there is still to come, then that it has ended.
    virtual coded finish(std::span<char> out) = 0;
};

/// Whether there is any coder: without, nothing compressed is opened.
#ifdef SLUICE_HAS_COMPRESSION
inline constexpr bool has_compression = true;
#else
inline constexpr bool has_compression = false;
#endif

/// The fastest there is, or the fastest that is exact.
[[nodiscard]] std::unique_ptr<stream_decoder> make_decoder(compression format, bool exact);
[[nodiscard]] std::unique_ptr<stream_encoder> make_encoder(compression format,
                                                           std::optional<int> level);

#ifdef SLUICE_HAS_ISAL
/// Requires: `format` is gzip, zlib or deflate.
[[nodiscard]] std::unique_ptr<stream_decoder> make_isal_decoder(compression format);
#endif

/// What content that begins with `front` is compressed by; none where it is not. Nothing as long as
/// that depends on what follows, of which recognized_size bytes are enough.
[[nodiscard]] std::optional<compression> recognize(std::string_view front) noexcept;
inline constexpr std::size_t recognized_size = 10;

/// What a file of that name is compressed by; none where its end says nothing.
[[nodiscard]] compression named(std::string_view path);

/// As messages name it.
[[nodiscard]] std::string_view name_of(compression format) noexcept;

/// What is wrong with the level; empty where nothing is.
[[nodiscard]] std::string level_fault(compression format, std::optional<int> level);

/// Whether streams that follow one another are one content.
[[nodiscard]] constexpr bool concatenates(compression format) noexcept {
    return format != compression::zlib && format != compression::deflate;
}

/// Between the members of a gzip file, or behind them.
class gzip_padding {
public:
    /// Takes zeros from the front of `in`, which is not empty; then the next member begins, unless
    /// the error says that there is something else.
    [[nodiscard]] coded skip(std::string_view in) noexcept;

private:
    bool has_zeros_ = false;
};

}  // namespace sluice::detail

#endif  // SLUICE_FILTER_COMPRESSED_CODER_HPP
