#include <sluice/fstream.hpp>

#include "file_calls.hpp"
#include <support/limits.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cwchar>
#include <locale>
#include <string>
using namespace file_tests;

namespace {

// Writes capitals, and tells when the last locale that has it lets it go.
class shouting_facet : public std::codecvt<char, char, std::mbstate_t> {
public:
    explicit shouting_facet(bool& gone) : gone_(&gone) {}
    shouting_facet(const shouting_facet&) = delete;
    shouting_facet& operator=(const shouting_facet&) = delete;

protected:
    ~shouting_facet() override { *gone_ = true; }

    result do_out(std::mbstate_t&, const char* from, const char* from_end, const char*& from_next,
                  char* to, char* to_end, char*& to_next) const override {
        for (; from != from_end && to != to_end; ++from) {
            *to++ = *from >= 'a' && *from <= 'z' ? static_cast<char>(*from - 'a' + 'A') : *from;
        }
        from_next = from;
        to_next = to;
        return from == from_end ? ok : partial;
    }
    [[nodiscard]] bool do_always_noconv() const noexcept override { return false; }

private:
    bool* gone_;
};

// Has nothing to convert, and says so.
class idle_facet : public std::codecvt<char, char, std::mbstate_t> {
protected:
    result do_out(std::mbstate_t&, const char*, const char*, const char*&, char*, char*,
                  char*&) const override {
        return error;
    }
    result do_in(std::mbstate_t&, const char*, const char*, const char*&, char*, char*,
                 char*&) const override {
        return error;
    }
    [[nodiscard]] bool do_always_noconv() const noexcept override { return true; }
};

}  // namespace

TEST_SUITE_BEGIN("filebuf");

TEST_CASE_TEMPLATE("a facet that never converts is not asked to", Stream, std::fstream,
                   sluice::fstream) {
    const temporary_directory dir;
    write_file(dir / "file", "content");
    Stream file;
    file.imbue(std::locale(std::locale::classic(), new idle_facet));
    file.open(dir / "file");
    std::string word;
    CHECK(bool(file >> word));
    CHECK(word == "content");
    file.clear();
    file.seekp(0, std::ios::end);
    file << " and more";
    file.close();
    CHECK(file.good());
    CHECK(content_of(dir / "file") == "content and more");
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

TEST_CASE("a descriptor that is shared stands where the reader of wide characters stands") {
    const temporary_directory dir;
    write_file(dir / "file", "\xc3\xbc\xe2\x82\xac\nrest");
    const support::descriptor shared((dir / "file").native(), O_RDONLY);
    sluice::wfilebuf in;
    in.pubimbue(std::locale("C.UTF-8"));
    REQUIRE(in.attach(shared.number(), std::ios::in) != nullptr);
    const auto place = [&] { return ::lseek(shared.number(), 0, SEEK_CUR); };
    CHECK(in.sbumpc() == 0xfc);
    CHECK(in.pubsync() == 0);
    CHECK(place() == 2);
    CHECK(in.sbumpc() == 0x20ac);
    CHECK(in.pubsync() == 0);
    CHECK(place() == 5);
    CHECK(in.sbumpc() == L'\n');
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

// A Boost.Serialization archive imbues a facet that is its member, and the old locale when it ends.
TEST_CASE("a locale is let go of when the next is imbued, whatever cannot be written") {
    bool gone = false;
    sluice::ofstream out("/dev/full");
    out.imbue(std::locale(std::locale::classic(), new shouting_facet(gone)));
    out << "x";
    CHECK_FALSE(gone);
    out.imbue(std::locale::classic());
    CHECK(gone);
    CHECK(out.bad());
    CHECK(sluice::error_of(out).code() == std::errc::no_space_on_device);
}

TEST_CASE("what could not be written when a locale was imbued is written later, as it was to be") {
    const temporary_directory dir;
    SUBCASE("bytes") {
        sluice::ofstream out(dir / "file");
        out << "abc";
        {
            const support::file_size_limit limit(2);
            out.imbue(std::locale("C.UTF-8"));
            CHECK(out.bad());
        }
        out.clear();
        out << "def" << std::flush;
        CHECK(out.good());
        CHECK(out.tellp() == 6);
        CHECK(content_of(dir / "file") == "abcdef");
    }
    SUBCASE("wide characters") {
        sluice::wfstream both;
        both.imbue(std::locale("C.UTF-8"));
        both.open(dir / "file", std::ios::in | std::ios::out | std::ios::trunc);
        both << L"a\u00e9\u20ac";
        {
            const support::file_size_limit limit(2);
            both.imbue(std::locale::classic());
            CHECK(both.bad());
        }
        both.clear();
        CHECK(both.tellp() == 6);
        both << L"def" << std::flush;
        CHECK(both.good());
        CHECK(both.tellp() == 9);
        CHECK(content_of(dir / "file") == "a\xc3\xa9\xe2\x82\xac"
                                          "def");
        both.seekg(6);
        CHECK(both.get() == L'd');
    }
    SUBCASE("bytes of a locale that converts, then of one that does not") {
        bool gone = false;
        sluice::ofstream out;
        out.imbue(std::locale(std::locale::classic(), new shouting_facet(gone)));
        out.open(dir / "file");
        out << "abc";
        {
            const support::file_size_limit limit(2);
            out.imbue(std::locale::classic());
            CHECK(out.bad());
            CHECK(gone);
        }
        out.clear();
        out << "def" << std::flush;
        CHECK(out.good());
        CHECK(content_of(dir / "file") == "ABCdef");
    }
    SUBCASE("bytes, then of a locale that converts") {
        bool gone = false;
        sluice::ofstream out(dir / "file");
        out << "abc";
        {
            const support::file_size_limit limit(2);
            out.imbue(std::locale(std::locale::classic(), new shouting_facet(gone)));
            CHECK(out.bad());
        }
        out.clear();
        out << "def" << std::flush;
        CHECK(out.good());
        CHECK(content_of(dir / "file") == "abcDEF");
    }
}

TEST_SUITE_END();
