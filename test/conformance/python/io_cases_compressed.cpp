// gzip, bz2 and lzma: what is compressed, as a file.

#include <sluice/device/memory.hpp>
#include <sluice/filter/compressed.hpp>
#include <sluice/filter/text.hpp>

#include <conformance/python/python_case.hpp>

#include <ios>
#include <string>
#include <string_view>

namespace python {
namespace {

using sluice::bytes_io;
using sluice::compressed_io;
using sluice::compression;
using sluice::errc;
constexpr auto out = std::ios_base::out;
constexpr auto cur = std::ios_base::cur;
constexpr auto end = std::ios_base::end;

/// A BytesIO of compressed bytes, and a file over it.
struct packed {
    packed(std::string_view content, compression format) {
        compressed_io file(bytes, {.compression = format}, out);
        file.write(content);
        file.close();
        bytes.seek(0);
    }

    bytes_io bytes;
};

}  // namespace

equal_cases compressed_cases() {
    return {
        {"M01",
         []<class C>(text<C> u) {
             bytes_io b;
             {
                 compressed_io bytes(b, {.compression = compression::gzip}, out);
                 sluice::basic_text_io<C> f(bytes, {.newline = sluice::newline::lf});
                 f.write(u("a\nb\n"));
                 f.close();
             }
             b.seek(0);
             compressed_io bytes(b, {.compression = compression::gzip});
             sluice::basic_text_io<C> t(bytes);
             return list{b.closed(), t.readlines(), no_counterpart()};
         }},
        {"M06",
         [] {
             packed p("ab\ncd\n", compression::bzip2);
             compressed_io f(p.bytes);
             return list{f.readline(),  std::string(f.peek(1).substr(0, 1)),
                         f.read1(2),    f.seek(0),
                         f.readlines(), f.seek(-2, end),
                         f.read(),      err([&] { return f.write("x"); })};
         }},
        {"M10",
         [] {
             bytes_io b;
             compressed_io f(b, {.compression = compression::bzip2}, out);
             f.write("x");
             return list{err([&] { return f.seek(0); }), f.tell(), none([&] { f.close(); }),
                         b.closed()};
         }},
    };
}

different_cases compressed_differences() {
    const json not_seekable = failure(errc::not_seekable);
    const json not_writable = failure(errc::not_writable);
    return {
        {"M02", "a write to what is read has one code on every device",
         [] {
             std::string text;
             for (int i = 0; i < 1000; ++i) {
                 text += "0123456789";
             }
             packed p(text, compression::gzip);
             compressed_io f(p.bytes);
             return list{f.read(5),       f.seek(100),  f.read(3),
                         f.seek(-2, cur), f.tell(),     f.seek(0, end),
                         f.seek(-1, end), f.read(),     f.seekable(),
                         f.readable(),    f.writable(), err([&] { return f.write("x"); })};
         },
         list{"01234", 100, "012", 101, 101, 10000, 9999, "9", true, true, false, not_writable}},
        {"M03", "a writer does not seek: to write zeros is the caller's choice",
         [] {
             bytes_io b;
             compressed_io f(b, {.compression = compression::gzip}, out);
             return list{f.write("abc"),
                         f.tell(),
                         err([&] { return f.seek(6); }),
                         f.write("Z"),
                         err([&] { return f.seek(0); }),
                         err([&] { return f.seek(0, end); }),
                         err([&] { return f.read(); }),
                         none([&] { f.close(); }),
                         [&] {
                             b.seek(0);
                             return compressed_io(b).read();
                         }()};
         },
         list{3, 3, not_seekable, 1, not_seekable, not_seekable, failure(errc::not_readable),
              json(), "abcZ"}},
        {"M07", "a seek past the end is allowed, as on every device",
         [] {
             packed p("ab\ncd\n", compression::xz);
             compressed_io f(p.bytes);
             return list{
                 f.readline(), f.tell(), f.seek(1), f.read(2), f.seek(99), f.read(), err([&] {
                     return f.write("x");
                 })};
         },
         list{"ab\n", 3, 1, "b\n", 99, "", not_writable}},
    };
}

}  // namespace python
