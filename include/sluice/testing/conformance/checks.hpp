// checks: how a rule of conformance.hpp says what it checks.
//
//     template <class CharT>
//     static void run(const device_kind<CharT>& kind, check_log& checks) {
//         subject<CharT> device(kind, "abc");         // of subject.hpp
//         SLUICE_CHECK(take(device.buf) == 'a');      // of check_macros.hpp
//     }
//
// One object is for one thread at a time.

#ifndef SLUICE_TESTING_CONFORMANCE_CHECKS_HPP
#define SLUICE_TESTING_CONFORMANCE_CHECKS_HPP

#include <sluice/testing/conformance/report.hpp>
#include <sluice/testing/conformance/words.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <exception>
#include <ios>
#include <optional>
#include <streambuf>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace sluice::testing::conformance {

// -- what was seen ----------------------------------------------------------------------------

/// Whether a check holds; if not, the two sides of it.
struct verdict {
    bool holds = true;
    std::string got;
    std::string wanted;
};

/// What a device holds, where it says so. Where it does not, nothing differs from it.
struct known_content {
    std::optional<std::string> text;

    [[nodiscard]] bool contains(std::string_view part) const {
        return !text || text->find(part) != std::string::npos;
    }
    friend bool operator==(const known_content& content, std::string_view wanted) {
        return !content.text || *content.text == wanted;
    }
};

/// Of two texts that differ, what stands where they do: as a verdict's sides.
[[nodiscard]] verdict differing_texts(std::string_view got, std::string_view wanted);

[[nodiscard]] std::string shown_text(std::string_view text);

/// A code of words.hpp, as what it is the code of.
[[nodiscard]] std::string shown_code(long long code);

template <class T>
inline constexpr bool is_bool = std::same_as<T, bool>;
template <class T>
inline constexpr bool is_number = std::integral<T> && !is_bool<T>;

template <std::integral T>
[[nodiscard]] constexpr auto number(T value) {
    if constexpr (std::same_as<T, char>) {
        return static_cast<int>(static_cast<unsigned char>(value));
    } else {
        return value;
    }
}

template <class T, class U>
[[nodiscard]] bool same(const T& a, const U& b) {
    if constexpr (is_number<T> && is_number<U>) {
        return std::cmp_equal(number(a), number(b));
    } else {
        return a == b;
    }
}

/// As text of char; of a known_content, what is known.
template <class T>
[[nodiscard]] std::string text_of(const T& value) {
    if constexpr (std::same_as<T, known_content>) {
        return value.text.value_or(std::string());
    } else if constexpr (std::convertible_to<const T&, std::string_view>) {
        return std::string(std::string_view(value));
    } else {
        return words::narrow(std::basic_string_view<typename T::value_type>(value));
    }
}

template <class T>
[[nodiscard]] std::string shown(const T& value) {
    if constexpr (is_bool<T>) {
        return value ? "true" : "false";
    } else if constexpr (std::is_enum_v<T>) {
        return std::to_string(static_cast<long long>(value));
    } else if constexpr (std::integral<T>) {
        return std::to_string(number(value));
    } else if constexpr (std::convertible_to<const T&, std::string_view>) {
        return shown_text(value);
    } else {
        return std::to_string(static_cast<std::streamoff>(value));  // a std::fpos
    }
}

template <class T, class U>
[[nodiscard]] verdict differing(const T& got, const U& wanted) {
    if constexpr (std::same_as<T, char> || std::same_as<U, char>) {
        return {false, shown_code(number(got)), shown_code(number(wanted))};
    } else if constexpr (std::is_arithmetic_v<T> || std::is_enum_v<T> ||
                         std::convertible_to<const T&, std::streamoff>) {
        return {false, shown(got), shown(wanted)};
    } else {
        return differing_texts(text_of(got), text_of(wanted));
    }
}

/// The left side of a check.
template <class T>
class left_side {
public:
    explicit left_side(const T& value) : value_(value) {}

    template <class U>
    [[nodiscard]] verdict operator==(const U& wanted) const {
        return same(value_, wanted) ? verdict() : differing(value_, wanted);
    }
    template <class U>
    [[nodiscard]] verdict operator!=(const U& other) const {
        return same(value_, other) ? verdict{false, shown(value_), "another"} : verdict();
    }
    template <class U>
    [[nodiscard]] verdict operator<=(const U& most) const {
        return std::cmp_less_equal(value_, most)
                   ? verdict()
                   : verdict{false, shown(value_), "at most " + shown(most)};
    }
    template <class U>
    [[nodiscard]] verdict operator>=(const U& least) const {
        return std::cmp_greater_equal(value_, least)
                   ? verdict()
                   : verdict{false, shown(value_), "at least " + shown(least)};
    }

    // The whole of a check that has no sides.
    operator verdict() const  // NOLINT(google-explicit-constructor): so that it can be judged
        requires is_bool<T> {
        return {value_, {}, {}};
    }

private:
    const T& value_;
};

/// `seen()->*a == b` is a verdict on `a == b`.
struct seen {
    template <class T>
    [[nodiscard]] left_side<T> operator->*(const T& value) const {
        return left_side<T>(value);
    }
};

// -- the checks of a rule -----------------------------------------------------------------------

/// The checks that one rule makes.
class check_log {
public:
    explicit check_log(std::string_view rule, const conformance_options& options = {})
        : rule_(rule), options_(options) {}

    [[nodiscard]] const conformance_options& options() const noexcept { return options_; }

    /// What varies in the checks that follow, while it lives.
    class note {
    public:
        template <class T>
        note(check_log& log, const char* name, const T& value)
            : log_(log), thrown_(std::uncaught_exceptions()) {
            log_.push_note(name, shown(value));
        }
        note(const note&) = delete;
        note& operator=(const note&) = delete;
        ~note() {
            if (std::uncaught_exceptions() == thrown_) {  // or threw() has yet to tell of it
                log_.notes_.pop_back();
            }
        }

    private:
        check_log& log_;
        int thrown_;
    };

    /// Comes to a check; `text` is the check as it is written.
    void reach(const char* file, int line, const char* text) noexcept;

    /// Whether that check holds.
    bool judge(const verdict& given);

    /// What went wrong, where it is no check that failed.
    void fail(std::string_view what);

    /// An exception that came instead of an answer to the last check that was reached.
    void threw(std::string_view what);

    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    [[nodiscard]] std::size_t failed() const noexcept { return failed_; }
    [[nodiscard]] const std::vector<failed_check>& failures() const noexcept { return failures_; }

private:
    void push_note(const char* name, const std::string& value);
    void add(failed_check failed);

    std::string_view rule_;
    conformance_options options_;
    const char* file_ = "";
    int line_ = 0;
    const char* text_ = "the rule began";
    std::vector<std::string> notes_;
    std::size_t count_ = 0;
    std::size_t failed_ = 0;
    std::vector<failed_check> failures_;
};

void add_to(conformance_report& report, std::string_view rule, const check_log& checks);

}  // namespace sluice::testing::conformance

#endif  // SLUICE_TESTING_CONFORMANCE_CHECKS_HPP
