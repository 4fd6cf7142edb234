#include <conformance/devices.hpp>
#include <conformance/keep.hpp>

using namespace conformance;

TEST_SUITE_BEGIN("conformance: tell");

TEST_CASE_TEMPLATE_DEFINE(rules::tell_read::name, Device, tell_read) {
    keep<rules::tell_read, Device>();
}
TEST_CASE_TEMPLATE_APPLY(tell_read, readable_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::tell_write::name, Device, tell_write) {
    keep<rules::tell_write, Device>();
}
TEST_CASE_TEMPLATE_APPLY(tell_write, writable_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::tell_single::name, Device, tell_single) {
    keep<rules::tell_single, Device>();
}
TEST_CASE_TEMPLATE_APPLY(tell_single, readable_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::tell_harmless::name, Device, tell_harmless) {
    keep<rules::tell_harmless, Device>();
}
TEST_CASE_TEMPLATE_APPLY(tell_harmless, readable_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::tell_sync::name, Device, tell_sync) {
    keep<rules::tell_sync, Device>();
}
TEST_CASE_TEMPLATE_APPLY(tell_sync, readable_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::tell_write_sync::name, Device, tell_write_sync) {
    keep<rules::tell_write_sync, Device>();
}
TEST_CASE_TEMPLATE_APPLY(tell_write_sync, writable_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::tell_mixed::name, Device, tell_mixed) {
    keep<rules::tell_mixed, Device>();
}
TEST_CASE_TEMPLATE_APPLY(tell_mixed, one_position_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::tell_stream::name, Device, tell_stream) {
    keep<rules::tell_stream, Device>();
}
TEST_CASE_TEMPLATE_APPLY(tell_stream, one_position_devices);

TEST_SUITE_END();
