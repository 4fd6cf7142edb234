#include <conformance/devices.hpp>
#include <conformance/passing.hpp>

#include <istream>
#include <iterator>
#include <sstream>

using namespace conformance;

TEST_SUITE_BEGIN("conformance: reading");

TEST_CASE_TEMPLATE_DEFINE("all of the content is read and then comes the end", Device,
                          read_chunks) {
    const std::string text = long_sample<Device>();
    Device device(text);
    for (const std::size_t chunk : chunks<Device>()) {
        CAPTURE(chunk);
        REQUIRE(seek_to(device.buf, 0, ios::in) == 0);
        CHECK((read_some(device.buf, text.size(), chunk) == text));
        CHECK(look(device.buf) == end);
    }
}
TEST_CASE_TEMPLATE_APPLY(read_chunks, readable_devices);

TEST_CASE_TEMPLATE_DEFINE("the end is not an error and comes again", Device, read_end) {
    Device device("ab");
    CHECK(read(device.buf, 10) == "ab");
    for (int i = 0; i < 3; ++i) {
        CHECK(look(device.buf) == end);
        CHECK(take(device.buf) == end);
        CHECK(next(device.buf) == end);
        CHECK(read(device.buf, 1).empty());
    }
}
TEST_CASE_TEMPLATE_APPLY(read_end, devices_in_order);
TEST_CASE_TEMPLATE_APPLY(read_end, passing_devices);

TEST_CASE_TEMPLATE_DEFINE("an empty device is at its end", Device, read_empty) {
    Device device("");
    CHECK(look(device.buf) == end);
    CHECK(read(device.buf, 5).empty());
    CHECK(take(device.buf) == end);
}
TEST_CASE_TEMPLATE_APPLY(read_empty, devices_in_order);
TEST_CASE_TEMPLATE_APPLY(read_empty, passing_devices);

TEST_CASE_TEMPLATE_DEFINE("a look takes nothing and a next moves before it looks", Device,
                          read_look) {
    Device device("abcd");
    CHECK(look(device.buf) == 'a');
    CHECK(look(device.buf) == 'a');
    CHECK(next(device.buf) == 'b');
    CHECK(take(device.buf) == 'b');
    CHECK(next(device.buf) == 'd');
    CHECK(next(device.buf) == end);
}
TEST_CASE_TEMPLATE_APPLY(read_look, devices_in_order);
TEST_CASE_TEMPLATE_APPLY(read_look, passing_devices);

TEST_CASE_TEMPLATE_DEFINE("a read of nothing takes nothing", Device, read_nothing) {
    Device device("abc");
    CHECK(read(device.buf, 0).empty());
    CHECK(take(device.buf) == 'a');
    CHECK(device.buf.sgetn(nullptr, 0) == 0);
    CHECK(read(device.buf, 9) == "bc");
    CHECK(read(device.buf, 0).empty());
}
TEST_CASE_TEMPLATE_APPLY(read_nothing, devices_in_order);
TEST_CASE_TEMPLATE_APPLY(read_nothing, passing_devices);

TEST_CASE_TEMPLATE_DEFINE("reads of mixed sizes keep the order", Device, read_mixed) {
    const std::string text = long_sample<Device>();
    Device device(text);
    std::string seen;
    for (std::size_t i = 0; look(device.buf) != end; ++i) {
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
    CHECK((seen == text));
}
TEST_CASE_TEMPLATE_APPLY(read_mixed, devices_in_order);
TEST_CASE_TEMPLATE_APPLY(read_mixed, passing_devices);

TEST_CASE_TEMPLATE_DEFINE("a stream reads words and numbers and lines", Device, read_formatted) {
    using char_type = typename Device::char_type;
    Device device("3 apples\n5 pears\n\nlast");
    std::basic_istream<char_type> in(&device.buf);
    int count = 0;
    std::basic_string<char_type> word;
    std::basic_string<char_type> line;
    CHECK(bool(in >> count >> word));
    CHECK(count == 3);
    CHECK((word == widen<char_type>("apples")));
    CHECK(bool(std::getline(in, line)));
    CHECK(line.empty());
    CHECK(bool(std::getline(in, line)));
    CHECK((line == widen<char_type>("5 pears")));
    CHECK(bool(std::getline(in, line)));
    CHECK(line.empty());
    CHECK(bool(std::getline(in, line)));
    CHECK((line == widen<char_type>("last")));
    CHECK(in.rdstate() == ios::eofbit);
    CHECK_FALSE(bool(std::getline(in, line)));
    CHECK(in.rdstate() == (ios::eofbit | ios::failbit));
}
TEST_CASE_TEMPLATE_APPLY(read_formatted, devices_in_order);
TEST_CASE_TEMPLATE_APPLY(read_formatted, passing_devices);

TEST_CASE_TEMPLATE_DEFINE("a stream reads by each of its unformatted calls", Device,
                          read_unformatted) {
    using char_type = typename Device::char_type;
    Device device("abcdefghij\nklm");
    std::basic_istream<char_type> in(&device.buf);
    char_type block[8] = {};
    CHECK(as_code<char_type>(in.get()) == 'a');
    CHECK(as_code<char_type>(in.peek()) == 'b');
    in.ignore(2);
    CHECK(as_code<char_type>(in.get()) == 'd');
    CHECK(in.read(block, 3).gcount() == 3);
    CHECK((std::basic_string<char_type>(block, 3) == widen<char_type>("efg")));
    CHECK(in.get(block, 8).gcount() == 3);
    CHECK((std::basic_string<char_type>(block) == widen<char_type>("hij")));
    in.ignore(100, widen<char_type>('\n'));
    CHECK(in.readsome(block, 0) == 0);
    CHECK(in.good());
    CHECK(in.read(block, 8).gcount() == 3);
    CHECK(in.rdstate() == (ios::eofbit | ios::failbit));
}
TEST_CASE_TEMPLATE_APPLY(read_unformatted, devices_in_order);
TEST_CASE_TEMPLATE_APPLY(read_unformatted, passing_devices);

TEST_CASE_TEMPLATE_DEFINE("a device is read by iterators and as the source of an insertion", Device,
                          read_iterators) {
    using char_type = typename Device::char_type;
    const std::string text = long_sample<Device>();
    {
        Device device(text);
        const std::basic_string<char_type> all(std::istreambuf_iterator<char_type>(&device.buf),
                                               {});
        CHECK((narrow(std::basic_string_view<char_type>(all)) == text));
    }
    Device device(text);
    std::basic_ostringstream<char_type> out;
    out << &device.buf;
    CHECK((narrow(std::basic_string_view<char_type>(out.view())) == text));
    CHECK(out.good());
}
TEST_CASE_TEMPLATE_APPLY(read_iterators, devices_in_order);
TEST_CASE_TEMPLATE_APPLY(read_iterators, passing_devices);

TEST_CASE_TEMPLATE_DEFINE("each value of a byte is read as it is", Device, read_bytes) {
    if constexpr (sizeof(typename Device::char_type) == 1) {
        std::string text;
        for (int value = 255; value >= 0; --value) {
            text += static_cast<char>(value);
        }
        Device device(text + text);
        CHECK(read_some(device.buf, 256, by_character) == text);
        CHECK(read(device.buf, 256) == text);
        CHECK(look(device.buf) == end);
    }
}
TEST_CASE_TEMPLATE_APPLY(read_bytes, devices_of_bytes);
TEST_CASE_TEMPLATE_APPLY(read_bytes, passing_devices);

TEST_CASE_TEMPLATE_DEFINE("a locale is imbued without a change to what is read", Device,
                          read_imbued) {
    Device device("abcdef");
    CHECK(read(device.buf, 2) == "ab");
    device.buf.pubimbue(device.buf.getloc());
    CHECK(read(device.buf, 9) == "cdef");
}
TEST_CASE_TEMPLATE_APPLY(read_imbued, devices_in_order);
TEST_CASE_TEMPLATE_APPLY(read_imbued, passing_devices);

TEST_CASE_TEMPLATE_DEFINE("peek shows what consume takes", Device, read_peek) {
    const std::string text = long_sample<Device>();
    Device device(text);
    std::string seen;
    for (;;) {
        const auto ready = device.buf.peek(3);
        if (ready.empty()) {
            break;
        }
        const std::size_t part = std::min<std::size_t>(ready.size(), seen.size() % 5 + 1);
        seen += narrow(std::basic_string_view<typename Device::char_type>(ready.data(), part));
        device.buf.consume(part);
    }
    CHECK((seen == text));
    CHECK(look(device.buf) == end);
}
using peeking_devices =
    joined<one_position_devices, string_devices, read_only_devices, fixed_devices, pair_devices>;
TEST_CASE_TEMPLATE_APPLY(read_peek, peeking_devices);

TEST_CASE_TEMPLATE_DEFINE("a read of a negative count takes nothing", Device, read_negative) {
    Device device("abc");
    typename Device::char_type block[4] = {};
    CHECK(device.buf.sgetn(block, -1) == 0);
    CHECK(take(device.buf) == 'a');
    CHECK(device.buf.sgetn(block, -5) == 0);
    CHECK(read(device.buf, 4) == "bc");
}
// Not the standard's, which need not allow it.
TEST_CASE_TEMPLATE_APPLY(read_negative, peeking_devices);

TEST_SUITE_END();
