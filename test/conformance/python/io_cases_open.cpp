// open(), FileIO, and what stands behind them: open(), wopen(), on files, pipes and devices.

#include <sluice/device/memory.hpp>
#include <sluice/open.hpp>

#include <conformance/python/python_case.hpp>
#include <support/limits.hpp>
#include <support/temporary.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <type_traits>
#include <vector>

namespace python {
namespace {

using sluice::errc;
using sluice::newline;
using sluice::open;
using support::content_of;
using support::temporary_file;
using support::write_file;
constexpr auto cur = std::ios_base::cur;
constexpr auto end = std::ios_base::end;

/// The P of the cases: a path at which there is nothing yet.
class new_path {
public:
    [[nodiscard]] std::filesystem::path operator()() const { return directory_ / "file"; }
    [[nodiscard]] std::string content() const { return content_of((*this)()); }

private:
    support::temporary_directory directory_;
};

void no_waiting(int descriptor) {
    ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
}

json opened(const std::filesystem::path& path, std::string_view mode,
            const sluice::open_options& options = {}) {
    return err([&] { static_cast<void>(open(path, mode, options)); });
}

const json refused_newline =
    refused_by_compiler(!std::is_assignable_v<std::optional<newline>&, const char*>);

int number_of(const std::filesystem::path& path, int flags) {
    return ::open(path.c_str(), flags | O_CLOEXEC, 0600);
}

}  // namespace

equal_cases open_cases() {
    return {
        {"H01",
         [] {
             const temporary_file p("abc");
             auto f = open(p.path(), "rb", {.buffering = 0});
             return list{no_counterpart(),
                         f.readable(),
                         f.writable(),
                         f.seekable(),
                         no_counterpart(),
                         f.isatty(),
                         f.read(2),
                         f.tell(),
                         f.read(),
                         f.read(),
                         err([&] { return f.write("x"); }),
                         static_cast<sluice::buf*>(f.rdbuf())->path() == p.path()};
         }},
        {"H03",
         [] {
             const new_path p;
             const auto first = open(p(), "xb", {.buffering = 0});
             const json e = opened(p(), "xb", {.buffering = 0});
             const auto other = open(p().native() + "2", "x+b", {.buffering = 0});
             return list{no_counterpart(), e, no_counterpart()};
         }},
        {"H04",
         [] {
             const new_path p;
             return list{opened(p(), "rb"),
                         opened(p(), "rw"),
                         opened(p(), "z"),
                         opened(p(), "+"),
                         opened(p(), "r++"),
                         err([] { static_cast<void>(open(-10, "rb")); }),
                         opened(p(), "wb", {.closefd = false})};
         }},
        {"H05",
         [] {
             const new_path p;
             auto f = open(p(), "wb", {.buffering = 0});
             return list{f.seek(5),
                         f.write("x"),
                         f.truncate(10),
                         f.tell(),
                         err([&] { return f.seek(-1); }),
                         err([&] { return f.truncate(-1); }),
                         none([&] { f.close(); }),
                         p.content()};
         }},
        {"H06",
         [] {
             const temporary_file p("0123456789");
             auto f = open(p.path(), "r+b", {.buffering = 0});
             f.seek(4);
             return list{f.truncate(), f.tell(), f.truncate(2), f.tell(), none([&] { f.close(); }),
                         p.content()};
         }},
        {"H07",
         [] {
             const temporary_file p("abc");
             auto f = open(p.path(), "ab");
             return list{f.tell(), f.seek(0), f.write("X"), none([&] { f.close(); }), p.content()};
         }},
        {"H08",
         [] {
             const temporary_file p("abc");
             auto f = open(p.path(), "a+b");
             return list{f.tell(),     f.read(),
                         f.seek(0),    f.read(1),
                         f.write("X"), none([&] { f.flush(); }),
                         f.tell(),     none([&] { f.close(); }),
                         p.content()};
         }},
        {"H09",
         [] {
             const temporary_file p("0123456789");
             auto f = open(p.path(), "r+b");
             return list{f.read(2), f.write("AB"), f.read(2), none([&] { f.close(); }),
                         p.content()};
         }},
        {"H11",
         [] {
             const temporary_file p;
             json result = json::array();
             for (const auto* const mode : {"", "rw", "rbt", "q", "rr", "+", "b", "rU", "U"}) {
                 result.push_back(opened(p.path(), mode));
             }
             return result;
         }},
        {"H12",
         [] {
             const new_path p;
             return list{opened(p(), "wb", {.encoding = "utf-8"}),
                         opened(p(), "wb", {.errors = sluice::encoding_errors::strict}),
                         opened(p(), "wb", {.newline = newline::lf}),
                         opened(p(), "w", {.buffering = 0}), refused_newline};
         }},
        {"H14", [] { return opened(new_path()(), "r"); }},
        {"H15", [] { return opened(new_path()().parent_path(), "r"); }},
        {"H19",
         []<class C>(text<C> u) {
             const new_path p;
             auto f = u.open(p(), "w+");
             f.write(u("abc"));
             return list{f.read(),         f.seek(0),        f.read(),
                         no_counterpart(), no_counterpart(), no_counterpart()};
         }},
        {"H21",
         []<class C>(text<C> u) {
             const new_path p;
             std::vector<bool> calls;
             auto f = u.open(p(), "w", {.opener = [&](const auto& path, int flags) {
                                 calls.push_back((flags & O_CLOEXEC) != 0);
                                 return ::open(path.c_str(), flags, 0600);
                             }});
             f.write(u("z"));
             f.close();
             const bool own =
                 std::filesystem::status(p()).permissions() ==
                 (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
             return list{std::vector<int>(calls.begin(), calls.end()) == std::vector<int>{1}
                             ? json::array({true})
                             : json(),
                         p.content(), own ? "0o600" : "another"};
         }},
        {"H22",
         [] {
             const temporary_file p;
             using opener = decltype(sluice::open_options::opener);
             const auto with = [&](opener call) {
                 return opened(p.path(), "r", {.opener = std::move(call)});
             };
             const auto text = [](const std::filesystem::path&, int) { return "x"; };
             return list{with([](const auto&, int) { return -1; }),
                         refused_by_compiler(!std::is_constructible_v<opener, decltype(text)>),
                         with([](const auto&, int) { return 1 << 20; })};
         }},
        {"H23",
         [] {
             const new_path p;
             const int fd = number_of(p(), O_RDWR | O_CREAT);
             auto f = open(fd, "wb", {.closefd = false});
             f.write("hi");
             f.close();
             std::array<char, 9> bytes{};
             const auto count = ::pread(fd, bytes.data(), bytes.size(), 0);
             ::close(fd);
             return list{std::string(bytes.data(), static_cast<std::size_t>(count)), f.closed(),
                         no_counterpart()};
         }},
        {"H25",
         [] {
             const auto [r, w] = support::new_pipe();
             auto f = open(r, "rb");
             auto g = open(w, "wb");
             const list x{
                 f.seekable(),   err([&] { return f.tell(); }), err([&] { return f.seek(0); }),
                 g.write("abc"), none([&] { g.flush(); }),      f.read1(10)};
             g.close();
             return list{x, f.read(), none([&] { f.close(); })};
         }},
        {"H26",
         [] {
             const auto [r, w] = support::new_pipe();
             no_waiting(r);
             auto f = open(r, "rb", {.buffering = 0});
             const list a{err([&] { return f.read(1); }), err([&] { return f.read(); }),
                          err([&] { return f.read(-1); })};
             ::close(w);
             return list{a, f.read(1), none([&] { f.close(); })};
         }},
        {"H27",
         [] {
             const auto [r, w] = support::new_pipe();
             no_waiting(w);
             auto f = open(w, "wb", {.buffering = 0});
             const std::string block(65536, 'x');
             std::size_t n = 0;
             json k;
             for (k = err([&] { return f.write(block); }); k.is_array();
                  k = err([&] { return f.write(block); })) {
                 n += block.size();
             }
             static_cast<void>(err([&] { f.close(); }));
             ::close(r);
             return list{n > 0, k};
         }},
        {"H28",
         []<class C>(text<C> u) {
             const auto [r, w] = support::new_pipe();
             auto f = u.open(w, "a");
             list t{f.seekable(), no_counterpart()};
             f.close();
             ::close(r);
             return t;
         }},
        {"H31",
         [] {
             const temporary_file p("abc");
             auto f = open(p.path(), "rb");
             const int flags = ::fcntl(f.fileno(), F_GETFD);
             return list{f.fileno() > 2, (flags & FD_CLOEXEC) == 0};
         }},
        {"H32",
         [] {
             const new_path p;
             auto f = open(p(), "wb");
             f.seek(5);
             f.write("x");
             f.close();
             return p.content();
         }},
        {"H33",
         []<class C>(text<C> u) {
             const temporary_file p("a\r\nb\rc\n");
             return list{
                 u.open(p.path(), "r", {.encoding = "ascii"}).read(),
                 u.open(p.path(), "r", {.encoding = "ascii", .newline = newline::keep}).read(),
                 open(p.path(), "rb").read()};
         }},
        {"H34",
         []<class C>(text<C> u) {
             const new_path p;
             auto f = u.open(p(), "w", {.encoding = "ascii", .newline = newline::crlf});
             f.write(u("a\nb\n"));
             f.close();
             return p.content();
         }},
        {"H36",
         []<class C>(text<C> u) {
             const temporary_file p("this is a line");
             auto f = u.open(p.path(), "r+", {.encoding = "ascii"});
             f.write(u("***"));
             f.read();
             f.close();
             return p.content();
         }},
        {"H39",
         [] {
             return err([] {
                 auto f = open("/dev/full", "wb");
                 f.write("x");
                 f.flush();
             });
         }},
        {"H40",
         [] {
             auto f = open("/dev/full", "wb");
             f.write("x");
             const json e = err([&] { f.close(); });
             return list{e, f.closed(), no_counterpart()};
         }},
        {"H41",
         [] {
             const temporary_file p("abc");
             return list{open(p.path().c_str(), "rb").read(), no_counterpart()};
         }},
        {"H42",
         []<class C>(text<C> u) {
             const temporary_file p("a");
             u.open(p.path(), "w").close();
             return p.content();
         }},
        {"H43",
         []<class C>(text<C> u) {
             const temporary_file p("\xE9");
             return list{err([&] { return u.open(p.path(), "r", {.encoding = "ascii"}).read(); }),
                         u.open(p.path(), "r", {.encoding = "latin-1"}).read()};
         }},
        {"H44",
         [] {
             const new_path p;
             auto f = open(p(), "wb");
             f.truncate(3);
             f.close();
             return p.content();
         }},
        {"H45",
         [] {
             const temporary_file p("abc");
             auto f = open(p.path(), "rb");
             return list{err([&] { return f.truncate(0); }), err([&] { return f.write("x"); }),
                         err([&] { f.writelines(std::vector<std::string>{"x"}); })};
         }},
        {"H46",
         []<class C>(text<C> u) {
             const new_path p;
             auto f = u.open(p(), "w", {.encoding = "ascii"});
             return list{err([&] { return f.read(); }), err([&] { return f.readline(); }),
                         f.readable()};
         }},
        {"H47",
         []<class C>(text<C> u) {
             const temporary_file p("abc");
             auto f = u.open(p.path(), "r", {.encoding = "ascii"});
             return list{err([&] { return f.write(u("x")); }), f.writable()};
         }},
        {"H48",
         []<class C>(text<C> u) {
             const temporary_file p(std::string(100000, 'x'));
             auto f = open(p.path(), "rb");
             f.read(1);
             auto g = u.open(p.path(), "r", {.encoding = "ascii"});
             g.read(1);
             return list{no_counterpart(), no_counterpart(), f.tell(), g.tell()};
         }},
        {"H49",
         [] {
             const new_path p;
             auto f = open(p(), "w+b");
             f.write("abc");
             f.seek(0);
             std::string a(5, '\0');
             return list{f.readinto(std::span(a)), a, f.readinto1(std::span(a)), f.truncate(1),
                         f.seek(0, end)};
         }},
        {"H50",
         [] {
             const temporary_file p("abc");
             auto f = open(p.path(), "rb");
             auto g = open(f.fileno(), "rb", {.closefd = false});
             return list{f.read(1), g.read(), f.read(), f.tell(), g.tell()};
         }},
        {"H52",
         []<class C>(text<C> u) {
             const temporary_file p("abc\n");
             auto f = u.open(p.path(), "a");
             return list{f.tell(), f.write(u("z")), f.tell()};
         }},
    };
}

different_cases open_differences() {
    const json refused = failure(errc::bad_position);
    const json closed = failure(errc::closed);
    const json not_readable = failure(errc::not_readable);
    const json blocked = failure(errc::would_block);
    const json bad_mode = failure(errc::bad_mode);
    return {
        {"H20", "a buffer is filled before it is written",
         [] {
             const new_path p;
             auto f = open(p(), "wb", {.buffering = 4});
             f.write("abc");
             const auto a = p.content();
             f.write("de");
             const auto b = p.content();
             f.flush();
             return list{a, b, p.content()};
         },
         list{"", "abcd", "abcde"}},
        {"H29", "readable() of a closed stream is false, not an error",
         [] {
             const temporary_file p("abc");
             auto f = open(p.path(), "rb", {.buffering = 0});
             f.close();
             return list{err([&] { return f.read(); }),  err([&] { return f.fileno(); }),
                         err([&] { return f.seek(0); }), f.readable(),
                         none([&] { f.close(); }),       f.closed()};
         },
         list{closed, closed, closed, false, json(), true}},
        {"H30", "reading what is open for writing has one error, also to the end",
         [] {
             const new_path p;
             auto f = open(p(), "wb", {.buffering = 0});
             std::array<char, 1> a{};
             return list{err([&] { return f.read(1); }),
                         err([&] { return f.readinto(std::span(a)); }),
                         err([&] { return f.read(); })};
         },
         list{not_readable, not_readable, not_readable}},
        {"H35", "a read after a write reads where the write ended, and moves nothing",
         []<class C>(text<C> u) {
             const temporary_file p(std::string(100000, 'x'));
             auto f = u.open(p.path(), "r+", {.encoding = "ascii"});
             f.write(u("yyyyy"));
             f.read(5);
             f.flush();
             const std::string x = p.content();
             return list{x.substr(0, 5), x.find("yyyyy"), x.size()};
         },
         list{"yyyyy", 0, 100000}},
        {"H37", "a read after a write reads where the write ended, and moves nothing",
         []<class C>(text<C> u) {
             const temporary_file p("this is a line");
             auto f = u.open(p.path(), "r+", {.encoding = "ascii"});
             f.write(u("***"));
             f.read(1);
             f.close();
             return p.content();
         },
         "***s is a line"},
        {"H38", "a write after a read lands where the reader stood",
         []<class C>(text<C> u) {
             const temporary_file p("hello\n");
             auto f = u.open(p.path(), "r+", {.encoding = "ascii"});
             f.read(4);
             f.write(u(" "));
             f.close();
             return p.content();
         },
         "hell \n"},
        {"H51", "a seek before the start fails on every device, memory included",
         [] {
             const temporary_file p("abc");
             auto f = open(p.path(), "rb");
             return list{err([&] { return f.seek(-1); }), err([&] { return f.seek(-9, end); }),
                         err([&] { return f.seek(-9, cur); }),
                         err([] { return sluice::bytes_io("abc").seek(-9, end); })};
         },
         list{refused, refused, refused, refused}},
        {"H53", "arguments are checked first: a wrong one empties no file",
         []<class C>(text<C> u) {
             const temporary_file p;
             const auto precious = [&](std::string_view mode, const sluice::open_options& options) {
                 write_file(p.path(), "precious");
                 const json e = err([&] { static_cast<void>(u.open(p.path(), mode, options)); });
                 return list{e, p.content()};
             };
             return list{precious("w", {.encoding = "nope"}), refused_newline,
                         precious("w", {.buffering = 0}), precious("wb", {.encoding = "utf-8"})};
         },
         list{list{bad_mode, "precious"}, refused_by_compiler(true), list{bad_mode, "precious"},
              list{bad_mode, "precious"}}},
        {"H54", "what would block is never an end, and has one error",
         []<class C>(text<C> u) {
             const auto [r, w] = support::new_pipe();
             no_waiting(r);
             auto t = u.open(r, "r");
             list x{err([&] { return t.read(); }), err([&] { return t.read(1); }),
                    err([&] { return t.readline(); })};
             ::close(w);
             return x;
         },
         list{blocked, blocked, blocked}},
    };
}

std::vector<absent_case> absent_cases() {
    return {
        {"A31", "TypeError: what is no string does not compile, and a string is bytes in C++"},
        {"A32", "TypeError: a string is bytes in C++"},
        {"A44", "with: a scope and its destructor are the language's"},
        {"A55", "keyword arguments: the compiler knows the names"},
        {"B36", "TypeError: a range has elements of one type"},
        {"C21", "IncrementalNewlineDecoder: textbuf's own, with no class of its own"},
        {"C23", "IncrementalNewlineDecoder: textbuf's own, with no class of its own"},
        {"D32", "_CHUNK_SIZE: private in Python"},
        {"E17", "a position is a std::fpos, whose layout is no part of the contract"},
        {"F08", "namereplace: no such handler; it needs the names of all characters"},
        {"F15", "surrogatepass: no such handler; surrogateescape keeps what is no character"},
        {"F16", "namereplace: no such handler; it needs the names of all characters"},
        {"F21", "surrogatepass: no such handler; surrogateescape keeps what is no character"},
        {"G14", "a constructor with a size: setbuf() sets it; the mode is the device's"},
        {"H02", "mode: a stream tells readable() and writable(), and keeps no text of its mode"},
        {"H10", "the class of what open() returns: one class for all"},
        {"M08", "zipfile: there are no archives"},
        {"M09", "zipfile: there are no archives"},
        {"N01", "the classes of exceptions: one class, and an error code"},
        {"N02", "BlockingIOError: an error has a code; how much was written is what tell() says"},
        {"N03", "IOBase: a buffer without a device does not exist"},
        {"N05", "RawIOBase: a buffer without a device does not exist"},
        {"N06", "TextIOBase: a buffer without a device does not exist"},
        {"N07", "BufferedIOBase: a buffer without a device does not exist"},
        {"N08", "isinstance: one class for raw, buffered and text"},
    };
}

}  // namespace python
