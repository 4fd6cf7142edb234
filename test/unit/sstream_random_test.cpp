#include <sluice/sstream.hpp>

#include "sstream_families.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <initializer_list>
#include <iomanip>
#include <ios>
#include <random>
#include <sstream>
#include <string>
#include <utility>

using namespace sstream_families;

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

TEST_SUITE_BEGIN("sstream");

TEST_CASE("a stringstream does what std's does, whatever the calls") {
    compare_with_std<char>();
}

TEST_CASE("a wstringstream does what std's does, whatever the calls") {
    compare_with_std<wchar_t>();
}

TEST_SUITE_END();
