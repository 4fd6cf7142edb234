// What the tests of sstream share: the two libraries' classes, and text for them.

#ifndef SLUICE_TEST_UNIT_SSTREAM_FAMILIES_HPP
#define SLUICE_TEST_UNIT_SSTREAM_FAMILIES_HPP

#include <sluice/sstream.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <ios>
#include <istream>
#include <iterator>
#include <memory>
#include <new>
#include <sstream>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>

namespace sstream_families {

inline constexpr auto in = std::ios_base::in;
inline constexpr auto out = std::ios_base::out;
inline constexpr auto ate = std::ios_base::ate;
inline constexpr auto app = std::ios_base::app;
inline constexpr auto beg = std::ios_base::beg;
inline constexpr auto cur = std::ios_base::cur;
inline constexpr auto end = std::ios_base::end;

// The two libraries' classes of the same names; what std's do is what sluice's have to do.
template <class CharT, template <class, class, class> class Buf,
          template <class, class, class> class In, template <class, class, class> class Out,
          template <class, class, class> class Both>
struct family {
    using char_type = CharT;
    using traits = std::char_traits<CharT>;
    template <class Allocator>
    using buf_with = Buf<CharT, traits, Allocator>;
    template <class Allocator>
    using stream_with = Both<CharT, traits, Allocator>;
    using stringbuf = Buf<CharT, traits, std::allocator<CharT>>;
    using istringstream = In<CharT, traits, std::allocator<CharT>>;
    using ostringstream = Out<CharT, traits, std::allocator<CharT>>;
    using stringstream = Both<CharT, traits, std::allocator<CharT>>;
};

template <class CharT>
using std_family = family<CharT, std::basic_stringbuf, std::basic_istringstream,
                          std::basic_ostringstream, std::basic_stringstream>;
template <class CharT>
using sluice_family = family<CharT, sluice::basic_stringbuf, sluice::basic_istringstream,
                             sluice::basic_ostringstream, sluice::basic_stringstream>;

using sluice_families = std::tuple<sluice_family<char>, sluice_family<wchar_t>>;

// The string streams of libc++ 14 are those of C++17, and are no model.
template <class Stream>
concept is_model = requires(const Stream stream) {
    stream.view();
};
using families = std::conditional_t<
    is_model<std::stringstream>,
    std::tuple<std_family<char>, std_family<wchar_t>, sluice_family<char>, sluice_family<wchar_t>>,
    sluice_families>;

template <class CharT>
using string_of = std::basic_string<CharT>;

template <class Family>
string_of<typename Family::char_type> text(std::string_view ascii) {
    return {ascii.begin(), ascii.end()};
}

template <class Family>
constexpr typename Family::char_type letter(char ascii) {
    return static_cast<typename Family::char_type>(ascii);
}

// Content that repeats with a period that no chunk shares.
template <class CharT>
string_of<CharT> pattern(std::size_t size) {
    string_of<CharT> result(size, CharT());
    for (std::size_t i = 0; i < size; ++i) {
        result[i] = static_cast<CharT>('a' + i % 23);
    }
    return result;
}

template <class Stream>
auto rest_of(Stream& stream) {
    using iterator = std::istreambuf_iterator<typename Stream::char_type>;
    return string_of<typename Stream::char_type>(iterator(stream), iterator());
}

template <class Stream>
std::streamoff get_position(const Stream& stream) {
    return stream.rdbuf()->pubseekoff(0, cur, in);
}

template <class Stream>
std::streamoff put_position(const Stream& stream) {
    return stream.rdbuf()->pubseekoff(0, cur, out);
}

// An allocator with an account of its own: equal to none that draws on another, and not handed on.
template <class T>
struct limited_allocator {
    using value_type = T;

    explicit limited_allocator(std::size_t* bytes) : left(bytes) {}
    template <class Other>  // NOLINTNEXTLINE(google-explicit-constructor): allocators convert
    limited_allocator(const limited_allocator<Other>& other) : left(other.left) {}

    T* allocate(std::size_t count) {
        if (count * sizeof(T) > *left) {
            throw std::bad_alloc();
        }
        *left -= count * sizeof(T);
        return static_cast<T*>(::operator new(count * sizeof(T)));
    }
    void deallocate(T* memory, std::size_t count) {
        *left += count * sizeof(T);
        ::operator delete(memory);
    }
    bool operator==(const limited_allocator& other) const { return left == other.left; }

    std::size_t* left;
};

template <class Family>
using limited_stream =
    typename Family::template stream_with<limited_allocator<typename Family::char_type>>;

}  // namespace sstream_families

TYPE_TO_STRING_AS("std, char", sstream_families::std_family<char>);
TYPE_TO_STRING_AS("std, wchar_t", sstream_families::std_family<wchar_t>);
TYPE_TO_STRING_AS("sluice, char", sstream_families::sluice_family<char>);
TYPE_TO_STRING_AS("sluice, wchar_t", sstream_families::sluice_family<wchar_t>);

#endif  // SLUICE_TEST_UNIT_SSTREAM_FAMILIES_HPP
