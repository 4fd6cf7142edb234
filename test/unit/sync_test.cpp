#include <sluice/device/memory.hpp>
#include <sluice/device/span.hpp>
#include <sluice/filter/sync.hpp>
#include <sluice/open.hpp>

#include <conformance/failing.hpp>
#include <conformance/transfer.hpp>

#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

using conformance::code_thrown_by;
using ios = std::ios_base;

TEST_SUITE_BEGIN("sync");

TEST_CASE("the lines of many threads stay whole") {
    sluice::membuf all;
    constexpr int threads = 4;
    constexpr int lines = 2000;
    {
        sluice::sync_sink sink(all);
        std::vector<std::thread> writers;
        for (int i = 0; i < threads; ++i) {
            writers.emplace_back([&sink, i] {
                sluice::sync_io out(sink);
                for (int line = 0; line < lines; ++line) {
                    out << "thread " << i << " line " << line;
                    out.put(' ');
                    out << std::string(static_cast<std::size_t>(line % 300), 'x') << '\n';
                }
                out.close();
            });
        }
        for (std::thread& each : writers) {
            each.join();
        }
        sink.close();
    }
    std::istringstream in(all.getvalue());
    std::array<int, threads> next{};
    std::string line;
    while (std::getline(in, line)) {
        std::istringstream words(line);
        std::string word;
        std::size_t thread = 0;
        int number = 0;
        words >> word >> thread >> word >> number;
        REQUIRE(thread < threads);
        REQUIRE(number == next[thread]++);
        std::string rest;
        words >> rest;
        REQUIRE(rest == std::string(static_cast<std::size_t>(number % 300), 'x'));
    }
    for (const int count : next) {
        CHECK(count == lines);
    }
}

TEST_CASE("whole lines are handed on with the write that ends them and the rest waits") {
    sluice::membuf all;
    sluice::sync_sink sink(all);
    sluice::sync_io a(sink);
    sluice::sync_io b(sink);
    a << "one ";
    b << "two\nthr";
    CHECK(all.view() == "two\n");
    a << "line\nand\n"
      << "more";
    CHECK(all.view() == "two\none line\nand\n");
    b << "ee\n";
    CHECK(all.view() == "two\none line\nand\nthree\n");
    a.flush();
    CHECK(all.view() == "two\none line\nand\nthree\nmore");
    b << "end";
    b.close();
    CHECK(all.view() == "two\none line\nand\nthree\nmoreend");
    CHECK_NOTHROW(a.close());
    CHECK(all.is_open());
}

TEST_CASE("a line is handed on too that is put one by one") {
    sluice::membuf all;
    sluice::sync_sink sink(all);
    sluice::syncbuf out(sink);
    const std::string text = conformance::sample(1000);
    for (const char c : text) {
        CHECK(out.sputc(c) == c);
    }
    CHECK(out.pubsync() == 0);
    CHECK((all.view() == text));
    CHECK(conformance::write(out, "") == 0);
    out.sputc('x');
    CHECK((all.view() == text));
    out.sputc('\n');
    CHECK((all.view() == text + "x\n"));
    CHECK(conformance::write(out, "rest") == 4);
    out.close();
    CHECK((all.view() == text + "x\nrest"));
}

TEST_CASE("a line is as long as it is") {
    sluice::membuf all;
    sluice::sync_sink sink(all);
    sluice::sync_io a(sink);
    sluice::sync_io b(sink);
    for (int i = 0; i < 1000; ++i) {
        a << std::string(1000, 'a');
        b << "b\n";
    }
    a << '\n';
    CHECK(all.view().size() == 2000 + 1000001);
    CHECK((all.view().substr(2000) == std::string(1000000, 'a') + '\n'));
}

TEST_CASE("a failure of the sink is reported to who wrote with its reason") {
    sluice::sync_sink sink(sluice::open("/dev/full", "wb"));
    sluice::sync_io a(sink);
    sluice::sync_io b(sink);
    a << "line\n";
    CHECK(a.good());
    CHECK(code_thrown_by([&] { a.flush(); }) == std::errc::no_space_on_device);
    CHECK(a.bad());
    CHECK(sluice::error_of(a).path() == "/dev/full");
    CHECK(sluice::error_of(a).operation() == "write");
    CHECK(b.good());
    CHECK_NOTHROW(b.close());
    CHECK(code_thrown_by([&] { sink.flush(); }) == std::errc::no_space_on_device);
    CHECK(code_thrown_by([&] { sink.close(); }) == std::errc::no_space_on_device);
    CHECK_NOTHROW(sink.close());
    a.clear();
    CHECK(code_thrown_by([&] { a.write("more\n"); }) == sluice::errc::closed);
}

TEST_CASE("what a full sink has not taken is not lost silently") {
    std::array<char, 6> room{};
    sluice::spanbuf full(room, ios::out);
    sluice::sync_sink sink(full);
    sluice::syncbuf out(sink);
    CHECK(conformance::write(out, "ab") == 2);
    CHECK(conformance::write(out, "cd\nefgh\n") == 4);
    CHECK(out.reason().code() == sluice::errc::no_space);
    CHECK(full.view() == "abcd\ne");
    CHECK(conformance::write(out, "rest") == 4);
    CHECK(out.pubsync() == -1);
    CHECK(code_thrown_by([&] { out.close(); }) == sluice::errc::no_space);
    CHECK_FALSE(out.is_open());
}

TEST_CASE("a stream of lines that is told to throw throws the reason") {
    std::array<char, 2> room{};
    sluice::spanbuf full(room, ios::out);
    sluice::sync_sink sink(full);
    sluice::sync_io out(sink);
    out.exceptions(ios::badbit);
    std::ostream& as_any = out;
    CHECK(code_thrown_by([&] { as_any << "abc\n"; }) == sluice::errc::no_space);
    out.exceptions(ios::goodbit);
}

TEST_CASE("what cannot be done on a line of many threads is refused") {
    std::istringstream in("abc");
    CHECK(code_thrown_by([&] { const sluice::sync_sink sink(in); }) == sluice::errc::not_writable);
    std::wostringstream text;
    sluice::wsync_sink sink(text);
    sluice::wsync_io out(sink);
    CHECK_FALSE(out.readable());
    CHECK(code_thrown_by([&] { out.read(); }) == sluice::errc::not_readable);
    CHECK(code_thrown_by([&] { out.seek(0); }) == sluice::errc::not_seekable);
    out << L"wide\n";
    CHECK(text.str() == L"wide\n");
}

TEST_CASE("a moved syncbuf goes on and one that is moved over hands on") {
    sluice::membuf all;
    sluice::sync_sink sink(all);
    sluice::syncbuf a(sink);
    sluice::syncbuf b(sink);
    conformance::write(a, "a1");
    conformance::write(b, "b1");
    a = std::move(b);
    CHECK(all.view() == "a1");
    conformance::write(a, "b2\n");
    CHECK(all.view() == "a1b1b2\n");
    CHECK_FALSE(b.is_open());  // NOLINT: the case
    CHECK(b.sputc('x') == std::char_traits<char>::eof());
    swap(a, b);
    conformance::write(b, "end");
    b = sluice::syncbuf();
    CHECK(all.view() == "a1b1b2\nend");
}

TEST_SUITE_END();
