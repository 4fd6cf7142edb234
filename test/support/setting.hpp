// What a test is told by its environment.

#ifndef SUPPORT_SETTING_HPP
#define SUPPORT_SETTING_HPP

#include <charconv>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace support {

/// A count from the environment; `otherwise`, where it has none. What is no count, or 0, is
/// refused: a test of nothing would pass.
[[nodiscard]] inline int setting(const char* name, int otherwise) {
    const char* const text = std::getenv(name);
    if (text == nullptr) {
        return otherwise;
    }
    const std::string_view digits = text;
    int value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || end != digits.data() + digits.size() || value < 1) {
        throw std::runtime_error(std::string(name) + "=" + text + " is no count");
    }
    return value;
}

}  // namespace support

#endif  // SUPPORT_SETTING_HPP
