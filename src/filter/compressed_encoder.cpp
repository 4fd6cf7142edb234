#include "boost_filter.hpp"

#include <boost/iostreams/filter/bzip2.hpp>
#include <boost/iostreams/filter/lzma.hpp>
#include <boost/iostreams/filter/zlib.hpp>
#include <boost/iostreams/filter/zstd.hpp>

#include <algorithm>
#include <cstdint>

namespace sluice::detail {
namespace {

namespace boost_io = boost::iostreams;

class copying_encoder : public stream_encoder {
public:
    coded encode(std::string_view in, std::span<char> out) override {
        const std::size_t size = std::min(in.size(), out.size());
        std::copy_n(in.begin(), size, out.begin());
        return {.read = size, .written = size};
    }
    coded finish(std::span<char> /*out*/) override { return {.ended = true}; }
};

// A compressor can fail of nothing but memory; anything else is reported, and is a bug.
template <class BoostFilter, class Failure>
class boost_encoder : public stream_encoder {
public:
    template <class Parameters>
    explicit boost_encoder(const Parameters& parameters) : filter_(parameters, no_filter_buffer) {}

    coded encode(std::string_view in, std::span<char> out) override {
        coded result = run(in, out, false);
        result.ended = false;
        return result;
    }
    coded finish(std::span<char> out) override { return run({}, out, true); }

private:
    coded run(std::string_view in, std::span<char> out, bool flush) {
        int failure = 0;
        coded result = run_filter<Failure>(filter_, in, out, flush, failure);
        if (failure != 0) {
            result.error = std::make_error_code(std::errc::io_error);
        }
        return result;
    }

    BoostFilter filter_;
};

using zlib_encoder = boost_encoder<boost_io::zlib_compressor, boost_io::zlib_error>;
using bzip2_encoder = boost_encoder<boost_io::bzip2_compressor, boost_io::bzip2_error>;
using xz_encoder = boost_encoder<boost_io::lzma_compressor, boost_io::lzma_error>;
using zstd_encoder = boost_encoder<boost_io::zstd_compressor, boost_io::zstd_error>;

// A gzip header names no file and no time, so that equal content gives equal bytes.
boost_io::zlib_params zlib_parameters(compression format, std::optional<int> level) {
    boost_io::zlib_params parameters(level.value_or(6));
    parameters.window_bits = format == compression::gzip ? 15 + 16 : 15;
    parameters.noheader = format == compression::deflate;
    return parameters;
}

}  // namespace

std::unique_ptr<stream_encoder> make_encoder(compression format, std::optional<int> level) {
    const auto unsigned_level = [&](int usual) {
        return static_cast<std::uint32_t>(level.value_or(usual));
    };
    switch (format) {
    case compression::none:
    case compression::infer: return std::make_unique<copying_encoder>();
    case compression::gzip:
    case compression::zlib:
    case compression::deflate:
        return std::make_unique<zlib_encoder>(zlib_parameters(format, level));
    case compression::bzip2:
        return std::make_unique<bzip2_encoder>(boost_io::bzip2_params(level.value_or(9)));
    case compression::xz:
        return std::make_unique<xz_encoder>(boost_io::lzma_params(unsigned_level(6)));
    case compression::zstd:
        return std::make_unique<zstd_encoder>(boost_io::zstd_params(unsigned_level(3)));
    }
    return nullptr;
}

}  // namespace sluice::detail
