#include <conformance/devices.hpp>

#include <iostream>

using namespace conformance;

TEST_SUITE_BEGIN("conformance: tell");

TEST_CASE_TEMPLATE_DEFINE("the position begins at zero and follows each read", Device, tell_read) {
    const std::string text = long_sample<Device>();
    for (const std::size_t chunk : {1, 2, 7, 4096}) {
        CAPTURE(chunk);
        Device device(text);
        CHECK(tell(device.buf, ios::in) == 0);
        std::size_t place = 0;
        // The standard's asks the system at each tell, so a few places must do.
        for (int i = 0; i < 200 && place < text.size(); ++i) {
            place += read(device.buf, chunk).size();
            REQUIRE(tell(device.buf, ios::in) == static_cast<long long>(place));
        }
    }
}
TEST_CASE_TEMPLATE_APPLY(tell_read, readable_devices);

TEST_CASE_TEMPLATE_DEFINE("the position follows each write", Device, tell_write) {
    for (const std::size_t chunk : {1, 2, 7, 4096}) {
        CAPTURE(chunk);
        Device device("abc");
        CHECK(tell(device.buf, ios::out) == 0);
        const std::string part = sample(chunk);
        for (std::size_t i = 1; i <= 15; ++i) {
            CHECK(write(device.buf, part) == chunk);
            REQUIRE(tell(device.buf, ios::out) == static_cast<long long>(i * chunk));
        }
        CHECK(device.content().size() == std::max<std::size_t>(3, 15 * chunk));
    }
}
TEST_CASE_TEMPLATE_APPLY(tell_write, writable_devices);

TEST_CASE_TEMPLATE_DEFINE("the position follows single characters", Device, tell_single) {
    Device device("abcdef");
    CHECK(look(device.buf) == 'a');
    CHECK(tell(device.buf, ios::in) == 0);
    CHECK(take(device.buf) == 'a');
    CHECK(tell(device.buf, ios::in) == 1);
    CHECK(next(device.buf) == 'c');
    CHECK(tell(device.buf, ios::in) == 2);
    CHECK(take(device.buf) == 'c');
    CHECK(unget(device.buf) == 'c');
    CHECK(tell(device.buf, ios::in) == 2);
    CHECK(read_all(device.buf) == "cdef");
    CHECK(look(device.buf) == end);
    CHECK(tell(device.buf, ios::in) == 6);
}
TEST_CASE_TEMPLATE_APPLY(tell_single, readable_devices);

TEST_CASE_TEMPLATE_DEFINE("a tell changes nothing of what is read next", Device, tell_harmless) {
    const std::string text = sample(200);
    Device device(text);
    std::string seen;
    for (int c = look(device.buf); c != end; c = next(device.buf)) {
        seen += static_cast<char>(c);
        tell(device.buf, ios::in);
    }
    CHECK(seen == text);
}
TEST_CASE_TEMPLATE_APPLY(tell_harmless, readable_devices);

TEST_CASE_TEMPLATE_DEFINE("a sync leaves the position", Device, tell_sync) {
    Device device("abcdef");
    CHECK(read(device.buf, 2) == "ab");
    CHECK(device.buf.pubsync() == 0);
    CHECK(tell(device.buf, ios::in) == 2);
    CHECK(take(device.buf) == 'c');
    CHECK(device.buf.pubsync() == 0);
    CHECK(read_all(device.buf) == "def");
}
TEST_CASE_TEMPLATE_APPLY(tell_sync, readable_devices);

TEST_CASE_TEMPLATE_DEFINE("a sync while writing leaves the position", Device, tell_write_sync) {
    Device device("abcdef");
    CHECK(write(device.buf, "12") == 2);
    CHECK(device.buf.pubsync() == 0);
    CHECK(tell(device.buf, ios::out) == 2);
    CHECK(put(device.buf, '3'));
    CHECK(tell(device.buf, ios::out) == 3);
    CHECK(device.content() == "123def");
}
TEST_CASE_TEMPLATE_APPLY(tell_write_sync, writable_devices);

TEST_CASE_TEMPLATE_DEFINE("the position follows reads and writes in turn", Device, tell_mixed) {
    Device device(sample(60));
    long long place = 0;
    for (std::size_t i = 0; i < 30; ++i) {
        const std::size_t count = i % 5;
        if (i % 2 == 0) {
            place += static_cast<long long>(read(device.buf, count).size());
        } else {
            place += static_cast<long long>(write(device.buf, sample(count)));
        }
        REQUIRE(tell(device.buf) == place);
    }
}
TEST_CASE_TEMPLATE_APPLY(tell_mixed, one_position_devices);

TEST_CASE_TEMPLATE_DEFINE("a stream tells the position for reading and for writing", Device,
                          tell_stream) {
    Device device("10 20");
    std::basic_iostream<typename Device::char_type> f(&device.buf);
    int value = 0;
    CHECK(f.tellg() == std::streampos(0));
    CHECK(f.tellp() == std::streampos(0));
    CHECK(bool(f >> value));
    CHECK(f.tellg() == std::streampos(2));
    CHECK(f.tellp() == std::streampos(2));
    f << "-30";
    CHECK(f.tellp() == std::streampos(5));
    CHECK(f.tellg() == std::streampos(5));
}
TEST_CASE_TEMPLATE_APPLY(tell_stream, one_position_devices);

TEST_SUITE_END();
