#include <sluice/device/file.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/fstream.hpp>

#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <iostream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <unit/text_slow.hpp>
#include <utility>

using namespace text_tests;

TEST_SUITE_BEGIN("text");

TEST_CASE("what is no character is reported when the reader gets there") {
    const bytes_io bytes("ab\nc\xE2\x82z");
    text_io in(*bytes.rdbuf());
    CHECK(in.readline() == "ab\n");
    CHECK(thrown_by([&] { in.read(); }).position() == 4);  // all or nothing, to the end
    in.clear();
    CHECK(in.read(100) == "c");
    const sluice::error thrown = thrown_by([&] { in.read(); });
    CHECK(thrown.code() == errc::bad_encoding);
    CHECK(thrown.position() == 4);
    CHECK(thrown.detail() == "utf-8: e2 82");
    CHECK(thrown.what() == "read: utf-8: e2 82: Invalid or incomplete character"sv);
    CHECK(in.bad());
    CHECK(!in.eof());
    in.clear();
    CHECK(in.tell() == 4);  // and again, until something is done about it
    CHECK(thrown_by([&] { in.read(); }).position() == 4);
    in.clear();
    in.seek(6);
    CHECK(in.read() == "z");
}

TEST_CASE("istream calls set badbit on a character that is none, and no eofbit") {
    for (const bool by_line : {false, true}) {
        CAPTURE(by_line);
        bytes_io bytes("line\nabc\xFF");
        text_io in(bytes);
        std::string line;
        std::getline(in, line);
        if (by_line) {
            std::getline(in, line);
            CHECK(line == "abc");
        } else {
            char target[10];
            in.read(target, sizeof(target));
        }
        CHECK(in.rdstate() == std::ios::badbit);
        CHECK(sluice::error_of(in).detail() == "utf-8: ff");
        CHECK(sluice::error_of(in).position() == 8);
    }
}

TEST_CASE("a write that cannot be encoded writes nothing of it") {
    bytes_io bytes;
    wtext_io out(bytes, {.encoding = "latin-1"});
    out.write(L"caf\u00E9 ");
    const sluice::error thrown = thrown_by([&] { out.write(L"ab\u20ACcd"); });
    CHECK(thrown.code() == errc::bad_encoding);
    CHECK(thrown.operation() == "write");
    CHECK(thrown.detail() == "latin-1: U+20ac");
    out.clear();
    out.write(L"end");
    out.flush();
    CHECK(bytes.view() == "caf\xE9 end");
}

TEST_CASE("a character put by itself that cannot be encoded is dropped with its report") {
    bytes_io bytes;
    wtext_io out(bytes, {.encoding = "ascii"});
    for (const wchar_t c : {L'a', L'\u20AC', L'b'}) {
        out.rdbuf()->sputc(c);
    }
    CHECK(thrown_by([&] { out.flush(); }).code() == errc::bad_encoding);
    out.clear();
    out.flush();
    CHECK(bytes.view() == "ab");
}

TEST_CASE("a character is put together from pieces") {
    for (const char* encoding : {"utf-8", "utf-16-le", "latin-1"}) {
        CAPTURE(encoding);
        bytes_io whole;
        bytes_io pieces;
        text_io(whole, {.encoding = encoding}).write("x\xC3\xA9y");
        text_io out(pieces, {.encoding = encoding});
        out.write("x\xC3");
        out.flush();
        out.write("\xA9y");
        out.close();
        CHECK(pieces.view() == whole.view());
    }
    bytes_io bytes;
    text_io out(bytes);
    out.write("x\xE2\x82");
    CHECK(thrown_by([&] { out.close(); }).code() == errc::bad_encoding);
    CHECK(bytes.view() == "x");
}

TEST_CASE("a byte order mark is written at the front and nowhere else") {
    bytes_io bytes;
    {
        text_io out(bytes, {.encoding = "utf-16"});
        out.write("");
        out.write("a");
    }
    CHECK(bytes.view() == in_own_order(u"\uFEFFa"));
    {
        text_io more(bytes, {.encoding = "utf-16"});  // stands at the end
        more.write("b");
    }
    CHECK(bytes.view() == in_own_order(u"\uFEFFab"));
    text_io again(bytes, {.encoding = "utf-16"});
    again.seek(0);
    again.write("c");
    again.flush();
    CHECK(bytes.view() == in_own_order(u"\uFEFFcb"));
    again.seek(0);
    CHECK(again.read() == "cb");
}

TEST_CASE("the order of the mark is kept by what is written after it, and known in the middle") {
    bytes_io bytes("\xFE\xFF\0a\0b\0c"sv);
    text_io io(bytes, {.encoding = "utf-16"});
    io.seek(4);
    CHECK(io.read(1) == "b");
    io.write("z");
    io.flush();
    CHECK(bytes.view() == "\xFE\xFF\0a\0b\0z"sv);
}

TEST_CASE("text without its byte order mark is an error whatever is done with others") {
    for (const auto errors : {encoding_errors::strict, encoding_errors::replace}) {
        bytes_io bytes("a\0b\0"sv);
        text_io in(bytes, {.encoding = "utf-16", .errors = errors});
        CHECK(thrown_by([&] { in.read(); }).code() == errc::bad_encoding);
    }
}

TEST_CASE("what is borrowed stays open, what is owned is closed") {
    bytes_io bytes("x");
    {
        text_io out(bytes);
        out.seek(0, std::ios::end);
        out.write("y");
    }
    CHECK(!bytes.closed());
    CHECK(bytes.view() == "xy");

    const support::temporary_directory dir;
    CHECK(thrown_by([] { static_cast<void>(text_io{sluice::stream()}); }).code() == errc::closed);
    auto file = std::make_unique<sluice::filebuf>();
    file->open(dir / "file", std::ios::out);
    text_io owner(std::move(file));
    owner.write("text");
    owner.close();
    CHECK(support::content_of(dir / "file") == "text");
    CHECK(thrown_by([&] { owner.write("x"); }).code() == errc::closed);
    CHECK(thrown_by([&] { owner.read(); }).code() == errc::closed);
}

TEST_CASE("detach ends both, and leaves the buffer where the reader stood") {
    auto bytes = std::make_unique<membuf>("first\nsecond\n");
    text_io in(std::move(bytes));
    CHECK(in.readline() == "first\n");
    const std::unique_ptr<std::streambuf> below = in.detach();
    REQUIRE(below != nullptr);
    CHECK(std::string(std::istreambuf_iterator<char>(below.get()), {}) == "second\n");
    CHECK(in.closed());
    CHECK(thrown_by([&] { in.read(); }).code() == errc::closed);
    CHECK(thrown_by([&] { static_cast<void>(in.detach()); }).code() == errc::closed);

    bytes_io lent;
    text_io out(lent);
    out.write("pending");
    CHECK(out.detach() == nullptr);
    CHECK(lent.view() == "pending");
}

TEST_CASE("a failure below is the reason of the text, and nothing is lost") {
    membuf small;
    small.set_max_size(5);
    text_io out(small);
    out << "123456789";
    CHECK(thrown_by([&] { out.flush(); }).code() == errc::no_space);
    CHECK(out.bad());
    CHECK(small.view() == "12345");
    out.clear();
    small.set_max_size(9);
    out.flush();
    CHECK(small.view() == "123456789");

    sluice::ofstream full("/dev/full");
    text_io text(full);
    text.exceptions(std::ios::badbit);
    const sluice::error thrown = thrown_by([&] { text << "x" << std::flush; });
    CHECK(thrown.code() == std::errc::no_space_on_device);
    CHECK(thrown.path() == "/dev/full");
}

TEST_CASE("a failed read below is an error, and no end") {
    const support::temporary_directory dir;
    sluice::ifstream folder(dir / "");
    text_io in(folder);
    std::string line;
    CHECK(!std::getline(in, line));
    CHECK(in.bad());
    CHECK(!in.eof());
    CHECK(sluice::error_of(in).code() == std::errc::is_a_directory);
}

TEST_CASE("what comes in pieces is read as it comes") {
    for (const std::size_t step : {1, 2, 3, 7}) {
        CAPTURE(step);
        slow_buf below("\xFF\xFEh\0\xE9\0\r\0\n\0\x3D\xD8\0\xDE"s, step);
        wtext_io in(below, {.encoding = "utf-16"});
        CHECK(!in.seekable());
        CHECK(in.readline() == L"h\u00E9\n");
        CHECK(in.read() == L"\U0001F600");
        CHECK(in.newlines() == sluice::newlines_seen{.crlf = true});
        CHECK(thrown_by([&] { static_cast<void>(in.tell()); }).code() == errc::not_seekable);
        in.write(L"\u00E9");
        in.flush();
        CHECK(below.written() == "\xFF\xFE\xE9\0"s);
    }
}

TEST_CASE("line_buffering and write_through pass on what is written") {
    bytes_io bytes;
    text_io lines(bytes, {.line_buffering = true});
    lines << "half";
    CHECK(bytes.view().empty());
    lines << " a line\nmore";
    CHECK(bytes.view() == "half a line\nmore");
    lines.rdbuf()->sputc('x');
    CHECK(bytes.view() == "half a line\nmore");
    lines.rdbuf()->sputc('\n');
    CHECK(bytes.view() == "half a line\nmorex\n");

    bytes_io others;
    text_io through(others, {.write_through = true});
    through << 'a' << 12;
    through.rdbuf()->sputc('b');
    CHECK(others.view() == "a12b");
}

TEST_CASE("reconfigure changes what comes, and refuses what has been decoded") {
    bytes_io bytes;
    text_io out(bytes, {.encoding = "latin-1"});
    out.write("\xC3\xA9\n");
    out.reconfigure({.encoding = "utf-8", .newline = newline::crlf});
    out.write("\xC3\xA9\n");
    out.flush();
    CHECK(bytes.view() == "\xE9\n\xC3\xA9\r\n");
    CHECK(out.encoding() == "utf-8");

    bytes.seek(0);
    text_io in(bytes, {.encoding = "ascii", .errors = encoding_errors::ignore});
    CHECK(in.read(1) == "\n");
    CHECK(thrown_by([&] { in.reconfigure({.encoding = "utf-8"}); }).code() == errc::unsupported);
    CHECK(in.encoding() == "ascii");
    in.reconfigure({.line_buffering = true});
    in.seek(0);
    in.reconfigure({.encoding = "latin-1"});
    CHECK(in.errors() == encoding_errors::strict);
    CHECK(in.readline() == "\xC3\xA9\n");
    CHECK(thrown_by([&] { in.reconfigure({.encoding = "no-such"}); }).code() == errc::unsupported);
    in.seek(0);
    CHECK(thrown_by([&] { in.reconfigure({.encoding = "no-such"}); }).code() == errc::bad_mode);
    CHECK(in.encoding() == "latin-1");
}

TEST_CASE("an unknown encoding is refused, and no option of the converter is taken") {
    bytes_io bytes;
    for (const char* name : {"", "no-such", "ascii//IGNORE", "ascii//TRANSLIT"}) {
        CAPTURE(name);
        CHECK(!sluice::is_encoding(name));
        const sluice::error thrown = thrown_by([&] { text_io(bytes, {.encoding = name}); });
        CHECK(thrown.code() == errc::bad_mode);
    }
    for (const char* name : {"UTF8", "utf_8", "Latin-1", "iso8859_15", "shift_jis", "U8", "646"}) {
        CAPTURE(name);
        CHECK(sluice::is_encoding(name));
    }
}

TEST_CASE("nothing is dropped without a word: tags, which the system's converter ignores") {
    for (const char* encoding : {"latin-1", "ascii", "shift_jis"}) {
        CAPTURE(encoding);
        bytes_io bytes;
        wtext_io wide(bytes, {.encoding = encoding});
        CHECK(thrown_by([&] { wide.write(L"a\U000E0041b"); }).code() == errc::bad_encoding);
        text_io narrow(bytes, {.encoding = encoding, .errors = encoding_errors::replace});
        narrow.write("a\xF3\xA0\x81\x81z");
        narrow.flush();
        CHECK(bytes.view() == "a?z");
    }
    bytes_io held;
    wtext_io hong_kong(held, {.encoding = "big5-hkscs"});  // which waits for what follows U+00CA
    CHECK(thrown_by([&] { hong_kong.write(L"\u00CA\U000E0041"); }).code() == errc::bad_encoding);
    hong_kong.clear();
    hong_kong.close();
    CHECK(held.view().empty());

    bytes_io bytes;
    wtext_io out(bytes, {.encoding = "utf-16-be"});
    out.write(L"\U000E0041");
    out.flush();
    CHECK(bytes.view() == "\xDB\x40\xDC\x41");
}

TEST_CASE("what an encoder holds back joins what is written next") {
    for (const std::streamsize size : {0, 1, 2, 100}) {
        CAPTURE(size);
        bytes_io bytes;
        sluice::wtextbuf out(*bytes.rdbuf(), {.encoding = "big5-hkscs"});
        out.pubsetbuf(nullptr, size);
        out.sputc(L'a');
        out.sputc(L'\u00CA');
        out.sputc(L'\u0304');
        out.sputc(L'\u00CA');
        out.close();
        CHECK(bytes.view() == "a\x88\x62\x88\x66");
    }
}

TEST_CASE("what an encoder holds back comes before what stands for a character it lacks") {
    // U+00CA and U+0304 are one in BIG5-HKSCS, but not with another between them.
    const std::wstring between[] = {L"\u07FF", L"\U000E0041", L"\xD800"};
    for (const std::wstring& text : between) {
        CAPTURE(text.size());
        bytes_io wide;
        wtext_io out(wide, {.encoding = "big5-hkscs", .errors = encoding_errors::ignore});
        out.write(L"\u00CA" + text + L"\u0304.");
        out.flush();
        CHECK(wide.view() == "\x88\x66.");
    }
    bytes_io narrow;
    text_io surrogate(narrow, {.encoding = "big5-hkscs", .errors = encoding_errors::ignore});
    surrogate.write("\xC3\x8A\xED\xA0\x80\xCC\x84.");
    surrogate.flush();
    CHECK(narrow.view() == "\x88\x66.");
    bytes_io escaped;
    text_io bytes(escaped, {.encoding = "big5-hkscs", .errors = encoding_errors::surrogateescape});
    bytes.write("\xC3\x8A\xED\xB2\x80.");
    bytes.flush();
    CHECK(escaped.view() == "\x88\x66\x80.");
}

TEST_CASE("std's own buffers below") {
    std::stringstream bytes("\xE9t\xE9\r\n");
    text_io in(bytes, {.encoding = "latin-1"});
    CHECK(in.seekable());
    CHECK(in.readline() == "\xC3\xA9t\xC3\xA9\n");

    std::ostringstream target;
    std::ostream& plain = target;
    text_io out(plain, {.encoding = "utf-16-le"});
    CHECK(!out.readable());
    out << "x" << std::flush;
    CHECK(target.str() == "x\0"s);
    CHECK(thrown_by([&] { out.truncate(0); }).code() == errc::unsupported);
}

TEST_CASE("a buffer moved from is closed, and can be used as such") {
    bytes_io bytes("abc");
    textbuf from(*bytes.rdbuf());
    textbuf to(std::move(from));
    CHECK(from.sputn("abc", 3) == 0);
    CHECK(from.pubsync() == 0);
    CHECK(from.in_avail() == -1);
    CHECK(from.pubseekoff(0, std::ios::cur) == std::streampos(-1));
    CHECK(from.newlines() == sluice::newlines_seen());
    CHECK(to.sgetc() == 'a');
}

TEST_CASE("another encoding after a first read that failed") {
    bytes_io bytes("\xE9t\xE9");
    text_io in(bytes);
    CHECK(thrown_by([&] { in.read(); }).code() == errc::bad_encoding);
    in.clear();
    in.reconfigure({.encoding = "latin-1"});
    CHECK(in.read() == "\u00E9t\u00E9");
}

TEST_CASE("other options begin with whole characters, in the initial shift state") {
    bytes_io bytes;
    text_io out(bytes, {.encoding = "iso2022_jp"});
    out.write("\u3042");
    out.reconfigure({.newline = newline::crlf});
    out.write("ab\n");
    out.flush();
    CHECK(bytes.view() == "\x1B$B$\"\x1B(Bab\r\n");
    out.write("\xE3");
    CHECK(thrown_by([&] { out.reconfigure({.newline = newline::lf}); }).code() ==
          errc::bad_encoding);
}

TEST_CASE("nothing is doubled where the stream below throws") {
    bytes_io bytes;
    bytes.set_max_size(10);
    bytes.exceptions(std::ios::badbit);
    text_io out(bytes, {.write_through = true});
    CHECK(thrown_by([&] { out.write("0123456789abcdefghij"); }).code() == errc::no_space);
    bytes.set_max_size(100);
    out.clear();
    out.flush();
    CHECK(bytes.view() == "0123456789abcdefghij");
}

TEST_CASE("a name without a letter is no encoding") {
    for (const char* name : {"--", "_", " ", "\u00E9"}) {
        CAPTURE(name);
        CHECK(!sluice::is_encoding(name));
    }
}

TEST_CASE("an unknown encoding leaves the stream that was to be moved in") {
    sluice::stream file(std::make_unique<membuf>("kept"));
    CHECK(thrown_by([&] { text_io(std::move(file), {.encoding = "no-such"}); }).code() ==
          errc::bad_mode);
    CHECK(file.read() == "kept");
}

TEST_CASE("what cannot be encoded is not looked at again for each before it") {
    const std::wstring text(200'000, L'\u3042');
    bytes_io bytes;
    wtext_io out(bytes, {.encoding = "cp1252", .errors = encoding_errors::replace});
    out.write(text);
    out.flush();
    CHECK(bytes.view() == std::string(200'000, '?'));
}

TEST_SUITE_END();
