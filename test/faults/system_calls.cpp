#include <dlfcn.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <faults/preloaded.hpp>
#include <faults/system_calls.hpp>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

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
// Of the good ones, by their names. No call allocates for it: one may come from where none may.
struct name_count {
    std::string_view name;
    std::ptrdiff_t count = 0;
};
std::array<name_count, 128> names_before;
std::function<void()> meanwhile;
std::mutex guard;  // a process's streams are drained by threads

// Where calls are only asked for what they are.
std::vector<std::string>* asked = nullptr;
bool was_shortened = false;

bool only_shortens(failing_calls::how mode) noexcept {
    return mode >= failing_calls::how::shortened;
}

std::ptrdiff_t& count_of(std::string_view name) noexcept {
    const auto found =
        std::find_if(names_before.begin(), names_before.end(),
                     [&](const name_count& one) { return one.name == name || one.name.empty(); });
    found->name = name;  // there are fewer names than places
    return found->count;
}

// The errno that this call fails with; 0: it does not.
int due(const char* name, bool interruptible) noexcept {
    const std::lock_guard lock(guard);
    if (asked != nullptr) {
        asked->push_back(std::string(name) + (interruptible ? ", interruptible" : "") +
                         (std::exchange(was_shortened, false) ? ", short" : ""));
        return EIO;
    }
    if (only_shortens(mode_now)) {
        return interruptible && ++all % 2 == 0 ? EINTR : 0;
    }
    if (good_ones < 0) {
        return 0;
    }
    if (good_ones > 0) {
        --good_ones;
        ++count_of(name);
        return 0;
    }
    if (failures++ == 0) {
        first_name = name;
    }
    good_ones = mode_now == failing_calls::how::ever_after ? 0 : -1;
    if (meanwhile) {
        meanwhile();
    }
    return error_now;
}

template <class Result>
Result failure(int number) noexcept {
    errno = number;
    if constexpr (std::is_same_v<Result, void*>) {
        return MAP_FAILED;
    } else if constexpr (std::is_pointer_v<Result>) {
        return nullptr;
    } else {
        return Result(-1);
    }
}

std::size_t part_of(std::size_t size) noexcept {
    was_shortened = asked != nullptr;
    constexpr std::size_t few = 3;
    switch (mode_now) {
    case failing_calls::how::shortened: return std::min(size, few);
    case failing_calls::how::halved: return (size + 1) / 2;
    case failing_calls::how::short_by_one: return size > 1 ? size - 1 : size;
    default: return size;
    }
}

template <class T>
T shortened(T argument) noexcept {
    if constexpr (std::is_same_v<T, std::size_t>) {
        return part_of(argument);
    } else {
        return argument;
    }
}

// What a call is asked for that has no consequence, should it reach the system.
template <class T>
T no_argument() noexcept {
    alignas(std::max_align_t) static std::array<char, 1024> zeros = {};
    if constexpr (std::is_pointer_v<T>) {
        return static_cast<T>(static_cast<void*>(zeros.data()));
    } else if constexpr (std::is_same_v<T, int>) {
        return 10'000;  // no descriptor, no signal
    } else {
        return T();
    }
}

std::vector<void (*)()> each_call;

template <auto Member>
struct hook;

template <class Result, class... Arguments, Result (*posix_calls::*Member)(Arguments...)>
struct hook<Member> {
    using function = Result (*)(Arguments...);
    static inline const char* name = "";
    static inline bool interruptible = false;
    static Result call(Arguments... arguments) {
        const int number = due(name, interruptible);
        return number != 0 ? failure<Result>(number) : (system.*Member)(arguments...);
    }
    static Result transfer(Arguments... arguments) { return call(shortened(arguments)...); }
    static void replace(function by) {
        sluice::os::calls.*Member = by;
        each_call.push_back([] { (sluice::os::calls.*Member)(no_argument<Arguments>()...); });
    }
    static void set(const char* called, bool is_interruptible, function by) {
        name = called;
        interruptible = is_interruptible;
        replace(by);
    }
};

template <auto Member>
void replace(const char* name, bool interruptible = false) {
    hook<Member>::set(name, interruptible, hook<Member>::call);
}

// One that moves bytes, which can be short as well.
template <auto Member>
void replace_transfer(const char* name) {
    hook<Member>::set(name, true, hook<Member>::transfer);
}

int failing_open(const char* path, int flags, mode_t permissions) {
    const int number = due(is_unnamed(flags) ? "open O_TMPFILE" : "open", true);
    return number != 0 ? failure<int>(number) : system.open(path, flags, permissions);
}

int failing_openat(int directory, const char* name, int flags, mode_t permissions) {
    const int number = due(is_unnamed(flags) ? "openat O_TMPFILE" : "openat", true);
    return number != 0 ? failure<int>(number) : system.openat(directory, name, flags, permissions);
}

int failing_fstatat(int directory, const char* name, struct stat* status, int flags) {
    const int number = due(name_of_status(directory), false);
    return number != 0 ? failure<int>(number) : system.fstatat(directory, name, status, flags);
}

// close() frees the descriptor whatever it returns.
int failing_close(int file) {
    const char* const name = name_of_closing(system.status_flags(file));
    const int result = system.close(file);
    const int number = due(name, true);
    return number != 0 ? failure<int>(number) : result;
}

// As does munmap() here, or it would be a leak of this test's.
int failing_munmap(void* memory, std::size_t size) {
    const int result = system.munmap(memory, size);
    const int number = due("munmap", false);
    return number != 0 ? failure<int>(number) : result;
}

// Returns its error.
int failing_spawn(pid_t* process, const char* program, const posix_spawn_file_actions_t* actions,
                  const posix_spawnattr_t* attributes, char* const* arguments,
                  char* const* environment) {
    const int number = due("posix_spawnp", false);
    return number != 0
               ? number
               : system.spawn(process, program, actions, attributes, arguments, environment);
}

preloaded_calls* preloaded() noexcept {
    static auto* const found =
        static_cast<preloaded_calls*>(::dlsym(RTLD_DEFAULT, "sluice_preloaded_calls"));
    return found;
}

void replace_all() {
    each_call.clear();
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
    replace<&posix_calls::map_file>("mmap of a file");
    replace<&posix_calls::msync>("msync");
    replace<&posix_calls::pipe>("pipe2");
    replace<&posix_calls::duplicate>("dup");
    replace<&posix_calls::linkat>("linkat");
    replace<&posix_calls::renameat>("renameat");
    replace<&posix_calls::renameat2>("renameat2");
    replace<&posix_calls::unlinkat>("unlinkat");
    replace<&posix_calls::fsync>("fsync", true);
    replace<&posix_calls::fchmod>("fchmod", true);
    replace<&posix_calls::fchown>("fchown", true);
    replace<&posix_calls::flock>("flock", true);
    replace<&posix_calls::faccessat>("faccessat");
    replace<&posix_calls::getxattr>("getxattr");
    replace<&posix_calls::fsetxattr>("fsetxattr");
    replace<&posix_calls::stat>("stat");
    replace<&posix_calls::mkdirat>("mkdirat");
    replace<&posix_calls::symlinkat>("symlinkat");
    replace<&posix_calls::readlinkat>("readlinkat");
    replace<&posix_calls::utimensat>("utimensat");
    replace<&posix_calls::fchmodat>("fchmodat");
    replace<&posix_calls::memfd>("memfd_create");
    replace<&posix_calls::duplicate_to>("dup2", true);
    replace<&posix_calls::set_flags>("fcntl F_SETFL");
    replace<&posix_calls::waitpid>("waitpid", true);
    replace<&posix_calls::shutdown>("shutdown");
    replace<&posix_calls::socket>("socket");
    replace<&posix_calls::accept>("accept4", true);
    replace<&posix_calls::setsockopt>("setsockopt");
    replace<&posix_calls::poll>("poll", true);
    replace<&posix_calls::kill>("kill");
    replace<&posix_calls::pidfd_open>("pidfd_open");
    replace<&posix_calls::sigaction>("sigaction");
    replace<&posix_calls::fdopendir>("fdopendir");
    replace<&posix_calls::readdir>("readdir");
    replace<&posix_calls::fopencookie>("fopencookie");
    replace<&posix_calls::add_seals>("fcntl F_ADD_SEALS");
    replace<&posix_calls::seals>("fcntl F_GET_SEALS");
    replace_transfer<&posix_calls::read>("read");
    replace_transfer<&posix_calls::write>("write");
    replace_transfer<&posix_calls::pread>("pread");
    replace_transfer<&posix_calls::pwrite>("pwrite");
    replace_transfer<&posix_calls::random>("getrandom");
    replace_transfer<&posix_calls::send>("send");
    replace_transfer<&posix_calls::recv>("recv");
    replace_transfer<&posix_calls::copy_file_range>("copy_file_range");
    replace_transfer<&posix_calls::sendfile>("sendfile");
    replace_transfer<&posix_calls::splice>("splice");
    hook<&posix_calls::open>::replace(failing_open);
    hook<&posix_calls::openat>::replace(failing_openat);
    hook<&posix_calls::fstatat>::replace(failing_fstatat);
    hook<&posix_calls::close>::replace(failing_close);
    hook<&posix_calls::munmap>::replace(failing_munmap);
    hook<&posix_calls::spawn>::replace(failing_spawn);
    static_assert(sizeof(posix_calls) == 65 * sizeof(&::mkdir), "a call that none of these fails");
}

std::vector<std::string> asked_by_each_call() {
    std::vector<std::string> result;
    asked = &result;
    for (auto* const call : each_call) {
        const std::size_t before = result.size();
        call();
        if (result.size() == before) {
            result.emplace_back("nothing");
        }
    }
    asked = nullptr;
    return result;
}

}  // namespace

std::vector<std::string> failing_calls::asked_by_table() {
    const support::replaced_calls scope;
    system = scope.real();
    replace_all();
    return asked_by_each_call();
}

std::vector<std::string> failing_calls::asked_from_outside() {
    const support::replaced_calls scope;
    replace_all();
    sluice::os::calls = scope.real();
    preloaded()->part_of = part_of;
    preloaded()->due = due;
    std::vector<std::string> result = asked_by_each_call();
    preloaded()->due = nullptr;
    return result;
}

failing_calls::failing_calls(long good, how mode, int number) {
    system = this->real();
    good_ones = only_shortens(mode) ? -1 : good;
    failures = all = 0;
    names_before = {};
    mode_now = mode;
    error_now = number;
    first_name = "";
    if (from_outside()) {
        preloaded()->part_of = part_of;
        preloaded()->due = due;
    } else {
        replace_all();
    }
}

failing_calls::failing_calls(long good, std::function<void()> happens)
    : failing_calls(good, how::once, 0) {
    meanwhile = std::move(happens);
}

failing_calls::~failing_calls() {
    mend();
    meanwhile = nullptr;
    if (preloaded() != nullptr) {
        preloaded()->due = nullptr;
    }
}

bool failing_calls::from_outside() {
    if (preloaded() == nullptr && std::getenv("SLUICE_PRELOADED") != nullptr) {
        throw std::runtime_error("nothing is preloaded");
    }
    return preloaded() != nullptr;
}

long failing_calls::failed() const noexcept {
    return failures;
}

const char* failing_calls::name() const noexcept {
    return first_name;
}

std::ptrdiff_t failing_calls::same_before() const noexcept {
    return count_of(first_name);
}

int failing_calls::number() const noexcept {
    return error_now;
}

void failing_calls::mend() noexcept {
    const std::lock_guard lock(guard);
    good_ones = -1;
    mode_now = how::once;
}

}  // namespace faults
