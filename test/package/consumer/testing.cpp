// A test program of a user: doctest is their own.

#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN

#include <sluice/testing/doctest.hpp>

#include <doctest/doctest.h>

#include <iostream>

REGISTER_LISTENER("output", 1, sluice::testing::output_of_failures);

TEST_CASE_FIXTURE(sluice::testing::capture_fixture, "a case has what it prints") {
    std::cout << "hello\n";
    CHECK(printed.out() == "hello\n");
}
