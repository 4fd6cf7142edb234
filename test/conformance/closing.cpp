#include <conformance/devices.hpp>
#include <conformance/each_type.hpp>
#include <conformance/failing.hpp>

#include <iostream>

using namespace conformance;

TEST_SUITE_BEGIN("conformance: closing");

using closing_devices = joined<one_position_devices, string_devices>;

template <class CharT>
static void close(sluice::basic_buf<CharT>& buf) {
    buf.close();
}

CASE_OF_EACH("an open device says what it can do and a closed one cannot", Device, close_states) {
    Device device("abc");
    CHECK(device.buf.is_open());
    CHECK(device.buf.readable());
    CHECK(device.buf.writable());
    CHECK(device.buf.seekable());
    close(device.buf);
    CHECK_FALSE(device.buf.is_open());
    CHECK_FALSE(device.buf.readable());
    CHECK_FALSE(device.buf.writable());
    CHECK_FALSE(device.buf.seekable());
}
APPLY_TO_EACH(close_states, closing_devices);

CASE_OF_EACH("a second close does nothing", Device, close_twice) {
    Device device("abc");
    CHECK(write(device.buf, "12") == 2);
    close(device.buf);
    CHECK_NOTHROW(close(device.buf));
    CHECK_FALSE(bool(device.buf.reason()));
}
APPLY_TO_EACH(close_twice, closing_devices);

CASE_OF_EACH("a close writes what was pending", Device, close_pending) {
    const std::string text = sample(5000);
    Device device("");
    CHECK(write_all(device.buf, text, 7));
    close(device.buf);
    CHECK((device.stored() == text));
}
APPLY_TO_EACH(close_pending, external_devices);

CASE_OF_EACH("a closed device takes nothing and says why", Device, close_write) {
    Device device("abc");
    close(device.buf);
    CHECK(write(device.buf, "x") == 0);
    CHECK_FALSE(put(device.buf, 'x'));
    CHECK(device.buf.reason().code() == sluice::errc::closed);
    CHECK(device.buf.reason().code() == std::errc::bad_file_descriptor);
}
APPLY_TO_EACH(close_write, closing_devices);

CASE_OF_EACH("a stream that owns a closed device is bad after a read", Device, close_read) {
    using char_type = typename Device::char_type;
    Device device("abc");
    std::basic_iostream<char_type> f(&device.buf);
    device.buf.set_owner(&f);
    CHECK(as_code<char_type>(f.get()) == 'a');
    close(device.buf);
    CHECK(f.good());
    CHECK(as_code<char_type>(f.peek()) == end);
    CHECK(f.rdstate() == ios::badbit);
    CHECK(device.buf.reason().code() == sluice::errc::closed);
    CHECK(code_thrown_by([&] { device.buf.sgetc(); }) == sluice::errc::closed);
    CHECK(code_thrown_by([&] { (void)read(device.buf, 4); }) == sluice::errc::closed);
    device.buf.set_owner(nullptr);
}
APPLY_TO_EACH(close_read, closing_devices);

CASE_OF_EACH("a read of a closed device throws why", Device, close_read_alone) {
    Device device("abc");
    CHECK(look(device.buf) == 'a');
    close(device.buf);
    CHECK(code_thrown_by([&] { device.buf.sgetc(); }) == sluice::errc::closed);
    CHECK(code_thrown_by([&] { device.buf.sbumpc(); }) == sluice::errc::closed);
    CHECK(code_thrown_by([&] { (void)read(device.buf, 4); }) == sluice::errc::closed);
    CHECK(device.buf.sungetc() == std::char_traits<typename Device::char_type>::eof());
}
// Not filebuf, which gives eof where no stream owns it ([filebuf.virtuals]/7).
using throwing_devices = joined<memory_devices, string_devices, spooled_devices>;
APPLY_TO_EACH(close_read_alone, throwing_devices);

CASE_OF_EACH("a closed device has no position", Device, close_seek) {
    Device device("abc");
    CHECK(read(device.buf, 2) == "ab");
    close(device.buf);
    CHECK(tell(device.buf, ios::in) == -1);
    CHECK(seek(device.buf, 0) == -1);
    CHECK(seek(device.buf, 0, ios::end) == -1);
    CHECK(seek_to(device.buf, 1) == -1);
    CHECK(device.buf.reason().code() == sluice::errc::closed);
    CHECK(device.buf.in_avail() <= 0);
}
APPLY_TO_EACH(close_seek, closing_devices);

CASE_OF_EACH("the calls on a closed device throw why", Device, close_calls) {
    Device device("abc");
    close(device.buf);
    CHECK(code_thrown_by([&] { (void)device.buf.size(); }) == sluice::errc::closed);
    CHECK(code_thrown_by([&] { device.buf.truncate(0); }) == sluice::errc::closed);
    CHECK(code_thrown_by([&] { (void)device.buf.peek(); }) == sluice::errc::closed);
    CHECK(code_thrown_by([&] { (void)device.buf.native_handle(); }) == sluice::errc::closed);
    CHECK(code_thrown_by([&] { (void)device.buf.is_terminal(); }) == sluice::errc::closed);
    CHECK(code_thrown_by([&] { device.buf.sync_to_disk(); }) == sluice::errc::closed);
}
APPLY_TO_EACH(close_calls, closing_devices);

CASE_OF_EACH("a closed device leaves its content to others", Device, close_content) {
    Device device("abcdef");
    CHECK(write(device.buf, "12") == 2);
    close(device.buf);
    write(device.buf, "345");
    device.buf.pubsync();
    CHECK(device.stored() == "12cdef");
}
APPLY_TO_EACH(close_content, external_devices);

CASE_OF_EACH("what is in memory has no descriptor", Device, close_no_handle) {
    Device device("abc");
    CHECK(code_thrown_by([&] { (void)device.buf.native_handle(); }) == sluice::errc::unsupported);
    CHECK(device.content() == "abc");
}
using handleless_devices = joined<memory_devices, string_devices>;
APPLY_TO_EACH(close_no_handle, handleless_devices);

TEST_SUITE_END();
