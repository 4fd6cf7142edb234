// tell: rules of conformance.hpp on the position, which follows each call.

#ifndef SLUICE_TESTING_CONFORMANCE_TELL_HPP
#define SLUICE_TESTING_CONFORMANCE_TELL_HPP

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

struct tell_rule {
    static constexpr const char* area = "tell";
};

struct tell_read : tell_rule {
    static constexpr const char* name = "the position begins at zero and follows each read";
    static constexpr bool applies(const claims& c) { return readable(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        const std::string text = long_sample(kind.buffer_size);
        for (const std::size_t chunk : sizes{1, 2, 7, 4096}) {
            const check_log::note chunk_is(checks, "chunk", chunk);
            subject<CharT> device(kind, text);
            SLUICE_CHECK(tell(device.buf, ios::in) == 0);
            std::size_t place = 0;
            // The standard's asks the system at each tell, so a few places must do.
            for (int i = 0; i < 200 && place < text.size(); ++i) {
                place += read(device.buf, chunk).size();
                SLUICE_REQUIRE(tell(device.buf, ios::in) == static_cast<long long>(place));
            }
        }
    }
};

struct tell_write : tell_rule {
    static constexpr const char* name = "the position follows each write";
    static constexpr bool applies(const claims& c) {
        return writable(c) && c.seeks >= seeking::positions;
    }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        for (const std::size_t chunk : sizes{1, 2, 7, 4096}) {
            const check_log::note chunk_is(checks, "chunk", chunk);
            subject<CharT> device(kind, "abc");
            SLUICE_CHECK(tell(device.buf, ios::out) == 0);
            const std::string part = sample(chunk);
            std::string written;
            for (std::size_t i = 1; i <= 15; ++i) {
                written += part;
                SLUICE_CHECK(write(device.buf, part) == chunk);
                SLUICE_REQUIRE(tell(device.buf, ios::out) == static_cast<long long>(i * chunk));
            }
            SLUICE_CHECK(device.content() == written);
        }
    }
};

struct tell_single : tell_rule {
    static constexpr const char* name = "the position follows single characters";
    static constexpr bool applies(const claims& c) {
        return readable(c) && c.ungets >= ungetting::last;
    }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abcdef");
        SLUICE_CHECK(look(device.buf) == 'a');
        SLUICE_CHECK(tell(device.buf, ios::in) == 0);
        SLUICE_CHECK(take(device.buf) == 'a');
        SLUICE_CHECK(tell(device.buf, ios::in) == 1);
        SLUICE_CHECK(next(device.buf) == 'c');
        SLUICE_CHECK(tell(device.buf, ios::in) == 2);
        SLUICE_CHECK(take(device.buf) == 'c');
        SLUICE_CHECK(unget(device.buf) == 'c');
        SLUICE_CHECK(tell(device.buf, ios::in) == 2);
        SLUICE_CHECK(read_all(device.buf) == "cdef");
        SLUICE_CHECK(look(device.buf) == end);
        SLUICE_CHECK(tell(device.buf, ios::in) == 6);
    }
};

struct tell_harmless : tell_rule {
    static constexpr const char* name = "a tell changes nothing of what is read next";
    static constexpr bool applies(const claims& c) { return c.reads && c.seeks >= seeking::told; }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        const std::string text = sample(200);
        subject<CharT> device(kind, text);
        std::string seen;
        for (int c = look(device.buf); c != end && seen.size() <= text.size();
             c = next(device.buf)) {
            seen += static_cast<char>(c);
            tell(device.buf, ios::in);
        }
        SLUICE_CHECK(seen == text);
    }
};

struct tell_sync : tell_rule {
    static constexpr const char* name = "a sync leaves the position";
    static constexpr bool applies(const claims& c) { return readable(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abcdef");
        SLUICE_CHECK(read(device.buf, 2) == "ab");
        SLUICE_CHECK(device.buf.pubsync() == 0);
        SLUICE_CHECK(tell(device.buf, ios::in) == 2);
        SLUICE_CHECK(take(device.buf) == 'c');
        SLUICE_CHECK(device.buf.pubsync() == 0);
        SLUICE_CHECK(read_all(device.buf) == "def");
    }
};

struct tell_write_sync : tell_rule {
    static constexpr const char* name = "a sync while writing leaves the position";
    static constexpr bool applies(const claims& c) {
        return writable(c) && c.seeks >= seeking::positions;
    }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abcdef");
        SLUICE_CHECK(write(device.buf, "12") == 2);
        SLUICE_CHECK(device.buf.pubsync() == 0);
        SLUICE_CHECK(tell(device.buf, ios::out) == 2);
        SLUICE_CHECK(put(device.buf, '3'));
        SLUICE_CHECK(tell(device.buf, ios::out) == 3);
        SLUICE_CHECK(device.content() == "123def");
    }
};

struct tell_mixed : tell_rule {
    static constexpr const char* name = "the position follows reads and writes in turn";
    static constexpr bool applies(const claims& c) { return one_position(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, sample(60));
        long long place = 0;
        for (std::size_t i = 0; i < 30; ++i) {
            const std::size_t count = i % 5;
            if (i % 2 == 0) {
                place += static_cast<long long>(read(device.buf, count).size());
            } else {
                place += static_cast<long long>(write(device.buf, sample(count)));
            }
            SLUICE_REQUIRE(tell(device.buf) == place);
        }
    }
};

struct tell_stream : tell_rule {
    static constexpr const char* name = "a stream tells the position for reading and for writing";
    static constexpr bool applies(const claims& c) { return one_position(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "10 20");
        std::basic_iostream<CharT> f(&device.buf);
        int value = 0;
        SLUICE_CHECK(f.tellg() == std::streampos(0));
        SLUICE_CHECK(f.tellp() == std::streampos(0));
        SLUICE_CHECK(bool(f >> value));
        SLUICE_CHECK(f.tellg() == std::streampos(2));
        SLUICE_CHECK(f.tellp() == std::streampos(2));
        f << "-30";
        SLUICE_CHECK(f.tellp() == std::streampos(5));
        SLUICE_CHECK(f.tellg() == std::streampos(5));
    }
};

using tell_rules = rule_list<tell_read, tell_write, tell_single, tell_harmless, tell_sync,
                             tell_write_sync, tell_mixed, tell_stream>;

}  // namespace sluice::testing::conformance

#include <sluice/testing/conformance/check_macros_end.hpp>

#endif  // SLUICE_TESTING_CONFORMANCE_TELL_HPP
