#include <conformance/devices.hpp>
#include <conformance/keep.hpp>
#include <conformance/passing.hpp>

using namespace conformance;

TEST_SUITE_BEGIN("conformance: in_avail and sync");

TEST_CASE_TEMPLATE_DEFINE(rules::avail_true::name, Device, avail_true) {
    keep<rules::avail_true, Device>();
}
TEST_CASE_TEMPLATE_APPLY(avail_true, devices_in_order);
TEST_CASE_TEMPLATE_APPLY(avail_true, passing_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::avail_all::name, Device, avail_all) {
    keep<rules::avail_all, Device>();
}
// Not files: one says what its buffer holds, until that is empty.
TEST_CASE_TEMPLATE_APPLY(avail_all, memory_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::avail_harmless::name, Device, avail_harmless) {
    keep<rules::avail_harmless, Device>();
}
TEST_CASE_TEMPLATE_APPLY(avail_harmless, one_position_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::avail_readsome::name, Device, avail_readsome) {
    keep<rules::avail_readsome, Device>();
}
TEST_CASE_TEMPLATE_APPLY(avail_readsome, devices_in_order);
TEST_CASE_TEMPLATE_APPLY(avail_readsome, passing_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::sync_read::name, Device, sync_read) {
    keep<rules::sync_read, Device>();
}
TEST_CASE_TEMPLATE_APPLY(sync_read, devices_in_order);
TEST_CASE_TEMPLATE_APPLY(sync_read, passing_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::sync_twice::name, Device, sync_twice) {
    keep<rules::sync_twice, Device>();
}
TEST_CASE_TEMPLATE_APPLY(sync_twice, writable_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::sync_streams::name, Device, sync_streams) {
    keep<rules::sync_streams, Device>();
}
TEST_CASE_TEMPLATE_APPLY(sync_streams, devices_in_order);
TEST_CASE_TEMPLATE_APPLY(sync_streams, passing_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::sync_imbue::name, Device, sync_imbue) {
    keep<rules::sync_imbue, Device>();
}
TEST_CASE_TEMPLATE_APPLY(sync_imbue, one_position_devices);

TEST_SUITE_END();
