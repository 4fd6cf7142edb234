#include <sluice/sstream.hpp>

#include "sstream_families.hpp"
#include <support/string_stream_pair.hpp>

#include <doctest/doctest.h>

#include <random>
#include <sstream>
#include <string>

namespace {

template <class Theirs, class Ours>
void compare_with_std() {
    for (unsigned seed = 1; seed <= 60; ++seed) {
        CAPTURE(seed);
        support::string_stream_pair<Theirs, Ours, std::minstd_rand> pair{std::minstd_rand(seed)};
        for (int step = 0; step < 2000; ++step) {
            CAPTURE(step);
            REQUIRE(pair.step() == std::string());
        }
    }
}

}  // namespace

TEST_SUITE_BEGIN("sstream" * doctest::skip(!sstream_families::is_model<std::stringstream>));

TEST_CASE("a stringstream does what std's does, whatever the calls") {
    compare_with_std<std::stringstream, sluice::stringstream>();
}

TEST_CASE("a wstringstream does what std's does, whatever the calls") {
    compare_with_std<std::wstringstream, sluice::wstringstream>();
}

TEST_CASE("an istringstream and an ostringstream do what std's do, whatever the calls") {
    compare_with_std<std::istringstream, sluice::istringstream>();
    compare_with_std<std::ostringstream, sluice::ostringstream>();
    compare_with_std<std::wistringstream, sluice::wistringstream>();
    compare_with_std<std::wostringstream, sluice::wostringstream>();
}

TEST_SUITE_END();
