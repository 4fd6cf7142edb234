// seeking: rules of conformance.hpp on where a seek leads, and on those that are refused.

#ifndef SLUICE_TESTING_CONFORMANCE_SEEKING_HPP
#define SLUICE_TESTING_CONFORMANCE_SEEKING_HPP

#include <sluice/testing/conformance/check_macros.hpp>
#include <sluice/testing/conformance/checks.hpp>
#include <sluice/testing/conformance/claims.hpp>
#include <sluice/testing/conformance/rule.hpp>
#include <sluice/testing/conformance/subject.hpp>
#include <sluice/testing/conformance/words.hpp>

#include <cstddef>
#include <ios>
#include <istream>
#include <limits>
#include <random>
#include <string>

namespace sluice::testing::conformance {

using namespace words;

inline constexpr long long farthest = std::numeric_limits<std::streamoff>::max();

struct seeking_rule {
    static constexpr const char* area = "seeking";
};

struct seek_everywhere : seeking_rule {
    static constexpr const char* name =
        "a seek leads to each place of the content from each direction";
    static constexpr bool applies(const claims& c) { return seekable(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        const std::string text = sample(300);
        subject<CharT> device(kind, text);
        for (long long place = 0; place < 300; place += 7) {
            const check_log::note place_is(checks, "place", place);
            const int expected =
                std::char_traits<char>::to_int_type(text[static_cast<std::size_t>(place)]);
            SLUICE_CHECK(seek(device.buf, place) == place);
            SLUICE_CHECK(take(device.buf) == expected);
            SLUICE_CHECK(seek(device.buf, place - 300, ios::end) == place);
            SLUICE_CHECK(take(device.buf) == expected);
            SLUICE_CHECK(seek(device.buf, -1, ios::cur) == place);
            SLUICE_CHECK(look(device.buf) == expected);
            SLUICE_CHECK(seek(device.buf, 299 - place, ios::cur) == 299);
            SLUICE_CHECK(seek_to(device.buf, place) == place);
            SLUICE_CHECK(take(device.buf) == expected);
        }
    }
};

struct seek_random : seeking_rule {
    static constexpr const char* name = "seeks at random and reads agree with the content";
    static constexpr bool applies(const claims& c) { return readable(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        const std::string text = long_sample(kind.buffer_size);
        subject<CharT> device(kind, text);
        std::mt19937 random(1);
        for (int i = 0; i < 300; ++i) {
            const std::size_t place = random() % (text.size() + 1);
            const std::size_t count = i % 3 == 0 ? 5000 : random() % 20;
            const check_log::note place_is(checks, "place", place);
            SLUICE_REQUIRE(seek_to(device.buf, static_cast<long long>(place), ios::in) ==
                           static_cast<long long>(place));
            SLUICE_REQUIRE(read(device.buf, count) == text.substr(place, count));
        }
    }
};

struct seek_size : seeking_rule {
    static constexpr const char* name = "a seek to the end finds the size";
    static constexpr bool applies(const claims& c) { return readable(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abcdefghij");
        SLUICE_CHECK(seek(device.buf, 0, ios::end, ios::in) == 10);
        SLUICE_CHECK(look(device.buf) == end);
        SLUICE_CHECK(seek_to(device.buf, 3, ios::in) == 3);
        SLUICE_CHECK(read_all(device.buf) == "defghij");
    }
};

struct seek_pending : seeking_rule {
    static constexpr const char* name = "a seek to the end counts what is pending";
    static constexpr bool applies(const claims& c) {
        return writable(c) && c.seeks >= seeking::positions;
    }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abc");
        SLUICE_CHECK(write(device.buf, "12345") == 5);
        SLUICE_CHECK(seek_to(device.buf, 1, ios::out) == 1);
        SLUICE_CHECK(put(device.buf, 'x'));
        SLUICE_CHECK(seek(device.buf, 0, ios::end, ios::out) == 5);
        SLUICE_CHECK(put(device.buf, '6'));
        SLUICE_CHECK(seek(device.buf, 0, ios::end, ios::out) == 6);
        SLUICE_CHECK(device.content() == "1x3456");
    }
};

struct seek_low : seeking_rule {
    static constexpr const char* name = "a seek before the start fails and does not move";
    static constexpr bool applies(const claims& c) { return seekable(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abcdef");
        SLUICE_CHECK(read(device.buf, 2) == "ab");
        SLUICE_CHECK(seek(device.buf, -1) == -1);
        SLUICE_CHECK(tell(device.buf) == 2);
        SLUICE_CHECK(seek(device.buf, -3, ios::cur) == -1);
        SLUICE_CHECK(tell(device.buf) == 2);
        SLUICE_CHECK(seek(device.buf, -7, ios::end) == -1);
        SLUICE_CHECK(tell(device.buf) == 2);
        SLUICE_CHECK(seek(device.buf, -farthest - 1, ios::cur) == -1);
        SLUICE_CHECK(seek(device.buf, -farthest - 1, ios::end) == -1);
        SLUICE_CHECK(read_all(device.buf) == "cdef");
    }
};

struct seek_low_position : seeking_rule {
    static constexpr const char* name =
        "a seek to a position before the start fails and does not move";
    static constexpr bool applies(const claims& c) { return readable(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abcdef");
        SLUICE_CHECK(read(device.buf, 2) == "ab");
        SLUICE_CHECK(seek_to(device.buf, -1, ios::in) == -1);
        SLUICE_CHECK(seek_to(device.buf, -farthest - 1, ios::in) == -1);
        SLUICE_CHECK(take(device.buf) == 'c');
        SLUICE_CHECK(read_all(device.buf) == "def");
    }
};

struct seek_low_pending : seeking_rule {
    static constexpr const char* name = "a refused seek changes nothing that is pending";
    static constexpr bool applies(const claims& c) {
        return one_position(c) && c.seeks == seeking::offsets;
    }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abcdef");
        SLUICE_CHECK(write(device.buf, "12") == 2);
        SLUICE_CHECK(seek(device.buf, -1) == -1);
        SLUICE_CHECK(seek(device.buf, -3, ios::cur) == -1);
        SLUICE_CHECK(write(device.buf, "34") == 2);
        SLUICE_CHECK(device.content() == "1234ef");
    }
};

struct seek_past : seeking_rule {
    static constexpr const char* name =
        "a seek past the end is allowed and changes nothing by itself";
    static constexpr bool applies(const claims& c) { return seekable(c) && c.past_end; }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abc");
        SLUICE_CHECK(seek(device.buf, 10) == 10);
        SLUICE_CHECK(look(device.buf) == end);
        SLUICE_CHECK(read(device.buf, 5).empty());
        SLUICE_CHECK(tell(device.buf) == 10);
        SLUICE_CHECK(seek(device.buf, 5, ios::cur) == 15);
        SLUICE_CHECK(seek(device.buf, 1, ios::end) == 4);
        SLUICE_CHECK(take(device.buf) == end);
        SLUICE_CHECK(tell(device.buf) == 4);
        SLUICE_CHECK(device.content() == "abc");
        SLUICE_CHECK(seek(device.buf, 0, ios::end) == 3);
        SLUICE_CHECK(seek(device.buf, 1) == 1);
        SLUICE_CHECK(read_all(device.buf) == "bc");
    }
};

struct seek_gap : seeking_rule {
    static constexpr const char* name = "a write past the end fills the gap with zeros";
    static constexpr bool applies(const claims& c) { return filling_gaps(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        for (const std::size_t gap : sizes{1, 6, 7, 100, 5000}) {
            const check_log::note gap_is(checks, "gap", gap);
            subject<CharT> device(kind, "abc");
            SLUICE_CHECK(seek_to(device.buf, static_cast<long long>(3 + gap)) ==
                         static_cast<long long>(3 + gap));
            SLUICE_CHECK(write(device.buf, "x") == 1);
            SLUICE_CHECK(tell(device.buf) == static_cast<long long>(4 + gap));
            SLUICE_CHECK(device.content() == "abc" + std::string(gap, '\0') + "x");
            SLUICE_CHECK(seek_to(device.buf, 2) == 2);
            SLUICE_CHECK(read_all(device.buf) == "c" + std::string(gap, '\0') + "x");
        }
    }
};

struct seek_gap_put : seeking_rule {
    static constexpr const char* name = "a single character past the end fills the gap with zeros";
    static constexpr bool applies(const claims& c) { return filling_gaps(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "");
        SLUICE_CHECK(seek_to(device.buf, 3) == 3);
        SLUICE_CHECK(put(device.buf, 'x'));
        SLUICE_CHECK(device.content() == std::string("\0\0\0x", 4));
    }
};

struct seek_gap_nothing : seeking_rule {
    static constexpr const char* name = "an empty write past the end changes nothing";
    static constexpr bool applies(const claims& c) { return filling_gaps(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abc");
        SLUICE_CHECK(seek_to(device.buf, 10) == 10);
        SLUICE_CHECK(write(device.buf, "") == 0);
        SLUICE_CHECK(device.buf.pubsync() == 0);
        SLUICE_CHECK(device.content() == "abc");
        SLUICE_CHECK(tell(device.buf) == 10);
    }
};

struct seek_overflow : seeking_rule {
    static constexpr const char* name = "a seek that would overflow fails and does not move";
    static constexpr bool applies(const claims& c) { return seekable(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abcdef");
        SLUICE_CHECK(seek(device.buf, 2) == 2);
        SLUICE_CHECK(seek(device.buf, farthest, ios::cur) == -1);
        SLUICE_CHECK(tell(device.buf) == 2);
        SLUICE_CHECK(seek(device.buf, farthest, ios::end) == -1);
        SLUICE_CHECK(tell(device.buf) == 2);
        SLUICE_CHECK(read(device.buf, 2) == "cd");
    }
};

struct seek_eof : seeking_rule {
    static constexpr const char* name = "a seek forgets that a stream has seen the end";
    static constexpr bool applies(const claims& c) { return readable(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "12 34");
        std::basic_istream<CharT> in(&device.buf);
        int first = 0;
        int last = 0;
        SLUICE_CHECK(bool(in >> first >> last));
        SLUICE_CHECK(in.eof());
        in.seekg(0);
        SLUICE_CHECK(in.good());
        SLUICE_CHECK(bool(in >> last));
        SLUICE_CHECK(last == 12);
        SLUICE_CHECK(in.tellg() == std::streampos(2));
    }
};

struct seek_told : seeking_rule {
    static constexpr const char* name = "a told position leads back";
    static constexpr bool applies(const claims& c) { return c.reads && c.seeks >= seeking::told; }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abcdefghij");
        SLUICE_CHECK(read(device.buf, 4) == "abcd");
        const auto place = device.buf.pubseekoff(0, ios::cur, ios::in);
        SLUICE_REQUIRE(place != std::streampos(-1));
        SLUICE_CHECK(read_all(device.buf) == "efghij");
        SLUICE_CHECK(device.buf.pubseekpos(place, ios::in) == place);
        SLUICE_CHECK(read(device.buf, 2) == "ef");
    }
};

using seeking_rules = rule_list<seek_everywhere, seek_random, seek_size, seek_pending, seek_low,
                                seek_low_position, seek_low_pending, seek_past, seek_gap,
                                seek_gap_put, seek_gap_nothing, seek_overflow, seek_eof, seek_told>;

}  // namespace sluice::testing::conformance

#include <sluice/testing/conformance/check_macros_end.hpp>

#endif  // SLUICE_TESTING_CONFORMANCE_SEEKING_HPP
