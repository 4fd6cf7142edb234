#include <sluice/sstream.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <initializer_list>
#include <iomanip>
#include <iterator>
#include <limits>
#include <memory_resource>
#include <random>
#include <sstream>
#include <tuple>
#include <vector>

// What a moved-from stream does is part of the contract.
// NOLINTBEGIN(bugprone-use-after-move)

namespace {

constexpr auto in = std::ios_base::in;
constexpr auto out = std::ios_base::out;
constexpr auto ate = std::ios_base::ate;
constexpr auto app = std::ios_base::app;
constexpr auto beg = std::ios_base::beg;
constexpr auto cur = std::ios_base::cur;
constexpr auto end = std::ios_base::end;

// The two libraries' classes of the same names; what std's do is what sluice's have to do.
template <class CharT>
struct std_family {
    using char_type = CharT;
    template <class Allocator>
    using buf_with = std::basic_stringbuf<CharT, std::char_traits<CharT>, Allocator>;
    template <class Allocator>
    using stream_with = std::basic_stringstream<CharT, std::char_traits<CharT>, Allocator>;
    using stringbuf = std::basic_stringbuf<CharT>;
    using istringstream = std::basic_istringstream<CharT>;
    using ostringstream = std::basic_ostringstream<CharT>;
    using stringstream = std::basic_stringstream<CharT>;
};

template <class CharT>
struct sluice_family {
    using char_type = CharT;
    template <class Allocator>
    using buf_with = sluice::basic_stringbuf<CharT, std::char_traits<CharT>, Allocator>;
    template <class Allocator>
    using stream_with = sluice::basic_stringstream<CharT, std::char_traits<CharT>, Allocator>;
    using stringbuf = sluice::basic_stringbuf<CharT>;
    using istringstream = sluice::basic_istringstream<CharT>;
    using ostringstream = sluice::basic_ostringstream<CharT>;
    using stringstream = sluice::basic_stringstream<CharT>;
};

using families =
    std::tuple<std_family<char>, std_family<wchar_t>, sluice_family<char>, sluice_family<wchar_t>>;
using sluice_families = std::tuple<sluice_family<char>, sluice_family<wchar_t>>;

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

}  // namespace

TYPE_TO_STRING_AS("std, char", std_family<char>);
TYPE_TO_STRING_AS("std, wchar_t", std_family<wchar_t>);
TYPE_TO_STRING_AS("sluice, char", sluice_family<char>);
TYPE_TO_STRING_AS("sluice, wchar_t", sluice_family<wchar_t>);

TEST_SUITE_BEGIN("sstream");

// --------------------------------------------------------------------------- as in the standard

TEST_CASE_TEMPLATE_DEFINE("a new stringstream is empty and takes text", F, new_stream) {
    typename F::stringstream s;
    CHECK(s.str().empty());
    CHECK(s.view().empty());
    CHECK(s.good());
    CHECK(s.peek() == std::char_traits<typename F::char_type>::eof());
    s.clear();

    s << 42 << letter<F>(' ') << text<F>("apples");
    CHECK(s.str() == text<F>("42 apples"));
    int count = 0;
    string_of<typename F::char_type> what;
    s >> count >> what;
    CHECK(count == 42);
    CHECK(what == text<F>("apples"));
    CHECK(s.eof());
}
TEST_CASE_TEMPLATE_APPLY(new_stream, families);

TEST_CASE_TEMPLATE_DEFINE("a stringstream reads and writes at a position each", F, two_positions) {
    typename F::stringstream s(text<F>("hello"));
    s << letter<F>('J');
    CHECK(s.tellp() == std::streampos(1));
    CHECK(s.tellg() == std::streampos(0));
    CHECK(rest_of(s) == text<F>("Jello"));
    CHECK(s.tellg() == std::streampos(5));
    CHECK(s.tellp() == std::streampos(1));
}
TEST_CASE_TEMPLATE_APPLY(two_positions, families);

TEST_CASE_TEMPLATE_DEFINE("initial content is overwritten unless the mode is ate or app", F,
                          initial_content) {
    typename F::ostringstream over(text<F>("abc"));
    over << letter<F>('X');
    CHECK(over.str() == text<F>("Xbc"));

    typename F::ostringstream at_end(text<F>("abc"), ate);
    at_end << letter<F>('X');
    CHECK(at_end.str() == text<F>("abcX"));
    at_end.seekp(0);
    at_end << letter<F>('Y');
    CHECK(at_end.str() == text<F>("YbcX"));
    at_end.str(text<F>("new"));
    at_end << letter<F>('!');
    CHECK(at_end.str() == text<F>("new!"));

    typename F::stringstream appended(text<F>("abc"), in | out | app);
    appended << letter<F>('X');
    CHECK(appended.str() == text<F>("abcX"));
    CHECK(rest_of(appended) == text<F>("abcX"));
}
TEST_CASE_TEMPLATE_APPLY(initial_content, families);

TEST_CASE_TEMPLATE_DEFINE("each stream adds its own direction to the mode", F, forced_modes) {
    typename F::istringstream reads(text<F>("abc"), out);
    CHECK(reads.rdbuf()->sputc(letter<F>('X')) == letter<F>('X'));
    CHECK(rest_of(reads) == text<F>("Xbc"));

    typename F::ostringstream writes(text<F>("abc"), in);
    CHECK(writes.rdbuf()->sgetc() == letter<F>('a'));
    CHECK(writes.put(letter<F>('X')));
    CHECK(writes.str() == text<F>("Xbc"));

    typename F::stringstream neither(text<F>("abc"), std::ios_base::openmode{});
    CHECK(neither.str() == text<F>("abc"));
    CHECK(neither.view() == text<F>("abc"));
    CHECK_FALSE(neither.put(letter<F>('X')));
    neither.clear();
    CHECK(neither.get() == std::char_traits<typename F::char_type>::eof());
    CHECK(get_position(neither) == -1);
    CHECK(put_position(neither) == -1);
}
TEST_CASE_TEMPLATE_APPLY(forced_modes, families);

TEST_CASE_TEMPLATE_DEFINE("str replaces the content and both positions", F, replace_content) {
    typename F::stringstream s(text<F>("one two three"));
    s.seekg(4);
    s.seekp(8);
    for (const auto& content :
         {text<F>("four"), text<F>(""), pattern<typename F::char_type>(5000), text<F>("five")}) {
        s.str(content);
        CHECK(s.str() == content);
        CHECK(get_position(s) == 0);
        CHECK(put_position(s) == 0);
        CHECK(rest_of(s) == content);
        s.clear();
        s << letter<F>('!');
        CHECK(s.view().front() == letter<F>('!'));
        CHECK(s.view().size() == std::max<std::size_t>(content.size(), 1));
    }
}
TEST_CASE_TEMPLATE_APPLY(replace_content, families);

TEST_CASE_TEMPLATE_DEFINE("str of an rvalue moves the content out", F, take_content) {
    using char_type = typename F::char_type;
    for (const std::size_t size : {0U, 3U, 100U, 10000U}) {
        CAPTURE(size);
        typename F::stringstream s;
        s << pattern<char_type>(size);
        const auto address = reinterpret_cast<std::uintptr_t>(s.view().data());
        const auto taken = std::move(s).str();
        CHECK(taken == pattern<char_type>(size));
        CHECK((size < 100 || reinterpret_cast<std::uintptr_t>(taken.data()) == address));
        CHECK(s.view().empty());
        s.clear();
        s << text<F>("again");
        CHECK(s.str() == text<F>("again"));
    }
}
TEST_CASE_TEMPLATE_APPLY(take_content, families);

TEST_CASE_TEMPLATE_DEFINE("str of a string rvalue adopts the string", F, adopt_content) {
    using char_type = typename F::char_type;
    const auto address_of = [](std::basic_string_view<char_type> content) {
        return reinterpret_cast<std::uintptr_t>(content.data());
    };
    auto content = pattern<char_type>(1000);
    const auto address = address_of(content);
    typename F::stringstream s(std::move(content));
    CHECK(address_of(s.view()) == address);

    auto second = pattern<char_type>(2000);
    const auto second_address = address_of(second);
    s.str(std::move(second));
    CHECK(address_of(s.view()) == second_address);
    CHECK(s.view() == pattern<char_type>(2000));
    CHECK(rest_of(s) == pattern<char_type>(2000));
}
TEST_CASE_TEMPLATE_APPLY(adopt_content, families);

TEST_CASE_TEMPLATE_DEFINE("a view sees what was written past the get area", F, views) {
    typename F::stringstream s;
    CHECK(s.view() == text<F>(""));
    s << text<F>("abc");
    CHECK(s.view() == text<F>("abc"));
    s.seekp(1);
    CHECK(s.view() == text<F>("abc"));
    s << text<F>("XYZ");
    CHECK(s.view() == text<F>("aXYZ"));

    const typename F::istringstream fixed(text<F>("in"));
    CHECK(fixed.view() == text<F>("in"));
}
TEST_CASE_TEMPLATE_APPLY(views, families);

TEST_CASE_TEMPLATE_DEFINE("strings of another allocator go in and out", F, other_allocator) {
    using char_type = typename F::char_type;
    using traits = std::char_traits<char_type>;
    using pmr_allocator = std::pmr::polymorphic_allocator<char_type>;
    using pmr_string = std::basic_string<char_type, traits, pmr_allocator>;
    std::pmr::monotonic_buffer_resource arena;

    const auto hello = text<F>("hello");
    const pmr_string given(hello.begin(), hello.end(), &arena);
    typename F::stringstream s(given);
    CHECK(s.str() == hello);
    s.str(given);
    const pmr_string taken = s.str(pmr_allocator(&arena));
    CHECK(taken == given);
    CHECK(taken.get_allocator() == pmr_allocator(&arena));

    using pmr_stream = typename F::template stream_with<pmr_allocator>;
    pmr_stream in_arena(hello, pmr_allocator(&arena));
    CHECK(in_arena.rdbuf()->get_allocator() == pmr_allocator(&arena));
    CHECK(in_arena.str().get_allocator() == pmr_allocator(&arena));
    CHECK(rest_of(in_arena) == hello);
    CHECK(pmr_stream(in, pmr_allocator(&arena)).view().empty());
    CHECK(pmr_stream(hello, in, pmr_allocator(&arena)).view() == hello);

    using pmr_buf = typename F::template buf_with<pmr_allocator>;
    const pmr_allocator arena_allocator(&arena);
    CHECK(pmr_buf(arena_allocator).get_allocator() == arena_allocator);
    CHECK(pmr_buf(out, arena_allocator).get_allocator() == arena_allocator);
    CHECK(pmr_buf(hello, arena_allocator).view() == hello);
    CHECK(pmr_buf(hello, in, arena_allocator).view() == hello);
    CHECK(pmr_buf(hello).get_allocator() == pmr_allocator());
}
TEST_CASE_TEMPLATE_APPLY(other_allocator, families);

TEST_CASE_TEMPLATE_DEFINE("a moved stream keeps content and positions", F, moves) {
    using char_type = typename F::char_type;
    for (const std::size_t size : {5U, 20U, 3000U}) {
        CAPTURE(size);
        const auto content = pattern<char_type>(size);
        typename F::stringstream a;
        a << content;
        a.seekp(3);
        a.seekg(2);
        a << std::hex;

        typename F::stringstream b(std::move(a));
        CHECK(b.view() == content);
        CHECK(get_position(b) == 2);
        CHECK(put_position(b) == 3);
        CHECK((b.flags() & std::ios_base::hex) != 0);
        a.clear();
        a << text<F>("usable");
        CHECK(a.str() == text<F>("usable"));

        typename F::stringstream c(text<F>("old, and longer than a short string is"));
        c.setstate(std::ios_base::failbit);
        c = std::move(b);
        CHECK(c.good());
        CHECK(c.view() == content);
        CHECK(get_position(c) == 2);
        CHECK(put_position(c) == 3);
        c << text<F>("!");
        CHECK(c.view()[3] == letter<F>('!'));
        c.seekp(0, end);
        c << content;
        CHECK(c.view().size() == 2 * size);
        CHECK(rest_of(c).size() == 2 * size - 2);
        CHECK(b.view().empty());
    }
}
TEST_CASE_TEMPLATE_APPLY(moves, families);

TEST_CASE_TEMPLATE_DEFINE("swapped streams exchange content and positions", F, swaps) {
    using char_type = typename F::char_type;
    for (const std::size_t size : {2U, 20U, 3000U}) {
        CAPTURE(size);
        typename F::stringstream a(text<F>("abcdef"));
        typename F::stringstream b(pattern<char_type>(size), in);
        a.seekg(3);
        b.seekg(1);
        b.setstate(std::ios_base::eofbit);

        swap(a, b);
        CHECK(a.eof());
        CHECK(b.good());
        CHECK(a.view() == pattern<char_type>(size));
        CHECK(get_position(a) == 1);
        CHECK(put_position(a) == -1);
        CHECK(rest_of(b) == text<F>("def"));
        CHECK(b.put(letter<F>('X')));
        CHECK(b.str() == text<F>("Xbcdef"));
        b.swap(b);
        CHECK(b.str() == text<F>("Xbcdef"));
    }
    typename F::istringstream i1(text<F>("1"));
    typename F::istringstream i2(text<F>("2"));
    swap(i1, i2);
    CHECK(i1.str() == text<F>("2"));
    typename F::ostringstream o1(text<F>("1"));
    typename F::ostringstream o2(text<F>("2"));
    swap(o1, o2);
    CHECK(o1.str() == text<F>("2"));
    typename F::stringbuf s1(text<F>("1"));
    typename F::stringbuf s2(text<F>("2"));
    swap(s1, s2);
    CHECK(s1.str() == text<F>("2"));
    static_assert(noexcept(swap(s1, s2)));
}
TEST_CASE_TEMPLATE_APPLY(swaps, families);

TEST_CASE_TEMPLATE_DEFINE("a buffer moved to an unequal allocator copies its content", F,
                          unequal_move) {
    using char_type = typename F::char_type;
    using allocator = limited_allocator<char_type>;
    using buf = typename F::template buf_with<allocator>;
    std::size_t mine = 1 << 20;
    std::size_t others = 1 << 20;
    for (const std::size_t size : {5U, 3000U}) {
        const auto content = pattern<char_type>(size);
        buf from(content, allocator(&mine));
        from.pubseekoff(3, beg, in);
        from.pubseekoff(4, beg, out);
        buf to(std::move(from), allocator(&others));
        CHECK(to.get_allocator() == allocator(&others));
        CHECK(to.view() == content);
        CHECK(to.pubseekoff(0, cur, in) == std::streampos(3));
        CHECK(to.pubseekoff(0, cur, out) == std::streampos(4));
    }
    CHECK(mine == 1 << 20);
    CHECK(others == 1 << 20);
}
TEST_CASE_TEMPLATE_APPLY(unequal_move, families);

TEST_CASE_TEMPLATE_DEFINE("a seek stays within the content", F, seek_bounds) {
    typename F::stringstream s(text<F>("abcdef"));
    struct attempt {
        std::streamoff offset;
        std::ios_base::seekdir whence;
        std::streamoff result;
    };
    for (const attempt& a :
         std::vector<attempt>{{0, beg, 0},
                              {6, beg, 6},
                              {7, beg, -1},
                              {-1, beg, -1},
                              {0, end, 6},
                              {-6, end, 0},
                              {-7, end, -1},
                              {1, end, -1},
                              {2, beg, 2},
                              {4, cur, 6},
                              {1, cur, -1},
                              {-6, cur, 0},
                              {-1, cur, -1},
                              {std::numeric_limits<std::streamoff>::max(), cur, -1},
                              {std::numeric_limits<std::streamoff>::min(), end, -1}}) {
        CAPTURE(a.offset);
        CAPTURE(a.result);
        CHECK(std::streamoff(s.rdbuf()->pubseekoff(a.offset, a.whence, in)) == a.result);
        CHECK(std::streamoff(s.rdbuf()->pubseekoff(a.offset, a.whence, out)) == a.result);
        if (a.result >= 0) {
            CHECK(get_position(s) == a.result);
            CHECK(put_position(s) == a.result);
        }
    }
    s.seekp(0, end);
    s << text<F>("gh");
    CHECK(s.seekg(8));
    CHECK_FALSE(s.seekp(9));
    CHECK(s.fail());
    CHECK_FALSE(s.bad());
}
TEST_CASE_TEMPLATE_APPLY(seek_bounds, families);

TEST_CASE_TEMPLATE_DEFINE("an empty stream can seek to its start alone", F, seek_empty) {
    for (const auto mode : {in, out, in | out}) {
        typename F::stringstream s(mode);
        const auto which = mode;
        CHECK(std::streamoff(s.rdbuf()->pubseekoff(0, beg, which)) == 0);
        CHECK(std::streamoff(s.rdbuf()->pubseekoff(0, end, which)) == 0);
        CHECK(std::streamoff(s.rdbuf()->pubseekpos(0, which)) == 0);
        CHECK(std::streamoff(s.rdbuf()->pubseekoff(1, beg, which)) == -1);
        CHECK(std::streamoff(s.rdbuf()->pubseekpos(1, which)) == -1);
    }
}
TEST_CASE_TEMPLATE_APPLY(seek_empty, families);

TEST_CASE("every seek gives what the standard library gives") {
    for (const auto mode : {in, out, in | out, std::ios_base::openmode{}, in | ate, out | app}) {
        for (const auto which : {in, out, in | out, std::ios_base::openmode{}, in | out | ate}) {
            for (const auto whence : {beg, cur, end}) {
                for (const int offset : {-7, -6, -1, 0, 1, 3, 6, 7}) {
                    CAPTURE(mode);
                    CAPTURE(which);
                    CAPTURE(whence);
                    CAPTURE(offset);
                    std::stringbuf theirs("abcdef", mode);
                    sluice::stringbuf ours("abcdef", mode);
                    theirs.sbumpc();
                    ours.sbumpc();
                    CHECK(theirs.pubseekoff(offset, whence, which) ==
                          ours.pubseekoff(offset, whence, which));
                    CHECK(theirs.pubseekpos(offset, which) == ours.pubseekpos(offset, which));
                    CHECK(theirs.pubseekoff(0, cur, in) == ours.pubseekoff(0, cur, in));
                    CHECK(theirs.pubseekoff(0, cur, out) == ours.pubseekoff(0, cur, out));
                }
            }
        }
    }
}

TEST_CASE_TEMPLATE_DEFINE("putback changes the content where it may be written", F, putbacks) {
    typename F::stringbuf both(text<F>("abc"));
    CHECK(both.sungetc() == std::char_traits<typename F::char_type>::eof());
    both.sbumpc();
    both.sbumpc();
    CHECK(both.sputbackc(letter<F>('X')) == letter<F>('X'));
    CHECK(both.sungetc() == letter<F>('a'));
    CHECK(both.str() == text<F>("aXc"));

    typename F::stringbuf fixed(text<F>("abc"), in);
    fixed.sbumpc();
    CHECK(fixed.sputbackc(letter<F>('X')) == std::char_traits<typename F::char_type>::eof());
    CHECK(fixed.sputbackc(letter<F>('a')) == letter<F>('a'));
    CHECK(fixed.str() == text<F>("abc"));

    typename F::istringstream at_start(text<F>("abc"));
    at_start.unget();
    CHECK(at_start.bad());
}
TEST_CASE_TEMPLATE_APPLY(putbacks, families);

TEST_CASE_TEMPLATE_DEFINE("a buffer without out takes nothing", F, no_out) {
    typename F::stringstream s(text<F>("abc"), in);
    CHECK_FALSE(s.put(letter<F>('X')));
    CHECK(s.bad());
    s.clear();
    CHECK_FALSE(s.write(text<F>("XY").data(), 2));
    CHECK(s.bad());
    CHECK(s.str() == text<F>("abc"));
}
TEST_CASE_TEMPLATE_APPLY(no_out, families);

TEST_CASE_TEMPLATE_DEFINE("a buffer without in reads as empty", F, no_in) {
    typename F::stringstream s(text<F>("abc"), out);
    CHECK(s.get() == std::char_traits<typename F::char_type>::eof());
    CHECK(s.rdstate() == (std::ios_base::eofbit | std::ios_base::failbit));
    s.clear();
    std::array<typename F::char_type, 2> target = {};
    CHECK(s.rdbuf()->sgetn(target.data(), 2) == 0);
    CHECK(s.rdbuf()->in_avail() == -1);
    CHECK(s.good());
}
TEST_CASE_TEMPLATE_APPLY(no_in, families);

TEST_CASE_TEMPLATE_DEFINE("content survives every size of chunk", F, chunks) {
    using char_type = typename F::char_type;
    const auto content = pattern<char_type>(20000);
    for (const std::size_t chunk :
         {1U, 2U, 7U, 15U, 16U, 511U, 512U, 513U, 4095U, 4096U, 4097U, 20000U}) {
        CAPTURE(chunk);
        typename F::stringstream s;
        for (std::size_t done = 0; done < content.size(); done += chunk) {
            const auto piece = content.substr(done, chunk);
            const auto count = static_cast<std::streamsize>(piece.size());
            REQUIRE(s.rdbuf()->sputn(piece.data(), count) == count);
        }
        CHECK(s.view() == content);
        string_of<char_type> read;
        string_of<char_type> piece(chunk, char_type());
        for (std::streamsize got = 1; got > 0; read.append(piece, 0, std::size_t(got))) {
            got = s.rdbuf()->sgetn(piece.data(), static_cast<std::streamsize>(chunk));
        }
        CHECK(read == content);
    }
    typename F::stringbuf by_character;
    for (const char_type c : content) {
        by_character.sputc(c);
    }
    CHECK(by_character.view() == content);
    for (const char_type c : content) {
        REQUIRE(by_character.sbumpc() == std::char_traits<char_type>::to_int_type(c));
    }
    CHECK(by_character.sputn(content.data(), 0) == 0);
    CHECK(by_character.sputn(content.data(), -1) == 0);
}
TEST_CASE_TEMPLATE_APPLY(chunks, families);

TEST_CASE_TEMPLATE_DEFINE("what is written while reading is read", F, follow) {
    typename F::stringstream s;
    for (int i = 0; i < 300; ++i) {
        s << i << letter<F>(' ');
        int got = -1;
        s >> got;
        REQUIRE(got == i);
    }
    CHECK(s.rdbuf()->in_avail() == 1);
}
TEST_CASE_TEMPLATE_APPLY(follow, families);

TEST_CASE_TEMPLATE_DEFINE("an overflow ends the get area where the content ends", F, get_area) {
    struct open_buf : F::stringbuf {
        using F::stringbuf::eback;
        using F::stringbuf::egptr;
        using F::stringbuf::overflow;
        using F::stringbuf::pbase;
        using F::stringbuf::pptr;
    } buf;
    CHECK(buf.overflow(letter<F>('x')) == letter<F>('x'));
    CHECK(buf.pptr() - buf.pbase() == 1);
    CHECK(buf.egptr() - buf.eback() == 1);
    CHECK(buf.overflow() != std::char_traits<typename F::char_type>::eof());
    CHECK(buf.view() == text<F>("x"));
}
TEST_CASE_TEMPLATE_APPLY(get_area, families);

TEST_CASE_TEMPLATE_DEFINE("a derived buffer may replace overflow and sync", F, derived) {
    using char_type = typename F::char_type;
    struct lines_buf : F::stringbuf {
        string_of<char_type> sent;
        std::array<char_type, 4> area;
        int syncs = 0;

        lines_buf() { this->setp(area.data(), area.data() + area.size()); }
        void send() {
            sent.append(this->pbase(), this->pptr());
            this->setp(area.data(), area.data() + area.size());
        }
        int sync() override {
            ++syncs;
            send();
            return 0;
        }
        typename F::stringbuf::int_type overflow(typename F::stringbuf::int_type c) override {
            send();
            return this->sputc(static_cast<char_type>(c));
        }
    } buf;
    std::basic_ostream<char_type> stream(&buf);
    stream << text<F>("abcdefghijklmn") << letter<F>('o') << std::flush;
    CHECK(buf.sent == text<F>("abcdefghijklmno"));
    CHECK(buf.syncs == 1);
}
TEST_CASE_TEMPLATE_APPLY(derived, families);

TEST_CASE_TEMPLATE_DEFINE("an array given to setbuf is the content", F, arrays) {
    using char_type = typename F::char_type;
    auto array = text<F>("0123456789");
    typename F::stringbuf buf(text<F>("gone"));
    CHECK(buf.pubsetbuf(array.data(), 10) == &buf);
    CHECK(buf.str() == text<F>("0123456789"));
    CHECK(buf.sbumpc() == letter<F>('0'));
    CHECK(buf.sputn(text<F>("ab").data(), 2) == 2);
    CHECK(array == text<F>("ab23456789"));
    CHECK(buf.pubseekoff(0, end, in) == std::streampos(10));
    CHECK(buf.pubsetbuf(nullptr, 0) == &buf);
    CHECK(buf.str() == text<F>("ab23456789"));
    buf.str(text<F>("own"));
    CHECK(buf.str() == text<F>("own"));
    CHECK(array == text<F>("ab23456789"));

    typename F::stringbuf reader(in);
    reader.pubsetbuf(array.data(), 3);
    std::basic_istream<char_type> stream(&reader);
    CHECK(rest_of(stream) == text<F>("ab2"));
}
TEST_CASE_TEMPLATE_APPLY(arrays, families);

TEST_CASE_TEMPLATE_DEFINE("a buffer and its moved copy keep the locale", F, locales) {
    struct comma : std::numpunct<typename F::char_type> {
        typename F::char_type do_decimal_point() const override { return letter<F>(','); }
    };
    typename F::stringstream s;
    s.imbue(std::locale(std::locale::classic(), new comma));
    typename F::stringstream t(std::move(s));
    t << 1.5;
    CHECK(t.str() == text<F>("1,5"));
    CHECK(t.rdbuf()->getloc() == t.getloc());
    CHECK(s.rdbuf()->getloc() == t.getloc());
}
TEST_CASE_TEMPLATE_APPLY(locales, families);

// ------------------------------------------------------------------------- against the standard

namespace {

template <class CharT>
class differential {
public:
    explicit differential(unsigned seed) : random_(seed) { restart(); }

    // One operation on both; what it gave, and then the state of both, has to be the same.
    void step() {
        const int which = pick(0, 29);
        CAPTURE(which);
        const auto theirs_random = random_;
        const auto theirs = apply(theirs_, theirs_other_, which);
        random_ = theirs_random;
        const auto ours = apply(ours_, ours_other_, which);
        REQUIRE(theirs == ours);
        REQUIRE(theirs_.rdstate() == ours_.rdstate());
        REQUIRE(get_position(theirs_) == get_position(ours_));
        REQUIRE(put_position(theirs_) == put_position(ours_));
        REQUIRE(theirs_.view() == ours_.view());
        if (pick(0, 199) == 0) {
            restart();
        }
    }

private:
    using string = std::basic_string<CharT>;
    using traits = std::char_traits<CharT>;

    int pick(int low, int high) {
        return low + static_cast<int>(random_() % static_cast<unsigned>(high - low + 1));
    }

    template <class T>
    T one_of(std::initializer_list<T> choices) {
        return choices.begin()[pick(0, static_cast<int>(choices.size()) - 1)];
    }

    string some_text() {
        const int scale = pick(0, 40);
        string result(static_cast<std::size_t>(scale == 40   ? pick(0, 6000)
                                               : scale >= 36 ? pick(0, 700)
                                                             : pick(0, 24)),
                      CharT());
        for (CharT& c : result) {
            c = static_cast<CharT>("0123456789 ab\n"[pick(0, 13)]);
        }
        return result;
    }

    void restart() {
        mode_ = one_of({in | out, in | out, in, out, in | out | ate, out | app, in | app});
        const string content = some_text();
        theirs_ = std::basic_stringstream<CharT>(content, mode_);
        ours_ = sluice::basic_stringstream<CharT>(content, mode_);
        theirs_other_ = std::basic_stringstream<CharT>(content);
        ours_other_ = sluice::basic_stringstream<CharT>(content);
    }

    template <class Stream>
    string apply(Stream& s, Stream& other, int which) {
        auto& buf = *s.rdbuf();
        const auto as_text = [](auto number) {
            const std::string digits = std::to_string(static_cast<long long>(number));
            return string(digits.begin(), digits.end());
        };
        const bool may_write = (mode_ & out) != 0;  // else only sluice's sets badbit, on purpose
        std::array<CharT, 801> target = {};
        switch (which) {
        case 0: s << some_text(); break;
        case 1: {
            const string data = some_text();
            s.write(data.data(), static_cast<std::streamsize>(data.size()));
            break;
        }
        case 2: s.put(CharT('p')); break;
        case 3: s << pick(-10000, 10000); break;
        case 4:
            s.read(target.data(), pick(0, 800));
            return string(target.data()) + as_text(s.gcount());
        case 5: return as_text(s.get());
        case 6:
            s.getline(target.data(), pick(1, 40));
            return string(target.data()) + as_text(s.gcount());
        case 7: {
            string line;
            std::getline(s, line);
            return line;
        }
        case 8: {
            int number = -1;
            s >> number;
            return as_text(number);
        }
        case 9: {
            string word;
            s >> std::setw(pick(0, 9)) >> word;
            return word;
        }
        case 10:
            s.ignore(pick(0, 50), pick(0, 1) == 0 ? traits::to_int_type('\n') : traits::eof());
            return as_text(s.gcount());
        case 11: return as_text(s.peek());
        case 12: s.unget(); break;
        case 13: s.putback(static_cast<CharT>("0 a\n"[pick(0, 3)])); break;
        case 14: s.seekg(pick(-20, 60), direction()); break;
        case 15: s.seekp(pick(-20, 60), direction()); break;
        case 16: s.seekg(pick(-1, 300)); break;
        case 17: s.seekp(pick(-1, 300)); break;
        case 18: s.str(some_text()); break;
        case 19: return std::move(s).str();
        case 20: {
            Stream moved(std::move(s));
            s = std::move(moved);
            break;
        }
        case 21:
            if (pick(0, 1) == 0) {
                s.swap(other);
                s.swap(other);
            } else {
                const string mine = s.str();
                s.swap(other);
                s.str(mine);
                other.swap(s);
            }
            break;
        case 22: {
            const int offset = pick(-30, 60);
            const auto whence = direction();
            const auto bits = sides();
            return as_text(std::streamoff(buf.pubseekoff(offset, whence, bits)));
        }
        case 23: {
            const int position = pick(-1, 60);
            return as_text(std::streamoff(buf.pubseekpos(position, sides())));
        }
        case 24: {
            const string data = some_text();
            return may_write
                       ? as_text(buf.sputn(data.data(), static_cast<std::streamsize>(data.size())))
                       : string();
        }
        case 25: return may_write ? as_text(buf.sputc(CharT('q'))) : string();
        case 26: {
            const auto got = buf.sgetn(target.data(), pick(0, 800));
            return string(target.data()) + as_text(got);
        }
        case 27: return as_text(pick(0, 1) == 0 ? buf.sbumpc() : buf.snextc());
        case 28: return as_text(pick(0, 1) == 0 ? buf.sungetc() : buf.sputbackc(CharT('r')));
        case 29: {
            std::basic_ostringstream<CharT> copy;
            copy << s.rdbuf();
            return copy.str() + as_text(copy.rdstate());
        }
        default: break;
        }
        if (pick(0, 2) == 0) {
            s.clear();
        }
        return {};
    }

    std::ios_base::seekdir direction() { return one_of({beg, cur, end}); }

    std::ios_base::openmode sides() {
        return one_of({in, out, in | out, std::ios_base::openmode{}});
    }

    std::minstd_rand random_;
    std::ios_base::openmode mode_{};
    std::basic_stringstream<CharT> theirs_, theirs_other_;
    sluice::basic_stringstream<CharT> ours_, ours_other_;
};

template <class CharT>
void compare_with_std() {
    for (unsigned seed = 1; seed <= 60; ++seed) {
        CAPTURE(seed);
        differential<CharT> pair(seed);
        for (int step = 0; step < 2000; ++step) {
            CAPTURE(step);
            pair.step();
        }
    }
}

}  // namespace

TEST_CASE("a stringstream does what std's does, whatever the calls") {
    compare_with_std<char>();
}

TEST_CASE("a wstringstream does what std's does, whatever the calls") {
    compare_with_std<wchar_t>();
}

// ------------------------------------------------------------------------------- beyond it

TEST_CASE("the classes are the standard's kinds of streams") {
    static_assert(std::is_base_of_v<std::istream, sluice::istringstream>);
    static_assert(std::is_base_of_v<std::ostream, sluice::ostringstream>);
    static_assert(std::is_base_of_v<std::iostream, sluice::stringstream>);
    static_assert(std::is_base_of_v<sluice::wbuf, sluice::wstringbuf>);
    static_assert(!std::is_copy_constructible_v<sluice::stringstream>);
    static_assert(!std::is_copy_assignable_v<sluice::stringbuf>);
    static_assert(!std::is_convertible_v<std::string, sluice::stringstream>);
    static_assert(!std::is_convertible_v<std::ios_base::openmode, sluice::stringbuf>);
    static_assert(!std::is_convertible_v<std::allocator<char>, sluice::stringbuf>);

    sluice::basic_istringstream deduced(std::wstring(L"deduced"));
    static_assert(std::is_same_v<decltype(deduced), sluice::wistringstream>);
    CHECK(deduced.view() == L"deduced");

    CHECK((sluice::ostringstream() << "x" << 1).rdstate() == std::ios_base::goodbit);
    std::string word;
    sluice::istringstream("word") >> word;
    CHECK(word == "word");
}

TEST_CASE_TEMPLATE_DEFINE("a write without out says why and shows on the stream", F, say_why) {
    typename F::istringstream s(text<F>("abc"));
    CHECK(s.rdbuf()->sputc(letter<F>('X')) == std::char_traits<typename F::char_type>::eof());
    CHECK(s.bad());
    CHECK(sluice::error_of(s).code() == sluice::errc::not_writable);
    CHECK(sluice::error_of(s).operation() == "write");
    CHECK(s.str() == text<F>("abc"));

    s.clear();
    s.exceptions(std::ios_base::badbit);
    CHECK_THROWS_AS(s.rdbuf()->sputn(text<F>("XY").data(), 2), sluice::error);
    CHECK(s.bad());

    sluice::basic_stringbuf<typename F::char_type> alone(text<F>("abc"), in);
    CHECK(alone.sputn(text<F>("XY").data(), 2) == 0);
    CHECK(alone.reason().code() == sluice::errc::not_writable);
}
TEST_CASE_TEMPLATE_APPLY(say_why, sluice_families);

TEST_CASE("a read without in is an end of data with a reason") {
    sluice::ostringstream s("abc");
    CHECK(s.rdbuf()->sgetc() == EOF);
    CHECK(s.good());
    CHECK(sluice::error_of(s).code() == sluice::errc::not_readable);
    CHECK(sluice::error_of(s).operation() == "read");
}

TEST_CASE("a refused seek and a refused putback have a reason") {
    sluice::stringstream s("abc", in);
    s.seekg(4);
    CHECK(s.rdstate() == std::ios_base::failbit);
    CHECK(sluice::error_of(s).code() == sluice::errc::bad_position);
    CHECK(sluice::error_of(s).operation() == "seek");
    s.clear();
    CHECK(s.tellp() == std::streampos(-1));
    CHECK(sluice::error_of(s).code() == sluice::errc::not_writable);
    s.clear();
    s.unget();
    CHECK(s.bad());
    CHECK(sluice::error_of(s).code() == sluice::errc::bad_position);
    s.clear();
    s.get();
    s.putback('X');
    CHECK(s.bad());
    CHECK(sluice::error_of(s).code() == sluice::errc::not_writable);
    CHECK(sluice::error_of(s).operation() == "putback");
}

TEST_CASE_TEMPLATE_DEFINE("where memory ends the write fails and what came before stays", F,
                          out_of_memory) {
    using char_type = typename F::char_type;
    std::size_t bytes = 1600 * sizeof(char_type);
    {
        limited_stream<F> s(in | out, limited_allocator<char_type>(&bytes));
        const auto content = pattern<char_type>(2500);
        s.write(content.data(), 500);
        REQUIRE(s.good());
        s.write(content.data() + 500, 2000);
        const auto size = s.view().size();
        CHECK(s.bad());
        CHECK(size > 600);  // what fits is written
        CHECK(size < 2500);
        CHECK(s.view() == content.substr(0, size));
        CHECK(sluice::error_of(s).code() == std::errc::not_enough_memory);
        CHECK(sluice::error_of(s).position() == static_cast<std::streamoff>(size));

        bytes += 20000 * sizeof(char_type);
        s.clear();
        CHECK(s.write(content.data() + size, static_cast<std::streamsize>(2500 - size)));
        CHECK(s.view() == content);
        CHECK(rest_of(s) == content);

        s.clear();
        s.exceptions(std::ios_base::badbit);
        CHECK_THROWS_AS(s << pattern<char_type>(100000), sluice::error);
        CHECK_THROWS_AS(s.rdbuf()->truncate(100000), sluice::error);
        CHECK_THROWS_AS(s.str(pattern<char_type>(100000)), std::bad_alloc);
    }
    CHECK(bytes == 21600 * sizeof(char_type));
}
TEST_CASE_TEMPLATE_APPLY(out_of_memory, sluice_families);

TEST_CASE("a size that no string can have is refused as memory is") {
    sluice::stringstream s;
    s << "abc";
    try {
        s.rdbuf()->truncate(std::numeric_limits<std::streamoff>::max());
        FAIL("truncate did not throw");
    } catch (const sluice::error& e) {
        CHECK(e.code() == std::errc::not_enough_memory);
    }
    CHECK(s.str() == "abc");
}

TEST_CASE_TEMPLATE_DEFINE("truncate cuts and grows the content and keeps positions within it", F,
                          truncates) {
    using char_type = typename F::char_type;
    typename F::stringstream s;
    s << text<F>("abcdefghij");
    s.seekg(2);
    CHECK(s.rdbuf()->truncate(5) == 5);
    CHECK(s.rdbuf()->size() == 5);
    CHECK(s.view() == text<F>("abcde"));
    CHECK(get_position(s) == 2);
    CHECK(put_position(s) == 5);
    CHECK(rest_of(s) == text<F>("cde"));

    CHECK(s.rdbuf()->truncate(8) == 8);
    CHECK(s.view() == text<F>("abcde") + string_of<char_type>(3, char_type()));
    CHECK(s.rdbuf()->truncate(20000) == 20000);
    CHECK(s.view() == text<F>("abcde") + string_of<char_type>(19995, char_type()));
    CHECK(s.rdbuf()->truncate(0) == 0);
    CHECK(s.view().empty());
    CHECK(put_position(s) == 0);
    s.clear();
    s << text<F>("anew");
    CHECK(rest_of(s) == text<F>("anew"));

    CHECK_THROWS_AS(s.rdbuf()->truncate(-1), sluice::error);
    sluice::istringstream fixed("abc");
    CHECK_THROWS_AS(fixed.rdbuf()->truncate(1), sluice::error);
    CHECK(fixed.rdbuf()->size() == 3);
}
TEST_CASE_TEMPLATE_APPLY(truncates, sluice_families);

TEST_CASE("peek shows all that has been written") {
    sluice::stringstream s;
    s << "abc";
    CHECK(s.rdbuf()->peek(3).size() == 3);
    s << "def";
    const auto seen = s.rdbuf()->peek(9);
    CHECK(std::string_view(seen.data(), seen.size()) == "abcdef");
    s.rdbuf()->consume(4);
    CHECK(s.tellg() == std::streampos(4));
    CHECK(s.get() == 'e');
    CHECK_THROWS_AS((void)sluice::stringbuf(out).peek(), sluice::error);
}

TEST_CASE_TEMPLATE_DEFINE("a closed buffer refuses all but its content", F, closes) {
    typename F::stringstream s;
    s << text<F>("abc");
    auto& buf = *s.rdbuf();
    CHECK(buf.is_open());
    CHECK(buf.seekable());
    buf.close();
    buf.close();
    CHECK_FALSE(buf.is_open());
    CHECK_FALSE(buf.readable());
    CHECK_FALSE(buf.writable());
    CHECK(s.view() == text<F>("abc"));
    CHECK(s.str() == text<F>("abc"));

    s << letter<F>('X');
    CHECK(s.bad());
    CHECK(sluice::error_of(s).code() == sluice::errc::closed);
    s.clear();
    s.get();
    CHECK(s.bad());
    CHECK_FALSE(s.eof());
    CHECK(sluice::error_of(s).code() == sluice::errc::closed);
    s.clear();
    CHECK(s.tellg() == std::streampos(-1));
    CHECK(sluice::error_of(s).code() == sluice::errc::closed);
    CHECK_FALSE(s.flush());
    s.clear();
    CHECK_THROWS_AS((void)buf.size(), sluice::error);
    CHECK(buf.in_avail() == -1);

    s.str(text<F>("def"));
    CHECK(s.view() == text<F>("def"));
    CHECK_FALSE(buf.is_open());
    typename F::stringstream moved(std::move(s));
    CHECK_FALSE(moved.rdbuf()->is_open());
    CHECK(std::move(moved).str() == text<F>("def"));
}
TEST_CASE_TEMPLATE_APPLY(closes, sluice_families);

TEST_CASE("each stream stays the owner of its buffer") {
    const auto owns = [](auto& stream) {
        return stream.rdbuf()->owner() == &stream && stream.std::ios::rdbuf() == stream.rdbuf();
    };
    sluice::stringstream a("a", in);
    CHECK(owns(a));
    sluice::stringstream b(std::move(a));
    CHECK(owns(a));
    CHECK(owns(b));
    sluice::stringstream c("c");
    c = std::move(b);
    CHECK(owns(b));
    CHECK(owns(c));
    a.swap(c);
    CHECK(owns(a));
    CHECK(owns(c));
    CHECK(a.rdbuf()->sputc('X') == EOF);
    CHECK(a.bad());
    CHECK(c.good());

    sluice::istringstream reads;
    sluice::ostringstream writes;
    CHECK(owns(reads));
    CHECK(owns(writes));
}

TEST_CASE("the reason moves with the buffer") {
    sluice::istringstream a("abc");
    a.rdbuf()->sputc('X');
    sluice::istringstream b(std::move(a));
    CHECK(b.bad());
    CHECK(sluice::error_of(b).code() == sluice::errc::not_writable);
    CHECK_FALSE(sluice::error_of(a));
    CHECK(a.view().empty());
    sluice::istringstream c;
    c.swap(b);
    CHECK(sluice::error_of(c).code() == sluice::errc::not_writable);
    CHECK_FALSE(sluice::error_of(b));
}

TEST_CASE_TEMPLATE_DEFINE("a write past the array of setbuf keeps what was in it", F,
                          past_the_array) {
    auto array = text<F>("0123456789");
    typename F::stringbuf buf;
    buf.pubsetbuf(array.data(), 10);
    buf.pubseekoff(8, beg, out);
    CHECK(buf.sputn(text<F>("abcd").data(), 4) == 4);
    CHECK(buf.str() == text<F>("01234567abcd"));
    CHECK(array == text<F>("01234567ab"));

    typename F::stringbuf kept;
    kept.pubsetbuf(array.data(), 10);
    kept.pubseekoff(2, beg, in);
    typename F::stringbuf moved(std::move(kept));
    CHECK(moved.sgetc() == letter<F>('2'));
    moved.sputc(letter<F>('X'));
    CHECK(array == text<F>("X1234567ab"));
    CHECK(kept.str().empty());
    CHECK(moved.truncate(12) == 12);
    CHECK(moved.view().substr(0, 10) == array);
    moved.pubsetbuf(array.data(), 10);
    CHECK(std::move(moved).str() == array);
    CHECK(moved.view().empty());
}
TEST_CASE_TEMPLATE_APPLY(past_the_array, sluice_families);

TEST_CASE("a short text takes no memory from the allocator") {
    std::size_t none = 0;
    limited_stream<sluice_family<char>> s(in | out, limited_allocator<char>(&none));
    s << "x = " << 42;
    CHECK(s.good());
    CHECK(s.view() == "x = 42");
}

TEST_CASE("positions beyond two gigabytes work") {
    // calloc() maps zeros, so that only the touched pages take memory.
    constexpr std::size_t size = (std::size_t(5) << 29) + 7;
    const std::unique_ptr<char, decltype(&std::free)> array(
        static_cast<char*>(std::calloc(size, 1)), &std::free);
    REQUIRE(array != nullptr);
    sluice::stringstream s;
    s.rdbuf()->pubsetbuf(array.get(), static_cast<std::streamsize>(size));
    constexpr auto far = static_cast<std::streamoff>(size - 3);
    CHECK(s.rdbuf()->size() == static_cast<std::streamoff>(size));
    CHECK(s.seekp(far));
    CHECK(s.tellp() == std::streampos(far));
    s << "ab";
    CHECK(s.tellp() == std::streampos(far + 2));
    CHECK(s.view()[size - 2] == 'b');
    CHECK(s.seekg(-3, end));
    CHECK(s.get() == 'a');
    CHECK(s.seekg(-far, cur).rdstate() == std::ios_base::goodbit);
    CHECK(s.tellg() == std::streampos(1));
    CHECK(s.seekg(far));
    sluice::stringstream moved(std::move(s));
    CHECK(moved.tellg() == std::streampos(far));
    CHECK(moved.tellp() == std::streampos(far + 2));
    std::array<char, 4> target = {};
    CHECK(moved.rdbuf()->sgetn(target.data(), 4) == 3);
    CHECK(std::string_view(target.data()) == "ab");
}

TEST_SUITE_END();

// NOLINTEND(bugprone-use-after-move)
