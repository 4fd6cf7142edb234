// The devices of compressedbuf; see devices.hpp.

#ifndef CONFORMANCE_COMPRESSED_DEVICES_HPP
#define CONFORMANCE_COMPRESSED_DEVICES_HPP

#include <sluice/device/memory.hpp>
#include <sluice/filter/compressed.hpp>

#include <conformance/transfer.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

namespace conformance {

using sluice::compression;

[[nodiscard]] inline std::string compressed(std::string_view content, compression format) {
    sluice::membuf bytes;
    sluice::compressedbuf out(bytes, {.compression = format}, ios::out);
    write(out, content);
    out.close();
    return bytes.getvalue();
}

[[nodiscard]] inline std::string decompressed(std::string_view bytes, compression format) {
    sluice::membuf below(bytes);
    sluice::compressedbuf in(below, {.compression = format});
    return read_all(in);
}

/// Read from memory, which can be sought.
template <compression Format>
struct compressed_device {
    using char_type = char;
    using buf_type = sluice::compressedbuf;

    explicit compressed_device(std::string_view content)
        : bytes(std::make_unique<sluice::membuf>(compressed(content, Format))) {}
    [[nodiscard]] std::string content() const { return decompressed(bytes->getvalue(), Format); }

    std::unique_ptr<sluice::membuf> bytes;  // which stays in its place where the device moves
    buf_type buf{*bytes, {.compression = Format}};
};

/// Gives a few bytes at a time, and cannot seek.
class trickle : public std::streambuf {
public:
    explicit trickle(std::string bytes) : bytes_(std::move(bytes)) {}

protected:
    int_type underflow() override {
        const std::size_t size = std::min<std::size_t>(3, bytes_.size() - given_);
        char* const next = bytes_.data() + given_;
        setg(next, next, next + size);
        given_ += size;
        return size == 0 ? traits_type::eof() : traits_type::to_int_type(*next);
    }

private:
    std::string bytes_;
    std::size_t given_ = 0;
};

/// Read once, with a buffer of `Size` characters.
template <compression Format, std::size_t Size>
struct compressed_source {
    using char_type = char;
    using buf_type = sluice::compressedbuf;
    static constexpr std::size_t buffer_size = Size;

    explicit compressed_source(std::string_view content)
        : bytes(std::make_unique<trickle>(compressed(content, Format))) {
        buf.pubsetbuf(nullptr, static_cast<std::streamsize>(Size));
    }

    std::unique_ptr<trickle> bytes;
    buf_type buf{*bytes, {.compression = Format}};
};

/// Written once, with a buffer of `Size` characters.
template <compression Format, std::size_t Size>
struct compressed_sink {
    using char_type = char;
    using buf_type = sluice::compressedbuf;
    static constexpr std::size_t buffer_size = Size;

    compressed_sink() { buf.pubsetbuf(nullptr, static_cast<std::streamsize>(Size)); }

    /// Requires: the buffer is closed.
    [[nodiscard]] std::string content() const { return decompressed(bytes->getvalue(), Format); }

    std::unique_ptr<sluice::membuf> bytes = std::make_unique<sluice::membuf>();
    buf_type buf{*bytes, {.compression = Format}, ios::out};
};

using compressed_devices =
    std::tuple<compressed_device<compression::gzip>, compressed_device<compression::zstd>>;
using compressed_sources = std::tuple<compressed_source<compression::gzip, 7>,
                                      compressed_source<compression::bzip2, 4096>>;
using compressed_sinks =
    std::tuple<compressed_sink<compression::gzip, 0>, compressed_sink<compression::gzip, 4096>,
               compressed_sink<compression::xz, 7>>;

}  // namespace conformance

TYPE_TO_STRING_AS("compressedbuf of gzip",
                  conformance::compressed_device<sluice::compression::gzip>);
TYPE_TO_STRING_AS("compressedbuf of zstd",
                  conformance::compressed_device<sluice::compression::zstd>);
TYPE_TO_STRING_AS("compressedbuf of 7 of gzip that passes",
                  conformance::compressed_source<sluice::compression::gzip, 7>);
TYPE_TO_STRING_AS("compressedbuf of 4096 of bzip2 that passes",
                  conformance::compressed_source<sluice::compression::bzip2, 4096>);
TYPE_TO_STRING_AS("compressedbuf of gzip written without a buffer",
                  conformance::compressed_sink<sluice::compression::gzip, 0>);
TYPE_TO_STRING_AS("compressedbuf of 4096 of gzip written",
                  conformance::compressed_sink<sluice::compression::gzip, 4096>);
TYPE_TO_STRING_AS("compressedbuf of 7 of xz written",
                  conformance::compressed_sink<sluice::compression::xz, 7>);

#endif  // CONFORMANCE_COMPRESSED_DEVICES_HPP
