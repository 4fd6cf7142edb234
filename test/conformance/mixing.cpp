#include <conformance/devices.hpp>
#include <conformance/keep.hpp>

using namespace conformance;

TEST_SUITE_BEGIN("conformance: mixing");

TEST_CASE_TEMPLATE_DEFINE(rules::mix_write_read::name, Device, mix_write_read) {
    keep<rules::mix_write_read, Device>();
}
TEST_CASE_TEMPLATE_APPLY(mix_write_read, one_position_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::mix_read_write::name, Device, mix_read_write) {
    keep<rules::mix_read_write, Device>();
}
TEST_CASE_TEMPLATE_APPLY(mix_read_write, one_position_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::mix_alternate::name, Device, mix_alternate) {
    keep<rules::mix_alternate, Device>();
}
TEST_CASE_TEMPLATE_APPLY(mix_alternate, one_position_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::mix_append::name, Device, mix_append) {
    keep<rules::mix_append, Device>();
}
TEST_CASE_TEMPLATE_APPLY(mix_append, one_position_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::mix_back::name, Device, mix_back) {
    keep<rules::mix_back, Device>();
}
TEST_CASE_TEMPLATE_APPLY(mix_back, one_position_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::mix_position::name, Device, mix_position) {
    keep<rules::mix_position, Device>();
}
TEST_CASE_TEMPLATE_APPLY(mix_position, one_position_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::mix_stream::name, Device, mix_stream) {
    keep<rules::mix_stream, Device>();
}
TEST_CASE_TEMPLATE_APPLY(mix_stream, one_position_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::mix_unget::name, Device, mix_unget) {
    keep<rules::mix_unget, Device>();
}
TEST_CASE_TEMPLATE_APPLY(mix_unget, addressable_devices);

TEST_SUITE_END();
