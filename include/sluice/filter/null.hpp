// null: what is written vanishes, and reading ends at once.
//
//     sluice::null_io out;                      // how much would it be?
//     report(out);
//     out.flush();
//     std::cout << out.rdbuf()->written() << " characters\n";
//
// Counts are in characters. Distinct objects may be used from distinct threads.

#ifndef SLUICE_FILTER_NULL_HPP
#define SLUICE_FILTER_NULL_HPP

#include <sluice/device/buffered.hpp>
#include <sluice/filter/layer.hpp>

#include <cstddef>
#include <cstdint>
#include <system_error>
#include <utility>

namespace sluice {

/// Takes whatever is written, and counts it. It cannot seek, and has no size.
///
/// Source: /dev/null; Boost.Iostreams' null_sink and null_source.
template <class CharT>
class basic_nullbuf : public basic_bufferedbuf<CharT> {
    using base = basic_bufferedbuf<CharT>;

public:
    using typename base::char_type;
    using typename base::off_type;

    /// Open for reading and writing.
    basic_nullbuf() : base(true, true) {
        base::setbuf(nullptr, 512);  // enough for what is put one by one
    }

    /// The buffer moved from is closed.
    basic_nullbuf(basic_nullbuf&& other) noexcept : base() { swap(other); }
    basic_nullbuf& operator=(basic_nullbuf&& other) noexcept {
        basic_nullbuf taken(std::move(other));
        swap(taken);
        return *this;
    }
    basic_nullbuf(const basic_nullbuf&) = delete;
    basic_nullbuf& operator=(const basic_nullbuf&) = delete;
    ~basic_nullbuf() override = default;

    void swap(basic_nullbuf& other) noexcept { base::swap(other); }

    /// How many characters have been written. It remains after close().
    [[nodiscard]] std::uint64_t written() const noexcept {
        return static_cast<std::uint64_t>(this->position());
    }

protected:
    using typename base::transfer;

    transfer device_read(CharT* /*target*/, std::size_t /*count*/, off_type /*at*/) override {
        return {};
    }
    transfer device_write(const CharT* /*source*/, std::size_t count, off_type /*at*/) override {
        return {count, {}};
    }
    bool do_seekable() override { return false; }
    std::error_code do_close() noexcept override {
        this->set_position(this->position());
        return {};
    }
};

template <class CharT>
void swap(basic_nullbuf<CharT>& a, basic_nullbuf<CharT>& b) noexcept {
    a.swap(b);
}

using nullbuf = basic_nullbuf<char>;
using wnullbuf = basic_nullbuf<wchar_t>;

/// A basic_nullbuf as a stream.
using null_io = basic_layer_io<nullbuf>;
using wnull_io = basic_layer_io<wnullbuf>;

extern template class basic_nullbuf<char>;
extern template class basic_nullbuf<wchar_t>;

}  // namespace sluice

#endif  // SLUICE_FILTER_NULL_HPP
