#include <sluice/device/spooled.hpp>
#include <sluice/error.hpp>

#include <support/errors.hpp>
#include <support/limits.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <iostream>
#include <locale>
#include <string>
#include <utility>

using ios = std::ios_base;
using sluice::spooled_file;
using support::system_code;
using support::thrown_by;

namespace {

const std::string missing = "/nonexistent-directory";

/// All of it, whatever the position, which stays.
std::string content_of(spooled_file& f) {
    const auto here = f.tell();
    f.seek(0);
    std::string all = f.read();
    f.seek(here);
    return all;
}

/// What the file of `f` holds for the system.
std::string stored_by(spooled_file& f) {
    std::string all(static_cast<std::size_t>(f.rdbuf()->size()), '\0');
    REQUIRE(::pread(f.fileno(), all.data(), all.size(), 0) == static_cast<ssize_t>(all.size()));
    return all;
}

/// Writes each byte as the one after it.
class shifting : public std::codecvt<char, char, std::mbstate_t> {
    result do_out(std::mbstate_t&, const char* from, const char* from_end, const char*& from_next,
                  char* to, char* to_end, char*& to_next) const override {
        for (; from != from_end && to != to_end; ++from, ++to) {
            *to = static_cast<char>(*from + 1);
        }
        from_next = from;
        to_next = to;
        return ok;
    }
    [[nodiscard]] bool do_always_noconv() const noexcept override { return false; }
};

class global_locale {
public:
    explicit global_locale(const std::locale& now) : before_(std::locale::global(now)) {}
    global_locale(const global_locale&) = delete;
    global_locale& operator=(const global_locale&) = delete;
    ~global_locale() { std::locale::global(before_); }

private:
    std::locale before_;
};

}  // namespace

TEST_SUITE_BEGIN("spooled_file");

TEST_CASE("content stays in RAM up to its largest size and rolls over beyond") {  // J01
    spooled_file f(4);
    f.write("abcd");
    CHECK_FALSE(f.rolled());
    f.write("e");
    CHECK(f.rolled());
    CHECK(f.tell() == 5);
    CHECK(content_of(f) == "abcde");
    CHECK(stored_by(f) == "abcde");
    CHECK(f.max_size() == 4);
}

TEST_CASE("one write beyond the largest size rolls over before anything of it is in RAM") {  // J03
    spooled_file f(10);
    f.write("0123456789ABC");
    CHECK(f.rolled());
    CHECK(f.tell() == 13);
    CHECK(content_of(f) == "0123456789ABC");
}

TEST_CASE("characters one by one roll over as a block does") {
    for (const std::size_t size : {0U, 1U, 5U, 127U, 128U, 129U, 600U, 5000U}) {
        CAPTURE(size);
        spooled_file f(size);
        for (std::size_t i = 0; i < size; ++i) {
            f.put('x');
        }
        CHECK_FALSE(f.rolled());
        f.put('y');
        CHECK(f.rolled());
        CHECK(content_of(f) == std::string(size, 'x') + 'y');
    }
}

TEST_CASE("nothing stays in RAM with a largest size of 0, but the empty content") {
    spooled_file f(0);
    f.write("");
    f.truncate(0);
    f.seek(100);
    CHECK_FALSE(f.rolled());
    f.seek(0);
    f.write("x");
    CHECK(f.rolled());
}

TEST_CASE("without a limit only a wish rolls over") {  // J02
    spooled_file f(spooled_file::unlimited);
    f.write(std::string(1'000'000, 'x'));
    f.truncate(2'000'000);
    CHECK_FALSE(f.rolled());
    f.rollover();
    CHECK(f.rolled());
    CHECK(f.seek(0, ios::end) == 2'000'000);
}

TEST_CASE("the size counts and not the position") {  // J07, but not J01
    spooled_file f(10);
    f.write("0123456789");
    f.seek(4);
    f.write("abc");
    CHECK_FALSE(f.rolled());
    f.seek(1000);
    CHECK_FALSE(f.rolled());
    CHECK(f.read().empty());
    f.write("");
    CHECK_FALSE(f.rolled());
    f.seek(8);
    f.write("xy");
    CHECK_FALSE(f.rolled());
    f.seek(8);
    f.write("xyz");
    CHECK(f.rolled());
    CHECK(content_of(f) == "0123abc7xyz");
}

TEST_CASE("an overwrite that passes the largest size rolls over") {  // J23
    spooled_file f(5);
    f.write("abc");
    f.seek(0);
    CHECK(f.write("0123456") == 7);
    CHECK(f.rolled());
    f.seek(0);
    CHECK(f.read() == "0123456");
}

TEST_CASE("a write far past the end rolls over and leaves a gap of zeros") {
    spooled_file f(10);
    f.write("abc");
    f.seek(1'000'000'000);
    f.write("x");
    CHECK(f.rolled());
    CHECK(f.rdbuf()->size() == 1'000'000'001);
    f.seek(2);
    CHECK(f.read(2) == std::string("c\0", 2));
}

TEST_CASE("a descriptor is one of a file, which holds the content") {  // J04
    spooled_file f(100);
    f.write("abc");
    CHECK(f.fileno() > 2);
    CHECK(f.rolled());
    CHECK(f.tell() == 3);
    CHECK(::lseek(f.fileno(), 0, SEEK_CUR) == 3);
    CHECK(stored_by(f) == "abc");
    f.write("d");
    CHECK(stored_by(f) == "abcd");
}

TEST_CASE("a truncate rolls over where it grows beyond the largest size") {  // J06
    spooled_file f(10);
    f.write("ab");
    CHECK(f.truncate(5) == 5);
    CHECK(f.truncate(10) == 10);
    CHECK_FALSE(f.rolled());
    CHECK(f.truncate(11) == 11);
    CHECK(f.rolled());
    CHECK(f.tell() == 2);
    CHECK(f.seek(0, ios::end) == 11);
    CHECK(content_of(f) == "ab" + std::string(9, '\0'));
}

TEST_CASE("what has rolled over stays on disk where it shrinks") {  // J20
    spooled_file f(5);
    f.write("0123456789");
    f.seek(0);
    f.truncate(0);
    CHECK(f.rolled());
    f.write("ab");
    f.seek(0);
    CHECK(f.read() == "ab");
}

TEST_CASE("a rollover keeps the position, and a second does nothing") {  // J08
    spooled_file f(100);
    f.write("abcdefg");
    f.seek(2);
    f.rollover();
    CHECK(f.tell() == 2);
    CHECK(f.read(2) == "cd");
    f.rollover();
    CHECK(f.read() == "efg");
}

TEST_CASE("a rollover keeps a place past the end") {
    spooled_file f(100);
    f.write("abc");
    f.seek(50);
    f.rollover();
    CHECK(f.tell() == 50);
    f.write("x");
    CHECK(content_of(f) == "abc" + std::string(47, '\0') + 'x');
}

TEST_CASE("a rollover keeps what was put back, and what the stream has seen") {
    spooled_file f(100);
    f << "12 34";
    f.seek(0);
    int first = 0;
    int second = 0;
    f >> first;
    f.putback('!');
    f.rollover();
    CHECK(f.tell() == 1);
    CHECK(f.get() == '!');
    CHECK(f.get() == ' ');
    f >> second;
    CHECK(second == 34);
    CHECK(f.eof());
    f.rollover();
    CHECK(f.eof());
    CHECK(content_of(f) == "12 34");

    spooled_file end(100);
    end << "ab";
    end.seek(0);
    CHECK(end.get() == 'a');
    CHECK(end.get() == 'b');
    CHECK(end.get() == EOF);
    end.clear();
    end.putback('z');
    end.rollover();
    CHECK(end.get() == 'z');
    CHECK(end.get() == EOF);
}

TEST_CASE("lines go on over a rollover") {  // J15
    spooled_file f(100);
    f.write("a\nb\n");
    f.seek(0);
    std::string line;
    std::getline(f, line);
    CHECK(line == "a");
    f.rollover();
    std::getline(f, line);
    CHECK(line == "b");
}

TEST_CASE("what was peeked can be written where it rolls over") {
    for (const std::size_t size : {50U, 5000U}) {
        CAPTURE(size);
        const std::string text(size, 'x');
        spooled_file f(size + 1);
        f.write(text);
        f.seek(0);
        const std::string_view ahead = f.peek(size);
        f.rdbuf()->pubseekoff(0, ios::end);
        CHECK(f.write(ahead) == size);
        CHECK(f.rolled());
        CHECK(content_of(f) == text + text);
    }
}

TEST_CASE("the memory is given back when the content has rolled over") {
    constexpr std::size_t size = std::size_t(3) << 20;
    static sluice::os::posix_calls real;
    static std::size_t held;
    real = sluice::os::calls;
    held = 0;
    const support::replaced_calls scope;
    support::replaced_calls::calls().map = [](std::size_t added) {
        held += added;
        return real.map(added);
    };
    support::replaced_calls::calls().remap = [](void* memory, std::size_t before, std::size_t now) {
        void* const moved = real.remap(memory, before, now);
        held += moved != MAP_FAILED ? now - before : 0;
        return moved;
    };
    support::replaced_calls::calls().munmap = [](void* memory, std::size_t removed) {
        held -= removed;
        return real.munmap(memory, removed);
    };
    spooled_file f(size);
    for (std::size_t i = 0; i < size; i += 1024) {
        f.write(std::string(1024, 'x'));
    }
    CHECK_FALSE(f.rolled());
    CHECK(held >= size);
    CHECK(held < size + (std::size_t(2) << 20));  // whole huge pages, and no doubling beyond
    f.write("x");
    CHECK(f.rolled());
    CHECK(held == 0);
    CHECK(f.rdbuf()->size() == size + 1);
}

TEST_CASE("a rollover that fails changes nothing, and can be tried again") {  // J31
    const support::temporary_directory here;
    const std::filesystem::path late = here / "late";
    spooled_file f(4, late);
    f.write("abcd");
    f.seek(1);
    const auto failed = thrown_by([&] { f.write("0123456789"); });
    CHECK(failed.operation() == "write");
    CHECK(failed.position() == 1);
    CHECK(failed.code() == system_code(ENOENT));
    CHECK(failed.path() == late.native());
    CHECK(f.bad());
    CHECK(sluice::error_of(f).code() == system_code(ENOENT));
    CHECK_FALSE(f.rolled());
    CHECK(f.tell() == 1);
    f.clear();
    CHECK(content_of(f) == "abcd");
    CHECK(thrown_by([&] { f.truncate(100); }).code() == system_code(ENOENT));
    const auto by_wish = thrown_by([&] { f.rollover(); });
    CHECK(by_wish.operation() == "open");
    CHECK(by_wish.code() == system_code(ENOENT));
    CHECK(by_wish.path() == late.native());
    CHECK(thrown_by([&] { (void)f.fileno(); }).code() == system_code(ENOENT));
    CHECK(f.rdbuf()->size() == 4);
    f.write("xyz");
    CHECK(content_of(f) == "axyz");
    f.put('!');
    CHECK(f.bad());
    f.clear();
    CHECK_FALSE(f.rolled());
    CHECK(f.tell() == 4);

    std::filesystem::create_directory(late);
    f.put('!');
    CHECK(f.good());
    CHECK(f.rolled());
    CHECK(content_of(f) == "axyz!");
}

TEST_CASE("a rollover onto a full disk changes nothing") {
    spooled_file f(3000);
    f.write(std::string(3000, 'x'));
    f.seek(-1, ios::end);
    {
        const support::file_size_limit limit(1000);
        const auto failed = thrown_by([&] { f.write("yz"); });
        CHECK(failed.operation() == "write");
        CHECK(failed.code() == system_code(EFBIG));
        CHECK_FALSE(f.rolled());
        CHECK(f.tell() == 2999);
        CHECK(content_of(f) == std::string(3000, 'x'));
    }
    f.clear();
    f.write("yz");
    CHECK(f.rolled());
    CHECK(content_of(f) == std::string(2999, 'x') + "yz");
}

TEST_CASE("a rollover that cannot read back what a character was put over changes nothing") {
    spooled_file f(100);
    f.write("abc");
    f.seek(2);
    f.putback('!');
    {
        const support::replaced_calls scope;
        support::replaced_calls::calls().pread = [](int, void*, std::size_t, off_t) -> ssize_t {
            errno = EIO;
            return -1;
        };
        support::replaced_calls::calls().read = [](int, void*, std::size_t) -> ssize_t {
            errno = EIO;
            return -1;
        };
        CHECK(thrown_by([&] { f.rollover(); }).code() == system_code(EIO));
    }
    CHECK_FALSE(f.rolled());
    CHECK(f.good());
    CHECK(f.tell() == 1);
    CHECK(f.get() == '!');
    CHECK(content_of(f) == "abc");
    f.rollover();
    CHECK(content_of(f) == "abc");
}

TEST_CASE("a stream told to throw throws why a rollover failed") {
    spooled_file f(4, missing);
    f.exceptions(ios::badbit);
    std::error_code code;
    try {
        f << "12345";
    } catch (const ios::failure& thrown) {
        code = thrown.code();
    }
    CHECK(code == system_code(ENOENT));
    f.clear();
    CHECK(f.tell() == 0);
    f << "1234";
    CHECK(f.good());
}

TEST_CASE("failures on disk reach the stream with their reason") {
    const support::temporary_directory here;
    spooled_file f(0, here / "");
    f.write("abc");
    f.flush();
    const support::replaced_calls scope;
    SUBCASE("a write that was pending") {
        f.write("def");
        support::replaced_calls::calls().write = [](int, const void*, std::size_t) -> ssize_t {
            errno = ENOSPC;
            return -1;
        };
        const auto flushed = thrown_by([&] { f.flush(); });
        CHECK(flushed.code() == system_code(ENOSPC));
        CHECK(flushed.operation() == "write");
        CHECK(flushed.position() == 3);
        CHECK(f.bad());
        CHECK(thrown_by([&] { f.seek(0); }).code() == system_code(ENOSPC));
        CHECK(thrown_by([&] { f.close(); }).code() == system_code(ENOSPC));
        CHECK(f.closed());
    }
    SUBCASE("a read") {
        support::replaced_calls::calls().read = [](int, void*, std::size_t) -> ssize_t {
            errno = EIO;
            return -1;
        };
        support::replaced_calls::calls().pread = [](int, void*, std::size_t, off_t) -> ssize_t {
            errno = EIO;
            return -1;
        };
        f.seek(0);
        CHECK(f.get() == EOF);
        CHECK(f.bad());
        CHECK_FALSE(f.eof());
        CHECK(sluice::error_of(f).code() == system_code(EIO));
        CHECK(sluice::error_of(f).operation() == "read");
        CHECK(sluice::error_of(f).position() == 0);
        CHECK(sluice::error_of(f).path() == (here / "").native());
    }
    SUBCASE("a truncate") {
        support::replaced_calls::calls().ftruncate = [](int, off_t) {
            errno = EFBIG;
            return -1;
        };
        CHECK(thrown_by([&] { f.truncate(2); }).code() == system_code(EFBIG));
    }
}

TEST_CASE("a closed spooled file says so, whatever it is asked") {  // J13, J25
    for (const bool on_disk : {false, true}) {
        CAPTURE(on_disk);
        spooled_file f(on_disk ? 0 : 100);
        f.write("abc");
        f.close();
        CHECK(f.closed());
        CHECK(thrown_by([&] { f.rollover(); }).code() == sluice::errc::closed);
        CHECK(f.closed());
        CHECK(thrown_by([&] { f.write("x"); }).code() == sluice::errc::closed);
        CHECK(thrown_by([&] { (void)f.read(); }).code() == sluice::errc::closed);
        CHECK(thrown_by([&] { f.seek(0); }).code() == sluice::errc::closed);
        CHECK(thrown_by([&] { (void)f.tell(); }).code() == sluice::errc::closed);
        CHECK(thrown_by([&] { f.truncate(0); }).code() == sluice::errc::closed);
        CHECK(thrown_by([&] { f.flush(); }).code() == sluice::errc::closed);
        CHECK(thrown_by([&] { (void)f.fileno(); }).code() == sluice::errc::closed);
        CHECK(thrown_by([&] { (void)f.rolled(); }).code() == sluice::errc::closed);
        CHECK_NOTHROW(f.close());
    }
}

TEST_CASE("a spooled file is moved and swapped, in RAM and on disk") {
    spooled_file a(100);
    a << "in RAM";
    spooled_file b(0);
    b << "on disk";
    spooled_file c(std::move(a));
    CHECK(a.closed());  // NOLINT(bugprone-use-after-move): that is the case
    CHECK(thrown_by([&] { a.rollover(); }).code() == sluice::errc::closed);
    swap(b, c);
    CHECK(content_of(b) == "in RAM");
    CHECK_FALSE(b.rolled());
    CHECK(content_of(c) == "on disk");
    CHECK(c.rolled());
    b = std::move(c);
    b << '!';
    CHECK(content_of(b) == "on disk!");
    sluice::stream any(std::move(b));
    any.seek(0);
    CHECK(any.read() == "on disk!");
}

TEST_CASE("an assignment reports what it could not write") {
    const support::temporary_directory here;
    sluice::spooledbuf a(0, here / "");
    sluice::spooledbuf b(10);
    a.sputn("abc", 3);
    b.sputn("123", 3);
    const support::replaced_calls scope;
    support::replaced_calls::calls().write = [](int, const void*, std::size_t) -> ssize_t {
        errno = ENOSPC;
        return -1;
    };
    const auto failed = thrown_by([&] { a = std::move(b); });
    CHECK(failed.code() == system_code(ENOSPC));
    CHECK(failed.path() == (here / "").native());
    CHECK_FALSE(a.is_open());
    REQUIRE(b.is_open());  // NOLINT(bugprone-use-after-move): it was not taken
    a = std::move(b);
    CHECK(a.size() == 3);
    a = std::move(*&a);
    CHECK(a.size() == 3);
}

TEST_CASE("a buffer moved from is closed") {
    sluice::spooledbuf a(5);
    a.sputn("abc", 3);
    const sluice::spooledbuf b(std::move(a));
    CHECK(b.is_open());
    CHECK_FALSE(a.is_open());  // NOLINT(bugprone-use-after-move): that is the case
    CHECK(a.sputc('x') == EOF);
    CHECK(a.reason().code() == sluice::errc::closed);
}

TEST_CASE("the file of what has rolled over has no name, and goes when it is closed") {
    const support::temporary_directory here;
    spooled_file f(0, here / "");
    f.write("abc");
    CHECK(f.rolled());
    CHECK(std::filesystem::is_empty(here / ""));
}

TEST_CASE("bytes stay bytes on disk, whatever the global locale is") {
    const global_locale scope(std::locale(std::locale::classic(), new shifting));
    spooled_file f(2);
    f.write("ab");
    f.write("cd");
    CHECK(stored_by(f) == "abcd");
}

TEST_CASE("the standard's streams run on a spooledbuf") {
    sluice::spooledbuf buf(10);
    std::iostream f(&buf);
    for (int i = 0; i < 100; ++i) {
        f << i << '\n';
    }
    CHECK(buf.rolled());
    f.seekg(0);
    for (int i = 0; i < 100; ++i) {
        int number = -1;
        f >> number;
        CHECK(number == i);
    }
    CHECK(f.get() == '\n');
    CHECK(f.get() == EOF);
}

TEST_SUITE_END();
