#include <sluice/bridge/stdio.hpp>
#include <sluice/device/file.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/pipe.hpp>
#include <sluice/filter/count.hpp>
#include <sluice/filter/pair.hpp>
#include <sluice/sstream.hpp>

#include <support/errors.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>
#include <support/throwing_buf.hpp>
#include <support/unbuffered.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cwchar>
#include <fstream>
#include <memory>
#include <new>
#include <random>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

TEST_SUITE_BEGIN("stdio_file");

using sluice::bytes_io;
using sluice::errc;
using sluice::stdio_file;
using support::system_code;
using support::thrown_by;

namespace {

std::string read_line(std::FILE* file) {
    std::array<char, 200> line{};
    return std::fgets(line.data(), static_cast<int>(line.size()), file) != nullptr ? line.data()
                                                                                   : "";
}

std::string read_some(std::FILE* file, std::size_t count) {
    std::string text(count, '\0');
    text.resize(std::fread(text.data(), 1, count, file));
    return text;
}

std::size_t write(std::FILE* file, const std::string& text) {
    return std::fwrite(text.data(), 1, text.size(), file);
}

/// Fails as it is told, and else keeps what is written.
class faulty_buf : public sluice::membuf {
public:
    using basic_membuf::basic_membuf;

    bool read_fails = false;
    bool seek_fails = false;
    bool sync_fails = false;
    bool close_fails = false;
    std::error_code code = system_code(EIO);

protected:
    int_type underflow() override {
        if (read_fails) {
            fail_read(code, 3);
        }
        return basic_membuf::underflow();
    }
    std::streamsize xsgetn(char* target, std::streamsize count) override {
        if (read_fails) {
            fail_read(code, 3);
        }
        return basic_membuf::xsgetn(target, count);
    }
    void do_fill(std::size_t count) override {
        if (read_fails) {
            fail_read(code, 3);
        }
        basic_membuf::do_fill(count);
    }
    pos_type seekoff(off_type offset, std::ios::seekdir whence, std::ios::openmode which) override {
        const bool moves = whence != std::ios::cur || offset != 0;
        return seek_fails && moves ? refuse_seek(code, offset)
                                   : basic_membuf::seekoff(offset, whence, which);
    }
    int sync() override {
        return sync_fails ? (static_cast<void>(fail(code, "sync", 7)), -1) : basic_membuf::sync();
    }
    std::error_code do_close() noexcept override {
        return close_fails ? code : basic_membuf::do_close();
    }
    std::string path() const override { return "far away"; }
};

/// Cannot be flushed now, and has taken all.
class later_buf : public sluice::membuf {
protected:
    int sync() override { return static_cast<void>(fail(errc::would_block, "sync")), -1; }
};

}  // namespace

TEST_CASE("C prints to bytes and scans from them") {
    bytes_io bytes;
    stdio_file file(bytes);
    CHECK(std::fprintf(file.get(), "%d %s\n", 3, "apples") == 9);
    CHECK(bytes.view().empty());  // C's buffer has it
    CHECK(std::fflush(file.get()) == 0);
    CHECK(bytes.view() == "3 apples\n");
    std::rewind(file.get());
    int count = 0;
    std::array<char, 20> word{};
    CHECK(std::fscanf(file.get(), "%d %19s", &count, word.data()) == 2);
    CHECK(count == 3);
    CHECK(std::string(word.data()) == "apples");
    CHECK(std::fgetc(file.get()) == '\n');
    CHECK(std::fgetc(file.get()) == EOF);
    CHECK(std::feof(file.get()) != 0);
    CHECK(std::ferror(file.get()) == 0);
    CHECK_FALSE(file.reason());
    file.close();
    CHECK_FALSE(file.is_open());
    CHECK(file.get() == nullptr);
    file.close();
    CHECK_FALSE(bytes.closed());
}

TEST_CASE("a FILE that is flushed or closed leaves the buffer where C stands") {
    bytes_io bytes("first\nsecond\nthird\n");
    {
        stdio_file file(bytes);
        CHECK(read_line(file.get()) == "first\n");
        CHECK(bytes.tell() > 6);  // C has read ahead
        CHECK(std::fflush(file.get()) == 0);
        CHECK(bytes.tell() == 6);
        CHECK(read_line(file.get()) == "second\n");
        file.close();
    }
    CHECK(bytes.readline() == "third\n");
    bytes.seek(0);
    {
        const stdio_file file(bytes);
        CHECK(std::getc(file.get()) == 'f');
    }
    CHECK(bytes.tell() == 1);
    stdio_file file(bytes);
    CHECK(std::getc(file.get()) == 'i');
    CHECK(std::fclose(file.release()) == 0);
    CHECK(bytes.tell() == 2);
}

TEST_CASE("a FILE reads and writes at one position also over a buffer with two") {
    std::stringstream text("abcdef");
    stdio_file file(text);
    CHECK(read_some(file.get(), 2) == "ab");
    CHECK(std::fseek(file.get(), 0, SEEK_CUR) == 0);
    CHECK(std::fputc('X', file.get()) == 'X');
    CHECK(std::fflush(file.get()) == 0);
    CHECK(text.str() == "abXdef");
    CHECK(std::ftell(file.get()) == 3);
    CHECK(std::fgetc(file.get()) == 'd');
    CHECK(std::fseek(file.get(), -1, SEEK_END) == 0);
    CHECK(std::fgetc(file.get()) == 'f');
    CHECK(std::fseek(file.get(), 1, SEEK_END) == -1);
    CHECK(errno == EINVAL);
    file.close();

    sluice::stringstream own("abcdef");
    stdio_file other(own);
    CHECK(std::fseek(other.get(), 4, SEEK_SET) == 0);
    CHECK(std::fputs("XY", other.get()) >= 0);
    CHECK(std::fseek(other.get(), 1, SEEK_SET) == 0);
    CHECK(read_some(other.get(), 9) == "bcdXY");
}

TEST_CASE("a FILE over a std::filebuf switches as C does") {
    support::temporary_file disk("abcdef");
    std::filebuf buf;
    REQUIRE(buf.open(disk.path(), std::ios::in | std::ios::out) != nullptr);
    stdio_file file(buf);
    CHECK(read_some(file.get(), 3) == "abc");
    CHECK(std::fseek(file.get(), 0, SEEK_CUR) == 0);
    CHECK(std::fputc('X', file.get()) == 'X');
    CHECK(std::fseek(file.get(), 0, SEEK_CUR) == 0);
    CHECK(std::fgetc(file.get()) == 'e');
    file.close();
    buf.close();
    CHECK(disk.content() == "abcXef");
}

TEST_CASE("a FILE has the mode that its buffer has and no other") {
    const std::string content = "abc";
    std::istringstream in(content);
    const stdio_file reader(in);
    CHECK(std::fputc('x', reader.get()) == EOF);
    CHECK(errno == EBADF);
    CHECK(std::fgetc(reader.get()) == 'a');

    std::ostringstream out;
    stdio_file writer(out);
    CHECK(std::fgetc(writer.get()) == EOF);
    CHECK(errno == EBADF);
    CHECK(std::fputc('x', writer.get()) == 'x');
    writer.close();
    CHECK(out.str() == "x");

    bytes_io bytes(content);
    CHECK(thrown_by([&] { const stdio_file bad(bytes, "x"); }).code() == errc::bad_mode);
    CHECK(thrown_by([&] { const stdio_file bad(bytes, ""); }).code() == errc::bad_mode);
    CHECK(thrown_by([&] { const stdio_file bad(bytes, nullptr); }).code() == errc::bad_mode);
    CHECK(thrown_by([&] { const stdio_file bad(bytes, "r,ccs=UTF-8"); }).code() == errc::bad_mode);
    CHECK(thrown_by([&] { const stdio_file bad(in, "r+"); }).code() == errc::not_writable);
    CHECK(thrown_by([&] { const stdio_file bad(out, "r"); }).code() == errc::not_readable);
    const stdio_file read_only(bytes, "rb");
    CHECK(std::fputc('x', read_only.get()) == EOF);
    bytes.close();
    CHECK(thrown_by([&] { const stdio_file bad(bytes); }).code() == errc::closed);
}

TEST_CASE("nothing is emptied by a mode") {
    bytes_io bytes("abcdef");
    bytes.seek(2);
    stdio_file file(bytes, "w+b");
    CHECK(std::ftell(file.get()) == 2);
    CHECK(std::fputc('X', file.get()) == 'X');
    CHECK(std::fseek(file.get(), 0, SEEK_SET) == 0);
    CHECK(read_some(file.get(), 10) == "abXdef");
}

TEST_CASE("an appending FILE writes at the end wherever it stands") {
    bytes_io bytes("abc");
    stdio_file file(bytes, "a+");
    CHECK(std::fgetc(file.get()) == 'a');
    CHECK(std::fseek(file.get(), 0, SEEK_SET) == 0);
    CHECK(std::fputs("de", file.get()) >= 0);
    CHECK(std::fflush(file.get()) == 0);
    CHECK(bytes.view() == "abcde");
    CHECK(std::fseek(file.get(), 1, SEEK_SET) == 0);
    CHECK(read_some(file.get(), 9) == "bcde");
    file.close();
    bytes.seek(0);
    stdio_file only(bytes, "a");
    CHECK(std::ftell(only.get()) == 5);
    CHECK(std::fputc('f', only.get()) == 'f');
    only.close();
    CHECK(bytes.view() == "abcdef");
}

TEST_CASE("a FILE stands at positions beyond 2 GiB") {
    support::temporary_file disk;
    sluice::filebuf buf;
    REQUIRE(buf.open(disk.path(), std::ios::in | std::ios::out) != nullptr);
    stdio_file file(buf);
    constexpr off_t far = (off_t(5) << 30) + 3;
    CHECK(::fseeko(file.get(), far, SEEK_SET) == 0);
    CHECK(std::fputs("far", file.get()) >= 0);
    CHECK(::ftello(file.get()) == far + 3);
    CHECK(::fseeko(file.get(), -2, SEEK_END) == 0);
    CHECK(::ftello(file.get()) == far + 1);
    CHECK(read_some(file.get(), 9) == "ar");
    CHECK(::fseeko(file.get(), -far, SEEK_CUR) == 0);
    CHECK(::ftello(file.get()) == 3);
    CHECK(::fseeko(file.get(), -4, SEEK_CUR) == -1);
    CHECK(errno == EINVAL);
    CHECK(::ftello(file.get()) == 3);
    file.close();
}

TEST_CASE("a positioning behind what was written stays there") {
    bytes_io bytes(std::string(9000, 'x'));
    stdio_file file(bytes);
    CHECK(std::fseek(file.get(), 5000, SEEK_SET) == 0);
    CHECK(std::fputs("twelve bytes", file.get()) >= 0);
    CHECK(std::fseek(file.get(), 0, SEEK_CUR) == 0);  // where glibc's fmemopen() goes back
    CHECK(std::ftell(file.get()) == 5012);
    CHECK(std::fgetc(file.get()) == 'x');
    CHECK(std::fseek(file.get(), -13, SEEK_CUR) == 0);
    CHECK(read_some(file.get(), 13) == "twelve bytesx");
}

TEST_CASE("a FILE of what cannot seek says so and reads what is ready") {
    auto ends = sluice::pipe();
    stdio_file in(ends.reader);
    ends.writer.write("one\ntwo");
    ends.writer.flush();
    CHECK(read_line(in.get()) == "one\n");  // and does not wait for a buffer of it
    errno = 0;
    CHECK(std::ftell(in.get()) == -1);
    CHECK(errno == ESPIPE);
    CHECK(std::fseek(in.get(), 0, SEEK_SET) == -1);
    CHECK(errno == ESPIPE);
    CHECK(std::fflush(in.get()) == 0);
    ends.writer.close();
    CHECK(read_line(in.get()) == "two");
    CHECK(std::feof(in.get()) != 0);
    CHECK_NOTHROW(in.close());
    CHECK_FALSE(in.reason());
}

TEST_CASE("a FILE over an unbuffered std::streambuf") {
    support::unbuffered buf("ab\ncd");
    stdio_file file(buf);
    CHECK(read_line(file.get()) == "ab\n");
    CHECK(std::fputs("xyz", file.get()) >= 0);
    CHECK(std::fflush(file.get()) == 0);
    CHECK(buf.written() == "xyz");
}

TEST_CASE("a FILE over a pair goes both ways") {
    std::stringbuf from("question");
    std::stringbuf to;
    sluice::pairbuf pair(from, to);
    stdio_file file(pair);
    CHECK(read_some(file.get(), 5) == "quest");
    CHECK(std::fputs("answer", file.get()) >= 0);
    CHECK(std::fflush(file.get()) == 0);
    CHECK(to.str() == "answer");
    CHECK(read_some(file.get(), 5) == "ion");
}

TEST_CASE("what a FILE owns is closed with it") {
    auto owned = std::make_unique<faulty_buf>();
    owned->close_fails = true;
    stdio_file file(std::move(owned));
    CHECK(std::fputc('x', file.get()) == 'x');
    const sluice::error thrown = thrown_by([&] { file.close(); });
    CHECK(thrown.code() == system_code(EIO));
    CHECK(thrown.operation() == "close");
    CHECK(thrown.path() == "far away");
    CHECK_FALSE(file.is_open());

    support::temporary_file disk;
    auto to_disk = std::make_unique<sluice::filebuf>();
    REQUIRE(to_disk->open(disk.path(), std::ios::out) != nullptr);
    stdio_file second(std::move(to_disk));
    std::fputs("to disk", second.get());
    std::FILE* const released = second.release();
    CHECK(second.get() == nullptr);
    CHECK(std::fclose(released) == 0);
    CHECK(disk.content() == "to disk");

    stdio_file third(bytes_io("moved in"));
    CHECK(read_some(third.get(), 20) == "moved in");
}

TEST_CASE("a disk that is full is told of when C closes") {
    auto buf = std::make_unique<sluice::filebuf>();
    REQUIRE(buf->open("/dev/full", std::ios::out) != nullptr);
    stdio_file file(std::move(buf));
    CHECK(std::fputs("lost", file.get()) >= 0);
    std::FILE* const c = file.release();
    errno = 0;
    CHECK(std::fclose(c) == EOF);
    CHECK(errno == ENOSPC);
    CHECK(file.reason().code() == system_code(ENOSPC));
    CHECK(file.reason().path() == "/dev/full");

    sluice::filebuf lent;
    REQUIRE(lent.open("/dev/full", std::ios::out) != nullptr);
    stdio_file again(lent);
    std::fputs("lost", again.get());
    CHECK(std::fflush(again.get()) == EOF);
    CHECK(errno == ENOSPC);
    CHECK(std::ferror(again.get()) != 0);
    const sluice::error thrown = thrown_by([&] { again.close(); });
    CHECK(thrown.code() == system_code(ENOSPC));
    CHECK(thrown.operation() == "write");
    CHECK(thrown.path() == "/dev/full");
    CHECK(again.reason().what() == std::string(thrown.what()));
}

TEST_CASE("a write that C has been told of and has forgiven is not told again") {
    bytes_io bytes;
    bytes.set_max_size(3);
    stdio_file file(bytes);
    std::setvbuf(file.get(), nullptr, _IONBF, 0);
    CHECK(write(file.get(), "abcde") == 3);
    CHECK(errno == ENOSPC);
    CHECK(std::ferror(file.get()) != 0);
    std::clearerr(file.get());
    CHECK_NOTHROW(file.close());
    CHECK(file.reason().code() == errc::no_space);
    file.clear_reason();
    CHECK_FALSE(file.reason());
}

TEST_CASE("a failure below is what C gets told with errno and the reason has it all") {
    faulty_buf buf;
    buf.sputn("abcdef", 6);
    buf.pubseekpos(0);
    stdio_file file(buf);

    buf.read_fails = true;
    errno = 0;
    CHECK(std::fgetc(file.get()) == EOF);
    CHECK(errno == EIO);
    CHECK(std::ferror(file.get()) != 0);
    CHECK(std::feof(file.get()) == 0);
    CHECK(file.reason().operation() == "read");
    CHECK(file.reason().path() == "far away");
    CHECK(file.reason().position() == 3);
    std::array<char, 4> block{};
    CHECK(std::fread(block.data(), 1, block.size(), file.get()) == 0);
    buf.read_fails = false;
    std::clearerr(file.get());
    file.clear_reason();
    CHECK(std::fgetc(file.get()) == 'a');

    buf.seek_fails = true;
    CHECK(std::fseek(file.get(), 3, SEEK_SET) == -1);
    CHECK(errno == EIO);
    CHECK(file.reason().operation() == "seek");
    buf.seek_fails = false;
    CHECK(std::fseek(file.get(), 6, SEEK_SET) == 0);

    buf.sync_fails = true;
    buf.code = system_code(EDQUOT);
    CHECK(std::fputc('x', file.get()) == 'x');
    CHECK(std::fflush(file.get()) == EOF);
    CHECK(errno == EDQUOT);
    CHECK(file.reason().operation() == "sync");  // a loss is told before a seek
    CHECK(file.reason().position() == 7);
    CHECK(thrown_by([&] { file.close(); }).code() == system_code(EDQUOT));
}

TEST_CASE("each reason has the errno that C knows it by") {
    struct expectation {
        std::error_code code;
        int number;
    };
    const std::array<expectation, 14> all = {{
        {errc::not_readable, EBADF},
        {errc::not_writable, EBADF},
        {errc::closed, EBADF},
        {errc::unsupported, EOPNOTSUPP},
        {errc::no_space, ENOSPC},
        {errc::pinned, EBUSY},
        {errc::would_block, EAGAIN},
        {errc::bad_position, EINVAL},
        {errc::bad_encoding, EILSEQ},
        {errc::timed_out, ETIMEDOUT},
        {errc::corrupt_data, EBADMSG},
        {std::make_error_code(std::errc::connection_reset), ECONNRESET},
        {system_code(ENXIO), ENXIO},
        {std::make_error_code(std::io_errc::stream), EIO},
    }};
    for (const expectation& each : all) {
        faulty_buf buf;
        buf.read_fails = true;
        buf.code = each.code;
        const stdio_file file(buf);
        CAPTURE(each.code.message());
        errno = 0;
        CHECK(std::fgetc(file.get()) == EOF);
        CHECK(errno == each.number);
        CHECK(file.reason().code() == each.code);
    }
}

TEST_CASE("a buffer closed behind a FILE fails its calls") {
    sluice::membuf buf;
    stdio_file file(buf);
    CHECK(std::fputc('x', file.get()) == 'x');
    buf.close();
    errno = 0;
    CHECK(std::fflush(file.get()) == EOF);
    CHECK(errno == EBADF);
    CHECK(std::fgetc(file.get()) == EOF);
    CHECK(thrown_by([&] { file.close(); }).code() == errc::closed);
}

TEST_CASE("what a foreign buffer throws ends at the FILE and is kept") {
    support::throwing_buf five([] { throw 5; });
    {
        stdio_file file(five);
        errno = 0;
        CHECK(std::fgetc(file.get()) == EOF);
        CHECK(errno == EIO);
        CHECK(std::ferror(file.get()) != 0);
        std::clearerr(file.get());
        CHECK(std::fseek(file.get(), 1, SEEK_SET) == -1);
        CHECK(std::fputc('x', file.get()) == 'x');
        CHECK(std::fflush(file.get()) == EOF);
        CHECK(file.reason().code() == std::errc::io_error);
        REQUIRE(file.exception() != nullptr);
        int value = 0;
        try {
            std::rethrow_exception(file.exception());
        } catch (const int thrown) {
            value = thrown;
        }
        CHECK(value == 5);
        CHECK(std::fclose(file.release()) == EOF);
        CHECK(file.exception() != nullptr);
    }
    support::throwing_buf named([] { throw std::runtime_error("the cable is out"); });
    const stdio_file file(named);
    CHECK(std::fgetc(file.get()) == EOF);
    CHECK(file.reason().detail() == "the cable is out");
    support::throwing_buf poor([] { throw std::bad_alloc(); });
    const stdio_file starved(poor);
    CHECK(std::fgetc(starved.get()) == EOF);
    CHECK(errno == ENOMEM);
    support::throwing_buf coded([] { throw std::system_error(system_code(ENODEV)); });
    const stdio_file gone(coded);
    CHECK(std::fgetc(gone.get()) == EOF);
    CHECK(errno == ENODEV);
}

TEST_CASE("a stream that throws by its exceptions does not throw into C") {
    bytes_io bytes;
    bytes.set_max_size(2);
    bytes.exceptions(std::ios::badbit | std::ios::failbit);
    stdio_file file(bytes);
    CHECK(write(file.get(), "abc") == 3);
    CHECK(std::fflush(file.get()) == EOF);
    CHECK(errno == ENOSPC);
    CHECK(thrown_by([&] { file.close(); }).code() == errc::no_space);
    CHECK(bytes.view() == "ab");
    CHECK(bytes.bad());
}

TEST_CASE("what would block later is no failure of a write that was taken") {
    later_buf buf;
    stdio_file file(buf);
    CHECK(std::fputs("all of it", file.get()) >= 0);
    CHECK(std::fflush(file.get()) == 0);
    CHECK(buf.view() == "all of it");
    CHECK(thrown_by([&] { file.close(); }).code() == errc::would_block);  // it is told at the end
}

TEST_CASE("C asks for any buffer of its own") {
    const std::string text = "some text that is longer than the buffer";
    for (const int kind : {_IONBF, _IOLBF, _IOFBF}) {
        for (const std::size_t size : {1U, 2U, 7U, 64U}) {
            CAPTURE(kind);
            CAPTURE(size);
            bytes_io bytes;
            std::string memory(size, '\0');
            stdio_file file(bytes);
            REQUIRE(std::setvbuf(file.get(), memory.data(), kind, size) == 0);
            CHECK(write(file.get(), text) == text.size());
            CHECK(std::fputs("\nmore\n", file.get()) >= 0);
            if (kind != _IOFBF) {
                CHECK(bytes.view() == text + "\nmore\n");
            }
            std::rewind(file.get());
            CHECK(read_line(file.get()) == text + "\n");
            CHECK(read_line(file.get()) == "more\n");
            file.close();
        }
    }
    bytes_io bytes("abc");
    stdio_file file(bytes);
    REQUIRE(std::setvbuf(file.get(), nullptr, _IONBF, 0) == 0);
    CHECK(std::fgetc(file.get()) == 'a');
    CHECK(bytes.tell() == 1);  // nothing is read ahead
}

TEST_CASE("blocks of any size pass through a FILE") {
    std::string text;
    for (int i = 0; text.size() < 300'000; ++i) {
        text += std::to_string(i) + ' ';
    }
    for (const std::size_t size : {std::size_t(1), std::size_t(3), std::size_t(4096),
                                   std::size_t(32768), std::size_t(100'000), text.size()}) {
        CAPTURE(size);
        bytes_io bytes;
        stdio_file file(bytes);
        for (std::size_t done = 0; done < text.size(); done += size) {
            const std::size_t part = std::min(size, text.size() - done);
            REQUIRE(std::fwrite(text.data() + done, 1, part, file.get()) == part);
        }
        std::rewind(file.get());
        CHECK((bytes.view() == text));
        std::string back;
        for (;;) {
            const std::string part = read_some(file.get(), size);
            back += part;
            if (part.size() < size) {
                break;
            }
        }
        CHECK((back == text));
        CHECK(std::fread(text.data(), 1, 0, file.get()) == 0);
        CHECK(std::fwrite(text.data(), 1, 0, file.get()) == 0);
        file.close();
    }
}

TEST_CASE("wide characters are refused and nothing breaks") {
    bytes_io bytes("abc");
    stdio_file file(bytes);
    CHECK(std::fwide(file.get(), 1) < 0);
    CHECK(std::fputws(L"wide", file.get()) < 0);
    CHECK(std::fgetc(file.get()) == 'a');
    CHECK(::fileno(file.get()) == -1);
    CHECK(errno == EBADF);
    file.close();
    CHECK(bytes.view() == "abc");
}

TEST_CASE("a FILE is moved and the old one is closed") {
    bytes_io bytes("abc");
    stdio_file first(bytes);
    CHECK(std::fgetc(first.get()) == 'a');
    stdio_file second(std::move(first));
    CHECK_FALSE(first.is_open());  // NOLINT(bugprone-use-after-move)
    CHECK(first.get() == nullptr);
    CHECK_FALSE(first.reason());
    CHECK_NOTHROW(first.close());
    CHECK(first.release() == nullptr);
    CHECK(std::fgetc(second.get()) == 'b');
    stdio_file& same = second;
    second = std::move(same);
    CHECK(std::fgetc(second.get()) == 'c');

    faulty_buf bad;
    bad.sync_fails = true;
    stdio_file failing(bad);
    std::fputc('x', failing.get());
    CHECK(thrown_by([&] { failing = std::move(second); }).code() == system_code(EIO));
    CHECK(second.is_open());
    failing = std::move(second);
    CHECK(failing.is_open());
    swap(failing, first);
    CHECK(first.is_open());
    CHECK_FALSE(failing.is_open());
    // C closes what it was only shown.
    CHECK(std::fclose(first.get()) == 0);
    CHECK_FALSE(first.is_open());
    CHECK_NOTHROW(first.close());
}

TEST_CASE("a FILE that the system refuses leaves nothing behind") {
    const support::replaced_calls scope;
    support::replaced_calls::calls().fopencookie = [](void*, const char*,
                                                      cookie_io_functions_t) -> std::FILE* {
        errno = EMFILE;
        return nullptr;
    };
    bytes_io bytes("abc");
    const sluice::error thrown = thrown_by([&] { const stdio_file file(bytes); });
    CHECK(thrown.code() == system_code(EMFILE));
    CHECK(thrown.operation() == "open");
    CHECK(bytes.read() == "abc");
    CHECK(thrown_by([] { const stdio_file file(bytes_io("owned")); }).code() ==
          system_code(EMFILE));
}

// -- the oracles ------------------------------------------------------------------------------

namespace {

/// The same calls to two FILEs, and what they gave.
class twins {
public:
    twins(std::FILE* ours, std::FILE* theirs, unsigned seed)
        : files_{ours, theirs}, random_(seed) {}

    void step() {
        const unsigned what = random_() % 16;
        CAPTURE(what);
        const bool writes = what < 5;
        const bool reads = what >= 5 && what < 10;
        if ((writes && last_ == 'r') || (reads && last_ == 'w')) {
            same([](std::FILE* f) { return std::fseek(f, 0, SEEK_CUR); });
        }
        last_ = writes ? 'w' : reads ? 'r' : last_;
        const std::size_t size = random_() % 8 == 0 ? random_() % 70'000 : random_() % 60;
        const auto offset = static_cast<long>(random_() % 90'000);
        switch (what) {
        case 0: same([](std::FILE* f) { return std::fputc('c', f); }); break;
        case 1:
            same([&](std::FILE* f) { return std::fprintf(f, "%ld,%05zu\n", offset, size); });
            break;
        case 2:
        case 3: {
            const std::string text(size, static_cast<char>('a' + random_() % 26));
            same([&](std::FILE* f) { return write(f, text); });
            break;
        }
        case 4: same([](std::FILE* f) { return std::fputs("a line\n", f); }); break;
        case 5: same([](std::FILE* f) { return std::fgetc(f); }); break;
        case 6: same([&](std::FILE* f) { return read_some(f, size); }); break;
        case 7: same([](std::FILE* f) { return read_line(f); }); break;
        case 8:
            same([](std::FILE* f) {
                const int c = std::fgetc(f);
                return c == EOF ? EOF : std::ungetc('!', f) + 1000 * std::fgetc(f);
            });
            break;
        case 9:
            same([](std::FILE* f) {
                long number = -1;
                return std::fscanf(f, "%4ld", &number) * 100'000 + number;
            });
            break;
        case 10: same([&](std::FILE* f) { return ::fseeko(f, offset, SEEK_SET); }); break;
        case 11: same([&](std::FILE* f) { return ::fseeko(f, offset - 45'000, SEEK_CUR); }); break;
        case 12:
            same([&](std::FILE* f) { return ::fseeko(f, offset % 300 - 150, SEEK_END); });
            break;
        case 13: same([](std::FILE* f) { return std::rewind(f), 0; }); break;
        case 14: same([](std::FILE* f) { return std::fflush(f); }); break;
        default: same([](std::FILE* f) { return std::clearerr(f), 0; }); break;
        }
        if (what >= 10 && what < 14) {
            last_ = ' ';
        }
        same([](std::FILE* f) { return ::ftello(f); });
        same([](std::FILE* f) { return std::feof(f) * 2 + (std::ferror(f) != 0 ? 1 : 0); });
    }

private:
    template <class Call>
    void same(Call call) {
        const auto ours = call(files_[0]);
        const auto theirs = call(files_[1]);
        REQUIRE((ours == theirs));
    }

    std::array<std::FILE*, 2> files_;
    std::minstd_rand random_;
    char last_ = ' ';
};

}  // namespace

TEST_CASE("the same calls give on bytes what they give on a file") {
    for (unsigned seed = 1; seed <= 40; ++seed) {
        CAPTURE(seed);
        bytes_io bytes;
        stdio_file ours(bytes);
        std::FILE* const theirs = std::tmpfile();
        REQUIRE(theirs != nullptr);
        if (seed % 4 == 0) {
            std::setvbuf(ours.get(), nullptr, _IONBF, 0);
            std::setvbuf(theirs, nullptr, _IONBF, 0);
        }
        twins both(ours.get(), theirs, seed);
        for (int i = 0; i < 200; ++i) {
            CAPTURE(i);
            both.step();
        }
        std::fflush(theirs);
        ours.close();
        std::rewind(theirs);
        CHECK((read_some(theirs, bytes.view().size() + 1) == bytes.view()));
        std::fclose(theirs);
    }
}

TEST_CASE("the same reads give on bytes what they give by fmemopen") {
    std::string text;
    for (int i = 0; i < 3000; ++i) {
        text += std::to_string(i) + (i % 10 == 0 ? "\n" : " ");
    }
    bytes_io bytes(text);
    stdio_file ours(bytes, "r");
    std::FILE* const theirs = ::fmemopen(text.data(), text.size(), "r");
    REQUIRE(theirs != nullptr);
    std::minstd_rand random(1);
    for (int i = 0; i < 3000; ++i) {
        CAPTURE(i);
        const auto offset = static_cast<long>(random() % text.size());
        switch (random() % 3) {
        case 0:
            REQUIRE(std::fseek(ours.get(), offset, SEEK_SET) ==
                    std::fseek(theirs, offset, SEEK_SET));
            break;
        case 1: REQUIRE(read_line(ours.get()) == read_line(theirs)); break;
        default: {
            const std::size_t count = random() % 100 == 0 ? 20'000 : 30;
            REQUIRE((read_some(ours.get(), count) == read_some(theirs, count)));
            break;
        }
        }
        REQUIRE(std::ftell(ours.get()) == std::ftell(theirs));
    }
    std::fclose(theirs);
}

TEST_SUITE_END();
