#include <conformance/devices.hpp>
#include <conformance/each_type.hpp>
#include <conformance/keep.hpp>
#include <conformance/passing.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

using namespace conformance;

TEST_SUITE_BEGIN("conformance: reading");

CASE_OF_EACH(rules::read_chunks::name, Device, read_chunks) {
    keep<rules::read_chunks, Device>();
}
APPLY_TO_EACH(read_chunks, readable_devices);

CASE_OF_EACH(rules::read_end::name, Device, read_end) {
    keep<rules::read_end, Device>();
}
APPLY_TO_EACH(read_end, devices_in_order);
APPLY_TO_EACH(read_end, passing_devices);

CASE_OF_EACH(rules::read_empty::name, Device, read_empty) {
    keep<rules::read_empty, Device>();
}
APPLY_TO_EACH(read_empty, devices_in_order);
APPLY_TO_EACH(read_empty, passing_devices);

CASE_OF_EACH(rules::read_look::name, Device, read_look) {
    keep<rules::read_look, Device>();
}
APPLY_TO_EACH(read_look, devices_in_order);
APPLY_TO_EACH(read_look, passing_devices);

CASE_OF_EACH(rules::read_nothing::name, Device, read_nothing) {
    keep<rules::read_nothing, Device>();
}
APPLY_TO_EACH(read_nothing, devices_in_order);
APPLY_TO_EACH(read_nothing, passing_devices);

CASE_OF_EACH(rules::read_mixed::name, Device, read_mixed) {
    keep<rules::read_mixed, Device>();
}
APPLY_TO_EACH(read_mixed, devices_in_order);
APPLY_TO_EACH(read_mixed, passing_devices);

CASE_OF_EACH(rules::read_formatted::name, Device, read_formatted) {
    keep<rules::read_formatted, Device>();
}
APPLY_TO_EACH(read_formatted, devices_in_order);
APPLY_TO_EACH(read_formatted, passing_devices);

CASE_OF_EACH(rules::read_unformatted::name, Device, read_unformatted) {
    keep<rules::read_unformatted, Device>();
}
APPLY_TO_EACH(read_unformatted, devices_in_order);
APPLY_TO_EACH(read_unformatted, passing_devices);

CASE_OF_EACH(rules::read_iterators::name, Device, read_iterators) {
    keep<rules::read_iterators, Device>();
}
APPLY_TO_EACH(read_iterators, devices_in_order);
APPLY_TO_EACH(read_iterators, passing_devices);

CASE_OF_EACH(rules::read_bytes::name, Device, read_bytes) {
    keep<rules::read_bytes, Device>();
}
APPLY_TO_EACH(read_bytes, devices_of_bytes);
APPLY_TO_EACH(read_bytes, passing_devices);

CASE_OF_EACH(rules::read_imbued::name, Device, read_imbued) {
    keep<rules::read_imbued, Device>();
}
APPLY_TO_EACH(read_imbued, devices_in_order);
APPLY_TO_EACH(read_imbued, passing_devices);

CASE_OF_EACH("peek shows what consume takes", Device, read_peek) {
    const std::string text = long_sample(known_buffer_size<Device>());
    Device device(text);
    std::string seen;
    for (;;) {
        const auto ready = device.buf.peek(3);
        if (ready.empty()) {
            break;
        }
        const std::size_t part = std::min<std::size_t>(ready.size(), seen.size() % 5 + 1);
        seen += narrow(std::basic_string_view<typename Device::char_type>(ready.data(), part));
        device.buf.consume(part);
    }
    CHECK((seen == text));
    CHECK(look(device.buf) == end);
}
using peeking_devices =
    joined<one_position_devices, string_devices, read_only_devices, fixed_devices, pair_devices>;
APPLY_TO_EACH(read_peek, peeking_devices);

CASE_OF_EACH(rules::read_negative::name, Device, read_negative) {
    keep<rules::read_negative, Device>();
}
// Not the standard's, which need not allow it.
APPLY_TO_EACH(read_negative, peeking_devices);

TEST_SUITE_END();
