// What the tests of compressedbuf compress, and how they read what is damaged.

#ifndef UNIT_COMPRESSED_SAMPLES_HPP
#define UNIT_COMPRESSED_SAMPLES_HPP

#include <sluice/device/memory.hpp>
#include <sluice/filter/compressed.hpp>

#include <array>
#include <ios>
#include <optional>
#include <streambuf>
#include <string>
#include <string_view>
#include <utility>

namespace samples {

using sluice::compression;

/// All that compress.
inline constexpr std::array formats = {compression::gzip,  compression::zlib, compression::deflate,
                                       compression::bzip2, compression::xz,   compression::zstd};

/// Those that a reader recognizes, and whose streams may follow one another.
inline constexpr std::array file_formats = {compression::gzip, compression::bzip2, compression::xz,
                                            compression::zstd};

/// Lines, of which no two are equal.
inline std::string lines(std::size_t size) {
    std::string text;
    for (unsigned i = 0; text.size() < size; ++i) {
        text += "line " + std::to_string(i * 2654435761U) + "\n";
    }
    text.resize(size);
    return text;
}

inline std::string packed(std::string_view text, compression format,
                          std::optional<int> level = std::nullopt) {
    sluice::bytes_io below;
    sluice::compressed_io out(below, {.compression = format, .level = level}, std::ios_base::out);
    out.write(text);
    out.close();
    return below.getvalue();
}

inline std::string unpacked(std::string_view bytes, compression format = compression::infer) {
    sluice::bytes_io below(bytes);
    return sluice::compressed_io(below, {.compression = format}).read();
}

/// What a reader got, and what ended it: an error, or none at the end.
struct outcome {
    std::string content;
    sluice::error why;
};

/// Reads by pieces, which the buffer holds.
inline outcome read_to_failure(sluice::compressedbuf& in, std::size_t piece = 777) {
    outcome result;
    try {
        for (;;) {
            const auto ready = in.peek();
            if (ready.empty()) {
                return result;
            }
            const std::size_t size = std::min(piece, ready.size());
            result.content.append(ready.data(), size);
            in.consume(size);
        }
    } catch (const sluice::error& thrown) {
        result.why = thrown;
    }
    return result;
}

inline outcome outcome_of(std::string_view bytes, compression format) {
    sluice::bytes_io below(bytes);
    sluice::compressedbuf in(*below.rdbuf(), {.compression = format});
    return read_to_failure(in);
}

/// Gives `piece` bytes at a time, and cannot seek; without an area, one.
class passing_buf : public std::streambuf {
public:
    explicit passing_buf(std::string bytes, std::size_t piece)
        : bytes_(std::move(bytes)), piece_(piece) {}

protected:
    int_type underflow() override {
        const std::size_t size = std::min(piece_, bytes_.size() - given_);
        if (size == 0) {
            return traits_type::eof();
        }
        setg(bytes_.data() + given_, bytes_.data() + given_, bytes_.data() + given_ + size);
        given_ += size;
        return traits_type::to_int_type(*gptr());
    }

private:
    std::string bytes_;
    std::size_t piece_;
    std::size_t given_ = 0;
};

}  // namespace samples

#endif  // UNIT_COMPRESSED_SAMPLES_HPP
