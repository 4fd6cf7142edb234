// memory_content: the bytes of one file of the file system in memory, as blocks, of which those
// that nobody has written are not there.

#ifndef SLUICE_SRC_FS_MEMORY_CONTENT_HPP
#define SLUICE_SRC_FS_MEMORY_CONTENT_HPP

#include <sluice/open_file.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <shared_mutex>
#include <system_error>
#include <utility>

namespace sluice::fs {

using detail::transfer;

/// What all files of one file system may hold together.
class memory_space {
public:
    explicit memory_space(std::uintmax_t capacity) noexcept : capacity_(capacity) {}

    /// Returns: how much was taken, which is less than was wanted where less is left.
    [[nodiscard]] std::size_t take(std::size_t wanted) noexcept;
    void give_back(std::size_t size) noexcept { used_.fetch_sub(size, std::memory_order_relaxed); }

    [[nodiscard]] std::uintmax_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] std::uintmax_t free() const noexcept {
        return capacity_ - used_.load(std::memory_order_relaxed);
    }

private:
    std::uintmax_t capacity_;
    std::atomic<std::uintmax_t> used_{0};  // never more than the capacity
};

/// Content, its size, and when it was written last. Each call is one step for all others.
class memory_content {
public:
    using file_time_type = std::filesystem::file_time_type;

    explicit memory_content(std::shared_ptr<memory_space> space) : space_(std::move(space)) {}
    memory_content(const memory_content&) = delete;
    memory_content& operator=(const memory_content&) = delete;
    ~memory_content();

    /// See open_file. A write of which a part has no space or no memory gives both, a count and an
    /// error.
    [[nodiscard]] transfer read(void* target, std::size_t size,
                                std::int64_t position) const noexcept;
    [[nodiscard]] transfer write(const void* source, std::size_t size,
                                 std::int64_t position) noexcept;
    [[nodiscard]] transfer append(const void* source, std::size_t size, std::int64_t& end) noexcept;
    [[nodiscard]] std::error_code truncate(std::int64_t size) noexcept;

    [[nodiscard]] std::int64_t size() const noexcept;
    [[nodiscard]] file_time_type last_write_time() const noexcept;
    void set_last_write_time(file_time_type time) noexcept;

private:
    static constexpr std::size_t block_size = std::size_t(1) << 16;

    struct block {
        std::unique_ptr<char[]> bytes;
        std::size_t capacity = 0;
        std::size_t used = 0;  // what is beyond, and not beyond the file's end, is zeros
    };

    [[nodiscard]] const block* find(std::int64_t index) const noexcept;
    block& made(std::int64_t index, std::size_t end);
    [[nodiscard]] transfer write_block(std::int64_t index, std::size_t offset, const char* source,
                                       std::size_t size) noexcept;
    [[nodiscard]] transfer write_locked(const char* source, std::size_t size,
                                        std::int64_t position) noexcept;
    void cut(block& which, std::size_t size) noexcept;

    mutable std::shared_mutex lock_;  // of all below
    block first_;                     // as large as it need be: most files are small
    std::map<std::int64_t, block> others_;
    std::int64_t size_ = 0;
    file_time_type last_write_time_ = file_time_type::clock::now();

    std::shared_ptr<memory_space> space_;
};

}  // namespace sluice::fs

#endif  // SLUICE_SRC_FS_MEMORY_CONTENT_HPP
