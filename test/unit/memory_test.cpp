#include <sluice/device/memory.hpp>

#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <sys/mman.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using sluice::bytes_io;
using sluice::errc;
using sluice::membuf;
using sluice::newline;
using sluice::string_io;
using support::temporary_directory;

std::string long_text(std::size_t size = 1000) {
    return std::string(size, 'x');
}

template <class Call>
std::error_code code_of(Call call) {
    try {
        call();
    } catch (const sluice::error& thrown) {
        return thrown.code();
    }
    return {};
}

}  // namespace

TEST_SUITE_BEGIN("memory");

TEST_CASE("content is copied, the position is at its front") {  // test_memoryio: testInit
    const std::string content = "hello";
    bytes_io f(content);
    CHECK(f.tell() == 0);
    f << "J";
    CHECK(f.getvalue() == "Jello");
    CHECK(content == "hello");
}

TEST_CASE("strings and vectors are adopted without copying") {
    std::string text = long_text();
    const char* const where = text.data();
    bytes_io f(std::move(text));
    CHECK((f.view().data() == where));
    CHECK(f.view() == long_text());

    std::vector<unsigned char> numbers(1000, 7);
    const auto* const first = reinterpret_cast<const char*>(numbers.data());
    bytes_io g(std::move(numbers));
    CHECK(g.view().data() == first);

    std::vector<std::byte> raw(1000, std::byte{1});
    const auto* const begin = reinterpret_cast<const char*>(raw.data());
    bytes_io h(std::move(raw));
    CHECK(h.view().data() == begin);
    h.seek(0, std::ios::end);
    h << "more";  // grows out of what was adopted
    CHECK(h.view().size() == 1004);
    CHECK(h.view().ends_with("more"));
}

TEST_CASE("take hands the content out in place and leaves an empty stream that works") {
    bytes_io f;
    f << long_text();
    const char* const where = f.view().data();
    sluice::bytes content = f.take();
    CHECK(content.view() == long_text());
    CHECK(content.view().data() == where);
    CHECK(f.view().empty());
    CHECK(f.tell() == 0);
    f << "again";
    CHECK(f.getvalue() == "again");

    bytes_io back(std::move(content));
    CHECK(back.view().data() == where);
    CHECK(content.empty());

    bytes_io small("abc");
    CHECK(small.take().view() == "abc");
    CHECK(bytes_io().take().empty());
}

TEST_CASE("a pinned content keeps its size and place, and can be written in place") {
    bytes_io f("hello world");
    {
        const sluice::pinned_bytes pin = f.getbuffer();
        CHECK(pin.size() == 11);
        pin[0] = std::byte{'J'};
        CHECK(f.view().front() == 'J');

        f.seek(6);
        CHECK(f.write("WORLD") == 5);
        CHECK(f.view() == "Jello WORLD");
        CHECK(code_of([&] { f.write("!"); }) == errc::pinned);
        f.clear();
        f.seek(8);
        CHECK(code_of([&] { f.write("xxxxx"); }) == errc::pinned);  // nothing of it
        f.clear();
        CHECK(f.view() == "Jello WORLD");
        CHECK(code_of([&] { f.truncate(3); }) == errc::pinned);
        CHECK(code_of([&] { f.truncate(30); }) == errc::pinned);
        CHECK(code_of([&] { f.clear_content(); }) == errc::pinned);
        CHECK(code_of([&] { f.reserve(1000); }) == errc::pinned);
        CHECK(code_of([&] { static_cast<void>(f.take()); }) == errc::pinned);
        CHECK(code_of([&] { f.load("/dev/null"); }) == errc::pinned);
        CHECK(code_of([&] { f.close(); }) == errc::pinned);
        CHECK(f.view() == "Jello WORLD");
        CHECK_FALSE(f.closed());

        sluice::pinned_bytes second = f.getbuffer();
        second.release();
        CHECK(code_of([&] { f.truncate(3); }) == errc::pinned);  // the first still pins
    }
    f.truncate(3);
    CHECK(f.view() == "Jel");
}

TEST_CASE("characters put one by one stop at the end of a pinned content") {
    bytes_io f("abc");
    f << 'x';
    const auto pin = f.getbuffer();
    f.put('y').put('z');
    CHECK(f.good());
    f.put('!');
    CHECK(f.bad());
    CHECK(sluice::error_of(f).code() == errc::pinned);
    CHECK(f.view() == "xyz");
}

TEST_CASE("a maximum size gives no_space, with all that fits") {
    bytes_io f;
    f.set_max_size(10);
    CHECK(code_of([&] { f.write("0123456789ab"); }) == errc::no_space);
    CHECK(f.view() == "0123456789");
    CHECK(f.bad());
    f.clear();
    f.put('c');
    CHECK(f.bad());
    f.clear();
    CHECK(code_of([&] { f.truncate(11); }) == errc::no_space);
    CHECK(code_of([&] { f.reserve(11); }) == errc::no_space);
    f.seek(0);
    f << "abc";
    CHECK(f.view() == "abc3456789");

    const temporary_directory dir;
    support::write_file(dir / "ten", "9876543210");
    f.load(dir / "ten");
    CHECK(f.view() == "9876543210");
    support::write_file(dir / "eleven", "9876543210x");
    CHECK(code_of([&] { f.load(dir / "eleven"); }) == errc::no_space);
}

TEST_CASE("clearing keeps the capacity, reserving makes it") {
    membuf buf;
    buf.reserve(10'000);
    CHECK(buf.capacity() >= 10'000);
    buf.sputn("abc", 3);
    const char* const where = buf.view().data();
    buf.clear();
    CHECK(buf.view().empty());
    CHECK(buf.capacity() >= 10'000);
    buf.sputn("def", 3);
    CHECK(buf.view().data() == where);
}

TEST_CASE("growing keeps the content across each kind of memory") {
    membuf buf;
    std::string model;
    while (model.size() < 5'000'000) {
        const std::string part = std::to_string(model.size()) + std::string(model.size() / 3, '.');
        REQUIRE(buf.sputn(part.data(), static_cast<std::streamsize>(part.size())) ==
                static_cast<std::streamsize>(part.size()));
        model += part;
    }
    CHECK(buf.view() == model);
}

TEST_CASE("what is reserved takes along what there is, however little") {
    for (const std::size_t size : {0, 1, 2, 100}) {
        for (const std::size_t wanted : {1'000, 100'000, 10'000'000}) {
            CAPTURE(size);
            CAPTURE(wanted);
            membuf buf(std::string(size, 'x'));
            buf.reserve(wanted);
            CHECK(buf.view() == std::string(size, 'x'));
        }
    }
}

TEST_CASE("where the system moves no memory the content is copied as it grows and shrinks") {
    const support::replaced_calls scope;
    static int calls_made;
    calls_made = 0;
    support::replaced_calls::calls().remap = [](void*, std::size_t, std::size_t) {
        ++calls_made;
        errno = ENOSYS;
        return MAP_FAILED;
    };
    membuf buf;
    std::string expected;
    for (int i = 0; i < 40; ++i) {
        const std::string part(150'000, static_cast<char>(i % 2 == 0 ? 'a' + i % 26 : '\0'));
        CHECK(buf.sputn(part.data(), 150'000) == 150'000);
        expected += part;
        CHECK((buf.view() == expected));
    }
    buf.truncate(1'000'001);
    CHECK((buf.getvalue() == expected.substr(0, 1'000'001)));
    CHECK(calls_made > 3);
}

TEST_CASE("a gap is zeros in memory that was used before too") {
    bytes_io f;
    f << long_text(600'000);
    f.truncate(10);
    f.seek(500'000);
    f << "end";
    CHECK(f.view().size() == 500'003);
    const std::string_view content = f.view();
    CHECK(std::count(content.begin(), content.end(), '\0') == 500'000 - 10);
}

TEST_CASE("writing a part of its own content is safe while it moves") {
    bytes_io f(std::string_view("0123456789"));
    f.seek(0, std::ios::end);
    while (f.view().size() < 1'000'000) {
        f.write(f.view());
    }
    CHECK(f.view().substr(f.view().size() - 10) == "0123456789");
}

#if SIZE_MAX > UINT32_MAX
TEST_CASE("content past 4 GiB costs only what is touched") {
    bytes_io f;
    const std::int64_t far = (std::int64_t(5) << 30) + 3;
    f.seek(far);
    f << "end";
    CHECK(f.tell() == far + 3);
    CHECK(static_cast<std::int64_t>(f.view().size()) == far + 3);
    f.seek(-5, std::ios::end);
    CHECK(f.read() == std::string("\0\0end", 5));
    f.seek(far + 1);
    f.put('N');
    f.seek(far);
    CHECK(f.read() == "eNd");
    f.truncate((std::int64_t(1) << 32) + 1);
    CHECK(f.seek(0, std::ios::end) == (std::int64_t(1) << 32) + 1);
}
#endif

TEST_CASE("no memory is an error with nothing changed") {
    bytes_io f("abc");
    const std::error_code refused =
        code_of([&] { f.truncate(std::numeric_limits<std::int64_t>::max() / 2); });
    CHECK(refused == (sizeof(std::size_t) == 8 ? std::make_error_code(std::errc::not_enough_memory)
                                               : make_error_code(sluice::errc::no_space)));
    CHECK(f.view() == "abc");

    const support::replaced_calls scope;
    support::replaced_calls::calls().map = [](std::size_t) -> void* {
        errno = ENOMEM;
        return MAP_FAILED;
    };
    f.seek(0, std::ios::end);
    const std::string large = long_text(10'000'000);
    f << large;
    CHECK(f.bad());
    CHECK(sluice::error_of(f).code() == std::errc::not_enough_memory);
    CHECK(f.view() == "abc");
}

TEST_CASE("load and save take a whole file in and out") {
    const temporary_directory dir;
    const std::string content = long_text(3'000'000) + "end";
    bytes_io f(content);
    f.seek(5);
    f.save(dir / "file");
    CHECK(support::content_of(dir / "file") == content);
    CHECK(f.tell() == 5);

    bytes_io g("what was there before");
    g.load(dir / "file");
    CHECK(g.view() == content);
    CHECK(g.tell() == 0);
    g.load("/proc/self/status");  // says it has no size
    CHECK(g.view().starts_with("Name:"));

    CHECK(code_of([&] { g.load(dir / "none"); }) == std::errc::no_such_file_or_directory);
    CHECK(g.view().starts_with("Name:"));
    CHECK(code_of([&] { g.load("/tmp"); }) == std::errc::is_a_directory);
    CHECK(code_of([&] { f.save("/dev/full"); }) == std::errc::no_space_on_device);
    CHECK(code_of([&] { f.save(dir / "none" / "file"); }) == std::errc::no_such_file_or_directory);
}

TEST_CASE("the move of a small content takes it along") {
    membuf first;
    first.sputn("abc", 3);
    membuf second(std::move(first));
    CHECK(second.view() == "abc");
    CHECK(first.view().empty());
    first.sputn("def", 3);
    swap(first, second);
    CHECK(first.view() == "abc");
    CHECK(second.view() == "def");
    second.sputc('!');
    CHECK(second.view() == "def!");
}

TEST_CASE("a stream moved from is closed") {
    bytes_io f("abc");
    bytes_io g(std::move(f));
    CHECK(g.view() == "abc");
    CHECK(f.closed());
    CHECK(f.bad());
    CHECK(code_of([&] { f.write("x"); }) == errc::closed);
    CHECK(code_of([&] { static_cast<void>(f.view()); }) == errc::closed);
    sluice::stream any = std::move(g);  // as a stream of any device
    CHECK(any.read() == "abc");
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("string_io");

TEST_CASE("each newline mode stores what Python stores") {  // python-io: B08 to B13
    const std::string text = "a\nb\r\nc\rd";
    CHECK(string_io(text.c_str(), newline::universal).getvalue() == "a\nb\nc\nd");
    CHECK(string_io(text.c_str(), newline::keep).getvalue() == text);
    CHECK(string_io(text.c_str(), newline::lf).getvalue() == text);
    CHECK(string_io(text.c_str(), newline::cr).getvalue() == "a\rb\r\rc\rd");
    CHECK(string_io(text.c_str(), newline::crlf).getvalue() == "a\r\nb\r\r\nc\rd");
    CHECK(string_io(text.c_str()).getvalue() == text);
}

TEST_CASE("each newline mode ends lines as Python does") {
    const std::string text = "a\nb\r\nc\rd";
    const auto lines = [&](newline rule) { return string_io(text.c_str(), rule).readlines(); };
    using list = std::vector<std::string>;
    CHECK(lines(newline::universal) == list{"a\n", "b\n", "c\n", "d"});
    CHECK(lines(newline::keep) == list{"a\n", "b\r\n", "c\r", "d"});
    CHECK(lines(newline::lf) == list{"a\n", "b\r\n", "c\rd"});
    CHECK(lines(newline::cr) == list{"a\r", "b\r", "\r", "c\r", "d"});
    CHECK(lines(newline::crlf) == list{"a\r\n", "b\r\r\n", "c\rd"});
}

TEST_CASE("each write is translated by itself, characters put one by one together") {
    string_io f(newline::universal);
    CHECK(f.write("a\r") == 2);
    CHECK(f.write("\nb") == 2);
    CHECK(f.getvalue() == "a\n\nb");

    string_io g(newline::universal);
    g.put('a').put('\r').put('\n').put('b').put('\r').put('c');
    CHECK(g.getvalue() == "a\nb\nc");

    string_io h(newline::crlf);
    h << "x" << '\n' << 42 << std::endl;
    CHECK(h.getvalue() == "x\r\n42\r\n");
    CHECK(h.tell() == 7);
}

TEST_CASE("the kinds of line end that were written are known") {
    using sluice::newlines_seen;
    const auto seen = [](newline rule) {
        string_io f("a\nb\r\nc\rd", rule);
        f.read();
        return f.newlines();
    };
    CHECK(seen(newline::universal) == newlines_seen{true, true, true});
    CHECK(seen(newline::keep) == newlines_seen{true, true, true});
    CHECK(seen(newline::lf) == newlines_seen{});
    CHECK(seen(newline::cr) == newlines_seen{});
    CHECK(seen(newline::crlf) == newlines_seen{});

    for (const newline rule : {newline::universal, newline::keep}) {
        string_io f(rule);
        CHECK(f.newlines() == newlines_seen{});
        f.put('a').put('\r').put('\n');
        CHECK(f.newlines() == newlines_seen{.crlf = true});
        CHECK(f.getvalue() == (rule == newline::keep ? "a\r\n" : "a\n"));
        f.write("b\r");
        f.write("\n");
        CHECK(f.newlines() == newlines_seen{true, true, true});
        f.truncate(0);
        CHECK(f.newlines() == newlines_seen{true, true, true});
    }
    string_io closed(newline::keep);
    closed.close();
    CHECK(code_of([&] { static_cast<void>(closed.newlines()); }) == errc::closed);
}

TEST_CASE("a load makes the line ends of the file those that were written") {
    const temporary_directory dir;
    support::write_file(dir / "file", "a\r\nb");
    string_io f("a\rb", newline::keep);
    f.load(dir / "file");
    CHECK(f.newlines() == sluice::newlines_seen{.crlf = true});
    CHECK(f.getvalue() == "a\r\nb");
}

TEST_CASE("what is put after a load is translated as before") {
    const temporary_directory dir;
    support::write_file(dir / "file", "a\n");
    string_io f(newline::crlf);
    f.load(dir / "file");
    f.seek(0, std::ios_base::end);
    f.put('b').put('\n').put('\n');
    CHECK(f.getvalue() == "a\r\nb\r\n\r\n");
}

TEST_CASE("text without translation is adopted") {
    std::string text = long_text();
    const char* const where = text.data();
    string_io f(std::move(text));
    CHECK((f.view().data() == where));
    std::string more = "a\r\n" + long_text();
    CHECK(string_io(std::move(more), newline::universal).view().starts_with("a\nx"));
}

TEST_CASE("wide text is text") {
    sluice::wstring_io f(L"3 \u00e4pfel\r\n", newline::universal);
    int count = 0;
    std::wstring what;
    f >> count >> what;
    CHECK(count == 3);
    CHECK(what == L"\u00e4pfel");
    CHECK(f.getvalue() == L"3 \u00e4pfel\n");
}

TEST_SUITE_END();
