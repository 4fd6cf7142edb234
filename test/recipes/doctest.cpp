// doctest: what a case prints is shown only where it fails, and can be tested.

#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN

#include <sluice/testing/doctest.hpp>

#include <doctest/doctest.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <stdexcept>

// In one file of the test program:
REGISTER_LISTENER("output", 1, sluice::testing::output_of_failures);

namespace {

void greet() {
    std::cout << "hello\n" << std::flush;
    std::fputs("to you\n", stderr);
}

}  // namespace

// A case in which the output is the point.
TEST_CASE_FIXTURE(sluice::testing::capture_fixture, "a greeting") {
    greet();
    CHECK(printed.out() == "hello\n");
    CHECK(printed.err() == "to you\n");
}

// A case that happens to print.
TEST_CASE("a case that passes") {
    std::cout << "said by the case that passes\n";
    SUBCASE("one") {
        std::printf("said by the case that passes, too\n");
    }
    SUBCASE("two") {
        CHECK(true);
    }
}

// What follows fails on purpose: --no-skip runs it.

TEST_CASE("a case that fails" * doctest::skip()) {
    std::cout << "said by the case that fails: 1\n" << std::flush;
    std::cerr << "said by the case that fails: 2\n";
    CHECK(std::system("echo said by the case that fails: 3") == 0);
    CHECK_MESSAGE(std::getenv("NO_SUCH_VARIABLE") != nullptr, "reported by the framework");
    std::cout << "said by the case that fails: 4\n";
}

TEST_CASE("a case that fails in one of its runs" * doctest::skip()) {
    std::cout << "said by each run\n";
    SUBCASE("one") {
        std::cout << "said by one of them\n";
    }
    SUBCASE("two") {
        CHECK(false);
    }
}

TEST_CASE("a case that throws" * doctest::skip()) {
    std::cout << "said by the case that throws";
    throw std::runtime_error("thrown by the case");
}

TEST_CASE("a case that should fail" * doctest::skip() * doctest::should_fail()) {
    std::cout << "said by the case that passes, as it fails\n";
    CHECK(false);
}

TEST_CASE("a case that should fail and does not" * doctest::skip() * doctest::should_fail()) {
    std::cout << "said by the case that should fail\n";
}

// The report comes through, although the case captures what is printed.
TEST_CASE_FIXTURE(sluice::testing::capture_fixture, "a greeting that fails" * doctest::skip()) {
    greet();
    CHECK(printed.out() == "reported by the framework, too");
}
