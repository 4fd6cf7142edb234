#include "content.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace sluice::fs {

std::error_code copy_content(detail::file_handle& source, detail::file_handle& target) {
    constexpr std::size_t block = std::size_t(1) << 16;
    std::vector<char> buffer(block);
    std::error_code code;
    std::int64_t position = 0;
    while (!code) {
        const detail::transfer got = source.read(buffer.data(), buffer.size(), position);
        code = got.error;
        if (code || got.count == 0) {
            break;
        }
        code = target.write_all(buffer.data(), got.count, position).error;
        position += static_cast<std::int64_t>(got.count);
    }
    const std::error_code closed = target.close();
    return code ? code : closed;
}

}  // namespace sluice::fs
