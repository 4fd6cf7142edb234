// StringIO: string_io, and wstring_io, whose characters are code points as Python's are.

#include <sluice/device/memory.hpp>

#include <conformance/python/python_case.hpp>

#include <type_traits>

namespace python {
namespace {

using sluice::basic_string_io;
using sluice::errc;
using sluice::newline;
constexpr auto cur = std::ios_base::cur;
constexpr auto end = std::ios_base::end;

constexpr std::string_view mixed = "a\nb\r\nc\rd";

// Opened with all that Python's newline= takes, and read to the end.
template <class C>
list lines_and_content(text<C> u, newline rule) {
    basic_string_io<C> s(u(mixed), rule);
    return list{s.readlines(), s.getvalue(), s.newlines()};
}

template <class Stream>
concept has_buffer = requires(Stream& stream) {
    stream.buffer();
};

}  // namespace

equal_cases string_cases() {
    return {
        {"B01",
         []<class C>(text<C> u) {
             basic_string_io<C> s(u("abc"));
             s.seek(5);
             s.write(u("x"));
             return value(s.getvalue());
         }},
        {"B02",
         []<class C>(text<C> u) {
             basic_string_io<C> s(u("abc"));
             return list{s.tell(), s.write(u("X")), s.getvalue()};
         }},
        {"B04",
         []<class C>(text<C> u) {
             basic_string_io<C> s(u("hello"));
             s.read();
             s.truncate(0);
             s.write(u("hi"));
             return value(s.getvalue());
         }},
        {"B06",
         [](text<wchar_t> u) {
             sluice::wstring_io s(u("\u00e9\U0001F600z"));
             return list{s.read(1), s.tell(), s.read(1), s.tell(), s.read(), s.tell()};
         }},
        {"B08",
         []<class C>(text<C> u) {
             basic_string_io<C> s(u(mixed));
             return list{s.readlines(), s.getvalue()};
         }},
        {"B09", []<class C>(text<C> u) { return lines_and_content(u, newline::universal); }},
        {"B10", []<class C>(text<C> u) { return lines_and_content(u, newline::keep); }},
        {"B11", []<class C>(text<C> u) { return lines_and_content(u, newline::lf); }},
        {"B12", []<class C>(text<C> u) { return lines_and_content(u, newline::cr); }},
        {"B13", []<class C>(text<C> u) { return lines_and_content(u, newline::crlf); }},
        {"B14",
         []<class C>(text<C> u) {
             basic_string_io<C> s(newline::crlf);
             return list{s.write(u("a\nb\n")), s.tell(), s.getvalue()};
         }},
        {"B15",
         []<class C>(text<C> u) {
             basic_string_io<C> s(newline::universal);
             return list{s.write(u("a\r\n")), s.tell(), s.getvalue()};
         }},
        {"B16",
         []<class C>(text<C> u) {
             basic_string_io<C> s(newline::universal);
             s.write(u("a\r"));
             s.write(u("\nb"));
             return value(s.getvalue());
         }},
        {"B18",
         []<class C>(text<C>) {
             using io = basic_string_io<C>;
             using other = const typename text<C>::other*;
             return list{
                 refused_by_compiler(!std::is_constructible_v<io, const C*, const C*>),
                 refused_by_compiler(!std::is_constructible_v<io, const C*, other>),
                 refused_by_compiler(!std::is_constructible_v<io, other>),
             };
         }},
        {"B19",
         []<class C>(text<C> u) {
             basic_string_io<C> s(u("abc\ndef"));
             return list{s.readline(2), s.readline(), s.readline(0), s.readline(), s.readline()};
         }},
        {"B20",
         []<class C>(text<C> u) {
             basic_string_io<C> s(u("ab\ncd\nef\n"));
             return list{s.readlines(4), s.read()};
         }},
        {"B23",
         [](text<wchar_t> u) {
             sluice::wstring_io s;
             return list{refused_by_compiler(!can_write<sluice::wstring_io, const char*>),
                         s.write(u("")), s.getvalue()};
         }},
        {"B24",
         []<class C>(text<C> u) {
             basic_string_io<C> s(u("abc"));
             s.close();
             return list{s.closed(), err([&] { return s.getvalue(); }),
                         err([&] { return s.write(u("x")); }), err([&] { return s.read(); }),
                         err([&] { return s.readline(); })};
         }},
        {"B25",
         []<class C>(text<C>) {
             basic_string_io<C> s;
             return list{s.getvalue(), s.read()};
         }},
        {"B26",
         []<class C>(text<C> u) {
             basic_string_io<C> s(u("abc"));
             return list{s.seek(10), s.read(), s.read(1), s.readline(), s.tell(), s.readlines()};
         }},
        {"B27",
         [](text<wchar_t>) {
             const sluice::wstring_io s(std::wstring(1, wchar_t(0xD800)));
             return value(s.getvalue());
         }},
        {"B28",
         []<class C>(text<C> u) {
             basic_string_io<C> s(u(std::string_view("a\0b", 3)));
             return list{s.read(), s.getvalue().size()};
         }},
        {"B29",
         []<class C>(text<C> u) {
             basic_string_io<C> s(u("x\u2028y\vz\u0085w\n"));
             return value(s.readlines());
         }},
        {"B30",
         []<class C>(text<C> u) {
             basic_string_io<C> s(u("a\nb"));
             return list{s.readline(), s.tell(), s.read()};
         }},
        {"B31",
         []<class C>(text<C>) {
             basic_string_io<C> s;
             s << "hi" << ' ' << 3 << std::endl;
             s << "x"
               << "-"
               << "y"
               << "|";
             return value(s.getvalue());
         }},
        {"B33",
         []<class C>(text<C> u) {
             basic_string_io<C> s(u("ab\ncd\nef\n"));
             return list{s.readlines(3), s.seek(0), s.readlines(4), s.seek(0),
                         s.readlines(0), s.seek(0), s.readlines(-1)};
         }},
        {"B34",
         []<class C>(text<C> u) {
             basic_string_io<C> s(newline::crlf);
             s.write(u("a\nb"));
             s.seek(1);
             return list{s.write(u("Z")), s.getvalue()};
         }},
        {"B37",
         []<class C>(text<C> u) {
             basic_string_io<C> s(u("x"));
             s.seek(0, end);
             s.write(u("y"));
             return list{s.getvalue(), s.read()};
         }},
        {"B39",
         []<class C>(text<C> u) {
             basic_string_io<C> s(u("abc"));
             s.writelines(std::vector{u("x"), u("y"), u("z")});
             return list{s.getvalue(), s.tell()};
         }},
    };
}

different_cases string_differences() {
    const json refused = failure(errc::bad_position);
    const json closed = failure(errc::closed);
    const std::string zeros(7, '\0');
    return {
        {"B03", "truncate() makes memory longer too, as it makes files",
         []<class C>(text<C> u) {
             basic_string_io<C> s(u("abcdef"));
             s.seek(2);
             return list{s.truncate(), s.getvalue(), s.tell(), s.truncate(9), s.getvalue()};
         },
         list{2, "ab", 2, 9, "ab" + zeros}},
        {"B05", "a position in memory is a number, so that any offset can be sought",
         []<class C>(text<C> u) {
             basic_string_io<C> s(u("abc"));
             return list{s.seek(0, cur),
                         s.seek(0, end),
                         err([&] { return s.seek(1, cur); }),
                         err([&] { return s.seek(-1, end); }),
                         err([&] { return s.seek(-1); }),
                         refused_by_compiler(!can_seek<basic_string_io<C>, int, int>)};
         },
         list{0, 3, list{"NO ERROR", 4}, list{"NO ERROR", 2}, refused, refused_by_compiler(true)}},
        {"B22", "every stream can hand out its buffer; memory has no encoding to name",
         []<class C>(text<C>) {
             basic_string_io<C> s;
             const json unknown = err([&] { return s.fileno(); });
             return list{unknown, s.detach() != nullptr, has_buffer<basic_string_io<C>>};
         },
         list{failure(errc::unsupported), true, false}},
        {"B32", "truncate() makes memory longer too, as it makes files",
         []<class C>(text<C> u) {
             basic_string_io<C> s(u("abc"));
             return list{s.truncate(10), s.getvalue(), err([&] { return s.truncate(-1); })};
         },
         list{10, "abc" + zeros, refused}},
        {"B38", "flush() of a closed stream fails on every device; memory has no encoding to name",
         []<class C>(text<C> u) {
             basic_string_io<C> s(u("a"));
             s.close();
             return list{err([&] { s.flush(); }), err([&] { return s.isatty(); }),
                         err([&] { return s.newlines(); })};
         },
         list{closed, closed, closed}},
    };
}

}  // namespace python
