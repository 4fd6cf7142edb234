// Runs what calls the system with each of its calls failing in turn.

#ifndef FAULTS_EACH_CALL_HPP
#define FAULTS_EACH_CALL_HPP

#include <sluice/error.hpp>

#include <support/descriptors.hpp>

#include <doctest/doctest.h>

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <faults/system_calls.hpp>
#include <filesystem>
#include <ios>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace faults {

using mode = failing_calls::how;

inline const std::string old_text(700, '.');
inline const std::string text = [] {
    std::string made;
    for (int i = 0; made.size() < 1500; ++i) {
        made += std::to_string(i) + ' ';
    }
    return made;
}();

/// Patterns of paths (fnmatch); "" is no path.
using path_patterns = std::vector<std::string>;

/// What every report of the failure that was due says; `paths` are those it may concern.
inline void check_report(failing_calls& calls, const sluice::error& why,
                         const path_patterns& paths) {
    calls.note_told();
    CHECK(why.code() == std::error_code(calls.number(), std::system_category()));
    CHECK_FALSE(why.operation().empty());
    const std::string what = why.what();
    const std::string name = calls.name();
    CAPTURE(what);
    CAPTURE(name);
    CHECK(std::any_of(paths.begin(), paths.end(), [&](const std::string& pattern) {
        return ::fnmatch(pattern.c_str(), why.path().c_str(), 0) == 0;
    }));
}

// What a caller does who does not give up: a failure is counted, checked, and tried again.
class patient {
public:
    explicit patient(failing_calls& calls) : calls_(calls) {}

    /// What is used from now on has this path.
    void expect(std::filesystem::path path) { path_ = std::move(path); }

    template <class Buf>
    void write(Buf& buf, std::string_view what) {
        for (std::size_t done = 0; done < what.size();) {
            const auto part =
                static_cast<std::streamsize>(std::min<std::size_t>(100, what.size() - done));
            std::basic_string<typename Buf::char_type> wide(
                what.begin() + static_cast<std::ptrdiff_t>(done),
                what.begin() + static_cast<std::ptrdiff_t>(done) + part);
            const auto put = buf.sputn(wide.data(), part);
            done += static_cast<std::size_t>(put);
            if (put < part || buf.reason()) {
                failed(buf);
            }
        }
    }

    template <class Buf>
    void sync(Buf& buf) {
        while (buf.pubsync() != 0) {
            failed(buf);
        }
    }

    template <class Buf>
    void seek(Buf& buf, std::streamoff position) {
        while (buf.pubseekpos(position) != std::streampos(position)) {
            failed(buf);
        }
    }

    template <class Buf>
    std::string read(Buf& buf, std::size_t size) {
        std::string all;
        for (std::size_t piece = 7; all.size() < size;) {
            typename Buf::char_type block[7] = {};
            try {
                const auto got = buf.sgetn(
                    block, static_cast<std::streamsize>(std::min(piece, size - all.size())));
                if (got == 0) {
                    break;
                }
                all.append(block, block + got);
            } catch (const sluice::error& why) {
                CHECK(why.code().value() == calls_.number());
                CHECK(why.path() == path_);
                failed(buf);
            }
        }
        return all;
    }

    /// Opens until that succeeds.
    template <class Buf>
    void open(Buf& buf, const std::filesystem::path& path, std::ios_base::openmode how) {
        expect(path);
        while (buf.open(path, how) == nullptr) {
            failed(buf);
        }
    }

    /// Returns: whether that succeeded; it is not tried again.
    template <class Buf>
    bool close(Buf& buf) {
        if (buf.close() != nullptr) {
            return true;
        }
        failed(buf);
        return false;
    }

private:
    template <class Buf>
    void failed(Buf& buf) {
        check_report(calls_, buf.reason(), {path_});
        buf.clear_reason();
        REQUIRE(calls_.told() < 1000);
        if (calls_.told() > 2) {
            calls_.mend();
        }
    }

    failing_calls& calls_;
    std::filesystem::path path_;
};

/// Whether `call` threw the error that was due, of one of `paths`; from then on nothing fails.
template <class Call>
bool told(failing_calls& calls, const path_patterns& paths, Call call) {
    bool thrown = false;
    try {
        call();
    } catch (const sluice::error& why) {
        check_report(calls, why, paths);
        thrown = true;
    }
    calls.mend();
    return thrown;
}

/// With SLUICE_ALL_FAULTS set, whatever a disk may say.
inline std::vector<int> error_numbers() {
    return std::getenv("SLUICE_ALL_FAULTS") != nullptr
               ? std::vector<int>{EIO, ENOSPC, EDQUOT, EFBIG, ENOMEM, EPERM}
               : std::vector<int>{EIO};
}

// How many times something was run, for those who want to know.
class run_counter {
public:
    run_counter() = default;
    run_counter(const run_counter&) = delete;
    run_counter& operator=(const run_counter&) = delete;
    ~run_counter() {
        if (std::getenv("SLUICE_ALL_FAULTS") != nullptr) {
            std::cout << runs << " runs, " << failures << " with a failure\n";
        }
    }
    long runs = 0;
    long failures = 0;
};

/// A call whose failure need not be told at `most` places.
struct spared {
    std::string_view name;
    int most;
};

/// Whether this has a fallback, or is tried again by the next call: it need not be told where it
/// fails once, but is told where it goes on failing. What writes or closes is not among them.
inline bool is_tried_again(std::string_view name) {
    constexpr std::array<std::string_view, 15> names = {
        "copy_file_range", "flock", "fstat",          "fstatat",          "ioctl",
        "isatty",          "lseek", "open O_TMPFILE", "openat O_TMPFILE", "pidfd_open",
        "pread",           "read",  "recv",           "sendfile",         "splice"};
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// Counts the failures that nobody was told of, and checks that they may be.
class silence {
public:
    explicit silence(const std::vector<spared>& known) : left_(known) {}

    void note(const failing_calls& calls, bool once) {
        const std::string_view name = calls.name();
        if (once && is_tried_again(name)) {
            return;
        }
        const place where(std::string(name), calls.same_before());
        if (std::find(met_.begin(), met_.end(), where) != met_.end()) {
            return;
        }
        met_.push_back(where);
        const auto found = std::find_if(left_.begin(), left_.end(),
                                        [&](const spared& one) { return one.name == name; });
        const bool is_spared = found != left_.end() && found->most-- > 0;
        CHECK(is_spared);
    }

private:
    using place = std::pair<std::string, std::ptrdiff_t>;
    std::vector<spared> left_;
    std::vector<place> met_;
};

/// Runs `use` with each system call failing in turn, and with all of them short and interrupted.
///
/// - A failure is told: once, where one call fails. Only those in `known` are of no consequence, so
///   that nothing need be told of them, and those that are tried again.
/// - Interruptions and short transfers are not told.
/// - No descriptor is left open.
template <class Use>
void fail_each_call(const std::vector<spared>& known, Use use) {
    static run_counter counter;
    const std::ptrdiff_t descriptors = support::open_descriptors();
    for (const mode how : {mode::shortened, mode::halved, mode::short_by_one}) {
        failing_calls calls(0, how, 0);
        patient user(calls);
        use(user, calls);
        CHECK(calls.told() == 0);
        CHECK(support::open_descriptors() == descriptors);
        ++counter.runs;
    }
    for (const int number : error_numbers()) {
        CAPTURE(number);
        for (const mode how : {mode::once, mode::ever_after}) {
            const bool once = how == mode::once;
            CAPTURE(once);
            silence silent(known);
            for (long good = 0;; ++good) {
                CAPTURE(good);
                failing_calls calls(good, how, number);
                patient user(calls);
                use(user, calls);
                const std::string name = calls.name();
                CAPTURE(name);
                CHECK(support::open_descriptors() == descriptors);
                ++counter.runs;
                if (calls.failed() == 0) {
                    break;
                }
                ++counter.failures;
                if (calls.told() == 0) {
                    silent.note(calls, once);
                } else if (once) {
                    CHECK(calls.told() == 1);
                }
            }
        }
    }
}

template <class Use>
void fail_each_call(Use use) {
    fail_each_call({}, use);
}

}  // namespace faults

#endif  // FAULTS_EACH_CALL_HPP
