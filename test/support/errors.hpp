// What a call throws, and the system's codes.

#ifndef SUPPORT_ERRORS_HPP
#define SUPPORT_ERRORS_HPP

#include <sluice/error.hpp>

#include <system_error>

namespace support {

/// The sluice::error that `call` throws; none, if it throws nothing.
template <class Call>
[[nodiscard]] sluice::error thrown_by(Call&& call) {
    try {
        call();
    } catch (const sluice::error& thrown) {
        return thrown;
    }
    return {};
}

[[nodiscard]] inline std::error_code system_code(int number) {
    return {number, std::system_category()};
}

}  // namespace support

#endif  // SUPPORT_ERRORS_HPP
