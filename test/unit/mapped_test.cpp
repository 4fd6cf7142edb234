#include <sluice/device/mapped.hpp>

#include <conformance/failing.hpp>
#include <support/descriptors.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

using conformance::code_thrown_by;
using sluice::map_access;
using sluice::mapped_file;
using sluice::mappedbuf;
using ios = std::ios_base;

namespace {

constexpr std::size_t page = 4096;

std::string letters(std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
        text[i] = static_cast<char>('a' + i % 23);
    }
    return text;
}

void cut(const support::temporary_file& file, std::size_t size) {
    REQUIRE(::truncate(file.path().c_str(), static_cast<off_t>(size)) == 0);
}

/// What a child process that runs `work` ends with, as wait() gives it.
int status_of_child(const std::function<void()>& work) {
    const pid_t child = ::fork();
    if (child == 0) {
        work();
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
}

/// Touches a page that a file no longer has; nobody watches it.
void touch_foreign_page() {
    const support::temporary_file file(std::string(2 * page, 'x'));
    const support::descriptor opened(file.path(), O_RDWR);
    void* const memory = ::mmap(nullptr, 2 * page, PROT_READ, MAP_SHARED, opened.number(), 0);
    static_cast<void>(::ftruncate(opened.number(), 0));
    ::unlink(file.path().c_str());
    static_cast<void>(*static_cast<const volatile char*>(memory));
}

}  // namespace

TEST_SUITE_BEGIN("mapped");

TEST_CASE("a mapped file is seen without a copy and read at any place") {
    const support::temporary_file file("0123456789");
    mapped_file f(file.path());
    CHECK(f.view() == "0123456789");
    CHECK(f.readable());
    CHECK_FALSE(f.writable());
    CHECK(f.seekable());
    CHECK(f.read(3) == "012");
    CHECK(f.seek(-2, ios::end) == 8);
    CHECK(f.read() == "89");
    CHECK(f.read().empty());
    CHECK(f.rdbuf()->size() == 10);
    f.verify();
    f.close();
    CHECK(f.closed());
}

TEST_CASE("lines of a mapping are read as in Python") {  // test_mmap, case L03
    const support::temporary_file file("hello\nworld");
    mapped_file f(file.path(), map_access::shared);
    CHECK(f.readline() == "hello\n");
    CHECK(f.readline() == "world");
    CHECK(f.readline().empty());
    f.seek(0);
    f << 'J';
    f.flush();
    f.close();
    CHECK(file.content() == "Jello\nworld");
}

TEST_CASE("a path with a NUL maps nothing, and is not cut") {
    const support::temporary_file file("text");
    const std::string cut = std::string(file.path()) + std::string("\0x", 2);
    CHECK(code_thrown_by([&] { const mapped_file f(cut); }) == std::errc::invalid_argument);
}

TEST_CASE("a mapping that is read only takes no write and no new size") {  // case L05
    const support::temporary_file file("abc");
    mapped_file f(file.path());
    CHECK(code_thrown_by([&] { f.write("x"); }) == sluice::errc::not_writable);
    f.clear();
    CHECK(code_thrown_by([&] { f.truncate(10); }) == sluice::errc::not_writable);
    CHECK(code_thrown_by([&] { static_cast<void>(f.getbuffer()); }) == sluice::errc::not_writable);
    CHECK(file.content() == "abc");
}

TEST_CASE("what is written to a copy stays there") {  // case L06
    const support::temporary_file file("abc");
    mapped_file f(file.path(), map_access::copy_on_write);
    f.write("Z");
    CHECK(f.view() == "Zbc");
    f.flush();
    CHECK(code_thrown_by([&] { f.truncate(10); }) == sluice::errc::unsupported);
    f.close();
    CHECK(file.content() == "abc");
}

TEST_CASE("what is written shared is seen by others at once") {
    const support::temporary_file file("abcdef");
    mapped_file f(file.path(), map_access::shared);
    f.seek(2);
    f.put('C');
    CHECK(file.content() == "abCdef");
    f.getbuffer()[0] = std::byte('A');
    CHECK(file.content() == "AbCdef");
    CHECK(f.tell() == 3);
}

TEST_CASE("a mapping is of a fixed size and takes what fits") {  // unlike case L02
    const support::temporary_file file("abcd");
    mapped_file f(file.path(), map_access::shared);
    f.seek(2);
    CHECK(f.rdbuf()->sputn("xyz", 3) == 2);
    CHECK(f.bad());
    CHECK(sluice::error_of(f).code() == sluice::errc::no_space);
    CHECK(f.tell() == 4);
    CHECK(file.content() == "abxy");
}

TEST_CASE("a truncate resizes the file and the mapping and keeps the position") {  // case L07
    const support::temporary_file file("abc");
    mapped_file f(file.path(), map_access::shared);
    f.seek(1);
    CHECK(f.truncate(6) == 6);
    CHECK(f.tell() == 1);
    CHECK(file.content() == std::string("abc\0\0\0", 6));
    f.write("BCDEF");
    CHECK(file.content() == "aBCDEF");
    CHECK(f.truncate(2) == 2);
    CHECK(f.tell() == 6);
    CHECK(f.read().empty());
    f.seek(0);
    CHECK(f.read() == "aB");
    CHECK(f.truncate(0) == 0);
    CHECK(f.view().empty());
    CHECK(f.truncate(3 * page) == 3 * page);
    CHECK(f.view() == std::string(3 * page, '\0'));
    f.verify();
    f.close();
    CHECK(file.content().size() == 3 * page);
}

TEST_CASE("a truncate that fails has changed nothing") {
    const support::temporary_file file("abc");
    mapped_file f(file.path(), map_access::shared);
    {
        support::replaced_calls scope;
        scope.calls().map_file = [](std::size_t, int, int, int, off_t) -> void* {
            errno = ENOMEM;
            return MAP_FAILED;
        };
        CHECK(code_thrown_by([&] { f.truncate(9); }) == std::errc::not_enough_memory);
    }
    {
        support::replaced_calls scope;
        scope.calls().ftruncate = [](int, off_t) {
            errno = ENOSPC;
            return -1;
        };
        CHECK(code_thrown_by([&] { f.truncate(9); }) == std::errc::no_space_on_device);
    }
    CHECK(f.view() == "abc");
    CHECK(file.content() == "abc");
}

TEST_CASE("a pin keeps a mapping from being resized and closed") {  // case L08
    const support::temporary_file file("abc");
    mapped_file f(file.path(), map_access::shared);
    auto pin = f.getbuffer();
    CHECK(code_thrown_by([&] { f.truncate(9); }) == sluice::errc::pinned);
    CHECK(code_thrown_by([&] { f.close(); }) == sluice::errc::pinned);
    CHECK_FALSE(f.closed());
    f.write("x");
    CHECK(pin[0] == std::byte('x'));
    pin.release();
    f.truncate(4);
    f.close();
    CHECK(file.content().size() == 4);
}

TEST_CASE("a pinned mapping is not assigned to") {
    const support::temporary_file file("abc");
    const support::temporary_file second("123");
    mappedbuf buf(file.path(), map_access::shared);
    mappedbuf other(second.path());
    {
        const auto pin = buf.getbuffer();
        CHECK(code_thrown_by([&] { buf = std::move(other); }) == sluice::errc::pinned);
        REQUIRE(buf.is_open());
        CHECK(other.is_open());  // NOLINT(bugprone-use-after-move): it was not taken
        pin.span()[0] = std::byte('x');
    }
    buf = std::move(other);
    CHECK(buf.view() == "123");
    CHECK(file.content() == "xbc");
    buf = std::move(*&buf);
    CHECK(buf.view() == "123");
}

TEST_CASE("a descriptor that cannot be used is closed") {
    const support::temporary_file file("abc");
    const std::ptrdiff_t before = support::open_descriptors();
    const support::replaced_calls scope;
    support::replaced_calls::calls().status_flags = [](int) {
        errno = EIO;
        return -1;
    };
    CHECK(code_thrown_by([&] { const mappedbuf buf(file.path()); }) == std::errc::io_error);
    CHECK(support::open_descriptors() == before);
}

TEST_CASE("an empty file is an empty stream") {  // unlike case L04
    const support::temporary_file file;
    mapped_file f(file.path(), map_access::shared);
    CHECK(f.view().empty());
    CHECK(f.read().empty());
    CHECK(f.good());
    CHECK(f.get() == std::char_traits<char>::eof());
    f.clear();
    CHECK(code_thrown_by([&] { f.write("a"); }) == sluice::errc::no_space);
    f.clear();
    f.flush();
    f.truncate(2);
    f.write("ab");
    f.close();
    CHECK(file.content() == "ab");
}

TEST_CASE("a range of a file is mapped from any place") {
    const std::string text = letters(3 * page + 100);
    const support::temporary_file file(text);
    for (const std::size_t offset : {0UL, 1UL, page - 1, page, page + 1, 3 * page + 99}) {
        CAPTURE(offset);
        mapped_file rest(file.path(), map_access::read_only, static_cast<long>(offset));
        CHECK((rest.view() == std::string_view(text).substr(offset)));
        mapped_file one(file.path(), map_access::read_only, static_cast<long>(offset), 1);
        CHECK((one.read() == text.substr(offset, 1)));
    }
    mapped_file none(file.path(), map_access::read_only, static_cast<long>(text.size()));
    CHECK(none.read().empty());
    mapped_file part(file.path(), map_access::shared, page + 7, 3);
    part.write("XYZ");
    CHECK(code_thrown_by([&] { part.write("!"); }) == sluice::errc::no_space);
    CHECK(code_thrown_by([&] { part.truncate(4); }) == sluice::errc::unsupported);
    CHECK((file.content().substr(page + 6, 5) ==
           text[page + 6] + std::string("XYZ") + text[page + 10]));
    mapped_file tail(file.path(), map_access::shared, page + 7);
    tail.truncate(1);
    CHECK(file.content().size() == page + 8);
}

TEST_CASE("what cannot be mapped says why with its path") {
    const support::temporary_directory folder;
    const support::temporary_file file("abc");
    const auto reason = [](const std::filesystem::path& path, long offset = 0,
                           std::size_t length = mappedbuf::whole) {
        try {
            const mapped_file f(path, map_access::read_only, offset, length);
        } catch (const sluice::error& e) {
            CHECK(e.operation() == "open");
            CHECK(e.path() == path.native());
            return e.code();
        }
        return std::error_code();
    };
    const auto fifo = folder / "fifo";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    CHECK(reason(folder / "none") == std::errc::no_such_file_or_directory);
    CHECK(reason(folder / "") == std::errc::is_a_directory);
    CHECK(reason(fifo) == std::errc::no_such_device);
    CHECK(reason("/dev/null") == std::errc::no_such_device);
    CHECK(reason("/proc/self/maps") == std::errc::no_such_device);
    CHECK(reason(file.path(), 4) == sluice::errc::bad_position);
    CHECK(reason(file.path(), -1) == sluice::errc::bad_position);
    CHECK(reason(file.path(), 1, 3) == sluice::errc::bad_position);
    CHECK_FALSE(reason(file.path(), 1, 2));
}

TEST_CASE("a descriptor is mapped and may be closed then") {
    const support::temporary_file file("abc");
    mappedbuf buf;
    CHECK_FALSE(buf.is_open());
    {
        const support::descriptor lent(file.path(), O_RDWR);
        buf.open(lent.number(), map_access::shared);
    }
    CHECK(buf.sputc('X') == 'X');
    CHECK(code_thrown_by([&] { buf.open(file.path()); }) == std::errc::device_or_resource_busy);
    buf.close();
    buf.open(file.path());
    CHECK(buf.view() == "Xbc");

    const support::descriptor writing(file.path(), O_WRONLY);
    CHECK(code_thrown_by([&] { const mapped_file f(writing.number()); }) ==
          std::errc::permission_denied);
    const support::descriptor reading(file.path(), O_RDONLY);
    CHECK(code_thrown_by([&] { const mapped_file f(reading.number(), map_access::shared); }) ==
          std::errc::permission_denied);
    CHECK(code_thrown_by([] { const mapped_file f(-1); }) == std::errc::bad_file_descriptor);
}

TEST_CASE("a flush that the disk refuses is reported") {
    const support::temporary_file file("abc");
    mapped_file f(file.path(), map_access::shared);
    f.write("x");
    support::replaced_calls scope;
    scope.calls().msync = [](void*, std::size_t) {
        errno = EIO;
        return -1;
    };
    CHECK(code_thrown_by([&] { f.flush(); }) == std::errc::io_error);
    CHECK(f.bad());
    CHECK(sluice::error_of(f).path() == file.path());
    CHECK(sluice::error_of(f).operation() == "sync");
}

TEST_CASE("the handle stands where the stream stands") {
    const support::temporary_file file("abcdef");
    mapped_file f(file.path(), map_access::read_only, 1);
    f.get();
    CHECK(::lseek(f.fileno(), 0, SEEK_CUR) == 2);
}

TEST_CASE("a moved mapping goes on") {
    const support::temporary_file file("abcdef");
    mapped_file first(file.path(), map_access::shared);
    CHECK(first.get() == 'a');
    mapped_file second(std::move(first));
    CHECK(second.get() == 'b');
    second.put('C');
    mapped_file third;
    CHECK(code_thrown_by([&] { static_cast<void>(third.view()); }) == sluice::errc::closed);
    third = std::move(second);
    CHECK(third.get() == 'd');
    CHECK(third.view() == "abCdef");
}

TEST_CASE("more mappings than one list holds are all watched") {
    const support::temporary_file file(letters(page));
    std::vector<mappedbuf> all(200);
    for (mappedbuf& buf : all) {
        buf.open(file.path());
    }
    cut(file, 0);
    for (mappedbuf& buf : all) {
        CHECK(buf.view()[0] == '\0');
        CHECK(code_thrown_by([&] { buf.verify(); }) == std::errc::io_error);
    }
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("mapped: cut short");

TEST_CASE("what is left in front of a cut is read and then comes an error") {
    const std::string text = letters(40 * page + 77);
    for (const std::size_t left : {0UL, 1UL, 100UL, page, 17 * page + 5, 40 * page}) {
        for (const std::size_t chunk : {0UL, 1UL, 7UL, 64UL, 1000UL, page, 30 * page}) {
            CAPTURE(left);
            CAPTURE(chunk);
            const support::temporary_file file(text);
            mapped_file f(file.path());
            cut(file, left);
            std::string got;
            std::error_code code;
            try {
                for (;;) {
                    if (chunk == 0) {
                        const int c = f.rdbuf()->sbumpc();
                        REQUIRE(c != std::char_traits<char>::eof());
                        got += static_cast<char>(c);
                        continue;
                    }
                    const std::string part = f.read(static_cast<std::streamsize>(chunk));
                    REQUIRE_FALSE(part.empty());
                    got += part;
                }
            } catch (const sluice::error& e) {
                code = e.code();
                CHECK(e.path() == file.path());
            }
            CHECK(code == std::errc::io_error);
            CHECK((got == text.substr(0, left)));
        }
    }
}

TEST_CASE("a block that the cut took a part of is not read at all") {
    const std::string text = letters(3 * page);
    for (const std::size_t left : {0UL, 1UL, page - 1, page, page + 1, 2 * page, 3 * page - 1}) {
        CAPTURE(left);
        const support::temporary_file file(text);
        mapped_file f(file.path());
        std::string block(text.size(), '?');
        cut(file, left);
        f.std::istream::read(block.data(), static_cast<std::streamsize>(block.size()));
        CHECK(f.bad());
        CHECK_FALSE(f.eof());
        CHECK(sluice::error_of(f).code() == std::errc::io_error);
        f.clear();
        CHECK(f.tell() == 0);
        CHECK(f.rdbuf()->sgetn(block.data(), static_cast<std::streamsize>(left)) ==
              static_cast<std::streamsize>(left));
        CHECK((block.substr(0, left) == text.substr(0, left)));
    }
}

TEST_CASE("zeros of the file are no cut") {
    const support::temporary_file file(std::string(5 * page + 10, '\0') + "x\0");
    mapped_file f(file.path());
    CHECK(f.read(64) == std::string(64, '\0'));
    CHECK((f.read() == std::string(5 * page + 10 - 64, '\0') + 'x'));
    cut(file, 100);
    f.seek(36);
    CHECK(f.read(64) == std::string(64, '\0'));
    CHECK(code_thrown_by([&] { f.read(1); }) == std::errc::io_error);
}

TEST_CASE("lines read while the file is cut end with an error and not with the end") {
    std::string text;
    for (int i = 0; i < 50000; ++i) {
        text += "line " + std::to_string(i) + '\n';
    }
    const support::temporary_file file(text);
    mapped_file f(file.path());
    std::string line;
    for (int i = 0; i < 10; ++i) {
        REQUIRE(bool(std::getline(f, line)));
    }
    cut(file, 200000);
    while (std::getline(f, line)) {
    }
    CHECK(f.bad());
    CHECK_FALSE(f.eof());
    CHECK(sluice::error_of(f).code() == std::errc::io_error);
}

TEST_CASE("zeros delivered out of an open get area are reported by what comes next") {
    const std::string text = letters(5 * page);
    {
        const support::temporary_file file(text);
        mapped_file f(file.path());
        CHECK(f.get() == 'a');
        cut(file, 0);
        while (f.get() != std::char_traits<char>::eof()) {
        }
        CHECK(f.bad());
        CHECK_FALSE(f.eof());
        f.clear();
        f.close();  // it has been reported
    }
    const support::temporary_file file(text);
    mapped_file f(file.path());
    CHECK(f.get() == 'a');
    cut(file, 0);
    CHECK(f.get() == 0);
    CHECK(code_thrown_by([&] { f.close(); }) == std::errc::io_error);
    CHECK(f.closed());
}

TEST_CASE("a view of a file cut short shows zeros and verify tells") {
    const support::temporary_file file(letters(3 * page));
    mapped_file f(file.path());
    f.verify();
    cut(file, page + 1);
    CHECK(f.view()[page] == letters(page + 1)[page]);
    CHECK(f.view()[2 * page] == '\0');
    CHECK(f.view()[3 * page - 1] == '\0');
    try {
        f.verify();
        FAIL("not noticed");
    } catch (const sluice::error& e) {
        CHECK(e.code() == std::errc::io_error);
        CHECK(e.position() == page + 1);
    }
}

TEST_CASE("writes behind a cut are reported") {
    const std::string text = letters(3 * page);
    for (const std::size_t left : {0UL, 1UL, page, 2 * page + 9}) {
        CAPTURE(left);
        const support::temporary_file file(text);
        {
            mapped_file f(file.path(), map_access::shared);
            cut(file, left);
            for (std::size_t i = 0; i < text.size(); ++i) {
                f.put('x');
            }
            CHECK(code_thrown_by([&] { f.flush(); }) == std::errc::io_error);
            CHECK(code_thrown_by([&] { f.close(); }) == std::errc::io_error);
        }
        CHECK(file.content() == std::string(left, 'x'));
    }
    const support::temporary_file file(text);
    mapped_file f(file.path(), map_access::shared);
    cut(file, page);
    CHECK(f.rdbuf()->sputn(text.data(), static_cast<std::streamsize>(text.size())) ==
          static_cast<std::streamsize>(page));
    CHECK(f.bad());
    CHECK(f.tell() == page);
    f.clear();
    CHECK(code_thrown_by([&] { f.truncate(9); }) == std::errc::io_error);
    CHECK(file.content().size() == page);
}

TEST_CASE("a copy that was written loses what was behind the cut") {
    const support::temporary_file file(letters(3 * page));
    mapped_file f(file.path(), map_access::copy_on_write);
    f.seek(2 * page);
    f.write("copy");
    cut(file, page);
    f.seek(2 * page);
    CHECK(code_thrown_by([&] { f.read(4); }) == std::errc::io_error);
    f.clear();
    CHECK(code_thrown_by([&] { f.write("more"); }) == std::errc::io_error);
    f.clear();
    f.seek(0);
    CHECK((f.read(page) == letters(page)));
}

TEST_CASE("a file cut by another process is an error too") {
    const support::temporary_file file(letters(3 * page));
    mapped_file f(file.path());
    CHECK(f.get() == 'a');
    const int status =
        status_of_child([&] { static_cast<void>(::truncate(file.path().c_str(), 10)); });
    REQUIRE(status == 0);
    f.seek(page);
    CHECK(code_thrown_by([&] { f.read(10); }) == std::errc::io_error);
}

TEST_CASE("no block that is read while the file is being cut has anything but content") {
    const std::string text = letters(50 * page + 99);
    for (std::size_t round = 0; round < 60; ++round) {
        CAPTURE(round);
        const std::size_t chunk = round % 3 == 0 ? 64 : round % 3 == 1 ? 1000 : 3 * page + 5;
        const support::temporary_file file(text);
        mapped_file f(file.path());
        std::atomic<bool> cutting{false};
        std::thread cutter([&] {
            cutting = true;
            static_cast<void>(::truncate(file.path().c_str(), static_cast<off_t>(round * 3001)));
        });
        while (!cutting) {
        }
        std::string block(chunk, '\0');
        std::size_t wrong = 0;
        bool failed = false;
        for (std::size_t done = 0; !failed;) {
            std::size_t got = 0;
            try {
                got = static_cast<std::size_t>(
                    f.rdbuf()->sgetn(block.data(), static_cast<std::streamsize>(chunk)));
            } catch (const sluice::error&) {
                failed = true;
                break;
            }
            wrong += block.compare(0, got, text, done, got) == 0 ? 0 : 1;
            done += got;
            if (got < chunk) {
                break;  // faster than the cut
            }
        }
        CHECK(wrong == 0);
        cutter.join();
        CHECK(code_thrown_by([&] { f.verify(); }) == std::errc::io_error);
    }
}

TEST_CASE("several threads read several mappings of a file that is cut") {
    const std::string text = letters(64 * page);
    const support::temporary_file file(text);
    std::array<bool, 4> failed{};
    std::array<bool, 4> wrong{};
    std::vector<mapped_file> all;
    for (std::size_t i = 0; i < failed.size(); ++i) {
        all.emplace_back(file.path());
    }
    cut(file, 10 * page + 1);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < failed.size(); ++i) {
        threads.emplace_back([&, i] {
            std::string got;
            try {
                for (std::string part = all[i].read(100); !part.empty(); part = all[i].read(100)) {
                    got += part;
                }
            } catch (const sluice::error& e) {
                failed[i] = e.code() == std::errc::io_error;
            }
            wrong[i] = got != text.substr(0, 10 * page + 1);
        });
    }
    for (std::thread& each : threads) {
        each.join();
    }
    CHECK(failed == std::array<bool, 4>{true, true, true, true});
    CHECK(wrong == std::array<bool, 4>{});
}

// The rest needs a process that has not mapped anything yet: this program again, with one of the
// cases that are skipped otherwise.

static int status_of_fresh_process(const std::string& name) {
    const std::string filter = "--test-case=" + name;
    std::array<char*, 4> arguments{const_cast<char*>("unit_tests"), const_cast<char*>("--no-skip"),
                                   const_cast<char*>(filter.c_str()), nullptr};
    return status_of_child([&] { ::execv("/proc/self/exe", arguments.data()); });
}

static constexpr int reached = 42;

static void map_and_touch_both() {
    {
        const support::temporary_file file(letters(2 * page));
        const mapped_file f(file.path());
        cut(file, 0);
        if (f.view()[page] != 0) {
            ::_exit(1);
        }
        { const mapped_file ended(file.path()); }
    }
    touch_foreign_page();
    ::_exit(2);
}

TEST_CASE("child: a SIGBUS elsewhere after a handler with details" * doctest::skip()) {
    struct sigaction action = {};
    action.sa_flags = SA_SIGINFO;
    action.sa_sigaction = [](int number, siginfo_t* details, void* context) {
        const bool told = number == SIGBUS && details->si_code > 0 && context != nullptr;
        ::_exit(told ? reached : 3);
    };
    ::sigaction(SIGBUS, &action, nullptr);
    map_and_touch_both();
}

TEST_CASE("child: a SIGBUS elsewhere after a plain handler" * doctest::skip()) {
    ::signal(SIGBUS, [](int) { ::_exit(reached); });
    map_and_touch_both();
}

TEST_CASE("child: a SIGBUS elsewhere without a handler" * doctest::skip()) {
    ::signal(SIGBUS, SIG_DFL);  // a sanitizer's goes too
    map_and_touch_both();
}

TEST_CASE("child: a SIGBUS that is sent and ignored" * doctest::skip()) {
    ::signal(SIGBUS, SIG_IGN);
    const support::temporary_file file("abc");
    const mapped_file f(file.path());
    ::unlink(file.path().c_str());
    ::raise(SIGBUS);
    ::_exit(reached);
}

TEST_CASE("child: a SIGBUS that is sent" * doctest::skip()) {
    ::signal(SIGBUS, SIG_DFL);
    const support::temporary_file file("abc");
    const mapped_file f(file.path());
    ::unlink(file.path().c_str());
    ::raise(SIGBUS);
    ::_exit(reached);
}

TEST_CASE("a SIGBUS elsewhere reaches the handler installed before") {
    for (const char* name : {"child: a SIGBUS elsewhere after a handler with details",
                             "child: a SIGBUS elsewhere after a plain handler",
                             "child: a SIGBUS that is sent and ignored"}) {
        CAPTURE(name);
        const int status = status_of_fresh_process(name);
        REQUIRE(WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == reached);
    }
}

TEST_CASE("a SIGBUS elsewhere ends the program where nobody handles it") {
    for (const char* name :
         {"child: a SIGBUS elsewhere without a handler", "child: a SIGBUS that is sent"}) {
        CAPTURE(name);
        const int status = status_of_fresh_process(name);
        REQUIRE(WIFSIGNALED(status));
        CHECK(WTERMSIG(status) == SIGBUS);
    }
}

TEST_SUITE_END();
