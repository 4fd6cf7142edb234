#include <sluice/fstream.hpp>

#include "file_calls.hpp"
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <locale>
#include <string>
using namespace file_tests;

TEST_SUITE_BEGIN("filebuf");

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

TEST_SUITE_END();
