// Makes the n-th allocation of a call fail, for each n, and looks at what that leaves.

#ifndef FAULTS_ALLOCATION_HPP
#define FAULTS_ALLOCATION_HPP

#include <sluice/error.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <exception>
#include <new>
#include <source_location>
#include <string>
#include <system_error>

namespace faults {

/// Counts the allocations of this thread, and fails them; see allocation.cpp.
class failing_allocations {
public:
    enum class how { once, ever_after };

    /// The allocation after `good` ones fails, and perhaps all that follow.
    failing_allocations(long good, how mode) noexcept;
    failing_allocations(const failing_allocations&) = delete;
    failing_allocations& operator=(const failing_allocations&) = delete;
    ~failing_allocations();

    /// Whether one has failed.
    [[nodiscard]] bool failed() const noexcept;
};

/// How many blocks this program has allocated and not freed.
[[nodiscard]] long live_blocks() noexcept;

/// How many points have been failed in this program.
inline long points = 0;

/// What a case may do that others may not.
struct allowed {
    bool partly = false;  // a part of what was asked for, as its header says
    bool leaks = false;   // where it is another library's
};

/// Runs `use` on what `make` returns, with each allocation of it failing in turn. `look` tells all
/// there is to tell of the object, as a string.
///
/// - The failure shows: `use` throws std::bad_alloc or a sluice::error; or it has done without the
///   memory, and then the object looks as it does where nothing fails.
/// - What throws has changed nothing.
/// - Nothing is left allocated, but for what the libraries keep the first time (an exception's
///   memory, a locale's).
template <class Make, class Use, class Look>
void fail_each(Make make, Use use, Look look, allowed what = {},
               std::source_location where = std::source_location::current()) {
    const auto line = where.line();
    CAPTURE(line);
    std::string before;
    std::string after;
    {
        auto object = make();
        before = look(object);
        use(object);
        after = look(object);
    }
    for (const auto mode : {failing_allocations::how::once, failing_allocations::how::ever_after}) {
        const bool once = mode == failing_allocations::how::once;
        CAPTURE(once);
        bool again = false;
        for (long good = 0;; good += again ? 0 : 1) {
            CAPTURE(good);
            const long blocks = live_blocks();
            bool failed = false;
            bool thrown = false;
            std::string left;
            {
                auto object = make();
                {
                    const failing_allocations scope(good, mode);
                    try {
                        use(object);
                    } catch (const std::bad_alloc&) {
                        thrown = true;
                    } catch (const sluice::error&) {
                        thrown = true;
                    }
                    failed = scope.failed();
                }
                left = look(object);
            }
            if (failed) {
                ++points;
                if (thrown) {
                    CHECK_MESSAGE((left == before || what.partly), left);
                } else {
                    CHECK((left == after));
                }
            } else {
                CHECK_FALSE(thrown);
                CHECK((left == after));
            }
            std::string().swap(left);  // an assignment would keep its memory
            again = live_blocks() != blocks && !again;
            CHECK((again || what.leaks || live_blocks() == blocks));
            if (!failed && !again) {
                break;
            }
        }
    }
}

}  // namespace faults

#endif  // FAULTS_ALLOCATION_HPP
