// Makes the n-th system call of the library fail, whichever it is.

#ifndef FAULTS_SYSTEM_CALLS_HPP
#define FAULTS_SYSTEM_CALLS_HPP

#include <support/system_calls.hpp>

#include <cstddef>

namespace faults {

/// Stands between the library and the system for the length of a scope. Not for threads.
class failing_calls : public support::replaced_calls {
public:
    enum class how {
        once,
        ever_after,  // until mend()
        shortened,   // transfers are of three bytes at most, and every other call is interrupted
    };

    /// The call after `good` ones fails with `number`, unless it is one that closes.
    failing_calls(long good, how mode, int number);
    failing_calls(const failing_calls&) = delete;
    failing_calls& operator=(const failing_calls&) = delete;
    ~failing_calls();

    /// How many have failed.
    [[nodiscard]] long failed() const noexcept;

    /// The name of the first that failed.
    [[nodiscard]] const char* name() const noexcept;

    /// From now on none fails.
    void mend() noexcept;
};

}  // namespace faults

#endif  // FAULTS_SYSTEM_CALLS_HPP
