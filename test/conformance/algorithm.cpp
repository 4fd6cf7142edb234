#include <sluice/algorithm/chunks.hpp>
#include <sluice/algorithm/copy.hpp>
#include <sluice/algorithm/getline.hpp>
#include <sluice/algorithm/lines.hpp>
#include <sluice/algorithm/numeric.hpp>
#include <sluice/algorithm/read_all.hpp>

#include <conformance/devices.hpp>
#include <conformance/each_type.hpp>
#include <conformance/passing.hpp>

#include <istream>
#include <ostream>
#include <sstream>
#include <string>

using namespace conformance;

TEST_SUITE_BEGIN("conformance: algorithm");

CASE_OF_EACH("lines are those of std::getline", Device, algorithm_lines) {
    using char_type = typename Device::char_type;
    const std::string text = long_sample(known_buffer_size<Device>()) + "\n\nlast";
    std::basic_istringstream<char_type> oracle(widen<char_type>(text));
    Device device(text);
    std::basic_istream<char_type> in(&device.buf);
    std::basic_string<char_type> expected;
    std::size_t count = 0;
    std::size_t wrong = 0;
    for (const auto line : sluice::lines(in)) {
        ++count;
        wrong += std::getline(oracle, expected) && line == expected ? 0 : 1;
    }
    CHECK(count > 100);
    CHECK(wrong == 0);
    CHECK_FALSE(bool(std::getline(oracle, expected)));
    CHECK(in.rdstate() == ios::eofbit);
}
APPLY_TO_EACH(algorithm_lines, devices_in_order);
APPLY_TO_EACH(algorithm_lines, passing_devices);

CASE_OF_EACH("a loop over lines leaves the device behind its line", Device, algorithm_left) {
    using char_type = typename Device::char_type;
    Device device("one\ntwo\nthree\n");
    std::basic_istream<char_type> in(&device.buf);
    for (const auto line : sluice::lines(in)) {
        if (line == widen<char_type>("two")) {
            break;
        }
    }
    CHECK(in.good());
    CHECK(read(device.buf, 9) == "three\n");
}
APPLY_TO_EACH(algorithm_left, devices_in_order);
APPLY_TO_EACH(algorithm_left, passing_devices);

CASE_OF_EACH("chunks are the content in order", Device, algorithm_chunks) {
    using char_type = typename Device::char_type;
    const std::string text = long_sample(known_buffer_size<Device>());
    Device device(text);
    std::basic_istream<char_type> in(&device.buf);
    std::string seen;
    for (const auto chunk : sluice::chunks(in, 1000)) {
        CHECK(chunk.size() == std::min<std::size_t>(1000, text.size() - seen.size()));
        seen += narrow(std::basic_string_view<char_type>(chunk));
    }
    CHECK((seen == text));
    CHECK(in.rdstate() == ios::eofbit);
}
APPLY_TO_EACH(algorithm_chunks, devices_in_order);
APPLY_TO_EACH(algorithm_chunks, passing_devices);

CASE_OF_EACH("lines have a maximum", Device, algorithm_getline) {
    using char_type = typename Device::char_type;
    Device device("abcdef\ngh\ni");
    std::basic_istream<char_type> in(&device.buf);
    std::basic_string<char_type> line;
    CHECK_FALSE(bool(sluice::getline(in, line, 4)));
    CHECK((line == widen<char_type>("abcd")));
    CHECK(in.rdstate() == ios::failbit);
    in.clear();
    CHECK(bool(sluice::getline(in, line, 4)));
    CHECK((line == widen<char_type>("ef")));
    CHECK(bool(sluice::getline(in, line, 2)));
    CHECK((line == widen<char_type>("gh")));
    CHECK(bool(sluice::getline(in, line, 2)));
    CHECK((line == widen<char_type>("i")));
    CHECK(in.rdstate() == ios::eofbit);
}
APPLY_TO_EACH(algorithm_getline, devices_in_order);
APPLY_TO_EACH(algorithm_getline, passing_devices);

CASE_OF_EACH("read_all gives the rest of the content", Device, algorithm_read_all) {
    using char_type = typename Device::char_type;
    const std::string text = long_sample(known_buffer_size<Device>());
    Device device(text);
    std::basic_istream<char_type> in(&device.buf);
    CHECK(read(device.buf, 5) == text.substr(0, 5));
    CHECK((sluice::read_all(in, 10) == widen<char_type>(text.substr(5, 10))));
    CHECK((sluice::read_all(in) == widen<char_type>(text.substr(15))));
    CHECK(in.rdstate() == ios::eofbit);
    CHECK(look(device.buf) == end);
}
APPLY_TO_EACH(algorithm_read_all, devices_in_order);
APPLY_TO_EACH(algorithm_read_all, passing_devices);

CASE_OF_EACH("copy takes the rest of the content", Device, algorithm_copy_from) {
    using char_type = typename Device::char_type;
    const std::string text = long_sample(known_buffer_size<Device>());
    Device device(text);
    std::basic_istream<char_type> in(&device.buf);
    std::basic_ostringstream<char_type> out;
    CHECK(read(device.buf, 5) == text.substr(0, 5));
    CHECK(sluice::copy(in, out, {.limit = 10}) == 10);
    CHECK(sluice::copy(in, out) == static_cast<std::streamoff>(text.size() - 15));
    CHECK((out.str() == widen<char_type>(text.substr(5))));
    CHECK(in.rdstate() == ios::eofbit);
    CHECK(look(device.buf) == end);
}
APPLY_TO_EACH(algorithm_copy_from, devices_in_order);
APPLY_TO_EACH(algorithm_copy_from, passing_devices);

CASE_OF_EACH("copy writes the content between other writes", Device, algorithm_copy_to) {
    using char_type = typename Device::char_type;
    const std::string text = long_sample(known_buffer_size<Device>());
    Device device("");
    std::basic_istringstream<char_type> in(widen<char_type>(text));
    std::basic_ostream<char_type> out(&device.buf);
    CHECK(write(device.buf, "<") == 1);
    CHECK(sluice::copy(in, out) == static_cast<std::streamoff>(text.size()));
    CHECK(write(device.buf, ">") == 1);
    CHECK(out.flush().good());
    CHECK((device.content() == "<" + text + ">"));
}
APPLY_TO_EACH(algorithm_copy_to, writable_devices);

CASE_OF_EACH("numbers are read by the fast locale", Device, algorithm_numbers) {
    using char_type = typename Device::char_type;
    std::ostringstream numbers;
    constexpr int count = 500;
    for (int i = 0; i < count; ++i) {
        numbers << i << ' ' << i * 0.25 << (i % 2 == 0 ? '\n' : ' ');
    }
    Device device(numbers.str());
    std::basic_istream<char_type> in(&device.buf);
    in.imbue(sluice::fast_numeric(in.getloc()));
    int wrong = 0;
    for (int i = 0; i < count; ++i) {
        int integer = 0;
        double floating = 0;
        wrong += in >> integer >> floating && integer == i && floating == i * 0.25 ? 0 : 1;
    }
    CHECK(wrong == 0);
    CHECK(in.good());
}
APPLY_TO_EACH(algorithm_numbers, devices_in_order);
APPLY_TO_EACH(algorithm_numbers, passing_devices);

TEST_SUITE_END();
