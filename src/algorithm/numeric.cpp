#include <sluice/algorithm/numeric.hpp>
#include <sluice/detail/areas.hpp>

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <ios>
#include <iterator>
#include <limits>
#include <streambuf>
#include <string>
#include <string_view>
#include <type_traits>

namespace sluice {
namespace {

using ios = std::ios_base;

bool has_flag(const ios& io, ios::fmtflags flags) {
    return (io.flags() & flags) != ios::fmtflags{};
}

// Whether the stream's locale writes numbers without grouping and with '.'.
template <class CharT>
bool is_plain(const ios& io) {
#ifdef __GLIBCXX__
    // What libstdc++'s own facets ask: use_facet() costs as much as a whole number.
    const auto* const marks = std::__use_cache<std::__numpunct_cache<CharT>>()(io._M_getloc());
    return !marks->_M_use_grouping && marks->_M_decimal_point == CharT('.');
#else
    const auto& marks = std::use_facet<std::numpunct<CharT>>(io.getloc());
    return marks.grouping().empty() && marks.decimal_point() == CharT('.');
#endif
}

// -- writing ----------------------------------------------------------------------------------

template <class CharT>
class fast_num_put : public std::num_put<CharT> {
    using base = std::num_put<CharT>;
    using iter_type = typename base::iter_type;

public:
    using base::base;

protected:
    using base::do_put;

    iter_type do_put(iter_type out, ios& io, CharT fill, long value) const override {
        return put_integer(out, io, fill, value);
    }
    iter_type do_put(iter_type out, ios& io, CharT fill, unsigned long value) const override {
        return put_integer(out, io, fill, value);
    }
    iter_type do_put(iter_type out, ios& io, CharT fill, long long value) const override {
        return put_integer(out, io, fill, value);
    }
    iter_type do_put(iter_type out, ios& io, CharT fill, unsigned long long value) const override {
        return put_integer(out, io, fill, value);
    }
    iter_type do_put(iter_type out, ios& io, CharT fill, double value) const override;

private:
    template <class Integer>
    iter_type put_integer(iter_type out, ios& io, CharT fill, Integer value) const {
        const auto base_of = io.flags() & ios::basefield;
        if (base_of == ios::oct || base_of == ios::hex || has_flag(io, ios::showpos) ||
            is_internal(io) || !is_plain<CharT>(io)) {
            return base::do_put(out, io, fill, value);
        }
        char text[std::numeric_limits<Integer>::digits10 + 3];
        auto* const end = std::to_chars(std::begin(text), std::end(text), value).ptr;
        return put_padded(out, io, fill, {text, static_cast<std::size_t>(end - text)});
    }

    static bool is_internal(const ios& io) {
        return io.width() > 0 && (io.flags() & ios::adjustfield) == ios::internal;
    }

    static iter_type put_padded(iter_type out, ios& io, CharT fill, std::string_view text);
    static iter_type put_text(iter_type out, std::string_view text);
};

template <class CharT>
auto fast_num_put<CharT>::do_put(iter_type out, ios& io, CharT fill, double value) const
    -> iter_type {
    constexpr std::streamsize most = 100;
    const auto form = io.flags() & ios::floatfield;
    const bool rare = has_flag(io, ios::showpoint | ios::showpos | ios::uppercase);
    if (rare || form == ios::floatfield || io.precision() > most || !std::isfinite(value) ||
        is_internal(io) || !is_plain<CharT>(io)) {
        return base::do_put(out, io, fill, value);
    }
    const int precision = io.precision() < 0 ? 6 : static_cast<int>(io.precision());
    const auto format = form == ios::fixed        ? std::chars_format::fixed
                        : form == ios::scientific ? std::chars_format::scientific
                                                  : std::chars_format::general;
    char text[std::numeric_limits<double>::max_exponent10 + most + 4];
    auto* const end = std::to_chars(std::begin(text), std::end(text), value, format, precision).ptr;
    return put_padded(out, io, fill, {text, static_cast<std::size_t>(end - text)});
}

template <class CharT>
auto fast_num_put<CharT>::put_padded(iter_type out, ios& io, CharT fill, std::string_view text)
    -> iter_type {
    const auto size = static_cast<std::streamsize>(text.size());
    const std::streamsize width = io.width();
    io.width(0);
    if (width <= size) {
        return put_text(out, text);
    }
    // In one piece, as the standard's: a buffer sees the same writes.
    std::basic_string<CharT> padded(static_cast<std::size_t>(width), fill);
    const bool left = (io.flags() & ios::adjustfield) == ios::left;
    std::copy(text.begin(), text.end(), padded.begin() + (left ? 0 : width - size));
    return std::copy(padded.data(), padded.data() + padded.size(), out);
}

template <class CharT>
auto fast_num_put<CharT>::put_text(iter_type out, std::string_view text) -> iter_type {
    if constexpr (std::is_same_v<CharT, char>) {
        return std::copy(text.data(), text.data() + text.size(), out);
    } else {
        CharT wide[512];
        const CharT* const end = std::copy(text.begin(), text.end(), std::begin(wide));
        return std::copy(static_cast<const CharT*>(wide), end, out);
    }
}

// -- reading ----------------------------------------------------------------------------------

#ifdef __GLIBCXX__

// What lies ready in the buffer that an iterator reads. A number that lies there as a whole, and is
// an ordinary one, is read there; nothing is taken of any other.
template <class CharT>
class window {
    using buf_type = std::basic_streambuf<CharT>;
    using iter_type = std::istreambuf_iterator<CharT>;
    using traits = std::char_traits<CharT>;
    using areas = detail::areas<CharT, traits>;

    // The members of libstdc++'s iterator, which its ABI fixes.
    struct parts {
        buf_type* buf;
        typename traits::int_type taken;  // a character that post-increment keeps
    };
    static_assert(sizeof(parts) == sizeof(iter_type));
    static_assert(std::is_trivially_copyable_v<iter_type>);

public:
    window(const iter_type& begin, const iter_type& end) noexcept {
        const auto from = parts_of(begin);
        if (from.buf == nullptr || parts_of(end).buf != nullptr ||
            !traits::eq_int_type(from.taken, traits::eof())) {
            return;
        }
        buf_ = from.buf;
        text_ = {areas::get_next(*buf_),
                 static_cast<std::size_t>(areas::get_end(*buf_) - areas::get_next(*buf_))};
    }

    [[nodiscard]] std::basic_string_view<CharT> text() const noexcept { return text_; }
    void take(std::size_t count) const { areas::read_up_to(*buf_, areas::get_next(*buf_) + count); }

private:
    // Not std::bit_cast, which reads the padding too.
    static parts parts_of(const iter_type& it) noexcept {
        parts result{};
        std::char_traits<char>::copy(reinterpret_cast<char*>(&result),
                                     reinterpret_cast<const char*>(&it), sizeof result);
        return result;
    }

    buf_type* buf_ = nullptr;
    std::basic_string_view<CharT> text_;
};

template <class CharT>
bool is_digit(CharT c) noexcept {
    return c >= CharT('0') && c <= CharT('9');
}

// A wchar_t of WEOF looks like the end to an iterator.
template <class CharT>
bool is_end(CharT c) noexcept {
    using traits = std::char_traits<CharT>;
    return traits::eq_int_type(traits::to_int_type(c), traits::eof());
}

// Reads up to eight digits at once. How many there are differs from number to number, and a loop
// over them ends where no processor foresees it.
//
// Requires: eight characters at `text`, and that the first byte of a number is its lowest.
[[maybe_unused]] std::size_t read_digits(const char* text, std::uint64_t& value) noexcept {
    std::uint64_t eight = 0;
    std::memcpy(&eight, text, sizeof eight);
    eight ^= 0x3030303030303030;  // digits become 0 to 9; more than that has a high bit here:
    const std::uint64_t others = ((eight + 0x7676767676767676) | eight) & 0x8080808080808080;
    const int count = others == 0 ? 8 : std::countr_zero(others) / 8;
    if (count == 0) {
        return 0;
    }
    eight <<= 8 * (8 - count);  // as if zeros preceded
    eight = (eight * 10 + (eight >> 8)) & 0x00FF00FF00FF00FF;
    eight = (eight * 100 + (eight >> 16)) & 0x0000FFFF0000FFFF;
    value = (eight * 10000 + (eight >> 32)) & 0xFFFFFFFF;
    return static_cast<std::size_t>(count);
}

// Reads the integer at the front of `text`, behind which there is more.
//
// Returns: how many characters it takes; 0 where it is no ordinary one.
template <class CharT, class Integer>
std::size_t read_front(std::basic_string_view<CharT> text, Integer& value) noexcept {
    constexpr std::size_t most_digits = 18;  // of which none is too large for 64 bits
    const CharT* const begin = text.data();
    const CharT* const end = begin + text.size();
    const CharT* at = begin;
    const bool negative = at != end && *at == CharT('-');
    at += negative ? 1 : 0;
    const CharT* const digits = at;
    std::uint64_t sum = 0;
    if constexpr (sizeof(CharT) == 1 && std::endian::native == std::endian::little) {
        at += end - at >= 8 ? read_digits(at, sum) : 0;
    }
    while (at != end && is_digit(*at)) {
        sum = 10 * sum + static_cast<std::uint64_t>(*at - CharT('0'));
        ++at;
    }
    const auto count = static_cast<std::size_t>(at - digits);
    if (at == end || is_end(*at) || count == 0 || count > most_digits ||
        sum > static_cast<std::uint64_t>(std::numeric_limits<Integer>::max()) ||
        (negative && std::is_unsigned_v<Integer>)) {
        return 0;
    }
    value = static_cast<Integer>(negative ? std::uint64_t(0) - sum : sum);
    return static_cast<std::size_t>(at - begin);
}

// Whether the standard's facet stops in front of `c` in any case.
template <class CharT>
bool ends_number(CharT c) noexcept {
    return !is_digit(c) && c != CharT('.') && c != CharT('+') && c != CharT('-') &&
           c != CharT('e') && c != CharT('E');
}

template <class Floating>
std::size_t read_float(std::string_view text, Floating& value) noexcept {
    const std::size_t first = !text.empty() && text.front() == '-' ? 1 : 0;
    if (first == text.size() || (!is_digit(text[first]) && text[first] != '.')) {
        return 0;  // from_chars() reads inf and nan too
    }
    Floating found = 0;
    const char* const end = text.data() + text.size();
    const auto result = std::from_chars(text.data(), end, found);
    if (result.ec != std::errc() || result.ptr == end || !ends_number(*result.ptr)) {
        return 0;
    }
    value = found;
    return static_cast<std::size_t>(result.ptr - text.data());
}

template <class CharT, class Floating>
std::size_t read_front_float(std::basic_string_view<CharT> text, Floating& value) noexcept {
    if constexpr (std::is_same_v<CharT, char>) {
        return read_float(text, value);
    } else {
        char narrow[64];
        std::size_t size = 0;
        for (const CharT c : text.substr(0, sizeof narrow)) {
            if (is_end(c)) {
                break;
            }
            narrow[size++] = c > CharT(0) && c < CharT(128) ? static_cast<char>(c) : ' ';
        }
        return read_float(std::string_view(narrow, size), value);
    }
}

template <class CharT>
class fast_num_get : public std::num_get<CharT> {
    using base = std::num_get<CharT>;
    using iter_type = typename base::iter_type;

public:
    using base::base;

protected:
    using base::do_get;

    iter_type do_get(iter_type in, iter_type end, ios& io, ios::iostate& state,
                     long& value) const override {
        return get_integer(in, end, io, state, value);
    }
    iter_type do_get(iter_type in, iter_type end, ios& io, ios::iostate& state,
                     unsigned short& value) const override {
        return get_integer(in, end, io, state, value);
    }
    iter_type do_get(iter_type in, iter_type end, ios& io, ios::iostate& state,
                     unsigned int& value) const override {
        return get_integer(in, end, io, state, value);
    }
    iter_type do_get(iter_type in, iter_type end, ios& io, ios::iostate& state,
                     unsigned long& value) const override {
        return get_integer(in, end, io, state, value);
    }
    iter_type do_get(iter_type in, iter_type end, ios& io, ios::iostate& state,
                     long long& value) const override {
        return get_integer(in, end, io, state, value);
    }
    iter_type do_get(iter_type in, iter_type end, ios& io, ios::iostate& state,
                     unsigned long long& value) const override {
        return get_integer(in, end, io, state, value);
    }
    iter_type do_get(iter_type in, iter_type end, ios& io, ios::iostate& state,
                     float& value) const override {
        return get_float(in, end, io, state, value);
    }
    iter_type do_get(iter_type in, iter_type end, ios& io, ios::iostate& state,
                     double& value) const override {
        return get_float(in, end, io, state, value);
    }

private:
    template <class Integer>
    iter_type get_integer(iter_type in, iter_type end, ios& io, ios::iostate& state,
                          Integer& value) const {
        if ((io.flags() & ios::basefield) == ios::dec && is_plain<CharT>(io)) {
            const window<CharT> ready(in, end);
            if (const std::size_t count = read_front(ready.text(), value); count != 0) {
                ready.take(count);
                return in;
            }
        }
        return base::do_get(in, end, io, state, value);
    }

    template <class Floating>
    iter_type get_float(iter_type in, iter_type end, ios& io, ios::iostate& state,
                        Floating& value) const {
        if (is_plain<CharT>(io)) {
            const window<CharT> ready(in, end);
            if (const std::size_t count = read_front_float(ready.text(), value); count != 0) {
                ready.take(count);
                return in;
            }
        }
        return base::do_get(in, end, io, state, value);
    }
};

#else

template <class CharT>
using fast_num_get = std::num_get<CharT>;

#endif

// `base` with a facet that all such locales share: it has no state. One made for a locale that then
// cannot be made would be nobody's. It is never destroyed, as locales may outlive everything.
template <class Facet>
std::locale with_facet(const std::locale& base) {
    static Facet& shared = *new Facet(1);
    return std::locale(base, &shared);
}

}  // namespace

std::locale fast_numeric(const std::locale& base) {
    const std::locale puts =
        with_facet<fast_num_put<wchar_t>>(with_facet<fast_num_put<char>>(base));
    const std::locale result =
        with_facet<fast_num_get<wchar_t>>(with_facet<fast_num_get<char>>(puts));
#ifdef __GLIBCXX__
    // Made by who asks first: not by several threads that share the locale, and ask at once.
    static_cast<void>(std::__use_cache<std::__numpunct_cache<char>>()(result));
    static_cast<void>(std::__use_cache<std::__numpunct_cache<wchar_t>>()(result));
#endif
    return result;
}

}  // namespace sluice
