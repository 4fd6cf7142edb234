// libpng: png_init_io() wants a FILE; errors leave by longjmp().

#include "devices.hpp"

#include <doctest/doctest.h>

#include <png.h>

#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <vector>

namespace {

constexpr std::uint32_t width = 101;
constexpr std::uint32_t height = 67;

using rows = std::vector<std::uint8_t>;

rows sample() {
    rows pixels;
    for (std::uint32_t i = 0; i < width * height; ++i) {
        pixels.push_back(static_cast<std::uint8_t>(i * i / 7));
    }
    return pixels;
}

void fail(png_structp png, png_const_charp /*message*/) {
    png_longjmp(png, 1);
}
void ignore(png_structp /*png*/, png_const_charp /*message*/) {}

// In a function that longjmp() comes back to, nothing has a destructor.
bool write_image(png_structp png, png_infop info, std::FILE* out, const std::uint8_t* pixels) {
    if (setjmp(png_jmpbuf(png)) != 0) {
        return false;
    }
    png_init_io(png, out);
    png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_GRAY, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (std::uint32_t y = 0; y < height; ++y) {
        png_write_row(png, pixels + std::size_t(y) * width);
    }
    png_write_end(png, info);
    return true;
}

bool read_image(png_structp png, png_infop info, std::FILE* in, std::uint8_t* pixels) {
    if (setjmp(png_jmpbuf(png)) != 0) {
        return false;
    }
    png_init_io(png, in);
    png_read_info(png, info);
    if (png_get_image_width(png, info) != width || png_get_image_height(png, info) != height) {
        return false;
    }
    for (std::uint32_t y = 0; y < height; ++y) {
        png_read_row(png, pixels + std::size_t(y) * width, nullptr);
    }
    png_read_end(png, info);
    return true;
}

const integration::file_codec image{
    .save =
        [](std::FILE* out) {
            const rows pixels = sample();
            png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, fail, ignore);
            png_infop info = png_create_info_struct(png);
            const bool done = write_image(png, info, out, pixels.data());
            png_destroy_write_struct(&png, &info);
            if (!done) {
                throw std::runtime_error("libpng reports a failure");
            }
        },
    .load =
        [](std::FILE* in) {
            rows pixels(sample().size());
            png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, fail, ignore);
            png_infop info = png_create_info_struct(png);
            const bool done = read_image(png, info, in, pixels.data());
            png_destroy_read_struct(&png, &info, nullptr);
            return done && pixels == sample();
        }};

}  // namespace

TEST_CASE("libpng on all devices") {
    integration::check_round_trip(image);
}
TEST_CASE("libpng and devices that fail") {
    integration::check_failures(image);
}
