// fmt: fmt::print(std::ostream&, …) writes once a call; fmt::print() goes to stdout.

#include <sluice/testing/capture.hpp>

#include "devices.hpp"

#include <doctest/doctest.h>

#include <fmt/ostream.h>

#include <cstdio>
#include <iostream>
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
TEST_CASE("what fmt prints is captured") {
    sluice::testing::capture printed;
    fmt::print("{} apples\n", 3);
    fmt::print(stderr, "{} pears\n", 5);
    printed.stop();
    CHECK(printed.out() == "3 apples\n");
    CHECK(printed.err() == "5 pears\n");
}
TEST_CASE("what fmt prints to a stream is captured") {
    sluice::testing::capture_stream printed(std::cout);
    fmt::print(std::cout, "{} apples\n", 3);
    CHECK(printed.str() == "3 apples\n");
}
