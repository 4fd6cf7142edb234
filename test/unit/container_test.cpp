#include <sluice/device/container.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <istream>
#include <ostream>
#include <string>
#include <vector>

#if __has_include(<memory_resource>)  // libc++ 14 has none
#include <memory_resource>
#define POLYMORPHIC_CONTAINERS , std::pmr::string, std::pmr::vector<std::byte>
#else
#define POLYMORPHIC_CONTAINERS
#endif

using ios = std::ios_base;

TEST_SUITE_BEGIN("containerbuf");

TEST_CASE_TEMPLATE("the container is exactly the content after a flush and at the end", C,
                   std::string, std::vector<char>, std::vector<std::byte>,
                   std::vector<unsigned char> POLYMORPHIC_CONTAINERS) {
    C container;
    {
        sluice::containerbuf buf(container);
        std::ostream out(&buf);
        for (int i = 0; i < 1000; ++i) {
            out << i % 10;
            if (i % 100 == 99) {
                out.flush();
                CHECK(container.size() == static_cast<std::size_t>(i + 1));
            }
        }
        out << "end";
    }
    CHECK(container.size() == 1003);
    CHECK(char(container[1002]) == 'd');
    CHECK(char(container[999]) == '9');
}

TEST_CASE("the mode says where a container is begun, as with a file") {
    std::string text = "abc";
    { sluice::containerbuf(text).sputc('X'); }
    CHECK(text == "Xbc");
    { sluice::containerbuf(text, ios::out | ios::app).sputc('Y'); }
    CHECK(text == "XbcY");
    { sluice::containerbuf(text, ios::out).sputc('Z'); }
    CHECK(text == "Z");
    CHECK(sluice::containerbuf(text, ios::in).sputc('Z') == EOF);
    CHECK_THROWS_AS(sluice::containerbuf(text, ios::binary), sluice::error);
}

TEST_CASE("the caller may change the container after a flush") {
    std::string text = "one";
    sluice::containerbuf buf(text, ios::in | ios::out | ios::ate);
    std::iostream io(&buf);
    io << " two" << std::flush;
    text += " three";
    io << "!" << std::flush;
    CHECK(text == "one two!three");
    text.assign(1000, 'x');
    io.seekg(0, ios::end);
    CHECK(io.tellg() == 1000);
}

TEST_CASE("a flush after each write costs no more than what was written") {
    std::string text;
    text.reserve(1'000'000);
    sluice::containerbuf buf(text);
    std::ostream out(&buf);
    for (int i = 0; i < 10'000; ++i) {
        out << "line\n" << std::flush;
    }
    CHECK(text.size() == 50'000);
}

TEST_CASE("the buffer moved to goes on, the one moved from is closed") {
    std::string text;
    sluice::containerbuf first(text);
    first.sputn("abc", 3);
    sluice::containerbuf second(std::move(first));
    second.sputn("def", 3);
    second.pubsync();
    CHECK(text == "abcdef");
    CHECK_FALSE(first.is_open());
    CHECK(first.sputc('x') == EOF);
}

TEST_CASE("wide containers hold wide characters") {
    std::wstring text;
    sluice::containerbuf buf(text);
    std::wostream out(&buf);
    out << L"\u20ac" << 7 << std::flush;
    CHECK(text == L"\u20ac7");
}

TEST_SUITE_END();
