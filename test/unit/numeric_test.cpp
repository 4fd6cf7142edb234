#include <sluice/algorithm/numeric.hpp>
#include <sluice/device/file.hpp>
#include <sluice/device/memory.hpp>

#include <support/setting.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <ios>
#include <istream>
#include <iterator>
#include <limits>
#include <locale>
#include <ostream>
#include <random>
#include <sstream>
#include <streambuf>
#include <string>
#include <string_view>

namespace {

using ios = std::ios_base;

// What the two random cases do, times SLUICE_TEST_ROUNDS.
int rounds(int count) {
    return count * support::setting("SLUICE_TEST_ROUNDS", 1);
}

const std::locale& fast() {
    static const std::locale result = sluice::fast_numeric(std::locale::classic());
    return result;
}

template <class CharT>
std::basic_string<CharT> widened(std::string_view text) {
    return {text.begin(), text.end()};
}

// The same bits: a nan equals itself, and -0 is not 0. The padding of a long double is not looked
// at.
template <class T>
bool same(T a, T b) {
    if constexpr (std::is_floating_point_v<T>) {
        return (std::isnan(a) && std::isnan(b) && std::signbit(a) == std::signbit(b)) ||
               (a == b && std::signbit(a) == std::signbit(b));
    } else {
        return a == b;
    }
}

std::mt19937_64& source() {
    static std::mt19937_64 result(20231);
    return result;
}
std::size_t below(std::size_t count) {
    return static_cast<std::size_t>(source()() % count);
}
template <class T, std::size_t Size>
T one_of(const T (&choices)[Size]) {
    return choices[below(Size)];
}

// -- writing ----------------------------------------------------------------------------------

struct format {
    ios::fmtflags flags = ios::dec | ios::skipws;
    std::streamsize width = 0;
    std::streamsize precision = 6;
    char fill = ' ';
};

format random_format() {
    constexpr ios::fmtflags none{};
    format result;
    result.flags =
        one_of({none, ios::dec, ios::dec, ios::oct, ios::hex, ios::hex | ios::oct}) |
        one_of({none, none, ios::fixed, ios::scientific, ios::fixed | ios::scientific}) |
        one_of({none, none, ios::left, ios::right, ios::internal, ios::left | ios::right});
    for (const auto bit : {ios::showpos, ios::showbase, ios::showpoint, ios::uppercase,
                           ios::boolalpha, ios::unitbuf}) {
        result.flags |= below(4) == 0 ? bit : none;
    }
    result.width = one_of<std::streamsize>({0, 0, 0, 1, 5, 12, 30, 100, 700, -3});
    result.precision =
        one_of<std::streamsize>({6, 6, 0, 1, 2, 15, 16, 17, 18, 40, 100, 101, 400, -1});
    result.fill = one_of({' ', '0', '*', 'x', '-'});
    return result;
}

template <class CharT>
void set(std::basic_ios<CharT>& stream, const format& how) {
    stream.flags(how.flags);
    stream.width(how.width);
    stream.precision(how.precision);
    stream.fill(CharT(how.fill));
}

template <class CharT, class T>
struct written {
    std::basic_string<CharT> by_stream;
    std::basic_string<CharT> by_facet;
    std::streamsize width_left = 0;
    std::streamsize facet_width_left = 0;
    friend bool operator==(const written&, const written&) = default;
};

template <class CharT, class T>
written<CharT, T> write(const std::locale& locale, const format& how, T value) {
    std::basic_ostringstream<CharT> out;
    out.imbue(locale);
    set(out, how);
    out << value;
    written<CharT, T> result;
    result.width_left = out.width();
    result.by_stream = out.str();
    // The facet itself, of the type that << passes on.
    using passed = std::conditional_t<
        std::is_same_v<T, float>, double,
        std::conditional_t<std::is_integral_v<T> && sizeof(T) <= sizeof(int) &&
                               !std::is_same_v<T, bool>,
                           std::conditional_t<std::is_unsigned_v<T>, unsigned long, long>, T>>;
    std::basic_ostringstream<CharT> direct;
    direct.imbue(locale);
    set(direct, how);
    const auto end = std::use_facet<std::num_put<CharT>>(locale).put(
        std::ostreambuf_iterator<CharT>(direct), direct, CharT(how.fill), passed(value));
    CHECK_FALSE(end.failed());
    result.facet_width_left = direct.width();
    result.by_facet = direct.str();
    return result;
}

template <class CharT, class T>
void check_written(const format& how, T value) {
    const auto expected = write<CharT>(std::locale::classic(), how, value);
    const auto actual = write<CharT>(fast(), how, value);
    if (!(actual == expected)) {
        CAPTURE(int(how.flags));
        CAPTURE(how.width);
        CAPTURE(how.precision);
        CAPTURE(how.fill);
        CAPTURE((std::string(expected.by_stream.begin(), expected.by_stream.end())));
        CAPTURE((std::string(actual.by_stream.begin(), actual.by_stream.end())));
        CHECK(false);
    }
}

double random_double() {
    switch (below(8)) {
    case 0: return std::bit_cast<double>(source()());  // all exponents, nan and inf among them
    case 1: return static_cast<double>(static_cast<std::int64_t>(source()())) / 1e6;
    case 2: return static_cast<double>(below(2000)) / 8 - 100;  // ties
    case 3: return static_cast<double>(below(100000)) / 1000;
    case 4:
        return one_of(
            {0.0, -0.0, 1.0, 0.5, 9.9999995, 999999.5, 1e21, 1e22, 1e23,
             std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity(),
             std::numeric_limits<double>::quiet_NaN(), -std::numeric_limits<double>::quiet_NaN(),
             std::numeric_limits<double>::denorm_min(), std::numeric_limits<double>::min(),
             std::numeric_limits<double>::max(), std::numeric_limits<double>::lowest()});
    case 5: return std::ldexp(1.0, static_cast<int>(below(2100)) - 1075);
    case 6: return std::bit_cast<double>(source()() >> 12);  // subnormal
    default: return std::pow(10.0, static_cast<double>(below(620)) - 310);
    }
}

template <class T>
T random_integer() {
    const auto bits = source()() >> below(64);
    return below(8) == 0
               ? one_of({std::numeric_limits<T>::max(), std::numeric_limits<T>::min(), T(0), T(1)})
               : static_cast<T>(below(2) == 0 ? bits : ~bits);
}

template <class CharT>
void check_written_numbers(const format& how) {
    const double value = random_double();
    check_written<CharT>(how, value);
    check_written<CharT>(how, static_cast<float>(value));
    check_written<CharT>(how, static_cast<long double>(value) / 3);
    check_written<CharT>(how, random_integer<short>());
    check_written<CharT>(how, random_integer<unsigned short>());
    check_written<CharT>(how, random_integer<int>());
    check_written<CharT>(how, random_integer<unsigned>());
    check_written<CharT>(how, random_integer<long>());
    check_written<CharT>(how, random_integer<unsigned long>());
    check_written<CharT>(how, random_integer<long long>());
    check_written<CharT>(how, random_integer<unsigned long long>());
    check_written<CharT>(how, below(2) == 0);
    check_written<CharT>(
        how, std::bit_cast<const void*>(static_cast<std::uintptr_t>(source()() >> below(64))));
}

// -- reading ----------------------------------------------------------------------------------

template <class CharT, class T>
struct outcome {
    T value;
    int state;
    std::basic_string<CharT> rest;  // where the reader stopped
    T facet_value;
    int facet_state;
    bool facet_at_end;
    std::basic_string<CharT> facet_rest;

    bool equals(const outcome& other) const {
        return same(value, other.value) && state == other.state && rest == other.rest &&
               same(facet_value, other.facet_value) && facet_state == other.facet_state &&
               facet_at_end == other.facet_at_end && facet_rest == other.facet_rest;
    }
};

// Gives its content in blocks, so that a number may end where a block ends.
template <class CharT>
class blocks : public std::basic_streambuf<CharT> {
public:
    blocks(std::basic_string<CharT> text, std::size_t size) : text_(std::move(text)), size_(size) {}

protected:
    typename std::basic_streambuf<CharT>::int_type underflow() override {
        using traits = std::char_traits<CharT>;
        const std::size_t count = std::min(size_, text_.size() - next_);
        CharT* const begin = text_.data() + next_;
        next_ += count;
        this->setg(begin, begin, begin + count);
        return count == 0 ? traits::eof() : traits::to_int_type(*begin);
    }

private:
    std::basic_string<CharT> text_;
    std::size_t size_;
    std::size_t next_ = 0;
};

template <class CharT>
std::basic_string<CharT> rest_of(std::basic_streambuf<CharT>& from) {
    return {std::istreambuf_iterator<CharT>(&from), {}};
}

// What a variable holds before it is read to.
template <class T>
T marked() {
    if constexpr (std::is_pointer_v<T>) {
        return nullptr;
    } else {
        return static_cast<T>(77);
    }
}

template <class T, class CharT>
outcome<CharT, T> read(const std::locale& locale, ios::fmtflags flags,
                       const std::basic_string<CharT>& text, std::size_t block) {
    const T before = marked<T>();
    outcome<CharT, T> result{before, 0, {}, before, 0, false, {}};
    {
        blocks<CharT> buf(text, block);
        std::basic_istream<CharT> in(&buf);
        in.imbue(locale);
        in.flags(flags);
        in >> result.value;
        result.state = int(in.rdstate());
        result.rest = rest_of(buf);
    }
    // What the facet itself reads: a short and an int are made from a long by the stream.
    if constexpr (!std::is_same_v<T, short> && !std::is_same_v<T, int>) {
        blocks<CharT> buf(text, block);
        std::basic_ios<CharT> io(nullptr);  // not the stream of the buffer that is read
        io.imbue(locale);
        io.flags(flags);
        ios::iostate state = ios::goodbit;
        using iterator = std::istreambuf_iterator<CharT>;
        const iterator end = std::use_facet<std::num_get<CharT>>(locale).get(
            iterator(&buf), iterator(), io, state, result.facet_value);
        result.facet_state = int(state);
        result.facet_at_end = end == iterator();
        result.facet_rest = {end, iterator()};
    }
    return result;
}

template <class T, class CharT>
void check_read(ios::fmtflags flags, const std::basic_string<CharT>& text, std::size_t block) {
    const auto expected = read<T>(std::locale::classic(), flags, text, block);
    const auto actual = read<T>(fast(), flags, text, block);
    if (!actual.equals(expected)) {
        CAPTURE((std::string(text.begin(), text.end())));
        CAPTURE(block);
        CAPTURE(int(flags));
        CAPTURE(expected.value);
        CAPTURE(actual.value);
        CAPTURE(expected.state);
        CAPTURE(actual.state);
        CHECK(false);
    }
}

template <class CharT>
void check_read_numbers(ios::fmtflags flags, std::string_view text, std::size_t block) {
    const auto wide = widened<CharT>(text);
    check_read<bool>(flags, wide, block);
    check_read<short>(flags, wide, block);
    check_read<unsigned short>(flags, wide, block);
    check_read<int>(flags, wide, block);
    check_read<unsigned>(flags, wide, block);
    check_read<long>(flags, wide, block);
    check_read<unsigned long>(flags, wide, block);
    check_read<long long>(flags, wide, block);
    check_read<unsigned long long>(flags, wide, block);
    check_read<float>(flags, wide, block);
    check_read<double>(flags, wide, block);
    check_read<long double>(flags, wide, block);
    check_read<void*>(flags, wide, block);
}

std::string random_number() {
    std::ostringstream out;
    switch (below(6)) {
    case 0: out << random_integer<long long>(); break;
    case 1: out << random_integer<unsigned long long>(); break;
    case 2: out << random_integer<short>(); break;
    case 3: out << std::hex << std::showbase << random_integer<int>(); break;
    default:
        out.precision(static_cast<std::streamsize>(below(25)));
        out.flags(one_of({ios::fmtflags{}, ios::fixed, ios::scientific}));
        out << random_double();
        break;
    }
    return out.str();
}

// A number, its characters changed here and there.
std::string random_text() {
    constexpr std::string_view alphabet = "0123456789+-..eE,xXpPaf i\nn";
    std::string text = random_number();
    for (std::size_t changes = below(4); changes > 0; --changes) {
        const std::size_t where = below(text.size() + 1);
        switch (below(3)) {
        case 0: text.insert(where, 1, alphabet[below(alphabet.size())]); break;
        case 1: text.erase(where, 1); break;
        default: text.replace(where, 1, 1, alphabet[below(alphabet.size())]); break;
        }
    }
    constexpr const char* ends[] = {"", " ", "\n", ",5", " x", "e", "."};
    return text + one_of(ends);
}

}  // namespace

TEST_SUITE_BEGIN("numeric");

TEST_CASE("random numbers are written as by the C locale in all formats") {
    for (int i = rounds(6000); i > 0; --i) {
        const format how = random_format();
        check_written_numbers<char>(how);
        if (i % 4 == 0) {
            check_written_numbers<wchar_t>(how);
        }
    }
}

TEST_CASE("doubles are written as by the C locale with each precision") {
    for (int i = rounds(300); i > 0; --i) {
        const double value = random_double();
        for (const auto form : {ios::fmtflags{}, ios::fixed, ios::scientific}) {
            for (std::streamsize precision = -1; precision < 22; ++precision) {
                check_written<char>({form, 0, precision, ' '}, value);
            }
        }
    }
}

TEST_CASE("random text is read as by the C locale by all types") {
    constexpr std::size_t all = 1000;
    for (int i = rounds(15000); i > 0; --i) {
        const std::string text = random_text();
        const auto flags =
            one_of({ios::dec | ios::skipws, ios::dec | ios::skipws, ios::hex | ios::skipws,
                    ios::oct, ios::skipws, ios::dec | ios::boolalpha, ios::dec | ios::hex});
        const std::size_t block = below(3) == 0 ? 1 + below(12) : all;
        check_read_numbers<char>(flags, text, block);
        if (i % 4 == 0) {
            check_read_numbers<wchar_t>(flags, text, block);
        }
    }
}

TEST_CASE("odd texts are read as by the C locale") {
    const std::string digits(400, '7');
    const std::string zeros(400, '0');
    const std::string texts[] = {"",
                                 " ",
                                 "-",
                                 "+",
                                 ".",
                                 "-.",
                                 "+.5",
                                 "1e",
                                 "1e+",
                                 "1e-",
                                 "1e5",
                                 "1e+5",
                                 "1E-5",
                                 ".e5",
                                 "e5",
                                 "0x",
                                 "0x1p3",
                                 "0X1",
                                 "0x1.8p+1",
                                 "00012",
                                 "-00012",
                                 "- 1",
                                 "--1",
                                 "+-1",
                                 "1.",
                                 "1..",
                                 "1.5.5",
                                 "1,234",
                                 "1,234.5",
                                 "inf",
                                 "-inf",
                                 "nan",
                                 "infinity",
                                 "-nan",
                                 "1e400",
                                 "-1e400",
                                 "1e-400",
                                 "4.9e-324",
                                 "2.4e-324",
                                 "1e-320",
                                 "2.2250738585072011e-308",
                                 "3.5e38",
                                 "1e-46",
                                 "9223372036854775807",
                                 "9223372036854775808",
                                 "-9223372036854775808",
                                 "-9223372036854775809",
                                 "18446744073709551615",
                                 "18446744073709551616",
                                 "-1",
                                 "-0",
                                 "65535",
                                 "65536",
                                 "32767",
                                 "32768",
                                 "-32769",
                                 "2147483648",
                                 "4294967296",
                                 "999999999999999999",
                                 "1000000000000000000",
                                 "true",
                                 "tru",
                                 "false",
                                 "1true",
                                 "2",
                                 "0x7fffe0",
                                 "1_000",
                                 "1'000",
                                 "1-2",
                                 "1+2",
                                 "1e5e5",
                                 "1e5.5",
                                 "1e5-",
                                 "5a",
                                 "5p",
                                 "5d",
                                 "5f",
                                 "5\t",
                                 std::string("5\0", 2),
                                 "5\xff",
                                 digits,
                                 zeros + "5",
                                 "0." + zeros + "5",
                                 digits + "." + digits,
                                 "1" + zeros + "e-400",
                                 "0." + zeros + "1e401",
                                 "1e" + digits,
                                 "1e-" + digits};
    for (const std::string& text : texts) {
        for (const auto flags : {ios::dec | ios::skipws, ios::skipws, ios::hex | ios::skipws,
                                 ios::oct | ios::skipws, ios::dec, ios::dec | ios::boolalpha}) {
            for (const std::size_t block : {1, 3, 1000}) {
                for (const char* const end : {"", " ", ";"}) {
                    check_read_numbers<char>(flags, text + end, block);
                    check_read_numbers<wchar_t>(flags, text + end, block);
                }
            }
        }
    }
}

TEST_CASE("a character of another size is no digit") {
    for (const wchar_t c :
         {wchar_t(0x660), wchar_t(0x100 + '5'), wchar_t(0x10000 + '5'), wchar_t('5' - 0x100)}) {
        const std::wstring text = std::wstring(L"1") + c + L" ";
        check_read<int>(ios::dec, text, 100);
        check_read<double>(ios::dec, text, 100);
        check_read<double>(ios::dec, c + text, 100);
    }
}

TEST_CASE("a stream of numbers is read across the blocks of a file") {
    std::ostringstream numbers;
    numbers.precision(17);
    for (int i = 0; i < 5000; ++i) {
        numbers << i * 37 << (i % 7 == 0 ? '\n' : ' ') << i / 16.0 << ' ';
    }
    const support::temporary_file file(numbers.str());
    for (const std::streamsize size : {1, 7, 4096}) {
        sluice::filebuf buf;
        buf.pubsetbuf(nullptr, size);
        REQUIRE(buf.open(file.path(), ios::in) != nullptr);
        std::istream in(&buf);
        in.imbue(fast());
        int count = 0;
        int integer = 0;
        double floating = 0;
        bool right = true;
        while (in >> integer >> floating) {
            right = right && integer == count * 37 && same(floating, count / 16.0);
            ++count;
        }
        CHECK(right);
        CHECK(count == 5000);
        CHECK(in.eof());
        CHECK_FALSE(in.bad());
    }
}

namespace {

struct comma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
};
struct grouped : std::numpunct<char> {
    std::string do_grouping() const override { return "\3"; }
    char do_thousands_sep() const override { return '_'; }
};
struct named : std::numpunct<char> {
    std::string do_truename() const override { return "yes"; }
};

std::string both_ways(const std::locale& locale) {
    std::stringstream io;
    io.imbue(locale);
    io << std::boolalpha << 1234567 << ' ' << 1234.5 << ' ' << true << ' ';
    std::string result = io.str();
    int integer = 0;
    double floating = 0;
    bool truth = false;
    io >> integer >> floating >> truth;
    CHECK(integer == 1234567);
    CHECK(floating == 1234.5);
    CHECK(truth);
    return result;
}

}  // namespace

TEST_CASE("another numpunct is obeyed whether it is the base or comes later") {
    const std::locale classic = std::locale::classic();
    CHECK(both_ways(sluice::fast_numeric({classic, new comma})) == "1234567 1234,5 true ");
    CHECK(both_ways({sluice::fast_numeric(classic), new comma}) == "1234567 1234,5 true ");
    CHECK(both_ways(sluice::fast_numeric({classic, new grouped})) == "1_234_567 1_234.5 true ");
    CHECK(both_ways({sluice::fast_numeric(classic), new grouped}) == "1_234_567 1_234.5 true ");
    CHECK(both_ways(sluice::fast_numeric({classic, new named})) == "1234567 1234.5 yes ");
}

TEST_CASE("the base keeps its other facets and the default base is the global locale") {
    const std::locale base(std::locale::classic(), new comma);
    CHECK(std::use_facet<std::numpunct<char>>(sluice::fast_numeric(base)).decimal_point() == ',');
    const std::locale before = std::locale::global(base);
    const std::locale made = sluice::fast_numeric();
    std::locale::global(before);
    CHECK(std::use_facet<std::numpunct<char>>(made).decimal_point() == ',');
}

TEST_CASE("a write that fails is told by the iterator") {
    char room[4];
    struct small : std::streambuf {
        small(char* begin, char* end) { setp(begin, end); }
    } buf(room, room + 4);
    std::ostream out(&buf);
    out.imbue(fast());
    out << 123456.5;
    CHECK(out.bad());
}

TEST_CASE("numbers pass through a stream of sluice") {
    sluice::bytes_io io;
    io.imbue(fast());
    io << 0.1 << ' ' << -12 << '\n';
    CHECK(io.view() == "0.1 -12\n");
    io.seek(0);
    double floating = 0;
    int integer = 0;
    io >> floating >> integer;
    CHECK(floating == 0.1);
    CHECK(integer == -12);
    CHECK(io.good());
    CHECK(io.tell() == 7);
}

TEST_SUITE_END();
