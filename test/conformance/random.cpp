#include <conformance/devices.hpp>
#include <conformance/keep.hpp>

// Each device against a model. The seed is fixed; SLUICE_SEED sets another, SLUICE_STEPS how many
// operations.

using namespace conformance;

TEST_SUITE_BEGIN("conformance: random");

TEST_CASE_TEMPLATE_DEFINE(rules::random_operations::name, Device, random_operations) {
    keep<rules::random_operations, Device>();
}
TEST_CASE_TEMPLATE_APPLY(random_operations, addressable_devices);
TEST_CASE_TEMPLATE_APPLY(random_operations, returned_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::random_sequential::name, Device, random_sequential) {
    keep<rules::random_sequential, Device>();
}
TEST_CASE_TEMPLATE_APPLY(random_sequential, sequential_files);

TEST_CASE_TEMPLATE_DEFINE(rules::random_told::name, Device, random_told) {
    keep<rules::random_told, Device>();
}
using told_devices = joined<utf8_files, text_devices>;
TEST_CASE_TEMPLATE_APPLY(random_told, told_devices);

TEST_CASE_TEMPLATE_DEFINE(rules::random_oracle::name, Device, random_oracle) {
    keep<rules::random_oracle, Device>(100000);
}
TEST_CASE_TEMPLATE_APPLY(random_oracle, string_devices);

TEST_SUITE_END();
