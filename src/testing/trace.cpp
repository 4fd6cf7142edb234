#include <sluice/testing/trace.hpp>

#include <algorithm>
#include <exception>
#include <numeric>
#include <string_view>
#include <type_traits>
#include <utility>

namespace sluice::testing {
namespace {

constexpr std::array<const char*, traced_count> names{
    "imbue", "setbuf",    "seekoff", "seekpos",  "sync", "showmanyc", "xsgetn",   "underflow",
    "uflow", "pbackfail", "xsputn",  "overflow", "peek", "size",      "truncate", "close"};

// What is told of an exception that has no message, or too long a one; short, it takes no memory.
constexpr const char* unknown = "unknown";

std::string character(std::streamoff value) {
    if (value < 0) {
        return "eof";
    }
    if (value >= ' ' && value < 127) {
        return std::string("'") + static_cast<char>(value) + "'";
    }
    return value == '\n' ? "'\\n'" : std::to_string(value);
}

std::string whence_of(std::ios_base::seekdir whence) {
    return whence == std::ios_base::beg ? "beg" : whence == std::ios_base::cur ? "cur" : "end";
}

std::string which_of(std::ios_base::openmode which) {
    const bool in = has(which, std::ios_base::in);
    const bool out = has(which, std::ios_base::out);
    return in && out ? "in|out" : in ? "in" : out ? "out" : "none";
}

std::string arguments_of(const traced_call& what) {
    switch (what.call) {
    case traced::imbue: return '"' + what.locale + '"';
    case traced::seekoff:
        return std::to_string(what.argument) + ", " + whence_of(what.whence) + ", " +
               which_of(what.which);
    case traced::seekpos: return std::to_string(what.argument) + ", " + which_of(what.which);
    case traced::setbuf:
    case traced::xsgetn:
    case traced::xsputn:
    case traced::peek:
    case traced::truncate: return std::to_string(what.argument);
    case traced::pbackfail:
    case traced::overflow: return character(what.argument);
    default: return {};
    }
}

std::string result_of(const traced_call& what) {
    switch (what.call) {
    case traced::underflow:
    case traced::uflow:
    case traced::pbackfail:
    case traced::overflow: return " = " + character(what.result);
    case traced::imbue:
    case traced::truncate:
    case traced::close: return what.failed ? " failed" : "";
    case traced::setbuf: return what.failed ? " = null" : "";
    default: return " = " + std::to_string(what.result);
    }
}

// How many characters a call took or gave.
std::uint64_t characters_of(const traced_call& what) {
    switch (what.call) {
    case traced::xsgetn:
    case traced::xsputn:
        return static_cast<std::uint64_t>(std::max<std::streamoff>(what.result, 0));
    case traced::uflow: return what.result >= 0 ? 1 : 0;
    case traced::overflow: return what.result >= 0 && what.argument >= 0 ? 1 : 0;
    default: return 0;
    }
}

std::string microseconds(std::chrono::nanoseconds time) {
    const auto tenths = (time.count() + 50) / 100;
    return std::to_string(tenths / 10) + '.' + std::to_string(tenths % 10) + " us";
}

// A cell of a table: words to the left, numbers to the right.
std::string left(std::string text, std::size_t width) {
    text.resize(std::max(width, text.size()), ' ');
    return text;
}
std::string right(const std::string& text, std::size_t width) {
    return std::string(width > text.size() ? width - text.size() : 0, ' ') + text;
}

// A character as it is told, -1 for eof().
template <class Traits>
std::streamoff told(typename Traits::int_type c) {
    if (Traits::eq_int_type(c, Traits::eof())) {
        return -1;
    }
    using unsigned_type = std::make_unsigned_t<typename Traits::char_type>;
    return static_cast<std::streamoff>(static_cast<unsigned_type>(Traits::to_char_type(c)));
}

}  // namespace

const char* to_string(traced call) noexcept {
    return names[static_cast<std::size_t>(call)];
}

std::string to_string(const traced_call& call) {
    std::string text = std::string(to_string(call.call)) + '(' + arguments_of(call) + ')';
    text += call.thrown.empty() ? result_of(call) : " threw " + call.thrown;
    return call.time.count() > 0 ? text + "  " + microseconds(call.time) : text;
}

template <class CharT>
auto basic_tracebuf<CharT>::operator=(basic_tracebuf&& other) noexcept(false) -> basic_tracebuf& {
    if (this != &other) {
        this->close();
        basic_tracebuf taken(std::move(other));
        swap(taken);
    }
    return *this;
}

template <class CharT>
void basic_tracebuf<CharT>::swap(basic_tracebuf& other) noexcept {
    base::swap(other);
    std::swap(options_, other.options_);
    calls_.swap(other.calls_);
    totals_.swap(other.totals_);
    std::swap(read_, other.read_);
    std::swap(written_, other.written_);
}

// -- what was recorded ------------------------------------------------------------------------

template <class CharT>
std::uint64_t basic_tracebuf<CharT>::count() const noexcept {
    return std::accumulate(totals_.begin(), totals_.end(), std::uint64_t(0),
                           [](std::uint64_t sum, const total& each) { return sum + each.times; });
}

template <class CharT>
std::string basic_tracebuf<CharT>::summary() const {
    constexpr std::size_t first = 10;
    constexpr std::size_t width = 12;
    const bool timed = static_cast<bool>(options_.clock);
    std::string text = left("call", first) + right("times", width) + right("characters", width) +
                       right("failed", width) + (timed ? right("time", width + 4) : "") + '\n';
    for (std::size_t i = 0; i < totals_.size(); ++i) {
        const total& each = totals_[i];
        if (each.times > 0) {
            text += left(names[i], first) + right(std::to_string(each.times), width) +
                    right(std::to_string(each.characters), width) +
                    right(std::to_string(each.failed), width) +
                    (timed ? right(microseconds(each.time), width + 4) : "") + '\n';
        }
    }
    return text + std::to_string(characters_read()) + " characters read, " +
           std::to_string(characters_written()) + " written, " + std::to_string(count()) +
           " calls\n";
}

template <class CharT>
std::string basic_tracebuf<CharT>::list() const {
    std::string text;
    for (const traced_call& each : calls_) {
        text += to_string(each) + '\n';
    }
    const std::uint64_t more = count() - calls_.size();
    return more == 0 ? text : text + "and " + std::to_string(more) + " more\n";
}

template <class CharT>
void basic_tracebuf<CharT>::clear() {
    this->settle();  // what has passed, has before
    calls_.clear();
    totals_ = {};
    read_ = written_ = 0;
}

template <class CharT>
void basic_tracebuf<CharT>::keep(traced_call&& what) noexcept {
    total& kind = totals_[static_cast<std::size_t>(what.call)];
    ++kind.times;
    kind.characters += characters_of(what);
    kind.failed += what.failed ? 1 : 0;
    kind.time += what.time;
    if (calls_.size() < options_.most_calls) {
        try {
            calls_.push_back(std::move(what));
        } catch (const std::exception&) {
            options_.most_calls = calls_.size();  // no memory for more
        }
    }
}

// While it lives, what the base calls is not recorded.
template <class CharT>
class basic_tracebuf<CharT>::nesting {
public:
    explicit nesting(bool& inside) noexcept : inside_(inside) { inside_ = true; }
    nesting(const nesting&) = delete;
    nesting& operator=(const nesting&) = delete;
    ~nesting() { inside_ = false; }

private:
    bool& inside_;
};

// Makes the call, and has `result` tell what it gave.
template <class CharT>
template <class Call, class Result>
auto basic_tracebuf<CharT>::traced_as(traced_call what, Call call, Result result) {
    if (inside_) {
        return call();
    }
    const nesting now(inside_);
    const auto start = options_.clock ? options_.clock() : std::chrono::steady_clock::time_point();
    const auto stop = [&] {
        if (options_.clock) {
            what.time = options_.clock() - start;
        }
    };
    const auto keep_failed = [&](const char* message) {
        stop();
        what.failed = true;
        try {
            what.thrown = message;
        } catch (const std::exception&) {
            what.thrown = unknown;  // no memory for it: the caller gets what was thrown, not this
        }
        keep(std::move(what));
    };
    try {
        auto given = call();
        stop();
        result(what, given);
        keep(std::move(what));
        return given;
    } catch (const std::exception& thrown) {
        keep_failed(thrown.what());
        throw;
    } catch (...) {
        keep_failed(unknown);
        throw;
    }
}

// -- the calls --------------------------------------------------------------------------------

namespace {

// How a result is told, by what it is.

const auto tells_count = [](traced_call& what, std::streamsize given) { what.result = given; };

const auto tells_all = [](traced_call& what, std::streamsize given) {
    what.result = given;
    what.failed = given < what.argument;
};

const auto tells_failure = [](traced_call& what, int given) {
    what.result = given;
    what.failed = given < 0;
};

const auto tells_code = [](traced_call& what, const std::error_code& given) {
    what.failed = static_cast<bool>(given);
};

const auto tells_place = [](traced_call& what, auto given) {
    what.result = std::streamoff(given);
    what.failed = what.result < 0;
};

template <class Traits>
constexpr auto tells_character =
    [](traced_call& what, typename Traits::int_type given) { what.result = told<Traits>(given); };

// Where eof() is no end, but a failure.
template <class Traits>
constexpr auto tells_taken = [](traced_call& what, typename Traits::int_type given) {
    what.result = told<Traits>(given);
    what.failed = what.result < 0;
};

}  // namespace

template <class CharT>
void basic_tracebuf<CharT>::imbue(const std::locale& locale) {
    traced_as(
        {.call = traced::imbue, .locale = locale.name()},
        [&] {
            this->settle();
            if (this->is_open()) {
                this->reader()->pubimbue(locale);
            }
            return 0;
        },
        tells_failure);
}

template <class CharT>
auto basic_tracebuf<CharT>::setbuf(CharT* memory, std::streamsize count)
    -> std::basic_streambuf<CharT>* {
    return traced_as(
        {.call = traced::setbuf, .argument = count}, [&] { return base::setbuf(memory, count); },
        [](traced_call& what, const std::basic_streambuf<CharT>* given) {
            what.result = given == nullptr ? -1 : 0;
            what.failed = given == nullptr;
        });
}

template <class CharT>
auto basic_tracebuf<CharT>::seekoff(off_type offset, std::ios_base::seekdir whence,
                                    std::ios_base::openmode which) -> pos_type {
    return traced_as(
        {.call = traced::seekoff, .argument = offset, .whence = whence, .which = which},
        [&] { return base::seekoff(offset, whence, which); }, tells_place);
}

template <class CharT>
auto basic_tracebuf<CharT>::seekpos(pos_type position, std::ios_base::openmode which) -> pos_type {
    return traced_as(
        {.call = traced::seekpos, .argument = std::streamoff(position), .which = which},
        [&] { return base::seekpos(position, which); }, tells_place);
}

template <class CharT>
int basic_tracebuf<CharT>::sync() {
    return traced_as(
        {.call = traced::sync}, [&] { return base::sync(); }, tells_failure);
}

template <class CharT>
std::streamsize basic_tracebuf<CharT>::showmanyc() {
    return traced_as(
        {.call = traced::showmanyc}, [&] { return base::showmanyc(); }, tells_count);
}

template <class CharT>
std::streamsize basic_tracebuf<CharT>::xsgetn(CharT* target, std::streamsize count) {
    return traced_as(
        {.call = traced::xsgetn, .argument = count}, [&] { return base::xsgetn(target, count); },
        tells_count);
}

template <class CharT>
auto basic_tracebuf<CharT>::underflow() -> int_type {
    return traced_as(
        {.call = traced::underflow}, [&] { return base::underflow(); },
        tells_character<traits_type>);
}

template <class CharT>
auto basic_tracebuf<CharT>::uflow() -> int_type {
    return traced_as(
        {.call = traced::uflow}, [&] { return base::uflow(); }, tells_character<traits_type>);
}

template <class CharT>
auto basic_tracebuf<CharT>::pbackfail(int_type c) -> int_type {
    return traced_as(
        {.call = traced::pbackfail, .argument = told<traits_type>(c)},
        [&] { return base::pbackfail(c); }, tells_taken<traits_type>);
}

template <class CharT>
std::streamsize basic_tracebuf<CharT>::xsputn(const CharT* source, std::streamsize count) {
    return traced_as(
        {.call = traced::xsputn, .argument = count}, [&] { return base::xsputn(source, count); },
        tells_all);
}

template <class CharT>
auto basic_tracebuf<CharT>::overflow(int_type c) -> int_type {
    return traced_as(
        {.call = traced::overflow, .argument = told<traits_type>(c)},
        [&] { return base::overflow(c); }, tells_taken<traits_type>);
}

template <class CharT>
void basic_tracebuf<CharT>::do_fill(std::size_t count) {
    traced_as(
        {.call = traced::peek, .argument = static_cast<std::streamoff>(count)},
        [&] {
            base::do_fill(count);
            return static_cast<std::streamsize>(this->egptr() - this->gptr());
        },
        tells_count);
}

template <class CharT>
std::error_code basic_tracebuf<CharT>::do_close() noexcept {
    return traced_as(
        {.call = traced::close}, [&] { return base::do_close(); }, tells_code);
}

template <class CharT>
auto basic_tracebuf<CharT>::do_size(std::error_code& code) -> off_type {
    return traced_as(
        {.call = traced::size}, [&] { return base::do_size(code); }, tells_place);
}

template <class CharT>
std::error_code basic_tracebuf<CharT>::do_truncate(off_type size) {
    return traced_as(
        {.call = traced::truncate, .argument = size}, [&] { return base::do_truncate(size); },
        tells_code);
}

template class basic_tracebuf<char>;
template class basic_tracebuf<wchar_t>;

}  // namespace sluice::testing
