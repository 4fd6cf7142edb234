#include <sluice/device/span.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <istream>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using ios = std::ios_base;

TEST_SUITE_BEGIN("spanbuf");

TEST_CASE("constant memory is read in place and cannot be written") {
    const std::string text = "abc def";
    sluice::spanbuf buf(text);
    CHECK(buf.view().data() == text.data());
    std::iostream io(&buf);
    std::string word;
    io >> word;
    CHECK(word == "abc");
    CHECK(buf.sputc('x') == EOF);
    CHECK(buf.reason().code() == sluice::errc::not_writable);
    CHECK(text == "abc def");
}

TEST_CASE("every kind of memory is accepted, and a literal's NUL is no content") {
    CHECK(sluice::spanbuf("abc").view().size() == 3);
    CHECK(sluice::spanbuf(std::string_view("abc")).view() == "abc");
    const std::vector<std::byte> raw(3, std::byte{'x'});
    CHECK(sluice::spanbuf(raw).view() == "xxx");
    CHECK(sluice::spanbuf(std::span<const std::byte>(raw)).view() == "xxx");
    CHECK(sluice::spanbuf(std::span<const char>("abc", 2)).view() == "ab");
    std::vector<std::byte> writable(3, std::byte{'y'});
    std::vector<unsigned char> octets(3, 'z');
    CHECK(sluice::spanbuf(octets).writable());
    CHECK(sluice::spanbuf(std::as_const(octets)).view() == "zzz");
    CHECK(sluice::spanbuf(writable).writable());
    CHECK_FALSE(sluice::spanbuf(writable, ios::in).writable());
    CHECK(sluice::wspanbuf(L"abc").view() == L"abc");
    CHECK(sluice::spanbuf().view().empty());
    char array[8] = "ab";
    CHECK(sluice::spanbuf(array).capacity() == 8);  // memory, not a string that ends at its NUL
}

TEST_CASE("the mode says what the content is at first, as with a file") {
    std::array<char, 4> memory{'a', 'b', 'c', 'd'};
    CHECK(sluice::spanbuf(memory).view() == "abcd");
    CHECK(sluice::spanbuf(memory, ios::out).view().empty());
    CHECK(sluice::spanbuf(memory, ios::in | ios::out | ios::trunc).view().empty());
    sluice::spanbuf at_end(memory, ios::in | ios::out | ios::ate);
    CHECK(at_end.pubseekoff(0, ios::cur) == std::streampos(4));
    CHECK_THROWS_AS(sluice::spanbuf(memory, ios::openmode{}), sluice::error);
    CHECK_THROWS_AS(sluice::spanbuf(memory, ios::binary), sluice::error);
}

TEST_CASE("what is full has no space, and keeps all that fits") {
    std::array<char, 4> memory{};
    sluice::spanbuf buf(memory, ios::out);
    std::ostream out(&buf);
    out << "abcdef";
    CHECK(out.bad());
    CHECK(buf.reason().code() == sluice::errc::no_space);
    CHECK(buf.reason().position() == 4);
    CHECK(buf.view() == "abcd");
}

TEST_CASE("what was never written is not read") {
    std::array<char, 10> memory{};
    sluice::spanbuf buf(memory, ios::in | ios::out | ios::trunc);
    std::iostream io(&buf);
    io << "ab";
    io.seekg(0);
    std::string word;
    io >> word;
    CHECK(word == "ab");
    CHECK(io.eof());
}

TEST_SUITE_END();
