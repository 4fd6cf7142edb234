#include <conformance/devices.hpp>
#include <conformance/passing.hpp>

#include <istream>

using namespace conformance;

TEST_SUITE_BEGIN("conformance: putting back");

// What can read a place again, or keeps what it read. Not files read through a facet with a buffer
// of 8 or less: they can do neither.
using keeping_files =
    joined<addressable_files,
           std::tuple<descriptor_device, wide_file_device<default_size, coding::classic>,
                      wide_file_device<default_size, coding::utf8>>>;
using keeping_devices = joined<memory_devices, keeping_files, spooled_devices, read_only_devices>;

TEST_CASE_TEMPLATE_DEFINE("what was just read is read again after an unget", Device, putback_once) {
    Device device("abc");
    CHECK(take(device.buf) == 'a');
    CHECK(unget(device.buf) == 'a');
    CHECK(take(device.buf) == 'a');
    CHECK(take(device.buf) == 'b');
    CHECK(unget(device.buf) == 'b');
    CHECK(read_all(device.buf) == "bc");
}
TEST_CASE_TEMPLATE_APPLY(putback_once, devices_in_order);
TEST_CASE_TEMPLATE_APPLY(putback_once, passing_devices);

TEST_CASE_TEMPLATE_DEFINE("what was read up to the end is read again after an unget", Device,
                          putback_unget) {
    Device device("abc");
    CHECK(read_all(device.buf) == "abc");
    CHECK(take(device.buf) == end);
    CHECK(unget(device.buf) == 'c');
    CHECK(take(device.buf) == 'c');
    CHECK(take(device.buf) == end);
}
// Not std::filebuf, which drops at the end what it has read.
using ungetting_devices =
    joined<keeping_devices, string_devices, read_only_string_devices, std_string_devices>;
TEST_CASE_TEMPLATE_APPLY(putback_unget, ungetting_devices);
TEST_CASE_TEMPLATE_APPLY(putback_unget, passing_keeping_devices);

TEST_CASE_TEMPLATE_DEFINE("at the start nothing can be put back", Device, putback_start) {
    Device device("abc");
    CHECK(unget(device.buf) == end);
    CHECK(put_back(device.buf, 'x') == end);
    CHECK(look(device.buf) == 'a');
    CHECK(unget(device.buf) == end);
    CHECK(take(device.buf) == 'a');
    CHECK(unget(device.buf) == 'a');
    CHECK(unget(device.buf) == end);
    CHECK(read_all(device.buf) == "abc");
}
TEST_CASE_TEMPLATE_APPLY(putback_start, devices_in_order);
TEST_CASE_TEMPLATE_APPLY(putback_start, passing_devices);

TEST_CASE_TEMPLATE_DEFINE("the character before is put back", Device, putback_same) {
    Device device("abc");
    CHECK(read_some(device.buf, 2, by_character) == "ab");
    CHECK(put_back(device.buf, 'b') == 'b');
    CHECK(tell(device.buf, ios::in) == 1);
    CHECK(read_all(device.buf) == "bc");
    CHECK(device.content() == "abc");
}
TEST_CASE_TEMPLATE_APPLY(putback_same, readable_devices);

TEST_CASE_TEMPLATE_DEFINE("a different character is seen once and never in the content", Device,
                          putback_other) {
    for (std::size_t place = 1; place <= 9; ++place) {
        CAPTURE(place);
        const std::string text = "abcdefghi";
        Device device(text);
        CHECK(read(device.buf, place).size() == place);
        CHECK(put_back(device.buf, '!') == '!');
        CHECK(look(device.buf) == '!');
        CHECK(take(device.buf) == '!');
        CHECK(read_all(device.buf) == text.substr(place));
        CHECK(seek_to(device.buf, 0) == 0);
        CHECK(read_all(device.buf) == text);
        CHECK(device.content() == text);
    }
}
// Not stringbuf: there it changes the content ([stringbuf.virtuals], pbackfail).
using slot_devices = joined<keeping_devices, std_file_devices>;
TEST_CASE_TEMPLATE_APPLY(putback_other, slot_devices);

TEST_CASE_TEMPLATE_DEFINE("a different character put back counts as one place", Device,
                          putback_tell) {
    Device device("abcdef");
    CHECK(read(device.buf, 3) == "abc");
    CHECK(put_back(device.buf, '!') == '!');
    CHECK(tell(device.buf) == 2);
    CHECK(read(device.buf, 3) == "!de");
    CHECK(tell(device.buf) == 5);
}
// Not std::filebuf, which drops the character at a tell.
TEST_CASE_TEMPLATE_APPLY(putback_tell, keeping_devices);

TEST_CASE_TEMPLATE_DEFINE("a seek forgets a different character put back", Device, putback_seek) {
    Device device("abcdef");
    CHECK(read(device.buf, 3) == "abc");
    CHECK(put_back(device.buf, '!') == '!');
    CHECK(seek_to(device.buf, 2) == 2);
    CHECK(read_all(device.buf) == "cdef");
    CHECK(device.content() == "abcdef");
}
TEST_CASE_TEMPLATE_APPLY(putback_seek, slot_devices);

TEST_CASE_TEMPLATE_DEFINE("a write replaces a different character put back", Device,
                          putback_write) {
    Device device("abcdef");
    CHECK(read(device.buf, 3) == "abc");
    CHECK(put_back(device.buf, '!') == '!');
    CHECK(put(device.buf, '3'));
    CHECK(tell(device.buf) == 3);
    CHECK(take(device.buf) == 'd');
    CHECK(device.content() == "ab3def");
}
using writable_keeping_devices = joined<memory_devices, keeping_files, spooled_devices>;
TEST_CASE_TEMPLATE_APPLY(putback_write, writable_keeping_devices);

TEST_CASE_TEMPLATE_DEFINE("a putback that fails does not move", Device, putback_failed) {
    Device device("abcdef");
    CHECK(read(device.buf, 3) == "abc");
    CHECK(put_back(device.buf, '!') == '!');
    put_back(device.buf, '?');  // a second one may fail
    const long long place = tell(device.buf);
    CHECK(seek_to(device.buf, place) == place);
    CHECK(read_all(device.buf) == std::string("abcdef").substr(static_cast<std::size_t>(place)));
    CHECK(device.content() == "abcdef");
}
TEST_CASE_TEMPLATE_APPLY(putback_failed, keeping_devices);

TEST_CASE_TEMPLATE_DEFINE("all that was read can be ungot", Device, putback_far) {
    const std::string text = sample(9000);
    Device device(text);
    CHECK((read_all(device.buf) == text));
    std::string seen;
    for (int c = unget(device.buf); c != end; c = unget(device.buf)) {
        seen += static_cast<char>(c);
    }
    CHECK((seen == std::string(text.rbegin(), text.rend())));
    CHECK(look(device.buf) == text[0]);
    CHECK(tell(device.buf) == 0);
}
using unget_devices =
    joined<addressable_devices, std::tuple<view_device<char>, view_device<wchar_t>,
                                           container_device<std::string, ios::in>>>;
TEST_CASE_TEMPLATE_APPLY(putback_far, unget_devices);

TEST_CASE_TEMPLATE_DEFINE("a place that was sought can be ungot", Device, putback_sought) {
    const std::string text = sample(9000);
    Device device(text);
    for (const std::size_t place : {1, 7, 8, 4096, 4097, 8999, 9000}) {
        CAPTURE(place);
        CHECK(seek_to(device.buf, static_cast<long long>(place)) == static_cast<long long>(place));
        CHECK(unget(device.buf) == text[place - 1]);
        CHECK(tell(device.buf) == static_cast<long long>(place) - 1);
        CHECK((read(device.buf, 3) == text.substr(place - 1, 3)));
    }
    CHECK(seek_to(device.buf, 9001) == 9001);
    CHECK(unget(device.buf) == end);
    CHECK(tell(device.buf) == 9001);
}
TEST_CASE_TEMPLATE_APPLY(putback_sought, unget_devices);

TEST_CASE_TEMPLATE_DEFINE("a stream ungets and puts back", Device, putback_stream) {
    using char_type = typename Device::char_type;
    Device device("ab12");
    std::basic_istream<char_type> in(&device.buf);
    CHECK(as_code<char_type>(in.get()) == 'a');
    CHECK(bool(in.unget()));
    CHECK(as_code<char_type>(in.get()) == 'a');
    CHECK(as_code<char_type>(in.get()) == 'b');
    CHECK(bool(in.putback(widen<char_type>('b'))));
    CHECK(as_code<char_type>(in.get()) == 'b');
    int value = 0;
    CHECK(bool(in >> value));
    CHECK(value == 12);
    CHECK(in.eof());
    CHECK(bool(in.unget()));
    CHECK(as_code<char_type>(in.get()) == '2');
}
TEST_CASE_TEMPLATE_APPLY(putback_stream, ungetting_devices);

TEST_SUITE_END();
