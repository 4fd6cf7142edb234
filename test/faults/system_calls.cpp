#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <faults/system_calls.hpp>
#include <type_traits>

namespace faults {
namespace {

using sluice::os::posix_calls;

posix_calls system;
long good_ones = -1;  // before the one that fails; -1: none does
long failures = 0;
long all = 0;
failing_calls::how mode_now = failing_calls::how::once;
int error_now = 0;
const char* first_name = "";

// The errno that this call fails with; 0: it does not.
int due(const char* name, bool interruptible) noexcept {
    if (mode_now == failing_calls::how::shortened) {
        return interruptible && ++all % 2 == 0 ? EINTR : 0;
    }
    if (good_ones < 0) {
        return 0;
    }
    if (good_ones > 0) {
        --good_ones;
        return 0;
    }
    if (failures++ == 0) {
        first_name = name;
    }
    good_ones = mode_now == failing_calls::how::ever_after ? 0 : -1;
    return error_now;
}

template <class Result>
Result failure(int number) noexcept {
    errno = number;
    if constexpr (std::is_pointer_v<Result>) {
        return MAP_FAILED;
    } else {
        return Result(-1);
    }
}

template <auto Member>
struct hook;

template <class Result, class... Arguments, Result (*posix_calls::*Member)(Arguments...)>
struct hook<Member> {
    static inline const char* name = "";
    static inline bool interruptible = false;
    static Result call(Arguments... arguments) {
        const int number = due(name, interruptible);
        return number != 0 ? failure<Result>(number) : (system.*Member)(arguments...);
    }
    static void set(const char* called, bool is_interruptible) {
        name = called;
        interruptible = is_interruptible;
        sluice::os::calls.*Member = &call;
    }
};

template <auto Member>
void replace(const char* name, bool interruptible = false) {
    hook<Member>::set(name, interruptible);
}

std::size_t part_of(std::size_t size) noexcept {
    constexpr std::size_t few = 3;
    return mode_now == failing_calls::how::shortened ? std::min(size, few) : size;
}

// Those that move bytes, which can be short as well.
void replace_transfers() {
    posix_calls& calls = sluice::os::calls;
    calls.read = [](int file, void* target, std::size_t size) -> ssize_t {
        const int number = due("read", true);
        return number != 0 ? failure<ssize_t>(number) : system.read(file, target, part_of(size));
    };
    calls.write = [](int file, const void* source, std::size_t size) -> ssize_t {
        const int number = due("write", true);
        return number != 0 ? failure<ssize_t>(number) : system.write(file, source, part_of(size));
    };
    calls.pread = [](int file, void* target, std::size_t size, off_t position) -> ssize_t {
        const int number = due("pread", true);
        return number != 0 ? failure<ssize_t>(number)
                           : system.pread(file, target, part_of(size), position);
    };
    calls.pwrite = [](int file, const void* source, std::size_t size, off_t position) -> ssize_t {
        const int number = due("pwrite", true);
        return number != 0 ? failure<ssize_t>(number)
                           : system.pwrite(file, source, part_of(size), position);
    };
    calls.copy_file_range = [](int from, off_t* from_position, int to, off_t* to_position,
                               std::size_t size) -> ssize_t {
        const int number = due("copy_file_range", true);
        return number != 0
                   ? failure<ssize_t>(number)
                   : system.copy_file_range(from, from_position, to, to_position, part_of(size));
    };
}

// close() frees the descriptor whatever it returns.
int failing_close(int file) {
    const int result = system.close(file);
    const int number = due("close", true);
    return number != 0 ? failure<int>(number) : result;
}

}  // namespace

failing_calls::failing_calls(long good, how mode, int number) {
    system = this->real();
    good_ones = mode == how::shortened ? -1 : good;
    failures = all = 0;
    mode_now = mode;
    error_now = number;
    first_name = "";
    replace<&posix_calls::open>("open", true);
    replace<&posix_calls::mkdir>("mkdir");
    replace<&posix_calls::unlink>("unlink");
    replace<&posix_calls::lseek>("lseek");
    replace<&posix_calls::ftruncate>("ftruncate", true);
    replace<&posix_calls::fstat>("fstat");
    replace<&posix_calls::isatty>("isatty");
    replace<&posix_calls::status_flags>("fcntl");
    replace<&posix_calls::waiting>("ioctl");
    replace<&posix_calls::map>("mmap");
    replace<&posix_calls::remap>("mremap");
    replace<&posix_calls::advise_huge>("madvise");
    replace<&posix_calls::random>("getrandom", true);
    replace<&posix_calls::map_file>("mmap of a file");
    replace<&posix_calls::msync>("msync");
    replace<&posix_calls::pipe>("pipe2");
    replace<&posix_calls::duplicate>("dup");
    replace<&posix_calls::openat>("openat", true);
    replace<&posix_calls::fstatat>("fstatat");
    replace<&posix_calls::linkat>("linkat");
    replace<&posix_calls::renameat>("renameat");
    replace<&posix_calls::renameat2>("renameat2");
    replace<&posix_calls::unlinkat>("unlinkat");
    replace<&posix_calls::fsync>("fsync", true);
    replace<&posix_calls::fchmod>("fchmod", true);
    replace<&posix_calls::fchown>("fchown", true);
    replace<&posix_calls::flock>("flock", true);
    replace_transfers();
    sluice::os::calls.close = failing_close;
}

failing_calls::~failing_calls() {
    mend();
}

long failing_calls::failed() const noexcept {
    return failures;
}

const char* failing_calls::name() const noexcept {
    return first_name;
}

void failing_calls::mend() noexcept {
    good_ones = -1;
    mode_now = how::once;
}

}  // namespace faults
