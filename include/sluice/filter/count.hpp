// count: how many characters and lines are read and written.
//
//     sluice::count_io out(sluice::open("report.csv", "wb"));
//     write_report(out);                                   // any std::ostream&
//     std::cout << out.rdbuf()->lines_written() << " lines\n";
//
// Counts are in characters, which for buffers of char are bytes. A layer and what lies below it are
// one object for threads.

#ifndef SLUICE_FILTER_COUNT_HPP
#define SLUICE_FILTER_COUNT_HPP

#include <sluice/filter/layer.hpp>
#include <sluice/filter/passing.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace sluice {

/// Counts what passes. Each character counts when it has been read or written, not when it has been
/// read ahead; one that is put back and read again counts once, and what is read again after a
/// seek counts again. A line is counted with its '\n'.
///
/// The counts remain after close() and detach().
template <class CharT>
class basic_countbuf : public basic_passbuf<CharT> {
    using base = basic_passbuf<CharT>;

public:
    using typename base::lower_type;

    /// Closed.
    basic_countbuf() = default;
    explicit basic_countbuf(lower_type below) : base(std::move(below)) {}

    /// The buffer moved from is closed. An assignment throws what close() does.
    basic_countbuf(basic_countbuf&& other) noexcept { swap(other); }
    basic_countbuf& operator=(basic_countbuf&& other) noexcept(false);
    basic_countbuf(const basic_countbuf&) = delete;
    basic_countbuf& operator=(const basic_countbuf&) = delete;
    ~basic_countbuf() override = default;

    void swap(basic_countbuf& other) noexcept;

    [[nodiscard]] std::uint64_t characters_read() const noexcept {
        return read_.characters + this->unseen_read().size();
    }
    [[nodiscard]] std::uint64_t characters_written() const noexcept {
        return written_.characters + this->unseen_written().size();
    }
    [[nodiscard]] std::uint64_t lines_read() const noexcept {
        return read_.lines + lines_in(this->unseen_read());
    }
    [[nodiscard]] std::uint64_t lines_written() const noexcept {
        return written_.lines + lines_in(this->unseen_written());
    }

protected:
    void has_read(const CharT* text, std::size_t count) override { read_.add({text, count}); }
    void has_written(const CharT* text, std::size_t count) override { written_.add({text, count}); }

private:
    [[nodiscard]] static std::uint64_t lines_in(std::span<const CharT> text) noexcept;

    struct counts {
        void add(std::span<const CharT> text) noexcept {
            characters += text.size();
            lines += lines_in(text);
        }

        std::uint64_t characters = 0;
        std::uint64_t lines = 0;
    };

    counts read_;
    counts written_;
};

template <class CharT>
void swap(basic_countbuf<CharT>& a, basic_countbuf<CharT>& b) noexcept {
    a.swap(b);
}

using countbuf = basic_countbuf<char>;
using wcountbuf = basic_countbuf<wchar_t>;

/// A basic_countbuf as a stream.
using count_io = basic_layer_io<countbuf>;
using wcount_io = basic_layer_io<wcountbuf>;

extern template class basic_countbuf<char>;
extern template class basic_countbuf<wchar_t>;

}  // namespace sluice

#endif  // SLUICE_FILTER_COUNT_HPP
