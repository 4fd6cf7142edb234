#include <conformance/devices.hpp>
#include <conformance/each_type.hpp>
#include <conformance/keep.hpp>

// Each device against a model. The seed is fixed; SLUICE_SEED sets another, SLUICE_STEPS how many
// operations.

using namespace conformance;

TEST_SUITE_BEGIN("conformance: random");

CASE_OF_EACH(rules::random_operations::name, Device, random_operations) {
    keep<rules::random_operations, Device>();
}
APPLY_TO_EACH(random_operations, addressable_devices);
APPLY_TO_EACH(random_operations, returned_devices);

CASE_OF_EACH(rules::random_sequential::name, Device, random_sequential) {
    keep<rules::random_sequential, Device>();
}
APPLY_TO_EACH(random_sequential, sequential_files);

CASE_OF_EACH(rules::random_told::name, Device, random_told) {
    keep<rules::random_told, Device>();
}
using told_devices = joined<utf8_files, text_devices>;
APPLY_TO_EACH(random_told, told_devices);

CASE_OF_EACH(rules::random_oracle::name, Device, random_oracle) {
    keep<rules::random_oracle, Device>(100000);
}
APPLY_TO_EACH(random_oracle, string_devices);

TEST_SUITE_END();
