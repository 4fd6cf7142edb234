#include <sluice/device/file.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/span.hpp>
#include <sluice/filter/compressed.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/open.hpp>

#include "compressed_samples.hpp"
#include <support/errors.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>
#include <support/throwing_buf.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <memory>
#include <new>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>

using namespace std::string_literals;
using samples::lines;
using samples::packed;
using samples::passing_buf;
using samples::unpacked;
using sluice::bytes_io;
using sluice::compressed_io;
using sluice::compressedbuf;
using sluice::compression;
using sluice::errc;
using support::thrown_by;
using ios = std::ios_base;

namespace {

/// Has no area, as std::cin's buffer.
class unbuffered : public std::streambuf {
public:
    explicit unbuffered(std::string text) : text_(std::move(text)) {}
    [[nodiscard]] std::string rest() const { return text_.substr(next_); }

protected:
    int_type underflow() override {
        return next_ < text_.size() ? traits_type::to_int_type(text_[next_]) : traits_type::eof();
    }
    int_type uflow() override {
        const int_type c = underflow();
        next_ += next_ < text_.size() ? 1 : 0;
        return c;
    }

private:
    std::string text_;
    std::size_t next_ = 0;
};

}  // namespace

TEST_SUITE_BEGIN("compressed");

TEST_CASE("what is compressed is read back, in each format and level") {
    const std::string text = lines(300000);
    for (const compression format : samples::formats) {
        CAPTURE(static_cast<int>(format));
        for (const std::size_t size : {std::size_t(0), std::size_t(1), text.size()}) {
            CAPTURE(size);
            CHECK(unpacked(packed(text.substr(0, size), format), format) == text.substr(0, size));
        }
        const std::string small = packed(text, format, 9);
        CHECK(unpacked(small, format) == text);
        CHECK(small != packed(text, format, 1));
        CHECK(small.size() < text.size() / 2);
    }
    CHECK(packed(text, compression::none) == text);
    CHECK(unpacked(text, compression::none) == text);
}

TEST_CASE("equal content makes equal gzip: no name, no time") {
    CHECK(packed("abc", compression::gzip).substr(0, 8) == "\x1F\x8B\x08\0\0\0\0\0"s);
}

TEST_CASE("a level that there is not is refused before anything is taken") {
    const auto refused = [](compression format, int level) {
        bytes_io below;
        const auto why = thrown_by([&] {
            return compressed_io(below, {.compression = format, .level = level}, ios::out).closed();
        });
        return why.code() == errc::bad_mode && !why.detail().empty();
    };
    for (const compression format : samples::formats) {
        CAPTURE(static_cast<int>(format));
        CHECK(refused(format, -1));
        CHECK(refused(format, format == compression::zstd ? 20 : 10));
    }
    CHECK(refused(compression::bzip2, 0));
    CHECK(refused(compression::zstd, 0));
    CHECK_FALSE(refused(compression::none, 77));

    // What is read has no level.
    bytes_io gz(packed("abc", compression::gzip));
    CHECK(compressed_io(gz, {.compression = compression::gzip, .level = 77}).read() == "abc");
}

TEST_CASE("a stream that compressed_io refuses stays open") {
    const support::temporary_file file;
    sluice::stream below = sluice::open(file.path(), "wb");
    const auto refused = [&](const sluice::compression_options& options, ios::openmode mode) {
        return thrown_by([&] { return compressed_io(std::move(below), options, mode).closed(); })
            .code();
    };
    CHECK(refused({.compression = compression::gzip, .level = 10}, ios::out) == errc::bad_mode);
    CHECK(refused({}, ios::in | ios::out) == errc::bad_mode);
    CHECK(refused({}, ios::in) == errc::not_readable);
    CHECK_FALSE(below.closed());
    below.write("kept");
    below.close();
    CHECK(file.content() == "kept");
    CHECK(refused({}, ios::out) == errc::closed);

    const support::temporary_directory directory;
    sluice::stream by_name = sluice::open(directory / "a.gz", "wb");
    CHECK(thrown_by([&] {
              return compressed_io(std::move(by_name), {.level = 10}, ios::out).closed();
          }).code() == errc::bad_mode);
    CHECK_FALSE(by_name.closed());
}

TEST_CASE("compressed bytes are read or written, by what can do it") {
    bytes_io below;
    for (const auto mode : {ios::in | ios::out, ios::openmode{}, ios::in | ios::app}) {
        const auto why =
            thrown_by([&] { return compressedbuf(*below.rdbuf(), {}, mode).is_open(); });
        CHECK(why.code() == errc::bad_mode);
    }
    sluice::spanbuf view(std::string_view("x"));
    CHECK(thrown_by([&] { return compressedbuf(view, {}, ios::out).is_open(); }).code() ==
          errc::not_writable);
    below.close();
    CHECK(thrown_by([&] { return compressedbuf(*below.rdbuf()).is_open(); }).code() ==
          errc::closed);
    CHECK(thrown_by([&] { return compressedbuf(nullptr).is_open(); }).code() == errc::closed);
    std::istream none(nullptr);
    CHECK(thrown_by([&] { return compressed_io(none).closed(); }).code() == errc::closed);

    bytes_io packed_bytes;
    compressed_io out(packed_bytes, {.compression = compression::gzip}, ios::out);
    CHECK(out.writable());
    CHECK_FALSE(out.readable());
    CHECK(thrown_by([&] { return out.read(); }).code() == errc::not_readable);
    out.close();
    packed_bytes.seek(0);
    compressed_io in(packed_bytes);
    CHECK(thrown_by([&] { return in.write("x"); }).code() == errc::not_writable);
    CHECK(thrown_by([&] { return in.truncate(0); }).code() == errc::not_writable);
}

TEST_CASE("the first bytes say what is read") {
    const std::string text = lines(3000);
    for (const compression format : samples::file_formats) {
        bytes_io below(packed(text, format));
        compressed_io in(below);
        CHECK(in.format() == compression::infer);
        CHECK(in.read() == text);
        CHECK(in.format() == format);
        CHECK(unpacked(packed("", format)).empty());
    }
    // A frame to be skipped may come first.
    CHECK(unpacked("\x53\x2A\x4D\x18\3\0\0\0abc"s + packed(text, compression::zstd)) == text);
    for (const auto& plain : {""s, "B"s, "BZ"s, "BZh9"s, "BZh9 what a name"s, "\x1F"s, "\x1F\x8B"s,
                              "\x1F\x8B\x07..."s, "\xFD"s, "\xFD"s + "7zX"s, "\x28\xB5"s,
                              "\x50\x2A\x4D"s, "plain text\n"s, packed(text, compression::zlib)}) {
        CAPTURE(plain);
        CHECK(unpacked(plain) == plain);
        passing_buf slow(plain, 1);
        CHECK(compressed_io(slow).read() == plain);
    }
}

TEST_CASE("the name says what is written") {
    const support::temporary_directory directory;
    const auto written = [&](const char* name) {
        const auto path = (directory / name).string();
        sluice::filebuf file;
        file.open(path, ios::out | ios::binary);
        compressedbuf out(file, {}, ios::out);
        return out.format();
    };
    CHECK(written("a.gz") == compression::gzip);
    CHECK(written("a.tar.TGZ") == compression::gzip);
    CHECK(written("a.zz") == compression::zlib);
    CHECK(written("a.bz2") == compression::bzip2);
    CHECK(written("a.tbz") == compression::bzip2);
    CHECK(written("a.xz") == compression::xz);
    CHECK(written("a.zst") == compression::zstd);
    CHECK(written("a.txt") == compression::none);
    CHECK(written("gz") == compression::none);
}

TEST_CASE("streams that follow one another are one content") {
    const std::string text = lines(5000);
    for (const compression format : samples::file_formats) {
        CAPTURE(static_cast<int>(format));
        const std::string one = packed(text, format);
        const std::string none = packed("", format);
        CHECK(unpacked(one + one + none + one) == text + text + text);
        for (const std::size_t piece : {1, 7, 1000}) {
            passing_buf slow(one + none + one, piece);
            CHECK(compressed_io(slow).read() == text + text);
        }
    }
}

TEST_CASE("a stream that is appended to what was read to the end is read") {
    for (const compression format : samples::file_formats) {
        CAPTURE(static_cast<int>(format));
        bytes_io below(packed("one", format));
        compressed_io in(below);
        CHECK(in.read() == "one");
        CHECK(in.read().empty());
        const auto here = below.tell();
        below.seek(0, ios::end);
        below.write(packed("two", format));
        below.seek(here);
        CHECK(in.read() == "two");
        CHECK(in.read().empty());
    }
}

TEST_CASE("what is no compressed data at all fails, whatever it is") {
    for (const compression format : samples::formats) {
        for (unsigned round = 0; round < 300; ++round) {
            CAPTURE(round);
            std::string bytes = packed("x", format).substr(0, round % 20);
            for (unsigned i = 0; i < 200; ++i) {
                bytes += static_cast<char>(round * 2654435761U >> (i % 23) ^ i * 40503U);
            }
            const auto got = samples::outcome_of(bytes, format);
            if (format != compression::deflate && format != compression::zlib) {
                REQUIRE(got.why.code() == std::errc::bad_message);
            }
        }
    }
}

TEST_CASE("zlib and deflate end where they end, and the reader stands there") {
    const std::string text = lines(5000);
    for (const compression format : {compression::zlib, compression::deflate}) {
        const std::string behind = "and more";
        bytes_io below(packed(text, format) + behind);
        CHECK(compressed_io(below, {.compression = format}).read() == text);
        CHECK(below.read() == behind);

        unbuffered bytes(packed(text, format) + behind);
        CHECK(compressed_io(bytes, {.compression = format}).read() == text);
        CHECK(bytes.rest() == behind);
    }
}

TEST_CASE("what comes slowly, or has no area, is read the same") {
    const std::string text = lines(20000);
    for (const compression format : samples::formats) {
        CAPTURE(static_cast<int>(format));
        for (const std::size_t piece : {1, 2, 100}) {
            passing_buf slow(packed(text, format), piece);
            compressedbuf in(slow, {.compression = format});
            in.pubsetbuf(nullptr, 5);
            CHECK(samples::read_to_failure(in).content == text);
        }
        unbuffered bytes(packed(text, format));
        CHECK(compressed_io(bytes, {.compression = format}).read() == text);
    }
}

TEST_CASE("what is compressed is read without a buffer") {
    const std::string text = lines(3000) + std::string(3000, 'a');
    for (const compression format : samples::formats) {
        CAPTURE(static_cast<int>(format));
        bytes_io bytes(packed(text, format));
        compressedbuf in(*bytes.rdbuf(), {.compression = format});
        in.pubsetbuf(nullptr, 0);
        std::string content;
        for (auto c = in.sbumpc(); c != std::char_traits<char>::eof(); c = in.sbumpc()) {
            content += static_cast<char>(c);
        }
        CHECK(content == text);
    }
}

TEST_CASE("what a pipe has delivered so far is content before more comes") {
    // A stream that waits in the middle: whoever asks below once more fails the test.
    class half : public passing_buf {
    public:
        using passing_buf::passing_buf;
        int asked = 0;

    protected:
        int_type underflow() override {
            ++asked;
            return passing_buf::underflow();
        }
    };
    const std::string text = lines(40000);
    half below(packed(text, compression::gzip), 4000);
    compressedbuf in(below, {.compression = compression::gzip});
    CHECK(in.sgetc() == 'l');
    CHECK(below.asked == 1);
}

TEST_CASE("a stream moved in is owned and closed, one by reference is not") {
    const support::temporary_file file(packed("abc", compression::gzip));
    compressed_io in(sluice::open(file.path(), "rb"));
    CHECK(in.read() == "abc");
    CHECK(in.rdbuf()->path() == file.path());
    in.close();
    CHECK(in.closed());
    CHECK_NOTHROW(in.close());

    bytes_io below;
    compressed_io out(below, {.compression = compression::xz}, ios::out);
    out << "abc";
    out.close();
    CHECK_FALSE(below.closed());
    CHECK(unpacked(below.getvalue()) == "abc");

    std::istringstream standard(packed("abc", compression::zstd));
    CHECK(compressed_io(standard).read() == "abc");
    std::ostringstream made;
    compressed_io(made, {.compression = compression::bzip2}).write("abc");
    CHECK(unpacked(made.str()) == "abc");
}

TEST_CASE("detach ends the stream, and gives back what was owned") {
    compressed_io out(std::make_unique<sluice::membuf>(), {.compression = compression::gzip},
                      ios::out);
    out << "abc";
    const auto below = out.detach();
    CHECK(out.closed());
    CHECK(unpacked(dynamic_cast<sluice::membuf&>(*below).getvalue()) == "abc");
    CHECK(thrown_by([&] { return out.detach() == nullptr; }).code() == errc::closed);
    CHECK(thrown_by([&] { return out.format() == compression::gzip; }).code() == errc::closed);

    bytes_io lent(packed("abc", compression::gzip));
    compressed_io in(lent);
    CHECK(in.detach() == nullptr);
}

TEST_CASE("a moved buffer goes on, and the one moved from is closed") {
    const std::string text = lines(100000);
    bytes_io below(packed(text, compression::gzip));
    compressedbuf first(*below.rdbuf());
    std::string got(500, '\0');
    CHECK(first.sgetn(got.data(), 500) == 500);
    compressedbuf second(std::move(first));
    CHECK_FALSE(first.is_open());  // NOLINT(bugprone-use-after-move)
    CHECK(got + samples::read_to_failure(second).content == text);

    bytes_io made;
    compressedbuf out(*made.rdbuf(), {.compression = compression::gzip}, ios::out);
    out.sputn("abc", 3);
    compressedbuf on(std::move(out));
    on.sputn("def", 3);
    out = std::move(on);
    auto& self = out;
    out = std::move(self);
    out.sputn("ghi", 3);
    out.close();
    CHECK(unpacked(made.getvalue()) == "abcdefghi");
}

TEST_CASE("sync passes on what is compressed, close all of it") {
    bytes_io below;
    compressed_io out(below, {.compression = compression::gzip}, ios::out);
    out << "abc" << std::flush;
    CHECK(samples::outcome_of(below.getvalue(), compression::gzip).why.code() ==
          errc::truncated_data);
    out.end_member();
    CHECK(unpacked(below.getvalue()) == "abc");
    out.end_member();  // nothing has been written since
    CHECK(unpacked(below.getvalue()) == "abc");
    out << "def";
    out.close();
    CHECK(unpacked(below.getvalue()) == "abcdef");
    CHECK(thrown_by([&] { out.end_member(); }).code() == errc::closed);

    bytes_io zlib;
    compressed_io one(zlib, {.compression = compression::zlib}, ios::out);
    CHECK(thrown_by([&] { one.end_member(); }).code() == errc::unsupported);
    bytes_io gz(packed("abc", compression::gzip));
    CHECK(thrown_by([&] { compressed_io(gz).end_member(); }).code() == errc::not_writable);
}

TEST_CASE("the destructor ends the stream, and keeps quiet") {
    bytes_io below;
    { compressed_io(below, {.compression = compression::zstd}, ios::out) << "abc"; }
    CHECK(unpacked(below.getvalue()) == "abc");
    CHECK_NOTHROW(
        compressed_io(sluice::open("/dev/full", "wb"), {.compression = compression::gzip}, ios::out)
        << "abc");
}

TEST_CASE("a full disk is reported by close, with the reason and the path") {
    for (const compression format : samples::formats) {
        CAPTURE(static_cast<int>(format));
        compressed_io out(sluice::open("/dev/full", "wb"), {.compression = format}, ios::out);
        out << "abc";
        CHECK(out.good());
        const auto why = thrown_by([&] { out.close(); });
        CHECK(why.code() == std::errc::no_space_on_device);
        CHECK(why.path() == "/dev/full");
        CHECK(out.bad() == false);  // close() has said it
        CHECK(out.closed());
    }
}

TEST_CASE("a full disk is reported by the write that meets it, and tried again") {
    std::string text = lines(1000000);
    std::reverse(text.begin(), text.end());
    compressed_io out(sluice::open("/dev/full", "wb"), {.compression = compression::gzip},
                      ios::out);
    out.rdbuf()->set_owner(&out);
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    CHECK(out.bad());
    const sluice::error why = sluice::error_of(out);
    CHECK(why.code() == std::errc::no_space_on_device);
    CHECK(why.path() == "/dev/full");
    out.exceptions(ios::badbit & ios::goodbit);
    out.clear();
    CHECK(thrown_by([&] { return out.write(text); }).code() == std::errc::no_space_on_device);
    CHECK(thrown_by([&] { return &out.flush(); }).code() == std::errc::no_space_on_device);
}

TEST_CASE("what a foreign buffer throws is what the compressed one above it reports") {
    struct {
        void (*raise)();
        std::error_code code;
    } const things[] = {
        {[] { throw std::system_error(ENOSPC, std::system_category()); },
         std::error_code(ENOSPC, std::system_category())},
        {[] { throw std::bad_alloc(); }, std::make_error_code(std::errc::not_enough_memory)},
        {[] { throw 5; }, std::make_error_code(std::errc::io_error)},
    };
    for (const auto& thing : things) {
        CAPTURE(thing.code.message());
        support::throwing_buf below(thing.raise);
        compressed_io out(below, {.compression = compression::gzip}, ios::out);
        out << "abc";
        sluice::error why = thrown_by([&] { out.flush(); });
        CHECK(why.code() == thing.code);
        CHECK(why.operation() == "write");
        why = thrown_by([&] { out.close(); });
        CHECK(why.code() == thing.code);
        CHECK(why.operation() == "write");
        CHECK(out.closed());
    }
}

TEST_CASE("a failed close below is reported by the close above, and a finished stream is kept") {
    static int closed;
    closed = 0;
    support::replaced_calls scope;
    scope.calls().close = [](int file) {
        ++closed;
        ::close(file);
        errno = EIO;
        return -1;
    };
    const support::temporary_file file;
    compressed_io out(sluice::open(file.path(), "wb"), {.compression = compression::gzip},
                      ios::out);
    out << "abc";
    const sluice::error why = thrown_by([&] { out.close(); });
    CHECK(why.code() == support::system_code(EIO));
    CHECK(why.operation() == "close");
    CHECK(why.path() == file.path());
    CHECK(out.closed());
    CHECK(closed == 1);
    CHECK(unpacked(file.content()) == "abc");
}

TEST_CASE("a write that failed goes on where it stopped") {
    // The system takes some, then nothing, then all.
    static int writes;
    writes = 0;
    support::replaced_calls scope;
    const auto some = [](int file, const void* source, std::size_t size, off_t at) -> ssize_t {
        if (++writes % 2 == 0) {
            errno = ENOSPC;
            return -1;
        }
        return ::pwrite(file, source, std::min<std::size_t>(size, 1000), at);
    };
    scope.calls().pwrite = some;
    scope.calls().write = [](int file, const void* source, std::size_t size) -> ssize_t {
        if (++writes % 2 == 0) {
            errno = ENOSPC;
            return -1;
        }
        return ::write(file, source, std::min<std::size_t>(size, 1000));
    };
    const support::temporary_file file;
    const std::string text = lines(200000);
    auto below = std::make_unique<sluice::filebuf>();
    below->pubsetbuf(nullptr, 0);
    below->open(file.path(), ios::out | ios::binary);
    compressedbuf out(std::move(below), {.compression = compression::gzip}, ios::out);
    int failures = 0;
    for (std::size_t done = 0; done < text.size();) {
        const auto put =
            out.sputn(text.data() + done, static_cast<std::streamsize>(text.size() - done));
        done += static_cast<std::size_t>(put);
        failures += done < text.size() ? 1 : 0;
        REQUIRE(failures < 10000);
    }
    while (out.pubsync() != 0) {
        REQUIRE(++failures < 10000);
    }
    scope.calls() = scope.real();
    out.close();
    CHECK(failures > 0);
    CHECK(unpacked(file.content()) == text);
}

TEST_CASE("a failed read below is passed on whole, and tried again") {
    static int reads;
    reads = 0;
    const support::temporary_file file(packed(lines(400000), compression::gzip));
    support::replaced_calls scope;
    scope.calls().pread = [](int from, void* target, std::size_t size, off_t at) -> ssize_t {
        if (at > 5000 && ++reads == 1) {
            errno = EIO;
            return -1;
        }
        return ::pread(from, target, size, at);
    };
    scope.calls().read = [](int from, void* target, std::size_t size) -> ssize_t {
        if (::lseek(from, 0, SEEK_CUR) > 5000 && ++reads == 1) {
            errno = EIO;
            return -1;
        }
        return ::read(from, target, size);
    };
    compressed_io in(sluice::open(file.path(), "rb"));
    auto first = samples::read_to_failure(*in.rdbuf());
    CHECK(first.why.code() == std::errc::io_error);
    CHECK(first.why.operation() == "read");
    CHECK(first.why.path() == file.path());
    CHECK(first.why.position() > 5000);
    CHECK(sluice::error_of(in).position() == first.why.position());
    CHECK(in.bad());
    first.content += samples::read_to_failure(*in.rdbuf()).content;
    CHECK(first.content == lines(400000));
}

TEST_CASE("compressed text is text") {
    bytes_io below;
    {
        compressed_io bytes(below, {.compression = compression::gzip}, ios::out);
        sluice::text_io out(bytes, {.encoding = "utf-16", .newline = sluice::newline::crlf});
        out << "h\u00e9\nw\n";
        out.close();
    }
    below.seek(0);
    compressed_io bytes(below);
    sluice::text_io in(bytes, {.encoding = "utf-16"});
    CHECK(in.readline() == "h\u00e9\n");
    const auto here = in.tell();
    CHECK(in.readline() == "w\n");
    CHECK(in.readline().empty());
    in.seek(here);
    CHECK(in.readline() == "w\n");
}

TEST_SUITE_END();
