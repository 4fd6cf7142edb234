// Runs what calls the system with each of its calls failing in turn.

#ifndef FAULTS_EACH_CALL_HPP
#define FAULTS_EACH_CALL_HPP

#include <sluice/error.hpp>

#include <support/descriptors.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <faults/system_calls.hpp>
#include <iostream>
#include <string>
#include <string_view>
#include <system_error>
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

// What a caller does who does not give up: a failure is counted, checked, and tried again.
class patient {
public:
    explicit patient(failing_calls& calls) : calls_(calls) {}

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
            if (put < part) {
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
                failed(buf);
            }
        }
        return all;
    }

    /// How often something was told to have failed.
    [[nodiscard]] long told() const noexcept { return told_; }

private:
    template <class Buf>
    void failed(Buf& buf) {
        const sluice::error why = buf.reason();
        CHECK(why.code() == std::error_code(calls_.number(), std::system_category()));
        CHECK_FALSE(why.operation().empty());
        buf.clear_reason();
        REQUIRE(++told_ < 1000);
        if (told_ > 2) {
            calls_.mend();
        }
    }

    failing_calls& calls_;
    long told_ = 0;
};

/// Whether `call` threw the error that was due; from then on nothing fails.
template <class Call>
bool told(failing_calls& calls, Call call) {
    bool thrown = false;
    try {
        call();
    } catch (const sluice::error& why) {
        CHECK(why.code().value() == calls.number());
        CHECK_FALSE(why.operation().empty());
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

/// Runs `use` with each system call failing in turn, and with all of them short and interrupted.
template <class Use>
void fail_each_call(Use use) {
    static run_counter counter;
    const std::ptrdiff_t descriptors = support::open_descriptors();
    for (const mode how : {mode::shortened, mode::halved, mode::short_by_one}) {
        failing_calls calls(0, how, 0);
        patient user(calls);
        use(user, calls);
        CHECK(user.told() == 0);
        CHECK(support::open_descriptors() == descriptors);
        ++counter.runs;
    }
    for (const int number : error_numbers()) {
        CAPTURE(number);
        for (const mode how : {mode::once, mode::ever_after}) {
            const bool once = how == mode::once;
            CAPTURE(once);
            for (long good = 0;; ++good) {
                CAPTURE(good);
                failing_calls calls(good, how, number);
                patient user(calls);
                use(user, calls);
                const char* const name = calls.name();
                CAPTURE(name);
                CHECK(support::open_descriptors() == descriptors);
                ++counter.runs;
                if (calls.failed() == 0) {
                    break;
                }
                ++counter.failures;
            }
        }
    }
}

}  // namespace faults

#endif  // FAULTS_EACH_CALL_HPP
