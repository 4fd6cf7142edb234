// putback: rules of conformance.hpp on what is read again, or instead.

#ifndef SLUICE_TESTING_CONFORMANCE_PUTBACK_HPP
#define SLUICE_TESTING_CONFORMANCE_PUTBACK_HPP

#include <sluice/testing/conformance/check_macros.hpp>
#include <sluice/testing/conformance/checks.hpp>
#include <sluice/testing/conformance/claims.hpp>
#include <sluice/testing/conformance/rule.hpp>
#include <sluice/testing/conformance/subject.hpp>
#include <sluice/testing/conformance/words.hpp>

#include <cstddef>
#include <istream>
#include <string>

namespace sluice::testing::conformance {

using namespace words;

struct putback_rule {
    static constexpr const char* area = "putting back";
};

struct putback_once : putback_rule {
    static constexpr const char* name = "what was just read is read again after an unget";
    static constexpr bool applies(const claims& c) {
        return c.reads && c.ungets >= ungetting::last;
    }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abc");
        SLUICE_CHECK(take(device.buf) == 'a');
        SLUICE_CHECK(unget(device.buf) == 'a');
        SLUICE_CHECK(take(device.buf) == 'a');
        SLUICE_CHECK(take(device.buf) == 'b');
        SLUICE_CHECK(unget(device.buf) == 'b');
        SLUICE_CHECK(read_all(device.buf) == "bc");
    }
};

struct putback_unget : putback_rule {
    static constexpr const char* name = "what was read up to the end is read again after an unget";
    static constexpr bool applies(const claims& c) {
        return c.reads && c.ungets >= ungetting::kept;
    }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abc");
        SLUICE_CHECK(read_all(device.buf) == "abc");
        SLUICE_CHECK(take(device.buf) == end);
        SLUICE_CHECK(unget(device.buf) == 'c');
        SLUICE_CHECK(take(device.buf) == 'c');
        SLUICE_CHECK(take(device.buf) == end);
    }
};

struct putback_start : putback_rule {
    static constexpr const char* name = "at the start nothing can be put back";
    static constexpr bool applies(const claims& c) {
        return c.reads && c.ungets >= ungetting::last;
    }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abc");
        SLUICE_CHECK(unget(device.buf) == end);
        SLUICE_CHECK(put_back(device.buf, 'x') == end);
        SLUICE_CHECK(look(device.buf) == 'a');
        SLUICE_CHECK(unget(device.buf) == end);
        SLUICE_CHECK(take(device.buf) == 'a');
        SLUICE_CHECK(unget(device.buf) == 'a');
        SLUICE_CHECK(unget(device.buf) == end);
        SLUICE_CHECK(read_all(device.buf) == "abc");
    }
};

struct putback_same : putback_rule {
    static constexpr const char* name = "the character before is put back";
    static constexpr bool applies(const claims& c) {
        return readable(c) && c.ungets >= ungetting::last;
    }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abc");
        SLUICE_CHECK(read_some(device.buf, 2, by_character) == "ab");
        SLUICE_CHECK(put_back(device.buf, 'b') == 'b');
        SLUICE_CHECK(tell(device.buf, ios::in) == 1);
        SLUICE_CHECK(read_all(device.buf) == "bc");
        SLUICE_CHECK(device.content() == "abc");
    }
};

struct putback_other : putback_rule {
    static constexpr const char* name =
        "a different character is seen once and never in the content";
    static constexpr bool applies(const claims& c) { return setting_aside(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        for (std::size_t place = 1; place <= 9; ++place) {
            const check_log::note place_is(checks, "place", place);
            const std::string text = "abcdefghi";
            subject<CharT> device(kind, text);
            SLUICE_CHECK(read(device.buf, place).size() == place);
            SLUICE_CHECK(put_back(device.buf, '!') == '!');
            SLUICE_CHECK(look(device.buf) == '!');
            SLUICE_CHECK(take(device.buf) == '!');
            SLUICE_CHECK(read_all(device.buf) == text.substr(place));
            SLUICE_CHECK(seek_to(device.buf, 0) == 0);
            SLUICE_CHECK(read_all(device.buf) == text);
            SLUICE_CHECK(device.content() == text);
        }
    }
};

struct putback_tell : putback_rule {
    static constexpr const char* name = "a different character put back counts as one place";
    static constexpr bool applies(const claims& c) {
        return setting_aside(c) && c.ungets >= ungetting::kept && !c.two_positions;
    }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abcdef");
        SLUICE_CHECK(read(device.buf, 3) == "abc");
        SLUICE_CHECK(put_back(device.buf, '!') == '!');
        SLUICE_CHECK(tell(device.buf) == 2);
        SLUICE_CHECK(read(device.buf, 3) == "!de");
        SLUICE_CHECK(tell(device.buf) == 5);
    }
};

struct putback_seek : putback_rule {
    static constexpr const char* name = "a seek forgets a different character put back";
    static constexpr bool applies(const claims& c) { return setting_aside(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abcdef");
        SLUICE_CHECK(read(device.buf, 3) == "abc");
        SLUICE_CHECK(put_back(device.buf, '!') == '!');
        SLUICE_CHECK(seek_to(device.buf, 2) == 2);
        SLUICE_CHECK(read_all(device.buf) == "cdef");
        SLUICE_CHECK(device.content() == "abcdef");
    }
};

struct putback_write : putback_rule {
    static constexpr const char* name = "a write replaces a different character put back";
    static constexpr bool applies(const claims& c) {
        return setting_aside(c) && c.ungets >= ungetting::kept && one_position(c);
    }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abcdef");
        SLUICE_CHECK(read(device.buf, 3) == "abc");
        SLUICE_CHECK(put_back(device.buf, '!') == '!');
        SLUICE_CHECK(put(device.buf, '3'));
        SLUICE_CHECK(tell(device.buf) == 3);
        SLUICE_CHECK(take(device.buf) == 'd');
        SLUICE_CHECK(device.content() == "ab3def");
    }
};

struct putback_failed : putback_rule {
    static constexpr const char* name = "a putback that fails does not move";
    static constexpr bool applies(const claims& c) {
        return setting_aside(c) && c.ungets >= ungetting::kept && !c.two_positions;
    }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abcdef");
        SLUICE_CHECK(read(device.buf, 3) == "abc");
        SLUICE_CHECK(put_back(device.buf, '!') == '!');
        put_back(device.buf, '?');  // a second one may fail
        const long long place = tell(device.buf);
        SLUICE_REQUIRE(place >= 0);
        SLUICE_CHECK(seek_to(device.buf, place) == place);
        SLUICE_CHECK(read_all(device.buf) ==
                     std::string("abcdef").substr(static_cast<std::size_t>(place)));
        SLUICE_CHECK(device.content() == "abcdef");
    }
};

struct putback_far : putback_rule {
    static constexpr const char* name = "all that was read can be ungot";
    static constexpr bool applies(const claims& c) { return rereading(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        const std::string text = sample(9000);
        subject<CharT> device(kind, text);
        SLUICE_CHECK(read_all(device.buf) == text);
        std::string seen;
        for (int c = unget(device.buf); c != end && seen.size() <= text.size();
             c = unget(device.buf)) {
            seen += static_cast<char>(c);
        }
        SLUICE_CHECK(seen == std::string(text.rbegin(), text.rend()));
        SLUICE_CHECK(look(device.buf) == text[0]);
        SLUICE_CHECK(tell(device.buf) == 0);
    }
};

struct putback_sought : putback_rule {
    static constexpr const char* name = "a place that was sought can be ungot";
    static constexpr bool applies(const claims& c) { return rereading(c) && c.past_end; }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        const std::string text = sample(9000);
        subject<CharT> device(kind, text);
        for (const std::size_t place : sizes{1, 7, 8, 4096, 4097, 8999, 9000}) {
            const check_log::note place_is(checks, "place", place);
            SLUICE_CHECK(seek_to(device.buf, static_cast<long long>(place)) ==
                         static_cast<long long>(place));
            SLUICE_CHECK(unget(device.buf) == text[place - 1]);
            SLUICE_CHECK(tell(device.buf) == static_cast<long long>(place) - 1);
            SLUICE_CHECK(read(device.buf, 3) == text.substr(place - 1, 3));
        }
        SLUICE_CHECK(seek_to(device.buf, 9001) == 9001);
        SLUICE_CHECK(unget(device.buf) == end);
        SLUICE_CHECK(tell(device.buf) == 9001);
    }
};

struct putback_stream : putback_rule {
    static constexpr const char* name = "a stream ungets and puts back";
    static constexpr bool applies(const claims& c) {
        return c.reads && c.ungets >= ungetting::kept;
    }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "ab12");
        std::basic_istream<CharT> in(&device.buf);
        SLUICE_CHECK(as_code<CharT>(in.get()) == 'a');
        SLUICE_CHECK(bool(in.unget()));
        SLUICE_CHECK(as_code<CharT>(in.get()) == 'a');
        SLUICE_CHECK(as_code<CharT>(in.get()) == 'b');
        SLUICE_CHECK(bool(in.putback(widen<CharT>('b'))));
        SLUICE_CHECK(as_code<CharT>(in.get()) == 'b');
        int value = 0;
        SLUICE_CHECK(bool(in >> value));
        SLUICE_CHECK(value == 12);
        SLUICE_CHECK(in.eof());
        SLUICE_CHECK(bool(in.unget()));
        SLUICE_CHECK(as_code<CharT>(in.get()) == '2');
    }
};

using putback_rules = rule_list<putback_once, putback_unget, putback_start, putback_same,
                                putback_other, putback_tell, putback_seek, putback_write,
                                putback_failed, putback_far, putback_sought, putback_stream>;

}  // namespace sluice::testing::conformance

#include <sluice/testing/conformance/check_macros_end.hpp>

#endif  // SLUICE_TESTING_CONFORMANCE_PUTBACK_HPP
