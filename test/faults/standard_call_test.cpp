#include <sluice/testing/capture.hpp>
#include <sluice/testing/feed.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <faults/each_call.hpp>
#include <filesystem>
#include <iostream>
#include <string>
#include <system_error>
#include <vector>

using faults::fail_each_call;
using faults::failing_calls;
using faults::patient;
using faults::spared;
using faults::text;
using faults::told;
using sluice::testing::capture;
using sluice::testing::feed;

namespace {

/// Where a descriptor leads, as the system names it.
std::string target_of(int file) {
    std::error_code ignored;
    return std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(file), ignored);
}

/// The three standard descriptors, to be put back where the library could not.
class standard_files {
public:
    standard_files() {
        for (int i = 0; i < count; ++i) {
            copies_.at(std::size_t(i)) = ::fcntl(i, F_DUPFD_CLOEXEC, count);
            targets_.at(std::size_t(i)) = target_of(i);
        }
    }
    standard_files(const standard_files&) = delete;
    standard_files& operator=(const standard_files&) = delete;
    ~standard_files() {
        for (const int copy : copies_) {
            ::close(copy);
        }
    }

    [[nodiscard]] bool are_back() const {
        return targets_ == std::array{target_of(0), target_of(1), target_of(2)};
    }
    void put_back() const {
        for (int i = 0; i < count; ++i) {
            ::dup2(copies_.at(std::size_t(i)), i);
        }
    }

private:
    static constexpr int count = 3;
    std::array<int, count> copies_{};
    std::array<std::string, count> targets_;
};

/// As told(); and what is no more captured or fed is back where it was when one call failed,
/// whether it had begun or not, and if that call was the one that puts it back.
template <class Call>
bool told_and_put_back(const standard_files& files, failing_calls& calls, Call call) {
    const std::filesystem::path temporary = std::filesystem::temp_directory_path();
    const bool failed = told(calls, {"", temporary, temporary / "*"}, call);
    const bool are_back = files.are_back();
    files.put_back();
    CHECK((are_back || calls.failed() > 1));
    return failed;
}

/// By stdio, whose own calls are none of sluice's.
void print(std::FILE* to, const std::string& what) {
    std::fputs(what.c_str(), to);
    std::fflush(to);
}

/// Where there is no file in RAM, there is one on disk. Nothing is lost where such a file, or the
/// copy of a standard descriptor, is closed.
std::vector<spared> without_consequence(int files, int copies) {
    return {{"memfd_create", files}, {"close", files + copies}, {"close of what was read", copies}};
}

}  // namespace

TEST_SUITE_BEGIN("system calls");

TEST_CASE("a capture reports or has all, and gives the outputs back") {
    const standard_files files;
    fail_each_call(without_consequence(2, 2), [&](patient&, failing_calls& calls) {
        std::string out;
        std::string err;
        if (!told_and_put_back(files, calls, [&] {
                capture printed;
                print(stdout, text);
                std::cerr << "warning\n";
                out = printed.take();
                print(stdout, "more");
                print(stderr, "error");
                printed.stop();
                out += printed.out();
                err = printed.err();
            })) {
            CHECK(out == text + "warning\nmore");
            CHECK(err == "error");
        }
    });
}

TEST_CASE("a capture that is shown is shown whole, or reports") {
    const standard_files files;
    fail_each_call(without_consequence(3, 4), [&](patient&, failing_calls& calls) {
        std::string shown;
        if (!told_and_put_back(files, calls, [&] {
                capture outer;
                capture inner({.interleaved = true, .shown = true});
                print(stdout, text);
                print(stderr, "error");
                inner.stop();
                outer.stop();
                shown = outer.out() + outer.err();
            })) {
            CHECK(shown == text + "error");
        }
    });
}

TEST_CASE("what is not to be captured goes past a capture, or that is told") {
    const standard_files files;
    std::vector<spared> spared = without_consequence(4, 6);
    spared.push_back({"dup2", 2});  // uncaptured can tell nobody, and tries it again
    fail_each_call(spared, [&](patient&, failing_calls& calls) {
        std::string outside;
        std::string inside;
        std::string before;
        std::string during;
        std::string after;
        if (!told_and_put_back(files, calls, [&] {
                capture outer;
                sluice::ofstream past = sluice::testing::uncaptured_output();
                capture inner;
                past << "past ";
                past.close();
                if (!past) {
                    throw sluice::error_of(past);
                }
                print(stdout, "1");
                before = target_of(1);
                {
                    const sluice::testing::uncaptured now;
                    during = target_of(1);
                }
                after = target_of(1);
                inner.stop();
                outer.stop();
                inside = inner.out();
                outside = outer.out();
            })) {
            CHECK(inside == "1");
            CHECK(after == before);
            CHECK(during == target_of(1));
            CHECK(outside == "past ");
        }
    });
}

TEST_CASE("a feed reports or gives all, and the input back") {
    const standard_files files;
    fail_each_call(without_consequence(2, 1), [&](patient&, failing_calls& calls) {
        std::string read;
        std::string rest;
        if (!told_and_put_back(files, calls, [&] {
                feed typed("1 2 3\n" + text);
                int number = 0;
                for (int i = 0; i < 2 && std::scanf("%d", &number) == 1; ++i) {
                    read += std::to_string(number);
                }
                std::cin >> number;
                read += std::to_string(number);
                rest = typed.rest();
                typed.stop();
                rest += typed.rest();
            })) {
            CHECK(read == "123");
            CHECK(rest == "\n" + text);
        }
    });
}

TEST_CASE("a feed inside of another gives the outer one back what it had read ahead") {
    const standard_files files;
    fail_each_call(without_consequence(4, 2), [&](patient&, failing_calls& calls) {
        std::string read;
        std::string rest;
        if (!told_and_put_back(files, calls, [&] {
                feed outer("outer " + text);
                std::string word;
                std::cin >> word;
                read = word;
                {
                    feed inner("inner 2");
                    std::cin >> word;
                    read += word;
                    inner.stop();
                    read += inner.rest();
                }
                std::cin >> word;
                read += word;
                outer.stop();
                rest = outer.rest();
            })) {
            CHECK(read == "outerinner 20");
            CHECK(rest == text.substr(1));
        }
    });
}

TEST_SUITE_END();
