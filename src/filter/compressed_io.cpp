#include <sluice/filter/compressed.hpp>

#include <memory>
#include <utility>

namespace sluice {
namespace {

std::streambuf& buffer_of(const std::ios& stream) {
    if (stream.rdbuf() == nullptr) {
        throw error("open", errc::closed);
    }
    return *stream.rdbuf();
}

}  // namespace

compressed_io::compressed_io(std::streambuf& below, const compression_options& options,
                             std::ios_base::openmode mode)
    : stream(std::make_unique<compressedbuf>(below, options, mode)) {}

compressed_io::compressed_io(std::iostream& below, const compression_options& options,
                             std::ios_base::openmode mode)
    : compressed_io(buffer_of(below), options, mode) {}

compressed_io::compressed_io(std::istream& below, const compression_options& options)
    : compressed_io(buffer_of(below), options, std::ios_base::in) {}

compressed_io::compressed_io(std::ostream& below, const compression_options& options)
    : compressed_io(buffer_of(below), options, std::ios_base::out) {}

compressed_io::compressed_io(owner_type below, const compression_options& options,
                             std::ios_base::openmode mode)
    : stream(std::make_unique<compressedbuf>(std::move(below), options, mode)) {}

compressed_io::compressed_io(stream&& below, const compression_options& options,
                             std::ios_base::openmode mode)
    : compressed_io(taken_from(below, options, mode), options, mode) {}

// Before anything is taken from its owner.
auto compressed_io::taken_from(stream& below, const compression_options& options,
                               std::ios_base::openmode mode) -> owner_type {
    static_cast<void>(device_type::checked(below.rdbuf(), options, mode));
    return below.detach();
}

auto compressed_io::device(const char* operation) const -> device_type& {
    device_type* const found = rdbuf();
    if (found == nullptr || found->below() == nullptr) {
        throw error(operation, errc::closed);
    }
    return *found;
}

}  // namespace sluice
