#include "content.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sluice::fs {

copied copy_content(file_handle& source, file_handle& target) {
    constexpr std::size_t block = std::size_t(1) << 16;
    std::vector<char> buffer(block);
    copied result;
    std::int64_t position = 0;
    while (!result.error) {
        const detail::transfer got = source.read(buffer.data(), buffer.size(), position);
        if (got.error) {
            result = {got.error, true};
            break;
        }
        if (got.count == 0) {
            break;
        }
        result.error = target.write_all(buffer.data(), got.count, position).error;
        position += static_cast<std::int64_t>(got.count);
    }
    const std::error_code closed = target.close();
    if (!result.error) {
        result.error = closed;
    }
    return result;
}

}  // namespace sluice::fs
