// Replaces system calls for the length of a scope.

#ifndef SUPPORT_SYSTEM_CALLS_HPP
#define SUPPORT_SYSTEM_CALLS_HPP

#include <os/posix_calls.hpp>

namespace support {

/// Puts the table of system calls back at the end of its scope.
///
///     support::replaced_calls scope;
///     support::replaced_calls::calls().write = [](int, const void*, std::size_t) -> ssize_t { errno = EIO; return -1;
///     };
class replaced_calls {
public:
    replaced_calls() = default;
    replaced_calls(const replaced_calls&) = delete;
    replaced_calls& operator=(const replaced_calls&) = delete;
    ~replaced_calls() { sluice::os::calls = real_; }

    [[nodiscard]] static sluice::os::posix_calls& calls() { return sluice::os::calls; }
    [[nodiscard]] const sluice::os::posix_calls& real() const { return real_; }

private:
    sluice::os::posix_calls real_ = sluice::os::calls;
};

}  // namespace support

#endif  // SUPPORT_SYSTEM_CALLS_HPP
