#include <sluice/fstream.hpp>

#include "file_calls.hpp"
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <type_traits>
using namespace file_tests;

TEST_SUITE_BEGIN("filebuf");

TEST_CASE("a path with a NUL is refused and not cut") {
    const temporary_directory dir;
    const std::string cut = (dir / "file").string() + std::string("\0x", 2);
    sluice::filebuf buf;
    CHECK(buf.open(cut, ios::out) == nullptr);
    CHECK(buf.reason().code() == std::errc::invalid_argument);
    CHECK(buf.reason().operation() == "open");
    CHECK(buf.reason().path() == cut);
    CHECK(buf.open(std::filesystem::path(cut), ios::out) == nullptr);
    CHECK_FALSE(buf.is_open());
    sluice::fstream file(cut, ios::out);
    CHECK(file.fail());
    CHECK(sluice::error_of(file).code() == std::errc::invalid_argument);
    sluice::fstream other;
    other.open(std::filesystem::path(cut), ios::out);
    CHECK(sluice::error_of(other).code() == std::errc::invalid_argument);
    CHECK_FALSE(std::filesystem::exists(dir / "file"));
}

TEST_CASE("an interrupted call is made again") {
    const temporary_directory dir;
    const std::string text = numbered(300'000);
    for (int at = 1; at <= 4; ++at) {
        CAPTURE(at);
        const scripted_calls calls({.failing_call = at, .error = EINTR});
        {
            sluice::ofstream out(dir / "file");
            out << text;
            CHECK(bool(out.flush()));
        }
        CHECK(content_of(dir / "file") == text);
        plan.calls = 0;
        sluice::ifstream in(dir / "file");
        CHECK(std::string(std::istreambuf_iterator<char>(in), {}) == text);
    }
}

TEST_CASE("short transfers are completed") {
    const temporary_directory dir;
    const std::string text = numbered(20'000);
    for (const std::size_t longest : {1, 7, 4095}) {
        CAPTURE(longest);
        const scripted_calls calls({.longest = longest});
        {
            sluice::ofstream out(dir / "file");
            CHECK(bool(out.write(text.data(), 20'000)));
        }
        CHECK(content_of(dir / "file") == text);
        sluice::ifstream in(dir / "file");
        std::string got(20'000, '\0');
        CHECK(bool(in.read(got.data(), 20'000)));
        CHECK(got == text);
    }
}

TEST_CASE("what a failed write left is written when the device takes it again") {
    const temporary_directory dir;
    const std::string text = numbered(500'000);
    for (int at = 1; at <= 3; ++at) {
        CAPTURE(at);
        const scripted_calls calls({.failing_call = at, .error = ENOSPC});
        sluice::ofstream out(dir / "file");
        for (std::size_t done = 0; done < text.size();) {
            const std::size_t part = std::min<std::size_t>(1000, text.size() - done);
            done += static_cast<std::size_t>(
                out.rdbuf()->sputn(text.data() + done, static_cast<std::streamsize>(part)));
            if (out.bad()) {
                CHECK(sluice::error_of(out).code() == std::errc::no_space_on_device);
                CHECK(text.starts_with(content_of(dir / "file")));
                out.clear();
            }
        }
        out.close();
        CHECK(bool(out));
        CHECK(content_of(dir / "file") == text);
    }
}

TEST_CASE("a buffer that is set after a write is the one that is written to") {
    const temporary_directory dir;
    sluice::ofstream out(dir / "file");
    out << "abc";
    CHECK(out.rdbuf()->pubsetbuf(nullptr, 0) != nullptr);
    CHECK(content_of(dir / "file") == "abc");
    out.put('d');
    CHECK(content_of(dir / "file") == "abcd");
    CHECK(out.rdbuf()->pubsetbuf(nullptr, 100) != nullptr);
    out << "ef";
    CHECK(content_of(dir / "file") == "abcd");
    out.close();
    CHECK(content_of(dir / "file") == "abcdef");
}

TEST_CASE("a read error keeps errno, path and position, and is no end of file") {
    const temporary_directory dir;
    write_file(dir / "file", numbered(300'000));
    const scripted_calls calls({.failing_call = 2, .error = EIO});
    sluice::ifstream in(dir / "file");
    std::string word;
    while (in >> word) {
    }
    CHECK(in.bad());
    CHECK_FALSE(in.eof());
    const sluice::error why = sluice::error_of(in);
    CHECK(why.code() == std::error_code(EIO, std::system_category()));
    CHECK(why.path() == (dir / "file").string());
    CHECK(why.operation() == "read");
    CHECK(why.position() == 4096);

    in.clear();  // an error is not final
    CHECK(bool(in >> word));
}

TEST_CASE("close reports what buffering deferred") {
    sluice::ofstream out("/dev/full");
    out << "x";
    CHECK(out.good());
    out.close();
    CHECK(out.fail());
    CHECK_FALSE(out.is_open());
    CHECK(std::string(sluice::error_of(out).what()) == "close /dev/full: No space left on device");

    sluice::ofstream thrower("/dev/full");
    thrower.exceptions(ios::failbit);
    thrower << "x";
    CHECK_THROWS_AS(thrower.close(), sluice::error);
}

TEST_CASE("an owned descriptor is closed, a borrowed one is not") {
    const int borrowed = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    const int owned = ::dup(borrowed);
    { sluice::fstream both(borrowed, ios::in | ios::out); }
    { sluice::fstream both(owned, ios::in | ios::out, sluice::ownership::owned); }
    CHECK(::fcntl(borrowed, F_GETFD) >= 0);
    CHECK(::fcntl(owned, F_GETFD) == -1);
    ::close(borrowed);
}

TEST_CASE("descriptors are not inherited") {
    const temporary_directory dir;
    sluice::ofstream out(dir / "file");
    CHECK((::fcntl(out.native_handle(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("noreplace fails where the file exists") {
    const temporary_directory dir;
    CHECK(bool(sluice::ofstream(dir / "file", ios::out | sluice::noreplace)));
    sluice::ofstream again(dir / "file", ios::out | sluice::noreplace);
    CHECK_FALSE(bool(again));
    CHECK(sluice::error_of(again).code() == std::errc::file_exists);
}

TEST_CASE("an unknown mode opens nothing and touches nothing") {
    const temporary_directory dir;
    write_file(dir / "file", "content");
    for (const auto mode :
         {ios::openmode{}, ios::trunc, ios::in | ios::trunc, ios::trunc | ios::app,
          ios::out | ios::trunc | ios::app, ios::binary, ios::ate}) {
        CAPTURE(int(mode));
        sluice::filebuf buf;
        CHECK(buf.open(dir / "file", mode) == nullptr);
        CHECK(buf.reason().code() == sluice::errc::bad_mode);
        CHECK_FALSE(buf.is_open());
    }
    CHECK(content_of(dir / "file") == "content");
}

TEST_CASE("a file of size 0 that has content is read") {
    sluice::ifstream in("/proc/self/status");
    std::string line;
    CHECK(bool(std::getline(in, line)));
    CHECK(line.starts_with("Name:"));
    CHECK(std::string(std::istreambuf_iterator<char>(in), {}).size() > 100);
}

TEST_CASE("a stream moved from is closed, and the one moved to goes on") {
    static_assert(std::is_nothrow_move_constructible_v<sluice::filebuf>);
    static_assert(std::is_nothrow_move_constructible_v<sluice::fstream>);
    static_assert(std::is_nothrow_swappable_v<sluice::filebuf>);
    static_assert(std::is_nothrow_swappable_v<sluice::fstream>);
    const temporary_directory dir;
    sluice::ofstream first(dir / "file");
    first << "abc";
    sluice::ofstream second(std::move(first));
    second << "def";
    CHECK_FALSE(first.is_open());
    first << "lost";
    CHECK(first.bad());
    second.close();
    CHECK(content_of(dir / "file") == "abcdef");

    sluice::ofstream full("/dev/full");
    full << "x";
    second = std::move(full);
    second.flush();
    CHECK(second.bad());
    CHECK(sluice::error_of(second).path() == "/dev/full");
}

TEST_SUITE_END();
