// pugixml: asks for the size by seeking to the end, and reads all at once; or in blocks, where the
// stream cannot be sought. Wide streams too.

#include "devices.hpp"

#include <doctest/doctest.h>

#include <istream>
#include <ostream>
#include <pugixml.hpp>
#include <sstream>
#include <string>

namespace {

pugi::xml_document sample() {
    pugi::xml_document document;
    pugi::xml_node shelf = document.append_child("shelf");
    for (int i = 0; i < 500; ++i) {
        pugi::xml_node book = shelf.append_child("book");
        book.append_attribute("id") = i;
        book.text() = "caf\u00e9 \u20ac & <co>";
    }
    return document;
}

bool is_sample(const pugi::xml_document& document) {
    std::ostringstream found;
    std::ostringstream expected;
    document.save(found);
    sample().save(expected);
    return found.str() == expected.str();
}

template <class CharT>
const integration::basic_codec<CharT> codec{
    .save = [](std::basic_ostream<CharT>& out) { sample().save(out); },
    .load =
        [](std::basic_istream<CharT>& in) {
            pugi::xml_document document;
            return document.load(in) && is_sample(document);
        }};

}  // namespace

TEST_CASE("pugixml on all devices") {
    integration::check_round_trip(codec<char>);
}
TEST_CASE("pugixml on all devices, wide") {
    integration::check_round_trip(codec<wchar_t>);
}
TEST_CASE("pugixml and devices that fail") {
    integration::check_failures(codec<char>);
    integration::check_failures(codec<wchar_t>);
}
