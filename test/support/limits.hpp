// Limits of the system, for the length of a scope.

#ifndef SUPPORT_LIMITS_HPP
#define SUPPORT_LIMITS_HPP

#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>
#include <stdexcept>

namespace support {

class ignored_signal {
public:
    explicit ignored_signal(int number) : number_(number) {
        struct sigaction ignore {};
        ignore.sa_handler = SIG_IGN;
        ::sigaction(number_, &ignore, &before_);
    }
    ignored_signal(const ignored_signal&) = delete;
    ignored_signal& operator=(const ignored_signal&) = delete;
    ~ignored_signal() { ::sigaction(number_, &before_, nullptr); }

private:
    int number_;
    struct sigaction before_ {};
};

/// No file grows beyond `size`: a write there fails with EFBIG.
class file_size_limit {
public:
    explicit file_size_limit(rlim_t size) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit limit{size, before_.rlim_max};
        if (::setrlimit(RLIMIT_FSIZE, &limit) != 0) {
            throw std::runtime_error("no limit of the file size");
        }
    }
    file_size_limit(const file_size_limit&) = delete;
    file_size_limit& operator=(const file_size_limit&) = delete;
    ~file_size_limit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

private:
    ignored_signal ignored_{SIGXFSZ};
    rlimit before_{};
};

/// The process has no more than `size` bytes of memory beside what it uses now.
class memory_limit {
public:
    explicit memory_limit(rlim_t size) {
        ::getrlimit(RLIMIT_AS, &before_);
        const rlimit limit{used() + size, before_.rlim_max};
        if (::setrlimit(RLIMIT_AS, &limit) != 0) {
            throw std::runtime_error("no limit of memory");
        }
    }
    memory_limit(const memory_limit&) = delete;
    memory_limit& operator=(const memory_limit&) = delete;
    ~memory_limit() { ::setrlimit(RLIMIT_AS, &before_); }

private:
    static rlim_t used() {
        rlim_t pages = 0;
        std::ifstream("/proc/self/statm") >> pages;
        return pages * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
    }

    rlimit before_{};
};

/// The process can have no more than `count` descriptors open beside those it has, none of which is
/// beyond them.
class descriptor_limit {
public:
    explicit descriptor_limit(rlim_t count) {
        ::getrlimit(RLIMIT_NOFILE, &before_);
        const int next = ::dup(0);
        ::close(next);
        const rlimit limit{static_cast<rlim_t>(next) + count, before_.rlim_max};
        if (next < 0 || ::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
            throw std::runtime_error("no limit of descriptors");
        }
    }
    descriptor_limit(const descriptor_limit&) = delete;
    descriptor_limit& operator=(const descriptor_limit&) = delete;
    ~descriptor_limit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
    rlimit before_{};
};

/// The end to read, and the end to write.
inline std::array<int, 2> new_pipe() {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) {
        throw std::runtime_error("no pipe");
    }
    return ends;
}

}  // namespace support

#endif  // SUPPORT_LIMITS_HPP
