#include <conformance/devices.hpp>
#include <conformance/each_type.hpp>
#include <conformance/failing.hpp>

#include <optional>
#include <utility>

using namespace conformance;

TEST_SUITE_BEGIN("conformance: moving");

using movable_devices = joined<one_position_devices, string_devices, read_only_devices,
                               std_string_devices, std_file_devices, std_wide_file_devices>;
using movable_writable_devices = joined<one_position_devices, string_devices, std_string_devices,
                                        std_file_devices, std_wide_file_devices>;

// Short content may lie inside the buffer, long content does not.
static const std::size_t sizes[] = {0, 3, 10, 200, 9000};

CASE_OF_EACH("a moved buffer goes on reading", Device, move_read) {
    for (const std::size_t size : sizes) {
        CAPTURE(size);
        const std::string text = sample(size);
        Device device(text);
        CHECK((read(device.buf, size / 3) == text.substr(0, size / 3)));
        typename Device::buf_type moved(std::move(device.buf));
        CHECK(tell(moved, ios::in) == static_cast<long long>(size / 3));
        CHECK((read_all(moved) == text.substr(size / 3)));
        CHECK(seek_to(moved, 0, ios::in) == 0);
        CHECK((read_all(moved, by_character) == text));
    }
}
APPLY_TO_EACH(move_read, movable_devices);

CASE_OF_EACH("a moved buffer goes on writing", Device, move_write) {
    for (const std::size_t size : sizes) {
        CAPTURE(size);
        const std::string text = sample(size);
        Device device("");
        CHECK(write_all(device.buf, text, 7));
        typename Device::buf_type moved(std::move(device.buf));
        CHECK(tell(moved, ios::out) == static_cast<long long>(size));
        CHECK(put(moved, '!'));
        CHECK(write(moved, "abc") == 3);
        CHECK(moved.pubsync() == 0);
        CHECK(seek_to(moved, 0) == 0);
        CHECK((read_all(moved) == text + "!abc"));
    }
}
APPLY_TO_EACH(move_write, movable_writable_devices);

CASE_OF_EACH("a buffer is moved over another", Device, move_assign) {
    for (const std::size_t size : sizes) {
        CAPTURE(size);
        const std::string text = sample(size);
        Device from(text);
        Device to("what it was before");
        CHECK(read(from.buf, 2) == text.substr(0, 2));
        CHECK(read(to.buf, 4) == "what");
        to.buf = std::move(from.buf);
        CHECK((read_all(to.buf) == text.substr(std::min<std::size_t>(size, 2))));
        CHECK(seek_to(to.buf, 0, ios::in) == 0);
        CHECK((read_all(to.buf) == text));
    }
}
APPLY_TO_EACH(move_assign, movable_devices);

CASE_OF_EACH("what was pending is written before a buffer is moved over it", Device,
             move_assign_pending) {
    Device from("from");
    Device to("");
    CHECK(write(to.buf, "pending") == 7);
    to.buf = std::move(from.buf);
    CHECK(to.stored() == "pending");
    CHECK(read_all(to.buf) == "from");
    CHECK(from.stored() == "from");
}
APPLY_TO_EACH(move_assign_pending, external_devices);

CASE_OF_EACH("a buffer moved from can be closed and ended", Device, move_from) {
    Device device("abcdef");
    CHECK(read(device.buf, 2) == "ab");
    {
        typename Device::buf_type moved(std::move(device.buf));
        static_cast<sluice::basic_buf<typename Device::char_type>&>(device.buf).close();
        CHECK(read_all(moved) == "cdef");
    }
    CHECK(write(device.buf, "x") == 0);
}
using sluice_devices = joined<one_position_devices, string_devices>;
APPLY_TO_EACH(move_from, sluice_devices);

CASE_OF_EACH("a swap exchanges contents and positions", Device, move_swap) {
    for (const std::size_t size : sizes) {
        CAPTURE(size);
        const std::string text = sample(size);
        Device a(text);
        Device b("0123456789");
        CHECK((read(a.buf, size / 2) == text.substr(0, size / 2)));
        CHECK(read(b.buf, 4) == "0123");
        a.buf.swap(b.buf);
        CHECK((read(b.buf, size) == text.substr(size / 2)));
        CHECK(read_all(a.buf) == "456789");
        swap(a.buf, b.buf);
        CHECK(seek_to(a.buf, 0, ios::in) == 0);
        CHECK(seek_to(b.buf, 0, ios::in) == 0);
        CHECK((read_all(a.buf) == text));
        CHECK(read_all(b.buf) == "0123456789");
    }
}
APPLY_TO_EACH(move_swap, movable_devices);

CASE_OF_EACH("a swap exchanges what is pending", Device, move_swap_pending) {
    Device a("");
    Device b("abcdef");
    CHECK(write(a.buf, "pending") == 7);
    CHECK(write(b.buf, "12") == 2);
    a.buf.swap(b.buf);
    CHECK(write(a.buf, "34") == 2);
    CHECK(write(b.buf, "!") == 1);
    a.buf.swap(b.buf);
    CHECK(a.content() == "pending!");
    CHECK(b.content() == "1234ef");
}
APPLY_TO_EACH(move_swap_pending, sluice_devices);

CASE_OF_EACH("a swap with itself changes nothing", Device, move_swap_self) {
    Device a("abcdef");
    CHECK(read(a.buf, 2) == "ab");
    a.buf.swap(a.buf);
    CHECK(read_all(a.buf) == "cdef");
    CHECK(a.content() == "abcdef");
}
APPLY_TO_EACH(move_swap_self, sluice_devices);

CASE_OF_EACH("a move onto itself changes nothing", Device, move_self) {
    Device a("abcdef");
    CHECK(read(a.buf, 2) == "ab");
    auto& same = a.buf;
    a.buf = std::move(same);
    CHECK(read_all(a.buf) == "cdef");
    CHECK(a.content() == "abcdef");
}
APPLY_TO_EACH(move_self, sluice_devices);

TEST_SUITE_END();
