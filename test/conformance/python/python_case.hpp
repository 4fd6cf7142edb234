// python_case: a case of io_cases.jsonl, written with sluice's classes.
//
//     {"A06", [] {
//          bytes_io b("abc");
//          return list{b.tell(), b.write("X"), b.getvalue(), b.read()};
//      }},
//     {"B02", []<class C>(text<C> u) {        // once for char, once for wchar_t
//          basic_string_io<C> s(u("abc"));
//          return list{s.tell(), s.write(u("X")), s.getvalue()};
//      }},
//
// A case computes an answer; io_cases.cpp compares it with the `expected` that CPython gave, which
// no case can see. Bytes and text are both strings in an answer: what Python expects says which of
// them is meant.

#ifndef CONFORMANCE_PYTHON_CASE_HPP
#define CONFORMANCE_PYTHON_CASE_HPP

#include <sluice/error.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/open.hpp>
#include <sluice/stream.hpp>

#include <concepts>
#include <cstddef>
#include <functional>
#include <initializer_list>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace python {

using json = nlohmann::json;

// -- text -------------------------------------------------------------------------------------

/// UTF-8 of code points, surrogates included, and back.
[[nodiscard]] std::string narrow(std::wstring_view text);
[[nodiscard]] inline std::string narrow(std::string_view text) {
    return std::string(text);
}
[[nodiscard]] std::u32string code_points(std::string_view utf8);

/// The character type of a case of text; called, it makes a string of UTF-8.
template <class C>
struct text {
    using other = std::conditional_t<std::is_same_v<C, char>, wchar_t, char>;

    std::basic_string<C> operator()(std::string_view utf8) const {
        if constexpr (std::is_same_v<C, char>) {
            return std::string(utf8);
        } else {
            const std::u32string points = code_points(utf8);
            return {points.begin(), points.end()};
        }
    }

    /// open() or wopen().
    template <class Name>
    [[nodiscard]] auto open(const Name& name, std::string_view mode,
                            const sluice::open_options& options = {}) const {
        if constexpr (std::is_same_v<C, char>) {
            return sluice::open(name, mode, options);
        } else {
            return sluice::wopen(name, mode, options);
        }
    }
};

// -- answers ----------------------------------------------------------------------------------

[[nodiscard]] json value(const json& given);
[[nodiscard]] json value(const sluice::newlines_seen& seen);
[[nodiscard]] json value(sluice::encoding_errors errors);
[[nodiscard]] inline json value(const std::fpos<std::mbstate_t>& position) {
    return std::streamoff(position);
}
[[nodiscard]] inline json value(std::string_view bytes) {
    return std::string(bytes);
}
[[nodiscard]] inline json value(const std::string& bytes) {
    return bytes;
}
[[nodiscard]] inline json value(const char* bytes) {
    return std::string(bytes);
}
[[nodiscard]] inline json value(std::wstring_view characters) {
    return narrow(characters);
}
[[nodiscard]] inline json value(const std::wstring& characters) {
    return narrow(std::wstring_view(characters));
}
template <class Byte>
[[nodiscard]] json value(std::span<Byte> bytes) {
    static_assert(sizeof(Byte) == 1);
    return std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size());
}
template <class T>
[[nodiscard]] json value(T number) requires std::is_arithmetic_v<T> {
    return number;
}
template <class T>
[[nodiscard]] json value(const std::vector<T>& items) {
    json result = json::array();
    for (const auto& item : items) {
        result.push_back(value(item));
    }
    return result;
}

/// A tuple or a list of Python's. Braces, so that the calls happen in their order.
class list {
public:
    template <class... Items>
    list(Items&&... items)  // NOLINT(google-explicit-constructor)
        requires(sizeof...(Items) != 1 || !(std::is_same_v<std::decay_t<Items>, list> && ...))
        : items_(json::array()) {
        (items_.push_back(value(std::forward<Items>(items))), ...);
    }
    operator json() const { return items_; }  // NOLINT(google-explicit-constructor)

private:
    json items_;
};
[[nodiscard]] inline json value(const list& items) {
    return items;
}

/// A failure in an answer. It stands for an exception of Python's by its code, never by its text:
/// an OSError with an errno for the code equal to that; otherwise ValueError for closed (where
/// Python says that the file is), bad_mode or bad_position, UnsupportedOperation for not_readable,
/// not_writable, not_seekable or unsupported, LookupError for bad_mode, OverflowError for
/// bad_position or no_space, BufferError for pinned, BlockingIOError (or None) for would_block,
/// TypeError for not_writable (of a mapping), and UnicodeError for bad_encoding, with the position
/// of what could not be decoded.
[[nodiscard]] json failure(std::error_code code, std::streamoff position = -1);
[[nodiscard]] inline json failure(sluice::errc code, std::streamoff position = -1) {
    return failure(make_error_code(code), position);
}

/// Python's err(): the failure of `call`, or that there was none, and what it returned.
///
/// A decoder of Python's counts from the front of its block, `begin` bytes into the device.
template <class Call>
[[nodiscard]] json err(Call call, std::streamoff begin = 0) {
    try {
        if constexpr (std::is_void_v<std::invoke_result_t<Call>>) {
            call();
            return list{"NO ERROR", json()};
        } else {
            return list{"NO ERROR", value(call())};
        }
    } catch (const sluice::error& thrown) {
        return failure(thrown.code(),
                       thrown.position() < 0 ? thrown.position() : thrown.position() - begin);
    }
}

/// A call that returns nothing in Python.
template <class Call>
[[nodiscard]] json none(Call call) {
    call();
    return {};
}

/// An error of Python's that is a program which does not compile here.
[[nodiscard]] json refused_by_compiler(bool refused);

/// A part of an answer that sluice has no word for.
[[nodiscard]] json no_counterpart();

/// A place in text. Python packs what is no number into a large one, which only its own decoder
/// understands; the case goes back there to show that it is the same place.
[[nodiscard]] json place(const std::fpos<std::mbstate_t>& position);

/// What the compiler accepts.
template <class Stream, class... Arguments>
concept can_write = requires(Stream& stream, Arguments... arguments) {
    stream.write(arguments...);
};
template <class Stream, class... Arguments>
concept can_seek = requires(Stream& stream, Arguments... arguments) {
    stream.seek(arguments...);
};

// -- the tables -------------------------------------------------------------------------------

/// What a case computes, for each type of character that it is about.
using runs = std::vector<std::function<json()>>;

template <class Run>
[[nodiscard]] runs runs_of(Run run) {
    if constexpr (std::invocable<Run>) {
        return {[run] { return json(value(run())); }};
    } else {
        runs result;
        if constexpr (std::invocable<Run, text<char>>) {
            result.emplace_back([run] { return json(value(run(text<char>()))); });
        }
        if constexpr (std::invocable<Run, text<wchar_t>>) {
            result.emplace_back([run] { return json(value(run(text<wchar_t>()))); });
        }
        return result;
    }
}

/// Python's answer is sluice's.
struct equal_case {
    template <class Run>
    equal_case(const char* name, Run run) : id(name), answers(runs_of(run)) {}

    std::string id;
    runs answers;
};

/// sluice's answer is another, for a reason.
struct different_case {
    template <class Run>
    different_case(const char* name, const char* why, Run run, json own)
        : id(name), reason(why), answers(runs_of(run)), documented(std::move(own)) {}

    std::string id;
    std::string reason;
    runs answers;
    json documented;
};

/// Nothing of sluice's can be asked.
struct absent_case {
    std::string id;
    std::string reason;
};

using equal_cases = std::vector<equal_case>;
using different_cases = std::vector<different_case>;

[[nodiscard]] equal_cases bytes_cases();
[[nodiscard]] equal_cases string_cases();
[[nodiscard]] equal_cases text_cases();
[[nodiscard]] equal_cases encoding_cases();
[[nodiscard]] equal_cases buffered_cases();
[[nodiscard]] equal_cases open_cases();
[[nodiscard]] equal_cases device_cases();
[[nodiscard]] equal_cases compressed_cases();

[[nodiscard]] different_cases bytes_differences();
[[nodiscard]] different_cases string_differences();
[[nodiscard]] different_cases text_differences();
[[nodiscard]] different_cases encoding_differences();
[[nodiscard]] different_cases buffered_differences();
[[nodiscard]] different_cases open_differences();
[[nodiscard]] different_cases device_differences();
[[nodiscard]] different_cases compressed_differences();

[[nodiscard]] std::vector<absent_case> absent_cases();

/// Whether an answer is what Python expects, or what sluice documents.
[[nodiscard]] bool matches(const json& expected, const json& answer);

}  // namespace python

#endif  // CONFORMANCE_PYTHON_CASE_HPP
