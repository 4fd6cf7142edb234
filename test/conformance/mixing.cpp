#include <conformance/devices.hpp>
#include <conformance/each_type.hpp>
#include <conformance/keep.hpp>

using namespace conformance;

TEST_SUITE_BEGIN("conformance: mixing");

CASE_OF_EACH(rules::mix_write_read::name, Device, mix_write_read) {
    keep<rules::mix_write_read, Device>();
}
APPLY_TO_EACH(mix_write_read, one_position_devices);

CASE_OF_EACH(rules::mix_read_write::name, Device, mix_read_write) {
    keep<rules::mix_read_write, Device>();
}
APPLY_TO_EACH(mix_read_write, one_position_devices);

CASE_OF_EACH(rules::mix_alternate::name, Device, mix_alternate) {
    keep<rules::mix_alternate, Device>();
}
APPLY_TO_EACH(mix_alternate, one_position_devices);

CASE_OF_EACH(rules::mix_append::name, Device, mix_append) {
    keep<rules::mix_append, Device>();
}
APPLY_TO_EACH(mix_append, one_position_devices);

CASE_OF_EACH(rules::mix_back::name, Device, mix_back) {
    keep<rules::mix_back, Device>();
}
APPLY_TO_EACH(mix_back, one_position_devices);

CASE_OF_EACH(rules::mix_position::name, Device, mix_position) {
    keep<rules::mix_position, Device>();
}
APPLY_TO_EACH(mix_position, one_position_devices);

CASE_OF_EACH(rules::mix_stream::name, Device, mix_stream) {
    keep<rules::mix_stream, Device>();
}
APPLY_TO_EACH(mix_stream, one_position_devices);

CASE_OF_EACH(rules::mix_unget::name, Device, mix_unget) {
    keep<rules::mix_unget, Device>();
}
APPLY_TO_EACH(mix_unget, addressable_devices);

TEST_SUITE_END();
