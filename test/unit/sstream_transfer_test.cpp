#include <sluice/sstream.hpp>

#include "sstream_families.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <ios>
#include <istream>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

using namespace sstream_families;

TEST_SUITE_BEGIN("sstream");

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

TEST_CASE_TEMPLATE_DEFINE("a derived buffer with an area of its own is given a long text too", F,
                          derived_long) {
    using char_type = typename F::char_type;
    struct own_area : F::stringbuf {
        string_of<char_type> sent;
        std::array<char_type, 100> area;

        explicit own_area(const string_of<char_type>& content) : F::stringbuf(content, out) {
            this->setp(area.data(), area.data() + area.size());
        }
        typename F::stringbuf::int_type overflow(typename F::stringbuf::int_type c) override {
            sent.append(this->pbase(), this->pptr());
            this->setp(area.data(), area.data() + area.size());
            return this->sputc(static_cast<char_type>(c));
        }
    } buf(string_of<char_type>(1'000'000, letter<F>('.')));
    const string_of<char_type> long_text(100'000, letter<F>('x'));
    CHECK(buf.sputn(long_text.data(), 100'000) == 100'000);
    CHECK((buf.sent + string_of<char_type>(buf.area.data(), 100) == long_text));
}
TEST_CASE_TEMPLATE_APPLY(derived_long, families);

TEST_CASE_TEMPLATE_DEFINE("a derived buffer with a short part of the content keeps the rest", F,
                          derived_short) {
    using char_type = typename F::char_type;
    struct short_area : F::stringbuf {
        explicit short_area(const string_of<char_type>& content) : F::stringbuf(content, out) {
            this->setp(this->pbase(), this->pbase() + 10);
        }
    } buf(string_of<char_type>(1'000'000, letter<F>('.')));
    const string_of<char_type> long_text(100'000, letter<F>('x'));
    CHECK(buf.sputn(long_text.data(), 100'000) == 100'000);
    CHECK((buf.str() == long_text + string_of<char_type>(900'000, letter<F>('.'))));
}
TEST_CASE_TEMPLATE_APPLY(derived_short, families);

TEST_CASE("a long content grows by much, as what is not written yet costs nothing") {
    sluice::ostringstream grows;
    const std::string text(1'000'000, 'x');
    grows << text << std::string(100, 'y');
    CHECK(std::move(grows).str().capacity() >= 4 * text.size());
}

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

TEST_SUITE_END();
