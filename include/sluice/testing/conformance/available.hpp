// available: rules of conformance.hpp on in_avail(), pubsync() and pubimbue().

#ifndef SLUICE_TESTING_CONFORMANCE_AVAILABLE_HPP
#define SLUICE_TESTING_CONFORMANCE_AVAILABLE_HPP

#include <sluice/testing/conformance/check_macros.hpp>
#include <sluice/testing/conformance/checks.hpp>
#include <sluice/testing/conformance/claims.hpp>
#include <sluice/testing/conformance/rule.hpp>
#include <sluice/testing/conformance/subject.hpp>
#include <sluice/testing/conformance/words.hpp>

#include <cstddef>
#include <ios>
#include <istream>
#include <string>

namespace sluice::testing::conformance {

using namespace words;

struct available_rule {
    static constexpr const char* area = "in_avail and sync";
};

struct avail_true : available_rule {
    static constexpr const char* name = "what is said to be available is there";
    static constexpr bool applies(const claims& c) { return c.reads; }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        const std::string text = sample(500);
        subject<CharT> device(kind, text);
        std::string seen;
        for (std::streamsize count = device.buf.in_avail(); count > 0;
             count = device.buf.in_avail()) {
            const std::size_t wanted = static_cast<std::size_t>(count) / 2 + 1;
            const std::string part = read(device.buf, wanted);
            SLUICE_REQUIRE(part.size() == wanted);
            seen += part;
        }
        seen += read_all(device.buf);
        SLUICE_CHECK(seen == text);
        SLUICE_CHECK(device.buf.in_avail() <= 0);
    }
};

struct avail_all : available_rule {
    static constexpr const char* name = "all that is left is available";
    static constexpr bool applies(const claims& c) {
        return one_position(c) && c.seeks == seeking::offsets && c.past_end && c.counts_all;
    }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abcdef");
        SLUICE_CHECK(device.buf.in_avail() == 6);
        SLUICE_CHECK(read(device.buf, 2) == "ab");
        SLUICE_CHECK(device.buf.in_avail() == 4);
        SLUICE_CHECK(put(device.buf, 'x'));
        SLUICE_CHECK(device.buf.in_avail() == 3);
        SLUICE_CHECK(seek(device.buf, 100) == 100);
        SLUICE_CHECK(device.buf.in_avail() == 0);
        SLUICE_CHECK(seek(device.buf, 6) == 6);
        SLUICE_CHECK(write(device.buf, "gh") == 2);
        SLUICE_CHECK(device.buf.in_avail() == 0);
        SLUICE_CHECK(seek(device.buf, 6) == 6);
        SLUICE_CHECK(device.buf.in_avail() == 2);
        SLUICE_CHECK(device.content() == "abxdefgh");
    }
};

struct avail_harmless : available_rule {
    static constexpr const char* name = "asking what is available changes nothing";
    static constexpr bool applies(const claims& c) { return one_position(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abcdef");
        SLUICE_CHECK(write(device.buf, "12") == 2);
        SLUICE_CHECK(device.buf.in_avail() >= 0);
        SLUICE_CHECK(tell(device.buf) == 2);
        SLUICE_CHECK(write(device.buf, "34") == 2);
        SLUICE_CHECK(device.buf.in_avail() >= 0);
        SLUICE_CHECK(take(device.buf) == 'e');
        SLUICE_CHECK(device.content() == "1234ef");
    }
};

struct avail_readsome : available_rule {
    static constexpr const char* name = "readsome gives no more than there is and then the rest";
    static constexpr bool applies(const claims& c) { return c.reads; }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abcdef");
        std::basic_istream<CharT> in(&device.buf);
        std::basic_string<CharT> block(10, CharT());
        SLUICE_CHECK(as_code<CharT>(in.peek()) == 'a');
        const std::streamsize got = in.readsome(block.data(), 10);
        SLUICE_REQUIRE(got >= 1);
        SLUICE_REQUIRE(got <= 6);
        SLUICE_CHECK(in.good());
        SLUICE_CHECK(read_all(device.buf) ==
                     std::string("abcdef").substr(static_cast<std::size_t>(got)));
    }
};

struct sync_read : available_rule {
    static constexpr const char* name = "a sync while reading succeeds and loses nothing";
    static constexpr bool applies(const claims& c) { return c.reads; }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        const std::string text = sample(100);
        subject<CharT> device(kind, text);
        SLUICE_CHECK(device.buf.pubsync() == 0);
        std::string seen;
        for (int c = take(device.buf); c != end && seen.size() <= text.size();
             c = take(device.buf)) {
            seen += static_cast<char>(c);
            SLUICE_REQUIRE(device.buf.pubsync() == 0);
        }
        SLUICE_CHECK(seen == text);
        SLUICE_CHECK(device.buf.pubsync() == 0);
    }
};

struct sync_twice : available_rule {
    static constexpr const char* name = "a sync twice is a sync";
    static constexpr bool applies(const claims& c) { return filling(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "");
        SLUICE_CHECK(device.buf.pubsync() == 0);
        SLUICE_CHECK(write(device.buf, "abc") == 3);
        SLUICE_CHECK(device.buf.pubsync() == 0);
        SLUICE_CHECK(device.buf.pubsync() == 0);
        SLUICE_CHECK(put(device.buf, 'd'));
        SLUICE_CHECK(device.content() == "abcd");
    }
};

struct sync_streams : available_rule {
    static constexpr const char* name = "streams sync and flush";
    static constexpr bool applies(const claims& c) { return c.reads; }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abc");
        std::basic_istream<CharT> in(&device.buf);
        SLUICE_CHECK(in.sync() == 0);
        SLUICE_CHECK(as_code<CharT>(in.get()) == 'a');
        SLUICE_CHECK(in.sync() == 0);
        SLUICE_CHECK(as_code<CharT>(in.get()) == 'b');
        SLUICE_CHECK(in.good());
    }
};

struct sync_imbue : available_rule {
    static constexpr const char* name = "a locale is imbued while writing";
    static constexpr bool applies(const claims& c) { return one_position(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abcdef");
        SLUICE_CHECK(write(device.buf, "12") == 2);
        device.buf.pubimbue(device.buf.getloc());
        SLUICE_CHECK(tell(device.buf) == 2);
        SLUICE_CHECK(put(device.buf, '3'));
        SLUICE_CHECK(take(device.buf) == 'd');
        device.buf.pubimbue(device.buf.getloc());
        SLUICE_CHECK(put(device.buf, '5'));
        SLUICE_CHECK(device.content() == "123d5f");
    }
};

using available_rules = rule_list<avail_true, avail_all, avail_harmless, avail_readsome, sync_read,
                                  sync_twice, sync_streams, sync_imbue>;

}  // namespace sluice::testing::conformance

#include <sluice/testing/conformance/check_macros_end.hpp>

#endif  // SLUICE_TESTING_CONFORMANCE_AVAILABLE_HPP
