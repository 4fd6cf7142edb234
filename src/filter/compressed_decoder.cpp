#include "boost_filter.hpp"
#include "zstd_frames.hpp"

#include <boost/iostreams/filter/bzip2.hpp>
#include <boost/iostreams/filter/lzma.hpp>
#include <boost/iostreams/filter/zlib.hpp>
#include <boost/iostreams/filter/zstd.hpp>

#include <algorithm>
#include <utility>

namespace sluice::detail {
namespace {

namespace boost_io = boost::iostreams;

// What is not compressed.
class copying_decoder : public stream_decoder {
public:
    coded decode(std::string_view in, std::span<char> out) override {
        const std::size_t size = std::min(in.size(), out.size());
        std::copy_n(in.begin(), size, out.begin());
        return {.read = size, .written = size};
    }
    coded finish(std::span<char> /*out*/) override { return {.ended = true}; }
};

// zlib itself knows the header and the checksum of gzip, by a number of window bits.
boost_io::zlib_params zlib_parameters(compression format) {
    boost_io::zlib_params parameters;
    parameters.window_bits = format == compression::gzip ? 15 + 16 : 15;
    parameters.noheader = format == compression::deflate;
    return parameters;
}

class zlib_decoder : public stream_decoder {
public:
    explicit zlib_decoder(compression format)
        : filter_(zlib_parameters(format), no_filter_buffer), gzip_(format == compression::gzip) {}

    coded decode(std::string_view in, std::span<char> out) override {
        if (ended_ && !gzip_) {
            return {.ended = true};
        }
        if (ended_) {
            if (in.empty()) {
                return {};
            }
            const coded padding = padding_.skip(in);
            if (padding.read != 0 || padding.error) {
                return padding;
            }
            filter_.filter().close();  // which makes it ready for the next
            ended_ = false;
        }
        int failure = 0;
        coded result = run_filter<boost_io::zlib_error>(filter_, in, out, false, failure);
        if (failure != 0 && failure != boost_io::zlib::buf_error) {
            result.error = errc::corrupt_data;
        }
        ended_ = result.ended;
        result.ended = ended_ && !gzip_;
        return result;
    }

    coded finish(std::span<char> out) override {
        if (ended_) {
            return {.ended = true};
        }
        coded result = decode({}, out);
        if (result.written == 0 && !ended_ && !result.error) {
            result.error = errc::truncated_data;
        }
        return result;
    }

private:
    boost_io::zlib_decompressor filter_;
    bool gzip_;
    bool ended_ = false;  // a stream, and the next has not begun
    gzip_padding padding_;
};

// Boost's filter begins the next stream by itself.
class bzip2_decoder : public stream_decoder {
public:
    coded decode(std::string_view in, std::span<char> out) override {
        if (has_zeros_) {
            const std::size_t zeros = std::min(in.find_first_not_of('\0'), in.size());
            return {.read = zeros,
                    .error = zeros < in.size() ? errc::corrupt_data : std::error_code()};
        }
        int failure = 0;
        coded result = run_filter<boost_io::bzip2_error>(filter_, in, out, false, failure);
        used_ = std::min(used_ + result.read, whole_magic + 1);
        result.ended = false;
        // What is no magic, behind a whole stream.
        has_zeros_ = failure == boost_io::bzip2::data_error_magic && used_ > whole_magic &&
                     result.read != 0 && in[result.read - 1] == '\0';
        if (failure != 0 && !has_zeros_) {
            result.error = errc::corrupt_data;
        }
        return result;
    }

    coded finish(std::span<char> out) override {
        if (has_zeros_) {
            return {.ended = true};
        }
        int failure = 0;
        coded result;
        do {  // that a stream has ended, the call after says
            result = run_filter<boost_io::bzip2_error>(filter_, {}, out, true, failure);
        } while (result.written == 0 && !result.ended && failure == 0);
        if (failure != 0) {
            result.error = failure == boost_io::bzip2::unexpected_eof ? errc::truncated_data
                                                                      : errc::corrupt_data;
        }
        return result;
    }

private:
    static constexpr std::size_t whole_magic = 4;

    boost_io::bzip2_decompressor filter_{boost_io::bzip2::default_small, no_filter_buffer};
    std::size_t used_ = 0;
    bool has_zeros_ = false;  // behind the last stream
};

// The library knows of streams that follow one another, and of padding.
class xz_decoder : public stream_decoder {
public:
    coded decode(std::string_view in, std::span<char> out) override {
        if (std::exchange(ended_, ended_ && in.empty())) {
            if (in.empty()) {
                return {};
            }
            filter_.filter().close();  // more has come: it begins again
        }
        int failure = 0;
        coded result = run_filter<boost_io::lzma_error>(filter_, in, out, false, failure);
        result.ended = false;
        result.error =
            failure == boost_io::lzma::buf_error ? std::error_code() : error_for(failure);
        return result;
    }

    coded finish(std::span<char> out) override {
        if (ended_) {
            return {.ended = true};
        }
        int failure = 0;
        coded result;
        do {  // the first call without progress is none that fails
            result = run_filter<boost_io::lzma_error>(filter_, {}, out, true, failure);
        } while (result.written == 0 && !result.ended && failure == 0);
        result.error = error_for(failure);
        ended_ = result.ended;
        return result;
    }

private:
    static std::error_code error_for(int failure) {
        constexpr int memory_limit = 6;  // LZMA_MEMLIMIT_ERROR: Boost allows 100 MiB
        if (failure == 0) {
            return {};
        }
        if (failure == memory_limit) {
            return std::make_error_code(std::errc::not_enough_memory);
        }
        return failure == boost_io::lzma::buf_error ? errc::truncated_data : errc::corrupt_data;
    }

    boost_io::lzma_decompressor filter_{no_filter_buffer};
    bool ended_ = false;
};

// Boost's filter says neither where a frame ends nor, when it fails, what it has decoded: it is
// given one part of a frame at a time, and only when all of the part before has come out.
class zstd_decoder : public stream_decoder {
public:
    coded decode(std::string_view in, std::span<char> out) override {
        coded total;
        if (may_give_more_) {
            total = step({}, out);
        }
        while (!may_give_more_ && !total.error && total.read < in.size()) {
            const std::string_view rest = in.substr(total.read);
            const coded part = step(rest.substr(0, frames_.left()), out.subspan(total.written));
            total.read += part.read;
            total.written += part.written;
            total.error = part.error;
            if (part.read == 0 && part.written == 0) {
                break;
            }
        }
        return total;
    }

    coded finish(std::span<char> out) override {
        if (may_give_more_) {
            const coded rest = step({}, out);
            if (rest.written != 0 || rest.error) {
                return rest;
            }
        }
        if (frames_.between() && frames_.count() != 0) {
            return {.ended = true};
        }
        return {.error = errc::truncated_data};
    }

private:
    coded step(std::string_view in, std::span<char> out) {
        int failure = 0;
        coded result = run_filter<boost_io::zstd_error>(filter_, in, out, false, failure);
        result.ended = false;
        if (failure != 0) {
            return {.read = in.size(), .error = errc::corrupt_data};
        }
        if (!frames_.pass(in.substr(0, result.read))) {
            result.error = errc::corrupt_data;
        }
        may_give_more_ = result.written == out.size();
        return result;
    }

    boost_io::zstd_decompressor filter_{no_filter_buffer};
    zstd_frames frames_;
    bool may_give_more_ = false;
};

}  // namespace

std::unique_ptr<stream_decoder> make_decoder(compression format, [[maybe_unused]] bool exact) {
    switch (format) {
    case compression::none:
    case compression::infer: return std::make_unique<copying_decoder>();
    case compression::gzip:
    case compression::zlib:
    case compression::deflate:
#ifdef SLUICE_HAS_ISAL
        if (!exact) {
            return make_isal_decoder(format);
        }
#endif
        return std::make_unique<zlib_decoder>(format);
    case compression::bzip2: return std::make_unique<bzip2_decoder>();
    case compression::xz: return std::make_unique<xz_decoder>();
    case compression::zstd: return std::make_unique<zstd_decoder>();
    }
    return nullptr;
}

}  // namespace sluice::detail
