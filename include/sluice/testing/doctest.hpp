// doctest: captures in tests of doctest's, and the output of a case is shown where that fails.
//
//     #include <sluice/testing/doctest.hpp>    // in any file: doctest's reports are not captured
//
//     REGISTER_LISTENER("output", 1, sluice::testing::output_of_failures);    // in one file
//
//     TEST_CASE_FIXTURE(sluice::testing::capture_fixture, "the tool greets") {
//         greet();
//         CHECK(printed.out() == "hello\n");
//     }
//
// It needs doctest, 2.4.9 or later, which is the user's own; sluice's library has nothing of it.
// Threads: as testing/capture.hpp; asserts may be of any thread.

#ifndef SLUICE_TESTING_DOCTEST_HPP
#define SLUICE_TESTING_DOCTEST_HPP

#include <sluice/error.hpp>
#include <sluice/fstream.hpp>
#include <sluice/testing/capture.hpp>

#include <doctest/doctest.h>

#include <iostream>
#include <limits>
#include <mutex>
#include <optional>
#include <ostream>
#include <string>

namespace sluice::testing {

namespace detail {

/// Reports nothing.
class silent_reporter : public doctest::IReporter {
public:
    void report_query(const doctest::QueryData& /*query*/) override {}
    void test_run_start() override {}
    void test_run_end(const doctest::TestRunStats& /*stats*/) override {}
    void test_case_start(const doctest::TestCaseData& /*test*/) override {}
    void test_case_reenter(const doctest::TestCaseData& /*test*/) override {}
    void test_case_end(const doctest::CurrentTestCaseStats& /*stats*/) override {}
    void test_case_exception(const doctest::TestCaseException& /*thrown*/) override {}
    void subcase_start(const doctest::SubcaseSignature& /*subcase*/) override {}
    void subcase_end() override {}
    void log_assert(const doctest::AssertData& /*assertion*/) override {}
    void log_message(const doctest::MessageData& /*message*/) override {}
    void test_case_skipped(const doctest::TestCaseData& /*test*/) override {}
};

/// Made before the reporter of the same name, whose priority is higher: makes that report on a
/// stream of its own, to where the standard output went when the run began, and not on std::cout,
/// which a test may capture.
class uncaptured_report : public silent_reporter {
public:
    explicit uncaptured_report(const doctest::ContextOptions& options)
        // doctest hands out a part of its context, which is not const, before it has used this.
        : options_(const_cast<doctest::ContextOptions&>(options)) {
        if (options.cout != &std::cout) {
            return;  // to a file, to a stream of the user's, or to nobody
        }
        try {
            stream_ = uncaptured_output();
        } catch (const error&) {
            return;  // there is none
        }
        *stream_ << std::unitbuf;  // between what others print there
        options_.cout = &*stream_;
        // Else it looks at what descriptor 1 is now.
        options_.force_colors = options.force_colors || stream_->rdbuf()->is_terminal();
    }
    uncaptured_report(const uncaptured_report&) = delete;
    uncaptured_report& operator=(const uncaptured_report&) = delete;
    ~uncaptured_report() override {
        if (stream_) {
            options_.cout = &std::cout;  // for the next run of the context
        }
    }

private:
    doctest::ContextOptions& options_;
    std::optional<ofstream> stream_;
};

/// Its report is for people.
class console_report : public uncaptured_report {
public:
    explicit console_report(const doctest::ContextOptions& options) : uncaptured_report(options) {
        ++count;
    }
    console_report(const console_report&) = delete;
    console_report& operator=(const console_report&) = delete;
    ~console_report() override { --count; }

    inline static int count = 0;
};

template <class Report>
int report_past_captures(const char* name) {
    return doctest::registerReporter<Report>(name, std::numeric_limits<int>::min(), true);
}

}  // namespace detail

/// Makes what the reporter of this name reports not be captured, as it is for doctest's own. To be
/// called before the run, as where a namespace's constant is initialized. It is listed twice then.
///
/// Returns: nothing of interest.
inline int report_past_captures(const char* name) {
    return detail::report_past_captures<detail::uncaptured_report>(name);
}

namespace detail {

inline const int doctest_reports = report_past_captures<console_report>("console") +
                                   testing::report_past_captures("xml") +
                                   testing::report_past_captures("junit");

}  // namespace detail

/// A listener of doctest's: captures what each test case prints, drops it where the case passes,
/// and shows it where it fails, before doctest's last words on the case and after its reports of
/// what failed. What a case prints to both outputs is shown in the order in which it was printed,
/// that of all runs through its subcases together.
///
/// It is shown where the reporter "console" reports (which --out= sets too), and on std::cerr where
/// another one does, whose format it may not be. What a case prints that ends the process at once,
/// as by _exit() or SIGKILL, is lost; a signal that doctest handles is a failure.
///
/// The reports of doctest's own reporters are not captured. Those of another one, which writes to
/// std::cout, would be, but for report_past_captures(). Where such a one is used alone without
/// that, what a case prints is shown as soon as there is a failure or a message to report, and is
/// not captured from there on.
class output_of_failures : public detail::silent_reporter {
public:
    explicit output_of_failures(const doctest::ContextOptions& options) : options_(options) {
        ++count;
    }
    output_of_failures(const output_of_failures&) = delete;
    output_of_failures& operator=(const output_of_failures&) = delete;
    ~output_of_failures() override { --count; }

    /// Whether one is registered, and a run goes on.
    [[nodiscard]] static bool is_on() noexcept { return count > 0; }

    void test_case_start(const doctest::TestCaseData& test) override {
        name_ = test.m_name;
        try {
            printed_.emplace(capture_options{.interleaved = true});
        } catch (const error& failed) {
            std::cerr << "The output of \"" << name_ << "\" is not held: " << failed.what() << '\n';
        }
    }

    void test_case_end(const doctest::CurrentTestCaseStats& stats) override {
        end(!stats.testCaseSuccess);
    }

    void test_case_exception(const doctest::TestCaseException& /*thrown*/) override { reports(); }
    void log_message(const doctest::MessageData& /*message*/) override { reports(); }
    void log_assert(const doctest::AssertData& assertion) override {
        if (assertion.m_failed || options_.success) {
            reports();
        }
    }

private:
    // A reporter is about to write, perhaps to what is captured.
    void reports() {
        if (options_.cout == &std::cout) {
            end(true);
        }
    }

    void end(bool shown) {
        const std::scoped_lock lock(mutex_);  // asserts may be of any thread
        if (!printed_) {
            return;
        }
        std::string text;
        try {
            printed_->stop();
            text = printed_->str();
        } catch (const error& failed) {
            text += failed.what();
        }
        printed_.reset();
        if (shown && !text.empty()) {
            show(text);
        }
    }

    void show(const std::string& text) {
        std::ostream& out = detail::console_report::count > 0 ? *options_.cout : std::cerr;
        out << "-- printed by \"" << name_ << "\":\n"
            << text << (text.ends_with('\n') ? "--\n\n" : "\n--\n\n") << std::flush;
    }

    inline static int count = 0;

    const doctest::ContextOptions& options_;
    std::string name_;
    std::mutex mutex_;
    std::optional<capture> printed_;
};

/// A fixture for TEST_CASE_FIXTURE: `printed` has what the case prints. Where output_of_failures is
/// registered, that shows it too.
class capture_fixture {
protected:
    capture printed{capture_options{.shown = output_of_failures::is_on()}};
};

}  // namespace sluice::testing

#endif  // SLUICE_TESTING_DOCTEST_HPP
