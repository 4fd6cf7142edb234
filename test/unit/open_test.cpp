#include <sluice/open.hpp>

#include <support/compression.hpp>
#include <support/errors.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <string>

namespace {

using sluice::errc;
using sluice::open_options;
using support::content_of;
using support::temporary_directory;
using support::thrown_by;
using support::write_file;

// Counts the transfers to and from the system.
class counted_calls : public support::replaced_calls {
public:
    counted_calls() {
        count = 0;
        calls().read = [](int file, void* target, std::size_t size) -> ssize_t {
            ++count;
            return ::read(file, target, size);
        };
        calls().write = [](int file, const void* source, std::size_t size) -> ssize_t {
            ++count;
            return ::write(file, source, size);
        };
        calls().pread = [](int file, void* target, std::size_t size, off_t at) -> ssize_t {
            ++count;
            return ::pread(file, target, size, at);
        };
        calls().pwrite = [](int file, const void* source, std::size_t size, off_t at) -> ssize_t {
            ++count;
            return ::pwrite(file, source, size, at);
        };
    }

    static inline int count = 0;
};

}  // namespace

TEST_SUITE_BEGIN("open");

TEST_CASE("text is UTF-8 with any line end, by default") {
    const temporary_directory dir;
    write_file(dir / "file", "h\xC3\xA9\r\nb\rc\n");
    sluice::stream in = sluice::open(dir / "file");
    CHECK(in.readlines() == std::vector<std::string>{"h\xC3\xA9\n", "b\n", "c\n"});
    CHECK(!in.writable());
    sluice::wstream wide = sluice::wopen(dir / "file");
    CHECK(wide.readline() == L"h\u00E9\n");

    write_file(dir / "bad", "a\xFF");
    sluice::stream strict = sluice::open(dir / "bad");
    const sluice::error thrown = thrown_by([&] { return strict.read(1), strict.read(); });
    CHECK(thrown.code() == errc::bad_encoding);
    CHECK(thrown.path() == dir / "bad");
}

TEST_CASE("bytes are untouched") {
    const temporary_directory dir;
    const std::string bytes("\r\n\0\xFF\r", 5);
    sluice::stream out = sluice::open(dir / "file", "wb");
    out.write(bytes);
    out.close();
    CHECK(content_of(dir / "file") == bytes);
    CHECK(sluice::open(dir / "file", "rb").read() == bytes);
}

TEST_CASE("each mode does what Python's does") {
    const temporary_directory dir;
    for (const char* mode : {"r", "r+", "rb", "br+"}) {
        CAPTURE(mode);
        const sluice::error thrown = thrown_by([&] { return sluice::open(dir / "none", mode); });
        CHECK(thrown.code() == std::errc::no_such_file_or_directory);
        CHECK(std::string(thrown.what()) ==
              "open " + std::string(dir / "none") + ": No such file or directory");
    }
    for (const char* mode : {"w", "w+", "wb", "+wt"}) {
        CAPTURE(mode);
        write_file(dir / "file", "old");
        sluice::stream out = sluice::open(dir / "file", mode);
        CHECK(content_of(dir / "file").empty());
        out.write("new");
        CHECK(out.readable() == (std::string(mode).find('+') != std::string::npos));
    }
    for (const char* mode : {"a", "a+", "ab"}) {
        CAPTURE(mode);
        write_file(dir / "file", "old");
        sluice::stream out = sluice::open(dir / "file", mode);
        CHECK(out.tell() == 3);
        out.seek(0);
        out.write("new");
        out.close();
        CHECK(content_of(dir / "file") == "oldnew");
    }
    for (const char* mode : {"x", "x+", "xb"}) {
        CAPTURE(mode);
        CHECK(thrown_by([&] { return sluice::open(dir / "file", mode); }).code() ==
              std::errc::file_exists);
        std::filesystem::remove(dir / "fresh");
        sluice::open(dir / "fresh", mode).write("new");
        CHECK(content_of(dir / "fresh") == "new");
    }
    write_file(dir / "file", "abcdef");
    sluice::stream both = sluice::open(dir / "file", "r+");
    CHECK(both.read(2) == "ab");
    both.write("X");
    both.close();
    CHECK(content_of(dir / "file") == "abXdef");
}

TEST_CASE("what does not fit is refused with a reason, before anything happens") {
    const temporary_directory dir;
    write_file(dir / "file", "kept");
    struct {
        const char* mode = "";
        open_options options;
        const char* detail = "";
    } const cases[] = {
        {"", {}, "exactly one of r, w, a and x is needed, not ''"},
        {"rw", {}, "exactly one of r, w, a and x is needed, not 'rw'"},
        {"b", {}, "exactly one of r, w, a and x is needed, not 'b'"},
        {"ww", {}, "invalid mode 'ww'"},
        {"w!", {}, "invalid mode 'w!'"},
        {"U", {}, "invalid mode 'U'"},
        {"wbt", {}, "text and binary mode at once in 'wbt'"},
        {"w", {.buffering = 0}, "text cannot be unbuffered"},
        {"wb", {.encoding = "utf-8"}, "binary mode does not take an encoding"},
        {"wb",
         {.errors = sluice::encoding_errors::strict},
         "binary mode does not take an errors argument"},
        {"wb", {.newline = sluice::newline::lf}, "binary mode does not take a newline argument"},
        {"w", {.encoding = "no-such"}, "unknown encoding no-such"},
        {"w", {.closefd = false}, "closefd = false needs a descriptor"},
    };
    for (const auto& c : cases) {
        CAPTURE(c.detail);
        const sluice::error thrown =
            thrown_by([&] { return sluice::open(dir / "file", c.mode, c.options); });
        CHECK(thrown.code() == errc::bad_mode);
        CHECK(thrown.detail() == c.detail);
        CHECK(thrown.operation() == "open");
        CHECK(content_of(dir / "file") == "kept");
    }
    CHECK(thrown_by([&] { return sluice::wopen(dir / "file", "wb"); }).code() == errc::bad_mode);
    CHECK(thrown_by([] { return sluice::open(-1); }).code() == errc::bad_mode);
    CHECK(thrown_by([] { return sluice::open(std::string("a\0b", 3), "w"); }).code() ==
          errc::bad_mode);
    CHECK(thrown_by([&] { return sluice::open(dir / ""); }).code() == std::errc::is_a_directory);
    CHECK(thrown_by([&] { return sluice::open(dir / "", "w"); }).code() ==
          std::errc::is_a_directory);
}

TEST_CASE("without a buffer, each call is one call to the system") {
    const temporary_directory dir;
    {
        const counted_calls calls;
        sluice::stream out = sluice::open(dir / "file", "wb", {.buffering = 0});
        out.write("abc");
        CHECK(content_of(dir / "file") == "abc");
        out.write("defgh");
        CHECK(counted_calls::count == 2);
        out << 'i';
        CHECK(counted_calls::count == 3);
    }
    const counted_calls calls;
    sluice::stream in = sluice::open(dir / "file", "rb", {.buffering = 0});
    CHECK(in.read(3) == "abc");
    CHECK(counted_calls::count == 1);
    char target[4];
    CHECK(in.readinto(std::span<char>(target)) == 4);
    CHECK(counted_calls::count == 2);
    CHECK(in.get() == 'h');
    CHECK(counted_calls::count == 3);
    CHECK(in.read(1) == "i");
    CHECK(in.read(1).empty());
    CHECK(counted_calls::count == 5);
}

TEST_CASE("buffering: lines in text, else a size") {
    const temporary_directory dir;
    sluice::stream lines = sluice::open(dir / "lines", "w", {.buffering = 1});
    lines.write("half");
    CHECK(content_of(dir / "lines").empty());
    lines.write(" line\n");
    CHECK(content_of(dir / "lines") == "half line\n");

    const counted_calls calls;
    sluice::stream sized = sluice::open(dir / "sized", "wb", {.buffering = 10});
    for (int i = 0; i < 25; ++i) {
        sized << 'x';
    }
    CHECK(content_of(dir / "sized").size() == 20);
    CHECK(counted_calls::count == 2);
}

TEST_CASE("a descriptor is used, and closed unless told otherwise") {
    const temporary_directory dir;
    write_file(dir / "file", "one\ntwo\n");
    const int lent = ::open((dir / "file").c_str(), O_RDONLY | O_CLOEXEC);
    {
        sluice::stream in = sluice::open(lent, "r", {.closefd = false});
        CHECK(in.readline() == "one\n");
    }
    CHECK(::fcntl(lent, F_GETFD) != -1);
    CHECK(sluice::open(lent).readline() == "two\n");  // where the first reader stood
    CHECK(::fcntl(lent, F_GETFD) == -1);
    CHECK(thrown_by([&] { return sluice::open(lent); }).code() == std::errc::bad_file_descriptor);
}

TEST_CASE("an opener opens, and may refuse") {
    const temporary_directory dir;
    write_file(dir / "real", "content");
    int flags = 0;
    const auto opener = [&](const std::filesystem::path& path, int wanted) {
        CHECK(path == "virtual");
        flags = wanted;
        return ::open((dir / "real").c_str(), wanted, 0600);
    };
    CHECK(sluice::open("virtual", "rb", {.opener = opener}).read() == "content");
    CHECK((flags & O_CLOEXEC) != 0);
    CHECK((flags & O_ACCMODE) == O_RDONLY);
    const auto refusing = [](const std::filesystem::path&, int) { return -1; };
    const sluice::error thrown =
        thrown_by([&] { return sluice::open("virtual", "r", {.opener = refusing}); });
    CHECK(thrown.code() == errc::bad_mode);
    CHECK(thrown.path() == "virtual");
}

TEST_CASE("a FIFO is read and written as text") {
    const temporary_directory dir;
    REQUIRE(::mkfifo((dir / "fifo").c_str(), 0600) == 0);
    sluice::stream both = sluice::open(dir / "fifo", "r+");
    both.write("line\n");
    both.flush();
    CHECK(both.readline() == "line\n");
    CHECK(!both.seekable());
    sluice::stream end = sluice::open(dir / "fifo", "a");
    end.write("more\n");
    end.flush();
    CHECK(both.readline() == "more\n");
}

TEST_CASE("a compressed file is opened by its name and by its first bytes" *
          support::needs_compression) {
    using sluice::compression;
    const open_options infer = {.compression = compression::infer};
    const temporary_directory directory;
    for (const char* const name : {"a.gz", "a.bz2", "a.xz", "a.zst", "a.txt"}) {
        CAPTURE(name);
        const auto path = directory / name;
        sluice::open(path, "x", infer).write("one\n");
        sluice::open(path, "a", infer).write("two\n");
        CHECK((content_of(path) == "one\ntwo\n") == (path.extension() == ".txt"));
        sluice::stream in = sluice::open(path, "r", infer);
        CHECK(in.readline() == "one\n");
        CHECK(in.readline() == "two\n");
        CHECK(in.readline().empty());
        CHECK(sluice::open(path, "rb", infer).read() == "one\ntwo\n");
        CHECK(sluice::wopen(path, "r", infer).read() == L"one\ntwo\n");
        // What it is called does not matter on reading.
        const auto other = directory / "other";
        std::filesystem::rename(path, other);
        CHECK(sluice::open(other, "r", infer).read() == "one\ntwo\n");
        std::filesystem::remove(other);
    }
}

TEST_CASE("a plain file that might have been compressed is the file itself" *
          support::needs_compression) {
    const open_options infer = {.compression = sluice::compression::infer};
    const temporary_directory directory;
    const auto path = directory / "plain";
    write_file(path, "plain");
    sluice::stream in = sluice::open(path, "rb", infer);
    CHECK(in.fileno() >= 0);
    CHECK(in.read() == "plain");
    sluice::stream out = sluice::open(path, "wb", infer);
    CHECK(out.seekable());
    write_file(path, "");
    CHECK(sluice::open(path, "rb", infer).read().empty());
    CHECK(thrown_by([&] {
              return sluice::open(path, "rb", {.compression = sluice::compression::gzip}).read();
          }).code() == errc::truncated_data);
    // A pipe is not waited for.
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    sluice::stream from = sluice::open(ends[0], "rb", infer);
    sluice::open(ends[1], "wb").write("BZh, and more");
    CHECK(from.read() == "BZh, and more");
}

TEST_CASE("a compressed file that cannot be opened as asked is left as it is" *
          support::needs_compression) {
    using sluice::compression;
    const temporary_directory directory;
    const auto path = directory / "a.gz";
    write_file(path, "as it is");
    const auto refused = [&](const char* mode, const open_options& options) {
        const auto why = thrown_by([&] { return sluice::open(path, mode, options).closed(); });
        return why.code() == errc::bad_mode && !why.detail().empty() && why.path() == path &&
               content_of(path) == "as it is";
    };
    CHECK(refused("w+", {.compression = compression::gzip}));
    CHECK(refused("r+b", {.compression = compression::infer}));
    CHECK(refused("a", {.compression = compression::zlib}));
    CHECK(refused("a", {.compression = compression::deflate}));
    CHECK(refused("w", {.compression = compression::gzip, .compression_level = 10}));
    CHECK(refused("w", {.compression = compression::infer, .compression_level = -1}));
    CHECK(refused("wb", {.encoding = "utf-8", .compression = compression::gzip}));

    const auto why = thrown_by(
        [&] { return sluice::open(path, "r", {.compression = compression::gzip}).read(); });
    CHECK(why.code() == errc::corrupt_data);
    CHECK(why.path() == path);
}

TEST_CASE("a compressed file has a buffer of the size that is asked for, and a limit" *
          support::needs_compression) {
    using sluice::compression;
    const temporary_directory directory;
    const auto path = directory / "a.gz";
    for (const int buffering : {0, 7, -1}) {
        CAPTURE(buffering);
        const open_options options = {.buffering = buffering, .compression = compression::gzip};
        sluice::open(path, "wb", options).write("some content");
        CHECK(sluice::open(path, "rb", options).read() == "some content");
    }
    const open_options limited = {.compression = compression::infer, .max_size = 4};
    sluice::stream in = sluice::open(path, "rb", limited);
    CHECK(in.read(4) == "some");
    CHECK(thrown_by([&] { return in.read(1); }).code() == errc::too_long);
    write_file(path, "plain");
    CHECK(thrown_by([&] { return sluice::open(path, "rb", limited).read(); }).code() ==
          errc::too_long);
}

TEST_CASE("a full disk is reported through gzip with the path" * support::needs_compression) {
    sluice::stream out = sluice::open("/dev/full", "w", {.compression = sluice::compression::gzip});
    out << "lost";
    const auto why = thrown_by([&] {
        out.close();
        return 0;
    });
    CHECK(why.code() == std::errc::no_space_on_device);
    CHECK(why.path() == "/dev/full");
}

TEST_SUITE_END();
