// report: which rules a stream buffer keeps, and by which checks it breaks others.
//
//     if (!report) {
//         std::cerr << report;
//     }
//
// One object is for one thread at a time.

#ifndef SLUICE_TESTING_CONFORMANCE_REPORT_HPP
#define SLUICE_TESTING_CONFORMANCE_REPORT_HPP

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::testing {

/// A check that did not hold.
struct failed_check {
    std::string rule{};    // the name of the rule it belongs to
    std::string check{};   // the check as the rule has it, or what else went wrong
    std::string got{};     // empty, where the check is only true or false
    std::string wanted{};  // likewise
    std::string thrown{};  // what was thrown instead of an answer; empty, where nothing was
    std::string notes{};   // what varied: "chunk = 7"
    const char* file = "";
    int line = 0;
};

/// Over several lines, the last without its end.
std::ostream& operator<<(std::ostream& out, const failed_check& failed);

/// How the rules are run.
struct conformance_options {
    std::uint32_t seed = 20240229;          // of the rules at random
    std::uint32_t steps = 10000;            // how many calls each of those makes
    std::size_t failures_of_each_rule = 3;  // how many are kept; the rest is counted
};

/// What check_conformance() found.
class conformance_report {
public:
    /// Whether each rule that was run is kept, and there was one.
    [[nodiscard]] explicit operator bool() const noexcept;

    /// The checks that failed, in order; of each rule no more than the options say.
    [[nodiscard]] const std::vector<failed_check>& failures() const noexcept { return failures_; }

    /// The names of the rules that are broken, that are kept, and that do not apply.
    [[nodiscard]] const std::vector<std::string>& broken() const noexcept { return broken_; }
    [[nodiscard]] const std::vector<std::string>& kept() const noexcept { return kept_; }
    [[nodiscard]] const std::vector<std::string>& skipped() const noexcept { return skipped_; }

    [[nodiscard]] bool breaks(std::string_view rule) const;

    /// How many checks were made, and how many of them failed.
    [[nodiscard]] std::size_t checks() const noexcept { return checks_; }
    [[nodiscard]] std::size_t failed() const noexcept { return failed_; }

    // For what runs the rules.
    void add_skipped(std::string_view rule);
    void add_run(std::string_view rule, std::size_t checks, std::size_t failed,
                 const std::vector<failed_check>& failures);

private:
    std::vector<failed_check> failures_;
    std::vector<std::string> broken_;
    std::vector<std::string> kept_;
    std::vector<std::string> skipped_;
    std::size_t checks_ = 0;
    std::size_t failed_ = 0;
};

/// Each failure, and the counts. Ends with a line end.
std::ostream& operator<<(std::ostream& out, const conformance_report& report);

}  // namespace sluice::testing

#endif  // SLUICE_TESTING_CONFORMANCE_REPORT_HPP
