#include <sluice/fstream.hpp>
#include <sluice/stream.hpp>

#include "file_calls.hpp"
#include <support/errors.hpp>
#include <support/limits.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cwchar>
#include <ios>
#include <locale>
#include <memory>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <utility>

using namespace file_tests;
using sluice::errc;
using sluice::ownership;
using support::system_code;
using support::thrown_by;

namespace {

// What a facet does in each direction; and whether it throws, or fails, in place of that.
struct behaviour {
    bool throws = false;
    bool passes = false;        // noconv, which only bytes can
    bool fails_to_end = false;  // unshift()
    std::string ending{};       // what unshift() writes
};

// Bytes and characters of the same value, one for one, of no fixed width.
template <class CharT>
class plain_facet : public std::codecvt<CharT, char, std::mbstate_t> {
    using base = std::codecvt<CharT, char, std::mbstate_t>;

public:
    using typename base::result;

    explicit plain_facet(const behaviour& how) : how_(&how) {}

protected:
    result do_out(std::mbstate_t&, const CharT* from, const CharT* end, const CharT*& from_next,
                  char* to, char* to_end, char*& to_next) const override {
        return pass(from, end, from_next, to, to_end, to_next);
    }
    result do_in(std::mbstate_t&, const char* from, const char* end, const char*& from_next,
                 CharT* to, CharT* to_end, CharT*& to_next) const override {
        return pass(from, end, from_next, to, to_end, to_next);
    }
    result do_unshift(std::mbstate_t&, char* to, char* /*end*/, char*& next) const override {
        next = to + how_->ending.copy(to, how_->ending.size());
        return how_->fails_to_end ? base::error : how_->ending.empty() ? base::noconv : base::ok;
    }
    int do_length(std::mbstate_t&, const char* from, const char* end,
                  std::size_t most) const override {
        if (how_->throws) {
            throw std::runtime_error("the facet's");
        }
        return static_cast<int>(std::min(most, static_cast<std::size_t>(end - from)));
    }
    [[nodiscard]] int do_encoding() const noexcept override { return 0; }
    [[nodiscard]] bool do_always_noconv() const noexcept override { return false; }

private:
    template <class From, class To>
    result pass(const From* from, const From* end, const From*& from_next, To* to, To* to_end,
                To*& to_next) const {
        if (how_->throws) {
            throw std::runtime_error("the facet's");
        }
        from_next = from;
        to_next = to;
        if (how_->passes) {
            return base::noconv;
        }
        while (from_next != end && to_next != to_end) {
            *to_next++ = static_cast<To>(*from_next++);
        }
        return from_next == end ? base::ok : base::partial;
    }

    const behaviour* how_;
};

template <class CharT>
std::locale locale_with(const behaviour& how) {
    return {std::locale::classic(), new plain_facet<CharT>(how)};
}

template <class CharT>
std::basic_string<CharT> letters(std::string_view text) {
    return {text.begin(), text.end()};
}

constexpr auto busy = std::errc::device_or_resource_busy;

// A file that is shared with whoever has its descriptor.
class lent_file {
public:
    lent_file(const std::string& path, int flags) : descriptor_(::open(path.c_str(), flags)) {}
    lent_file(const lent_file&) = delete;
    lent_file& operator=(const lent_file&) = delete;
    ~lent_file() { ::close(descriptor_); }

    [[nodiscard]] int get() const { return descriptor_; }

private:
    int descriptor_;
};

off_t no_seek(int /*file*/, off_t /*offset*/, int /*whence*/) {
    errno = EIO;
    return -1;
}

}  // namespace

TEST_SUITE_BEGIN("filebuf");

TEST_CASE_TEMPLATE("what is open is not opened again", CharT, char, wchar_t) {
    const temporary_directory dir;
    write_file(dir / "file", "abc");
    sluice::basic_filebuf<CharT> buf;
    REQUIRE(buf.open(dir / "file", ios::in) == &buf);
    CHECK(buf.open(dir / "other", ios::out) == nullptr);
    CHECK(buf.reason().code() == busy);
    CHECK(buf.attach(0, ios::in) == nullptr);
    CHECK(buf.reason().code() == busy);
    CHECK(buf.adopt(sluice::file_handle(), "other", ios::in) == nullptr);
    CHECK(buf.reason().code() == busy);
    CHECK(buf.path() == dir / "file");
    CHECK(buf.sbumpc() == CharT('a'));
    CHECK(buf.close() == &buf);
    CHECK(buf.close() == nullptr);
}

TEST_CASE("a descriptor without a mode to use it, or without an end, is not taken") {
    sluice::filebuf buf;
    CHECK(buf.attach(0, ios::trunc) == nullptr);
    CHECK(buf.reason().code() == errc::bad_mode);
    const std::array<int, 2> ends = support::new_pipe();
    CHECK(buf.attach(ends[0], ios::in | ios::ate, ownership::owned) == nullptr);
    CHECK(buf.reason().code() == errc::not_seekable);
    CHECK_FALSE(buf.is_open());
    CHECK(::close(ends[0]) == 0);  // still the caller's
    CHECK(::close(ends[1]) == 0);
}

TEST_CASE_TEMPLATE("a read where nothing can be read says why", CharT, char, wchar_t) {
    const temporary_directory dir;
    using traits = std::char_traits<CharT>;
    sluice::basic_filebuf<CharT> buf;
    CHECK(traits::eq_int_type(buf.sgetc(), traits::eof()));
    CHECK(buf.reason().code() == errc::closed);
    buf.open(dir / "file", ios::out);
    CHECK(traits::eq_int_type(buf.sgetc(), traits::eof()));
    CHECK(buf.reason().code() == errc::not_readable);
}

TEST_CASE("converted text of a lent descriptor begins where that stands, and ends so") {
    const temporary_directory dir;
    write_file(dir / "file", "ab\xC3\xA9"
                             "cd");
    const lent_file file(dir / "file", O_RDWR);
    REQUIRE(::lseek(file.get(), 2, SEEK_SET) == 2);
    sluice::wfstream both;
    both.imbue(std::locale("C.UTF-8"));
    both.rdbuf()->attach(file.get(), ios::in | ios::out);
    CHECK(both.tellg() == 2);
    CHECK(both.get() == L'\u00e9');
    CHECK(both.tellg() == 4);
    both.put(L'X');  // from where the reader stood
    both.flush();
    CHECK(::lseek(file.get(), 0, SEEK_CUR) == 5);
    CHECK(both.get() == L'd');
    both.seekg(0);
    CHECK(both.get() == L'a');
    CHECK(content_of(dir / "file") == "ab\xC3\xA9"
                                      "Xd");
}

TEST_CASE("a lent descriptor that cannot be sought keeps what was read ahead") {
    const temporary_directory dir;
    write_file(dir / "file", "abcdef");
    const lent_file file(dir / "file", O_RDWR);
    const behaviour how;
    SUBCASE("wide: seek, write, and another locale") {
        sluice::wfstream both;
        both.imbue(std::locale("C.UTF-8"));
        both.rdbuf()->attach(file.get(), ios::in | ios::out);
        CHECK(both.get() == L'a');
        {
            const replaced_calls scope;
            replaced_calls::calls().lseek = no_seek;
            CHECK(both.rdbuf()->pubseekpos(3) == std::streampos(-1));
            CHECK(both.rdbuf()->reason().code() == system_code(EIO));
            CHECK(both.rdbuf()->sputc(L'x') == WEOF);
            CHECK(both.rdbuf()->reason().code() == system_code(EIO));
            CHECK(thrown_by([&] { both.rdbuf()->truncate(2); }).code() == system_code(EIO));
            CHECK(both.rdbuf()->pubimbue(locale_with<wchar_t>(how)) == std::locale("C.UTF-8"));
            CHECK(both.bad());
            CHECK(both.rdbuf()->reason().code() == system_code(EIO));
        }
        both.clear();
        std::wstring rest;
        both >> rest;
        CHECK(rest == L"bcdef");
    }
    SUBCASE("bytes, which the next locale converts, or does not") {
        for (const bool converted : {false, true}) {
            CAPTURE(converted);
            const std::locale plain = locale_with<char>(how);
            REQUIRE(::lseek(file.get(), 0, SEEK_SET) == 0);
            sluice::fstream both;
            both.imbue(converted ? plain : std::locale::classic());
            both.rdbuf()->attach(file.get(), ios::in | ios::out);
            CHECK(both.get() == 'a');
            {
                const replaced_calls scope;
                replaced_calls::calls().lseek = no_seek;
                both.rdbuf()->pubimbue(converted ? std::locale::classic() : plain);
                CHECK(both.bad());
            }
            both.clear();
            std::string rest;
            both >> rest;
            CHECK(rest == "bcdef");
        }
    }
    CHECK(content_of(dir / "file") == "abcdef");
}

TEST_CASE("imbuing twice where nothing can be sought keeps what was read ahead") {
    const temporary_directory dir;
    write_file(dir / "file", "abcdef");
    const lent_file file(dir / "file", O_RDWR);
    const behaviour how;
    const std::locale plain = locale_with<char>(how);
    for (const bool begins_converted : {false, true}) {
        CAPTURE(begins_converted);
        const std::locale& first = begins_converted ? plain : std::locale::classic();
        const std::locale& second = begins_converted ? std::locale::classic() : plain;
        for (const bool goes_on : {false, true}) {  // reading, rather than writing
            CAPTURE(goes_on);
            REQUIRE(::lseek(file.get(), 0, SEEK_SET) == 0);
            sluice::fstream both;
            both.imbue(first);
            both.rdbuf()->attach(file.get(), ios::in | ios::out);
            CHECK(both.get() == 'a');
            {
                const replaced_calls scope;
                replaced_calls::calls().lseek = no_seek;
                both.rdbuf()->pubimbue(second);
                both.rdbuf()->pubimbue(first);
                both.rdbuf()->pubimbue(second);
            }
            both.clear();
            CHECK(both.tellg() == 1);
            if (goes_on) {
                CHECK(both.get() == 'b');
                CHECK(both.tellg() == 2);
                std::string rest;
                both >> rest;
                CHECK(rest == "cdef");
                both.clear();
                both.seekg(1);
                CHECK(both.get() == 'b');
            } else {
                both.put('b');
                both.flush();
                CHECK(::lseek(file.get(), 0, SEEK_CUR) == 2);
                CHECK(both.get() == 'c');
            }
        }
    }
    CHECK(content_of(dir / "file") == "abcdef");
}

TEST_CASE("imbuing where nothing can be sought keeps the place of wide characters") {
    const temporary_directory dir;
    write_file(dir / "file", "0123456789abcd\xC3\xA9ghij");
    const lent_file file(dir / "file", O_RDWR);
    sluice::wfstream both;
    both.imbue(std::locale("C.UTF-8"));
    both.rdbuf()->attach(file.get(), ios::in | ios::out);
    both.rdbuf()->pubsetbuf(nullptr, 16);  // of which the first block ends before "ghij"
    std::wstring text(16, L'?');
    for (wchar_t& c : text) {
        both.get(c);
    }
    CHECK(text == L"0123456789abcd\u00e9g");
    int put_back = 0;
    SUBCASE("behind what was read") {}
    SUBCASE("in the block") {
        put_back = 1;
    }
    SUBCASE("before the block") {
        put_back = 2;
    }
    for (int count = put_back; count != 0; --count) {
        CHECK(both.unget());
    }
    const std::streampos place = both.tellg();
    const std::wstring rest = L"\u00e9ghij";
    {
        const replaced_calls scope;
        replaced_calls::calls().lseek = no_seek;
        both.rdbuf()->pubimbue(std::locale("C.UTF-8"));
        both.rdbuf()->pubimbue(std::locale("C.UTF-8"));
    }
    both.clear();
    CHECK(both.tellg() == place);
    both >> text;
    CHECK(text == rest.substr(static_cast<std::size_t>(2 - put_back)));
    both.clear();
    both.seekg(place);
    both >> text;
    CHECK(text == rest.substr(static_cast<std::size_t>(2 - put_back)));
}

TEST_CASE("a lent descriptor is left where a read ended, also within a character") {
    const temporary_directory dir;
    write_file(dir / "file", "abc\xC3\xA9"
                             "def");
    const lent_file file(dir / "file", O_RDWR);
    auto buf = std::make_unique<sluice::wfilebuf>();
    buf->pubimbue(std::locale("C.UTF-8"));
    REQUIRE(buf->attach(file.get(), ios::in | ios::out) != nullptr);
    buf->pubsetbuf(nullptr, 4);
    sluice::wstream both(std::move(buf));
    CHECK(both.read1(4) == L"abc");  // and half of a character
    SUBCASE("by a flush") {
        both.flush();
    }
    SUBCASE("by closing") {
        both.close();
    }
    CHECK(::lseek(file.get(), 0, SEEK_CUR) == 3);
}

TEST_CASE("what was read ahead of a pipe is converted by the next locale") {
    const std::array<int, 2> ends = support::new_pipe();
    REQUIRE(::write(ends[1], "abcdef", 6) == 6);
    ::close(ends[1]);
    const behaviour how;
    const std::locale plain = locale_with<char>(how);
    sluice::ifstream in(ends[0], ios::in, ownership::owned);
    CHECK(in.get() == 'a');
    in.imbue(plain);
    CHECK(in.get() == 'b');
    in.imbue(std::locale::classic());
    CHECK(in.get() == 'c');
    in.imbue(plain);
    std::string rest;
    in >> rest;
    CHECK(rest == "def");
}

TEST_CASE_TEMPLATE("a facet that throws leaves the file closed", CharT, char, wchar_t) {
    const temporary_directory dir;
    behaviour how;
    const auto write = [&](sluice::basic_filebuf<CharT>& buf) {
        how.throws = false;
        buf.pubimbue(locale_with<CharT>(how));
        REQUIRE(buf.open(dir / "file", ios::out | ios::in | ios::trunc) == &buf);
        CHECK(buf.sputc(CharT('x')) == CharT('x'));
        how.throws = true;
    };
    sluice::basic_filebuf<CharT> buf;
    write(buf);
    CHECK_THROWS_AS(buf.close(), std::runtime_error);
    CHECK_FALSE(buf.is_open());
    write(buf);
    sluice::basic_buf<CharT>& base = buf;
    CHECK(thrown_by([&] { base.close(); }).code() == std::errc::io_error);
    CHECK_FALSE(buf.is_open());
    {
        sluice::basic_filebuf<CharT> quiet;
        write(quiet);
    }
    CHECK(content_of(dir / "file").empty());

    // A position is not told, and not gone to.
    write(buf);
    CHECK(buf.pubseekoff(0, ios::cur) == std::streampos(-1));
    CHECK(buf.reason().code() == std::errc::io_error);
    CHECK(buf.pubseekpos(0) == std::streampos(-1));
    CHECK(buf.reason().code() == std::errc::io_error);
    how.throws = false;
    CHECK(buf.pubseekpos(0) == std::streampos(0));
    CHECK(buf.sgetc() == CharT('x'));
}

TEST_CASE_TEMPLATE("a facet's end of text is written when the file closes", CharT, char, wchar_t) {
    const temporary_directory dir;
    behaviour how{.ending = "!"};
    const auto text = letters<CharT>("text");
    sluice::basic_filebuf<CharT> buf;
    buf.pubimbue(locale_with<CharT>(how));
    buf.open(dir / "file", ios::out);
    CHECK(buf.sputn(text.data(), 4) == 4);
    CHECK(buf.pubsync() == 0);
    CHECK(buf.close() == &buf);
    CHECK(content_of(dir / "file") == "text!");

    how.fails_to_end = true;
    buf.open(dir / "file", ios::out);
    CHECK(buf.sputn(text.data(), 4) == 4);
    CHECK(buf.close() == nullptr);
    CHECK(buf.reason().code() == errc::bad_encoding);
    CHECK(content_of(dir / "file") == "text");
}

TEST_CASE("a facet that need not convert passes bytes on") {
    const temporary_directory dir;
    const behaviour how{.passes = true};
    sluice::fstream both;
    both.imbue(locale_with<char>(how));
    both.open(dir / "file", ios::in | ios::out | ios::trunc);
    both << "text";
    CHECK(both.tellp() == 4);
    both << " more";
    CHECK(both.rdbuf()->size() == 9);
    both.seekg(5);
    std::string word;
    both >> word;
    CHECK(word == "more");
    CHECK(content_of(dir / "file") == "text more");
}

TEST_CASE("a wide character that the locale lacks is an error, after what came before") {
    const temporary_directory dir;
    for (const char* name : {"C", "C.UTF-8"}) {
        CAPTURE(name);
        sluice::wofstream out;
        out.imbue(std::locale(name));
        out.open(dir / "file");
        out << L"ab\xD800";
        CHECK(out.rdbuf()->size() >= 2);  // as far as it is known
        CHECK_FALSE(out.flush());
        CHECK(sluice::error_of(out).code() == errc::bad_encoding);
        out.clear();
        out.close();
        CHECK(content_of(dir / "file") == "ab");
    }
}

TEST_CASE_TEMPLATE("a position that pending text cannot be written before is not told", CharT, char,
                   wchar_t) {
    const temporary_directory dir;
    const behaviour how;
    sluice::basic_filebuf<CharT> buf;
    buf.pubimbue(locale_with<CharT>(how));
    buf.open(dir / "file", ios::out | ios::in | ios::trunc);
    CHECK(buf.sputc(CharT('x')) == CharT('x'));
    {
        const scripted_calls calls({.failing_call = -1, .error = ENOSPC});
        const auto full = std::errc::no_space_on_device;
        CHECK(buf.pubseekoff(0, ios::end) == std::streampos(-1));
        CHECK(buf.pubseekpos(0) == std::streampos(-1));
        CHECK(buf.reason().code() == full);
        CHECK(thrown_by([&] { buf.truncate(1); }).code() == full);
        CHECK(thrown_by([&] { static_cast<void>(buf.native_handle()); }).code() == full);
        CHECK(buf.pubsync() == -1);
        CHECK(buf.reason().code() == full);
    }
    CHECK(buf.size() == 1);
    CHECK(buf.pubsync() == 0);
    CHECK(content_of(dir / "file") == "x");
}

TEST_CASE_TEMPLATE("the end of a file whose size is not known is not found", CharT, char, wchar_t) {
    const temporary_directory dir;
    write_file(dir / "file", "abc");
    const behaviour how;
    sluice::basic_filebuf<CharT> buf;
    buf.pubimbue(locale_with<CharT>(how));
    buf.open(dir / "file", ios::in);
    const replaced_calls scope;
    replaced_calls::calls().fstat = [](int, struct stat*) {
        errno = EIO;
        return -1;
    };
    CHECK(buf.pubseekoff(0, ios::end) == std::streampos(-1));
    CHECK(buf.reason().code() == system_code(EIO));
    CHECK(buf.sgetc() == CharT('a'));
}

TEST_CASE_TEMPLATE("the size of what is appended counts what is pending", CharT, char, wchar_t) {
    const temporary_directory dir;
    write_file(dir / "file", "abc");
    for (const bool converts : {false, true}) {
        CAPTURE(converts);
        const behaviour how;
        write_file(dir / "file", "abc");
        sluice::basic_filebuf<CharT> buf;
        if (converts) {
            buf.pubimbue(locale_with<CharT>(how));
        }
        buf.open(dir / "file", ios::app);
        const auto text = letters<CharT>("de");
        CHECK(buf.sputn(text.data(), 1) == 1);
        CHECK(buf.sputc(text[1]) == text[1]);
        CHECK(buf.size() == 5);
        CHECK(content_of(dir / "file") == "abc");
        CHECK(buf.pubsync() == 0);
        CHECK(buf.size() == 5);
        CHECK(buf.pubseekoff(0, ios::cur) == std::streampos(5));
        CHECK(content_of(dir / "file") == "abcde");
    }
}

// In libc++ it is no type at all.
#ifndef _LIBCPP_VERSION
TEST_CASE("a locale without a facet for the characters reads and writes nothing") {
    const temporary_directory dir;
    write_file(dir / "file", "abc");
    sluice::basic_filebuf<char8_t> buf;
    REQUIRE(buf.open(dir / "file", ios::in | ios::out) == &buf);
    CHECK_THROWS_AS(buf.sgetc(), std::bad_cast);
    buf.sputc(u8'x');
    CHECK_THROWS_AS(buf.pubsync(), std::bad_cast);
    CHECK_THROWS_AS(buf.close(), std::bad_cast);
    CHECK_FALSE(buf.is_open());
    CHECK(content_of(dir / "file") == "abc");
}
#endif

TEST_CASE("file streams report what cannot be opened or closed as the standard's do") {
    const temporary_directory dir;
    const std::string name = dir / "none/file";
    sluice::ifstream in(name.c_str());
    CHECK(in.fail());
    in.clear();
    in.exceptions(ios::failbit);
    CHECK(thrown_by([&] { in.open(name); }).code() == std::errc::no_such_file_or_directory);
    CHECK(in.fail());
    in.exceptions(ios::goodbit);
    in.clear();
    in.close();
    CHECK(in.fail());
    write_file(dir / "file", "one");
    write_file(dir / "file2", "two");
    sluice::wifstream a((dir / "file").c_str());
    sluice::wifstream b;
    b.open(std::filesystem::path(dir / "file2"));
    swap(a, b);
    std::wstring word;
    a >> word;
    CHECK(word == L"two");
    sluice::ofstream none(-1);
    CHECK(none.fail());
    CHECK(sluice::error_of(none).code() == system_code(EBADF));
}

TEST_SUITE_END();
