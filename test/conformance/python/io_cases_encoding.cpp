// TextIOWrapper's encodings, error handlers and byte order marks.

#include <sluice/device/memory.hpp>
#include <sluice/filter/text.hpp>

#include <conformance/python/python_case.hpp>
#include <conformance/python/scripted_file.hpp>
#include <support/limits.hpp>
#include <support/temporary.hpp>

#include <unistd.h>

#include <array>
#include <type_traits>

namespace python {
namespace {

using sluice::basic_text_io;
using sluice::bytes_io;
using sluice::encoding_errors;
using sluice::errc;
using namespace std::string_literals;

const std::string utf8_mark = "\xEF\xBB\xBF";

/// What a decoder makes of `bytes`, all at once.
template <class C>
json decoded(std::string_view bytes, const sluice::text_options& options) {
    bytes_io b(bytes);
    basic_text_io<C> t(b, options);
    return err([&] { return t.read(); });
}

/// The text that was read, where nothing failed.
template <class C>
json read_as(std::string_view bytes, const sluice::text_options& options) {
    const json answer = decoded<C>(bytes, options);
    return answer.is_array() ? answer[1] : answer;
}

/// The bytes of `characters`, or the failure of the write.
template <class C>
json written_as(const std::basic_string<C>& characters, const sluice::text_options& options) {
    bytes_io b;
    basic_text_io<C> t(b, options);
    const json answer = err([&] { return t.write(characters); });
    t.flush();
    return answer.is_array() ? value(b.getvalue()) : answer;
}

constexpr std::string_view euro_and_smile = "a\u20ac\U0001F600z";

/// What a mode "a" adds to what a mode "w" wrote.
template <class C>
std::string appended(text<C> u, const std::string& encoding, std::string_view first,
                     std::string_view second) {
    const support::temporary_file file;
    u.open(file.path(), "w", {.encoding = encoding}).write(u(first));
    u.open(file.path(), "a", {.encoding = encoding}).write(u(second));
    return file.content();
}

std::string read_pipe(int end) {
    std::array<char, 99> bytes{};
    const auto count = ::read(end, bytes.data(), bytes.size());
    ::close(end);
    return {bytes.data(), static_cast<std::size_t>(count)};
}

template <class C>
std::string piped(text<C> u, const std::string& encoding) {
    const auto [r, w] = support::new_pipe();
    auto f = u.open(w, "w", {.encoding = encoding});
    f.write(u("a"));
    f.close();
    return read_pipe(r);
}

}  // namespace

equal_cases encoding_cases() {
    return {
        {"F01",
         []<class C>(text<C>) {
             bytes_io b("a\xFF"
                        "b");
             basic_text_io<C> t(b);
             return err([&] { return t.read(); });
         }},
        {"F02",
         []<class C>(text<C>) {
             return read_as<C>("a\xFF"
                               "b",
                               {.errors = encoding_errors::ignore});
         }},
        {"F04",
         []<class C>(text<C>) {
             return read_as<C>("a\xFF"
                               "b",
                               {.errors = encoding_errors::backslashreplace});
         }},
        {"F05",
         []<class C>(text<C>) {
             return read_as<C>("a\xFF"
                               "b",
                               {.errors = encoding_errors::surrogateescape});
         }},
        {"F09",
         []<class C>(text<C> u) { return written_as(u(euro_and_smile), {.encoding = "ascii"}); }},
        {"F10",
         []<class C>(text<C> u) {
             return written_as(u(euro_and_smile),
                               {.encoding = "ascii", .errors = encoding_errors::ignore});
         }},
        {"F11",
         []<class C>(text<C> u) {
             return written_as(u(euro_and_smile),
                               {.encoding = "ascii", .errors = encoding_errors::replace});
         }},
        {"F12",
         []<class C>(text<C> u) {
             return written_as(u(euro_and_smile),
                               {.encoding = "ascii", .errors = encoding_errors::backslashreplace});
         }},
        {"F13",
         []<class C>(text<C> u) {
             return written_as(u(euro_and_smile),
                               {.encoding = "ascii", .errors = encoding_errors::surrogateescape});
         }},
        {"F14",
         []<class C>(text<C> u) {
             return written_as(u(euro_and_smile),
                               {.encoding = "ascii", .errors = encoding_errors::xmlcharrefreplace});
         }},
        {"F18",
         []<class C>(text<C>) {
             return read_as<C>("\xF0\x80\x80\x41\xC0\xAF\xED\xA0\x80\xF4\x90\x80\x80",
                               {.errors = encoding_errors::replace});
         }},
        {"F19",
         []<class C>(text<C> u) {
             return written_as(u("a\xED\xB3\xBF"
                                 "b"),
                               {.errors = encoding_errors::surrogateescape});
         }},
        {"F20",
         []<class C>(text<C> u) {
             bytes_io b;
             basic_text_io<C> t(b);
             return err([&] { return t.write(u("\xED\xA0\x80")); });
         }},
        {"F23", []<class C>(text<C> u) { return written_as(u("a"), {.encoding = "utf-16-le"}); }},
        {"F24",
         []<class C>(text<C> u) {
             bytes_io b;
             basic_text_io<C> t(b, {.encoding = "utf-8-sig"});
             t.write(u("a"));
             t.write(u("b"));
             t.flush();
             return b.getvalue();
         }},
        {"F25", []<class C>(text<C> u) { return appended(u, "utf-16", "aaa", "xxx"); }},
        {"F26", []<class C>(text<C> u) { return appended(u, "utf-8-sig", "aaa", "xxx"); }},
        {"F27", []<class C>(text<C> u) { return appended(u, "utf-32", "a", "b"); }},
        {"F28",
         []<class C>(text<C> u) {
             const support::temporary_file file;
             auto f = u.open(file.path(), "w", {.encoding = "utf-8-sig"});
             f.write(u("aaa"));
             const auto p = f.tell();
             f.close();
             f = u.open(file.path(), "r+", {.encoding = "utf-8-sig"});
             f.seek(p);
             f.write(u("zzz"));
             f.seek(0);
             f.write(u("bbb"));
             f.close();
             return list{p, file.content()};
         }},
        {"F29",
         []<class C>(text<C> u) {
             const support::temporary_file file;
             u.open(file.path(), "w", {.encoding = "utf-16"}).write(u("aaa"));
             auto f = u.open(file.path(), "a", {.encoding = "utf-16"});
             f.seek(0);
             f.seek(0, std::ios_base::end);
             f.write(u("xxx"));
             f.close();
             return file.content();
         }},
        {"F30", []<class C>(text<C>) { return read_as<C>(utf8_mark + "a", {}); }},
        {"F31", []<class C>(text<C>) { return read_as<C>("a", {.encoding = "utf-8-sig"}); }},
        {"F32",
         []<class C>(text<C>) {
             return read_as<C>(utf8_mark + "a" + utf8_mark + "b", {.encoding = "utf-8-sig"});
         }},
        {"F33",
         []<class C>(text<C>) { return read_as<C>("\xFE\xFF\0a"s, {.encoding = "utf-16"}); }},
        {"F34", []<class C>(text<C>) { return read_as<C>("a\0"s, {.encoding = "utf-16"}); }},
        {"F36",
         []<class C>(text<C>) {
             return decoded<C>("\xFF\xFE"
                               "a",
                               {.encoding = "utf-16"});
         }},
        {"F38",
         []<class C>(text<C>) {
             bytes_io b("ok\xE2\x82");
             basic_text_io<C> t(b);
             return list{t.read(2), err([&] { return t.read(); }, 2)};
         }},
        {"F40",
         [](text<wchar_t>) {
             scripted_file r({"\xE2", "\x82", "\xAC"});
             auto f = r.open("r");
             sluice::wtext_io t(f);
             return list{t.read(1), t.read(1)};
         }},
        {"F41",
         []<class C>(text<C> u) {
             bytes_io b;
             basic_text_io<C> t(b, {.encoding = "utf-16"});
             t.write(u("a"));
             t.seek(0);
             t.write(u("b"));
             t.flush();
             return b.getvalue();
         }},
        {"F42",
         []<class C>(text<C> u) {
             bytes_io b("\xFF\xFE"
                        "a\0"s);
             b.seek(4);
             basic_text_io<C> t(b, {.encoding = "utf-16"});
             t.write(u("b"));
             t.flush();
             return b.getvalue();
         }},
        {"F43",
         []<class C>(text<C> u) {
             bytes_io b;
             basic_text_io<C> t(b, {.encoding = "utf-8-sig"});
             return list{t.write(u("")), none([&] { t.flush(); }), b.getvalue()};
         }},
        {"F47",
         []<class C>(text<C> u) {
             bytes_io b;
             basic_text_io<C> t(b, {.encoding = "utf-16"});
             return list{t.write(u("")), none([&] { t.flush(); }), b.getvalue()};
         }},
        {"F45",
         [] { return refused_by_compiler(!std::is_assignable_v<encoding_errors&, const char*>); }},
        {"F49", []<class C>(text<C> u) { return piped(u, "utf-8-sig"); }},
        {"F50",
         []<class C>(text<C>) {
             bytes_io b("\xFF\xFE\xE9\0\r\0\n\0"s);
             basic_text_io<C> t(b, {.encoding = "utf-16"});
             return list{t.read(), t.newlines()};
         }},
        {"F51",
         []<class C>(text<C> u) {
             return written_as(u("\n"), {.encoding = "utf-16", .newline = sluice::newline::crlf});
         }},
        {"F52",
         []<class C>(text<C>) {
             const auto read = [](encoding_errors errors) {
                 return read_as<C>("a\xE9", {.encoding = "ascii", .errors = errors});
             };
             return list{read(encoding_errors::ignore), read(encoding_errors::replace),
                         read(encoding_errors::backslashreplace),
                         read(encoding_errors::surrogateescape)};
         }},
        {"F53",
         []<class C>(text<C>) {
             return read_as<C>("a\0\x80\xDC"s,
                               {.encoding = "utf-16-le", .errors = encoding_errors::replace});
         }},
    };
}

different_cases encoding_differences() {
    return {
        {"F06", "xmlcharrefreplace is of writing; reading is strict with it",
         []<class C>(text<C>) {
             bytes_io b("a\xFF"
                        "b");
             basic_text_io<C> t(b, {.errors = encoding_errors::xmlcharrefreplace});
             return list{err([&] { return t.read(); })};
         },
         list{failure(errc::bad_encoding, 1)}},
        {"F39", "what came before a failure is delivered, and the failure comes when it is reached",
         []<class C>(text<C>) {
             bytes_io b("abc\xFF");
             basic_text_io<C> t(b);
             return list{t.read(1), t.readline(), err([&] { return t.readline(); })};
         },
         list{"a", "bc", failure(errc::bad_encoding, 3)}},
        {"F48", "UTF-16 has its mark in a pipe, too",
         []<class C>(text<C> u) { return piped(u, "utf-16"); },
         "\xFF\xFE"
         "a\0"s},
    };
}

}  // namespace python
