#include <sluice/algorithm/lines.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/pipe.hpp>
#include <sluice/fstream.hpp>
#include <sluice/open.hpp>

#include <support/failing_buf.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <ios>
#include <iterator>
#include <ranges>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using ios = std::ios_base;
using strings = std::vector<std::string>;

static_assert(std::ranges::input_range<sluice::basic_lines<char>>);
static_assert(std::ranges::view<sluice::basic_lines<wchar_t>>);
static_assert(
    std::is_same_v<std::ranges::range_reference_t<sluice::basic_lines<char>>, std::string_view>);
static_assert(std::is_same_v<std::ranges::range_value_t<sluice::basic_lines<char>>, std::string>);

template <class Stream>
concept has_lines = requires(Stream&& in) {
    sluice::lines(std::forward<Stream>(in));
};
static_assert(has_lines<std::istream&>);
static_assert(!has_lines<std::istringstream>);  // nobody would own it

strings all_lines(std::istream& in, sluice::line_options options = {}) {
    strings result;
    for (const std::string_view line : sluice::lines(in, options)) {
        result.emplace_back(line);
    }
    return result;
}

strings by_getline(std::istream& in) {
    strings result;
    for (std::string line; std::getline(in, line);) {
        result.push_back(line);
    }
    return result;
}

}  // namespace

TEST_SUITE_BEGIN("lines");

TEST_CASE("lines are those of std::getline on any buffer") {
    const std::string texts[] = {"",
                                 "\n",
                                 "a",
                                 "a\n",
                                 "\n\n",
                                 "a\n\nb",
                                 "first line\nsecond\n\nlast",
                                 std::string("\0\n\0", 3),
                                 std::string(10000, 'x') + "\ny"};
    for (const std::string& text : texts) {
        CAPTURE(text);
        std::istringstream oracle(text);
        const strings expected = by_getline(oracle);
        std::istringstream standard(text);
        CHECK(all_lines(standard) == expected);
        CHECK(standard.rdstate() == ios::eofbit);
        sluice::bytes_io ours(text);
        CHECK(all_lines(ours) == expected);
        CHECK(ours.rdstate() == ios::eofbit);
        for (const std::size_t block : {0, 1, 2, 3, 7}) {
            CAPTURE(block);
            support::failing_buf buf(text, block);
            std::istream in(&buf);
            CHECK(all_lines(in) == expected);
            CHECK(in.rdstate() == ios::eofbit);
        }
    }
}

TEST_CASE("a line lies in the buffer itself") {
    sluice::bytes_io io("one\ntwo\nthree\n");
    const std::string_view content = io.view();
    std::size_t place = 0;
    for (const std::string_view line : sluice::lines(io)) {
        CHECK(line.data() == content.data() + place);
        place += line.size() + 1;
        CHECK(io.tell() == static_cast<std::streamoff>(place));
    }
    CHECK(place == content.size());
}

TEST_CASE("a last line without an end sets eofbit and one with an end does not yet") {
    std::istringstream in("a\nb");
    auto range = sluice::lines(in);
    auto it = range.begin();
    CHECK(*it == "a");
    CHECK(in.good());
    ++it;
    CHECK(*it == "b");
    CHECK(in.rdstate() == ios::eofbit);
    ++it;
    CHECK(it == range.end());
    CHECK(in.rdstate() == ios::eofbit);
    CHECK(range.partial().empty());
}

TEST_CASE("a loop that is left goes on from behind its line") {
    std::istringstream in("a\nb\nc d\n");
    for (const std::string_view line : sluice::lines(in)) {
        if (line == "b") {
            break;
        }
    }
    std::string word;
    in >> word;
    CHECK(word == "c");
    CHECK(all_lines(in) == strings{" d"});
}

TEST_CASE("a stream that is not good gives no lines and keeps its state") {
    std::istringstream in("a\n");
    for (const auto state : {ios::failbit, ios::badbit, ios::eofbit}) {
        in.clear(state);
        CHECK(all_lines(in).empty());
        CHECK(in.rdstate() == state);
    }
    std::istream none(nullptr);
    CHECK(all_lines(none).empty());
    CHECK(none.rdstate() == ios::badbit);
}

TEST_CASE("what sets the state in the loop ends it") {
    std::istringstream in("a\nb\nc\n");
    int count = 0;
    for (const std::string_view line : sluice::lines(in)) {
        static_cast<void>(line);
        if (++count == 2) {
            in.setstate(ios::failbit);
        }
    }
    CHECK(count == 2);
}

TEST_CASE("lines end by each of the five rules and may show it") {
    using sluice::newline;
    struct expectation {
        newline rule;
        strings hidden;
        strings kept;
    };
    const std::string text = "a\nb\rc\r\n\rd\r";
    const expectation expectations[] = {
        {newline::lf, {"a", "b\rc\r", "\rd\r"}, {"a\n", "b\rc\r\n", "\rd\r"}},
        {newline::cr, {"a\nb", "c", "\n", "d"}, {"a\nb\r", "c\r", "\n\r", "d\r"}},
        {newline::crlf, {"a\nb\rc", "\rd\r"}, {"a\nb\rc\r\n", "\rd\r"}},
        {newline::universal, {"a", "b", "c", "", "d"}, {"a\n", "b\r", "c\r\n", "\r", "d\r"}},
        {newline::keep, {"a", "b", "c", "", "d"}, {"a\n", "b\r", "c\r\n", "\r", "d\r"}}};
    for (const expectation& each : expectations) {
        CAPTURE(int(each.rule));
        for (const std::size_t block : {0, 1, 2, 3, 100}) {
            CAPTURE(block);
            support::failing_buf buf(text, block);
            std::istream in(&buf);
            CHECK(all_lines(in, {.ends = each.rule}) == each.hidden);
            support::failing_buf again(text, block);
            in.rdbuf(&again);
            CHECK(all_lines(in, {.ends = each.rule, .keep_ends = true}) == each.kept);
        }
    }
}

TEST_CASE("a stream of sluice ends lines as its readline does") {
    const support::temporary_file file("a\rb\r\nc\n");
    for (const auto rule : {sluice::newline::universal, sluice::newline::keep, sluice::newline::lf,
                            sluice::newline::cr, sluice::newline::crlf}) {
        auto by_call = sluice::open(file.path(), "r", {.newline = rule});
        auto by_range = sluice::open(file.path(), "r", {.newline = rule});
        strings expected;
        for (std::string line = by_call.readline(); !line.empty(); line = by_call.readline()) {
            expected.push_back(line);
        }
        CHECK(all_lines(by_range, {.ends = std::nullopt, .keep_ends = true}) == expected);
    }
}

TEST_CASE("a failed read is no end and the line it cut goes on after it") {
    for (const std::size_t block : {0, 1, 3, 100}) {
        CAPTURE(block);
        support::failing_buf buf("first\nsecond\nthird\n", block, 9);
        std::istream in(&buf);
        auto range = sluice::lines(in);
        strings seen;
        for (const std::string_view line : range) {
            seen.emplace_back(line);
        }
        CHECK(seen == strings{"first"});
        CHECK(in.rdstate() == ios::badbit);
        CHECK(range.partial() == "sec");
        for (const std::string_view line : range) {
            seen.emplace_back(line);  // not before clear()
        }
        CHECK(range.partial() == "sec");
        in.clear();
        buf.fail_at(support::failing_buf::nowhere);
        for (const std::string_view line : range) {
            seen.emplace_back(line);
        }
        CHECK(seen == strings{"first", "second", "third"});
        CHECK(in.rdstate() == ios::eofbit);
    }
}

TEST_CASE("a failed read throws itself where exceptions hold badbit") {
    support::failing_buf buf("first\nsecond\n", 4, 8);
    std::istream in(&buf);
    in.exceptions(ios::badbit);
    auto range = sluice::lines(in);
    auto it = range.begin();
    CHECK(*it == "first");
    CHECK_THROWS_AS(++it, std::runtime_error);
    CHECK(it == range.end());
    CHECK(in.bad());
}

TEST_CASE("the reason of a failed read is the device's") {
    const support::temporary_file file("first\n" + std::string(5000, 'x') + "\n");
    sluice::ifstream in(file.path());
    const support::replaced_calls scope;
    std::size_t count = 0;
    for (const std::string_view line : sluice::lines(in)) {
        CHECK(line == "first");
        ++count;
        support::replaced_calls::calls().read = [](int, void*, std::size_t) -> ssize_t {
            errno = EIO;
            return -1;
        };
    }
    CHECK(count == 1);
    CHECK(in.bad());
    CHECK_FALSE(in.eof());
    CHECK(sluice::error_of(in).code() == std::errc::io_error);
    CHECK(sluice::error_of(in).path() == file.path());
}

TEST_CASE("exceptions that hold eofbit throw at the end as std::getline does") {
    std::istringstream in("a\nb\n");
    in.exceptions(ios::eofbit);
    strings seen;
    try {
        for (const std::string_view line : sluice::lines(in)) {
            seen.emplace_back(line);
        }
        CHECK(false);
    } catch (const ios::failure&) {
        CHECK(in.rdstate() == ios::eofbit);
    }
    CHECK(seen == strings{"a", "b"});
}

TEST_CASE("what a stream is tied to is flushed before it is waited for") {
    sluice::bytes_io said;
    std::ostringstream out;
    support::failing_buf buf("a\nb\n", 2);
    std::istream in(&buf);
    struct counting : std::stringbuf {
        int sync() override {
            ++count;
            return 0;
        }
        int count = 0;
    } target;
    out.std::ostream::rdbuf(&target);
    in.tie(&out);
    CHECK(all_lines(in).size() == 2);
    CHECK(target.count == 3);
}

TEST_CASE("a line that would block comes whole in the end") {
    auto [in, out] = sluice::pipe();
    out.write("whole\nha");
    out.flush();
    const int descriptor = in.fileno();
    REQUIRE(::fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0);
    auto range = sluice::lines(in);
    strings seen;
    const auto go_on = [&] {
        for (const std::string_view line : range) {
            seen.emplace_back(line);
        }
    };
    go_on();
    CHECK(seen == strings{"whole"});
    CHECK(sluice::error_of(in).code() == sluice::errc::would_block);
    CHECK(range.partial() == "ha");
    out.write("lf\n");
    out.close();
    in.clear();
    go_on();
    CHECK(seen == strings{"whole", "half"});
    CHECK(in.rdstate() == ios::eofbit);
}

// libc++ 14 has none of these.
#ifdef __cpp_lib_ranges
TEST_CASE("lines pass through algorithms") {
    std::istringstream in("pear\napple\nquince\n");
    const auto is_long = [](std::string_view line) { return line.size() > 4; };
    CHECK(std::ranges::count_if(sluice::lines(in), is_long) == 2);
    in.clear();
    in.seekg(0);
    strings kept;
    std::ranges::transform(sluice::lines(in), std::back_inserter(kept),
                           [](std::string_view line) { return std::string(line); });
    CHECK(kept == strings{"pear", "apple", "quince"});
}
#endif

// clang 14 cannot compile the views of libstdc++ 12.
#if !defined(__clang__) || __clang_major__ >= 16
TEST_CASE("lines pass through views") {
    std::istringstream in("a\n#b\nc\n#d\ne\n");
    strings seen;
    const auto is_text = [](std::string_view line) { return !line.starts_with('#'); };
    for (const std::string_view line :
         sluice::lines(in) | std::views::filter(is_text) | std::views::take(2)) {
        seen.emplace_back(line);
    }
    CHECK(seen == strings{"a", "c"});
}
#endif

TEST_CASE("a range moves before it is begun") {
    std::istringstream in("a\nb\n");
    auto first = sluice::lines(in);
    auto second = std::move(first);
    first = std::move(second);
    auto& same = first;
    first = std::move(same);
    CHECK(*first.begin() == "a");
    auto third = std::move(first);
    CHECK(*third.begin() == "b");
    CHECK(decltype(third)::iterator() == third.end());
}

TEST_CASE("wide lines are read") {
    std::wistringstream in(L"a\nb");
    std::vector<std::wstring> seen;
    for (const std::wstring_view line : sluice::lines(in)) {
        seen.emplace_back(line);
    }
    CHECK((seen == std::vector<std::wstring>{L"a", L"b"}));
}

TEST_CASE("what is appended after the end is read by going on") {
    sluice::bytes_io io;
    io.write("a\nb");
    io.seek(0);
    auto range = sluice::lines(io);
    strings seen;
    const auto go_on = [&] {
        for (const std::string_view line : range) {
            seen.emplace_back(line);
        }
    };
    go_on();
    io.write("c\nd\n");
    io.seek(3);
    go_on();
    CHECK(seen == strings{"a", "b", "c", "d"});
}

TEST_SUITE_END();
