// Makes the n-th system call of the library fail, whichever it is: by the library's own table of
// calls, or, where preloaded.cpp is loaded, in the place of the C library.

#ifndef FAULTS_SYSTEM_CALLS_HPP
#define FAULTS_SYSTEM_CALLS_HPP

#include <support/system_calls.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

namespace faults {

/// Stands between the library and the system for the length of a scope. Not for threads.
class failing_calls : public support::replaced_calls {
public:
    enum class how {
        once,
        ever_after,  // until mend()
        // Nothing fails, but every other call is interrupted, and a transfer takes
        shortened,     // three bytes at most
        halved,        // half of them
        short_by_one,  // all but one
    };

    /// The call after `good` ones fails with `number`; one that closes has closed then.
    failing_calls(long good, how mode, int number);

    /// Before the call after `good` ones, `meanwhile` happens once, which calls nothing of
    /// sluice's, and nothing fails. By the library's own table only.
    failing_calls(long good, std::function<void()> meanwhile);
    failing_calls(const failing_calls&) = delete;
    failing_calls& operator=(const failing_calls&) = delete;
    ~failing_calls();

    /// How many have failed, or were met by what happens meanwhile.
    [[nodiscard]] long failed() const noexcept;

    /// The name of the first that failed.
    [[nodiscard]] const char* name() const noexcept;

    /// How many calls of that name had gone well before: which place it was, also where threads and
    /// other programs make the number of all calls differ from run to run.
    [[nodiscard]] std::ptrdiff_t same_before() const noexcept;

    /// The errno that it failed with.
    [[nodiscard]] int number() const noexcept;

    /// Counts an error that a caller was told.
    void note_told() noexcept { ++told_; }

    /// How many that were.
    [[nodiscard]] long told() const noexcept { return told_; }

    /// From now on none fails.
    void mend() noexcept;

    /// Whether calls fail from outside. Throws where SLUICE_PRELOADED is set and they do not.
    [[nodiscard]] static bool from_outside();

    /// What each call of the library's table is taken for: its name, and whether it is interrupted
    /// and shortened. By the table, and from outside, where that is.
    [[nodiscard]] static std::vector<std::string> asked_by_table();
    [[nodiscard]] static std::vector<std::string> asked_from_outside();

private:
    long told_ = 0;
};

}  // namespace faults

#endif  // FAULTS_SYSTEM_CALLS_HPP
