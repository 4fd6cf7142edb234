// pair: one buffer to read and another to write, as one; a pipe to a program and one from it.
//
//     sluice::pair_stream peer(from, to);       // any std::streambuf, lent or moved in
//     peer << "HELO\n" << std::flush;           // goes to `to`
//     std::string answer = peer.readline();     // comes from `from`
//
// Counts are in characters. A pair and its two buffers are one object for threads.

#ifndef SLUICE_FILTER_PAIR_HPP
#define SLUICE_FILTER_PAIR_HPP

#include <sluice/filter/passing.hpp>
#include <sluice/stream.hpp>

#include <ios>
#include <istream>
#include <memory>
#include <ostream>
#include <string>
#include <system_error>
#include <utility>

namespace sluice {

/// Reads from one buffer and writes to another. There is no position, and no order between the two:
/// reading does not flush what was written.
///
/// Nothing is copied: the areas are those of the two buffers. So, while the pair is used, these
/// stand elsewhere than it; sync(), close(), detach() and the destructor leave the reader behind
/// what was read of it, and the writer behind what was written, for use without the pair. Buffers
/// that are lent must outlive it.
///
/// A failure of either is the pair's, with its own operation, path and position; the pair itself
/// has no path.
///
/// Source: io.BufferedRWPair; what is lent is flushed by close(), and closed by nobody.
template <class CharT>
class basic_pairbuf : public basic_passbuf<CharT> {
    using base = basic_passbuf<CharT>;

public:
    using typename base::off_type;
    using typename base::owner_type;
    using typename base::pos_type;
    using typename base::streambuf_type;

    /// What the pair owned; null where that was lent.
    struct parts {
        owner_type reader;
        owner_type writer;
    };

    /// Closed.
    basic_pairbuf() = default;

    /// Uses two buffers of the caller's.
    ///
    /// Errors: throws error: not_readable, not_writable, closed, where a sluice buffer says so.
    basic_pairbuf(streambuf_type& from, streambuf_type& to) : base(from, to) {}

    /// Owns two buffers.
    ///
    /// Errors: as above; closed where one is null.
    basic_pairbuf(owner_type from, owner_type to) : base(std::move(from), std::move(to)) {}

    /// The buffer moved from is closed. An assignment throws what close() does.
    basic_pairbuf(basic_pairbuf&& other) noexcept { swap(other); }
    basic_pairbuf& operator=(basic_pairbuf&& other) noexcept(false);
    basic_pairbuf(const basic_pairbuf&) = delete;
    basic_pairbuf& operator=(const basic_pairbuf&) = delete;
    ~basic_pairbuf() override = default;

    void swap(basic_pairbuf& other) noexcept { base::swap(other); }

    using base::reader;
    using base::writer;

    [[nodiscard]] std::string path() const override { return {}; }

    /// Flushes the writer, and ends the pair without closing either; it is closed then.
    ///
    /// Returns: the buffers that it owned.
    /// Errors:  throws error: closed, or what flushing gave; the pair goes on then.
    parts detach() {
        this->let_go();
        return {this->release_reader(), this->release_writer()};
    }

protected:
    pos_type seekoff(off_type offset, std::ios_base::seekdir whence,
                     std::ios_base::openmode which) override;
    pos_type seekpos(pos_type position, std::ios_base::openmode which) override;
    bool do_seekable() override { return false; }
    off_type do_size(std::error_code& code) override;
    std::error_code do_truncate(off_type /*size*/) override { return errc::unsupported; }
    int do_native_handle(std::error_code& code) override;
};

using pairbuf = basic_pairbuf<char>;
using wpairbuf = basic_pairbuf<wchar_t>;

template <class CharT>
void swap(basic_pairbuf<CharT>& a, basic_pairbuf<CharT>& b) noexcept {
    a.swap(b);
}

/// A stream on a pair.
template <class CharT>
class basic_pair_stream : public basic_stream<CharT> {
    using base = basic_stream<CharT>;

public:
    using device_type = basic_pairbuf<CharT>;
    using streambuf_type = typename device_type::streambuf_type;
    using owner_type = typename device_type::owner_type;

    basic_pair_stream(streambuf_type& reader, streambuf_type& writer)
        : base(std::make_unique<device_type>(reader, writer)) {}
    /// On the buffers of two streams.
    basic_pair_stream(std::basic_istream<CharT>& reader, std::basic_ostream<CharT>& writer)
        : basic_pair_stream(buffer_of(reader), buffer_of(writer)) {}
    basic_pair_stream(owner_type reader, owner_type writer)
        : base(std::make_unique<device_type>(std::move(reader), std::move(writer))) {}

    basic_pair_stream(basic_pair_stream&& other) noexcept(false) : base(std::move(other)) {}
    basic_pair_stream& operator=(basic_pair_stream&& other) noexcept(false) = default;
    basic_pair_stream(const basic_pair_stream&) = delete;
    basic_pair_stream& operator=(const basic_pair_stream&) = delete;
    ~basic_pair_stream() override = default;

    /// Null where the stream has none, or another one by a swap of streams.
    [[nodiscard]] device_type* rdbuf() const noexcept {
        return dynamic_cast<device_type*>(base::rdbuf());
    }

    /// What was owned; null where that was lent. See basic_pairbuf::detach.
    ///
    /// Errors: throws error(errc::closed) where the stream is closed or moved away too.
    typename device_type::parts detach() {
        device_type* const found = rdbuf();
        if (found == nullptr) {
            throw error("detach", errc::closed);
        }
        return found->detach();
    }

private:
    static streambuf_type& buffer_of(const std::basic_ios<CharT>& of) {
        if (of.rdbuf() == nullptr) {
            throw error("open", errc::closed);
        }
        return *of.rdbuf();
    }
};

using pair_stream = basic_pair_stream<char>;
using wpair_stream = basic_pair_stream<wchar_t>;

extern template class basic_pairbuf<char>;
extern template class basic_pairbuf<wchar_t>;

}  // namespace sluice

#endif  // SLUICE_FILTER_PAIR_HPP
