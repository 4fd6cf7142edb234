// What must happen in a process of its own.

#ifndef SUPPORT_FORKED_HPP
#define SUPPORT_FORKED_HPP

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <iostream>

namespace support::forked {

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
        ::_exit(result ? 0 : 1);
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
