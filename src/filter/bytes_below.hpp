// bytes_below: the buffer of bytes below a filter, which may be any std::streambuf. What it throws
// and what it returns become one thing, a code, and the reason is kept.

#ifndef SLUICE_SRC_FILTER_BYTES_BELOW_HPP
#define SLUICE_SRC_FILTER_BYTES_BELOW_HPP

#include <sluice/buf.hpp>

#include <cstddef>
#include <ios>
#include <memory>
#include <optional>
#include <streambuf>
#include <string>
#include <system_error>

namespace sluice::detail {

class bytes_below {
public:
    using off_type = std::streamoff;

    /// Requires: not null.
    explicit bytes_below(std::streambuf* buffer)
        : buffer_(buffer), device_(dynamic_cast<buf*>(buffer)) {}

    /// It is closed with the filter, and lives no longer.
    void own(std::unique_ptr<std::streambuf> buffer) noexcept { owned_ = std::move(buffer); }

    /// What was owned.
    [[nodiscard]] std::unique_ptr<std::streambuf> release() noexcept { return std::move(owned_); }

    [[nodiscard]] std::streambuf* get() const noexcept { return buffer_; }

    /// The buffer as one of sluice's own; null where it is none.
    [[nodiscard]] const buf* device() const noexcept { return device_; }

    /// Why the last call failed, where the buffer could say it.
    [[nodiscard]] const error* cause() const noexcept { return cause_ ? &*cause_ : nullptr; }

    [[nodiscard]] bool seekable();
    [[nodiscard]] bool is_terminal() { return device_ != nullptr && device_->is_terminal(); }
    [[nodiscard]] std::string path() const {
        return device_ != nullptr ? device_->path() : std::string();
    }

    /// Where it stands: for reading or for writing, if it has a position for each. -1: unknown.
    [[nodiscard]] off_type position(std::ios_base::openmode which) const noexcept;

    /// Reads up to `count` bytes; without a seek, where waiting for all of them could take long,
    /// those that are there. `got` 0 without an error: the end.
    std::error_code read(char* target, std::size_t count, std::size_t& got) noexcept;

    /// Whether a read would find something without waiting.
    [[nodiscard]] bool has_available() noexcept;

    /// Writes `bytes`; what was taken is erased from them, whatever the outcome. A stream that owns
    /// the buffer throws nothing meanwhile, which would hide how much that was.
    std::error_code write(std::string& bytes) noexcept;

    std::error_code flush() noexcept;

    /// Closes what is owned, and flushes what is borrowed.
    std::error_code close() noexcept;

    /// Moves the position, or both positions.
    std::error_code seek(off_type position) noexcept;

    /// Moves to the end. The position there: -1 with an error.
    off_type seek_end(std::error_code& code) noexcept;

    off_type size(std::ios_base::openmode which, std::error_code& code) noexcept;
    std::error_code truncate(off_type size) noexcept;
    int native_handle(std::error_code& code) noexcept;

private:
    template <class Call>
    std::error_code attempt(Call call) noexcept;
    std::error_code failed(const char* operation);

    std::streambuf* buffer_;
    std::unique_ptr<std::streambuf> owned_;
    buf* device_;
    std::optional<bool> seekable_;
    std::optional<error> cause_;
};

}  // namespace sluice::detail

#endif  // SLUICE_SRC_FILTER_BYTES_BELOW_HPP
