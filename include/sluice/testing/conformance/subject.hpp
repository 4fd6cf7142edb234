// subject: a device of the user's, as the rules of conformance.hpp see it.
//
// Of its type they know no more than the characters. A rule is compiled once for char and once for
// wchar_t, however many kinds of devices are held to it.
//
// One object is for one thread at a time.

#ifndef SLUICE_TESTING_CONFORMANCE_SUBJECT_HPP
#define SLUICE_TESTING_CONFORMANCE_SUBJECT_HPP

#include <sluice/testing/conformance/checks.hpp>
#include <sluice/testing/conformance/words.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <streambuf>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace sluice::testing::conformance {

template <class Device>
using buf_of = std::remove_reference_t<decltype(std::declval<Device&>().buf)>;
template <class Device>
using char_of = typename buf_of<Device>::char_type;

template <class Device>
inline constexpr bool has_content = requires(Device& device) {
    { device.content() } -> std::convertible_to<std::string>;
};
template <class Device>
inline constexpr bool has_stored = requires(Device& device) {
    { device.stored() } -> std::convertible_to<std::string>;
};

/// A device that was made.
template <class CharT>
class held_device {
public:
    held_device() = default;
    held_device(const held_device&) = delete;
    held_device& operator=(const held_device&) = delete;
    virtual ~held_device() = default;

    [[nodiscard]] virtual std::basic_streambuf<CharT>& buf() = 0;
    [[nodiscard]] virtual known_content content() = 0;
    /// What others see, where the device can tell without its buffer.
    [[nodiscard]] virtual known_content stored() = 0;
};

template <class Device>
class held_device_of final : public held_device<char_of<Device>> {
public:
    explicit held_device_of(const std::string& content) : device_(content) {}

    [[nodiscard]] std::basic_streambuf<char_of<Device>>& buf() override { return device_.buf; }
    [[nodiscard]] known_content content() override {
        if constexpr (has_content<Device>) {
            return {device_.content()};
        } else {
            return {};
        }
    }
    [[nodiscard]] known_content stored() override {
        if constexpr (has_stored<Device>) {
            return {device_.stored()};
        } else {
            return {};
        }
    }

private:
    Device device_;
};

/// How devices of one type are made; the content outlives the device.
template <class CharT>
struct device_kind {
    std::unique_ptr<held_device<CharT>> (*make)(const std::string& content);
    std::size_t buffer_size;  // in characters; 0: none that is known
};

template <class Device>
[[nodiscard]] std::unique_ptr<held_device<char_of<Device>>>
make_device(const std::string& content) {
    return std::make_unique<held_device_of<Device>>(content);
}

template <class Device>
[[nodiscard]] constexpr std::size_t known_buffer_size() {
    if constexpr (requires { Device::buffer_size; }) {
        return Device::buffer_size;
    } else {
        return 0;
    }
}

template <class Device>
inline constexpr device_kind<char_of<Device>> kind_of{make_device<Device>,
                                                      known_buffer_size<Device>()};

/// A device with its content, and its buffer as no more than a std::basic_streambuf.
template <class CharT>
class subject {
public:
    subject(const device_kind<CharT>& kind, std::string_view content)
        : given_(content), device_(kind.make(given_)), buf(device_->buf()) {}
    subject(const subject&) = delete;
    subject& operator=(const subject&) = delete;
    ~subject() = default;

    [[nodiscard]] known_content content() { return device_->content(); }
    [[nodiscard]] known_content stored() { return device_->stored(); }

private:
    const std::string given_;  // which the device may borrow
    const std::unique_ptr<held_device<CharT>> device_;

public:
    std::basic_streambuf<CharT>& buf;
};

/// The content of a transfer rule: a few times the size of the buffer.
[[nodiscard]] inline std::string long_sample(std::size_t buffer_size) {
    return words::sample(3 * std::max<std::size_t>(buffer_size, 3000) + 17);
}

/// The sizes of chunks by which a transfer rule runs.
[[nodiscard]] inline std::vector<std::size_t> chunks(std::size_t buffer_size) {
    std::vector<std::size_t> result{words::by_character, 1, 2, 7, 4096, words::in_bulk};
    if (buffer_size > 2) {
        result.insert(result.end(), {buffer_size - 1, buffer_size, buffer_size + 1});
    }
    return result;
}

}  // namespace sluice::testing::conformance

#endif  // SLUICE_TESTING_CONFORMANCE_SUBJECT_HPP
