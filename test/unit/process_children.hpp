// What the tests of programs share: children, and why they could not be started.

#ifndef SLUICE_TEST_UNIT_PROCESS_CHILDREN_HPP
#define SLUICE_TEST_UNIT_PROCESS_CHILDREN_HPP

#include <sluice/device/process.hpp>

#include <conformance/transfer.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <string>

namespace process_tests {

using namespace std::chrono_literals;
using conformance::sample;
using sluice::channel;
using sluice::process;
using support::content_of;
using support::replaced_calls;
using support::temporary_directory;

// A child that runs until it is told to end: it reads, and nothing comes.
inline process waiting_child() {
    return process({"cat"}, {.in = channel::pipe, .out = channel::null});
}

inline bool has_children() {
    return !(::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD);
}

// What a start throws.
inline sluice::error failure_of(const std::vector<std::string>& arguments,
                                const sluice::process_options& options = {}) {
    try {
        const process child(arguments, options);
    } catch (const sluice::error& why) {
        return why;
    }
    return {};
}

}  // namespace process_tests

#endif  // SLUICE_TEST_UNIT_PROCESS_CHILDREN_HPP
