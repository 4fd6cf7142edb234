// Signals, for the length of a scope.

#ifndef SUPPORT_SIGNALS_HPP
#define SUPPORT_SIGNALS_HPP

#include <atomic>
#include <csignal>

namespace support {

/// Counts the signals of one number that are delivered. A call they interrupt is not restarted.
class counted_signal {
public:
    explicit counted_signal(int number) : number_(number) {
        struct sigaction counting {};
        counting.sa_handler = [](int) { ++seen; };
        ::sigaction(number_, &counting, &before_);
    }
    counted_signal(const counted_signal&) = delete;
    counted_signal& operator=(const counted_signal&) = delete;
    ~counted_signal() { ::sigaction(number_, &before_, nullptr); }

    [[nodiscard]] int count() const { return seen - before_count_; }

private:
    static inline std::atomic<int> seen = 0;
    int number_;
    int before_count_ = seen;
    struct sigaction before_ {};
};

[[nodiscard]] inline bool is_blocked(int number) {
    sigset_t mask{};
    ::pthread_sigmask(SIG_BLOCK, nullptr, &mask);
    return ::sigismember(&mask, number) == 1;
}

[[nodiscard]] inline bool is_pending(int number) {
    sigset_t pending{};
    ::sigpending(&pending);
    return ::sigismember(&pending, number) == 1;
}

/// Holds a signal back from this thread for good. Returns: what was held back before.
inline sigset_t block_signal(int number) {
    sigset_t one{};
    sigset_t before{};
    ::sigemptyset(&one);
    ::sigaddset(&one, number);
    ::pthread_sigmask(SIG_BLOCK, &one, &before);
    return before;
}

/// Held back from this thread for a scope.
class blocked_signal {
public:
    explicit blocked_signal(int number) : before_(block_signal(number)) {}
    blocked_signal(const blocked_signal&) = delete;
    blocked_signal& operator=(const blocked_signal&) = delete;
    ~blocked_signal() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_;
};

}  // namespace support

#endif  // SUPPORT_SIGNALS_HPP
