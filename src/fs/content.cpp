#include "content.hpp"

#include "os/os.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace sluice::fs {
namespace {

// Has the system copy what it can, where both are files of the system's; what ends it, the copy by
// hand finds, and which of the two it was.
//
// Returns: how much that was.
std::int64_t copy_by_system(const file_handle& source, const file_handle& target) {
    std::int64_t position = 0;
    if (source.descriptor() < 0 || target.descriptor() < 0) {
        return position;
    }
    for (;;) {
        const os::transfer part =
            os::copy_range({source.descriptor(), position}, {target.descriptor(), position},
                           std::numeric_limits<std::size_t>::max());
        if (part.count == 0) {
            return position;
        }
        position += static_cast<std::int64_t>(part.count);
    }
}

// How much of [data, data + size) is left without the zeros at its end.
std::size_t before_zeros(const char* data, std::size_t size) noexcept {
    while (size != 0 && data[size - 1] == '\0') {
        --size;
    }
    return size;
}

// Zeros at the end of a block become a hole of the target, which begins empty: a file that is
// mostly holes takes no more space than it did, in memory above all.
copied copy_by_hand(file_handle& source, file_handle& target, std::int64_t position) {
    constexpr std::size_t size = std::size_t(1) << 16;
    std::vector<char> block(size);
    std::int64_t written = position;  // up to here
    for (;;) {
        const detail::transfer got = source.read(block.data(), block.size(), position);
        if (got.error) {
            return {got.error, true};
        }
        if (got.count == 0) {
            return {written < position ? target.truncate(position) : std::error_code()};
        }
        const std::size_t used =
            target.seekable() ? before_zeros(block.data(), got.count) : got.count;
        if (const auto code = target.write_all(block.data(), used, position).error) {
            return {code};
        }
        written = used != 0 ? position + static_cast<std::int64_t>(used) : written;
        position += static_cast<std::int64_t>(got.count);
    }
}

}  // namespace

copied copy_content(file_handle& source, file_handle& target) {
    copied result = copy_by_hand(source, target, copy_by_system(source, target));
    const std::error_code closed = target.close();
    if (!result.error) {
        result.error = closed;
    }
    return result;
}

}  // namespace sluice::fs
