#include <conformance/devices.hpp>
#include <conformance/each_type.hpp>
#include <conformance/keep.hpp>

#include <string>
#include <utility>

using namespace conformance;

TEST_SUITE_BEGIN("conformance: writing");

CASE_OF_EACH(rules::write_chunks::name, Device, write_chunks) {
    keep<rules::write_chunks, Device>();
}
APPLY_TO_EACH(write_chunks, writable_devices);

CASE_OF_EACH(rules::write_overwrites::name, Device, write_overwrites) {
    keep<rules::write_overwrites, Device>();
}
APPLY_TO_EACH(write_overwrites, writable_devices);

CASE_OF_EACH(rules::write_extends::name, Device, write_extends) {
    keep<rules::write_extends, Device>();
}
APPLY_TO_EACH(write_extends, writable_devices);

CASE_OF_EACH(rules::write_nothing::name, Device, write_nothing) {
    keep<rules::write_nothing, Device>();
}
APPLY_TO_EACH(write_nothing, writable_devices);

CASE_OF_EACH(rules::write_mixed::name, Device, write_mixed) {
    keep<rules::write_mixed, Device>();
}
APPLY_TO_EACH(write_mixed, writable_devices);

CASE_OF_EACH(rules::write_formatted::name, Device, write_formatted) {
    keep<rules::write_formatted, Device>();
}
APPLY_TO_EACH(write_formatted, writable_devices);

CASE_OF_EACH(rules::write_bytes::name, Device, write_bytes) {
    keep<rules::write_bytes, Device>();
}
// Not text, of which each character must be one.
using byte_writing_devices = joined<random_access_devices, utf8_files, string_devices,
                                    std_string_devices, std_file_devices, std_wide_file_devices>;
APPLY_TO_EACH(write_bytes, byte_writing_devices);

CASE_OF_EACH(rules::write_sync::name, Device, write_sync) {
    keep<rules::write_sync, Device>();
}
APPLY_TO_EACH(write_sync, external_devices);

CASE_OF_EACH("the end of a buffer writes what was pending", Device, write_destroyed) {
    const std::string text = long_sample(known_buffer_size<Device>());
    Device device("");
    {
        typename Device::buf_type buf = std::move(device.buf);
        CHECK(write_all(buf, text, 1000));
    }
    CHECK((device.stored() == text));
}
APPLY_TO_EACH(write_destroyed, external_devices);

CASE_OF_EACH("each buffer that is set between writes takes over from the one before", Device,
             write_resized) {
    const std::string text = long_sample(known_buffer_size<Device>());
    Device device("");
    std::size_t done = 0;
    for (const std::streamsize size : {0, 1, 7, 100, 5000}) {
        for (const std::size_t part : {std::size_t(3), text.size() / 6}) {
            CHECK(write_all(device.buf, text.substr(done, part), 1000));
            done += part;
        }
        device.buf.pubsetbuf(nullptr, size);
        CHECK(device.buf.pubseekoff(0, std::ios_base::cur, std::ios_base::out) ==
              std::streampos(std::streamoff(done)));
    }
    CHECK(device.buf.pubsync() == 0);
    CHECK((device.stored() == text.substr(0, done)));
}
APPLY_TO_EACH(write_resized, external_devices);

CASE_OF_EACH(rules::write_negative::name, Device, write_negative) {
    keep<rules::write_negative, Device>();
}
using negative_devices = joined<one_position_devices, string_devices>;
// Not the standard's, which need not allow it.
APPLY_TO_EACH(write_negative, negative_devices);

TEST_SUITE_END();
