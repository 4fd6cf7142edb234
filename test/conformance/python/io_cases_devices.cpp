// What stands behind a stream in place of a file: SpooledTemporaryFile and the temporary files,
// BufferedRWPair, redirect_stdout and mmap.

#include <sluice/device/mapped.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/spooled.hpp>
#include <sluice/device/temporary.hpp>
#include <sluice/filter/pair.hpp>
#include <sluice/filter/redirect.hpp>

#include <conformance/python/python_case.hpp>
#include <support/temporary.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <type_traits>
#include <utility>

namespace python {
namespace {

using sluice::errc;
using sluice::map_access;
using sluice::mapped_file;
using sluice::newline;
using sluice::spooled_file;
using support::content_of;
constexpr auto end = std::ios_base::end;

/// A SpooledTemporaryFile of text, which asks after each write how many bytes there are.
template <class C>
struct spooled_text {
    explicit spooled_text(std::size_t max_size, sluice::text_options options = {})
        : file(max_size), text(file, at_once(std::move(options))) {}

    static sluice::text_options at_once(sluice::text_options options) {
        options.write_through = true;
        return options;
    }

    spooled_file file;
    sluice::basic_text_io<C> text;
};

template <class Stream>
concept has_getvalue = requires(Stream& stream) {
    stream.getvalue();
};
template <class Stream>
concept has_getbuffer = requires(Stream& stream) {
    stream.getbuffer();
};

/// Content in RAM that tells when it is closed, as what owns it ends it then.
class watched_membuf : public sluice::membuf {
public:
    explicit watched_membuf(bool& closed) : closed_(closed) {}

private:
    std::error_code do_close() noexcept override {
        closed_ = true;
        return sluice::membuf::do_close();
    }

    bool& closed_;
};

/// Python's sys.stdout and sys.stderr, and print().
template <class C>
std::basic_ostream<C>& standard_output() {
    if constexpr (std::is_same_v<C, char>) {
        return std::cout;
    } else {
        return std::wcout;
    }
}
template <class C>
std::basic_ostream<C>& standard_error() {
    if constexpr (std::is_same_v<C, char>) {
        return std::cerr;
    } else {
        return std::wcerr;
    }
}
template <class C>
void print(const std::basic_string<C>& line, std::basic_ostream<C>& to = standard_output<C>()) {
    to << line << C('\n');
}

/// The oct(mode) of a file's permissions.
std::string permissions_of(const std::filesystem::path& path) {
    std::ostringstream text;
    text << "0o" << std::oct << static_cast<unsigned>(std::filesystem::status(path).permissions());
    return text.str();
}

/// An anonymous mapping, which is one of a file that holds zeros.
struct mapped_zeros {
    explicit mapped_zeros(std::size_t size)
        : file(std::string(size, '\0')), stream(file.path(), map_access::shared) {}

    support::temporary_file file;
    mapped_file stream;
};

/// An index as Python tells it.
std::ptrdiff_t index_of(std::size_t found) {
    return found == std::string_view::npos ? -1 : static_cast<std::ptrdiff_t>(found);
}

equal_cases spooled_cases() {
    return {
        {"J01",
         [] {
             spooled_file s(4);
             s.write("abcd");
             const bool a = s.rolled();
             s.write("e");
             return list{a, s.rolled(), s.tell(), s.seek(0), s.read()};
         }},
        {"J03",
         [] {
             spooled_file s(10);
             s.write("0123456789ABC");
             return list{s.rolled(), s.tell()};
         }},
        {"J04",
         [] {
             spooled_file s(100);
             s.write("abc");
             return list{s.rolled(), s.fileno() > 2, s.rolled(), s.tell()};
         }},
        {"J06",
         [] {
             spooled_file s(10);
             return list{s.truncate(5), s.rolled(), s.truncate(11), s.rolled(), s.seek(0, end)};
         }},
        {"J08",
         [] {
             spooled_file s(100);
             s.write("abcdefg");
             s.seek(2);
             s.rollover();
             return list{s.tell(), s.read(), none([&] { s.rollover(); })};
         }},
        {"J09",
         []<class C>(text<C> u) {
             spooled_text<C> s(10);
             return list{s.text.write(u("abc\r\n")), s.text.seek(0), s.text.read(),
                         s.file.rolled()};
         }},
        {"J10",
         []<class C>(text<C> u) {
             spooled_text<C> s(10, {.newline = newline::keep});
             s.text.write(u("a\r\nb\n"));
             s.text.seek(0);
             const auto r = s.text.readlines();
             s.file.rollover();
             s.text.seek(0);
             return list{r, s.text.readlines()};
         }},
        {"J11",
         []<class C>(text<C> u) {
             spooled_text<C> s(8);
             s.text.write(u("\u20ac\u20ac"));
             const bool a = s.file.rolled();
             s.text.write(u("\u20ac"));
             return list{a, s.file.rolled()};
         }},
        {"J13",
         [] {
             spooled_file s(10);
             s.close();
             return list{s.closed(), err([&] { return s.write("x"); }), no_counterpart()};
         }},
        {"J14",
         []<class C>(text<C> u) {
             using other = std::basic_string<typename text<C>::other>;
             spooled_text<C> s(10);
             s.text.write(u("x"));
             return list{s.text.encoding(), s.text.errors(), s.text.newlines(),
                         refused_by_compiler(!can_write<sluice::basic_text_io<C>, other>)};
         }},
        {"J20",
         [] {
             spooled_file s(5);
             s.write("0123456789");
             s.seek(0);
             s.truncate(0);
             return list{s.rolled(), s.write("ab"), s.seek(0), s.read()};
         }},
        {"J21",
         [] {
             spooled_file s(50);
             s.write("0123");
             s.seek(0);
             std::array<char, 2> a{};
             return list{s.readinto(std::span(a)),
                         s.read1(1),
                         has_getvalue<spooled_file>,
                         has_getbuffer<spooled_file>,
                         s.readable(),
                         s.writable(),
                         s.seekable(),
                         s.isatty(),
                         no_counterpart()};
         }},
        {"J22",
         []<class C>(text<C> u) {
             spooled_file s(50);
             sluice::basic_text_io<C> t(s, {.encoding = "utf-8"});
             t.write(u("h\u00e9"));
             t.flush();
             t.seek(0);
             return list{t.read(), s.tell(), s.rolled()};
         }},
        {"J23",
         [] {
             spooled_file s(5);
             s.write("abc");
             s.seek(0);
             return list{s.write("0123456"), s.rolled(), s.seek(0), s.read()};
         }},
        {"J30",
         [] {
             spooled_file s(0);
             return list{s.truncate(0), s.rolled(), s.truncate(1), s.rolled()};
         }},
    };
}

equal_cases temporary_cases() {
    return {
        {"J16",
         [] {
             sluice::temporary_file f;
             f.write("x");
             return list{no_counterpart(), no_counterpart(), no_counterpart(), f.seek(0), f.read()};
         }},
        {"J17",
         [] {
             sluice::named_temporary_file f;
             const auto n = f.path();
             f.write("hi");
             f.flush();
             const auto a = content_of(n);
             const auto permissions = permissions_of(n);
             f.close();
             return list{a, std::filesystem::exists(n), permissions, none([&] { f.close(); })};
         }},
        {"J18",
         [] {
             sluice::named_temporary_file f({.suffix = ".t", .keep = true});
             const auto n = f.path();
             f.close();
             list r{std::filesystem::exists(n), permissions_of(n), n.extension() == ".t"};
             std::filesystem::remove(n);
             return r;
         }},
        {"J24",
         []<class C>(text<C> u) {
             sluice::basic_text_io<C> f(sluice::named_temporary_file(), {.newline = newline::keep});
             f.write(u("a\r\n"));
             f.seek(0);
             return list{f.read(), no_counterpart(), f.closed()};
         }},
    };
}

equal_cases pair_cases() {
    return {
        {"G36",
         [] {
             bool r = false;
             bool w = false;
             sluice::pair_stream p(std::make_unique<watched_membuf>(r),
                                   std::make_unique<watched_membuf>(w));
             p.close();
             return list{p.closed(), r, w};
         }},
    };
}

equal_cases redirect_cases() {
    return {
        {"K01",
         []<class C>(text<C> u) {
             sluice::basic_string_io<C> s;
             const auto& out = standard_output<C>();
             bool t = false;
             {
                 const sluice::redirect to(standard_output<C>(), s);
                 t = out.rdbuf() == s.rdbuf();
                 print(u("hi"));
             }
             return list{t, s.getvalue(), out.rdbuf() != s.rdbuf()};
         }},
        {"K02",
         []<class C>(text<C> u) {
             sluice::basic_string_io<C> s;
             try {
                 const sluice::redirect to(standard_output<C>(), s);
                 print(u("a"));
                 throw std::out_of_range("x");
             } catch (const std::out_of_range&) {
                 // Python's pass
             }
             return list{s.getvalue(), standard_output<C>().rdbuf() != s.rdbuf()};
         }},
        {"K03",
         []<class C>(text<C> u) {
             sluice::basic_string_io<C> a;
             sluice::basic_string_io<C> b;
             {
                 const sluice::redirect outer(standard_output<C>(), a);
                 print(u("1"));
                 {
                     const sluice::redirect inner(standard_output<C>(), b);
                     print(u("2"));
                 }
                 print(u("3"));
             }
             return list{a.getvalue(), b.getvalue()};
         }},
        {"K04",
         []<class C>(text<C> u) {
             sluice::basic_string_io<C> s;
             {
                 const sluice::redirect outer(standard_output<C>(), s);
                 print(u("1"));
                 {
                     const sluice::redirect again(standard_output<C>(), s);
                     print(u("2"));
                 }
                 print(u("3"));
             }
             return s.getvalue();
         }},
        {"K05",
         []<class C>(text<C> u) {
             sluice::basic_string_io<C> s;
             sluice::basic_string_io<C> e;
             {
                 const sluice::redirect out(standard_output<C>(), s);
                 const sluice::redirect error(standard_error<C>(), e);
                 print(u("o"));
                 print(u("e"), standard_error<C>());
             }
             return list{s.getvalue(), e.getvalue()};
         }},
        {"K07",
         []<class C>(text<C> u) {
             sluice::basic_string_io<C> s;
             {
                 const sluice::redirect to(standard_output<C>(), s);
                 std::thread([&] { print(u("other thread")); }).join();
             }
             return s.getvalue();
         }},
        {"K08",  // a standard stream keeps quiet, and restore() tells
         []<class C>(text<C> u) {
             sluice::basic_string_io<C> s;
             s.close();
             sluice::redirect to(standard_output<C>(), s);
             return err([&] {
                 print(u("x"));
                 to.restore();
             });
         }},
    };
}

equal_cases mapped_cases() {
    return {
        {"L01",
         [] {
             mapped_zeros z(10);
             auto& m = z.stream;
             return list{m.view().size(),          m.tell(),
                         m.write("abc"),           m.tell(),
                         none([&] { m.seek(0); }), m.read(3),
                         no_counterpart(),         std::string(m.view().substr(0, 4)),
                         none([&] { m.close(); }), m.closed()};
         }},
        {"L03",
         [] {
             const support::temporary_file p("hello\nworld");
             mapped_file m(p.path(), map_access::shared);
             const auto rest = [&] { return m.view().substr(static_cast<std::size_t>(m.tell())); };
             const list r{m.readline(),
                          m.readline(),
                          m.readline(),
                          index_of(rest().find('o')),
                          index_of(rest().rfind('o')),
                          index_of(rest().find("zz"))};
             m.getbuffer()[0] = std::byte('J');
             m.flush();
             m.close();
             return list{r, p.content()};
         }},
        {"L05",
         [] {
             const support::temporary_file p("abc");
             mapped_file m(p.path(), map_access::read_only);
             return list{err([&] { return m.write("x"); }),
                         err([&] { m.getbuffer()[0] = std::byte(1); }),
                         err([&] { return m.truncate(10); })};
         }},
        {"L06",
         [] {
             const support::temporary_file p("abc");
             mapped_file m(p.path(), map_access::copy_on_write);
             m.getbuffer()[0] = std::byte('Z');
             return list{m.view(), p.content()};
         }},
        {"L07",
         [] {
             const support::temporary_file p("abc");
             mapped_file m(p.path(), map_access::shared);
             const auto move = [&] {
                 const auto content = m.getbuffer();
                 std::copy_n(content.begin(), 3, content.begin() + 3);
             };
             return list{no_counterpart(), none([&] { m.truncate(6); }),
                         m.view().size(),  p.content(),
                         none(move),       p.content()};
         }},
        {"L09",
         [] {
             mapped_zeros z(8);
             auto& m = z.stream;
             return list{m.read(0), m.read() == std::string(8, '\0'),
                         m.read(),  none([&] { m.seek(-3, end); }),
                         m.tell(),  m.read(-1)};
         }},
    };
}

}  // namespace

equal_cases device_cases() {
    equal_cases all;
    for (const auto& part :
         {spooled_cases(), temporary_cases(), pair_cases(), redirect_cases(), mapped_cases()}) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

different_cases device_differences() {
    const json closed = failure(errc::closed);
    const json not_seekable = failure(errc::not_seekable);
    const json no_directory = failure(std::error_code(ENOENT, std::system_category()));
    return {
        {"G35", "a pair can be detached: it hands out its two buffers",
         [] {
             sluice::bytes_io r("abcdef");
             sluice::bytes_io w;
             sluice::pair_stream p(*r.rdbuf(), *w.rdbuf());
             return list{p.read(3),
                         p.read1(1),
                         std::string(p.peek(1)),
                         p.write("x"),
                         p.readable(),
                         p.writable(),
                         p.seekable(),
                         err([&] { return p.seek(0); }),
                         err([&] { return p.tell(); }),
                         err([&] { return p.truncate(); }),
                         err([&] { return p.detach().reader == nullptr; })};
         },
         list{"abc", "d", "ef", 1, true, true, false, not_seekable, not_seekable, not_seekable,
              list{"NO ERROR", true}}},
        {"J02", "a max_size of 0 keeps nothing in RAM; `unlimited` is no limit",
         [] {
             spooled_file s(0);
             s.write(std::string(100000, 'x'));
             return s.rolled();
         },
         true},
        {"J05", "the path is for messages: none in RAM, that of the directory on disk",
         [] {
             spooled_file s(10);
             const sluice::buf& device = *s.rdbuf();
             const auto a = device.path();
             s.rollover();
             return list{a, device.path(), no_counterpart()};
         },
         list{"", std::filesystem::temp_directory_path().native(), json()}},
        {"J15", "an iterator goes on over a rollover, and shares its place with the stream",
         [] {
             spooled_file s(100);
             s.write("a\nb\n");
             s.seek(0);
             auto it = s.begin();
             const auto a = *it;
             s.rollover();
             return list{a, err([&] { return *++it; }), s.readlines()};
         },
         list{"a\n", list{"NO ERROR", "b\n"}, json::array()}},
        {"J25", "what is closed stays closed",
         [] {
             spooled_file s(5);
             s.write("a");
             s.close();
             return list{err([&] { s.rollover(); }), s.closed()};
         },
         list{closed, true}},
        {"J26", "a spooled file has no mode: it is read and written, in RAM and on disk",
         []<class C>(text<C> u) {
             spooled_text<C> s(3, {.encoding = "ascii"});
             s.text.write(u("ab"));
             s.text.seek(0);
             const auto a = s.text.read();
             s.text.write(u("cdef"));
             s.text.seek(0);
             return list{a, s.file.rolled(), err([&] { return s.text.read(); })};
         },
         list{"ab", true, list{"NO ERROR", "abcdef"}}},
        {"J28", "a spooled file has no mode: it is read and written, in RAM and on disk",
         [] {
             spooled_file s(99);
             return list{s.writable(), s.write("x"), err([&] { s.rollover(); })};
         },
         list{true, 1, list{"NO ERROR", json()}}},
        {"J31", "a write that cannot roll over writes nothing",
         [] {
             spooled_file s(1, "/nonexistent-dir");
             const json e = err([&] { return s.write("abc"); });
             return list{e,         s.rolled(), s.tell(), err([&] { return s.write("d"); }),
                         s.seek(0), s.read()};
         },
         list{no_directory, false, 0, list{"NO ERROR", 1}, 0, "d"}},
        {"L02", "a seek past the end is allowed, and what is full has no space",
         [] {
             mapped_zeros z(4);
             auto& m = z.stream;
             return list{m.write("abcd"),
                         err([&] { return m.write("e"); }),
                         m.tell(),
                         m.read(1),
                         no_counterpart(),
                         err([&] { return m.seek(5); }),
                         err([&] { return m.seek(-1); }),
                         none([&] { m.seek(4); })};
         },
         list{4, failure(errc::no_space), 4, "", json(), list{"NO ERROR", 5},
              failure(errc::bad_position), json()}},
        {"L04", "an empty file can be mapped: it is an empty stream",
         [] {
             const support::temporary_file p("");
             return err([&] { return mapped_file(p.path(), map_access::shared).read(); });
         },
         list{"NO ERROR", ""}},
    };
}

}  // namespace python
