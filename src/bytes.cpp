#include <sluice/bytes.hpp>

#include "os/os.hpp"

#include <cstdlib>
#include <cstring>
#include <limits>

namespace sluice::detail {
namespace {

// From this size on memory comes in pages of its own, which grow by moving no byte.
constexpr std::size_t mapped_from = std::size_t(256) << 10;

// A multiple of the huge page for what is large, or the kernel uses none for the last part.
std::size_t rounded(std::size_t size) noexcept {
    const std::size_t unit = size < (std::size_t(1) << 20) ? 4096 : std::size_t(2) << 20;
    return size > std::numeric_limits<std::size_t>::max() - unit ? size
                                                                 : (size + unit - 1) / unit * unit;
}

}  // namespace

bool block::grow(std::size_t used, std::size_t capacity) noexcept {
    block grown;
    if (capacity < mapped_from) {
        if (origin_ == origin::heap) {
            void* memory = std::realloc(data_, capacity);
            if (memory == nullptr) {
                return false;
            }
            data_ = memory;
            capacity_ = capacity;
            return true;
        }
        grown.origin_ = origin::heap;
        grown.data_ = std::malloc(capacity);
    } else {
        capacity = rounded(capacity);
        if (origin_ == origin::mapped) {
            void* memory = os::remap_memory(data_, capacity_, capacity);
            if (memory == nullptr) {
                return false;
            }
            data_ = memory;
            capacity_ = capacity;
            return true;
        }
        grown.origin_ = origin::mapped;
        grown.data_ = os::map_memory(capacity);
    }
    if (grown.data_ == nullptr) {
        grown.origin_ = origin::none;
        return false;
    }
    grown.capacity_ = capacity;
    if (used != 0) {
        std::memcpy(grown.data_, data_, used);
    }
    swap(grown);
    return true;
}

void block::release() noexcept {
    switch (origin_) {
    case origin::none: break;
    case origin::heap: std::free(data_); break;
    case origin::mapped: os::unmap_memory(data_, capacity_); break;
    case origin::adopted: drop_(owner_); break;
    }
}

}  // namespace sluice::detail
