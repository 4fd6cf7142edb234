// sluice against CPython's io, on the cases of io_cases.jsonl: each is Python code, and the answer
// that CPython gave. Every case stands in one of three tables: what answers as Python does, what
// differs on purpose, what has no counterpart, the last two with the reason.

#include <conformance/python/python_case.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <exception>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

namespace {

using python::json;

struct recorded {
    std::string operation;
    json expected;
};

const std::map<std::string, recorded>& recorded_cases() {
    static const auto all = [] {
        std::map<std::string, recorded> result;
        std::ifstream in(SLUICE_PYTHON_CASES "/io_cases.jsonl");
        for (std::string line; std::getline(in, line);) {
            const json parsed = json::parse(line);
            const bool added =
                result
                    .try_emplace(parsed.at("id"), recorded{parsed.at("op"), parsed.at("expected")})
                    .second;
            CHECK_MESSAGE(added, "twice in the file: " << parsed.at("id"));
        }
        return result;
    }();
    REQUIRE(!all.empty());
    return all;
}

python::equal_cases equal_cases() {
    python::equal_cases all;
    for (const auto& part :
         {python::bytes_cases(), python::string_cases(), python::text_cases(),
          python::encoding_cases(), python::buffered_cases(), python::open_cases(),
          python::device_cases(), python::compressed_cases()}) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

python::different_cases different_cases() {
    python::different_cases all;
    for (const auto& part : {python::bytes_differences(), python::string_differences(),
                             python::text_differences(), python::encoding_differences(),
                             python::buffered_differences(), python::open_differences(),
                             python::device_differences(), python::compressed_differences()}) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

std::string shown(const json& what) {
    return what.dump(-1, ' ', true, json::error_handler_t::replace);
}

// What the run of a case gave; an exception that no err() expects is an answer too.
json answer_of(const std::function<json()>& run) {
    try {
        return run();
    } catch (const sluice::error& thrown) {
        return python::failure(thrown.code(), thrown.position());
    } catch (const std::exception& thrown) {
        return std::string("threw ") + thrown.what();
    }
}

void check(const std::string& id, const python::runs& answers, const json& expected) {
    CAPTURE(id);
    CAPTURE(recorded_cases().at(id).operation);
    CAPTURE(shown(expected));
    CHECK(!answers.empty());
    for (const auto& run : answers) {
        const json answer = answer_of(run);
        CHECK_MESSAGE(python::matches(expected, answer), shown(answer));
    }
}

}  // namespace

TEST_SUITE_BEGIN("python io");

TEST_CASE("cases are answered as by Python") {
    for (const auto& each : equal_cases()) {
        REQUIRE_MESSAGE(recorded_cases().count(each.id) == 1, each.id);
        check(each.id, each.answers, recorded_cases().at(each.id).expected);
    }
}

TEST_CASE("cases differ from Python only as documented") {
    for (const auto& each : different_cases()) {
        REQUIRE_MESSAGE(recorded_cases().count(each.id) == 1, each.id);
        CAPTURE(each.reason);
        CHECK(!each.reason.empty());
        check(each.id, each.answers, each.documented);
        for (const auto& run : each.answers) {
            CHECK_MESSAGE(!python::matches(recorded_cases().at(each.id).expected, answer_of(run)),
                          each.id << " is answered as by Python");
        }
    }
}

TEST_CASE("every case of Python's is in exactly one table") {
    std::map<std::string, int> tables;
    for (const auto& each : equal_cases()) {
        ++tables[each.id];
    }
    for (const auto& each : different_cases()) {
        ++tables[each.id];
    }
    for (const auto& each : python::absent_cases()) {
        ++tables[each.id];
        CHECK(!each.reason.empty());
    }
    for (const auto& [id, ignored] : recorded_cases()) {
        tables.try_emplace(id, 0);
    }
    for (const auto& each : tables) {  // no binding: the macros capture, and clang 14 does not
        CHECK_MESSAGE(each.second == 1, each.first << " is in " << each.second << " tables");
        CHECK_MESSAGE(recorded_cases().count(each.first) == 1, each.first << " is not in the file");
    }
}

TEST_CASE("a wrong answer is told from a right one") {
    using python::failure;
    using python::list;
    using python::matches;
    using sluice::errc;
    const json closed = {{"error", "ValueError"}, {"message", "read of closed file"}};
    CHECK(matches(closed, failure(errc::closed)));
    CHECK_FALSE(matches(closed, failure(errc::bad_position)));
    CHECK_FALSE(matches(closed, "read of closed file"));
    const json full = {{"error", "OSError"}, {"errno", "ENOSPC"}};
    CHECK(matches(full, failure(std::make_error_code(std::errc::no_space_on_device))));
    CHECK_FALSE(matches(full, failure(errc::closed)));
    const json undecoded = {{"error", "UnicodeDecodeError"}, {"message", "byte in position 3: "}};
    CHECK(matches(undecoded, failure(errc::bad_encoding, 3)));
    CHECK_FALSE(matches(undecoded, failure(errc::bad_encoding, 2)));
    CHECK_FALSE(matches(undecoded, failure(errc::bad_encoding)));
    CHECK_FALSE(matches(full, python::refused_by_compiler(true)));
    CHECK_FALSE(matches(closed, python::refused_by_compiler(false)));
    const json bytes = {{"bytes_hex", "6100"}};
    CHECK(matches(bytes, std::string("a\0", 2)));
    CHECK_FALSE(matches(bytes, "a"));
    const json read_only = {{"error", "TypeError"}, {"message", "a readonly memory map"}};
    CHECK(matches(read_only, failure(errc::not_writable)));
    CHECK_FALSE(matches(read_only, failure(errc::not_readable)));
    CHECK(matches(json{{"codepoints", {0xD800}}}, "\xED\xA0\x80"));
    CHECK_FALSE(matches(json{{"codepoints", {0xD800, 97}}}, "\xED\xA0\x80"));
    CHECK_FALSE(matches(json::array({1, 2}), list{1}));
    CHECK_FALSE(matches(json::array({1}), list{1, 2}));
    CHECK_FALSE(matches(json(), 0));
    CHECK_FALSE(matches(true, 1));
}

TEST_SUITE_END();
