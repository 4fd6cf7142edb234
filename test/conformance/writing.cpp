#include <conformance/devices.hpp>
#include <conformance/keep.hpp>

#include <string>
#include <utility>

using namespace conformance;

TEST_SUITE_BEGIN("conformance: writing");

TEST_CASE_TEMPLATE_DEFINE(rules::write_chunks::name, Device, write_chunks) {
    keep<rules::write_chunks, Device>();
}
TEST_CASE_TEMPLATE_APPLY(write_chunks, writable_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::write_overwrites::name, Device, write_overwrites) {
    keep<rules::write_overwrites, Device>();
}
TEST_CASE_TEMPLATE_APPLY(write_overwrites, writable_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::write_extends::name, Device, write_extends) {
    keep<rules::write_extends, Device>();
}
TEST_CASE_TEMPLATE_APPLY(write_extends, writable_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::write_nothing::name, Device, write_nothing) {
    keep<rules::write_nothing, Device>();
}
TEST_CASE_TEMPLATE_APPLY(write_nothing, writable_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::write_mixed::name, Device, write_mixed) {
    keep<rules::write_mixed, Device>();
}
TEST_CASE_TEMPLATE_APPLY(write_mixed, writable_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::write_formatted::name, Device, write_formatted) {
    keep<rules::write_formatted, Device>();
}
TEST_CASE_TEMPLATE_APPLY(write_formatted, writable_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::write_bytes::name, Device, write_bytes) {
    keep<rules::write_bytes, Device>();
}
// Not text, of which each character must be one.
using byte_writing_devices = joined<random_access_devices, utf8_files, string_devices,
                                    std_string_devices, std_file_devices, std_wide_file_devices>;
TEST_CASE_TEMPLATE_APPLY(write_bytes, byte_writing_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::write_sync::name, Device, write_sync) {
    keep<rules::write_sync, Device>();
}
TEST_CASE_TEMPLATE_APPLY(write_sync, external_devices);

TEST_CASE_TEMPLATE_DEFINE("the end of a buffer writes what was pending", Device, write_destroyed) {
    const std::string text = long_sample(known_buffer_size<Device>());
    Device device("");
    {
        typename Device::buf_type buf = std::move(device.buf);
        CHECK(write_all(buf, text, 1000));
    }
    CHECK((device.stored() == text));
}
TEST_CASE_TEMPLATE_APPLY(write_destroyed, external_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::write_negative::name, Device, write_negative) {
    keep<rules::write_negative, Device>();
}
using negative_devices = joined<one_position_devices, string_devices>;
// Not the standard's, which need not allow it.
TEST_CASE_TEMPLATE_APPLY(write_negative, negative_devices);

TEST_SUITE_END();
