// The time of a file, as text.

#ifndef SUPPORT_FILE_TIME_HPP
#define SUPPORT_FILE_TIME_HPP

#include <cstdint>
#include <filesystem>
#include <string>

namespace support {

/// All that is known of it. The library's own type of a count may be one that it cannot print
/// (libc++: __int128).
[[nodiscard]] inline std::string ticks_of(std::filesystem::file_time_type time) {
    return std::to_string(static_cast<std::int64_t>(time.time_since_epoch().count()));
}

}  // namespace support

#endif  // SUPPORT_FILE_TIME_HPP
