#include <atomic>
#include <cstdlib>
#include <faults/allocation.hpp>

namespace faults {
namespace {

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
            ? std::malloc(size == 0 ? 1 : size)
            : std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    live += block != nullptr ? 1 : 0;
    return block;
}

void* allocate_or_throw(std::size_t size, std::size_t alignment) {
    void* const block = allocate(size, alignment);
    if (block == nullptr) {
        throw std::bad_alloc();
    }
    return block;
}

void release(void* block) noexcept {
    live -= block != nullptr ? 1 : 0;
    std::free(block);
}

}  // namespace

failing_allocations::failing_allocations(long good, how mode) noexcept {
    has_failed = false;
    for_ever = mode == how::ever_after;
    good_ones = good;
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

}  // namespace faults

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
