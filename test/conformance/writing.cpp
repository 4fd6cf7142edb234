#include <conformance/devices.hpp>

#include <iomanip>
#include <optional>
#include <ostream>
#include <utility>

using namespace conformance;

TEST_SUITE_BEGIN("conformance: writing");

TEST_CASE_TEMPLATE_DEFINE("what is written is the content", Device, write_chunks) {
    const std::string text = long_sample<Device>();
    for (const std::size_t chunk : chunks<Device>()) {
        CAPTURE(chunk);
        Device device("");
        CHECK(write_all(device.buf, text, chunk));
        CHECK((device.content() == text));
    }
}
TEST_CASE_TEMPLATE_APPLY(write_chunks, writable_devices);

TEST_CASE_TEMPLATE_DEFINE("a write at the front leaves what lies behind it", Device,
                          write_overwrites) {
    const std::string before(long_sample<Device>().size(), '.');
    const std::string text = sample(before.size() - 10);
    for (const std::size_t chunk : chunks<Device>()) {
        CAPTURE(chunk);
        Device device(before);
        CHECK(write_all(device.buf, text, chunk));
        CHECK((device.content() == text + before.substr(text.size())));
    }
}
TEST_CASE_TEMPLATE_APPLY(write_overwrites, writable_devices);

TEST_CASE_TEMPLATE_DEFINE("a write across the end extends the content", Device, write_extends) {
    Device device("abc");
    CHECK(write(device.buf, "1234567") == 7);
    CHECK(device.content() == "1234567");
    CHECK(write(device.buf, "89") == 2);
    CHECK(device.content() == "123456789");
}
TEST_CASE_TEMPLATE_APPLY(write_extends, writable_devices);

TEST_CASE_TEMPLATE_DEFINE("a write of nothing changes nothing", Device, write_nothing) {
    Device device("abc");
    CHECK(write(device.buf, "") == 0);
    CHECK(device.buf.sputn(nullptr, 0) == 0);
    CHECK(device.content() == "abc");
    CHECK(put(device.buf, 'x'));
    CHECK(write(device.buf, "") == 0);
    CHECK(device.content() == "xbc");
}
TEST_CASE_TEMPLATE_APPLY(write_nothing, writable_devices);

TEST_CASE_TEMPLATE_DEFINE("writes of mixed sizes keep the order", Device, write_mixed) {
    const std::string text = long_sample<Device>();
    Device device("");
    for (std::size_t i = 0, done = 0; done < text.size(); ++i) {
        const std::size_t wanted = i % 3 == 0 ? 1 : i % 3 == 1 ? i % 13 : 97 * i % 5003;
        const std::string part = text.substr(done, wanted);
        CHECK((i % 3 == 0 ? put(device.buf, part[0]) : write(device.buf, part) == part.size()));
        if (i % 50 == 49) {
            CHECK(device.buf.pubsync() == 0);
        }
        done += part.size();
    }
    CHECK((device.content() == text));
}
TEST_CASE_TEMPLATE_APPLY(write_mixed, writable_devices);

TEST_CASE_TEMPLATE_DEFINE("a stream writes words and numbers", Device, write_formatted) {
    using char_type = typename Device::char_type;
    Device device("");
    std::basic_ostream<char_type> out(&device.buf);
    out << "x = " << 42 << ',' << std::setw(6) << std::setfill(widen<char_type>('0')) << 7;
    out.put(widen<char_type>('!'));
    out.write(widen<char_type>("abc").data(), 3);
    out << std::endl;
    CHECK(out.good());
    CHECK(device.content() == "x = 42,000007!abc\n");
}
TEST_CASE_TEMPLATE_APPLY(write_formatted, writable_devices);

TEST_CASE_TEMPLATE_DEFINE("each value of a byte is written as it is", Device, write_bytes) {
    if constexpr (sizeof(typename Device::char_type) == 1) {
        std::string text;
        for (int value = 255; value >= 0; --value) {
            text += static_cast<char>(value);
        }
        Device device("");
        CHECK(write_all(device.buf, text, by_character));
        CHECK(write(device.buf, text) == 256);
        CHECK(device.content() == text + text);
    }
}
// Not text, of which each character must be one.
using byte_writing_devices = joined<random_access_devices, utf8_files, string_devices,
                                    std_string_devices, std_file_devices, std_wide_file_devices>;
TEST_CASE_TEMPLATE_APPLY(write_bytes, byte_writing_devices);

TEST_CASE_TEMPLATE_DEFINE("a sync shows to others what was written", Device, write_sync) {
    Device device("0123456789");
    for (const std::string_view part : {"a", "bcd", "", "efghijklm"}) {
        CAPTURE(part);
        CHECK(write(device.buf, part) == part.size());
        CHECK(device.buf.pubsync() == 0);
        CHECK(device.stored().find(part) != std::string::npos);
    }
    CHECK(device.stored() == "abcdefghijklm");
}
TEST_CASE_TEMPLATE_APPLY(write_sync, external_devices);

TEST_CASE_TEMPLATE_DEFINE("the end of a buffer writes what was pending", Device, write_destroyed) {
    const std::string text = long_sample<Device>();
    Device device("");
    {
        typename Device::buf_type buf = std::move(device.buf);
        CHECK(write_all(buf, text, 1000));
    }
    CHECK((device.stored() == text));
}
TEST_CASE_TEMPLATE_APPLY(write_destroyed, external_devices);

TEST_CASE_TEMPLATE_DEFINE("a write of a negative count writes nothing", Device, write_negative) {
    Device device("abc");
    const typename Device::char_type block[4] = {};
    CHECK(device.buf.sputn(block, -1) == 0);
    CHECK(put(device.buf, 'x'));
    CHECK(device.buf.sputn(block, -5) == 0);
    CHECK(device.content() == "xbc");
}
using negative_devices = joined<one_position_devices, string_devices>;
// Not the standard's, which need not allow it.
TEST_CASE_TEMPLATE_APPLY(write_negative, negative_devices);

TEST_SUITE_END();
