// progress: tells how far reading and writing have come, now and then.
//
//     sluice::progress_io in(sluice::open("dump.sql", "rb"));    // a bar on std::cerr's terminal
//     load(in);
//
//     sluice::progress_io out(upload, [](const sluice::progress& p) { window.show(p.ratio()); },
//                             {.total = size});
//
// Counts are in characters. A layer and what lies below it are one object for threads; what is told
// is told by the thread that reads or writes.

#ifndef SLUICE_FILTER_PROGRESS_HPP
#define SLUICE_FILTER_PROGRESS_HPP

#include <sluice/filter/layer.hpp>
#include <sluice/filter/passing.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <system_error>

namespace sluice {

/// How far it has come.
struct progress {
    std::uint64_t done = 0;                             // characters, read or written
    std::optional<std::uint64_t> total = std::nullopt;  // where it is known
    std::chrono::steady_clock::duration elapsed{};      // since the layer was made
    bool finished = false;                              // it is closed: the last that is told

    /// Characters a second, on average; 0 where no time has passed.
    [[nodiscard]] double rate() const noexcept;

    /// Of 1; none where there is no total.
    [[nodiscard]] std::optional<double> ratio() const noexcept;

    /// At the rate so far; none where that or the total is not known.
    [[nodiscard]] std::optional<std::chrono::seconds> remaining() const noexcept;
};

/// As one line of `width` columns at most: " 42% [####      ] 1.2 MB/s 0:07", without the bar and
/// the percentage where there is no total.
[[nodiscard]] std::string to_bar(const progress& now, std::size_t width = 78);

struct progress_options {
    /// Else the size of what lies below, where that can be read and knows it, from its position on.
    std::optional<std::uint64_t> total = std::nullopt;

    /// What is told is at least so far apart, but for the last.
    std::chrono::steady_clock::duration interval = std::chrono::milliseconds(100);

    /// What tells the time, for tests.
    std::function<std::chrono::steady_clock::time_point()> clock = std::chrono::steady_clock::now;
};

/// Tells of what passes: when characters have been read or written, at least the interval after the
/// last time, and once when it is closed. It looks at the clock after every 64 Ki characters at
/// most, and each block. Each character that passes counts, also what is read again after a seek.
template <class CharT>
class basic_progressbuf : public basic_passbuf<CharT> {
    using base = basic_passbuf<CharT>;

public:
    using typename base::lower_type;
    using callback = std::function<void(const progress&)>;

    /// Closed.
    basic_progressbuf() = default;

    /// Tells `told`. What that throws comes out of no call: it ends the telling.
    basic_progressbuf(lower_type below, callback told, progress_options options = {});

    /// Draws a bar on the standard error output, where that is a terminal; else tells nobody.
    explicit basic_progressbuf(lower_type below, progress_options options = {});

    /// Draws a bar by to_bar() on a stream, where that is on a terminal (basic_buf::is_terminal());
    /// it must live as long.
    basic_progressbuf(lower_type below, std::ostream& terminal, progress_options options = {});

    /// The buffer moved from is closed. An assignment throws what close() does.
    basic_progressbuf(basic_progressbuf&& other) noexcept { swap(other); }
    basic_progressbuf& operator=(basic_progressbuf&& other) noexcept(false);
    basic_progressbuf(const basic_progressbuf&) = delete;
    basic_progressbuf& operator=(const basic_progressbuf&) = delete;
    ~basic_progressbuf() override;

    void swap(basic_progressbuf& other) noexcept;

    /// How far it is.
    [[nodiscard]] progress now() const;

protected:
    void has_read(const CharT* text, std::size_t count) override;
    void has_written(const CharT* text, std::size_t count) override;
    [[nodiscard]] std::size_t most_read() const noexcept override { return step; }
    [[nodiscard]] std::size_t most_written() const noexcept override { return step; }
    std::error_code do_close() noexcept override;

private:
    static constexpr std::size_t step = std::size_t(1) << 16;

    void passed(std::size_t count) noexcept;
    void tell(const progress& state) noexcept;
    void finish() noexcept;

    callback told_;
    progress_options options_;
    std::uint64_t done_ = 0;
    std::chrono::steady_clock::time_point start_;
    std::chrono::steady_clock::time_point last_;
};

template <class CharT>
void swap(basic_progressbuf<CharT>& a, basic_progressbuf<CharT>& b) noexcept {
    a.swap(b);
}

using progressbuf = basic_progressbuf<char>;
using wprogressbuf = basic_progressbuf<wchar_t>;

/// A basic_progressbuf as a stream.
using progress_io = basic_layer_io<progressbuf>;
using wprogress_io = basic_layer_io<wprogressbuf>;

extern template class basic_progressbuf<char>;
extern template class basic_progressbuf<wchar_t>;

}  // namespace sluice

#endif  // SLUICE_FILTER_PROGRESS_HPP
