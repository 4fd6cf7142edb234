#include "compressed_coder.hpp"

// Where sluice was built without compression: no coder is asked for, see has_compression.

namespace sluice::detail {

std::unique_ptr<stream_decoder> make_decoder(compression /*format*/, bool /*exact*/) {
    throw error("read", errc::unsupported, {}, -1, "built without compression");
}

std::unique_ptr<stream_encoder> make_encoder(compression /*format*/, std::optional<int> /*level*/) {
    throw error("write", errc::unsupported, {}, -1, "built without compression");
}

}  // namespace sluice::detail
