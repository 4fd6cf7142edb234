// limit: an error past so many characters; for what others send, and may send without end.
//
//     sluice::limit_io body(connection, 1 << 20);
//     store(body.read());                       // throws errc::too_long beyond 1 MiB
//
// Counts are in characters. A layer and what lies below it are one object for threads.

#ifndef SLUICE_FILTER_LIMIT_HPP
#define SLUICE_FILTER_LIMIT_HPP

#include <sluice/filter/layer.hpp>
#include <sluice/filter/passing.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>
#include <utility>

namespace sluice {

/// Lets so many characters pass, in each direction: exactly as many are fine. Each that passes
/// counts; what is put back and read again, once, and what is read again after a seek, again.
///
/// Reading: once as many have been read, and there is more, a read fails with errc::too_long. A
/// sgetn() of more than may still be read fails too where there is more, and has read nothing (what
/// may be read can be, by less at a time; basic_stream::read() does so). So it is never taken for
/// the end.
///
/// Writing: what goes beyond fails with errc::too_long; what comes before it is written.
template <class CharT>
class basic_limitbuf : public basic_passbuf<CharT> {
    using base = basic_passbuf<CharT>;

public:
    using typename base::lower_type;

    /// Closed.
    basic_limitbuf() = default;
    basic_limitbuf(lower_type below, std::uint64_t limit)
        : base(std::move(below)), limit_(limit), left_read_(limit), left_written_(limit) {}

    /// The buffer moved from is closed. An assignment throws what close() does.
    basic_limitbuf(basic_limitbuf&& other) noexcept { swap(other); }
    basic_limitbuf& operator=(basic_limitbuf&& other) noexcept(false);
    basic_limitbuf(const basic_limitbuf&) = delete;
    basic_limitbuf& operator=(const basic_limitbuf&) = delete;
    ~basic_limitbuf() override = default;

    void swap(basic_limitbuf& other) noexcept;

    [[nodiscard]] std::uint64_t limit() const noexcept { return limit_; }

protected:
    void has_read(const CharT* text, std::size_t count) override;
    void has_written(const CharT* text, std::size_t count) override;
    [[nodiscard]] std::size_t most_read() const noexcept override { return most(left_read_); }
    [[nodiscard]] std::size_t most_written() const noexcept override { return most(left_written_); }
    void refuse_read() override;
    void refuse_write() override;
    [[nodiscard]] std::string detail_of(const std::error_code& code) const override;

private:
    [[nodiscard]] static std::size_t most(std::uint64_t left) noexcept {
        return left < base::unlimited ? static_cast<std::size_t>(left) : base::unlimited;
    }

    std::uint64_t limit_ = 0;
    std::uint64_t left_read_ = 0;
    std::uint64_t left_written_ = 0;
};

template <class CharT>
void swap(basic_limitbuf<CharT>& a, basic_limitbuf<CharT>& b) noexcept {
    a.swap(b);
}

using limitbuf = basic_limitbuf<char>;
using wlimitbuf = basic_limitbuf<wchar_t>;

/// A basic_limitbuf as a stream.
using limit_io = basic_layer_io<limitbuf>;
using wlimit_io = basic_layer_io<wlimitbuf>;

extern template class basic_limitbuf<char>;
extern template class basic_limitbuf<wchar_t>;

}  // namespace sluice

#endif  // SLUICE_FILTER_LIMIT_HPP
