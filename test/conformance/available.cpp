#include <conformance/devices.hpp>
#include <conformance/passing.hpp>

#include <istream>
#include <ostream>

using namespace conformance;

TEST_SUITE_BEGIN("conformance: in_avail and sync");

TEST_CASE_TEMPLATE_DEFINE("what is said to be available is there", Device, avail_true) {
    const std::string text = sample(500);
    Device device(text);
    std::string seen;
    for (std::streamsize count = device.buf.in_avail(); count > 0; count = device.buf.in_avail()) {
        const std::size_t wanted = static_cast<std::size_t>(count) / 2 + 1;
        const std::string part = read(device.buf, wanted);
        CHECK(part.size() == wanted);
        seen += part;
    }
    CHECK((seen + read_all(device.buf) == text));
    CHECK(device.buf.in_avail() <= 0);
}
TEST_CASE_TEMPLATE_APPLY(avail_true, devices_in_order);
TEST_CASE_TEMPLATE_APPLY(avail_true, passing_devices);

TEST_CASE_TEMPLATE_DEFINE("all that is left is available", Device, avail_all) {
    Device device("abcdef");
    CHECK(device.buf.in_avail() == 6);
    CHECK(read(device.buf, 2) == "ab");
    CHECK(device.buf.in_avail() == 4);
    CHECK(put(device.buf, 'x'));
    CHECK(device.buf.in_avail() == 3);
    CHECK(seek(device.buf, 100) == 100);
    CHECK(device.buf.in_avail() == 0);
    CHECK(seek(device.buf, 6) == 6);
    CHECK(write(device.buf, "gh") == 2);
    CHECK(device.buf.in_avail() == 0);
    CHECK(seek(device.buf, 6) == 6);
    CHECK(device.buf.in_avail() == 2);
    CHECK(device.content() == "abxdefgh");
}
// Not files: one says what its buffer holds, until that is empty.
TEST_CASE_TEMPLATE_APPLY(avail_all, memory_devices);

TEST_CASE_TEMPLATE_DEFINE("asking what is available changes nothing", Device, avail_harmless) {
    Device device("abcdef");
    CHECK(write(device.buf, "12") == 2);
    CHECK(device.buf.in_avail() >= 0);
    CHECK(tell(device.buf) == 2);
    CHECK(write(device.buf, "34") == 2);
    CHECK(device.buf.in_avail() >= 0);
    CHECK(take(device.buf) == 'e');
    CHECK(device.content() == "1234ef");
}
TEST_CASE_TEMPLATE_APPLY(avail_harmless, one_position_devices);

TEST_CASE_TEMPLATE_DEFINE("readsome gives no more than there is and then the rest", Device,
                          avail_readsome) {
    using char_type = typename Device::char_type;
    Device device("abcdef");
    std::basic_istream<char_type> in(&device.buf);
    std::basic_string<char_type> block(10, char_type());
    CHECK(as_code<char_type>(in.peek()) == 'a');
    const std::streamsize got = in.readsome(block.data(), 10);
    CHECK(got >= 1);
    CHECK(got <= 6);
    CHECK(in.good());
    CHECK(read_all(device.buf) == std::string("abcdef").substr(static_cast<std::size_t>(got)));
}
TEST_CASE_TEMPLATE_APPLY(avail_readsome, devices_in_order);
TEST_CASE_TEMPLATE_APPLY(avail_readsome, passing_devices);

TEST_CASE_TEMPLATE_DEFINE("a sync while reading succeeds and loses nothing", Device, sync_read) {
    const std::string text = sample(100);
    Device device(text);
    CHECK(device.buf.pubsync() == 0);
    std::string seen;
    for (int c = take(device.buf); c != end; c = take(device.buf)) {
        seen += static_cast<char>(c);
        REQUIRE(device.buf.pubsync() == 0);
    }
    CHECK(seen == text);
    CHECK(device.buf.pubsync() == 0);
}
TEST_CASE_TEMPLATE_APPLY(sync_read, devices_in_order);
TEST_CASE_TEMPLATE_APPLY(sync_read, passing_devices);

TEST_CASE_TEMPLATE_DEFINE("a sync twice is a sync", Device, sync_twice) {
    Device device("");
    CHECK(device.buf.pubsync() == 0);
    CHECK(write(device.buf, "abc") == 3);
    CHECK(device.buf.pubsync() == 0);
    CHECK(device.buf.pubsync() == 0);
    CHECK(put(device.buf, 'd'));
    CHECK(device.content() == "abcd");
}
TEST_CASE_TEMPLATE_APPLY(sync_twice, writable_devices);

TEST_CASE_TEMPLATE_DEFINE("streams sync and flush", Device, sync_streams) {
    using char_type = typename Device::char_type;
    Device device("abc");
    std::basic_istream<char_type> in(&device.buf);
    CHECK(in.sync() == 0);
    CHECK(as_code<char_type>(in.get()) == 'a');
    CHECK(in.sync() == 0);
    CHECK(as_code<char_type>(in.get()) == 'b');
    CHECK(in.good());
}
TEST_CASE_TEMPLATE_APPLY(sync_streams, devices_in_order);
TEST_CASE_TEMPLATE_APPLY(sync_streams, passing_devices);

TEST_CASE_TEMPLATE_DEFINE("a locale is imbued while writing", Device, sync_imbue) {
    Device device("abcdef");
    CHECK(write(device.buf, "12") == 2);
    device.buf.pubimbue(device.buf.getloc());
    CHECK(tell(device.buf) == 2);
    CHECK(put(device.buf, '3'));
    CHECK(take(device.buf) == 'd');
    device.buf.pubimbue(device.buf.getloc());
    CHECK(put(device.buf, '5'));
    CHECK(device.content() == "123d5f");
}
TEST_CASE_TEMPLATE_APPLY(sync_imbue, one_position_devices);

TEST_SUITE_END();
