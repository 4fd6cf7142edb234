#include <sluice/fstream.hpp>
#include <sluice/stream.hpp>

#include <conformance/failing.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <locale>
#include <memory>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <type_traits>

namespace {

using ios = std::ios_base;
using conformance::code_thrown_by;
using support::content_of;
using support::replaced_calls;
using support::temporary_directory;
using support::write_file;

std::string numbered(std::size_t size) {
    std::string text;
    for (int i = 0; text.size() < size; ++i) {
        text += std::to_string(i) + ' ';
    }
    text.resize(size);
    return text;
}

// What the replaced calls count and do. They are plain functions, so this is global.
struct script {
    int calls = 0;
    int failing_call = 0;  // which call fails; negative: all from that on
    int error = 0;
    std::size_t longest = SIZE_MAX;
};
script plan;

bool fails_now() {
    ++plan.calls;
    const bool now =
        plan.failing_call < 0 ? plan.calls >= -plan.failing_call : plan.calls == plan.failing_call;
    if (now) {
        errno = plan.error;
    }
    return now;
}

// Reads and writes by the plan.
class scripted_calls : public replaced_calls {
public:
    explicit scripted_calls(script wanted) {
        plan = wanted;
        calls().read = [](int file, void* target, std::size_t size) -> ssize_t {
            return fails_now() ? -1 : ::read(file, target, std::min(size, plan.longest));
        };
        calls().write = [](int file, const void* source, std::size_t size) -> ssize_t {
            return fails_now() ? -1 : ::write(file, source, std::min(size, plan.longest));
        };
        calls().pread = [](int file, void* target, std::size_t size, off_t at) -> ssize_t {
            return fails_now() ? -1 : ::pread(file, target, std::min(size, plan.longest), at);
        };
        calls().pwrite = [](int file, const void* source, std::size_t size, off_t at) -> ssize_t {
            return fails_now() ? -1 : ::pwrite(file, source, std::min(size, plan.longest), at);
        };
    }
};

int seeks = 0;

}  // namespace

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

TEST_CASE("telling and seeking in the buffer make no system call") {
    const temporary_directory dir;
    write_file(dir / "file", numbered(3000));
    sluice::ifstream in(dir / "file");
    CHECK(in.get() == '0');
    CHECK(in.tellg() == 1);  // asks once whether the file can seek
    const replaced_calls scope;
    seeks = 0;
    replaced_calls::calls().lseek = [](int file, off_t offset, int whence) {
        ++seeks;
        return ::lseek(file, offset, whence);
    };
    const scripted_calls calls({});
    for (int i = 0; i < 100; ++i) {
        const std::streamoff place = std::streamoff(i) * 20;
        in.seekg(place);
        CHECK(in.tellg() == place);
        in.get();
    }
    CHECK(seeks == 0);
    CHECK(plan.calls == 0);
}

TEST_CASE("records far apart are read by one call of their size each") {
    const temporary_directory dir;
    const std::string text = numbered(1 << 20);
    write_file(dir / "file", text);
    sluice::ifstream in(dir / "file");
    std::array<char, 100> record = {};
    const auto read_at = [&](std::size_t place, std::size_t size) {
        in.seekg(static_cast<std::streamoff>(place));
        in.read(record.data(), static_cast<std::streamsize>(size));
        CHECK(std::string_view(record.data(), size) == std::string_view(text).substr(place, size));
    };
    read_at(0, 100);
    read_at(500'000, 100);

    const scripted_calls calls({});
    static std::size_t read;
    read = 0;
    calls.calls().pread = [](int file, void* target, std::size_t size, off_t at) -> ssize_t {
        ++plan.calls;
        read += size;
        return ::pread(file, target, size, at);
    };
    read_at(900'000, 100);
    read_at(200'000, 100);
    CHECK(plan.calls == 2);
    CHECK(read == 200);
    CHECK(in.get() == text[200'100]);  // whoever reads on gets a buffer
    for (std::size_t i = 200'101; i < 200'400; ++i) {
        CHECK(in.get() == text[i]);
    }
    CHECK(plan.calls == 3);
    // More was read there than before, so the next place is buffered from the start.
    in.seekg(700'000);
    plan.calls = 0;
    for (std::size_t i = 700'000; i < 700'300; i += 50) {
        in.read(record.data(), 50);
        CHECK(std::string_view(record.data(), 50) == std::string_view(text).substr(i, 50));
    }
    CHECK(plan.calls == 1);
}

TEST_CASE("reading here and there gives what stands there") {
    const temporary_directory dir;
    const std::string text = numbered(1 << 18);
    write_file(dir / "file", text);
    sluice::ifstream in(dir / "file");
    std::minstd_rand random(1);
    std::string target;
    for (int i = 0; i < 20'000; ++i) {
        CAPTURE(i);
        const std::size_t place = random() % (text.size() + 100);
        in.clear();
        in.seekg(static_cast<std::streamoff>(place));
        std::size_t here = place;
        for (std::size_t reads = random() % 3; reads > 0; --reads) {
            const std::size_t size = random() % 8 == 0 ? random() % 20'000 : random() % 70;
            const std::size_t there = here < text.size() ? text.size() - here : 0;
            target.resize(size);
            in.read(target.data(), static_cast<std::streamsize>(size));
            REQUIRE(in.gcount() == static_cast<std::streamsize>(std::min(size, there)));
            target.resize(static_cast<std::size_t>(in.gcount()));
            REQUIRE(text.compare(std::min(here, text.size()), target.size(), target) == 0);
            here += target.size();
            in.clear();
            REQUIRE(in.tellg() == static_cast<std::streamoff>(here));
            if (random() % 4 == 0 && here > 0 && here <= text.size()) {
                REQUIRE(in.unget());
                REQUIRE(in.get() == text[here - 1]);
            }
        }
    }
}

TEST_CASE("a descriptor that others share is used at the kernel's position") {
    const temporary_directory dir;
    const int file = ::open((dir / "file").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    {
        sluice::ofstream out(file);
        out << "one " << std::flush;
        REQUIRE(::write(file, "two ", 4) == 4);
        out << "three" << std::flush;
        CHECK(out.tellp() == 13);
    }
    CHECK(::lseek(file, 0, SEEK_CUR) == 13);  // borrowed: still open
    CHECK(content_of(dir / "file") == "one two three");

    ::lseek(file, 4, SEEK_SET);
    {
        sluice::ifstream in(file);
        std::string word;
        in >> word;
        CHECK(word == "two");
        in.sync();  // gives back what was read ahead
        CHECK(::lseek(file, 0, SEEK_CUR) == 7);
        in >> word;
        CHECK(word == "three");
    }
    ::close(file);
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

TEST_CASE("native_handle stands where the stream stands") {
    const temporary_directory dir;
    write_file(dir / "file", numbered(100));
    sluice::fstream both(dir / "file");
    both.seekg(10);
    both.get();
    CHECK(::lseek(both.native_handle(), 0, SEEK_CUR) == 11);
    ::lseek(both.native_handle(), 20, SEEK_SET);
    CHECK(both.tellg() == 20);
    both << "xy";
    CHECK(::lseek(both.native_handle(), 0, SEEK_CUR) == 22);
    CHECK(content_of(dir / "file").substr(20, 2) == "xy");
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

TEST_CASE("appending goes to the end whatever was sought, and tells the truth") {
    const temporary_directory dir;
    write_file(dir / "file", "abc");
    sluice::ofstream out(dir / "file", ios::app);
    CHECK(out.tellp() == 3);
    out.seekp(0);
    out << "de";
    CHECK(out.tellp() == 5);
    write_file(dir / "other", "");
    out.flush();
    CHECK(content_of(dir / "file") == "abcde");

    sluice::fstream both(dir / "file", ios::in | ios::out | ios::app);
    std::string word;
    both >> word;
    CHECK(word == "abcde");
    both.clear();
    both << "f";
    both.seekg(0);
    both >> word;
    CHECK(word == "abcdef");
}

TEST_CASE("a pipe is read as it comes and says that it cannot seek") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    std::thread writer([&] {
        sluice::ofstream out(ends[1], ios::out, sluice::ownership::owned);
        out << numbered(200'000);
    });
    sluice::ifstream in(ends[0], ios::in, sluice::ownership::owned);
    CHECK(in.tellg() == -1);
    in.clear();
    std::string got(std::istreambuf_iterator<char>(in), {});
    writer.join();
    CHECK(got == numbered(200'000));
    in.unget();
    CHECK(in.get() == got.back());
}

TEST_CASE("a read stops at what would block, and asks no more") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) == 0);
    sluice::stream in(
        std::make_unique<sluice::filebuf>(ends[0], ios::in, sluice::ownership::owned));
    sluice::stream out(
        std::make_unique<sluice::filebuf>(ends[1], ios::out, sluice::ownership::owned));
    out.write("abcdef");
    out.flush();
    const replaced_calls scope;
    plan = {.failing_call = 2, .error = EAGAIN};
    replaced_calls::calls().read = [](int file, void* target, std::size_t size) -> ssize_t {
        return fails_now() ? -1 : ::read(file, target, std::min<std::size_t>(size, 3));
    };
    CHECK(in.read(5) == "abc");
    CHECK(plan.calls == 2);
    CHECK(in.good());
    CHECK(in.read(5) == "def");
    CHECK(code_thrown_by([&] { in.read(5); }) == sluice::errc::would_block);
    out.close();
    in.clear();
    CHECK(in.read(5).empty());
}

TEST_CASE("a read1 of what no buffer holds is one call to the system") {
    for (const std::streamsize size : {0, 1, 4, 10}) {
        CAPTURE(size);
        const std::string content = numbered(100);
        const support::temporary_file file(content);
        auto buffer = std::make_unique<sluice::filebuf>();
        buffer->pubsetbuf(nullptr, size);
        REQUIRE(buffer->open(file.path(), ios::in | ios::out | ios::binary) != nullptr);
        sluice::stream f(std::move(buffer));
        const replaced_calls scope;
        plan = {.failing_call = 3, .error = EIO};
        replaced_calls::calls().read = [](int from, void* target, std::size_t count) -> ssize_t {
            return fails_now() ? -1 : ::read(from, target, count);
        };
        CHECK(f.read1(10) == content.substr(0, 10));
        CHECK(plan.calls == 1);
        std::string target(10, '\0');
        CHECK(f.readinto1(std::span(target)) == 10);
        CHECK(target == content.substr(10, 10));
        CHECK(plan.calls == 2);
        CHECK(code_thrown_by([&] { f.read1(10); }) == std::errc::io_error);
        CHECK(f.tell() == 20);
        f.clear();
        f.write("XY");
        CHECK(f.read1(10) == content.substr(22, 10));
        f.unget();
        CHECK(f.read1(10).front() == content[31]);
        f.seek(0);
        CHECK(f.read() == content.substr(0, 20) + "XY" + content.substr(22));
        CHECK(f.read1(10).empty());
    }
}

TEST_CASE("without a buffer each call is one call to the system") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    const auto unbuffered = [](int end, ios::openmode mode) {
        auto buffer = std::make_unique<sluice::filebuf>();
        buffer->pubsetbuf(nullptr, 0);
        REQUIRE(buffer->attach(end, mode, sluice::ownership::owned) != nullptr);
        return sluice::stream(std::move(buffer));
    };
    sluice::stream in = unbuffered(ends[0], ios::in);
    sluice::stream out = unbuffered(ends[1], ios::out);
    const replaced_calls scope;
    plan = {};
    replaced_calls::calls().write = [](int to, const void* source, std::size_t size) -> ssize_t {
        ++plan.calls;
        return ::write(to, source, size);
    };
    replaced_calls::calls().read = [](int from, void* target, std::size_t size) -> ssize_t {
        ++plan.calls;
        return ::read(from, target, size);
    };
    out.write("0123456789");
    out << "abc" << 4;
    CHECK(plan.calls == 3);
    CHECK(in.read(8) == "01234567");
    CHECK(plan.calls == 4);
    CHECK(in.read1(100) == "89abc4");
    CHECK(plan.calls == 5);
}

TEST_CASE("what a full pipe does not take now would block and is not lost") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) == 0);
    sluice::ofstream out(ends[1], ios::out, sluice::ownership::owned);
    sluice::ifstream in(ends[0], ios::in, sluice::ownership::owned);
    CHECK(in.get() == EOF);
    CHECK(in.bad());
    CHECK_FALSE(in.eof());
    CHECK(sluice::error_of(in).code() == sluice::errc::would_block);
    in.clear();

    const std::string text = numbered(300'000);
    std::string got;
    std::size_t done = 0;
    for (bool flushed = false; !flushed;) {
        done += static_cast<std::size_t>(out.rdbuf()->sputn(
            text.data() + done, static_cast<std::streamsize>(text.size() - done)));
        flushed = done == text.size() && out.rdbuf()->pubsync() == 0;
        if (!flushed) {
            CHECK(sluice::error_of(out).code() == sluice::errc::would_block);
            out.clear();
        }
        std::string part(10'000, '\0');
        while (in.good()) {
            try {
                part.resize(10'000);
                part.resize(static_cast<std::size_t>(in.rdbuf()->sgetn(part.data(), 1)));
                got += part;
            } catch (const sluice::error& blocked) {
                CHECK(blocked.code() == std::errc::operation_would_block);
            }
        }
        in.clear();
    }
    CHECK(got == text);
}

TEST_CASE("a file of size 0 that has content is read") {
    sluice::ifstream in("/proc/self/status");
    std::string line;
    CHECK(bool(std::getline(in, line)));
    CHECK(line.starts_with("Name:"));
    CHECK(std::string(std::istreambuf_iterator<char>(in), {}).size() > 100);
}

TEST_CASE("a file that grows is read on, one that shrinks ends") {
    const temporary_directory dir;
    write_file(dir / "file", "abc");
    sluice::ifstream in(dir / "file");
    std::string word;
    in >> word;
    CHECK(in.eof());
    std::ofstream(dir / "file", ios::app) << "def";
    in.clear();
    in >> word;
    CHECK(word == "def");

    write_file(dir / "file", numbered(300'000));
    in.clear();
    in.seekg(100'000);
    in.get();
    std::filesystem::resize_file(dir / "file", 10);
    in.seekg(200'000);
    CHECK(in.get() == EOF);
    CHECK(in.eof());
    CHECK_FALSE(in.bad());
}

TEST_CASE("reading ahead of a write on a device that cannot seek is not lost") {
    std::array<int, 2> out_pipe{};
    REQUIRE(::pipe(out_pipe.data()) == 0);
    // Both directions over one descriptor, as a terminal or a socket has them.
    const int terminal = ::posix_openpt(O_RDWR | O_NOCTTY);
    if (terminal >= 0 && ::grantpt(terminal) == 0 && ::unlockpt(terminal) == 0) {
        const int other = ::open(::ptsname(terminal), O_RDWR | O_NOCTTY);
        REQUIRE(other >= 0);
        sluice::fstream both(terminal, ios::in | ios::out);
        REQUIRE(::write(other, "one\ntwo\n", 8) == 8);
        std::string line;
        CHECK(bool(std::getline(both, line)));
        CHECK(line == "one\r");
        both << "answer" << std::flush;
        CHECK(bool(std::getline(both, line)));
        CHECK(line == "two\r");
        ::close(other);
        ::close(terminal);
    }
    ::close(out_pipe[0]);
    ::close(out_pipe[1]);
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

TEST_CASE("wide characters are converted by the imbued locale") {
    const temporary_directory dir;
    const std::locale utf8("C.UTF-8");
    {
        sluice::wofstream out;
        out.imbue(utf8);
        out.open(dir / "file");
        out << L"gr\u00fc\u00df \u20ac\n" << 42;
        CHECK(out.tellp() == 13);
    }
    CHECK(content_of(dir / "file") == "gr\xc3\xbc\xc3\x9f \xe2\x82\xac\n42");
    sluice::wifstream in;
    in.imbue(utf8);
    in.open(dir / "file");
    std::wstring word;
    in >> word;
    CHECK(word == L"gr\u00fc\u00df");
    const auto place = in.tellg();
    CHECK(place == 6);
    in >> word;
    CHECK(word == L"\u20ac");
    in.seekg(place);
    in >> word;
    CHECK(word == L"\u20ac");
}

TEST_CASE("a sequence that is no character is an error with its position, after what came before") {
    const temporary_directory dir;
    write_file(dir / "file", "ab\xff\nrest");
    sluice::wifstream in;
    in.imbue(std::locale("C.UTF-8"));
    in.open(dir / "file");
    CHECK(in.get() == L'a');
    CHECK(in.get() == L'b');
    CHECK(in.get() == WEOF);
    CHECK(in.bad());
    CHECK_FALSE(in.eof());
    CHECK(sluice::error_of(in).code() == std::errc::illegal_byte_sequence);

    write_file(dir / "cut", "ab\xe2\x82");
    sluice::wifstream cut;
    cut.imbue(std::locale("C.UTF-8"));
    cut.open(dir / "cut");
    std::wstring line;
    std::getline(cut, line);
    CHECK(cut.bad());
    CHECK_FALSE(cut.eof());
}

TEST_CASE("converted characters whose bytes were not written are written later") {
    const temporary_directory dir;
    const scripted_calls calls({.failing_call = 1, .error = ENOSPC});
    sluice::wofstream out;
    out.imbue(std::locale("C.UTF-8"));
    out.open(dir / "file");
    out << L"h\u00e9llo" << std::flush;
    CHECK(out.bad());
    CHECK(sluice::error_of(out).code() == std::errc::no_space_on_device);
    out.clear();
    CHECK(bool(out.flush()));
    CHECK(content_of(dir / "file") == "h\xc3\xa9llo");
}

TEST_CASE("a position within a block that ends in the middle of a character is told") {
    const temporary_directory dir;
    std::string text;
    for (int i = 0; i < 2000; ++i) {
        text += "\xe4\xb8\x80";
    }
    write_file(dir / "file", text);
    sluice::wfstream both;
    both.imbue(std::locale("C.UTF-8"));
    both.open(dir / "file");
    for (int i = 1; i <= 1999; ++i) {
        both.get();
        REQUIRE(both.tellg() == 3 * i);
    }
    both.put(L'\u4e01');
    both.close();
    CHECK(bool(both));
    CHECK(content_of(dir / "file") == text.substr(0, 5997) + "\xe4\xb8\x81");
}

TEST_CASE("a write after a failed read lands where the reader stood") {
    const temporary_directory dir;
    write_file(dir / "file", "ab\xff"
                             "cdefgh");
    sluice::wfilebuf buf;
    buf.pubimbue(std::locale("C.UTF-8"));
    buf.open(dir / "file", ios::in | ios::out);
    CHECK(buf.sbumpc() == L'a');
    CHECK(buf.sbumpc() == L'b');
    CHECK_THROWS_AS(buf.sgetc(), sluice::error);
    CHECK(buf.sputc(L'X') == L'X');
    CHECK(buf.close() == &buf);
    CHECK(content_of(dir / "file") == "abXcdefgh");
}

TEST_CASE("imbuing in the middle of a file changes no content and no position") {
    const temporary_directory dir;
    write_file(dir / "file", "hello world");
    for (const char* name : {"C", "C.UTF-8"}) {
        sluice::fstream narrow(dir / "file");
        narrow.get();
        narrow.imbue(std::locale(name));
        CHECK(narrow.tellg() == 1);
        narrow.seekg(0);
        std::string line;
        std::getline(narrow, line);
        CHECK(line == "hello world");

        sluice::wfstream wide(dir / "file");
        wide.get();
        wide.imbue(std::locale(name));
        wide.put(L'e');
        std::wstring word;
        wide >> word;
        CHECK(word == L"llo");
    }
    CHECK(content_of(dir / "file") == "hello world");
}

TEST_CASE("a named pipe opened for both is read and written in turn") {
    const temporary_directory dir;
    REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
    sluice::fstream both(dir / "fifo");
    both << "one two " << std::flush;
    std::string word;
    both >> word;
    CHECK(word == "one");
    both << "three " << std::flush;
    CHECK(both.good());
    both >> word;
    CHECK(word == "two");
    both >> word;
    CHECK(word == "three");
}

TEST_CASE("a failed read reads nothing, and what had come is read again") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_NONBLOCK | O_CLOEXEC) == 0);
    REQUIRE(::write(ends[1], "hello", 5) == 5);
    sluice::filebuf buf(ends[0], ios::in, sluice::ownership::owned);
    char got[10] = {};
    CHECK_THROWS_AS(buf.sgetn(got, 10), sluice::error);
    REQUIRE(::write(ends[1], "world", 5) == 5);
    CHECK(buf.sgetn(got, 10) == 10);
    CHECK(std::string(got, 10) == "helloworld");

    REQUIRE(::write(ends[1], "hel", 3) == 3);
    sluice::stream f(std::make_unique<sluice::filebuf>(std::move(buf)));
    CHECK(f.read(10) == "hel");  // what there is
    CHECK(f.good());
    CHECK_THROWS_AS(f.read(10), sluice::error);
    ::close(ends[1]);
}

TEST_SUITE_END();
