#include "compressed_coder.hpp"

#include <isa-l/igzip_lib.h>

#include <algorithm>
#include <cstdint>

namespace sluice::detail {
namespace {

std::uint8_t* bytes_of(const char* memory) {
    // ISA-L declares what it only reads as what it may change.
    return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(memory));
}

std::uint32_t wrapper_of(compression format) {
    switch (format) {
    case compression::gzip: return ISAL_GZIP;
    case compression::zlib: return ISAL_ZLIB;
    default: return ISAL_DEFLATE;
    }
}

class isal_decoder : public stream_decoder {
public:
    explicit isal_decoder(compression format) : format_(format) {
        isal_inflate_init(&state_);
        state_.crc_flag = wrapper_of(format);
    }

    coded decode(std::string_view in, std::span<char> out) override {
        const bool gzip = format_ == compression::gzip;
        if (ended_ && !gzip) {
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
            isal_inflate_reset(&state_);
            header_ = 0;
            ended_ = false;
        }
        if (gzip && has_unknown_flags(in)) {
            return {.error = errc::corrupt_data};
        }
        coded result = inflate(in, out);
        header_ = std::min(header_ + result.read, flags_at + 1);
        ended_ = !failed_ && state_.block_state == ISAL_BLOCK_FINISH;
        result.ended = ended_ && !gzip;
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

    // Of what is cut, it may not give the last byte; damage it notices earlier or later than zlib.
    [[nodiscard]] bool is_exact() const noexcept override { return false; }

private:
    // Those that ISA-L does not look at.
    [[nodiscard]] bool has_unknown_flags(std::string_view in) const {
        const std::size_t at = flags_at - header_;  // or beyond, once they have passed
        return header_ <= flags_at && at < in.size() && (in[at] & 0xE0) != 0;
    }

    coded inflate(std::string_view in, std::span<char> out) {
        if (failed_) {
            return drain(out);
        }
        state_.next_in = bytes_of(in.data());
        state_.avail_in = static_cast<std::uint32_t>(in.size());
        state_.next_out = bytes_of(out.data());
        state_.avail_out = static_cast<std::uint32_t>(out.size());
        failed_ = isal_inflate(&state_) < 0;
        const bool is_whole = state_.block_state == ISAL_BLOCK_FINISH;
        if (!failed_ && (is_whole || (state_.avail_out == 0 && state_.tmp_in_size == 0))) {
            give_back(in.size());
        }
        coded result = {.read = in.size() - std::min<std::size_t>(state_.avail_in, in.size()),
                        .written = out.size() - state_.avail_out};
        if (failed_) {
            const coded rest = drain(out.subspan(result.written));
            result.written += rest.written;
            result.error = rest.error;
        }
        return result;
    }

    // What was decoded before a failure, and found no room; then that failure.
    coded drain(std::span<char> out) {
        const int left = std::max(state_.tmp_out_valid - state_.tmp_out_processed, 0);
        const std::size_t size = std::min(static_cast<std::size_t>(left), out.size());
        std::copy_n(state_.tmp_out_buffer + state_.tmp_out_processed, size, bytes_of(out.data()));
        state_.tmp_out_processed += static_cast<int>(size);
        return {.written = size,
                .error = size == out.size() ? std::error_code() : errc::corrupt_data};
    }

    // The bytes that lie ready as bits: a stream that ends in what `out` had no room for would end
    // before the bytes of its next call. (Where a header or a trailer is collected, they come
    // first.)
    void give_back(std::size_t most) {
        while (state_.read_in_length >= 8 && state_.avail_in < most) {
            state_.read_in_length -= 8;
            ++state_.avail_in;
        }
        state_.read_in &= (std::uint64_t(1) << state_.read_in_length) - 1;
    }

    static constexpr std::size_t flags_at = 3;  // in a gzip header

    compression format_;
    std::size_t header_ = 0;  // how much of a member's has passed, up to behind the flags
    inflate_state state_{};
    bool failed_ = false;
    bool ended_ = false;  // a stream, and the next has not begun
    gzip_padding padding_;
};

}  // namespace

std::unique_ptr<stream_decoder> make_isal_decoder(compression format) {
    return std::make_unique<isal_decoder>(format);
}

}  // namespace sluice::detail
