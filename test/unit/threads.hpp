// What the tests of threads share: threads that begin together, and what each of them does.

#ifndef SLUICE_TEST_UNIT_THREADS_HPP
#define SLUICE_TEST_UNIT_THREADS_HPP

#include <conformance/transfer.hpp>
#include <support/setting.hpp>

#include <exception>
#include <functional>
#include <istream>
#include <latch>
#include <mutex>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace thread_tests {

inline constexpr int many = 16;

inline int operations() {
    return support::setting("SLUICE_THREAD_OPERATIONS", 20'000);
}

/// Runs calls in threads that begin together.
class threads {
public:
    explicit threads(int count) : start_(count) {}
    threads(const threads&) = delete;
    threads& operator=(const threads&) = delete;
    ~threads() { join(); }

    template <class Call>
    void add(Call call) {
        running_.emplace_back([this, call = std::move(call)]() mutable {
            start_.arrive_and_wait();
            try {
                call();
            } catch (const std::exception& e) {
                const std::scoped_lock lock(mutex_);
                failures_ += std::string(e.what()) + '\n';
            }
        });
    }

    /// What was thrown, when all have ended.
    std::string failures() {
        join();
        return failures_;
    }

private:
    void join() {
        for (std::thread& each : running_) {
            if (each.joinable()) {
                each.join();
            }
        }
    }

    std::latch start_;
    std::vector<std::thread> running_;
    std::mutex mutex_;
    std::string failures_;
};

inline void require(bool holds, const std::string& what) {
    if (!holds) {
        throw std::runtime_error(what);
    }
}

/// Calls of doctest's are kept out of the threads.
inline std::string in_threads(int count, const std::function<void(int)>& call) {
    threads all(count);
    for (int i = 0; i < count; ++i) {
        all.add([&call, i] { call(i); });
    }
    return all.failures();
}

/// Writes lines and reads them again, as any program does.
inline void write_and_read(std::iostream& f, int seed, const char* what) {
    const std::string text = conformance::sample(static_cast<std::size_t>(3000 + 17 * seed));
    f << text << '\n' << seed << ' ' << 0.5 << '\n' << std::flush;
    f.seekg(0);
    std::string all;
    for (std::string line; std::getline(f, line);) {
        all += line + '\n';
    }
    require(all == text + '\n' + std::to_string(seed) + " 0.5\n", what);
    f.clear();
}

}  // namespace thread_tests

#endif  // SLUICE_TEST_UNIT_THREADS_HPP
