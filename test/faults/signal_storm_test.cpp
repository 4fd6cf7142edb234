// Signals every 200 µs, which interrupt what they meet (no SA_RESTART), while much goes through a
// pipe: SLUICE_STORM_MIB MiB each way (8), SLUICE_STORMS times (1).

#include <sluice/algorithm/copy.hpp>
#include <sluice/device/pipe.hpp>
#include <sluice/device/process.hpp>
#include <sluice/fstream.hpp>

#include <support/limits.hpp>
#include <support/setting.hpp>
#include <support/signals.hpp>
#include <support/system_calls.hpp>

#include <doctest/doctest.h>

#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <istream>
#include <ostream>
#include <string>

namespace {

#ifdef __SANITIZE_ADDRESS__
constexpr int default_mebibytes = 1;  // each signal costs much more
#else
constexpr int default_mebibytes = 8;
#endif

std::size_t size_of_all() {
    return static_cast<std::size_t>(support::setting("SLUICE_STORM_MIB", default_mebibytes)) << 20U;
}

int storms() {
    return support::setting("SLUICE_STORMS", 1);
}

/// Interrupts this process for the length of a scope.
class storm {
public:
    storm() { every(200); }
    storm(const storm&) = delete;
    storm& operator=(const storm&) = delete;
    ~storm() { every(0); }

    [[nodiscard]] int signals() const { return signals_.count(); }

private:
    static void every(suseconds_t microseconds) {
        const itimerval timer{{0, microseconds}, {0, microseconds}};
        ::setitimer(ITIMER_REAL, &timer, nullptr);
    }

    support::counted_signal signals_{SIGALRM};
};

/// What the calls behind the streams have met.
class met : public support::replaced_calls {
public:
    met() {
        interrupted = shortened = 0;
        real_calls = real();
        calls().read = [](int file, void* target, std::size_t size) {
            return noted(real_calls.read(file, target, size), 0);
        };
        calls().write = [](int file, const void* source, std::size_t size) {
            return noted(real_calls.write(file, source, size), size);
        };
    }

    static inline long interrupted = 0;
    static inline long shortened = 0;

private:
    static ssize_t noted(ssize_t result, std::size_t wanted) {
        interrupted += result < 0 && errno == EINTR ? 1 : 0;
        shortened += result > 0 && static_cast<std::size_t>(result) < wanted ? 1 : 0;
        return result;
    }

    static inline sluice::os::posix_calls real_calls{};
};

/// Bytes that no error leaves as they should be, the same whoever asks.
class bytes {
public:
    std::string next(std::size_t size) {
        std::string made(size, '\0');
        for (char& c : made) {
            state_ = state_ * 6364136223846793005U + 1442695040888963407U;
            c = static_cast<char>(state_ >> 56U);
        }
        return made;
    }

private:
    std::uint64_t state_ = 1;
};

constexpr std::array<std::size_t, 5> sizes = {1, 100, 5'000, 70'000, 1'000'000};

bool write_all(std::ostream& out) {
    bytes source;
    std::size_t left = size_of_all();
    for (std::size_t i = 0; left > 0; ++i) {
        const std::string part = source.next(std::min(left, sizes[i % sizes.size()]));
        out.write(part.data(), static_cast<std::streamsize>(part.size()));
        left -= part.size();
    }
    return static_cast<bool>(out.flush());
}

bool read_all(std::istream& in) {
    bytes source;
    std::size_t left = size_of_all();
    for (std::size_t i = 2; left > 0; ++i) {
        const std::string wanted = source.next(std::min(left, sizes[i % sizes.size()]));
        std::string got(wanted.size(), '\0');
        if (!in.read(got.data(), static_cast<std::streamsize>(got.size())) || got != wanted) {
            return false;
        }
        left -= wanted.size();
    }
    return in.get() == std::istream::traits_type::eof() && in.eof() && !in.bad();
}

/// Two processes, both in a storm of their own. One that has met no call counts for nothing: on a
/// busy machine, a process may find its pipe always full or never.
template <class Here, class There>
void exchange(Here here, There there) {
    int tries = 0;
    for (int met_ones = 0; met_ones<storms(); met_ones += met::interrupted> 0 ? 1 : 0) {
        REQUIRE(tries++ < storms() + 50);
        auto ends = sluice::pipe();
        const pid_t child = ::fork();
        if (child == 0) {
            const storm weather;
            ::_exit(there(ends) ? 0 : 1);
        }
        const met calls;
        bool well = false;
        int signals = 0;
        {
            const storm weather;
            well = here(ends);
            signals = weather.signals();
        }
        int status = -1;
        CHECK(::waitpid(child, &status, 0) == child);
        CHECK(status == 0);
        CHECK(well);
        CHECK(signals > 0);
        if (storms() > 1) {
            MESSAGE(signals << " signals, " << met::interrupted << " calls interrupted, "
                            << met::shortened << " writes short");
        }
    }
}

}  // namespace

TEST_SUITE_BEGIN("signal storm");

TEST_CASE("what is written in a storm of signals arrives as it is") {
    exchange(
        [](sluice::pipe_streams& ends) {
            ends.reader.close();
            const bool written = write_all(ends.writer);
            ends.writer.close();
            return written;
        },
        [](sluice::pipe_streams& ends) {
            ends.writer.close();
            return read_all(ends.reader);
        });
}

TEST_CASE("what is read in a storm of signals is what was written") {
    exchange(
        [](sluice::pipe_streams& ends) {
            ends.writer.close();
            return read_all(ends.reader);
        },
        [](sluice::pipe_streams& ends) {
            ends.reader.close();
            const bool written = write_all(ends.writer);
            ends.writer.close();
            return written;
        });
}

TEST_CASE("file streams on the ends of a pipe live through a storm of signals") {
    exchange(
        [](sluice::pipe_streams& ends) {
            ends.reader.close();
            sluice::ofstream out(ends.writer.fileno());
            const bool written = write_all(out);
            out.close();
            ends.writer.close();
            return written && out.good();
        },
        [](sluice::pipe_streams& ends) {
            ends.writer.close();
            sluice::ifstream in(ends.reader.fileno());
            return read_all(in);
        });
}

TEST_CASE("a program is fed and drained in a storm of signals") {
    for (int i = 0; i < storms(); ++i) {
        const std::string text = bytes().next(size_of_all());
        const storm weather;
        sluice::process cat({"cat"}, {.in = sluice::channel::pipe, .out = sluice::channel::pipe});
        const sluice::process::output result = cat.communicate(text);
        CHECK((result.out == text));
        CHECK(cat.wait().exited(0));
        CHECK(weather.signals() > 0);
    }
}

TEST_SUITE_END();
