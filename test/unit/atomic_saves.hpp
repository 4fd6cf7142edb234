// What the tests of saving share: a directory with a file, and calls that are replaced in it.

#ifndef SLUICE_TEST_UNIT_ATOMIC_SAVES_HPP
#define SLUICE_TEST_UNIT_ATOMIC_SAVES_HPP

#include <sluice/device/atomic.hpp>

#include <support/errors.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>
#include <support/unnamed_files.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <ios>
#include <string>
#include <vector>

namespace atomic_tests {

namespace fs = std::filesystem;
using ios = std::ios_base;
using sluice::atomic_filebuf;
using sluice::atomic_ofstream;
using support::content_of;
using support::replaced_calls;
using support::system_code;
using support::thrown_by;
using support::write_file;

inline mode_t permissions_of(const fs::path& path) {
    struct stat status {};
    ::stat(path.c_str(), &status);
    return status.st_mode & 07777;
}

/// A directory with one file in it, "old" in its content.
struct scratch : support::temporary_directory {
    scratch() { write_file(file(), "old"); }
    [[nodiscard]] fs::path path() const { return *this / ""; }
    [[nodiscard]] fs::path file() const { return *this / "file"; }

    /// The names in it, sorted and joined.
    [[nodiscard]] std::string names() const {
        std::vector<std::string> names;
        for (const fs::directory_entry& entry : fs::directory_iterator(path())) {
            names.push_back(entry.path().filename().string());
        }
        std::sort(names.begin(), names.end());
        std::string all;
        for (const std::string& name : names) {
            all += all.empty() ? name : ' ' + name;
        }
        return all;
    }
};

// What a replaced call goes by.
inline replaced_calls* real_calls = nullptr;
inline std::vector<std::string> call_order;
inline long long budget = 0;

/// Each test of this runs with files that have no name until the end, and without such.
class surroundings : public replaced_calls {
public:
    explicit surroundings(bool unnamed) {
        real_calls = this;
        call_order.clear();
        if (!unnamed) {
            support::forbid_unnamed_files();
        }
    }
};

template <class Test>
void with_and_without_names(Test test) {
    for (const bool unnamed : {true, false}) {
        CAPTURE(unnamed);
        const surroundings place(unnamed);
        test();
    }
}

}  // namespace atomic_tests

#endif  // SLUICE_TEST_UNIT_ATOMIC_SAVES_HPP
