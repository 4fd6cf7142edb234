#include <conformance/devices.hpp>

#include <istream>
#include <limits>
#include <random>

using namespace conformance;

namespace {
constexpr long long farthest = std::numeric_limits<std::streamoff>::max();
}  // namespace

TEST_SUITE_BEGIN("conformance: seeking");

TEST_CASE_TEMPLATE_DEFINE("a seek leads to each place of the content from each direction", Device,
                          seek_everywhere) {
    const std::string text = sample(300);
    Device device(text);
    for (long long place = 0; place < 300; place += 7) {
        CAPTURE(place);
        const int expected =
            std::char_traits<char>::to_int_type(text[static_cast<std::size_t>(place)]);
        CHECK(seek(device.buf, place) == place);
        CHECK(take(device.buf) == expected);
        CHECK(seek(device.buf, place - 300, ios::end) == place);
        CHECK(take(device.buf) == expected);
        CHECK(seek(device.buf, -1, ios::cur) == place);
        CHECK(look(device.buf) == expected);
        CHECK(seek(device.buf, 299 - place, ios::cur) == 299);
        CHECK(seek_to(device.buf, place) == place);
        CHECK(take(device.buf) == expected);
    }
}
TEST_CASE_TEMPLATE_APPLY(seek_everywhere, seekable_devices);

TEST_CASE_TEMPLATE_DEFINE("seeks at random and reads agree with the content", Device, seek_random) {
    const std::string text = long_sample<Device>();
    Device device(text);
    std::mt19937 random(1);
    for (int i = 0; i < 300; ++i) {
        const std::size_t place = random() % (text.size() + 1);
        const std::size_t count = i % 3 == 0 ? 5000 : random() % 20;
        CAPTURE(place);
        REQUIRE(seek_to(device.buf, static_cast<long long>(place), ios::in) ==
                static_cast<long long>(place));
        REQUIRE((read(device.buf, count) == text.substr(place, count)));
    }
}
TEST_CASE_TEMPLATE_APPLY(seek_random, readable_devices);

TEST_CASE_TEMPLATE_DEFINE("a seek to the end finds the size", Device, seek_size) {
    Device device("abcdefghij");
    CHECK(seek(device.buf, 0, ios::end, ios::in) == 10);
    CHECK(look(device.buf) == end);
    CHECK(seek_to(device.buf, 3, ios::in) == 3);
    CHECK(read_all(device.buf) == "defghij");
}
TEST_CASE_TEMPLATE_APPLY(seek_size, readable_devices);

TEST_CASE_TEMPLATE_DEFINE("a seek to the end counts what is pending", Device, seek_pending) {
    Device device("abc");
    CHECK(write(device.buf, "12345") == 5);
    CHECK(seek_to(device.buf, 1, ios::out) == 1);
    CHECK(put(device.buf, 'x'));
    CHECK(seek(device.buf, 0, ios::end, ios::out) == 5);
    CHECK(put(device.buf, '6'));
    CHECK(seek(device.buf, 0, ios::end, ios::out) == 6);
    CHECK(device.content() == "1x3456");
}
TEST_CASE_TEMPLATE_APPLY(seek_pending, writable_devices);

TEST_CASE_TEMPLATE_DEFINE("a seek before the start fails and does not move", Device, seek_low) {
    Device device("abcdef");
    CHECK(read(device.buf, 2) == "ab");
    CHECK(seek(device.buf, -1) == -1);
    CHECK(tell(device.buf) == 2);
    CHECK(seek(device.buf, -3, ios::cur) == -1);
    CHECK(tell(device.buf) == 2);
    CHECK(seek(device.buf, -7, ios::end) == -1);
    CHECK(tell(device.buf) == 2);
    CHECK(seek(device.buf, -farthest - 1, ios::cur) == -1);
    CHECK(seek(device.buf, -farthest - 1, ios::end) == -1);
    CHECK(read_all(device.buf) == "cdef");
}
TEST_CASE_TEMPLATE_APPLY(seek_low, seekable_devices);

TEST_CASE_TEMPLATE_DEFINE("a seek to a position before the start fails and does not move", Device,
                          seek_low_position) {
    Device device("abcdef");
    CHECK(read(device.buf, 2) == "ab");
    CHECK(seek_to(device.buf, -1, ios::in) == -1);
    CHECK(seek_to(device.buf, -farthest - 1, ios::in) == -1);
    CHECK(take(device.buf) == 'c');
    CHECK(read_all(device.buf) == "def");
}
TEST_CASE_TEMPLATE_APPLY(seek_low_position, readable_devices);

TEST_CASE_TEMPLATE_DEFINE("a refused seek changes nothing that is pending", Device,
                          seek_low_pending) {
    Device device("abcdef");
    CHECK(write(device.buf, "12") == 2);
    CHECK(seek(device.buf, -1) == -1);
    CHECK(seek(device.buf, -3, ios::cur) == -1);
    CHECK(write(device.buf, "34") == 2);
    CHECK(device.content() == "1234ef");
}
TEST_CASE_TEMPLATE_APPLY(seek_low_pending, random_access_devices);

TEST_CASE_TEMPLATE_DEFINE("a refused seek has its reason and harms no stream", Device,
                          seek_low_reason) {
    Device device("abcdef");
    std::basic_istream<typename Device::char_type> in(&device.buf);
    device.buf.set_owner(&in);
    CHECK(seek(device.buf, -1) == -1);
    CHECK(in.good());
    CHECK(device.buf.reason().code() == sluice::errc::bad_position);
    CHECK_FALSE(bool(in.seekg(-1)));
    CHECK(in.rdstate() == ios::failbit);
    in.clear();
    CHECK(in.tellg() == std::streampos(0));
    device.buf.set_owner(nullptr);
}
TEST_CASE_TEMPLATE_APPLY(seek_low_reason, random_access_devices);

TEST_CASE_TEMPLATE_DEFINE("a seek past the end is allowed and changes nothing by itself", Device,
                          seek_past) {
    Device device("abc");
    CHECK(seek(device.buf, 10) == 10);
    CHECK(look(device.buf) == end);
    CHECK(read(device.buf, 5).empty());
    CHECK(tell(device.buf) == 10);
    CHECK(seek(device.buf, 5, ios::cur) == 15);
    CHECK(seek(device.buf, 1, ios::end) == 4);
    CHECK(take(device.buf) == end);
    CHECK(tell(device.buf) == 4);
    CHECK(device.content() == "abc");
    CHECK(seek(device.buf, 0, ios::end) == 3);
    CHECK(seek(device.buf, 1) == 1);
    CHECK(read_all(device.buf) == "bc");
}
TEST_CASE_TEMPLATE_APPLY(seek_past, seekable_devices);

TEST_CASE_TEMPLATE_DEFINE("a write past the end fills the gap with zeros", Device, seek_gap) {
    for (const std::size_t gap : {1, 6, 7, 100, 5000}) {
        CAPTURE(gap);
        Device device("abc");
        CHECK(seek_to(device.buf, static_cast<long long>(3 + gap)) ==
              static_cast<long long>(3 + gap));
        CHECK(write(device.buf, "x") == 1);
        CHECK(tell(device.buf) == static_cast<long long>(4 + gap));
        CHECK((device.content() == "abc" + std::string(gap, '\0') + "x"));
        CHECK(seek_to(device.buf, 2) == 2);
        CHECK((read_all(device.buf) == "c" + std::string(gap, '\0') + "x"));
    }
}
TEST_CASE_TEMPLATE_APPLY(seek_gap, one_position_devices);

TEST_CASE_TEMPLATE_DEFINE("a single character past the end fills the gap with zeros", Device,
                          seek_gap_put) {
    Device device("");
    CHECK(seek_to(device.buf, 3) == 3);
    CHECK(put(device.buf, 'x'));
    CHECK(device.content() == std::string("\0\0\0x", 4));
}
TEST_CASE_TEMPLATE_APPLY(seek_gap_put, one_position_devices);

TEST_CASE_TEMPLATE_DEFINE("an empty write past the end changes nothing", Device, seek_gap_nothing) {
    Device device("abc");
    CHECK(seek_to(device.buf, 10) == 10);
    CHECK(write(device.buf, "") == 0);
    CHECK(device.buf.pubsync() == 0);
    CHECK(device.content() == "abc");
    CHECK(tell(device.buf) == 10);
}
TEST_CASE_TEMPLATE_APPLY(seek_gap_nothing, one_position_devices);

TEST_CASE_TEMPLATE_DEFINE("a gap shows zeros where there was content before", Device,
                          seek_gap_old) {
    Device device("abcdefghij");
    CHECK(write(device.buf, "1") == 1);
    CHECK(device.buf.truncate(3) == 3);
    CHECK(seek_to(device.buf, 6) == 6);
    CHECK(put(device.buf, 'x'));
    CHECK(device.content() == std::string("1bc\0\0\0x", 7));
}
TEST_CASE_TEMPLATE_APPLY(seek_gap_old, one_position_devices);

TEST_CASE_TEMPLATE_DEFINE("a seek that would overflow fails and does not move", Device,
                          seek_overflow) {
    Device device("abcdef");
    CHECK(seek(device.buf, 2) == 2);
    CHECK(seek(device.buf, farthest, ios::cur) == -1);
    CHECK(tell(device.buf) == 2);
    CHECK(seek(device.buf, farthest, ios::end) == -1);
    CHECK(tell(device.buf) == 2);
    CHECK(read(device.buf, 2) == "cd");
}
TEST_CASE_TEMPLATE_APPLY(seek_overflow, seekable_devices);

TEST_CASE_TEMPLATE_DEFINE("at the farthest position there is the end and no room", Device,
                          seek_farthest) {
    Device device("abcdef");
    const long long reached = seek(device.buf, farthest);
    if (reached == -1) {  // a system may refuse it
        CHECK(tell(device.buf) == 0);
        return;
    }
    CHECK(reached == farthest);
    CHECK(tell(device.buf) == farthest);
    CHECK(seek(device.buf, 1, ios::cur) == -1);
    CHECK(write(device.buf, "xy") == 0);
    CHECK(bool(device.buf.reason()));
    CHECK(tell(device.buf) == farthest);
    CHECK(seek(device.buf, 0) == 0);
    CHECK(device.content() == "abcdef");
}
// Not what writes behind: a file with a buffer tells later.
using immediate_devices = joined<memory_devices, std::tuple<char_file_device<0>>>;
TEST_CASE_TEMPLATE_APPLY(seek_farthest, immediate_devices);

TEST_CASE_TEMPLATE_DEFINE("a seek forgets that a stream has seen the end", Device, seek_eof) {
    using char_type = typename Device::char_type;
    Device device("12 34");
    std::basic_istream<char_type> in(&device.buf);
    int first = 0;
    int last = 0;
    CHECK(bool(in >> first >> last));
    CHECK(in.eof());
    in.seekg(0);
    CHECK(in.good());
    CHECK(bool(in >> last));
    CHECK(last == 12);
    CHECK(in.tellg() == std::streampos(2));
}
TEST_CASE_TEMPLATE_APPLY(seek_eof, readable_devices);

TEST_CASE_TEMPLATE_DEFINE("a told position leads back", Device, seek_told) {
    Device device("abcdefghij");
    CHECK(read(device.buf, 4) == "abcd");
    const auto place = device.buf.pubseekoff(0, ios::cur, ios::in);
    CHECK(read_all(device.buf) == "efghij");
    CHECK(device.buf.pubseekpos(place, ios::in) == place);
    CHECK(read(device.buf, 2) == "ef");
}
TEST_CASE_TEMPLATE_APPLY(seek_told, readable_devices);

TEST_SUITE_END();
