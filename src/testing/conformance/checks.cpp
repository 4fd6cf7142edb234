#include <sluice/testing/conformance/checks.hpp>

#include <array>
#include <cctype>
#include <cstdio>

namespace sluice::testing::conformance {

namespace {

constexpr std::size_t most_shown = 40;

std::string escaped(char c) {
    switch (c) {
    case '\n': return "\\n";
    case '"': return "\\\"";
    case '\\': return "\\\\";
    default: break;
    }
    const auto code = static_cast<unsigned char>(c);
    if (code >= 0x20 && code < 0x7f) {
        return {c};
    }
    std::array<char, 8> text{};
    static_cast<void>(std::snprintf(text.data(), text.size(), "\\x%02x", code));
    return text.data();
}

/// What stands at `place`, and how long all of it is where that is not all.
std::string quoted(std::string_view text, std::size_t place) {
    const std::string_view part = text.substr(std::min(place, text.size()), most_shown);
    std::string result = "\"";
    for (const char c : part) {
        result += escaped(c);
    }
    result += '"';
    if (part.size() < text.size()) {
        result += " at " + std::to_string(place) + " of " + std::to_string(text.size());
    }
    return result;
}

}  // namespace

verdict differing_texts(std::string_view got, std::string_view wanted) {
    if (got.size() <= most_shown && wanted.size() <= most_shown) {
        return {false, quoted(got, 0), quoted(wanted, 0)};
    }
    const auto [one, other] = std::mismatch(got.begin(), got.end(), wanted.begin(), wanted.end());
    const auto place = static_cast<std::size_t>(one - got.begin());
    return {false, quoted(got, place), quoted(wanted, place)};
}

std::string shown_text(std::string_view text) {
    return quoted(text, 0);
}

std::string shown_code(long long code) {
    if (code == words::end) {
        return "the end";
    }
    std::string shown(1, '\'');
    shown += escaped(static_cast<char>(code));
    shown += '\'';
    return shown;
}

void check_log::reach(const char* file, int line, const char* text) noexcept {
    file_ = file;
    line_ = line;
    text_ = text;
}

bool check_log::judge(const verdict& given) {
    ++count_;
    if (!given.holds) {
        add({.check = text_, .got = given.got, .wanted = given.wanted});
    }
    return given.holds;
}

void check_log::fail(std::string_view what) {
    ++count_;
    add({.check = std::string(what)});
}

void check_log::threw(std::string_view what) {
    ++count_;
    add({.check = text_, .thrown = std::string(what)});
}

void check_log::push_note(const char* name, const std::string& value) {
    notes_.push_back(std::string(name) + " = " + value);
}

void check_log::add(failed_check failed) {
    if (failed_++ >= options_.failures_of_each_rule) {
        return;
    }
    failed.rule = rule_;
    failed.file = file_;
    failed.line = line_;
    for (const std::string& one : notes_) {
        failed.notes += (failed.notes.empty() ? "" : ", ") + one;
    }
    failures_.push_back(std::move(failed));
}

void add_to(conformance_report& report, std::string_view rule, const check_log& checks) {
    report.add_run(rule, checks.count(), checks.failed(), checks.failures());
}

}  // namespace sluice::testing::conformance
