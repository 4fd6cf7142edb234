// RawIOBase, BufferedReader, BufferedWriter and BufferedRandom: filebuf, over a device that is a
// script or a file.

#include <sluice/device/file.hpp>
#include <sluice/open.hpp>

#include <conformance/python/python_case.hpp>
#include <conformance/python/scripted_file.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <array>

namespace python {
namespace {

using sluice::errc;
constexpr auto cur = std::ios_base::cur;
constexpr auto end = std::ios_base::end;
constexpr std::nullopt_t not_yet = std::nullopt;

/// A file with some content, and a stream on it.
struct opened_file {
    opened_file(std::string_view content, std::string_view mode, int buffering = -1)
        : file(content), stream(sluice::open(file.path(), mode, {.buffering = buffering})) {}

    support::temporary_file file;
    sluice::stream stream;
};

/// A copy: the view ends with the next call.
std::string peeked(sluice::stream& f, std::size_t count) {
    return std::string(f.peek(count));
}

template <std::size_t Size>
list read_into(sluice::stream& f, std::array<char, Size>& target) {
    const auto count = f.readinto1(std::span(target));
    return list{count, std::string(target.begin(), target.end())};
}

}  // namespace

equal_cases buffered_cases() {
    return {
        {"G02",
         [] {
             scripted_file r({"abc", "d", "efg"});
             auto f = r.open("r");
             return list{f.read(), f.read(), f.read(1)};
         }},
        {"G05",
         [] {
             scripted_file r({"abcdef"}, true);
             auto f = r.open("r");
             return list{f.read1(0),       peeked(f, 1), peeked(f, 100), peeked(f, 0),
                         no_counterpart(), f.read(3),    peeked(f, 1),   f.tell()};
         }},
        {"G08",
         [] {
             scripted_file r({"abc", not_yet, "d", not_yet, not_yet});
             auto f = r.open("r");
             return list{f.read(5), f.read(), err([&] { return f.read(); }), f.read(1)};
         }},
        {"G09",
         [] {
             scripted_file r({not_yet});
             auto f = r.open("r");
             return list{err([&] { return f.read(1); }), f.readline()};
         }},
        {"G12",
         [] {
             scripted_file r({"abc", "de", "fgh", "jkl"});
             auto f = r.open("r", 10);
             std::array<char, 5> a{};
             const list x = read_into(f, a);
             const list y = read_into(f, a);
             return list{x, y, r.asked().size()};
         }},
        {"G15",
         [] {
             opened_file b("0123456789", "rb");
             auto& f = b.stream;
             f.read(2);
             return list{no_counterpart(), f.tell(),        f.seek(1, cur),
                         f.read(1),        f.seek(-1, end), f.read()};
         }},
        {"G16",
         [] {
             static int seeks = 0;
             const support::replaced_calls scope;
             support::replaced_calls::calls().lseek = [](int file, off_t offset, int whence) {
                 ++seeks;
                 return ::lseek(file, offset, whence);
             };
             const support::temporary_file file("0123456789");
             const support::descriptor descriptor(file.path(), O_RDONLY);
             auto f = sluice::open(descriptor.number(), "rb", {.closefd = false});
             f.read(2);
             seeks = 0;
             f.seek(5);
             return list{f.read(1), seeks};
         }},
        {"G18",
         [] {
             scripted_file r;
             auto w = r.open("w", 8);
             w.write("abc");
             const auto a = r.writes();
             w.write("defgh");
             const auto c = r.writes();
             w.write("i");
             const auto d = r.writes();
             w.flush();
             return list{a, c, d, r.writes()};
         }},
        {"G19",
         [] {
             scripted_file r;
             auto w = r.open("w", 8);
             const auto n = w.write("0123456789ABCDEF");
             const auto x = r.writes();
             w.flush();
             return list{n, x, r.writes()};
         }},
        {"G21",
         [] {
             scripted_file r;
             r.limit_writes(3);
             auto w = r.open("w", 8);
             w.write("abcdefgh");
             w.flush();
             return list{r.writes(), r.data()};
         }},
        {"G26",
         [] {
             scripted_file r;
             auto w = r.open("w");
             const auto* const raw = w.rdbuf();
             w.write("x");
             const auto d = w.detach();
             return list{d.get() == raw, r.data(), err([&] { return w.write("y"); }),
                         err([&] { w.flush(); })};
         }},
        {"G27",
         [] {
             scripted_file r;
             auto w = r.open("w");
             w.write("abc");
             w.close();
             return list{r.data(),
                         w.closed(),
                         r.closed(),
                         err([&] { return w.write("x"); }),
                         err([&] { w.flush(); }),
                         none([&] { w.close(); })};
         }},
        {"G28",
         [] {
             scripted_file r;
             r.fail_writes();
             auto w = r.open("w");
             w.write("abc");
             const json e = err([&] { w.close(); });
             return list{e, r.closed(), w.closed()};
         }},
        {"G29",
         [] {
             opened_file b("asdfghjkl", "r+b", 8);
             auto& f = b.stream;
             const auto a = f.read(2);
             f.write("XX");
             return list{a, f.tell(), f.read(), f.seek(0), f.read()};
         }},
        {"G30",
         [] {
             opened_file b("abcdefgh", "r+b", 100);
             auto& f = b.stream;
             f.read(2);
             f.write("12");
             f.flush();
             return list{b.file.content(), f.read(2), f.tell()};
         }},
        {"G31",
         [] {
             opened_file b("abcdefgh", "r+b", 100);
             auto& f = b.stream;
             f.write("12");
             return list{f.read(2), b.file.content(), peeked(f, 1).substr(0, 1)};
         }},
        {"G32",
         [] {
             opened_file b("abcdefgh", "r+b", 100);
             auto& f = b.stream;
             f.read(3);
             static_cast<void>(f.peek(1));
             f.write("Z");
             return list{f.tell(), f.seek(0), f.read()};
         }},
        {"G33",
         [] {
             opened_file b("a\nb\nc\n", "r+b");
             auto& f = b.stream;
             f.readline();
             f.write("XX");
             f.seek(0);
             return f.read();
         }},
        {"G34",
         [] {
             opened_file b("abcdefgh", "r+b");
             auto& f = b.stream;
             f.read(2);
             return list{f.truncate(), b.file.content(), f.tell()};
         }},
        {"G38",
         [] {
             opened_file b("ab\ncd\n", "rb");
             return list{b.stream.readlines(3), b.stream.tell()};
         }},
        {"G40",
         [] {
             opened_file b("abc", "rb");
             auto& f = b.stream;
             return list{refused_by_compiler(!can_seek<sluice::stream, int, int>),
                         err([&] { return f.seek(-1); }), f.seek(100), f.read()};
         }},
        {"G41",
         [] {
             scripted_file r({"ab", "cd", ""});
             auto f = r.open("r", 0);
             return list{f.read1(10), f.read(), f.read1(1)};
         }},
        {"G42",
         [] {
             const auto first = [](std::vector<scripted_file::chunk> chunks,
                                   std::streamsize count) {
                 scripted_file r(std::move(chunks));
                 auto f = r.open("r", 0);
                 const json answer = err([&] { return f.read(count); });
                 return answer.is_array() ? answer[1] : answer;
             };
             return list{first({not_yet}, 1), first({not_yet}, -1), first({"a", not_yet, "b"}, -1),
                         first({}, -1)};
         }},
        {"G45",
         [] {
             scripted_file r({}, true);
             r.block_writes();
             auto w = r.open("w", 8);
             w.write("abcdef");
             const json e = err([&] { return w.write("ghij"); });
             r.block_writes(false);
             w.flush();
             return list{e, r.data()};
         }},
        {"G46",
         [] {
             scripted_file r({"a", "b"});
             auto f = r.open("r", 4);
             const list read{f.read(0), f.readline(1)};
             const json both = read;
             return list{both[0], r.asked(), both[1], no_counterpart()};
         }},
        {"G47",
         [] {
             opened_file b("0123456789", "r+b", 4);
             auto& f = b.stream;
             f.seek(3);
             f.write("ab");
             f.seek(-1, cur);
             f.write("X");
             f.flush();
             return b.file.content();
         }},
    };
}

different_cases buffered_differences() {
    const json closed = failure(errc::closed);
    const json blocked = failure(errc::would_block);
    return {
        {"G01", "a block is as large as the buffer has room for",
         [] {
             scripted_file r({"abc", "d", "efg"});
             auto f = r.open("r");
             return list{f.read(6), r.asked().size()};
         },
         list{"abcdef", 3}},
        {"G03", "a read shorter than the buffer fills it",
         [] {
             scripted_file r({"abc", "d", "efg"});
             auto f = r.open("r");
             return list{f.read1(2),   f.read1(100), f.read1(100),
                         f.read1(100), f.read1(100), r.asked().size()};
         },
         list{"ab", "c", "d", "efg", "", 4}},
        {"G07", "peek(count) has as many as the buffer can hold, not what it happens to hold",
         [] {
             opened_file b("0123456789", "rb", 4);
             auto& f = b.stream;
             return list{peeked(f, 1), peeked(f, 9), f.read(3),
                         peeked(f, 2), f.read(2),    peeked(f, 1)};
         },
         list{"0123", "0123", "012", "3456", "34", "56"}},
        {"G10", "what would block is never an end",
         [] {
             std::array<char, 3> a{};
             scripted_file r({not_yet, not_yet, not_yet});
             auto f = r.open("r");
             return list{err([&] { return f.read1(5); }), err([&] { return f.peek(1); }),
                         err([&] { return f.readinto(std::span(a)); })};
         },
         list{blocked, blocked, blocked}},
        {"G17", "a buffer that is detached stands where the reader stood",
         [] {
             opened_file b("abc", "rb");
             auto& f = b.stream;
             const auto* const raw = f.rdbuf();
             f.read(1);
             const auto d = f.detach();
             return list{d.get() == raw, std::streamoff(d->pubseekoff(0, cur)),
                         err([&] { return f.read(); }),
                         err([&] { static_cast<void>(f.detach()); })};
         },
         list{true, 1, closed, closed}},
        {"G20", "a buffer is filled before it is written",
         [] {
             scripted_file r;
             auto w = r.open("w", 8);
             w.write("abc");
             w.write("0123456789");
             const auto x = r.writes();
             w.flush();
             return list{x, r.data()};
         },
         list{std::vector<std::string>{"abc01234"}, "abc0123456789"}},
        {"G22", "what is as long as the buffer goes to the device at once, and so may fail at once",
         [] {
             scripted_file r({}, true);
             r.block_writes();
             auto w = r.open("w", 8);
             const json a = err([&] { return w.write("abcdefgh"); });
             const std::streamoff characters_written = w.tell();
             const json e = err([&] { return w.write("ijkl"); });
             return list{a, e, characters_written};
         },
         list{blocked, list{"NO ERROR", 4}, 0}},
        {"G25", "every stream has peek(); bytes and text are both char",
         [] {
             opened_file b("", "wb");
             auto& w = b.stream;
             return list{err([&] { return w.read(); }), w.readable(), w.writable(),
                         err([&] { return w.peek(1); })};
         },
         list{failure(errc::not_readable), false, true, failure(errc::not_readable)}},
        {"G39", "readable() of a closed stream is false, not an error",
         [] {
             opened_file b("abc", "rb");
             auto& f = b.stream;
             f.close();
             return list{f.closed(),
                         err([&] { return f.read(); }),
                         err([&] { return f.peek(1); }),
                         err([&] { return f.seek(0); }),
                         err([&] { return f.tell(); }),
                         f.readable()};
         },
         list{true, closed, closed, closed, closed, false}},
        {"G44", "a write is whole, or an error: what the system cuts short is completed",
         [] {
             scripted_file r;
             r.limit_writes(2);
             auto f = r.open("w", 0);
             return list{f.write("abc"), r.data()};
         },
         list{3, "abc"}},
        {"G48", "a read shorter than the buffer fills it",
         [] {
             scripted_file r({"x", "x", "x", "x"});
             auto f = r.open("r", 4);
             f.read1(100);
             f.read1(2);
             f.read1();
             static_cast<void>(f.peek(1));
             return r.asked();
         },
         list{100, 4, 4, 4}},
    };
}

}  // namespace python
