// What the fuzz targets share: choices made of bytes, and how a target says that something is
// wrong.
//
// A target is one file, <what>_fuzz.cpp, which defines target(). Linked with libfuzzer.cpp it is
// driven by libFuzzer, linked with replay.cpp it repeats what that has found.

#ifndef FUZZ_FUZZ_HPP
#define FUZZ_FUZZ_HPP

#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace fuzz {

/// Bytes as a generator of numbers. Behind the last byte are zeros.
class choices {
public:
    using result_type = std::uint32_t;

    explicit choices(std::string_view bytes) noexcept : bytes_(bytes) {}

    [[nodiscard]] bool done() const noexcept { return bytes_.empty(); }

    [[nodiscard]] unsigned char byte() noexcept {
        if (bytes_.empty()) {
            return 0;
        }
        const auto result = static_cast<unsigned char>(bytes_.front());
        bytes_.remove_prefix(1);
        return result;
    }

    /// A small number is one byte; one up to 2^20 begins with a byte from 0xF0 on, and has three.
    [[nodiscard]] result_type operator()() noexcept {
        const result_type first = byte();
        if (first < 0xF0) {
            return first;
        }
        const result_type second = byte();
        return (first & 0xFU) << 16 | second << 8 | byte();
    }

    /// One of `end` numbers, from 0 on.
    [[nodiscard]] result_type below(result_type end) noexcept { return (*this)() % end; }

    /// Up to `most` of the bytes themselves.
    [[nodiscard]] std::string_view take(std::size_t most) noexcept {
        const std::string_view result = bytes_.substr(0, most);
        bytes_.remove_prefix(result.size());
        return result;
    }

private:
    std::string_view bytes_;
};

/// The same bytes for who wants a generator of its own.
class shared_choices {
public:
    explicit shared_choices(choices& from) noexcept : from_(&from) {}
    [[nodiscard]] choices::result_type operator()() noexcept { return (*from_)(); }

private:
    choices* from_;
};

/// What a target throws where two differ that should not.
class difference : public std::logic_error {
public:
    using std::logic_error::logic_error;
};

inline void require(bool holds, const char* what) {
    if (!holds) {
        throw difference(what);
    }
}

/// As require(), with both sides in what is said.
inline void require_same(std::string_view got, std::string_view wanted, const char* what) {
    if (got != wanted) {
        throw difference(std::string(what) + ": got '" + std::string(got) + "', wanted '" +
                         std::string(wanted) + '\'');
    }
}
inline void require_same(long long got, long long wanted, const char* what) {
    if (got != wanted) {
        throw difference(std::string(what) + ": got " + std::to_string(got) + ", wanted " +
                         std::to_string(wanted));
    }
}

/// One execution. Throws difference, or ends in a sanitizer's report.
void target(choices from);

}  // namespace fuzz

#endif  // FUZZ_FUZZ_HPP
