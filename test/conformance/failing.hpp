// What the rules about errors share.

#ifndef CONFORMANCE_FAILING_HPP
#define CONFORMANCE_FAILING_HPP

#include <sluice/error.hpp>

#include <system_error>

namespace conformance {

/// The code of the sluice::error that `call` throws; none, if it throws nothing.
template <class Call>
[[nodiscard]] std::error_code code_thrown_by(Call&& call) {
    try {
        call();
    } catch (const sluice::error& thrown) {
        return thrown.code();
    }
    return {};
}

}  // namespace conformance

#endif  // CONFORMANCE_FAILING_HPP
