// libjpeg: jpeg_stdio_dest() and jpeg_stdio_src() want a FILE; errors leave by longjmp().

#include "devices.hpp"

#include <doctest/doctest.h>

// jpeglib.h needs what it does not include.
#include <jpeglib.h>

#include <csetjmp>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <vector>

namespace {

constexpr unsigned width = 101;
constexpr unsigned height = 67;

using rows = std::vector<std::uint8_t>;

rows sample() {
    rows pixels;
    for (unsigned i = 0; i < width * height; ++i) {
        pixels.push_back(static_cast<std::uint8_t>(i % width + i / width));
    }
    return pixels;
}

struct error_manager {
    jpeg_error_mgr calls{};  // first: libjpeg knows of no more
    std::jmp_buf back{};
};

void fail(j_common_ptr codec) {
    std::longjmp(reinterpret_cast<error_manager*>(codec->err)->back, 1);
}
void ignore(j_common_ptr /*codec*/) {}

jpeg_error_mgr* quiet(error_manager& errors) {
    jpeg_std_error(&errors.calls);
    errors.calls.error_exit = fail;
    errors.calls.output_message = ignore;
    return &errors.calls;
}

// In a function that longjmp() comes back to, nothing has a destructor.
bool write_image(jpeg_compress_struct& codec, error_manager& errors, std::FILE* out,
                 std::uint8_t* pixels) {
    if (setjmp(errors.back) != 0) {
        return false;
    }
    jpeg_create_compress(&codec);
    jpeg_stdio_dest(&codec, out);
    codec.image_width = width;
    codec.image_height = height;
    codec.input_components = 1;
    codec.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&codec);
    jpeg_set_quality(&codec, 95, TRUE);
    jpeg_start_compress(&codec, TRUE);
    while (codec.next_scanline < height) {
        JSAMPROW row = pixels + std::size_t(codec.next_scanline) * width;
        jpeg_write_scanlines(&codec, &row, 1);
    }
    jpeg_finish_compress(&codec);
    return true;
}

// libjpeg takes a file cut short for a whole one, and warns.
bool read_image(jpeg_decompress_struct& codec, error_manager& errors, std::FILE* in,
                std::uint8_t* pixels) {
    if (setjmp(errors.back) != 0) {
        return false;
    }
    jpeg_create_decompress(&codec);
    jpeg_stdio_src(&codec, in);
    jpeg_read_header(&codec, TRUE);
    jpeg_start_decompress(&codec);
    if (codec.output_width != width || codec.output_height != height) {
        return false;
    }
    while (codec.output_scanline < height) {
        JSAMPROW row = pixels + std::size_t(codec.output_scanline) * width;
        jpeg_read_scanlines(&codec, &row, 1);
    }
    jpeg_finish_decompress(&codec);
    return errors.calls.num_warnings == 0;
}

bool nearly_equal(const rows& a, const rows& b) {
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (std::abs(a[i] - b[i]) > 8) {
            return false;
        }
    }
    return true;
}

const integration::file_codec image{
    .save =
        [](std::FILE* out) {
            rows pixels = sample();
            error_manager errors;
            jpeg_compress_struct codec{};
            codec.err = quiet(errors);
            const bool done = write_image(codec, errors, out, pixels.data());
            jpeg_destroy_compress(&codec);
            if (!done) {
                throw std::runtime_error("libjpeg reports a failure");
            }
        },
    .load =
        [](std::FILE* in) {
            rows pixels(sample().size());
            error_manager errors;
            jpeg_decompress_struct codec{};
            codec.err = quiet(errors);
            const bool done = read_image(codec, errors, in, pixels.data());
            jpeg_destroy_decompress(&codec);
            return done && nearly_equal(pixels, sample());
        }};

}  // namespace

TEST_CASE("libjpeg on all devices") {
    integration::check_round_trip(image);
}
TEST_CASE("libjpeg and devices that fail") {
    integration::check_failures(image);
}
