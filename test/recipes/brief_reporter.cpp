// A reporter of doctest's that is somebody's own, and writes to std::cout: a line for each failure.

#include <doctest/doctest.h>

#include <ostream>

namespace {

class brief_reporter : public doctest::IReporter {
public:
    explicit brief_reporter(const doctest::ContextOptions& options) : out_(*options.cout) {}

    void log_assert(const doctest::AssertData& assertion) override {
        if (assertion.m_failed) {
            out_ << "brief: " << assertion.m_expr << std::endl;
        }
    }
    void test_case_exception(const doctest::TestCaseException& thrown) override {
        out_ << "brief: " << thrown.error_string << std::endl;
    }

    void report_query(const doctest::QueryData& /*query*/) override {}
    void test_run_start() override {}
    void test_run_end(const doctest::TestRunStats& /*stats*/) override {}
    void test_case_start(const doctest::TestCaseData& /*test*/) override {}
    void test_case_reenter(const doctest::TestCaseData& /*test*/) override {}
    void test_case_end(const doctest::CurrentTestCaseStats& /*stats*/) override {}
    void subcase_start(const doctest::SubcaseSignature& /*subcase*/) override {}
    void subcase_end() override {}
    void log_message(const doctest::MessageData& /*message*/) override {}
    void test_case_skipped(const doctest::TestCaseData& /*test*/) override {}

private:
    std::ostream& out_;
};

REGISTER_REPORTER("brief", 0, brief_reporter);

}  // namespace
