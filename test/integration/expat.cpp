// expat: reads only; a stream fills the parser's own buffer.

#include "devices.hpp"

#include <doctest/doctest.h>

#include <expat.h>

#include <istream>
#include <memory>
#include <ostream>
#include <string>

namespace {

constexpr int books = 500;

struct counts {
    int elements = 0;
    std::string text;
};

void XMLCALL start(void* user, const XML_Char* /*name*/, const XML_Char** /*attributes*/) {
    ++static_cast<counts*>(user)->elements;
}
void XMLCALL text(void* user, const XML_Char* text, int length) {
    static_cast<counts*>(user)->text.append(text, static_cast<std::size_t>(length));
}

void save(std::ostream& out) {
    out << "<shelf>";
    for (int i = 0; i < books; ++i) {
        out << "<book id='" << i << "'>caf\u00e9</book>";
    }
    out << "</shelf>";
}

bool load(std::istream& in) {
    const std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser(
        XML_ParserCreate("UTF-8"), &XML_ParserFree);
    counts found;
    XML_SetUserData(parser.get(), &found);
    XML_SetStartElementHandler(parser.get(), start);
    XML_SetCharacterDataHandler(parser.get(), text);
    while (in) {
        constexpr int block = 1000;
        auto* const target = static_cast<char*>(XML_GetBuffer(parser.get(), block));
        in.read(target, block);
        const auto count = static_cast<int>(in.gcount());
        if (in.bad() || XML_ParseBuffer(parser.get(), count, in.eof() ? 1 : 0) != XML_STATUS_OK) {
            return false;
        }
    }
    std::string expected;
    for (int i = 0; i < books; ++i) {
        expected += "caf\u00e9";
    }
    return found.elements == books + 1 && found.text == expected;
}

const integration::codec xml{.save = save, .load = load};

}  // namespace

TEST_CASE("expat on all devices") {
    integration::check_round_trip(xml);
}
TEST_CASE("expat and devices that fail") {
    integration::check_failures(xml);
}
