// rule: one demand on a stream buffer, by its name, and lists of them.
//
//     struct read_empty {
//         static constexpr const char* area = "reading";
//         static constexpr const char* name = "an empty device is at its end";
//         static constexpr bool applies(const claims& c) { return c.reads; }
//         template <class CharT>
//         static void run(const device_kind<CharT>& kind, check_log& checks);
//     };
//
// Constants, for any thread.

#ifndef SLUICE_TESTING_CONFORMANCE_RULE_HPP
#define SLUICE_TESTING_CONFORMANCE_RULE_HPP

#include <sluice/testing/conformance/claims.hpp>

#include <string_view>

namespace sluice::testing {

/// A rule as it is listed.
struct rule {
    std::string_view area;  // "reading", "seeking" …
    std::string_view name;  // what it demands, as a sentence; no two rules have the same

    /// Whether a buffer of these claims is held to it.
    bool (*applies)(const claims&);
};

namespace conformance {

template <class... Rules>
struct rule_list {};

template <class... A, class... B>
[[nodiscard]] constexpr rule_list<A..., B...> operator+(rule_list<A...> /*first*/,
                                                        rule_list<B...> /*second*/) {
    return {};
}

}  // namespace conformance
}  // namespace sluice::testing

#endif  // SLUICE_TESTING_CONFORMANCE_RULE_HPP
