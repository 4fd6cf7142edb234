#include <sluice/device/memory.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/testing/faults.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <ios>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <unit/text_slow.hpp>
#include <utility>

using namespace text_tests;
using sluice::basic_text_io;
using sluice::basic_textbuf;
using sluice::text_options;
using sluice::testing::fault;
using sluice::testing::faultbuf;
using support::system_code;

namespace {

const std::string content = "0123456789";

std::wstring read_wide(const std::string& bytes, text_options options) {
    bytes_io below(bytes);
    return wtext_io(below, std::move(options)).read();
}

std::string read_narrow(const std::string& bytes, text_options options) {
    bytes_io below(bytes);
    return text_io(below, std::move(options)).read();
}

std::string written(const std::wstring& text, text_options options) {
    bytes_io below;
    wtext_io(below, std::move(options)).write(text);
    return std::string(below.view());
}

// One call on what lies below fails, the next go well.
sluice::testing::fault_options failing(fault::call on, std::uint64_t after = 0) {
    return {.faults = {{.on = on, .after = after, .once = true}}};
}

// "ab" or L"ab".
template <class CharT>
std::basic_string<CharT> letters(std::string_view text) {
    return {text.begin(), text.end()};
}

}  // namespace

TEST_SUITE_BEGIN("text");

TEST_CASE("bytes that are no character are read as the error handler says") {
    const auto read = [](encoding_errors errors) {
        return read_wide("a\x80\xE2\x82z", {.encoding = "utf-8", .errors = errors});
    };
    CHECK(read(encoding_errors::ignore) == L"az");
    CHECK(read(encoding_errors::replace) == L"a\uFFFD\uFFFDz");
    CHECK(read(encoding_errors::backslashreplace) == L"a\\x80\\xe2\\x82z");
    CHECK(read(encoding_errors::surrogateescape) == L"a\xDC80\xDCE2\xDC82z");
    for (const auto errors : {encoding_errors::strict, encoding_errors::xmlcharrefreplace}) {
        CHECK(thrown_by([&] { read(errors); }).code() == errc::bad_encoding);
    }
    CHECK(read_narrow("a\xFFz", {.encoding = "ascii", .errors = encoding_errors::replace}) ==
          "a\xEF\xBF\xBDz");
    CHECK(read_narrow("a\xFFz", {.encoding = "ascii", .errors = encoding_errors::ignore}) == "az");
    CHECK(read_narrow("a\xFFz", {.encoding = "ascii",
                                 .errors = encoding_errors::surrogateescape}) == "a\xED\xB3\xBFz");
}

TEST_CASE("surrogateescape is for bytes beyond ASCII in encodings of bytes") {
    const auto fails = [](const std::string& bytes, const char* encoding) {
        const text_options options{.encoding = encoding,
                                   .errors = encoding_errors::surrogateescape};
        return thrown_by([&] { read_wide(bytes, options); }).code() == errc::bad_encoding;
    };
    CHECK(fails("\xD8\x80", "utf-16-be"));
    CHECK(fails("x\x1B$", "iso2022_jp"));  // a part of a shift, which is ASCII
    CHECK_FALSE(fails("x\x80", "iso2022_jp"));
}

TEST_CASE("characters that an encoding lacks are written as the error handler says") {
    const std::wstring text = L"a\u00E9\u20AC\U0001F600z";
    const auto write = [&](encoding_errors errors) {
        return written(text, {.encoding = "ascii", .errors = errors});
    };
    CHECK(write(encoding_errors::ignore) == "az");
    CHECK(write(encoding_errors::replace) == "a\?\?\?z");
    CHECK(write(encoding_errors::backslashreplace) == "a\\xe9\\u20ac\\U0001f600z");
    CHECK(write(encoding_errors::xmlcharrefreplace) == "a&#233;&#8364;&#128512;z");
    bytes_io below;
    wtext_io strict(below, {.encoding = "ascii"});
    CHECK(thrown_by([&] { strict.write(text); }).code() == errc::bad_encoding);
    strict.close();
    CHECK(below.view().empty());

    bytes_io narrow;
    text_io(narrow, {.encoding = "ascii", .errors = encoding_errors::xmlcharrefreplace})
        .write("a\xC3\xA9z");
    CHECK(narrow.view() == "a&#233;z");
}

TEST_CASE("what was escaped is written as the byte it was") {
    const text_options options{.encoding = "utf-8", .errors = encoding_errors::surrogateescape};
    const std::string bytes = "a\x80\xFFz\xE2\x82";
    CHECK(written(read_wide(bytes, options), options) == bytes);
    // A surrogate that is none, and one that does not fit the encoding, are errors.
    using refused = std::pair<const wchar_t*, const char*>;
    for (const refused& each : {refused(L"\xDC7F", "utf-8"), refused(L"\xDC80", "utf-16-le"),
                                refused(L"\u20AC", "ascii")}) {
        CAPTURE(std::string(each.second));
        bytes_io below;
        wtext_io out(below, {.encoding = each.second, .errors = encoding_errors::surrogateescape});
        CHECK(thrown_by([&] { out.write(each.first); }).code() == errc::bad_encoding);
    }
}

TEST_CASE("a wide text has no surrogates and nothing beyond the last character") {
    for (const std::wstring text : {L"ab\xD800z", L"ab\x110000z"}) {
        for (const char* encoding : {"utf-8", "utf-16", "utf-32", "latin-1"}) {
            CAPTURE(encoding);
            bytes_io below;
            wtext_io out(below, {.encoding = encoding});
            CHECK(thrown_by([&] { out.write(text); }).code() == errc::bad_encoding);
            CHECK(below.view().empty());
        }
    }
}

TEST_CASE("utf-32 has its mark at the front, and tells its order by it") {
    const std::string little("\xFF\xFE\0\0a\0\0\0b\0\0\0", 12);
    const std::string big("\0\0\xFE\xFF\0\0\0a\0\0\0b", 12);
    CHECK(read_wide(little, {.encoding = "utf-32"}) == L"ab");
    CHECK(read_wide(big, {.encoding = "utf-32"}) == L"ab");
    CHECK(read_narrow(big, {.encoding = "utf-32"}) == "ab");
    CHECK(written(L"ab", {.encoding = "utf-32"}) == in_own_order(U"\uFEFFab"));
    bytes_io below(big);
    wtext_io io(below, {.encoding = "utf-32"});
    io.seek(8);  // the mark at the front is looked at
    CHECK(io.read() == L"b");
    io.write(L"c");
    io.close();
    CHECK(below.view() == big + std::string("\0\0\0c", 4));
}

TEST_CASE("a mark that comes in pieces is one, and what only begins as one is text") {
    for (const char* encoding : {"utf-8-sig", "utf-16"}) {
        CAPTURE(encoding);
        const bool narrow = std::string(encoding) == "utf-8-sig";
        slow_buf whole(narrow ? "\xEF\xBB\xBFx" : std::string("\xFF\xFEx\0", 4), 1);
        CHECK(wtext_io(whole, {.encoding = encoding}).read() == L"x");
    }
    CHECK(read_wide("\xEF\xBC\xA1", {.encoding = "utf-8-sig"}) == L"\uFF21");
    CHECK(read_wide("x", {.encoding = "utf-8-sig"}) == L"x");
    CHECK(thrown_by([] { read_wide("\xEF\xBB", {.encoding = "utf-8-sig"}); }).code() ==
          errc::bad_encoding);
}

TEST_CASE("a character that the room splits is delivered in pieces") {
    std::string text;
    for (int i = 0; i < 200; ++i) {
        text += std::string(static_cast<std::size_t>(i % 5), 'a') + "\u20AC\U0001F600\u00E9";
    }
    for (const char* const bad : {"", "\xE2\x82", "\xFF"}) {
        bytes_io below(text + bad + "z");
        text_io in(below, {.errors = encoding_errors::ignore});
        std::string got;
        for (std::streamsize size = 1; got.size() < text.size() + 1; size = size % 7 + 1) {
            const std::string part = in.read(size);
            if (part.empty()) {
                break;
            }
            got += part;
        }
        CHECK(got == text + "z");
    }
}

TEST_CASE_TEMPLATE("text over nothing, or detached, is refused", CharT, char, wchar_t) {
    using buf = basic_textbuf<CharT>;
    CHECK(thrown_by([] { buf(std::unique_ptr<std::streambuf>()); }).code() == errc::closed);
    buf text(std::make_unique<membuf>("abc"));
    CHECK(text.sbumpc() == CharT('a'));
    const auto owned = text.detach();
    REQUIRE(owned != nullptr);
    CHECK(owned->sgetc() == 'b');
    CHECK(thrown_by([&] { text.detach(); }).code() == errc::closed);
    CHECK(thrown_by([&] { text.reconfigure({}); }).code() == errc::closed);
    CHECK(text.pubseekoff(0, std::ios::beg) == std::streampos(-1));
    CHECK(text.reason().code() == errc::closed);
    CHECK(text.pubseekpos(0) == std::streampos(-1));
    CHECK(text.below() == nullptr);
    CHECK(text.pubsync() == 0);
    const CharT c = CharT('x');
    CHECK(text.sputn(&c, 1) == 0);
    CHECK(text.reason().code() == errc::closed);
    CHECK(text.newlines() == sluice::newlines_seen());
}

TEST_CASE_TEMPLATE("text that moves takes its place along", CharT, char, wchar_t) {
    membuf bytes("one\r\ntwo\n");
    membuf others("three\n");
    basic_text_io<CharT> first(bytes);
    basic_text_io<CharT> second(others);
    CHECK(first.readline() == letters<CharT>("one\n"));
    swap(*first.rdbuf(), *second.rdbuf());
    CHECK(first.readline() == letters<CharT>("three\n"));
    CHECK(second.newlines().crlf);
    CHECK(second.encoding() == "utf-8");
    CHECK(second.errors() == encoding_errors::strict);
    first = std::move(second);
    CHECK(first.readline() == letters<CharT>("two\n"));
    CHECK(first.rdbuf()->below() == &bytes);
    basic_textbuf<CharT> buf(bytes);
    basic_textbuf<CharT>& same = buf;
    buf = std::move(same);
    CHECK(buf.is_open());
}

TEST_CASE_TEMPLATE("seeks below that fail are reported, and nothing moves", CharT, char, wchar_t) {
    membuf bytes(content);
    faultbuf below(bytes);
    basic_textbuf<CharT> text(below);
    CHECK(text.sbumpc() == CharT('0'));
    CHECK(text.sbumpc() == CharT('1'));
    below.set_faults(failing(fault::seek));
    CHECK(text.pubseekpos(5) == std::streampos(-1));
    CHECK(text.reason());
    CHECK(text.sbumpc() == CharT('2'));

    // A write after a read has to go back, and so has a cut.
    const CharT c = CharT('x');
    below.set_faults(failing(fault::seek));
    CHECK(text.sputn(&c, 1) == 0);
    CHECK(text.reason().code() == system_code(EIO));
    below.set_faults(failing(fault::seek));
    CHECK(thrown_by([&] { text.truncate(4); }).code() == system_code(EIO));
    CHECK(bytes.view() == content);
    below.set_faults(failing(fault::seek));
    CHECK(thrown_by([&] { text.detach(); }).code() == system_code(EIO));
    CHECK(text.is_open());
    CHECK(text.sputn(&c, 1) == 1);
    CHECK(text.pubsync() == 0);
    CHECK(bytes.view() == "012x456789");
    below.set_faults(failing(fault::seek));
    CHECK(thrown_by([&] { text.sgetc(); }).code() == system_code(EIO));
    CHECK(text.sgetc() == CharT('4'));
}

TEST_CASE("a seek into a character whose bytes cannot be read is refused with the reason") {
    membuf bytes("\xE2\x82\xAC and more");
    faultbuf below(bytes);
    textbuf text(below);
    CHECK(text.sbumpc() == 0xE2);
    const std::streampos within = text.pubseekoff(0, std::ios::cur);
    CHECK(text.pubseekpos(3) == std::streampos(3));
    SUBCASE("once") {
        below.set_faults(failing(fault::read));
    }
    SUBCASE("for ever after") {
        below.set_faults({.faults = {{.on = fault::read}}});
    }
    CHECK(text.pubseekpos(within) == std::streampos(-1));
    CHECK(text.reason().code() == system_code(EIO));
    CHECK(text.pubseekoff(0, std::ios::cur) == std::streampos(3));
    below.set_faults({});
    CHECK(text.sgetc() == ' ');
    CHECK(text.pubseekpos(within) == within);
    CHECK(text.sgetc() == 0x82);
}

TEST_CASE("a byte order mark that cannot be read is read by the next try") {
    for (const std::uint64_t after : {0U, 1U}) {
        CAPTURE(after);
        membuf bytes("\xFE\xFF\0a\0b"sv);
        faultbuf below(bytes);
        below.pubseekpos(2);
        textbuf text(below, {.encoding = "utf-16"});
        below.set_faults(
            {.faults = {{.on = fault::read, .after = after, .once = true}}, .most_read = 1});
        CHECK(thrown_by([&] { text.sgetc(); }).code() == system_code(EIO));
        CHECK(text.sbumpc() == 'a');
        CHECK(text.sbumpc() == 'b');
    }
}

TEST_CASE_TEMPLATE("writes below that fail stay pending, whatever asks for them", CharT, char,
                   wchar_t) {
    const auto put = [](basic_textbuf<CharT>& text) { text.sputc(CharT('x')); };
    const auto call_that_fails = [&](const std::string& name, auto call) {
        CAPTURE(name);
        membuf bytes(content);
        faultbuf below(bytes);
        basic_textbuf<CharT> text(below);
        put(text);
        below.set_faults({.faults = {{.on = fault::write}}});
        call(text);
        below.set_faults({});
        CHECK(bytes.view() == content);
        CHECK(text.pubsync() == 0);
        CHECK(bytes.view() == "x123456789");
    };
    call_that_fails(
        "tell", [](auto& text) { CHECK(text.pubseekoff(0, std::ios::cur) == std::streampos(-1)); });
    call_that_fails("seek to the end", [](auto& text) {
        CHECK(text.pubseekoff(0, std::ios::end) == std::streampos(-1));
        CHECK(text.reason().code() == system_code(EIO));
    });
    call_that_fails("seekoff", [](auto& text) {
        CHECK(text.pubseekoff(3, std::ios::beg) == std::streampos(-1));
        CHECK(text.reason().code() == system_code(EIO));
    });
    call_that_fails("seekpos", [](auto& text) {
        CHECK(text.pubseekpos(3) == std::streampos(-1));
        CHECK(text.reason().code() == system_code(EIO));
    });
    call_that_fails("size", [](auto& text) {
        CHECK(thrown_by([&] { static_cast<void>(text.size()); }).code() == system_code(EIO));
    });
    call_that_fails("truncate", [](auto& text) {
        CHECK(thrown_by([&] { text.truncate(3); }).code() == system_code(EIO));
    });
    call_that_fails("native_handle", [](auto& text) {
        CHECK(thrown_by([&] { static_cast<void>(text.native_handle()); }).code() ==
              system_code(EIO));
    });
    call_that_fails("detach", [](auto& text) {
        CHECK(thrown_by([&] { text.detach(); }).code() == system_code(EIO));
    });
    call_that_fails("read", [](auto& text) {
        CHECK(thrown_by([&] { text.sgetc(); }).code() == system_code(EIO));
    });
    call_that_fails("reconfigure", [](auto& text) {
        CHECK(thrown_by([&] { text.reconfigure({.line_buffering = true}); }).code() ==
              system_code(EIO));
    });
    call_that_fails("another encoding", [](auto& text) {
        CHECK(thrown_by([&] { text.reconfigure({.encoding = "ascii"}); }).code() ==
              system_code(EIO));
    });
}

TEST_CASE_TEMPLATE("a flush below that fails is the text's", CharT, char, wchar_t) {
    membuf bytes;
    faultbuf below(bytes);
    basic_textbuf<CharT> text(below, {.line_buffering = true});
    const auto line = letters<CharT>("line\n");
    below.set_faults(failing(fault::sync));
    CHECK(text.sputn(line.data(), 5) == 5);  // which is written
    CHECK(text.reason().code() == system_code(EIO));
    CHECK(bytes.view() == "line\n");
    below.set_faults(failing(fault::sync));
    CHECK(text.pubsync() == -1);
    below.set_faults(failing(fault::sync));
    CHECK(thrown_by([&] { text.sync_to_disk(); }).code() == system_code(EIO));
    CHECK(text.pubsync() == 0);
    CHECK(text.sputc(CharT('x')) == CharT('x'));
    CHECK(text.pubsync() == 0);
    CHECK(bytes.view() == "line\nx");
    CHECK(text.sputn(line.data(), -1) == 0);
}

TEST_CASE("a position in the middle of a character is none to write or to cut at") {
    membuf bytes("\u20AC\u20AC");
    textbuf text(bytes);
    text.sbumpc();
    const std::streampos middle = text.pubseekoff(0, std::ios::cur);
    CHECK(thrown_by([&] { text.truncate(middle); }).code() == errc::bad_position);
    text.pubseekpos(0);
    CHECK(text.pubseekpos(middle) == middle);
    CHECK(static_cast<char>(text.sgetc()) == '\x82');
    CHECK(text.pubseekoff(0, std::ios::cur) == middle);
    CHECK(text.sputc('x') == EOF);
    CHECK(text.reason().code() == errc::bad_position);

    membuf fresh;
    textbuf out(fresh);
    out.sputn("\xE2", 1);
    CHECK(out.pubseekoff(0, std::ios::cur) == std::streampos(-1));
    CHECK(out.reason().code() == errc::bad_position);
    textbuf other(fresh);
    other.sputn("\xE2", 1);
    CHECK(other.pubseekoff(0, std::ios::end) == std::streampos(-1));
    CHECK(other.reason().code() == errc::bad_encoding);
}

TEST_CASE("a place that is owed is kept by a read that fails") {
    membuf bytes("\u20AC" + content + "\xFF");
    textbuf other(bytes);
    other.sbumpc();
    const std::streampos middle = other.pubseekoff(0, std::ios::cur);
    bytes.pubseekpos(0);
    faultbuf below(bytes, {.faults = {{.on = fault::read}}});
    text_io in(below);
    CHECK(thrown_by([&] { in.seek(middle); }).code() == system_code(EIO));
    in.clear();
    below.set_faults({});
    CHECK(in.tell() == 0);
    in.seek(middle);
    std::string target(20, '\0');
    in.read(target.data(), 20);
    CHECK(in.bad());
    in.clear();
    CHECK(in.tell() == middle);
    CHECK(in.read(12) == "\x82\xAC" + content);
}

TEST_CASE("a far place with a long way into it is told by tellg() alone") {
    // In an encoding with shift states a place is where decoding began, and how far it is.
    membuf bytes(std::string("\x1B$BF|\x1B(B") + std::string(70'000, 'x'));
    wtext_io in(bytes, {.encoding = "iso2022_jp"});
    CHECK(in.read(70'001 - 5).size() == 69'996);
    const std::streampos place = in.tellg();
    CHECK(in.read() == L"xxxxx");
    in.seekg(place);
    CHECK(in.read() == L"xxxxx");
}

TEST_CASE_TEMPLATE("much text put at once is passed on in pieces", CharT, char, wchar_t) {
    membuf bytes;
    faultbuf below(bytes, {.faults = {{.on = fault::write}}});
    basic_textbuf<CharT> text(below);
    const std::basic_string<CharT> much(200'000, CharT('x'));
    CHECK(text.sputn(much.data(), 200'000) == 200'000);  // all is pending
    CHECK(text.reason().code() == system_code(EIO));
    CHECK(text.sputn(much.data(), 10) == 0);  // and no more is taken
    below.set_faults({});
    CHECK(text.sputn(much.data(), 10) == 10);
    CHECK(text.pubsync() == 0);
    CHECK(bytes.view().size() == 200'010);
}

TEST_CASE("a second encoder fails before anything is written") {
    // The mark is due, and the text cannot be encoded: then neither is written.
    membuf bytes;
    wtext_io out(bytes, {.encoding = "utf-16"});
    CHECK(thrown_by([&] { out.write(L"\xD800"); }).code() == errc::bad_encoding);
    out.clear();
    out.write(L"a");
    out.flush();
    CHECK(bytes.view() == in_own_order(u"\uFEFFa"));
}

TEST_CASE("the beginning of a character that does not go on is refused once") {
    sluice::bytes_io file;
    sluice::text_io log(file);
    log << "caf\xC3";  // as a text is cut by the length of its bytes
    CHECK(log.good());
    log << "line\n";
    CHECK(log.bad());
    CHECK(sluice::error_of(log).code() == sluice::errc::bad_encoding);
    log.clear();
    log << "line\n";
    log << "whole \u00e9\n";
    log.flush();
    CHECK(log.good());
    CHECK(file.view() == "cafline\nwhole \u00e9\n");
}

TEST_CASE("where a whole character fails behind the beginning of one, that waits on") {
    sluice::bytes_io file;
    sluice::text_io log(file);
    log << "caf\xC3";
    log << "\xA9 \xFF";
    CHECK(log.bad());
    log.clear();
    log << "\xA9";
    log.flush();
    CHECK(file.view() == "caf\u00e9");
}

TEST_CASE("without a buffer, a character that cannot be encoded is refused at once") {
    for (const bool unbuffered : {false, true}) {
        CAPTURE(unbuffered);
        sluice::membuf bytes;
        sluice::wtextbuf text(bytes, {.encoding = "ascii"});
        text.pubsetbuf(nullptr, unbuffered ? 0 : 100);
        CHECK(text.sputc(L'a') == L'a');
        CHECK((text.sputc(L'\u00e9') == std::char_traits<wchar_t>::eof()) == unbuffered);
        CHECK(text.sputc(L'b') == L'b');
        CHECK((bytes.view() == "ab") == unbuffered);
        CHECK((text.pubsync() == 0) == unbuffered);
        CHECK(bytes.view() == "ab");
    }
}

TEST_SUITE_END();
