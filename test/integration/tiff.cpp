// libtiff: TIFFStreamOpen asks for the position and seeks at every step, and goes back to patch
// what it wrote. Its callbacks are called by C, so nothing may be thrown through them.

#include "devices.hpp"

#include <doctest/doctest.h>

#include <tiffio.h>

#include <cstdint>
#include <istream>
#include <memory>
#include <ostream>
#include <stdexcept>
#include <tiffio.hxx>
#include <vector>

namespace {

constexpr std::uint32_t width = 101;
constexpr std::uint32_t height = 67;

using tiff = std::unique_ptr<TIFF, decltype(&TIFFClose)>;

void require(bool done) {
    if (!done) {
        throw std::runtime_error("libtiff reports a failure");
    }
}

std::vector<std::uint8_t> row(std::uint32_t y) {
    std::vector<std::uint8_t> pixels(width);
    for (std::uint32_t x = 0; x < width; ++x) {
        pixels[x] = static_cast<std::uint8_t>(x * y);
    }
    return pixels;
}

void save(std::ostream& out, std::uint16_t compression) {
    TIFFSetErrorHandler(nullptr);
    TIFFSetWarningHandler(nullptr);
    const tiff image(TIFFStreamOpen("image", &out), &TIFFClose);
    require(image != nullptr);
    require(TIFFSetField(image.get(), TIFFTAG_IMAGEWIDTH, width) == 1);
    require(TIFFSetField(image.get(), TIFFTAG_IMAGELENGTH, height) == 1);
    require(TIFFSetField(image.get(), TIFFTAG_BITSPERSAMPLE, 8) == 1);
    require(TIFFSetField(image.get(), TIFFTAG_COMPRESSION, compression) == 1);
    require(TIFFSetField(image.get(), TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK) == 1);
    require(TIFFSetField(image.get(), TIFFTAG_ROWSPERSTRIP, 8) == 1);
    for (std::uint32_t y = 0; y < height; ++y) {
        require(TIFFWriteScanline(image.get(), row(y).data(), y, 0) == 1);
    }
    require(TIFFWriteDirectory(image.get()) == 1);
}

bool load(std::istream& in) {
    TIFFSetErrorHandler(nullptr);
    TIFFSetWarningHandler(nullptr);
    const tiff image(TIFFStreamOpen("image", &in), &TIFFClose);
    for (std::uint32_t y = 0; image != nullptr && y < height; ++y) {
        std::vector<std::uint8_t> pixels(width);
        if (TIFFReadScanline(image.get(), pixels.data(), y, 0) != 1 || pixels != row(y)) {
            return false;
        }
    }
    return image != nullptr;
}

// It need not read all of its directory.
template <std::uint16_t Compression>
const integration::codec codec{.save = [](std::ostream& out) { save(out, Compression); },
                               .load = load,
                               .save_seeks = true,
                               .unneeded = 100};

}  // namespace

TEST_CASE("libtiff on all devices") {
    integration::check_round_trip(codec<COMPRESSION_NONE>);
    integration::check_round_trip(codec<COMPRESSION_LZW>);
    integration::check_round_trip(codec<COMPRESSION_ADOBE_DEFLATE>);
}
TEST_CASE("libtiff and devices that fail") {
    integration::check_failures(codec<COMPRESSION_NONE>);
    integration::check_failures(codec<COMPRESSION_LZW>);
}
TEST_CASE("libtiff is told that gzip cannot go back") {
    integration::check_refused(codec<COMPRESSION_LZW>);
}
