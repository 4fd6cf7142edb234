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

[[nodiscard]] inline std::uint32_t from_environment(const char* name, std::uint32_t otherwise) {
    const char* const value = std::getenv(name);
    return value == nullptr ? otherwise
                            : static_cast<std::uint32_t>(std::strtoul(value, nullptr, 10));
}

/// Fails where the rule does, at the rule's own lines. SLUICE_SEED sets another seed for what is at
/// random, SLUICE_STEPS how many calls that makes.
template <class Rule, class Device>
void keep(std::uint32_t steps = 30000) {
    sluice::testing::conformance_options options;
    options.seed = from_environment("SLUICE_SEED", options.seed);
    options.steps = from_environment("SLUICE_STEPS", steps);
    const rules::check_log checks = rules::run<Rule, Device>(options);
    for (const sluice::testing::failed_check& failed : checks.failures()) {
        std::ostringstream text;
        text << failed;
        ADD_FAIL_CHECK_AT(failed.file, failed.line, text.str());
    }
    CHECK(checks.failed() == 0);
}

}  // namespace conformance

#endif  // CONFORMANCE_KEEP_HPP
