// A rule of the installed header as a case of the suite.

#ifndef CONFORMANCE_KEEP_HPP
#define CONFORMANCE_KEEP_HPP

#include <sluice/testing/conformance.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>
#include <sstream>

namespace conformance {

namespace rules = sluice::testing::conformance;
using rules::kind_of;

[[nodiscard]] inline std::uint32_t from_environment(const char* name, std::uint32_t otherwise) {
    const char* const value = std::getenv(name);
    return value == nullptr ? otherwise
                            : static_cast<std::uint32_t>(std::strtoul(value, nullptr, 10));
}

/// The seed and the steps of what is at random; SLUICE_SEED and SLUICE_STEPS set others.
[[nodiscard]] inline sluice::testing::conformance_options options_of(std::uint32_t steps) {
    sluice::testing::conformance_options options;
    options.seed = from_environment("SLUICE_SEED", options.seed);
    options.steps = from_environment("SLUICE_STEPS", steps);
    return options;
}

/// Fails where a rule did, at the rule's own lines.
inline void say(const rules::check_log& checks) {
    for (const sluice::testing::failed_check& failed : checks.failures()) {
        std::ostringstream text;
        text << failed;
        ADD_FAIL_CHECK_AT(failed.file, failed.line, text.str());
    }
    CHECK(checks.failed() == 0);
}

template <class Rule, class CharT>
void keep(const rules::device_kind<CharT>& kind, std::uint32_t steps) {
    say(rules::run<Rule>(kind, options_of(steps)));
}

/// One call for each rule and device, which is what a compiler's time goes to.
template <class Rule, class Device>
void keep(std::uint32_t steps = 30000) {
    keep<Rule>(kind_of<Device>, steps);
}

}  // namespace conformance

#endif  // CONFORMANCE_KEEP_HPP
