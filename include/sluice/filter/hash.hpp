// hash: a CRC-32 or SHA-256 of what is read or written, as it passes. Part of sluice::hash.
//
//     sluice::hash_io in(sluice::open("image.iso", "rb"), sluice::hash_algorithm::sha256);
//     install(in);                              // any std::istream&
//     if (in.rdbuf()->hex() != expected) { ... }
//
// Distinct objects may be used from distinct threads.

#ifndef SLUICE_FILTER_HASH_HPP
#define SLUICE_FILTER_HASH_HPP

#include <sluice/filter/layer.hpp>
#include <sluice/filter/passing.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace sluice {

enum class hash_algorithm {
    crc32,   // that of gzip and PNG, by zlib; Python: zlib.crc32
    sha256,  // by OpenSSL; Python: hashlib.sha256
};

/// Hashes what passes, in the order in which it passes, in one direction; where both are used, what
/// is read before what is written between two blocks. Each character counts once when it has been
/// read, not when it has been read ahead; what is read again after a seek counts again. A hash of a
/// whole file is one of a layer that reads it from the front to the end.
///
/// The digest remains after close() and detach().
class hashbuf : public basic_passbuf<char> {
    using base = basic_passbuf<char>;

public:
    /// Errors: throws error(errc::unsupported) where the library has no such algorithm.
    hashbuf(lower_type below, hash_algorithm algorithm);

    /// The buffer moved from is closed, and has the digest of nothing. An assignment throws
    /// what close() does.
    hashbuf(hashbuf&& other) noexcept;
    hashbuf& operator=(hashbuf&& other) noexcept(false);
    hashbuf(const hashbuf&) = delete;
    hashbuf& operator=(const hashbuf&) = delete;
    ~hashbuf() override;

    void swap(hashbuf& other) noexcept;

    /// Of what has passed so far: 4 bytes, most significant first, or 32; none of a buffer moved
    /// from.
    [[nodiscard]] std::vector<std::byte> digest() const;

    /// The same in lower-case hexadecimal digits.
    [[nodiscard]] std::string hex() const;

protected:
    void has_read(const char* text, std::size_t count) override;
    void has_written(const char* text, std::size_t count) override;

private:
    class state;
    class crc32_state;
    class sha256_state;

    std::unique_ptr<state> state_;
};

inline void swap(hashbuf& a, hashbuf& b) noexcept {
    a.swap(b);
}

/// A hashbuf as a stream.
using hash_io = basic_layer_io<hashbuf>;

}  // namespace sluice

#endif  // SLUICE_FILTER_HASH_HPP
