// writing: rules of conformance.hpp on what is written, and what the content is then.

#ifndef SLUICE_TESTING_CONFORMANCE_WRITING_HPP
#define SLUICE_TESTING_CONFORMANCE_WRITING_HPP

#include <sluice/testing/conformance/check_macros.hpp>
#include <sluice/testing/conformance/checks.hpp>
#include <sluice/testing/conformance/claims.hpp>
#include <sluice/testing/conformance/rule.hpp>
#include <sluice/testing/conformance/subject.hpp>
#include <sluice/testing/conformance/words.hpp>

#include <cstddef>
#include <iomanip>
#include <ostream>
#include <string>
#include <string_view>

namespace sluice::testing::conformance {

using namespace words;

struct writing_rule {
    static constexpr const char* area = "writing";
};

struct write_chunks : writing_rule {
    static constexpr const char* name = "what is written is the content";
    static constexpr bool applies(const claims& c) { return filling(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        const std::string text = long_sample(kind.buffer_size);
        for (const std::size_t chunk : chunks(kind.buffer_size)) {
            const check_log::note chunk_is(checks, "chunk", chunk);
            subject<CharT> device(kind, "");
            SLUICE_CHECK(write_all(device.buf, text, chunk));
            SLUICE_CHECK(device.content() == text);
        }
    }
};

struct write_overwrites : writing_rule {
    static constexpr const char* name = "a write at the front leaves what lies behind it";
    static constexpr bool applies(const claims& c) { return c.writes && c.replaces; }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        const std::string before(long_sample(kind.buffer_size).size(), '.');
        const std::string text = sample(before.size() - 10);
        for (const std::size_t chunk : chunks(kind.buffer_size)) {
            const check_log::note chunk_is(checks, "chunk", chunk);
            subject<CharT> device(kind, before);
            SLUICE_CHECK(write_all(device.buf, text, chunk));
            SLUICE_CHECK(device.content() == text + before.substr(text.size()));
        }
    }
};

struct write_extends : writing_rule {
    static constexpr const char* name = "a write across the end extends the content";
    static constexpr bool applies(const claims& c) { return writable(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abc");
        SLUICE_CHECK(write(device.buf, "1234567") == 7);
        SLUICE_CHECK(device.content() == "1234567");
        SLUICE_CHECK(write(device.buf, "89") == 2);
        SLUICE_CHECK(device.content() == "123456789");
    }
};

struct write_nothing : writing_rule {
    static constexpr const char* name = "a write of nothing changes nothing";
    static constexpr bool applies(const claims& c) { return c.writes && c.replaces; }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abc");
        SLUICE_CHECK(write(device.buf, "") == 0);
        SLUICE_CHECK(device.buf.sputn(nullptr, 0) == 0);
        SLUICE_CHECK(device.content() == "abc");
        SLUICE_CHECK(put(device.buf, 'x'));
        SLUICE_CHECK(write(device.buf, "") == 0);
        SLUICE_CHECK(device.content() == "xbc");
    }
};

struct write_mixed : writing_rule {
    static constexpr const char* name = "writes of mixed sizes keep the order";
    static constexpr bool applies(const claims& c) { return filling(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        const std::string text = long_sample(kind.buffer_size);
        subject<CharT> device(kind, "");
        for (std::size_t i = 0, done = 0; done < text.size(); ++i) {
            const std::size_t wanted = i % 3 == 0 ? 1 : i % 3 == 1 ? i % 13 : 97 * i % 5003;
            const std::string part = text.substr(done, wanted);
            SLUICE_CHECK(
                (i % 3 == 0 ? put(device.buf, part[0]) : write(device.buf, part) == part.size()));
            if (i % 50 == 49) {
                SLUICE_CHECK(device.buf.pubsync() == 0);
            }
            done += part.size();
        }
        SLUICE_CHECK(device.content() == text);
    }
};

struct write_formatted : writing_rule {
    static constexpr const char* name = "a stream writes words and numbers";
    static constexpr bool applies(const claims& c) { return filling(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "");
        std::basic_ostream<CharT> out(&device.buf);
        out << "x = " << 42 << ',' << std::setw(6) << std::setfill(widen<CharT>('0')) << 7;
        out.put(widen<CharT>('!'));
        out.write(widen<CharT>("abc").data(), 3);
        out << std::endl;
        SLUICE_CHECK(out.good());
        SLUICE_CHECK(device.content() == "x = 42,000007!abc\n");
    }
};

struct write_bytes : writing_rule {
    static constexpr const char* name = "each value of a byte is written as it is";
    static constexpr bool applies(const claims& c) { return filling(c) && c.any_character; }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        if constexpr (sizeof(CharT) == 1) {
            std::string text;
            for (int value = 255; value >= 0; --value) {
                text += static_cast<char>(value);
            }
            subject<CharT> device(kind, "");
            SLUICE_CHECK(write_all(device.buf, text, by_character));
            SLUICE_CHECK(write(device.buf, text) == 256);
            SLUICE_CHECK(device.content() == text + text);
        }
    }
};

struct write_sync : writing_rule {
    static constexpr const char* name = "a sync shows to others what was written";
    static constexpr bool applies(const claims& c) { return writable(c) && c.shows_after_sync; }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "0123456789");
        for (const std::string_view part : {"a", "bcd", "", "efghijklm"}) {
            const check_log::note part_is(checks, "part", part);
            SLUICE_CHECK(write(device.buf, part) == part.size());
            SLUICE_CHECK(device.buf.pubsync() == 0);
            SLUICE_CHECK(device.stored().contains(part));
        }
        SLUICE_CHECK(device.stored() == "abcdefghijklm");
    }
};

struct write_negative : writing_rule {
    static constexpr const char* name = "a write of a negative count writes nothing";
    static constexpr bool applies(const claims& c) {
        return c.writes && c.replaces && c.negative_counts;
    }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abc");
        const CharT block[4] = {};
        SLUICE_CHECK(device.buf.sputn(block, -1) == 0);
        SLUICE_CHECK(put(device.buf, 'x'));
        SLUICE_CHECK(device.buf.sputn(block, -5) == 0);
        SLUICE_CHECK(device.content() == "xbc");
    }
};

using writing_rules =
    rule_list<write_chunks, write_overwrites, write_extends, write_nothing, write_mixed,
              write_formatted, write_bytes, write_sync, write_negative>;

}  // namespace sluice::testing::conformance

#include <sluice/testing/conformance/check_macros_end.hpp>

#endif  // SLUICE_TESTING_CONFORMANCE_WRITING_HPP
