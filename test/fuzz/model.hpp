// A buffer against a string and a position: the model of the conformance rules at random, whose
// calls are here chosen by the bytes.

#ifndef FUZZ_MODEL_HPP
#define FUZZ_MODEL_HPP

#include <sluice/buf.hpp>
#include <sluice/testing/conformance/random.hpp>

#include "fuzz.hpp"

#include <cstddef>
#include <ios>
#include <streambuf>
#include <string>
#include <utility>

namespace fuzz {

using sluice::testing::conformance::model;
using sluice::testing::conformance::operations;

/// How much at once shows what `buffer` characters' room does; so that small rooms, and transfers
/// as small, do not take most of the time.
[[nodiscard]] constexpr unsigned most_at_once(std::streamsize buffer) {
    return buffer > 300 ? 6000 : 700;
}

/// As the suite's sample(), and made once.
[[nodiscard]] inline std::string sample(std::size_t size) {
    static const std::string longest = sluice::testing::conformance::words::sample(300);
    return longest.substr(0, size);
}

/// Calls `buf`, which holds and stands where the model does, until the bytes end.
///
/// Returns: what it holds, and where it stands then.
template <class CharT>
model agree_with_model(std::basic_streambuf<CharT>& buf, sluice::basic_buf<CharT>* own, model start,
                       choices& from, operations allowed = {}) {
    sluice::testing::conformance::comparison<CharT, shared_choices> both(
        buf, own, std::move(start), shared_choices(from), allowed);
    while (!from.done()) {
        both.step();
        if (!both.difference().empty()) {
            throw difference(both.difference());
        }
    }
    return both.expected();
}

}  // namespace fuzz

#endif  // FUZZ_MODEL_HPP
