// What must happen in a process of its own.

#ifndef SUPPORT_FORKED_HPP
#define SUPPORT_FORKED_HPP

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <iostream>

// Where a build counts what runs: writes the counts, which _exit() would lose.
// NOLINTNEXTLINE(bugprone-reserved-identifier,readability-identifier-naming): the compiler's
extern "C" __attribute__((weak)) void __gcov_dump();

namespace support::forked {

/// Ends this process at once; what std::exit() would do besides belongs to the parent.
[[noreturn]] inline void leave(int status) {
    if (__gcov_dump != nullptr) {
        __gcov_dump();
    }
    ::_exit(status);
}

/// Whether `call`, run in a child of fork(), returns true.
template <class Call>
[[nodiscard]] bool holds(Call call) {
    std::cout.flush();  // or the child would write it once more
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        bool result = false;
        try {
            result = call();
        } catch (const std::exception&) {
            // which is false
        }
        leave(result ? 0 : 1);
    }
    int status = -1;
    return ::waitpid(child, &status, 0) == child && status == 0;
}

template <class Call>
void check(Call call) {
    CHECK(holds(call));
}

}  // namespace support::forked

#endif  // SUPPORT_FORKED_HPP
