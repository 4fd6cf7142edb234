// file_mapping: a file's bytes as memory, which stays memory when somebody cuts the file short.

#ifndef SLUICE_OS_FILE_MAPPING_HPP
#define SLUICE_OS_FILE_MAPPING_HPP

#include "os.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <system_error>

namespace sluice::os {

enum class map_kind {
    read_only,
    shared,         // what is written reaches the file
    copy_on_write,  // what is written stays in this mapping
};

/// Opens a file to be mapped. Never waits, as opening a FIFO may.
///
/// Returns: no_handle, with `code` set, also where it is not a file of bytes on a disk: EISDIR,
///          else ENODEV.
[[nodiscard]] handle open_to_map(const char* path, map_kind kind, std::error_code& code) noexcept;

/// Another handle, to be closed by the caller, of what `file` is a handle of; checked likewise.
[[nodiscard]] handle duplicate_to_map(handle file, std::error_code& code) noexcept;

struct watched_mapping;  // what the handler knows of a mapping

/// Pages of a file.
///
/// The first mapping of the process installs a handler of SIGBUS, the signal that the system sends
/// where a page of the file is no longer there. In these mappings the handler puts zeros in the
/// place of what is gone, and lost_from() tells of it; anywhere else it hands the signal on to
/// the handler that was installed before, or to the system's default.
class file_mapping {
public:
    static constexpr std::size_t nothing = std::numeric_limits<std::size_t>::max();

    /// Maps [position, position + size), which need not be whole pages. `file` stays open as long
    /// as the mapping lives.
    ///
    /// Requires: `size` is not 0.
    /// Returns:  null, with `code` set, where that fails.
    [[nodiscard]] static std::unique_ptr<file_mapping> make(handle file, std::int64_t position,
                                                            std::size_t size, map_kind kind,
                                                            std::error_code& code) noexcept;

    file_mapping(const file_mapping&) = delete;
    file_mapping& operator=(const file_mapping&) = delete;
    ~file_mapping();

    [[nodiscard]] char* data() const noexcept { return data_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// The index of the first byte that was asked for and is gone; `nothing`, if there was none.
    /// What was read before the call is accounted for.
    [[nodiscard]] std::size_t lost_from() const noexcept {
        std::atomic_signal_fence(std::memory_order_seq_cst);  // the handler runs in this thread
        return lost_->load(std::memory_order_relaxed);
    }

    /// lost_from() as it changes, for who cannot afford the call.
    [[nodiscard]] const std::atomic<std::size_t>* lost() const noexcept { return lost_; }

    /// Waits until what was written is on the disk.
    [[nodiscard]] std::error_code sync() const noexcept;

    /// The index of the byte behind the page that holds the byte `index`, or size() before it.
    [[nodiscard]] std::size_t page_end(std::size_t index) const noexcept;

private:
    file_mapping(char* pages, std::size_t lead, std::size_t size, watched_mapping& entry) noexcept;

    char* pages_;  // the first is the one in which data_ lies
    char* data_;
    std::size_t size_;
    watched_mapping* entry_;
    const std::atomic<std::size_t>* lost_;
};

}  // namespace sluice::os

#endif  // SLUICE_OS_FILE_MAPPING_HPP
