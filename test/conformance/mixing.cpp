#include <conformance/devices.hpp>

#include <iostream>

// One position for reading and writing, and no seek between the two: where the standard's filebuf
// needs one ([filebuf]/2, from C's fopen), and its stringbuf has two positions.

using namespace conformance;

TEST_SUITE_BEGIN("conformance: mixing");

TEST_CASE_TEMPLATE_DEFINE("a read after a write goes on where the write ended", Device,
                          mix_write_read) {
    Device device("abcdefghij");
    CHECK(write(device.buf, "123") == 3);
    CHECK(read(device.buf, 2) == "de");
    CHECK(put(device.buf, '4'));
    CHECK(take(device.buf) == 'g');
    CHECK(device.content() == "123de4ghij");
    CHECK(read_all(device.buf) == "hij");
}
TEST_CASE_TEMPLATE_APPLY(mix_write_read, one_position_devices);

TEST_CASE_TEMPLATE_DEFINE("a write after a read lands where the reader stood", Device,
                          mix_read_write) {
    Device device("abcdefghij");
    CHECK(take(device.buf) == 'a');
    CHECK(put(device.buf, '1'));
    CHECK(read(device.buf, 2) == "cd");
    CHECK(write(device.buf, "23") == 2);
    CHECK(look(device.buf) == 'g');
    CHECK(put(device.buf, '4'));
    CHECK(next(device.buf) == 'i');
    CHECK(put(device.buf, '5'));
    CHECK(device.content() == "a1cd234h5j");
}
TEST_CASE_TEMPLATE_APPLY(mix_read_write, one_position_devices);

TEST_CASE_TEMPLATE_DEFINE("reads and writes alternate over the whole content", Device,
                          mix_alternate) {
    for (const std::size_t chunk : {1, 2, 3, 7, 8, 500}) {
        CAPTURE(chunk);
        const std::string text = sample(4000);
        std::string expected;
        Device device(text);
        for (std::size_t at = 0; at < text.size(); at += 2 * chunk) {
            const std::string part = text.substr(at, chunk);
            CHECK((read(device.buf, chunk) == part));
            CHECK(write(device.buf, std::string(chunk, '#')) == chunk);
            expected += part + std::string(chunk, '#');
        }
        CHECK((device.content() == expected));
        CHECK(tell(device.buf) == static_cast<long long>(expected.size()));
    }
}
TEST_CASE_TEMPLATE_APPLY(mix_alternate, one_position_devices);

TEST_CASE_TEMPLATE_DEFINE("what is appended after the end was seen can be read", Device,
                          mix_append) {
    Device device("ab");
    CHECK(read_all(device.buf) == "ab");
    CHECK(look(device.buf) == end);
    CHECK(write(device.buf, "cd") == 2);
    CHECK(look(device.buf) == end);
    CHECK(seek_to(device.buf, 1) == 1);
    CHECK(read_all(device.buf) == "bcd");
    CHECK(put(device.buf, 'e'));
    CHECK(device.content() == "abcde");
}
TEST_CASE_TEMPLATE_APPLY(mix_append, one_position_devices);

TEST_CASE_TEMPLATE_DEFINE("what is written is read back without a flush", Device, mix_back) {
    const std::string text = long_sample<Device>();
    for (const std::size_t chunk : {1, 7, 4096}) {
        CAPTURE(chunk);
        Device device("");
        CHECK(write_all(device.buf, text, chunk));
        CHECK(seek_to(device.buf, 0) == 0);
        CHECK((read_some(device.buf, text.size() + 1, chunk) == text));
    }
}
TEST_CASE_TEMPLATE_APPLY(mix_back, one_position_devices);

TEST_CASE_TEMPLATE_DEFINE("reading and writing have the same position", Device, mix_position) {
    Device device("abcdefgh");
    CHECK(read(device.buf, 2) == "ab");
    CHECK(tell(device.buf, ios::in) == 2);
    CHECK(tell(device.buf, ios::out) == 2);
    CHECK(tell(device.buf, both) == 2);
    CHECK(write(device.buf, "12") == 2);
    CHECK(tell(device.buf, ios::in) == 4);
    CHECK(tell(device.buf, ios::out) == 4);
    CHECK(seek_to(device.buf, 6, ios::out) == 6);
    CHECK(take(device.buf) == 'g');
    CHECK(seek_to(device.buf, 0, ios::in) == 0);
    CHECK(put(device.buf, '0'));
    CHECK(device.content() == "0b12efgh");
}
TEST_CASE_TEMPLATE_APPLY(mix_position, one_position_devices);

TEST_CASE_TEMPLATE_DEFINE("a stream mixes insertions and extractions", Device, mix_stream) {
    using char_type = typename Device::char_type;
    Device device("1 2 3 4\n");
    std::basic_iostream<char_type> f(&device.buf);
    int value = 0;
    CHECK(bool(f >> value));
    f << '_';
    CHECK(bool(f >> value));
    CHECK(value == 2);
    f << '-';
    f.seekg(0);
    std::basic_string<char_type> line;
    CHECK(bool(std::getline(f, line)));
    CHECK((line == widen<char_type>("1_2-3 4")));
    f << 56 << std::flush;
    CHECK(device.content() == "1_2-3 4\n56");
    CHECK(f.good());
}
TEST_CASE_TEMPLATE_APPLY(mix_stream, one_position_devices);

TEST_CASE_TEMPLATE_DEFINE("what was just written can be ungot", Device, mix_unget) {
    Device device("abcdef");
    CHECK(write(device.buf, "12") == 2);
    CHECK(unget(device.buf) == '2');
    CHECK(tell(device.buf) == 1);
    CHECK(put(device.buf, '3'));
    CHECK(unget(device.buf) == '3');
    CHECK(read_all(device.buf) == "3cdef");
    CHECK(device.content() == "13cdef");
}
TEST_CASE_TEMPLATE_APPLY(mix_unget, addressable_devices);

TEST_SUITE_END();
