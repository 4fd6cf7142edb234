// reading: rules of conformance.hpp on what is read, in order, up to the end.

#ifndef SLUICE_TESTING_CONFORMANCE_READING_HPP
#define SLUICE_TESTING_CONFORMANCE_READING_HPP

#include <sluice/testing/conformance/check_macros.hpp>
#include <sluice/testing/conformance/checks.hpp>
#include <sluice/testing/conformance/claims.hpp>
#include <sluice/testing/conformance/rule.hpp>
#include <sluice/testing/conformance/subject.hpp>
#include <sluice/testing/conformance/words.hpp>

#include <cstddef>
#include <ios>
#include <istream>
#include <iterator>
#include <sstream>
#include <string>
#include <string_view>

namespace sluice::testing::conformance {

using namespace words;

struct reading_rule {
    static constexpr const char* area = "reading";
};

struct read_chunks : reading_rule {
    static constexpr const char* name = "all of the content is read and then comes the end";
    static constexpr bool applies(const claims& c) { return readable(c); }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        const std::string text = long_sample(kind.buffer_size);
        subject<CharT> device(kind, text);
        for (const std::size_t chunk : chunks(kind.buffer_size)) {
            const check_log::note chunk_is(checks, "chunk", chunk);
            SLUICE_REQUIRE(seek_to(device.buf, 0, ios::in) == 0);
            SLUICE_CHECK(read_some(device.buf, text.size(), chunk) == text);
            SLUICE_CHECK(look(device.buf) == end);
        }
    }
};

struct read_end : reading_rule {
    static constexpr const char* name = "the end is not an error and comes again";
    static constexpr bool applies(const claims& c) { return c.reads; }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "ab");
        SLUICE_CHECK(read(device.buf, 10) == "ab");
        for (int i = 0; i < 3; ++i) {
            SLUICE_CHECK(look(device.buf) == end);
            SLUICE_CHECK(take(device.buf) == end);
            SLUICE_CHECK(next(device.buf) == end);
            SLUICE_CHECK(read(device.buf, 1).empty());
        }
    }
};

struct read_empty : reading_rule {
    static constexpr const char* name = "an empty device is at its end";
    static constexpr bool applies(const claims& c) { return c.reads; }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "");
        SLUICE_CHECK(look(device.buf) == end);
        SLUICE_CHECK(read(device.buf, 5).empty());
        SLUICE_CHECK(take(device.buf) == end);
    }
};

struct read_look : reading_rule {
    static constexpr const char* name = "a look takes nothing and a next moves before it looks";
    static constexpr bool applies(const claims& c) { return c.reads; }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abcd");
        SLUICE_CHECK(look(device.buf) == 'a');
        SLUICE_CHECK(look(device.buf) == 'a');
        SLUICE_CHECK(next(device.buf) == 'b');
        SLUICE_CHECK(take(device.buf) == 'b');
        SLUICE_CHECK(next(device.buf) == 'd');
        SLUICE_CHECK(next(device.buf) == end);
    }
};

struct read_nothing : reading_rule {
    static constexpr const char* name = "a read of nothing takes nothing";
    static constexpr bool applies(const claims& c) { return c.reads; }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abc");
        SLUICE_CHECK(read(device.buf, 0).empty());
        SLUICE_CHECK(take(device.buf) == 'a');
        SLUICE_CHECK(device.buf.sgetn(nullptr, 0) == 0);
        SLUICE_CHECK(read(device.buf, 9) == "bc");
        SLUICE_CHECK(read(device.buf, 0).empty());
    }
};

struct read_mixed : reading_rule {
    static constexpr const char* name = "reads of mixed sizes keep the order";
    static constexpr bool applies(const claims& c) { return c.reads; }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        const std::string text = long_sample(kind.buffer_size);
        subject<CharT> device(kind, text);
        std::string seen;
        for (std::size_t i = 0; look(device.buf) != end && seen.size() <= text.size(); ++i) {
            switch (i % 4) {
            case 0: seen += static_cast<char>(take(device.buf)); break;
            case 1: seen += read(device.buf, i % 13); break;
            case 2:
                seen += static_cast<char>(look(device.buf));
                next(device.buf);
                break;
            default: seen += read(device.buf, 97 * i % 5003); break;
            }
        }
        SLUICE_CHECK(seen == text);
    }
};

struct read_formatted : reading_rule {
    static constexpr const char* name = "a stream reads words and numbers and lines";
    static constexpr bool applies(const claims& c) { return c.reads; }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "3 apples\n5 pears\n\nlast");
        std::basic_istream<CharT> in(&device.buf);
        int count = 0;
        std::basic_string<CharT> word;
        std::basic_string<CharT> line;
        SLUICE_CHECK(bool(in >> count >> word));
        SLUICE_CHECK(count == 3);
        SLUICE_CHECK(word == widen<CharT>("apples"));
        SLUICE_CHECK(bool(std::getline(in, line)));
        SLUICE_CHECK(line.empty());
        SLUICE_CHECK(bool(std::getline(in, line)));
        SLUICE_CHECK(line == widen<CharT>("5 pears"));
        SLUICE_CHECK(bool(std::getline(in, line)));
        SLUICE_CHECK(line.empty());
        SLUICE_CHECK(bool(std::getline(in, line)));
        SLUICE_CHECK(line == widen<CharT>("last"));
        SLUICE_CHECK(in.rdstate() == ios::eofbit);
        SLUICE_CHECK(!bool(std::getline(in, line)));
        SLUICE_CHECK(in.rdstate() == (ios::eofbit | ios::failbit));
    }
};

struct read_unformatted : reading_rule {
    static constexpr const char* name = "a stream reads by each of its unformatted calls";
    static constexpr bool applies(const claims& c) { return c.reads; }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abcdefghij\nklm");
        std::basic_istream<CharT> in(&device.buf);
        CharT block[8] = {};
        SLUICE_CHECK(as_code<CharT>(in.get()) == 'a');
        SLUICE_CHECK(as_code<CharT>(in.peek()) == 'b');
        in.ignore(2);
        SLUICE_CHECK(as_code<CharT>(in.get()) == 'd');
        SLUICE_CHECK(in.read(block, 3).gcount() == 3);
        SLUICE_CHECK(std::basic_string<CharT>(block, 3) == widen<CharT>("efg"));
        SLUICE_CHECK(in.get(block, 8).gcount() == 3);
        SLUICE_CHECK(std::basic_string<CharT>(block) == widen<CharT>("hij"));
        in.ignore(100, widen<CharT>('\n'));
        SLUICE_CHECK(in.readsome(block, 0) == 0);
        SLUICE_CHECK(in.good());
        SLUICE_CHECK(in.read(block, 8).gcount() == 3);
        SLUICE_CHECK(in.rdstate() == (ios::eofbit | ios::failbit));
    }
};

struct read_iterators : reading_rule {
    static constexpr const char* name =
        "a device is read by iterators and as the source of an insertion";
    static constexpr bool applies(const claims& c) { return c.reads; }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        const std::string text = long_sample(kind.buffer_size);
        {
            subject<CharT> device(kind, text);  // or what follows would not end
            SLUICE_REQUIRE(read_all(device.buf, by_character) == text);
        }
        {
            subject<CharT> device(kind, text);
            const std::basic_string<CharT> all(std::istreambuf_iterator<CharT>(&device.buf), {});
            SLUICE_CHECK(narrow(std::basic_string_view<CharT>(all)) == text);
        }
        subject<CharT> device(kind, text);
        std::basic_ostringstream<CharT> out;
        out << &device.buf;
        SLUICE_CHECK(narrow(std::basic_string_view<CharT>(out.str())) == text);
        SLUICE_CHECK(out.good());
    }
};

struct read_bytes : reading_rule {
    static constexpr const char* name = "each value of a byte is read as it is";
    static constexpr bool applies(const claims& c) { return c.reads && c.any_character; }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        if constexpr (sizeof(CharT) == 1) {
            std::string text;
            for (int value = 255; value >= 0; --value) {
                text += static_cast<char>(value);
            }
            subject<CharT> device(kind, text + text);
            SLUICE_CHECK(read_some(device.buf, 256, by_character) == text);
            SLUICE_CHECK(read(device.buf, 256) == text);
            SLUICE_CHECK(look(device.buf) == end);
        }
    }
};

struct read_imbued : reading_rule {
    static constexpr const char* name = "a locale is imbued without a change to what is read";
    static constexpr bool applies(const claims& c) { return c.reads; }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abcdef");
        SLUICE_CHECK(read(device.buf, 2) == "ab");
        device.buf.pubimbue(device.buf.getloc());
        SLUICE_CHECK(read(device.buf, 9) == "cdef");
    }
};

struct read_negative : reading_rule {
    static constexpr const char* name = "a read of a negative count takes nothing";
    static constexpr bool applies(const claims& c) { return c.reads && c.negative_counts; }
    template <class CharT>
    static void run(const device_kind<CharT>& kind, check_log& checks) {
        subject<CharT> device(kind, "abc");
        CharT block[4] = {};
        SLUICE_CHECK(device.buf.sgetn(block, -1) == 0);
        SLUICE_CHECK(take(device.buf) == 'a');
        SLUICE_CHECK(device.buf.sgetn(block, -5) == 0);
        SLUICE_CHECK(read(device.buf, 4) == "bc");
    }
};

using reading_rules = rule_list<read_chunks, read_end, read_empty, read_look, read_nothing,
                                read_mixed, read_formatted, read_unformatted, read_iterators,
                                read_bytes, read_imbued, read_negative>;

}  // namespace sluice::testing::conformance

#include <sluice/testing/conformance/check_macros_end.hpp>

#endif  // SLUICE_TESTING_CONFORMANCE_READING_HPP
