// A string stream of sluice's beside one of the standard's, and calls on both, drawn from a
// generator.
//
//     support::string_stream_pair<std::stringstream, sluice::stringstream, std::minstd_rand> pair(
//         std::minstd_rand(7));
//     std::string difference = pair.step();     // empty, while both do the same

#ifndef SUPPORT_STRING_STREAM_PAIR_HPP
#define SUPPORT_STRING_STREAM_PAIR_HPP

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <iomanip>
#include <ios>
#include <istream>
#include <ostream>
#include <sstream>
#include <string>
#include <utility>

namespace support {

/// `Random` is copied, so that both streams are called alike.
template <class Theirs, class Ours, class Random>
class string_stream_pair {
public:
    using char_type = typename Theirs::char_type;

    explicit string_stream_pair(Random random) : random_(std::move(random)) { restart(); }

    /// One call on both.
    ///
    /// Returns: in what its result, or the state of both after it, differs; empty: in nothing.
    [[nodiscard]] std::string step() {
        const unsigned which = pick(30);
        const Random drawn = random_;
        const string theirs = apply(theirs_, theirs_other_, which);
        random_ = drawn;
        const string ours = apply(ours_, ours_other_, which);
        const char* const differs =
            theirs != ours                                   ? "the result"
            : theirs_.rdstate() != ours_.rdstate()           ? "the state"
            : position(theirs_, in) != position(ours_, in)   ? "the get position"
            : position(theirs_, out) != position(ours_, out) ? "the put position"
            : theirs_.str() != ours_.view()                  ? "the content"
                                                             : nullptr;
        if (differs != nullptr) {
            return std::string(differs) + " of call " + std::to_string(which);
        }
        if (pick(200) == 199) {
            restart();
        }
        return {};
    }

    [[nodiscard]] const Random& random() const { return random_; }

private:
    using ios = std::ios_base;
    using string = std::basic_string<char_type>;
    using traits = std::char_traits<char_type>;
    static constexpr bool reads = std::derived_from<Theirs, std::basic_istream<char_type>>;
    static constexpr bool writes = std::derived_from<Theirs, std::basic_ostream<char_type>>;
    static constexpr auto in = ios::in;
    static constexpr auto out = ios::out;

    unsigned pick(unsigned end) { return static_cast<unsigned>(random_()) % end; }
    int pick(int low, int high) {
        return low + static_cast<int>(pick(static_cast<unsigned>(high - low + 1)));
    }

    template <class T>
    T one_of(std::initializer_list<T> choices) {
        return choices.begin()[pick(static_cast<unsigned>(choices.size()))];
    }

    // Mostly short.
    string some_text() {
        const unsigned scale = pick(41);
        string result(pick(scale == 40 ? 6001 : scale >= 36 ? 701 : 25), char_type());
        const unsigned first = pick(14);
        for (std::size_t i = 0; i < result.size(); ++i) {
            result[i] = static_cast<char_type>("0123456789 ab\n"[(first + i * 5) % 14]);
        }
        return result;
    }

    void restart() {
        constexpr auto ate = ios::ate;
        constexpr auto app = ios::app;
        if constexpr (reads && writes) {
            mode_ = one_of({in | out, in | out, in, out, in | out | ate, out | app, in | app});
        } else if constexpr (reads) {
            mode_ = one_of({in, in, in | ate, in | out});
        } else {
            mode_ = one_of({out, out, out | ate, out | app, in | out});
        }
        const string content = some_text();
        theirs_ = Theirs(content, mode_);
        ours_ = Ours(content, mode_);
        theirs_other_ = Theirs(content);
        ours_other_ = Ours(content);
    }

    template <class Number>
    static string as_text(Number number) {
        const std::string digits = std::to_string(static_cast<long long>(number));
        return string(digits.begin(), digits.end());
    }

    template <class Stream>
    static std::streamoff position(Stream& stream, ios::openmode which) {
        return stream.rdbuf()->pubseekoff(0, ios::cur, which);
    }

    template <class Stream>
    string apply(Stream& s, Stream& other, unsigned which) {
        string result;
        bool done = which >= 18;
        if constexpr (writes) {
            if (which < 6) {
                write(s, which);
                done = true;
            }
        }
        if constexpr (reads) {
            if (which >= 6 && which < 18) {
                result = read(s, which);
                done = true;
            }
        }
        if (which >= 18 || !done) {
            return apply_to_any(s, other, done ? which : 18 + which % 12);
        }
        if (pick(3) == 0) {
            s.clear();
        }
        return result;
    }

    void write(std::basic_ostream<char_type>& s, unsigned which) {
        switch (which) {
        case 0: s << some_text(); break;
        case 1: {
            const string data = some_text();
            s.write(data.data(), static_cast<std::streamsize>(data.size()));
            break;
        }
        case 2: s.put(char_type('p')); break;
        case 3: s << pick(-10000, 10000); break;
        case 4: s.seekp(pick(-20, 60), direction()); break;
        default: s.seekp(pick(-1, 300)); break;
        }
    }

    string read(std::basic_istream<char_type>& s, unsigned which) {
        switch (which) {
        case 6:
            return taken([&](char_type* target, int most) {
                s.read(target, most);
                return s.gcount();
            });
        case 7: return as_text(s.get());
        case 8: {
            std::array<char_type, 40> target = {};
            s.getline(target.data(), pick(1, 40));
            return string(target.data()) + as_text(s.gcount());
        }
        case 9: {
            string line;
            std::getline(s, line);
            return line;
        }
        case 10: {
            int number = -1;
            s >> number;
            return as_text(number);
        }
        case 11: {
            string word;
            s >> std::setw(pick(0, 9)) >> word;
            return word;
        }
        case 12: {
            const int count = pick(0, 50);
            s.ignore(count, pick(2) == 0 ? traits::to_int_type('\n') : traits::eof());
            return as_text(s.gcount());
        }
        case 13: return as_text(s.peek());
        case 14: s.unget(); break;
        case 15: s.putback(static_cast<char_type>("0 a\n"[pick(4)])); break;
        case 16: s.seekg(pick(-20, 60), direction()); break;
        default: s.seekg(pick(-1, 300)); break;
        }
        return {};
    }

    template <class Stream>
    string apply_to_any(Stream& s, Stream& other, unsigned which) {
        auto& buf = *s.rdbuf();
        const bool may_write = (mode_ & out) != 0;  // else only sluice's sets badbit, on purpose
        switch (which) {
        case 18: s.str(some_text()); break;
        case 19: return std::move(s).str();
        case 20: {
            Stream moved(std::move(s));
            s = std::move(moved);
            break;
        }
        case 21:
            if (pick(2) == 0) {
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
            return as_text(std::streamoff(buf.pubseekoff(offset, whence, sides())));
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
        case 25: return may_write ? as_text(buf.sputc(char_type('q'))) : string();
        case 26: return taken([&](char_type* target, int most) { return buf.sgetn(target, most); });
        case 27: return as_text(pick(2) == 0 ? buf.sbumpc() : buf.snextc());
        case 28: return as_text(pick(2) == 0 ? buf.sungetc() : buf.sputbackc(char_type('r')));
        default: {
            std::basic_ostringstream<char_type> copy;
            copy << s.rdbuf();
            return copy.str() + as_text(copy.rdstate());
        }
        }
        if (pick(3) == 0) {
            s.clear();
        }
        return {};
    }

    // What a call puts in its target, and how much it says that is.
    template <class Call>
    string taken(Call call) {
        string target(pick(801), char_type('?'));
        const std::streamsize got = call(target.data(), static_cast<int>(target.size()));
        target.resize(
            std::min(target.size(), static_cast<std::size_t>(std::max<std::streamsize>(got, 0))));
        return target + as_text(got);
    }

    ios::seekdir direction() { return one_of({ios::beg, ios::cur, ios::end}); }

    ios::openmode sides() { return one_of({in, out, in | out, ios::openmode{}}); }

    Random random_;
    ios::openmode mode_{};
    Theirs theirs_;
    Theirs theirs_other_;
    Ours ours_;
    Ours ours_other_;
};

}  // namespace support

#endif  // SUPPORT_STRING_STREAM_PAIR_HPP
