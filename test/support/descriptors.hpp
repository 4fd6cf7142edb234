// What a process has open.

#ifndef SUPPORT_DESCRIPTORS_HPP
#define SUPPORT_DESCRIPTORS_HPP

#include <cstddef>
#include <filesystem>
#include <iterator>

namespace support {

/// How many descriptors this process has.
[[nodiscard]] inline std::ptrdiff_t open_descriptors() {
    const std::filesystem::directory_iterator open("/proc/self/fd");
    return std::distance(begin(open), end(open));
}

}  // namespace support

#endif  // SUPPORT_DESCRIPTORS_HPP
