#include <conformance/devices.hpp>
#include <conformance/each_type.hpp>
#include <conformance/keep.hpp>

using namespace conformance;

TEST_SUITE_BEGIN("conformance: tell");

CASE_OF_EACH(rules::tell_read::name, Device, tell_read) {
    keep<rules::tell_read, Device>();
}
APPLY_TO_EACH(tell_read, readable_devices);

CASE_OF_EACH(rules::tell_write::name, Device, tell_write) {
    keep<rules::tell_write, Device>();
}
APPLY_TO_EACH(tell_write, writable_devices);

CASE_OF_EACH(rules::tell_single::name, Device, tell_single) {
    keep<rules::tell_single, Device>();
}
APPLY_TO_EACH(tell_single, readable_devices);

CASE_OF_EACH(rules::tell_harmless::name, Device, tell_harmless) {
    keep<rules::tell_harmless, Device>();
}
APPLY_TO_EACH(tell_harmless, readable_devices);

CASE_OF_EACH(rules::tell_sync::name, Device, tell_sync) {
    keep<rules::tell_sync, Device>();
}
APPLY_TO_EACH(tell_sync, readable_devices);

CASE_OF_EACH(rules::tell_write_sync::name, Device, tell_write_sync) {
    keep<rules::tell_write_sync, Device>();
}
APPLY_TO_EACH(tell_write_sync, writable_devices);

CASE_OF_EACH(rules::tell_mixed::name, Device, tell_mixed) {
    keep<rules::tell_mixed, Device>();
}
APPLY_TO_EACH(tell_mixed, one_position_devices);

CASE_OF_EACH(rules::tell_stream::name, Device, tell_stream) {
    keep<rules::tell_stream, Device>();
}
APPLY_TO_EACH(tell_stream, one_position_devices);

TEST_SUITE_END();
