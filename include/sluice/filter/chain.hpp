// chain: several buffers, read one after another as one.
//
//     sluice::chain_io all(sluice::open("part.0", "rb"), sluice::open("part.1", "rb"), rest);
//     parse(all);                               // std::istream&; rest is any stream, lent
//
// Positions and counts are in characters. A chain and its parts are one object for threads.

#ifndef SLUICE_FILTER_CHAIN_HPP
#define SLUICE_FILTER_CHAIN_HPP

#include <sluice/device/buffered.hpp>
#include <sluice/filter/layer.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace sluice {

/// Reads its parts in order, each from where it stood when it was given, to its end. It can seek
/// where all of them can; then it must not be used by others meanwhile, and a part before the last
/// keeps the size it has at the first seek. Of a part that cannot seek, no more is waited for than
/// there is.
///
/// A failure is that of the part, with its path, position and detail, before which its number
/// stands ("part 2"); what came before it is delivered.
///
/// close() closes the parts that are owned, all of them, and reports the first failure.
///
/// Source: fileinput.input, for the idea; `cat`.
template <class CharT>
class basic_chainbuf : public basic_bufferedbuf<CharT> {
    using base = basic_bufferedbuf<CharT>;

public:
    using typename base::char_type;
    using typename base::off_type;
    using lower_type = basic_lower<CharT>;
    using owner_type = typename lower_type::owner_type;

    /// Closed.
    basic_chainbuf() = default;

    /// None is at its end at once.
    ///
    /// Errors: throws error(errc::not_readable) for a part that cannot be read.
    explicit basic_chainbuf(std::vector<lower_type> parts);

    /// Each part is borrowed or owned, see basic_lower.
    template <lower_of<basic_chainbuf> First, lower_of<basic_chainbuf>... Rest>
    explicit basic_chainbuf(First&& first, Rest&&... rest)
        : basic_chainbuf(lowers<CharT>(std::forward<First>(first), std::forward<Rest>(rest)...)) {}

    /// The buffer moved from is closed. An assignment throws what close() does.
    basic_chainbuf(basic_chainbuf&& other) noexcept { swap(other); }
    basic_chainbuf& operator=(basic_chainbuf&& other) noexcept(false);
    basic_chainbuf(const basic_chainbuf&) = delete;
    basic_chainbuf& operator=(const basic_chainbuf&) = delete;
    ~basic_chainbuf() override = default;

    void swap(basic_chainbuf& other) noexcept;

    /// Lets go of the parts, which stand anywhere. This buffer is closed then.
    ///
    /// Returns: for each what was owned; null where it was borrowed.
    /// Errors:  throws error(errc::closed).
    std::vector<owner_type> detach();

    /// The number of the part, from 0 on, that was read last.
    [[nodiscard]] std::size_t part() const noexcept { return current_; }

protected:
    using typename base::transfer;

    transfer device_read(CharT* target, std::size_t count, off_type position) override;
    transfer device_write(const CharT* source, std::size_t count, off_type position) override;
    off_type device_available(off_type position) override;
    bool do_seekable() override;
    std::error_code do_close() noexcept override;
    off_type do_size(std::error_code& code) override;

private:
    struct part_of_chain {
        lower_type below;
        off_type origin;     // where it stood; -1 where it cannot seek
        off_type size = -1;  // from there on, once it was asked for
    };

    void go_to(off_type position);
    [[nodiscard]] bool enter(std::size_t index, off_type position);
    [[nodiscard]] off_type size_of(std::size_t index);
    [[nodiscard]] std::size_t read_part(CharT* target, std::size_t count);

    std::vector<part_of_chain> parts_;
    std::size_t current_ = 0;
    off_type at_ = 0;  // the position where parts_[current_] stands
};

template <class CharT>
void swap(basic_chainbuf<CharT>& a, basic_chainbuf<CharT>& b) noexcept {
    a.swap(b);
}

using chainbuf = basic_chainbuf<char>;
using wchainbuf = basic_chainbuf<wchar_t>;

/// A basic_chainbuf as a stream.
using chain_io = basic_layer_io<chainbuf>;
using wchain_io = basic_layer_io<wchainbuf>;

extern template class basic_chainbuf<char>;
extern template class basic_chainbuf<wchar_t>;

}  // namespace sluice

#endif  // SLUICE_FILTER_CHAIN_HPP
