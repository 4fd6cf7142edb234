#include <conformance/python/python_case.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <map>
#include <optional>
#include <system_error>

namespace python {

std::string narrow(std::wstring_view text) {
    std::string result;
    const auto put = [&](char32_t byte) { result += static_cast<char>(byte); };
    for (const wchar_t wide : text) {
        const auto c = static_cast<char32_t>(wide);
        if (c < 0x80) {
            put(c);
            continue;
        }
        const int tail = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
        put((0xF00U >> (tail + 1) & 0xFFU) | c >> (6 * tail));
        for (int k = tail - 1; k >= 0; --k) {
            put(0x80U | (c >> (6 * k) & 0x3FU));
        }
    }
    return result;
}

std::u32string code_points(std::string_view utf8) {
    std::u32string result;
    for (std::size_t i = 0; i < utf8.size();) {
        const auto lead = static_cast<unsigned char>(utf8[i]);
        const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        char32_t point = size == 1 ? lead : lead & (0xFFU >> (size + 1));
        for (std::size_t k = 1; k < size && i + k < utf8.size(); ++k) {
            point = point << 6 | (static_cast<unsigned char>(utf8[i + k]) & 0x3FU);
        }
        result += point;
        i += size;
    }
    return result;
}

// -- answers ----------------------------------------------------------------------------------

json value(const json& given) {
    return given;
}

// None, one kind, or a tuple in Python's order.
json value(const sluice::newlines_seen& seen) {
    json kinds = json::array();
    for (const auto& [is_seen, kind] :
         {std::pair(seen.cr, "\r"), std::pair(seen.lf, "\n"), std::pair(seen.crlf, "\r\n")}) {
        if (is_seen) {
            kinds.push_back(kind);
        }
    }
    if (kinds.empty()) {
        return {};
    }
    return kinds.size() == 1 ? kinds[0] : kinds;
}

json value(sluice::encoding_errors errors) {
    static constexpr std::array names = {
        "strict", "ignore", "replace", "backslashreplace", "xmlcharrefreplace", "surrogateescape"};
    return names.at(static_cast<std::size_t>(errors));
}

json failure(std::error_code code, std::streamoff position) {
    json result = json::object();
    result["category"] = code.category().name();
    result["code"] = code.value();
    result["message"] = code.message();
    if (position >= 0) {
        result["position"] = position;
    }
    return result;
}

json refused_by_compiler(bool refused) {
    json result = json::object();
    result["refused by the compiler"] = refused;
    return result;
}

json no_counterpart() {
    json result = json::object();
    result["no counterpart"] = true;
    return result;
}

json place(const std::fpos<std::mbstate_t>& position) {
    json result = json::object();
    result["place"] = std::streamoff(position);
    return result;
}

// -- comparison -------------------------------------------------------------------------------

namespace {

std::error_code code_of(const json& answer) {
    const int number = answer.at("code").get<int>();
    if (answer.at("category") == sluice::sluice_category().name()) {
        return {number, sluice::sluice_category()};
    }
    return {number, std::generic_category()};
}

// Those that the cases name.
std::errc number_of(const std::string& name) {
    static const std::map<std::string, std::errc> numbers = {
        {"EBADF", std::errc::bad_file_descriptor},
        {"EEXIST", std::errc::file_exists},
        {"EINVAL", std::errc::invalid_argument},
        {"EISDIR", std::errc::is_a_directory},
        {"ENOENT", std::errc::no_such_file_or_directory},
        {"ENOSPC", std::errc::no_space_on_device},
        {"ESPIPE", std::errc::invalid_seek},
    };
    return numbers.at(name);
}

// What sluice throws for an exception of Python's without an errno.
bool stands_for(const std::error_code& code, const json& exception) {
    using sluice::errc;
    static const std::map<std::string, std::vector<errc>> codes = {
        {"BufferError", {errc::pinned}},
        {"BlockingIOError", {errc::would_block}},
        {"LookupError", {errc::bad_mode}},  // of an encoding
        {"OSError", {errc::unsupported, errc::bad_position}},
        {"OverflowError", {errc::bad_position, errc::no_space}},
        {"TypeError", {errc::not_writable}},  // of a mapping
        {"UnicodeDecodeError", {errc::bad_encoding}},
        {"UnicodeEncodeError", {errc::bad_encoding}},
        {"UnicodeError", {errc::bad_encoding}},
        {"UnsupportedOperation",
         {errc::not_readable, errc::not_writable, errc::not_seekable, errc::unsupported}},
    };
    const auto type = exception.at("error").get<std::string>();
    if (type == "ValueError") {
        // Python has one type for a closed file and a wrong argument; only its message tells them
        // apart.
        const auto message = exception.value("message", "");
        const bool closed = message.find("closed") != std::string::npos ||
                            message.find("detached") != std::string::npos;
        return closed ? code == errc::closed : code == errc::bad_mode || code == errc::bad_position;
    }
    const auto found = codes.find(type);
    return found != codes.end() && std::any_of(found->second.begin(), found->second.end(),
                                               [&](errc each) { return code == each; });
}

// "… in position 3", "… in position 1-2"
std::optional<std::streamoff> position_in(const std::string& message) {
    constexpr std::string_view before = "in position ";
    const std::size_t at = message.find(before);
    std::streamoff position = 0;
    if (at == std::string::npos) {
        return std::nullopt;
    }
    const char* const begin = message.data() + at + before.size();
    std::from_chars(begin, message.data() + message.size(), position);
    return position;
}

bool is_refusal(const json& expected, const json& answer) {
    const auto type = expected.value("error", "");
    return answer.at("refused by the compiler") == true &&
           (type == "TypeError" || type == "AttributeError" || type == "ValueError" ||
            type == "LookupError");
}

bool is_exception(const json& expected, const json& answer) {
    if (answer.contains("refused by the compiler")) {
        return is_refusal(expected, answer);
    }
    if (!answer.is_object() || !answer.contains("code")) {
        return false;
    }
    const std::error_code code = code_of(answer);
    if (expected.contains("errno")) {
        return code == number_of(expected.at("errno"));
    }
    if (!stands_for(code, expected)) {
        return false;
    }
    // An encoder of Python's counts characters of its argument, sluice tells where in the device.
    const auto position = position_in(expected.value("message", ""));
    return expected.at("error") != "UnicodeDecodeError" || !position ||
           answer.value("position", std::streamoff(-1)) == *position;
}

std::string from_hex(std::string_view digits) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < digits.size(); i += 2) {
        unsigned byte = 0;
        std::from_chars(digits.data() + i, digits.data() + i + 2, byte, 16);
        bytes += static_cast<char>(byte);
    }
    return bytes;
}

bool is_code_points(const json& expected, const json& answer) {
    const std::u32string points = code_points(answer.get<std::string>());
    return std::equal(points.begin(), points.end(), expected.begin(), expected.end(),
                      [](char32_t a, const json& b) { return a == b.get<char32_t>(); });
}

bool is_integer(const json& expected, const json& answer) {
    if (answer.contains("place")) {
        return true;  // more than 63 bits: a position and a state
    }
    return answer.is_number_integer() && answer.dump() == expected.get<std::string>();
}

bool is_same_object(const json& expected, const json& answer) {
    if (expected.contains("error")) {
        return is_exception(expected, answer);
    }
    if (expected.contains("bytes_hex")) {
        return answer.is_string() &&
               answer == from_hex(expected.at("bytes_hex").get<std::string>());
    }
    if (expected.contains("codepoints")) {
        return answer.is_string() && is_code_points(expected.at("codepoints"), answer);
    }
    if (expected.contains("int")) {
        return is_integer(expected.at("int"), answer);
    }
    if (expected.contains("code")) {  // sluice's own answer
        return answer.is_object() && answer.value("code", 0) == expected.at("code") &&
               answer.value("category", "") == expected.at("category") &&
               (!expected.contains("position") ||
                answer.value("position", std::streamoff(-1)) == expected.at("position"));
    }
    return expected == answer;
}

}  // namespace

bool matches(const json& expected, const json& answer) {
    if (answer.is_object() && answer.contains("no counterpart")) {
        return true;
    }
    if (expected.is_object()) {
        return is_same_object(expected, answer);
    }
    if (expected.is_array()) {
        return answer.is_array() &&
               std::equal(expected.begin(), expected.end(), answer.begin(), answer.end(), matches);
    }
    if (expected.is_null() && answer.is_object() && answer.contains("code")) {
        return code_of(answer) == sluice::errc::would_block;  // None where a device has nothing yet
    }
    if (answer.is_object() && answer.contains("place")) {
        return expected == answer.at("place");
    }
    return expected == answer;
}

}  // namespace python
