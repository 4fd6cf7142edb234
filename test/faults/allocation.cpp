#include <doctest/doctest.h>

#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <faults/allocation.hpp>
#include <new>
#include <ostream>

#ifdef SLUICE_WRAPPED_MALLOC
// The linker (--wrap) leads what is linked statically, sluice itself, to __wrap_malloc, and
// __real_malloc to the C library's.
extern "C" {
void* __real_malloc(std::size_t size);                // NOLINT: the linker's names
void* __real_realloc(void* block, std::size_t size);  // NOLINT
void __real_free(void* block);                        // NOLINT
}
#endif

namespace faults {
namespace {

#ifdef SLUICE_WRAPPED_MALLOC
void* system_malloc(std::size_t size) noexcept {
    return __real_malloc(size);
}
void system_free(void* block) noexcept {
    __real_free(block);
}
#else
void* system_malloc(std::size_t size) noexcept {
    return std::malloc(size);
}
void system_free(void* block) noexcept {
    std::free(block);
}
#endif

// How many points have been failed in this program.
long points_once = 0;
long points_ever_after = 0;

thread_local long good_ones = -1;  // before the one that fails; -1: none does
thread_local bool for_ever = false;
thread_local bool has_failed = false;
std::atomic<long> live{0};

bool fails() noexcept {
    if (good_ones < 0) {
        return false;
    }
    if (good_ones > 0) {
        --good_ones;
        return false;
    }
    has_failed = true;
    good_ones = for_ever ? 0 : -1;
    return true;
}

void* allocate(std::size_t size, std::size_t alignment) noexcept {
    if (fails()) {
        return nullptr;
    }
    void* const block =
        alignment <= alignof(std::max_align_t)
            ? system_malloc(size == 0 ? 1 : size)
            : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    live += block != nullptr ? 1 : 0;
    return block;
}

#ifdef SLUICE_WRAPPED_MALLOC
void* reallocate(void* block, std::size_t size) noexcept {
    if (fails()) {
        return nullptr;
    }
    void* const moved = __real_realloc(block, size);
    live += block == nullptr && moved != nullptr ? 1 : 0;
    return moved;
}
#endif

void* allocate_or_throw(std::size_t size, std::size_t alignment) {
    void* const block = allocate(size, alignment);
    if (block == nullptr) {
        throw std::bad_alloc();
    }
    return block;
}

void release(void* block) noexcept {
    live -= block != nullptr ? 1 : 0;
    system_free(block);
}

void* no_pages() noexcept {
    errno = ENOMEM;
    return MAP_FAILED;  // NOLINT: the system's cast
}

template <class Object>
Object* none() noexcept {
    errno = ENOMEM;
    return nullptr;
}

bool is_between(std::streamoff place, std::streamoff a, std::streamoff b) noexcept {
    return std::min(a, b) <= place && place <= std::max(a, b);
}

// The last thing that the program says.
struct tally : doctest::IReporter {
    explicit tally(const doctest::ContextOptions& options) : out(*options.cout) {}
    void report_query(const doctest::QueryData& /*query*/) override {}
    void test_run_start() override {}
    void test_run_end(const doctest::TestRunStats& /*run*/) override {
        if (points_once != 0) {
            out << "allocations failed in turn: " << points_once << " once, " << points_ever_after
                << " for ever after\n";
        }
    }
    void test_case_start(const doctest::TestCaseData& /*what*/) override {}
    void test_case_reenter(const doctest::TestCaseData& /*what*/) override {}
    void test_case_end(const doctest::CurrentTestCaseStats& /*stats*/) override {}
    void test_case_exception(const doctest::TestCaseException& /*what*/) override {}
    void subcase_start(const doctest::SubcaseSignature& /*what*/) override {}
    void subcase_end() override {}
    void log_assert(const doctest::AssertData& /*what*/) override {}
    void log_message(const doctest::MessageData& /*what*/) override {}
    void test_case_skipped(const doctest::TestCaseData& /*what*/) override {}

    std::ostream& out;
};
REGISTER_LISTENER("tally", 1, tally);

}  // namespace

const std::string sample = [] {
    std::string text;
    for (int i = 0; i < 400; ++i) {
        text += "line " + std::to_string(i) + '\n';
    }
    return text;
}();

failing_allocations::failing_allocations(long good, how mode) noexcept {
    has_failed = false;
    for_ever = mode == how::ever_after;
    good_ones = good;
    static sluice::os::posix_calls real;
    real = system_.real();
    auto& calls = support::replaced_calls::calls();
    calls.map = [](std::size_t size) { return fails() ? no_pages() : real.map(size); };
    calls.remap = [](void* memory, std::size_t size, std::size_t new_size) {
        return fails() ? no_pages() : real.remap(memory, size, new_size);
    };
    calls.map_file = [](std::size_t size, int protection, int flags, int file, off_t position) {
        return fails() ? no_pages() : real.map_file(size, protection, flags, file, position);
    };
    calls.fopencookie = [](void* cookie, const char* opened, cookie_io_functions_t functions) {
        return fails() ? none<std::FILE>() : real.fopencookie(cookie, opened, functions);
    };
    calls.fdopendir = [](int directory) {
        return fails() ? none<DIR>() : real.fdopendir(directory);
    };
}

failing_allocations::~failing_allocations() {
    good_ones = -1;
}

bool failing_allocations::failed() const noexcept {
    return has_failed;
}

long live_blocks() noexcept {
    return live;
}

bool unchanged(const picture& before, const picture& left, const picture& /*after*/) {
    return left == before;
}

bool read_in_part(const picture& before, const picture& left, const picture& after) {
    return left.content == before.content && left.mode == before.mode &&
           is_between(left.position, before.position, after.position);
}

bool written_in_part(const picture& before, const picture& left, const picture& after) {
    const auto front =
        static_cast<std::size_t>(std::mismatch(left.content.begin(), left.content.end(),
                                               after.content.begin(), after.content.end())
                                     .first -
                                 left.content.begin());
    const std::string rest = before.content.substr(std::min(front, before.content.size()));
    return left.content.substr(front) == rest && left.mode == before.mode &&
           is_between(left.position, before.position, after.position);
}

bool whole_or_not(const picture& before, const picture& left, const picture& after) {
    return left == before || left == after;
}

namespace detail {
namespace {

enum class outcome { done, failed, thrown };

// Uses the object with one allocation failing, and looks at it.
outcome try_at(long good, failing_allocations::how mode, trial& object) {
    const failing_allocations scope(good, mode);
    bool thrown = false;
    try {
        object.use();
    } catch (const std::bad_alloc&) {
        thrown = true;
    } catch (const sluice::error&) {
        thrown = true;
    }
    if (!scope.failed()) {
        CHECK_FALSE(thrown);
        return outcome::done;
    }
    return thrown ? outcome::thrown : outcome::failed;
}

// On a line, and short.
std::string shown(const picture& seen) {
    std::string front = seen.content.substr(0, 200);
    std::replace(front.begin(), front.end(), '\n', '\\');
    return '[' + seen.mode.substr(0, 200) + "] " + std::to_string(seen.position) + " (" +
           std::to_string(seen.content.size()) + ") " + front;
}

bool check_at(long good, failing_allocations::how mode, trial& object, const promise& what,
              const picture& before, const picture& after) {
    const outcome came = try_at(good, mode, object);
    const picture left = object.look();
    if (came != outcome::thrown) {
        CHECK_MESSAGE((left == after), shown(left), "; not: ", shown(after));
        return came != outcome::done;
    }
    CHECK_MESSAGE(what.leaves(before, left, after), shown(left), "; not: ", shown(before));
    object.use();  // which now works
    const picture again = object.look();
    if (what.resumes || left == before) {
        CHECK_MESSAGE((again == after), shown(again), "; not: ", shown(after));
    }
    return true;
}

}  // namespace

void run(const std::function<std::unique_ptr<trial>()>& make, const promise& what, const char* file,
         int line) {
    CAPTURE(file);
    CAPTURE(line);
    const picture before = make()->look();
    std::unique_ptr<trial> whole = make();  // not looked at before, as those that fail are not
    whole->use();
    const picture after = whole->look();
    whole.reset();
    for (const auto mode : {failing_allocations::how::once, failing_allocations::how::ever_after}) {
        const bool once = mode == failing_allocations::how::once;
        CAPTURE(once);
        bool again = false;
        for (long good = 0;; good += again ? 0 : 1) {
            CAPTURE(good);
            const long blocks = live_blocks();
            const bool failed = check_at(good, mode, *make(), what, before, after);
            again = live_blocks() != blocks && !again;
            CHECK((again || what.leaks || live_blocks() == blocks));
            if (failed && !again) {
                ++(once ? points_once : points_ever_after);
            }
            if (!failed && !again) {
                break;
            }
        }
    }
}

}  // namespace detail
}  // namespace faults

#ifdef SLUICE_WRAPPED_MALLOC
extern "C" {
void* __wrap_malloc(std::size_t size) {  // NOLINT: the linker's name
    return faults::allocate(size, 1);
}
void* __wrap_realloc(void* block, std::size_t size) {  // NOLINT: the linker's name
    return faults::reallocate(block, size);
}
void __wrap_free(void* block) {  // NOLINT: the linker's name
    faults::release(block);
}
}
#endif

// The whole program's: what replaces one has to replace them all.
void* operator new(std::size_t size) {
    return faults::allocate_or_throw(size, 1);
}
void* operator new[](std::size_t size) {
    return faults::allocate_or_throw(size, 1);
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return faults::allocate(size, 1);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return faults::allocate(size, 1);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    return faults::allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return faults::allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* block) noexcept {
    faults::release(block);
}
void operator delete[](void* block) noexcept {
    faults::release(block);
}
void operator delete(void* block, std::size_t) noexcept {
    faults::release(block);
}
void operator delete[](void* block, std::size_t) noexcept {
    faults::release(block);
}
void operator delete(void* block, const std::nothrow_t&) noexcept {
    faults::release(block);
}
void operator delete[](void* block, const std::nothrow_t&) noexcept {
    faults::release(block);
}
void operator delete(void* block, std::align_val_t) noexcept {
    faults::release(block);
}
void operator delete[](void* block, std::align_val_t) noexcept {
    faults::release(block);
}
void operator delete(void* block, std::size_t, std::align_val_t) noexcept {
    faults::release(block);
}
void operator delete[](void* block, std::size_t, std::align_val_t) noexcept {
    faults::release(block);
}
