// conformance: whether a stream buffer does what code that is given one may rely on.
//
//     struct my_device {                             // made with its content, stands at the front
//         explicit my_device(std::string_view content);
//         my_streambuf buf;                          // of char or wchar_t
//         std::string content();                     // what the device really holds
//     };
//     const auto report = sluice::testing::check_conformance<my_device>(claims::filebuf());
//     if (!report) {
//         std::cerr << report;                       // the rules, the checks, what came of them
//     }
//
// The report is true where all is kept, and can be printed, which is all that a test needs:
//
//     CHECK_MESSAGE(bool(report), report);                                        // doctest
//     EXPECT_TRUE(report) << report;                                              // GoogleTest
//     INFO(report); CHECK(bool(report));                                          // Catch2
//
// A rule makes as many devices as it needs, one or two at a time. Counts and positions are in
// characters. Calls share nothing, so that distinct threads may check at once, if devices can.

#ifndef SLUICE_TESTING_CONFORMANCE_HPP
#define SLUICE_TESTING_CONFORMANCE_HPP

#include <sluice/testing/conformance/available.hpp>
#include <sluice/testing/conformance/checks.hpp>
#include <sluice/testing/conformance/claims.hpp>
#include <sluice/testing/conformance/mixing.hpp>
#include <sluice/testing/conformance/putback.hpp>
#include <sluice/testing/conformance/random.hpp>
#include <sluice/testing/conformance/reading.hpp>
#include <sluice/testing/conformance/report.hpp>
#include <sluice/testing/conformance/rule.hpp>
#include <sluice/testing/conformance/seeking.hpp>
#include <sluice/testing/conformance/subject.hpp>
#include <sluice/testing/conformance/tell.hpp>
#include <sluice/testing/conformance/writing.hpp>

#include <array>
#include <concepts>
#include <exception>
#include <functional>
#include <span>
#include <streambuf>
#include <string_view>

namespace sluice::testing {

/// What can be checked: a struct made with its content that has the buffer as `buf`.
///
/// The buffer stands at the front of the content, of which there may be none. The text of the rules
/// is of char, one for each character of a buffer of wchar_t; it is ASCII where the claims do not
/// say any_character. What the constructor is given lives as long as the device. Besides `buf`:
/// - `std::string content()`: all that the device holds, what was written included; it may sync the
///   buffer, but not move it. Needed, if the claims say that it writes.
/// - `std::string stored()`: the same, but without a call to the buffer. Needed, if they say
///   shows_after_sync.
/// - `static constexpr std::size_t buffer_size`: the size of the buffer's own area, where it has
///   one, so that transfers of just more and just less are tried.
/// Of a buffer that derives from basic_buf, truncate(), size(), peek() and consume() are compared
/// too where calls are made at random.
template <class Device>
concept conformance_device = std::constructible_from<Device, const std::string&> &&
    std::derived_from<conformance::buf_of<Device>,
                      std::basic_streambuf<conformance::char_of<Device>>> &&
    (std::same_as<conformance::char_of<Device>, char> ||
     std::same_as<conformance::char_of<Device>, wchar_t>);

namespace conformance {

inline constexpr auto all_rules = reading_rules() + writing_rules() + seeking_rules() +
                                  tell_rules() + putback_rules() + mixing_rules() +
                                  available_rules() + random_rules();

/// Runs one rule. What it throws is one of its failures.
template <class Rule, class CharT>
[[nodiscard]] check_log run(const device_kind<CharT>& kind, const conformance_options& options) {
    check_log checks(Rule::name, options);
    try {
        Rule::run(kind, checks);
    } catch (const std::exception& thrown) {
        checks.threw(thrown.what());
    } catch (...) {
        checks.threw("what is no std::exception");
    }
    return checks;
}

template <class... Rules>
inline constexpr std::array<rule, sizeof...(Rules)> listed{
    rule{Rules::area, Rules::name, Rules::applies}...};

template <class... Rules>
[[nodiscard]] constexpr std::span<const rule> list(rule_list<Rules...> /*rules*/) {
    return listed<Rules...>;
}

template <class CharT, class... Rules>
[[nodiscard]] conformance_report
run_those(const device_kind<CharT>& kind, rule_list<Rules...> /*rules*/,
          const std::function<bool(const rule&)>& wanted, const conformance_options& options) {
    conformance_report report;
    const auto consider = [&]<class Rule>(Rule /*rule*/) {
        if (wanted(rule{Rule::area, Rule::name, Rule::applies})) {
            add_to(report, Rule::name, run<Rule>(kind, options));
        } else {
            report.add_skipped(Rule::name);
        }
    };
    (consider(Rules()), ...);
    return report;
}

}  // namespace conformance

/// All rules, in the order in which they are checked.
[[nodiscard]] constexpr std::span<const rule> rules() {
    return conformance::list(conformance::all_rules);
}

/// Holds the buffer of a device to each rule that applies to it.
///
/// Returns: the report. It is false too where no rule applies, and where the device lacks the
///          content() or the stored() that its claims are checked by.
/// Errors: none are thrown but std::bad_alloc: what a device or its buffer throws is a failure.
template <conformance_device Device>
[[nodiscard]] conformance_report check_conformance(const claims& claimed,
                                                   const conformance_options& options = {}) {
    conformance_report report = conformance::run_those(
        conformance::kind_of<Device>, conformance::all_rules,
        [&](const rule& one) { return one.applies(claimed); }, options);
    conformance::check_log device("the device can show what it claims", options);
    if (claimed.writes && !conformance::has_content<Device>) {
        device.fail("it writes, and has no content()");
    }
    if (claimed.shows_after_sync && !conformance::has_stored<Device>) {
        device.fail("it shows what was written after a sync, and has no stored()");
    }
    if (device.failed() != 0) {
        add_to(report, "the device can show what it claims", device);
    }
    return report;
}

/// Holds the buffer of a device to one rule, whatever it claims.
///
/// Returns: the report; false where there is no rule of that name.
/// Errors: as check_conformance().
template <conformance_device Device>
[[nodiscard]] conformance_report check_rule(std::string_view name,
                                            const conformance_options& options = {}) {
    return conformance::run_those(
        conformance::kind_of<Device>, conformance::all_rules,
        [&](const rule& one) { return one.name == name; }, options);
}

}  // namespace sluice::testing

#endif  // SLUICE_TESTING_CONFORMANCE_HPP
