// Memory of whole pages, which grows without being copied.

#include "os.hpp"
#include "posix_calls.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace sluice::os {
namespace {

constexpr std::size_t huge_page = std::size_t(2) << 20;

// Page faults are most of what growing memory costs: one of 2 MiB replaces 512 of 4 KiB.
void advise(void* memory, std::size_t size) noexcept {
    if (size >= huge_page) {
        calls.advise_huge(memory, size);  // an old kernel may not know it: then pages stay small
    }
}

constexpr std::size_t page = 4096;

bool is_zeros(const char* memory, std::size_t size) noexcept {
    return memory[0] == 0 && std::memcmp(memory, memory + 1, size - 1) == 0;
}

// Pages of zeros are left out: they may never have been touched, and would cost memory then.
void* copied_mapping(void* memory, std::size_t size, std::size_t new_size) noexcept {
    void* const copy = calls.map(new_size);
    if (copy == MAP_FAILED) {
        return copy;
    }
    const char* const source = static_cast<const char*>(memory);
    const std::size_t common = std::min(size, new_size);
    for (std::size_t done = 0; done < common; done += page) {
        const std::size_t part = std::min(page, common - done);
        if (!is_zeros(source + done, part)) {
            std::memcpy(static_cast<char*>(copy) + done, source + done, part);
        }
    }
    calls.munmap(memory, size);
    return copy;
}

}  // namespace

void* map_memory(std::size_t size) noexcept {
    void* memory = calls.map(size);
    if (memory == MAP_FAILED) {
        return nullptr;
    }
    advise(memory, size);
    return memory;
}

void* remap_memory(void* memory, std::size_t size, std::size_t new_size) noexcept {
    void* moved = calls.remap(memory, size, new_size);
    if (moved == MAP_FAILED && (errno == ENOSYS || errno == EPERM)) {
        moved = copied_mapping(memory, size, new_size);  // a sandbox that does not know the call
    }
    if (moved == MAP_FAILED) {
        return nullptr;
    }
    advise(moved, new_size);
    return moved;
}

void unmap_memory(void* memory, std::size_t size) noexcept {
    calls.munmap(memory, size);
}

void expect_filling(void* memory, std::size_t size) noexcept {
    const auto begin = reinterpret_cast<std::uintptr_t>(memory);
    const std::uintptr_t skipped = (page - begin % page) % page;
    if (size > skipped) {
        advise(static_cast<char*>(memory) + skipped, (size - skipped) & ~(page - 1));
    }
}

}  // namespace sluice::os
