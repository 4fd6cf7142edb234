#include <sluice/fstream.hpp>

#include "file_calls.hpp"
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <locale>
#include <random>
#include <string>
#include <string_view>
using namespace file_tests;

TEST_SUITE_BEGIN("filebuf");

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
    support::replaced_calls::calls().pread = [](int file, void* target, std::size_t size,
                                                off_t at) -> ssize_t {
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

TEST_SUITE_END();
