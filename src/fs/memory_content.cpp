#include "memory_content.hpp"

#include "code.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <mutex>
#include <new>

namespace sluice::fs {

std::size_t memory_space::take(std::size_t wanted) noexcept {
    std::uintmax_t used = used_.load(std::memory_order_relaxed);
    for (;;) {
        const std::uintmax_t taken = std::min<std::uintmax_t>(wanted, capacity_ - used);
        if (used_.compare_exchange_weak(used, used + taken, std::memory_order_relaxed)) {
            return static_cast<std::size_t>(taken);
        }
    }
}

memory_content::~memory_content() {
    cut(first_, 0);
    for (auto& [index, other] : others_) {
        cut(other, 0);
    }
}

auto memory_content::find(std::int64_t index) const noexcept -> const block* {
    if (index == 0) {
        return &first_;
    }
    const auto found = others_.find(index);
    return found != others_.end() ? &found->second : nullptr;
}

// A block with room up to `end`, which is made where there is none; or std::bad_alloc.
auto memory_content::made(std::int64_t index, std::size_t end) -> block& {
    constexpr std::size_t least = 64;
    block& result = index == 0 ? first_ : others_[index];
    if (end > result.capacity) {
        const std::size_t wanted =
            index == 0 ? std::min(std::max({end, 2 * result.capacity, least}), block_size)
                       : block_size;
        std::unique_ptr<char[]> grown(new char[wanted]);  // not zeroed: most is overwritten
        std::copy_n(result.bytes.get(), result.used, grown.get());
        result.bytes = std::move(grown);
        result.capacity = wanted;
    }
    return result;
}

transfer memory_content::read(void* target, std::size_t size,
                              std::int64_t position) const noexcept {
    if (position < 0) {
        return {0, system_code(std::errc::invalid_argument)};
    }
    const std::shared_lock guard(lock_);
    const std::uint64_t left = position < size_ ? static_cast<std::uint64_t>(size_ - position) : 0;
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(size, left));
    for (std::size_t done = 0; done < count;) {
        const std::int64_t here = position + static_cast<std::int64_t>(done);
        const std::size_t offset = static_cast<std::size_t>(here) % block_size;
        const std::size_t length = std::min(block_size - offset, count - done);
        const block* const from = find(here / static_cast<std::int64_t>(block_size));
        const std::size_t used = from != nullptr ? from->used : 0;
        const std::size_t stored = std::min(length, used > offset ? used - offset : 0);
        char* const to = static_cast<char*>(target) + done;
        if (stored > 0) {
            std::memcpy(to, from->bytes.get() + offset, stored);
        }
        std::memset(to + stored, 0, length - stored);
        done += length;
    }
    return {count, {}};
}

transfer memory_content::write_block(std::int64_t index, std::size_t offset, const char* source,
                                     std::size_t size) noexcept {
    const block* const before = find(index);
    const std::size_t used = before != nullptr ? before->used : 0;
    const std::size_t end = offset + size;
    const std::size_t growth = end > used ? end - used : 0;
    const std::size_t taken = space_->take(growth);
    const std::size_t reach = taken < growth ? used + taken : end;
    if (reach <= offset) {
        space_->give_back(taken);
        return {0, system_code(std::errc::no_space_on_device)};
    }
    try {
        block& target = made(index, reach);
        if (offset > used) {
            std::memset(target.bytes.get() + used, 0, offset - used);
        }
        std::memcpy(target.bytes.get() + offset, source, reach - offset);
        target.used = std::max(used, reach);
    } catch (const std::bad_alloc&) {
        space_->give_back(taken);
        return {0, system_code(std::errc::not_enough_memory)};
    }
    return {reach - offset,
            reach < end ? system_code(std::errc::no_space_on_device) : std::error_code()};
}

transfer memory_content::write_locked(const char* source, std::size_t size,
                                      std::int64_t position) noexcept {
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    if (position < 0 || position == most) {
        return {
            0, system_code(position < 0 ? std::errc::invalid_argument : std::errc::file_too_large)};
    }
    size = static_cast<std::size_t>(
        std::min<std::uint64_t>(size, static_cast<std::uint64_t>(most - position)));
    transfer total;
    while (total.count < size && !total.error) {
        const std::int64_t here = position + static_cast<std::int64_t>(total.count);
        const std::size_t offset = static_cast<std::size_t>(here) % block_size;
        const transfer part =
            write_block(here / static_cast<std::int64_t>(block_size), offset, source + total.count,
                        std::min(block_size - offset, size - total.count));
        total.count += part.count;
        total.error = part.error;
    }
    if (total.count > 0) {
        size_ = std::max(size_, position + static_cast<std::int64_t>(total.count));
        last_write_time_ = file_time_type::clock::now();
    }
    return total;
}

transfer memory_content::write(const void* source, std::size_t size,
                               std::int64_t position) noexcept {
    const std::unique_lock guard(lock_);
    return write_locked(static_cast<const char*>(source), size, position);
}

transfer memory_content::append(const void* source, std::size_t size, std::int64_t& end) noexcept {
    const std::unique_lock guard(lock_);
    const transfer result = write_locked(static_cast<const char*>(source), size, size_);
    if (result.count > 0) {
        end = size_;
    }
    return result;
}

// What is beyond `size` becomes zeros.
void memory_content::cut(block& which, std::size_t size) noexcept {
    if (which.used > size) {
        space_->give_back(which.used - size);
        which.used = size;
    }
    if (size == 0) {
        which.bytes.reset();
        which.capacity = 0;
    }
}

std::error_code memory_content::truncate(std::int64_t size) noexcept {
    if (size < 0) {
        return system_code(std::errc::invalid_argument);
    }
    const std::unique_lock guard(lock_);
    if (size < size_) {
        const std::int64_t last = size / static_cast<std::int64_t>(block_size);
        const std::size_t kept = static_cast<std::size_t>(size) % block_size;
        const auto beyond = others_.upper_bound(last);
        for (auto other = beyond; other != others_.end(); ++other) {
            cut(other->second, 0);
        }
        others_.erase(beyond, others_.end());
        if (last == 0) {
            cut(first_, kept);
        } else if (const auto cut_off = others_.find(last); cut_off != others_.end()) {
            cut(cut_off->second, kept);
        }
    }
    size_ = size;
    last_write_time_ = file_time_type::clock::now();
    return {};
}

std::int64_t memory_content::size() const noexcept {
    const std::shared_lock guard(lock_);
    return size_;
}

auto memory_content::last_write_time() const noexcept -> file_time_type {
    const std::shared_lock guard(lock_);
    return last_write_time_;
}

void memory_content::set_last_write_time(file_time_type time) noexcept {
    const std::unique_lock guard(lock_);
    last_write_time_ = time;
}

}  // namespace sluice::fs
