// What the tests of files share: reads and writes that go by a plan.

#ifndef SLUICE_TEST_UNIT_FILE_CALLS_HPP
#define SLUICE_TEST_UNIT_FILE_CALLS_HPP

#include <conformance/failing.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

namespace file_tests {

using ios = std::ios_base;
using conformance::code_thrown_by;
using support::content_of;
using support::replaced_calls;
using support::temporary_directory;
using support::write_file;

inline std::string numbered(std::size_t size) {
    std::string text;
    for (int i = 0; text.size() < size; ++i) {
        text += std::to_string(i) + ' ';
    }
    text.resize(size);
    return text;
}

// What the replaced calls count and do. They are plain functions, so this is global.
struct script {
    int calls = 0;
    int failing_call = 0;  // which call fails; negative: all from that on
    int error = 0;
    std::size_t longest = SIZE_MAX;
};
inline script plan;

inline bool fails_now() {
    ++plan.calls;
    const bool now =
        plan.failing_call < 0 ? plan.calls >= -plan.failing_call : plan.calls == plan.failing_call;
    if (now) {
        errno = plan.error;
    }
    return now;
}

// Reads and writes by the plan.
class scripted_calls : public replaced_calls {
public:
    explicit scripted_calls(script wanted) {
        plan = wanted;
        calls().read = [](int file, void* target, std::size_t size) -> ssize_t {
            return fails_now() ? -1 : ::read(file, target, std::min(size, plan.longest));
        };
        calls().write = [](int file, const void* source, std::size_t size) -> ssize_t {
            return fails_now() ? -1 : ::write(file, source, std::min(size, plan.longest));
        };
        calls().pread = [](int file, void* target, std::size_t size, off_t at) -> ssize_t {
            return fails_now() ? -1 : ::pread(file, target, std::min(size, plan.longest), at);
        };
        calls().pwrite = [](int file, const void* source, std::size_t size, off_t at) -> ssize_t {
            return fails_now() ? -1 : ::pwrite(file, source, std::min(size, plan.longest), at);
        };
    }
};

inline int seeks = 0;

}  // namespace file_tests

#endif  // SLUICE_TEST_UNIT_FILE_CALLS_HPP
