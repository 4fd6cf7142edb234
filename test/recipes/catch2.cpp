// Catch2, version 2: what a test prints is shown only where it fails, and can be tested.

#define CATCH_CONFIG_RUNNER

#include <sluice/testing/capture.hpp>

#include <catch2/catch.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <optional>

using sluice::testing::capture;
using sluice::testing::uncaptured;

namespace {

// -- the recipe -------------------------------------------------------------------------------

// Catch2 reports on the buffer of std::cout, in between; nothing is called when it has. So this is
// the reporter itself. (In version 3 it is declared in
// <catch2/reporters/catch_reporter_console.hpp>, and assertionEnded() returns nothing.)
class reporter : public Catch::ConsoleReporter {
public:
    using ConsoleReporter::ConsoleReporter;

    static std::string getDescription() { return "As console; shows the output of failures"; }

    void testCaseStarting(const Catch::TestCaseInfo& test) override {
        ConsoleReporter::testCaseStarting(test);
        printed_.emplace(sluice::testing::capture_options{.interleaved = true});
    }
    bool assertionEnded(const Catch::AssertionStats& stats) override {
        const uncaptured past;
        return ConsoleReporter::assertionEnded(stats);
    }
    void sectionEnded(const Catch::SectionStats& stats) override {
        const uncaptured past;
        ConsoleReporter::sectionEnded(stats);
    }
    void testCaseEnded(const Catch::TestCaseStats& stats) override {
        printed_->stop();
        if (!stats.totals.assertions.allOk()) {
            stream << "printed by " << stats.testInfo.name << ":\n" << printed_->str() << '\n';
        }
        printed_.reset();
        ConsoleReporter::testCaseEnded(stats);
    }

private:
    std::optional<capture> printed_;
};

CATCH_REGISTER_REPORTER("output", reporter)

// -- what it is for ---------------------------------------------------------------------------

void greet() {
    std::cout << "hello\n" << std::flush;
    std::fputs("to you\n", stderr);
}

// A fixture: what a test of it prints is in `printed`.
class greeting {
protected:
    capture printed;
};

TEST_CASE_METHOD(greeting, "a greeting is printed") {
    greet();
    CHECK(printed.out() == "hello\n");
    CHECK(printed.err() == "to you\n");
}

TEST_CASE("a test that passes") {
    std::cout << "said by the case that passes\n";
    std::printf("said by the case that passes, too\n");
    CHECK(true);
}

// What follows fails on purpose: [fails] runs it.

TEST_CASE("a test that fails", "[.fails]") {
    std::cout << "said by the case that fails: 1\n" << std::flush;
    std::cerr << "said by the case that fails: 2\n";
    CHECK(std::system("echo said by the case that fails: 3") == 0);
    INFO("reported by the framework");
    CHECK(std::getenv("NO_SUCH_VARIABLE") != nullptr);
    std::cout << "said by the case that fails: 4\n";
}

TEST_CASE_METHOD(greeting, "a greeting that fails", "[.fails]") {
    greet();
    CHECK(printed.out() == "reported by the framework, too");
    CHECK(printed.err() == "to you\n");
}

}  // namespace

int main(int argc, char** argv) {
    Catch::Session session;
    session.configData().reporterName = "output";  // -r on the command line replaces it
    const int result = session.applyCommandLine(argc, argv);
    return result != 0 ? result : session.run();
}
