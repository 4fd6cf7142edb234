// fmt: fmt::print(std::ostream&, …) writes once a call.

#include "devices.hpp"

#include <doctest/doctest.h>

#include <fmt/ostream.h>

#include <istream>
#include <ostream>
#include <string>

namespace {

const integration::codec lines{
    .save =
        [](std::ostream& out) {
            for (int i = 0; i < 1000; ++i) {
                fmt::print(out, "{:>5} caf\u00e9 {:.3f}\n", i, i / 8.0);
            }
        },
    .load =
        [](std::istream& in) {
            std::string line;
            int count = 0;
            while (std::getline(in, line)) {
                if (line != fmt::format("{:>5} caf\u00e9 {:.3f}", count, count / 8.0)) {
                    return false;
                }
                ++count;
            }
            return count == 1000;
        }};

}  // namespace

TEST_CASE("fmt on all devices") {
    integration::check_round_trip(lines);
}
TEST_CASE("fmt and devices that fail") {
    integration::check_failures(lines);
}
