// Capturing what std::cout prints, against descriptor 1 on a file in $TMPDIR or /tmp. Each pass
// begins before the first character, and ends when all is in a string and the capture, or the file,
// is gone; or without the string, for both.

#include <sluice/testing/capture.hpp>

#include "bench.hpp"
#include "scratch.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <string>

namespace bench {
namespace {

constexpr std::size_t printed = 64 * MiB;
constexpr std::size_t line_size = 64;

void print_lines() {
    const std::string line = std::string(line_size - 1, 'x') + '\n';
    for (std::size_t done = 0; done < printed; done += line_size) {
        std::cout << line;
    }
}

// As it is written by hand.
class redirected_to_file {
public:
    redirected_to_file() : path_(fresh_path()) {
        std::cout.flush();
        std::fflush(stdout);
        before_ = ::dup(1);
        file_ = ::open(path_.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
        ::dup2(file_, 1);
    }
    redirected_to_file(const redirected_to_file&) = delete;
    redirected_to_file& operator=(const redirected_to_file&) = delete;
    ~redirected_to_file() {
        ::dup2(before_, 1);
        ::close(before_);
        ::close(file_);
        ::unlink(path_.c_str());
    }

    [[nodiscard]] std::size_t size() const {
        std::cout.flush();
        std::fflush(stdout);
        return static_cast<std::size_t>(::lseek(file_, 0, SEEK_END));
    }
    [[nodiscard]] std::string out() const {
        std::string text(size(), '\0');
        std::size_t done = 0;
        for (ssize_t got = 1; got > 0 && done < text.size();) {
            got = ::pread(file_, text.data() + done, text.size() - done, static_cast<off_t>(done));
            done += static_cast<std::size_t>(got > 0 ? got : 0);
        }
        text.resize(done);
        return text;
    }

private:
    std::filesystem::path path_;
    int before_ = -1;
    int file_ = -1;
};

template <class Capture>
void capture_and_read(benchmark::State& state) {
    for (auto _ : state) {
        Capture to;
        print_lines();
        require(state, to.out().size() == printed, "not all was captured");
    }
}

template <class Capture>
void capture_only(benchmark::State& state) {
    for (auto _ : state) {
        Capture to;
        print_lines();
        std::cout.flush();
        std::fflush(stdout);
    }
}

}  // namespace

void testing_rows(table& rows) {
    using sluice::testing::capture;
    rows.add("capture: 64 MiB of cout, and read it", gigabytes(printed))
        .peer("descriptor 1 on a file", capture_and_read<redirected_to_file>)
        .ours("capture", capture_and_read<capture>, at_least(1));
    rows.add("capture: 64 MiB of cout", gigabytes(printed))
        .peer("descriptor 1 on a file", capture_only<redirected_to_file>)
        .ours("capture", capture_only<capture>, at_least(1));
}

}  // namespace bench
