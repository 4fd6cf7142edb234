// toml++: reads blocks, and inserts what it writes piece by piece.

#include "devices.hpp"

#include <doctest/doctest.h>

#include <toml++/toml.h>

#include <istream>
#include <ostream>
#include <string>

namespace {

toml::table sample() {
    toml::array rows;
    for (int i = 0; i < 500; ++i) {
        rows.push_back(toml::table{{"id", i}, {"weight", i / 8.0}});
    }
    return toml::table{{"name", "sluice \u00e9\n"}, {"rows", rows}};
}

const integration::codec text{.save = [](std::ostream& out) { out << sample(); },
                              .load = [](std::istream& in) { return toml::parse(in) == sample(); }};

}  // namespace

TEST_CASE("toml++ on all devices") {
    integration::check_round_trip(text);
}
TEST_CASE("toml++ and devices that fail") {
    integration::check_failures(text);
}
