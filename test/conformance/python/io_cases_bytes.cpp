// BytesIO: bytes_io.

#include <sluice/device/memory.hpp>

#include <conformance/python/python_case.hpp>

#include <array>
#include <limits>
#include <optional>
#include <utility>

namespace python {
namespace {

using sluice::bytes_io;
using sluice::errc;
constexpr auto cur = std::ios_base::cur;
constexpr auto end = std::ios_base::end;
constexpr auto largest = std::numeric_limits<std::streamoff>::max();

std::string bytes_of(std::span<const char> bytes) {
    return {bytes.begin(), bytes.end()};
}

// hasattr() of the members that Python's class lacks.
template <class Stream>
concept has_peek = requires(Stream& stream) {
    stream.peek(1);
};
template <class Stream>
concept has_name = requires(Stream& stream) {
    stream.name();
};
template <class Stream>
concept has_mode = requires(Stream& stream) {
    stream.mode();
};

// Of the absent A31.
static_assert(!can_write<bytes_io, int> && !can_write<bytes_io, std::nullopt_t>);

}  // namespace

equal_cases bytes_cases() {
    return {
        {"A01",
         [] {
             bytes_io b("abc");
             b.seek(5);
             b.write("x");
             return b.getvalue();
         }},
        {"A02",
         [] {
             bytes_io b("abc");
             b.seek(5);
             return b.getvalue();
         }},
        {"A03",
         [] {
             bytes_io b("abc");
             b.seek(5);
             return list{b.write(""), b.getvalue(), b.tell()};
         }},
        {"A04",
         [] {
             bytes_io b("abc");
             b.seek(5);
             return list{b.read(), b.read(1), b.readline(), b.tell()};
         }},
        {"A05",
         [] {
             bytes_io b("hello world");
             b.write("HELLO");
             return list{b.getvalue(), b.tell()};
         }},
        {"A06",
         [] {
             bytes_io b("abc");
             return list{b.tell(), b.write("X"), b.getvalue(), b.read()};
         }},
        {"A07",
         [] {
             bytes_io b("0123456789");
             b.seek(6);
             return list{b.truncate(), b.getvalue(), b.tell()};
         }},
        {"A08",
         [] {
             bytes_io b("0123456789");
             b.seek(6);
             return list{b.truncate(4), b.getvalue(), b.tell()};
         }},
        {"A09",
         [] {
             bytes_io b("0123456789");
             b.seek(6);
             b.truncate(4);
             return list{b.write("Z"), b.getvalue()};
         }},
        {"A13",
         [] {
             bytes_io b("abc");
             b.read();
             b.truncate(0);
             b.write("xy");
             return b.getvalue();
         }},
        {"A16",
         [] {
             bytes_io b("abc");
             return list{b.seek(largest), b.read(), b.tell(), err([&] { return b.seek(1, cur); })};
         }},
        {"A18",
         [] {
             bytes_io b("0123456789");
             return list{b.read(0), b.read(1), b.read(4), b.read(900),
                         b.read(),  b.read(5), b.tell()};
         }},
        {"A19",
         [] {
             bytes_io b("0123456789");
             return list{b.read(-1), b.seek(0), b.read(), b.seek(0), b.read(-7)};
         }},
        {"A20",
         [] {
             bytes_io b("0123456789");
             return list{b.read1(3), b.read1(), b.read1(-1)};
         }},
        {"A21",
         [] {
             bytes_io b("0123456789");
             std::array a{'h', 'e', 'l', 'l', 'o'};
             const list first{b.readinto(std::span(a)), bytes_of(a)};
             const list second{b.readinto(std::span(a)), bytes_of(a)};
             const list third{b.readinto(std::span(a)), bytes_of(a)};
             return list{first, second, third};
         }},
        {"A22",
         [] {
             bytes_io b("0123");
             std::string a("hello world");
             return list{b.readinto(std::span(a)), a};
         }},
        {"A24",
         [] {
             bytes_io b("abc\ndef\nghi");
             return list{b.readline(),   b.readline(2),  b.readline(0),
                         b.readline(-1), b.readline(99), b.readline()};
         }},
        {"A25",
         [] {
             bytes_io b("a\r\nb\rc\n");
             return b.readlines();
         }},
        {"A33",
         [] {
             bytes_io b;
             return list{b.getvalue(), b.read()};
         }},
        {"A35",
         [] {
             bytes_io b("1234567890");
             auto v = b.getbuffer();
             v[3] = std::byte('a');
             v[4] = std::byte('b');
             v[5] = std::byte('c');
             return list{b.getvalue(), b.read(5), b.seek(0, end)};
         }},
        {"A36",
         [] {
             bytes_io b("abc");
             b.seek(2);
             const auto v = b.getbuffer();
             constexpr bool readonly = std::is_const_v<std::remove_reference_t<decltype(v[0])>>;
             return list{v.span(), readonly, v.size(), b.tell()};
         }},
        {"A37",
         [] {
             bytes_io b;
             auto v = b.getbuffer();
             auto w = b.getbuffer();
             v.release();
             const json e = err([&] { return b.write("x"); });
             w.release();
             return list{e, b.write("x")};
         }},
        {"A39",
         [] {
             bytes_io b("abc");
             const std::string g = b.getvalue();
             b.write("XYZW");
             return list{g, b.getvalue()};
         }},
        {"A40",
         [] {
             std::vector<char> src{'a', 'b', 'c'};
             bytes_io b(src);
             src[0] = 'X';
             return b.getvalue();
         }},
        {"A42",
         [] {
             bytes_io b("x");
             return list{b.readable(), b.writable(), b.seekable(),
                         b.isatty(),   b.closed(),   none([&] { b.flush(); })};
         }},
        {"A45",
         [] {
             bytes_io b("abc");
             b.read(2);
             b = bytes_io("xyzw");
             return list{b.tell(), b.getvalue()};
         }},
        {"A46",
         [] {
             std::string all;
             for (int i = 0; i < 256; ++i) {
                 all += static_cast<char>(i);
             }
             bytes_io b;
             const auto n = b.write(all);
             return list{n, b.getvalue() == all};
         }},
        {"A47",
         [] {
             bytes_io b("abc");
             b.seek(1);
             b.write("Z");
             return list{b.read(), b.getvalue()};
         }},
        {"A48",
         [] {
             const std::array numbers{1, 2};
             bytes_io b;
             const auto n = b.write(std::as_bytes(std::span(numbers)));
             return list{n, b.getvalue()};
         }},
        {"A49",
         [] {
             bytes_io b("a\nb\n");
             return list{no_counterpart(), b.readline(), b.tell(), b.read()};
         }},
        {"A51",
         [] {
             bytes_io b("no newline at end");
             return list{b.readline(), b.readline()};
         }},
        {"A56",
         [] {
             bytes_io b("abc");
             const std::array<std::string_view, 3> items{"x", "x", "x"};
             return list{b.seek(3), none([&] { b.writelines(items); }), b.getvalue(), b.tell()};
         }},
        {"A58",
         [] {
             bytes_io b;
             b.seek(largest);
             return err([&] { return b.write("x"); });
         }},
        {"A59",
         [] {
             bytes_io b("a");
             b.close();
             b = bytes_io("q");
             return list{b.getvalue(), b.closed()};
         }},
    };
}

different_cases bytes_differences() {
    const json refused = failure(errc::bad_position);
    const json closed = failure(errc::closed);
    const json pinned = failure(errc::pinned);
    const auto grown = [](std::string_view text, std::size_t size) {
        std::string result(text);
        result.resize(size);
        return result;
    };
    return {
        {"A10", "truncate() makes memory longer too, as it makes files",
         [] {
             bytes_io b("abc");
             return list{b.truncate(10), b.getvalue(), b.tell()};
         },
         list{10, grown("abc", 10), 0}},
        {"A11", "truncate() makes memory longer too, as it makes files",
         [] {
             bytes_io b("abc");
             b.seek(10);
             return list{b.truncate(), b.getvalue(), b.tell()};
         },
         list{10, grown("abc", 10), 10}},
        {"A14", "a seek before the start fails on every device, and moves nowhere",
         [] {
             bytes_io b("0123456789");
             const auto seek = [&](std::streamoff offset, std::ios_base::seekdir whence) {
                 const json answer = err([&] { return b.seek(offset, whence); });
                 return answer.is_array() ? answer[1] : answer;
             };
             return list{seek(-1, cur), seek(3, cur), seek(-4, cur), seek(-1, end),
                         seek(1, cur),  seek(1, end), seek(-99, end)};
         },
         list{refused, 3, refused, 9, 10, 11, refused}},
        {"A15", "a floating-point number becomes an offset, as it does everywhere in C++",
         [] {
             bytes_io b("abc");
             return list{err([&] { return b.seek(-1); }),
                         refused_by_compiler(!can_seek<bytes_io, int, int>),
                         refused_by_compiler(!can_seek<bytes_io, int, int>),
                         err([&] { return b.seek(0.0); })};
         },
         list{refused, refused_by_compiler(true), refused_by_compiler(true), list{"NO ERROR", 0}}},
        {"A28", "readlines(hint) has one rule, that of all other classes: it stops beyond the hint",
         [] {
             bytes_io b("ab\ncd\nef\n");
             return list{b.readlines(3), b.seek(0), b.readlines(4)};
         },
         list{list{"ab\n", "cd\n"}, 0, list{"ab\n", "cd\n"}}},
        {"A34", "what is pinned can be written in place",
         [] {
             bytes_io b("1234567890");
             auto v = b.getbuffer();
             const list r{err([&] { return b.write("x"); }), err([&] { return b.truncate(); }),
                          err([&] { b.close(); }), b.closed()};
             v.release();
             return list{r, b.write("x"), b.getvalue()};
         },
         list{list{list{"NO ERROR", 1}, pinned, pinned, false}, 1, "xx34567890"}},
        {"A41", "readable(), writable() and seekable() of a closed stream are false, not errors",
         [] {
             bytes_io b("abc");
             b.close();
             b.close();
             const auto calls = list{
                 list{"read", err([&] { return b.read(); })},
                 list{"write", err([&] { return b.write(""); })},
                 list{"seek", err([&] { return b.seek(0); })},
                 list{"tell", err([&] { return b.tell(); })},
                 list{"truncate", err([&] { return b.truncate(); })},
                 list{"getvalue", err([&] { return b.getvalue(); })},
                 list{"getbuffer", err([&] { return b.getbuffer().span(); })},
                 list{"flush", err([&] { b.flush(); })},
                 list{"readable", err([&] { return b.readable(); })},
                 list{"writable", err([&] { return b.writable(); })},
                 list{"seekable", err([&] { return b.seekable(); })},
                 list{"isatty", err([&] { return b.isatty(); })},
                 list{"readline", err([&] { return b.readline(); })},
                 list{"readlines", err([&] { return b.readlines(); })},
                 list{"writelines", err([&] { b.writelines(std::vector<std::string>()); })},
             };
             return list{b.closed(), calls};
         },
         [&] {
             const json no = list{"NO ERROR", false};
             return list{
                 true, list{list{"read", closed}, list{"write", closed}, list{"seek", closed},
                            list{"tell", closed}, list{"truncate", closed},
                            list{"getvalue", closed}, list{"getbuffer", closed},
                            list{"flush", closed}, list{"readable", no}, list{"writable", no},
                            list{"seekable", no}, list{"isatty", closed}, list{"readline", closed},
                            list{"readlines", closed}, list{"writelines", closed}}};
         }()},
        {"A43", "every stream can hand out its buffer",
         [] {
             bytes_io b;
             return list{err([&] { return b.fileno(); }), b.detach() != nullptr};
         },
         list{failure(errc::unsupported), true}},
        {"A50", "every stream has peek()",
         [] {
             return list{has_peek<bytes_io>, has_name<bytes_io>, has_mode<bytes_io>};
         },
         list{true, false, false}},
        {"A54", "what is pinned can be written in place, also with its own bytes",
         [] {
             bytes_io b("abc");
             return list{err([&] { return b.write(b.getbuffer()); }), b.getvalue()};
         },
         list{list{"NO ERROR", 3}, "abc"}},
        {"A57", "what is pinned can be written in place, and a part of its span pins nothing",
         [] {
             bytes_io b("abc");
             json e;
             {
                 const auto pin = b.getbuffer();
                 const auto v = pin.span().subspan(1, 1);
                 e = list{err([&] { return b.write("x"); }), v};
             }
             return list{e, b.write("x")};
         },
         list{list{list{"NO ERROR", 1}, "b"}, 1}},
    };
}

}  // namespace python
