// trace: records how a buffer is driven: each virtual call, what it was given and what it gave.
//
//     sluice::bytes_io file;
//     sluice::testing::trace_io traced(file);
//     library::save(document, traced);            // any std::ostream&
//     std::cout << traced.rdbuf()->summary();     // seekoff 56 times, xsputn 13 times …
//
// Counts are in characters. A buffer, and what it records, is one object for threads.

#ifndef SLUICE_TESTING_TRACE_HPP
#define SLUICE_TESTING_TRACE_HPP

#include <sluice/filter/layer.hpp>
#include <sluice/filter/passing.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <ios>
#include <limits>
#include <locale>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace sluice::testing {

/// The virtual calls of std::basic_streambuf, in the standard's order, and of basic_buf's those
/// that a caller makes.
enum class traced {
    imbue,
    setbuf,
    seekoff,
    seekpos,
    sync,
    showmanyc,
    xsgetn,
    underflow,
    uflow,
    pbackfail,
    xsputn,
    overflow,
    peek,
    size,
    truncate,
    close,
};
inline constexpr std::size_t traced_count = 16;

[[nodiscard]] const char* to_string(traced call) noexcept;

struct traced_call {
    traced call = traced::imbue;

    /// What it was given: the count of setbuf, xsgetn, xsputn and peek; the offset, position or
    /// size of seekoff, seekpos and truncate; the character of pbackfail and overflow, -1 for eof.
    std::streamoff argument = 0;
    std::ios_base::seekdir whence = std::ios_base::beg;  // of seekoff
    std::ios_base::openmode which{};                     // of seekoff and seekpos
    std::string locale{};                                // the name, of imbue

    /// What it gave: the count of showmanyc, xsgetn, xsputn and peek; the position of seekoff and
    /// seekpos, the size; the character, -1 for eof, of underflow, uflow, pbackfail and overflow; 0
    /// or -1 of sync; 0 of the others, -1 for setbuf's null.
    std::streamoff result = 0;

    /// Whether it gave what means a failure, the end of data not being one, or threw.
    bool failed = false;
    std::string thrown{};  // the message; "unknown" of what is no std::exception

    std::chrono::nanoseconds time{0};  // see trace_options
};

/// As it would be written, such as "seekoff(0, end, in) = 120", "xsgetn(64) = 12", "overflow('x')
/// = 'x'", "underflow() threw read: Input/output error".
[[nodiscard]] std::string to_string(const traced_call& call);

struct trace_options {
    /// Else the areas are those of what lies below, and only what needs a call is one, as it is
    /// without the trace. With every_call there are no areas: each sgetc(), sbumpc() and sputc() of
    /// the caller is a call, which shows all that it asks for, and takes its time.
    bool every_call = false;

    /// How many calls are kept, the first ones; all are counted.
    std::size_t most_calls = std::numeric_limits<std::size_t>::max();

    /// Measures how long each call takes, where it is set, as to std::chrono::steady_clock::now.
    std::function<std::chrono::steady_clock::time_point()> clock{};
};

/// Passes each virtual call on to the buffer below it, and records it. A call that it makes of
/// itself to answer another is not one.
///
/// What lies below gets them as they are but for areas: it is read in order, by sgetc(), sbumpc()
/// and sgetn(), written by sputn(), and told by imbue(), pubsetbuf() and the others what this is
/// told. Without the trace, sputc() may give overflow() where this gives sputn() of one.
///
/// What was recorded remains after close() and detach().
template <class CharT>
class basic_tracebuf : public basic_passbuf<CharT> {
    using base = basic_passbuf<CharT>;

public:
    using typename base::int_type;
    using typename base::lower_type;
    using typename base::off_type;
    using typename base::pos_type;
    using typename base::traits_type;

    /// Closed.
    basic_tracebuf() = default;
    explicit basic_tracebuf(lower_type below, trace_options options = {})
        : base(std::move(below)), options_(std::move(options)) {}

    /// The buffer moved from is closed. An assignment throws what close() does.
    basic_tracebuf(basic_tracebuf&& other) noexcept { swap(other); }
    basic_tracebuf& operator=(basic_tracebuf&& other) noexcept(false);
    basic_tracebuf(const basic_tracebuf&) = delete;
    basic_tracebuf& operator=(const basic_tracebuf&) = delete;
    ~basic_tracebuf() override { this->settle(); }

    void swap(basic_tracebuf& other) noexcept;

    /// The calls that are kept, in order.
    [[nodiscard]] const std::vector<traced_call>& calls() const noexcept { return calls_; }

    /// How often a call was made, kept or not; and all of them.
    [[nodiscard]] std::uint64_t count(traced call) const noexcept {
        return totals_[static_cast<std::size_t>(call)].times;
    }
    [[nodiscard]] std::uint64_t count() const noexcept;

    /// How many characters have passed, through the areas or by calls.
    [[nodiscard]] std::uint64_t characters_read() const noexcept {
        return read_ + this->unseen_read().size();
    }
    [[nodiscard]] std::uint64_t characters_written() const noexcept {
        return written_ + this->unseen_written().size();
    }

    /// A line for each kind of call that was made: how often, how many characters it took or gave,
    /// how often it failed, and how long it took; and what passed in all.
    [[nodiscard]] std::string summary() const;

    /// A line for each call that is kept, and how many are not.
    [[nodiscard]] std::string list() const;

    /// Forgets what was recorded.
    void clear();

protected:
    void has_read(const CharT* /*text*/, std::size_t count) override { read_ += count; }
    void has_written(const CharT* /*text*/, std::size_t count) override { written_ += count; }
    [[nodiscard]] bool lends_areas() const noexcept override { return !options_.every_call; }

    void imbue(const std::locale& locale) override;
    std::basic_streambuf<CharT>* setbuf(CharT* memory, std::streamsize count) override;
    pos_type seekoff(off_type offset, std::ios_base::seekdir whence,
                     std::ios_base::openmode which) override;
    pos_type seekpos(pos_type position, std::ios_base::openmode which) override;
    int sync() override;
    std::streamsize showmanyc() override;
    std::streamsize xsgetn(CharT* target, std::streamsize count) override;
    int_type underflow() override;
    int_type uflow() override;
    int_type pbackfail(int_type c) override;
    std::streamsize xsputn(const CharT* source, std::streamsize count) override;
    int_type overflow(int_type c) override;
    void do_fill(std::size_t count) override;
    std::error_code do_close() noexcept override;
    off_type do_size(std::error_code& code) override;
    std::error_code do_truncate(off_type size) override;

private:
    class nesting;

    template <class Call, class Result>
    auto traced_as(traced_call what, Call call, Result result);
    void keep(traced_call&& what) noexcept;

    struct total {
        std::uint64_t times = 0;
        std::uint64_t characters = 0;
        std::uint64_t failed = 0;
        std::chrono::nanoseconds time{0};
    };

    trace_options options_;
    std::vector<traced_call> calls_;
    std::array<total, traced_count> totals_{};
    std::uint64_t read_ = 0;
    std::uint64_t written_ = 0;
    bool inside_ = false;  // of a call
};

template <class CharT>
void swap(basic_tracebuf<CharT>& a, basic_tracebuf<CharT>& b) noexcept {
    a.swap(b);
}

using tracebuf = basic_tracebuf<char>;
using wtracebuf = basic_tracebuf<wchar_t>;

/// A basic_tracebuf as a stream.
template <class CharT>
class basic_trace_io : public basic_layer_io<basic_tracebuf<CharT>> {
public:
    explicit basic_trace_io(basic_lower<CharT> below, trace_options options = {})
        : basic_layer_io<basic_tracebuf<CharT>>(std::move(below), std::move(options)) {}
};

using trace_io = basic_trace_io<char>;
using wtrace_io = basic_trace_io<wchar_t>;

extern template class basic_tracebuf<char>;
extern template class basic_tracebuf<wchar_t>;

}  // namespace sluice::testing

#endif  // SLUICE_TESTING_TRACE_HPP
