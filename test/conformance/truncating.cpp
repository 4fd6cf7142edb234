#include <conformance/devices.hpp>
#include <conformance/each_type.hpp>
#include <conformance/failing.hpp>

using namespace conformance;

TEST_SUITE_BEGIN("conformance: truncating");

CASE_OF_EACH("a truncate cuts the content and leaves the position", Device, truncate_cut) {
    Device device("abcdefghij");
    CHECK(read(device.buf, 2) == "ab");
    CHECK(device.buf.truncate(4) == 4);
    CHECK(device.buf.size() == 4);
    CHECK(tell(device.buf, ios::in) == 2);
    CHECK(read_all(device.buf) == "cd");
    CHECK(device.content() == "abcd");
}
using truncating_devices = joined<one_position_devices, string_devices>;
APPLY_TO_EACH(truncate_cut, truncating_devices);

CASE_OF_EACH("a truncate grows the content with zeros", Device, truncate_grow) {
    for (const std::size_t grown : {1, 5, 200, 5000}) {
        CAPTURE(grown);
        Device device("abc");
        CHECK(read(device.buf, 1) == "a");
        const auto size = static_cast<std::streamoff>(3 + grown);
        CHECK(device.buf.truncate(size) == size);
        CHECK(device.buf.size() == size);
        CHECK(tell(device.buf, ios::in) == 1);
        CHECK((read_all(device.buf) == "bc" + std::string(grown, '\0')));
        CHECK((device.content() == "abc" + std::string(grown, '\0')));
    }
}
APPLY_TO_EACH(truncate_grow, truncating_devices);

CASE_OF_EACH("a truncate before the position leaves it past the end", Device, truncate_position) {
    Device device("abcdefghij");
    CHECK(read(device.buf, 6) == "abcdef");
    CHECK(device.buf.truncate(2) == 2);
    CHECK(tell(device.buf) == 6);
    CHECK(look(device.buf) == end);
    CHECK(read(device.buf, 3).empty());
    CHECK(tell(device.buf) == 6);
    CHECK(put(device.buf, 'x'));
    CHECK(device.content() == std::string("ab\0\0\0\0x", 7));
}
// Not stringbuf, whose positions are never past the end.
APPLY_TO_EACH(truncate_position, one_position_devices);

CASE_OF_EACH("a truncate counts what is pending", Device, truncate_pending) {
    Device device("");
    CHECK(write(device.buf, "abcdefgh") == 8);
    CHECK(device.buf.size() == 8);
    CHECK(device.buf.truncate(5) == 5);
    CHECK(device.buf.size() == 5);
    CHECK(tell(device.buf) == 8);
    CHECK(device.content() == "abcde");
    CHECK(write(device.buf, "x") == 1);
    CHECK(device.content() == std::string("abcde\0\0\0x", 9));
}
APPLY_TO_EACH(truncate_pending, one_position_devices);

CASE_OF_EACH("what was cut off does not come back", Device, truncate_forgets) {
    const std::string text = sample(600);
    Device device(text);
    CHECK(device.buf.truncate(100) == 100);
    CHECK(device.buf.truncate(600) == 600);
    CHECK((device.content() == text.substr(0, 100) + std::string(500, '\0')));
    CHECK(device.buf.truncate(0) == 0);
    CHECK(device.content().empty());
    CHECK(seek_to(device.buf, 0) == 0);
    CHECK(write(device.buf, "ab") == 2);
    CHECK(device.content() == "ab");
}
APPLY_TO_EACH(truncate_forgets, truncating_devices);

CASE_OF_EACH("what was read ahead and then cut off is not read", Device, truncate_ahead) {
    Device device("abcdefghij");
    CHECK(look(device.buf) == 'a');
    CHECK(device.buf.truncate(3) == 3);
    CHECK(read_all(device.buf) == "abc");
    CHECK(device.buf.truncate(5) == 5);
    CHECK(read_all(device.buf) == std::string(2, '\0'));
}
APPLY_TO_EACH(truncate_ahead, truncating_devices);

CASE_OF_EACH("a truncate to the same size changes nothing", Device, truncate_same) {
    Device device("abcdef");
    CHECK(read(device.buf, 2) == "ab");
    CHECK(device.buf.truncate(6) == 6);
    CHECK(read(device.buf, 1) == "c");
    CHECK(device.content() == "abcdef");
}
APPLY_TO_EACH(truncate_same, truncating_devices);

CASE_OF_EACH("a truncate to a negative size fails and changes nothing", Device, truncate_negative) {
    Device device("abcdef");
    CHECK(read(device.buf, 2) == "ab");
    CHECK(code_thrown_by([&] { device.buf.truncate(-1); }) == sluice::errc::bad_position);
    CHECK(device.content() == "abcdef");
    CHECK(read_all(device.buf) == "cdef");
}
APPLY_TO_EACH(truncate_negative, truncating_devices);

CASE_OF_EACH("what is read only cannot be truncated", Device, truncate_read_only) {
    Device device("abcdef");
    CHECK(code_thrown_by([&] { device.buf.truncate(2); }) == sluice::errc::not_writable);
    CHECK(read_all(device.buf) == "abcdef");
    CHECK(device.buf.size() == 6);
}
using unwritable_devices = joined<read_only_devices, read_only_string_devices>;
APPLY_TO_EACH(truncate_read_only, unwritable_devices);

CASE_OF_EACH("the size counts what is pending and moves nothing", Device, size_pending) {
    Device device("abc");
    CHECK(device.buf.size() == 3);
    CHECK(write(device.buf, "12") == 2);
    CHECK(device.buf.size() == 3);
    CHECK(write(device.buf, "3456") == 4);
    CHECK(device.buf.size() == 6);
    CHECK(tell(device.buf, ios::out) == 6);
    CHECK(seek_to(device.buf, 2) == 2);
    CHECK(take(device.buf) == '3');
    CHECK(device.buf.size() == 6);
    CHECK(take(device.buf) == '4');
}
APPLY_TO_EACH(size_pending, truncating_devices);

TEST_SUITE_END();
