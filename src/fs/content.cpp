#include "content.hpp"

#include <sluice/detail/clamped.hpp>

#include "os/os.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sluice::fs {
namespace {

// How far a copy has come: in the source, and in the target, which ends there.
struct progress {
    std::int64_t position = 0;
    std::int64_t written = 0;
    std::error_code error;  // of the source
};

// Has the system copy what it can, where both are files of the system's; what ends it, the copy by
// hand finds, and which of the two it was. It would fill the holes of a file, which are left out.
progress copy_by_system(file_handle& source, file_handle& target) {
    progress done;
    if (source.descriptor() < 0 || target.descriptor() < 0 || !source.seekable() ||
        !target.seekable()) {
        return done;
    }
    for (;;) {
        const os::stretch content =
            os::content_from(source.descriptor(), done.position, done.error);
        done.position = std::max(done.position, content.begin);
        if (done.error || done.position >= content.end) {
            return done;
        }
        while (done.position < content.end) {
            const os::transfer part = os::copy_range({source.descriptor(), done.position},
                                                     {target.descriptor(), done.position},
                                                     detail::clamped(content.end - done.position));
            if (part.count == 0) {
                return done;
            }
            done.position += static_cast<std::int64_t>(part.count);
            done.written = done.position;
        }
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
copied copy_by_hand(file_handle& source, file_handle& target, const progress& before) {
    constexpr std::size_t size = std::size_t(1) << 16;
    std::vector<char> block(size);
    std::int64_t position = before.position;
    std::int64_t written = before.written;
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
    const progress done = copy_by_system(source, target);
    copied result = done.error ? copied{done.error, true} : copy_by_hand(source, target, done);
    const std::error_code closed = target.close();
    if (!result.error) {
        result.error = closed;
    }
    return result;
}

}  // namespace sluice::fs
