#include <conformance/devices.hpp>
#include <conformance/each_type.hpp>
#include <conformance/keep.hpp>

#include <istream>
#include <string>

using namespace conformance;

using rules::farthest;

TEST_SUITE_BEGIN("conformance: seeking");

CASE_OF_EACH(rules::seek_everywhere::name, Device, seek_everywhere) {
    keep<rules::seek_everywhere, Device>();
}
APPLY_TO_EACH(seek_everywhere, seekable_devices);

CASE_OF_EACH(rules::seek_random::name, Device, seek_random) {
    keep<rules::seek_random, Device>();
}
APPLY_TO_EACH(seek_random, readable_devices);

CASE_OF_EACH(rules::seek_size::name, Device, seek_size) {
    keep<rules::seek_size, Device>();
}
APPLY_TO_EACH(seek_size, readable_devices);

CASE_OF_EACH(rules::seek_pending::name, Device, seek_pending) {
    keep<rules::seek_pending, Device>();
}
APPLY_TO_EACH(seek_pending, writable_devices);

CASE_OF_EACH(rules::seek_low::name, Device, seek_low) {
    keep<rules::seek_low, Device>();
}
APPLY_TO_EACH(seek_low, seekable_devices);

CASE_OF_EACH(rules::seek_low_position::name, Device, seek_low_position) {
    keep<rules::seek_low_position, Device>();
}
APPLY_TO_EACH(seek_low_position, readable_devices);

CASE_OF_EACH(rules::seek_low_pending::name, Device, seek_low_pending) {
    keep<rules::seek_low_pending, Device>();
}
APPLY_TO_EACH(seek_low_pending, random_access_devices);

CASE_OF_EACH("a refused seek has its reason and harms no stream", Device, seek_low_reason) {
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
APPLY_TO_EACH(seek_low_reason, random_access_devices);

CASE_OF_EACH(rules::seek_past::name, Device, seek_past) {
    keep<rules::seek_past, Device>();
}
APPLY_TO_EACH(seek_past, seekable_devices);

CASE_OF_EACH(rules::seek_gap::name, Device, seek_gap) {
    keep<rules::seek_gap, Device>();
}
APPLY_TO_EACH(seek_gap, one_position_devices);

CASE_OF_EACH(rules::seek_gap_put::name, Device, seek_gap_put) {
    keep<rules::seek_gap_put, Device>();
}
APPLY_TO_EACH(seek_gap_put, one_position_devices);

CASE_OF_EACH(rules::seek_gap_nothing::name, Device, seek_gap_nothing) {
    keep<rules::seek_gap_nothing, Device>();
}
APPLY_TO_EACH(seek_gap_nothing, one_position_devices);

CASE_OF_EACH("a gap shows zeros where there was content before", Device, seek_gap_old) {
    Device device("abcdefghij");
    CHECK(write(device.buf, "1") == 1);
    CHECK(device.buf.truncate(3) == 3);
    CHECK(seek_to(device.buf, 6) == 6);
    CHECK(put(device.buf, 'x'));
    CHECK(device.content() == std::string("1bc\0\0\0x", 7));
}
APPLY_TO_EACH(seek_gap_old, one_position_devices);

CASE_OF_EACH(rules::seek_overflow::name, Device, seek_overflow) {
    keep<rules::seek_overflow, Device>();
}
APPLY_TO_EACH(seek_overflow, seekable_devices);

CASE_OF_EACH("at the farthest position there is the end and no room", Device, seek_farthest) {
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
APPLY_TO_EACH(seek_farthest, immediate_devices);

CASE_OF_EACH(rules::seek_eof::name, Device, seek_eof) {
    keep<rules::seek_eof, Device>();
}
APPLY_TO_EACH(seek_eof, readable_devices);

CASE_OF_EACH(rules::seek_told::name, Device, seek_told) {
    keep<rules::seek_told, Device>();
}
APPLY_TO_EACH(seek_told, readable_devices);

TEST_SUITE_END();
