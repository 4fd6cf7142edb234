#include <conformance/devices.hpp>
#include <conformance/each_type.hpp>
#include <conformance/keep.hpp>
#include <conformance/passing.hpp>

using namespace conformance;

TEST_SUITE_BEGIN("conformance: putting back");

// What can read a place again, or keeps what it read. Not files read through a facet with a buffer
// of 8 or less: they can do neither.
using keeping_files =
    joined<addressable_files,
           std::tuple<descriptor_device, wide_file_device<default_size, coding::classic>,
                      wide_file_device<default_size, coding::utf8>>>;
using keeping_devices = joined<memory_devices, keeping_files, spooled_devices, read_only_devices>;

CASE_OF_EACH(rules::putback_once::name, Device, putback_once) {
    keep<rules::putback_once, Device>();
}
APPLY_TO_EACH(putback_once, devices_in_order);
APPLY_TO_EACH(putback_once, passing_devices);

CASE_OF_EACH(rules::putback_unget::name, Device, putback_unget) {
    keep<rules::putback_unget, Device>();
}
// Not std::filebuf, which drops at the end what it has read.
using ungetting_devices =
    joined<keeping_devices, string_devices, read_only_string_devices, std_string_devices>;
APPLY_TO_EACH(putback_unget, ungetting_devices);
APPLY_TO_EACH(putback_unget, passing_keeping_devices);

CASE_OF_EACH(rules::putback_start::name, Device, putback_start) {
    keep<rules::putback_start, Device>();
}
APPLY_TO_EACH(putback_start, devices_in_order);
APPLY_TO_EACH(putback_start, passing_devices);

CASE_OF_EACH(rules::putback_same::name, Device, putback_same) {
    keep<rules::putback_same, Device>();
}
APPLY_TO_EACH(putback_same, readable_devices);

CASE_OF_EACH(rules::putback_other::name, Device, putback_other) {
    keep<rules::putback_other, Device>();
}
// Not stringbuf: there it changes the content ([stringbuf.virtuals], pbackfail).
using slot_devices = joined<keeping_devices, std_file_devices>;
APPLY_TO_EACH(putback_other, slot_devices);

CASE_OF_EACH(rules::putback_tell::name, Device, putback_tell) {
    keep<rules::putback_tell, Device>();
}
// Not std::filebuf, which drops the character at a tell.
APPLY_TO_EACH(putback_tell, keeping_devices);

CASE_OF_EACH(rules::putback_seek::name, Device, putback_seek) {
    keep<rules::putback_seek, Device>();
}
APPLY_TO_EACH(putback_seek, slot_devices);

CASE_OF_EACH(rules::putback_write::name, Device, putback_write) {
    keep<rules::putback_write, Device>();
}
using writable_keeping_devices = joined<memory_devices, keeping_files, spooled_devices>;
APPLY_TO_EACH(putback_write, writable_keeping_devices);

CASE_OF_EACH(rules::putback_failed::name, Device, putback_failed) {
    keep<rules::putback_failed, Device>();
}
APPLY_TO_EACH(putback_failed, keeping_devices);

CASE_OF_EACH(rules::putback_far::name, Device, putback_far) {
    keep<rules::putback_far, Device>();
}
using unget_devices =
    joined<addressable_devices, std::tuple<view_device<char>, view_device<wchar_t>,
                                           container_device<std::string, ios::in>>>;
APPLY_TO_EACH(putback_far, unget_devices);

CASE_OF_EACH(rules::putback_sought::name, Device, putback_sought) {
    keep<rules::putback_sought, Device>();
}
APPLY_TO_EACH(putback_sought, unget_devices);

CASE_OF_EACH(rules::putback_stream::name, Device, putback_stream) {
    keep<rules::putback_stream, Device>();
}
APPLY_TO_EACH(putback_stream, ungetting_devices);

TEST_SUITE_END();
