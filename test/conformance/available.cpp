#include <conformance/devices.hpp>
#include <conformance/each_type.hpp>
#include <conformance/keep.hpp>
#include <conformance/passing.hpp>

using namespace conformance;

TEST_SUITE_BEGIN("conformance: in_avail and sync");

CASE_OF_EACH(rules::avail_true::name, Device, avail_true) {
    keep<rules::avail_true, Device>();
}
APPLY_TO_EACH(avail_true, devices_in_order);
APPLY_TO_EACH(avail_true, passing_devices);

CASE_OF_EACH(rules::avail_all::name, Device, avail_all) {
    keep<rules::avail_all, Device>();
}
// Not files: one says what its buffer holds, until that is empty.
APPLY_TO_EACH(avail_all, memory_devices);

CASE_OF_EACH(rules::avail_harmless::name, Device, avail_harmless) {
    keep<rules::avail_harmless, Device>();
}
APPLY_TO_EACH(avail_harmless, one_position_devices);

CASE_OF_EACH(rules::avail_readsome::name, Device, avail_readsome) {
    keep<rules::avail_readsome, Device>();
}
APPLY_TO_EACH(avail_readsome, devices_in_order);
APPLY_TO_EACH(avail_readsome, passing_devices);

CASE_OF_EACH(rules::sync_read::name, Device, sync_read) {
    keep<rules::sync_read, Device>();
}
APPLY_TO_EACH(sync_read, devices_in_order);
APPLY_TO_EACH(sync_read, passing_devices);

CASE_OF_EACH(rules::sync_twice::name, Device, sync_twice) {
    keep<rules::sync_twice, Device>();
}
APPLY_TO_EACH(sync_twice, writable_devices);

CASE_OF_EACH(rules::sync_streams::name, Device, sync_streams) {
    keep<rules::sync_streams, Device>();
}
APPLY_TO_EACH(sync_streams, devices_in_order);
APPLY_TO_EACH(sync_streams, passing_devices);

CASE_OF_EACH(rules::sync_imbue::name, Device, sync_imbue) {
    keep<rules::sync_imbue, Device>();
}
APPLY_TO_EACH(sync_imbue, one_position_devices);

TEST_SUITE_END();
