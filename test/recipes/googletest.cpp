// GoogleTest: what a test prints is shown only where it fails, and can be tested.

#include <sluice/testing/capture.hpp>

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <optional>

using sluice::testing::capture;
using sluice::testing::uncaptured;

namespace {

// -- the recipe -------------------------------------------------------------------------------

// GoogleTest reports on stdout, in between; its listeners are called in order, but at an end in
// reverse order. So one of these stands before the one that reports, and the other behind it.

class before_reports : public testing::EmptyTestEventListener {
public:
    void OnTestPartResult(const testing::TestPartResult& /*result*/) override { past_.emplace(); }
    void end() { past_.reset(); }

private:
    std::optional<uncaptured> past_;
};

class output_of_failures : public testing::EmptyTestEventListener {
public:
    explicit output_of_failures(before_reports& before) : before_(before) {}

    void OnTestStart(const testing::TestInfo& /*test*/) override {
        printed_.emplace(sluice::testing::capture_options{.interleaved = true});
    }
    void OnTestPartResult(const testing::TestPartResult& /*result*/) override { before_.end(); }
    void OnTestEnd(const testing::TestInfo& test) override {
        printed_->stop();
        if (test.result()->Failed()) {
            std::cout << "printed by " << test.name() << ":\n" << printed_->str() << std::endl;
        }
        printed_.reset();
    }

private:
    before_reports& before_;
    std::optional<capture> printed_;
};

void show_output_of_failures() {
    testing::TestEventListeners& all = testing::UnitTest::GetInstance()->listeners();
    testing::TestEventListener* const reports = all.Release(all.default_result_printer());
    auto* const before = new before_reports;  // GoogleTest deletes them
    all.Append(before);
    all.Append(reports);
    all.Append(new output_of_failures(*before));
}

// -- what it is for ---------------------------------------------------------------------------

void greet() {
    std::cout << "hello\n" << std::flush;
    std::fputs("to you\n", stderr);
}

// A fixture: what a test of it prints is in `printed`.
class greeting : public testing::Test {
protected:
    capture printed;
};

TEST_F(greeting, is_printed) {
    greet();
    EXPECT_EQ(printed.out(), "hello\n");
    EXPECT_EQ(printed.err(), "to you\n");
}

TEST(output, of_a_test_that_passes) {
    std::cout << "said by the case that passes\n";
    std::printf("said by the case that passes, too\n");
    EXPECT_EQ(1, 1);
}

// What follows fails on purpose: --gtest_also_run_disabled_tests runs it.

TEST(output, DISABLED_of_a_test_that_fails) {
    std::cout << "said by the case that fails: 1\n" << std::flush;
    std::cerr << "said by the case that fails: 2\n";
    EXPECT_EQ(std::system("echo said by the case that fails: 3"), 0);
    EXPECT_NE(std::getenv("NO_SUCH_VARIABLE"), nullptr) << "reported by the framework";
    std::cout << "said by the case that fails: 4\n";
}

TEST_F(greeting, DISABLED_that_fails) {
    greet();
    EXPECT_EQ(printed.out(), "reported by the framework, too");
    EXPECT_EQ(printed.err(), "to you\n");
}

}  // namespace

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    show_output_of_failures();
    return RUN_ALL_TESTS();
}
