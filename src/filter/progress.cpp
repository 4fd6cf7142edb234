#include <sluice/filter/progress.hpp>

#include "os/os.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <iostream>
#include <utility>

namespace sluice {
namespace {

double seconds_of(std::chrono::steady_clock::duration time) {
    return std::chrono::duration<double>(time).count();
}

std::string number(double value, int decimals) {
    std::array<char, 64> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                   std::chars_format::fixed, decimals);
    return {text.data(), end.ptr};
}

std::string amount(double characters) {
    constexpr std::array units{" B", " kB", " MB", " GB", " TB"};
    std::size_t unit = 0;
    for (; characters >= 999.95 && unit + 1 < units.size(); ++unit) {
        characters /= 1000;
    }
    return number(characters, unit == 0 ? 0 : 1) + units[unit];
}

std::string time(std::chrono::seconds span) {
    const auto two_digits = [](long long value) {
        return (value < 10 ? ":0" : ":") + std::to_string(value);
    };
    const long long all = span.count();
    return all < 3600
               ? std::to_string(all / 60) + two_digits(all % 60)
               : std::to_string(all / 3600) + two_digits(all / 60 % 60) + two_digits(all % 60);
}

bool is_terminal(const std::ostream& out) {
    if (out.rdbuf() == std::cerr.rdbuf() || out.rdbuf() == std::clog.rdbuf()) {
        return os::is_terminal(2);
    }
    if (out.rdbuf() == std::cout.rdbuf()) {
        return os::is_terminal(1);
    }
    auto* const device = dynamic_cast<basic_buf<char>*>(out.rdbuf());
    return device != nullptr && device->is_open() && device->is_terminal();
}

// A bar that is drawn over the one before. What ends before the first is due draws none.
std::function<void(const progress&)> bar_on(std::ostream& out) {
    if (!is_terminal(out)) {
        return nullptr;
    }
    return [&out, last = std::size_t(0)](const progress& now) mutable {
        if (now.finished && last == 0) {
            return;
        }
        std::string line = to_bar(now);
        const std::size_t size = line.size();
        line.resize(std::max(size, last), ' ');
        last = size;
        out << '\r' << line << (now.finished ? "\n" : "") << std::flush;
    };
}

// What can be read from where it stands; none where that cannot be known, or is nothing.
template <class CharT>
std::optional<std::uint64_t> rest_of(const basic_lower<CharT>& below) {
    auto* const device = below.device();
    if (device == nullptr || !device->readable() || !device->seekable()) {
        return std::nullopt;
    }
    try {
        const auto rest =
            device->size() - std::streamoff(device->pubseekoff(0, std::ios_base::cur));
        return rest > 0 ? std::optional<std::uint64_t>(rest) : std::nullopt;
    } catch (const error&) {
        return std::nullopt;
    }
}

template <class CharT>
progress_options with_total(progress_options options, const basic_lower<CharT>& below) {
    if (!options.total) {
        options.total = rest_of(below);
    }
    if (!options.clock) {
        options.clock = std::chrono::steady_clock::now;
    }
    return options;
}

}  // namespace

double progress::rate() const noexcept {
    const double time = seconds_of(elapsed);
    return time > 0 ? static_cast<double>(done) / time : 0;
}

std::optional<double> progress::ratio() const noexcept {
    if (!total) {
        return std::nullopt;
    }
    return *total == 0 ? 1 : std::min(static_cast<double>(done) / static_cast<double>(*total), 1.0);
}

std::optional<std::chrono::seconds> progress::remaining() const noexcept {
    const double speed = rate();
    if (!total || speed <= 0) {
        return std::nullopt;
    }
    const std::uint64_t left = *total - std::min(done, *total);
    constexpr double longest = 1e9;  // as good as never
    return std::chrono::seconds(
        static_cast<long long>(std::min(std::ceil(static_cast<double>(left) / speed), longest)));
}

std::string to_bar(const progress& now, std::size_t width) {
    std::string before;
    std::string after = amount(static_cast<double>(now.done)) + ' ' + amount(now.rate()) + "/s";
    const std::optional<double> ratio = now.ratio();
    if (ratio) {
        before = number(std::floor(*ratio * 100), 0) + "% ";
        before.insert(0, 5 - before.size(), ' ');
        if (const auto left = now.remaining(); left && !now.finished) {
            after += ' ' + time(*left);
        }
    }
    if (!ratio || now.finished) {
        after += ' ' + time(std::chrono::duration_cast<std::chrono::seconds>(now.elapsed));
    }
    std::string bar;
    constexpr std::size_t shortest = 5;
    if (const std::size_t rest = before.size() + after.size() + 3;
        ratio && width >= rest + shortest) {
        const std::size_t cells = width - rest;
        const auto full = static_cast<std::size_t>(*ratio * static_cast<double>(cells));
        bar = '[' + std::string(full, '#') + std::string(cells - full, ' ') + "] ";
    }
    return (before + bar + after).substr(0, width);
}

template <class CharT>
basic_progressbuf<CharT>::basic_progressbuf(lower_type below, callback told,
                                            progress_options options)
    : base(std::move(below)),
      told_(std::move(told)),
      options_(with_total(std::move(options), lower_type(*base::below()))),
      start_(options_.clock()),
      last_(start_) {}

template <class CharT>
basic_progressbuf<CharT>::basic_progressbuf(lower_type below, progress_options options)
    : basic_progressbuf(std::move(below), std::cerr, std::move(options)) {}

template <class CharT>
basic_progressbuf<CharT>::basic_progressbuf(lower_type below, std::ostream& terminal,
                                            progress_options options)
    : basic_progressbuf(std::move(below), bar_on(terminal), std::move(options)) {}

template <class CharT>
auto basic_progressbuf<CharT>::operator=(basic_progressbuf&& other) noexcept(false)
    -> basic_progressbuf& {
    if (this != &other) {
        this->close();
        basic_progressbuf taken(std::move(other));
        swap(taken);
    }
    return *this;
}

template <class CharT>
basic_progressbuf<CharT>::~basic_progressbuf() {
    this->set_owner(nullptr);
    this->settle();
    if (this->is_open()) {
        finish();
    }
}

template <class CharT>
void basic_progressbuf<CharT>::swap(basic_progressbuf& other) noexcept {
    base::swap(other);
    std::swap(told_, other.told_);
    std::swap(options_, other.options_);
    std::swap(done_, other.done_);
    std::swap(start_, other.start_);
    std::swap(last_, other.last_);
}

template <class CharT>
progress basic_progressbuf<CharT>::now() const {
    return {done_ + this->unseen_read().size() + this->unseen_written().size(), options_.total,
            options_.clock() - start_, !this->is_open()};
}

template <class CharT>
void basic_progressbuf<CharT>::has_read(const CharT* /*text*/, std::size_t count) {
    passed(count);
}

template <class CharT>
void basic_progressbuf<CharT>::has_written(const CharT* /*text*/, std::size_t count) {
    passed(count);
}

template <class CharT>
void basic_progressbuf<CharT>::passed(std::size_t count) noexcept {
    done_ += count;
    if (!told_) {
        return;
    }
    const auto time = options_.clock();
    if (time - last_ >= options_.interval) {
        last_ = time;
        tell({done_, options_.total, time - start_, false});
    }
}

template <class CharT>
void basic_progressbuf<CharT>::tell(const progress& state) noexcept {
    try {
        told_(state);
    } catch (...) {
        told_ = nullptr;  // what passes is more than what is told of it
    }
}

template <class CharT>
void basic_progressbuf<CharT>::finish() noexcept {
    if (told_) {
        tell({done_, options_.total, options_.clock() - start_, true});
    }
}

template <class CharT>
std::error_code basic_progressbuf<CharT>::do_close() noexcept {
    const std::error_code code = base::do_close();
    if (code != errc::pinned) {
        finish();
    }
    return code;
}

template class basic_progressbuf<char>;
template class basic_progressbuf<wchar_t>;

}  // namespace sluice
