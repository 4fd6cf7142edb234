// TextIOWrapper and its positions: text_io over bytes_io, and over a device that is a script.

#include <sluice/device/memory.hpp>
#include <sluice/filter/text.hpp>

#include <conformance/python/python_case.hpp>
#include <conformance/python/scripted_file.hpp>

#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

namespace python {
namespace {

using sluice::basic_text_io;
using sluice::bytes_io;
using sluice::errc;
using sluice::membuf;
using sluice::newline;
using namespace std::string_literals;

constexpr std::string_view mixed = "a\nb\r\nc\rd";

template <class C>
list lines_twice(newline rule) {
    bytes_io b(mixed);
    basic_text_io<C> t(b, {.newline = rule});
    const list lines{t.readlines(), t.newlines()};
    t.seek(0);
    const json both = lines;
    return list{both[0], both[1], t.read()};
}

template <class C>
list written_lines(text<C> u, newline rule) {
    bytes_io b;
    basic_text_io<C> t(b, {.newline = rule});
    const auto n = t.write(u(mixed));
    t.flush();
    return list{n, b.getvalue()};
}

template <class Stream>
concept has_name = requires(Stream& stream) {
    stream.name();
};

// Reads one character, tells where that is, and goes on from there twice.
template <class C>
json told_after_one(basic_text_io<C>& t) {
    t.read(1);
    const auto p = t.tell();
    const auto r = t.read();
    t.seek(p);
    return list{place(p), r, place(p), t.read()};
}

}  // namespace

equal_cases text_cases() {
    return {
        {"C01", []<class C>(text<C>) { return lines_twice<C>(newline::universal); }},
        {"C02", []<class C>(text<C>) { return lines_twice<C>(newline::keep); }},
        {"C03", []<class C>(text<C>) { return lines_twice<C>(newline::lf); }},
        {"C04", []<class C>(text<C>) { return lines_twice<C>(newline::cr); }},
        {"C07", []<class C>(text<C> u) { return written_lines(u, newline::keep); }},
        {"C08", []<class C>(text<C> u) { return written_lines(u, newline::lf); }},
        {"C09", []<class C>(text<C> u) { return written_lines(u, newline::cr); }},
        {"C10", []<class C>(text<C> u) { return written_lines(u, newline::crlf); }},
        {"C11",
         []<class C>(text<C>) {
             bytes_io b("ab\r\ncd");
             basic_text_io<C> t(b);
             return list{t.read(3), t.read(1), t.tell()};
         }},
        {"C12",
         []<class C>(text<C>) {
             bytes_io b("ab\r\ncd");
             basic_text_io<C> t(b, {.newline = newline::keep});
             return list{t.readline(3), t.readline(), t.readline()};
         }},
        {"C13",
         []<class C>(text<C>) {
             bytes_io b("a\rb\n");
             basic_text_io<C> t(b, {.newline = newline::cr});
             return list{t.readline(), t.readline(), t.readline()};
         }},
        {"C14",
         []<class C>(text<C>) {
             bytes_io b("a\nb\r\nc");
             basic_text_io<C> t(b, {.newline = newline::crlf});
             return list{t.readline(), t.readline(), t.readline()};
         }},
        {"C15",
         []<class C>(text<C>) {
             bytes_io b("x\r\nx\r\ny\n");
             basic_text_io<C> t(b);
             const auto a = t.newlines();
             t.readline();
             return list{a, t.newlines(), t.read(), t.newlines()};
         }},
        {"C16",
         []<class C>(text<C>) {
             return list{refused_by_compiler(!std::is_assignable_v<newline&, const char*>),
                         refused_by_compiler(!std::is_assignable_v<newline&, int>)};
         }},
        {"C17",
         []<class C>(text<C>) {
             scripted_file r({"a\r", "\nb\r", "c"});
             auto f = r.open("r");
             basic_text_io<C> t(f);
             return value(t.readlines());
         }},
        {"C18",
         []<class C>(text<C>) {
             scripted_file r({"a\r", "\nb\r", "c"});
             auto f = r.open("r");
             basic_text_io<C> t(f, {.newline = newline::keep});
             return value(t.readlines());
         }},
        {"C19",
         []<class C>(text<C>) {
             bytes_io b("end\r");
             basic_text_io<C> t(b);
             return list{t.read(), t.newlines()};
         }},
        {"C20",
         []<class C>(text<C>) {
             bytes_io b("x\u2028y\vz\u0085w\n");
             basic_text_io<C> t(b);
             return value(t.readlines());
         }},
        {"D01",
         []<class C>(text<C> u) {
             bytes_io b;
             basic_text_io<C> t(b);
             const auto n = t.write(u("abc"));
             const auto x = b.getvalue();
             t.flush();
             return list{n, x, b.getvalue()};
         }},
        {"D02",
         []<class C>(text<C> u) {
             scripted_file r;
             auto f = r.open("w");
             basic_text_io<C> t(f, {.line_buffering = true});
             t.write(u("a"));
             const auto x = r.data();
             t.write(u("b\nc"));
             return list{x, r.data()};
         }},
        {"D04",
         []<class C>(text<C> u) {
             bytes_io b;
             basic_text_io<C> t(b, {.write_through = true});
             t.write(u("abc"));
             return b.getvalue();
         }},
        {"D05",
         []<class C>(text<C> u) {
             scripted_file r;
             auto f = r.open("w");
             basic_text_io<C> t(f, {.write_through = true});
             t.write(u("abc"));
             const auto x = r.data();
             t.flush();
             return list{x, r.data()};
         }},
        {"D09",
         []<class C>(text<C> u) {
             bytes_io b;
             basic_text_io<C> t(b);
             t.write(u("abc"));
             t.detach();
             return b.getvalue();
         }},
        {"D10",
         []<class C>(text<C> u) {
             auto owned = std::make_unique<membuf>();
             membuf& b = *owned;
             basic_text_io<C> t(std::move(owned));
             t.write(u("abc"));
             t.close();
             return list{t.closed(),
                         !b.is_open(),
                         err([&] { return b.getbuffer().span(); }),
                         err([&] { return t.write(u("x")); }),
                         err([&] { return t.read(); }),
                         none([&] { t.close(); })};
         }},
        {"D12",
         []<class C>(text<C>) {
             bytes_io b("ab\ncd");
             basic_text_io<C> t(b);
             t.readline();
             return b.tell();
         }},
        {"D13",
         []<class C>(text<C>) {
             bytes_io b("abc");
             basic_text_io<C> t(b);
             t.read(1);
             return err([&] { t.reconfigure({.encoding = "latin-1"}); });
         }},
        {"D14",
         []<class C>(text<C>) {
             bytes_io b("abc");
             basic_text_io<C> t(b);
             t.read(1);
             return list{none([&] { t.reconfigure({.line_buffering = true}); }),
                         t.rdbuf()->options().line_buffering,
                         err([&] { t.reconfigure({.newline = newline::cr}); })};
         }},
        {"D15",
         []<class C>(text<C> u) {
             bytes_io b;
             basic_text_io<C> t(b, {.encoding = "latin-1"});
             t.write(u("\u00e9"));
             t.reconfigure({.encoding = "utf-8"});
             t.write(u("\u00e9"));
             t.flush();
             return list{b.getvalue(), t.encoding(), t.errors()};
         }},
        {"D16",
         []<class C>(text<C>) {
             bytes_io b;
             basic_text_io<C> t(b,
                                {.encoding = "ascii", .errors = sluice::encoding_errors::replace});
             t.reconfigure({.encoding = "utf-8"});
             const auto a = t.errors();
             t.reconfigure({.errors = sluice::encoding_errors::ignore});
             return list{a, t.errors(), t.encoding()};
         }},
        {"D17",
         []<class C>(text<C> u) {
             bytes_io b;
             basic_text_io<C> t(b, {.newline = newline::lf});
             t.write(u("a\n"));
             t.reconfigure({.newline = newline::crlf});
             t.write(u("b\n"));
             t.flush();
             return b.getvalue();
         }},
        {"D18",
         []<class C>(text<C> u) {
             bytes_io b;
             basic_text_io<C> t(b);
             t.write(u("abc"));
             t.reconfigure({});
             return b.getvalue();
         }},
        {"D21",
         []<class C>(text<C>) {
             bytes_io b("abcdef");
             basic_text_io<C> t(b);
             t.read(4);
             return list{t.truncate(2), b.getvalue(), t.tell()};
         }},
        {"D25",
         [](text<wchar_t> u) {
             bytes_io b;
             sluice::wtext_io t(b);
             return list{refused_by_compiler(!can_write<sluice::wtext_io, const char*>),
                         refused_by_compiler(!can_write<sluice::wtext_io, std::nullopt_t>),
                         t.write(u(""))};
         }},
        {"D26",
         []<class C>(text<C>) {
             bytes_io b("abc");
             basic_text_io<C> t(b);
             return list{t.read(0), t.read(2), t.read(-1), t.read(), t.read(5)};
         }},
        {"D28",
         []<class C>(text<C>) {
             bytes_io b;
             const auto opened = [&](const std::string& encoding) {
                 return err([&] { basic_text_io<C>(b, {.encoding = encoding}); });
             };
             return list{opened("no-such-codec"), opened("hex"),
                         refused_by_compiler(!std::is_assignable_v<std::string&, const wchar_t*>),
                         opened("u\0tf"s)};
         }},
        {"D29",
         []<class C>(text<C>) {
             bytes_io b("x");
             basic_text_io<C> t(b);
             return list{t.encoding(),
                         t.errors(),
                         t.newlines(),
                         t.rdbuf()->options().line_buffering,
                         t.rdbuf()->options().write_through,
                         t.readable(),
                         t.writable(),
                         t.seekable(),
                         t.isatty(),
                         err([&] { return t.fileno(); }),
                         refused_by_compiler(!has_name<basic_text_io<C>>)};
         }},
        {"D30",
         []<class C>(text<C>) {
             bytes_io b("x");
             const basic_text_io<C> t(b, {.encoding = "UTF8"});
             return t.encoding();
         }},
        {"D34",
         []<class C>(text<C>) {
             scripted_file r({"abc"});
             auto f = r.open("r", 0);
             basic_text_io<C> t(f, {.encoding = "ascii"});
             return list{t.readline(), t.read()};
         }},
        {"D36",
         []<class C>(text<C> u) {
             bytes_io b;
             basic_text_io<C> t(b);
             t.write(u("text"));
             t.rdbuf()->below()->sputn("bin", 3);
             t.flush();
             return b.getvalue();
         }},
        {"D37",
         []<class C>(text<C>) {
             bytes_io b("ab\ncd\nef\n");
             basic_text_io<C> t(b);
             return list{t.readlines(3), t.readlines(), t.readlines()};
         }},
        {"D39",
         [](text<wchar_t> u) {
             bytes_io b;
             sluice::wtext_io t(b);
             return list{t.write(u("\U0001F600\u00e9\n")), none([&] { t.flush(); }),
                         b.getvalue().size()};
         }},
        {"D40",
         []<class C>(text<C>) {
             return refused_by_compiler(
                 !std::is_constructible_v<basic_text_io<C>, sluice::wstring_io&>);
         }},
        {"D41",
         []<class C>(text<C>) {
             bytes_io b("a\r\nb");
             basic_text_io<C> t(b);
             t.read();
             const auto a = t.newlines();
             t.seek(0);
             return list{a, t.newlines()};
         }},
        {"D43",
         []<class C>(text<C>) {
             bytes_io b("abcdef");
             basic_text_io<C> t(b);
             return list{t.read(2), b.read(), b.tell()};
         }},
        {"D44",
         []<class C>(text<C> u) {
             bytes_io b;
             basic_text_io<C> t(b);
             t.write(u("abc"));
             return list{t.tell(), t.seek(1), t.write(u("Z")), t.seek(0), t.read()};
         }},
        {"D45",
         []<class C>(text<C> u) {
             scripted_file r;
             r.fail_writes();
             basic_text_io<C> t(r.open("w"));
             t.write(u("x"));
             return list{err([&] { t.close(); }), t.closed(), r.closed()};
         }},
        {"D46",
         []<class C>(text<C> u) {
             bytes_io b;
             basic_text_io<C> t(b, {.encoding = "ascii"});
             t.write(u("good"));
             const json e = err([&] { return t.write(u("x\u00e9")); });
             t.write(u("more"));
             t.flush();
             return list{e, b.getvalue()};
         }},
        {"D47",
         []<class C>(text<C>) {
             bytes_io b("\u00e9");
             basic_text_io<C> t(b);
             t.read(1);
             t.seek(0);
             return list{none([&] { t.reconfigure({.encoding = "latin-1"}); }), t.read()};
         }},
        {"E02",
         []<class C>(text<C>) {
             bytes_io b("ab\r\ncd");
             basic_text_io<C> t(b);
             return list{t.read(2), t.tell(), t.read(1), t.tell(), t.seek(2), t.read()};
         }},
        {"E05",
         []<class C>(text<C>) {
             bytes_io b("\xFF\xFE"
                        "a\0b\0"s);
             basic_text_io<C> t(b, {.encoding = "utf-16"});
             t.read(1);
             const auto p = t.tell();
             t.read();
             return list{p, t.seek(p), t.read()};
         }},
        {"E06",
         []<class C>(text<C>) {
             bytes_io b("\uFEFF"
                        "ab");
             basic_text_io<C> t(b, {.encoding = "utf-8-sig"});
             return list{t.tell(), t.read(1), t.tell(), t.read(), t.tell(), t.seek(0), t.read()};
         }},
        {"E07",
         [](text<wchar_t>) {
             bytes_io b("\x1B$BF|K\\\x1B(B");
             sluice::wtext_io t(b, {.encoding = "iso2022_jp"});
             return told_after_one(t);
         }},
        {"E08",
         []<class C>(text<C>) {
             bytes_io b("abc");
             basic_text_io<C> t(b);
             return list{t.seek(7), t.read(), t.tell()};
         }},
        {"E09",
         []<class C>(text<C>) {
             bytes_io b("\u00e9");
             basic_text_io<C> t(b);
             t.seek(1);
             return err([&] { return t.read(); }, 1);
         }},
        {"E10",
         []<class C>(text<C> u) {
             bytes_io b;
             basic_text_io<C> t(b);
             t.write(u("h\u00e9"));
             return list{t.tell(), b.getvalue()};
         }},
        {"E11",
         []<class C>(text<C>) {
             bytes_io b("line1\nline2\n");
             basic_text_io<C> t(b);
             return list{t.readline(), t.tell(), t.readline(), t.tell()};
         }},
        {"E12",
         []<class C>(text<C>) {
             bytes_io b("a\r\nb");
             basic_text_io<C> t(b, {.newline = newline::keep});
             return list{t.read(2), place(t.tell()), t.read(1), place(t.tell())};
         }},
        {"E13",
         []<class C>(text<C>) {
             scripted_file r({"ab\r", "\ncd"}, true);
             auto f = r.open("r");
             basic_text_io<C> t(f);
             t.read(2);
             return place(t.tell());
         }},
        {"E14",
         []<class C>(text<C>) {
             bytes_io b("ab\r");
             basic_text_io<C> t(b);
             t.rdbuf()->pubsetbuf(nullptr, 3);
             return list{t.read(2), place(t.tell())};
         }},
        {"E15",
         [](text<wchar_t>) {
             bytes_io b("\u20ac\u20ac");
             sluice::wtext_io t(b);
             t.rdbuf()->pubsetbuf(nullptr, 1);
             return list{t.read(1), t.tell(), t.read(1), t.tell()};
         }},
        {"E18",
         []<class C>(text<C>) {
             bytes_io b("a\r\nb");
             basic_text_io<C> t(b, {.newline = newline::keep});
             t.read(2);
             const auto p = t.tell();
             t.read();
             return list{t.seek(p) == p, t.read()};
         }},
    };
}

different_cases text_differences() {
    const json closed = failure(errc::closed);
    return {
        {"D06", "what is pending is passed on at 64 KiB, not at 8",
         []<class C>(text<C> u) {
             bytes_io b;
             basic_text_io<C> t(b, {.encoding = "ascii"});
             t.write(u(std::string(8191, 'x')));
             const auto a = b.getvalue().size();
             t.write(u("y"));
             return list{a, b.getvalue().size()};
         },
         list{0, 0}},
        {"D08", "detached text is closed, and answers as what is closed does",
         []<class C>(text<C>) {
             auto owned = std::make_unique<membuf>("x");
             const std::streambuf* const b = owned.get();
             basic_text_io<C> t(std::move(owned));
             const auto d = t.detach();
             return list{d.get() == b,
                         !dynamic_cast<membuf&>(*d).is_open(),
                         err([&] { return t.read(); }),
                         err([&] { static_cast<void>(t.detach()); }),
                         t.closed(),
                         err([&] { return t.encoding(); })};
         },
         list{true, false, closed, closed, true, closed}},
        {"D11", "a buffer that was only borrowed stays open",
         []<class C>(text<C>) {
             const bytes_io b;
             { const basic_text_io<C> t(*b.rdbuf()); }
             return b.closed();
         },
         false},
        {"D22", "truncate() cuts at the reader's place, not where the buffer below has read to",
         []<class C>(text<C>) {
             bytes_io b("abcdef");
             basic_text_io<C> t(b);
             t.read(4);
             return list{t.truncate(), b.getvalue()};
         },
         list{4, "abcd"}},
        {"D23", "tell() works between lines",
         []<class C>(text<C>) {
             bytes_io b("a\nb\n");
             basic_text_io<C> t(b);
             t.readline();
             const json e = err([&] { return t.tell(); });
             const auto r = t.readlines();
             return list{e, r, t.tell()};
         },
         list{list{"NO ERROR", 2}, std::vector{"b\n"s}, 4}},
        {"D35", "UTF-16 has its mark where the device cannot seek, too",
         []<class C>(text<C> u) {
             scripted_file r;
             auto f = r.open("w");
             basic_text_io<C> t(f, {.encoding = "utf-16"});
             t.write(u("a"));
             t.flush();
             return list{t.seekable(), err([&] { return t.tell(); }),
                         err([&] { return t.seek(0); }), r.data()};
         },
         list{false, failure(errc::not_seekable), failure(errc::not_seekable),
              "\xFF\xFE"
              "a\0"s}},
        {"E16", "where an encoding shifts, a place is counted from where decoding began",
         []<class C>(text<C>) {
             bytes_io b("+AGE-b");
             basic_text_io<C> t(b, {.encoding = "utf-7"});
             t.read(1);
             const auto p = t.tell();
             t.read();
             t.seek(p);
             return list{p > (std::streamoff(1) << 62), t.read()};
         },
         list{true, "b"}},
    };
}

}  // namespace python
