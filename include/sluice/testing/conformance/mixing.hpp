// mixing: rules of conformance.hpp on one position for reading and writing, and no seek between the
// two: where the standard's filebuf needs one ([filebuf]/2, from C's fopen), and its stringbuf has
// two positions.

#ifndef SLUICE_TESTING_CONFORMANCE_MIXING_HPP
#define SLUICE_TESTING_CONFORMANCE_MIXING_HPP

#include <sluice/testing/conformance/check_macros.hpp>
#include <sluice/testing/conformance/checks.hpp>
#include <sluice/testing/conformance/claims.hpp>
#include <sluice/testing/conformance/rule.hpp>
#include <sluice/testing/conformance/subject.hpp>
#include <sluice/testing/conformance/words.hpp>

#include <cstddef>
#include <ios>
#include <istream>
#include <ostream>
#include <string>

namespace sluice::testing::conformance {

using namespace words;

struct mixing_rule {
    static constexpr const char* area = "mixing";
};

struct mix_write_read : mixing_rule {
    static constexpr const char* name = "a read after a write goes on where the write ended";
    static constexpr bool applies(const claims& c) { return one_position(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abcdefghij");
        SLUICE_CHECK(write(device.buf, "123") == 3);
        SLUICE_CHECK(read(device.buf, 2) == "de");
        SLUICE_CHECK(put(device.buf, '4'));
        SLUICE_CHECK(take(device.buf) == 'g');
        SLUICE_CHECK(device.content() == "123de4ghij");
        SLUICE_CHECK(read_all(device.buf) == "hij");
    }
};

struct mix_read_write : mixing_rule {
    static constexpr const char* name = "a write after a read lands where the reader stood";
    static constexpr bool applies(const claims& c) { return one_position(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abcdefghij");
        SLUICE_CHECK(take(device.buf) == 'a');
        SLUICE_CHECK(put(device.buf, '1'));
        SLUICE_CHECK(read(device.buf, 2) == "cd");
        SLUICE_CHECK(write(device.buf, "23") == 2);
        SLUICE_CHECK(look(device.buf) == 'g');
        SLUICE_CHECK(put(device.buf, '4'));
        SLUICE_CHECK(next(device.buf) == 'i');
        SLUICE_CHECK(put(device.buf, '5'));
        SLUICE_CHECK(device.content() == "a1cd234h5j");
    }
};

struct mix_alternate : mixing_rule {
    static constexpr const char* name = "reads and writes alternate over the whole content";
    static constexpr bool applies(const claims& c) { return one_position(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        for (const std::size_t chunk : sizes{1, 2, 3, 7, 8, 500}) {
            const check_log::note chunk_is(checks, "chunk", chunk);
            const std::string text = sample(4000);
            std::string expected;
            subject<CharT> device(kind, text);
            for (std::size_t at = 0; at < text.size(); at += 2 * chunk) {
                const std::string part = text.substr(at, chunk);
                SLUICE_CHECK(read(device.buf, chunk) == part);
                SLUICE_CHECK(write(device.buf, std::string(chunk, '#')) == chunk);
                expected += part + std::string(chunk, '#');
            }
            SLUICE_CHECK(device.content() == expected);
            SLUICE_CHECK(tell(device.buf) == static_cast<long long>(expected.size()));
        }
    }
};

struct mix_append : mixing_rule {
    static constexpr const char* name = "what is appended after the end was seen can be read";
    static constexpr bool applies(const claims& c) { return one_position(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "ab");
        SLUICE_CHECK(read_all(device.buf) == "ab");
        SLUICE_CHECK(look(device.buf) == end);
        SLUICE_CHECK(write(device.buf, "cd") == 2);
        SLUICE_CHECK(look(device.buf) == end);
        SLUICE_CHECK(seek_to(device.buf, 1) == 1);
        SLUICE_CHECK(read_all(device.buf) == "bcd");
        SLUICE_CHECK(put(device.buf, 'e'));
        SLUICE_CHECK(device.content() == "abcde");
    }
};

struct mix_back : mixing_rule {
    static constexpr const char* name = "what is written is read back without a flush";
    static constexpr bool applies(const claims& c) { return one_position(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        const std::string text = long_sample(kind.buffer_size);
        for (const std::size_t chunk : sizes{1, 7, 4096}) {
            const check_log::note chunk_is(checks, "chunk", chunk);
            subject<CharT> device(kind, "");
            SLUICE_CHECK(write_all(device.buf, text, chunk));
            SLUICE_CHECK(seek_to(device.buf, 0) == 0);
            SLUICE_CHECK(read_some(device.buf, text.size() + 1, chunk) == text);
        }
    }
};

struct mix_position : mixing_rule {
    static constexpr const char* name = "reading and writing have the same position";
    static constexpr bool applies(const claims& c) { return one_position(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abcdefgh");
        SLUICE_CHECK(read(device.buf, 2) == "ab");
        SLUICE_CHECK(tell(device.buf, ios::in) == 2);
        SLUICE_CHECK(tell(device.buf, ios::out) == 2);
        SLUICE_CHECK(tell(device.buf, both) == 2);
        SLUICE_CHECK(write(device.buf, "12") == 2);
        SLUICE_CHECK(tell(device.buf, ios::in) == 4);
        SLUICE_CHECK(tell(device.buf, ios::out) == 4);
        SLUICE_CHECK(seek_to(device.buf, 6, ios::out) == 6);
        SLUICE_CHECK(take(device.buf) == 'g');
        SLUICE_CHECK(seek_to(device.buf, 0, ios::in) == 0);
        SLUICE_CHECK(put(device.buf, '0'));
        SLUICE_CHECK(device.content() == "0b12efgh");
    }
};

struct mix_stream : mixing_rule {
    static constexpr const char* name = "a stream mixes insertions and extractions";
    static constexpr bool applies(const claims& c) { return one_position(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "1 2 3 4\n");
        std::basic_iostream<CharT> f(&device.buf);
        int value = 0;
        SLUICE_CHECK(bool(f >> value));
        f << '_';
        SLUICE_CHECK(bool(f >> value));
        SLUICE_CHECK(value == 2);
        f << '-';
        f.seekg(0);
        std::basic_string<CharT> line;
        SLUICE_CHECK(bool(std::getline(f, line)));
        SLUICE_CHECK(line == widen<CharT>("1_2-3 4"));
        f << 56 << std::flush;
        SLUICE_CHECK(device.content() == "1_2-3 4\n56");
        SLUICE_CHECK(f.good());
    }
};

struct mix_unget : mixing_rule {
    static constexpr const char* name = "what was just written can be ungot";
    static constexpr bool applies(const claims& c) {
        return one_position(c) && c.ungets == ungetting::everywhere;
    }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abcdef");
        SLUICE_CHECK(write(device.buf, "12") == 2);
        SLUICE_CHECK(unget(device.buf) == '2');
        SLUICE_CHECK(tell(device.buf) == 1);
        SLUICE_CHECK(put(device.buf, '3'));
        SLUICE_CHECK(unget(device.buf) == '3');
        SLUICE_CHECK(read_all(device.buf) == "3cdef");
        SLUICE_CHECK(device.content() == "13cdef");
    }
};

using mixing_rules = rule_list<mix_write_read, mix_read_write, mix_alternate, mix_append, mix_back,
                               mix_position, mix_stream, mix_unget>;

}  // namespace sluice::testing::conformance

#include <sluice/testing/conformance/check_macros_end.hpp>

#endif  // SLUICE_TESTING_CONFORMANCE_MIXING_HPP
