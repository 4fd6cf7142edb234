#include <sluice/bridge/stdio.hpp>
#include <sluice/device/memory.hpp>

#include <support/errors.hpp>
#include <support/limits.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

TEST_SUITE_BEGIN("stdiobuf");

using sluice::errc;
using sluice::ownership;
using sluice::stdio_stream;
using sluice::stdiobuf;
using support::system_code;
using support::thrown_by;

namespace {

/// A FILE that is closed at the end of its scope.
class c_file {
public:
    explicit c_file(std::FILE* file) : file_(file) {
        if (file == nullptr) {
            throw std::runtime_error("no FILE");
        }
    }
    explicit c_file(std::string_view content) : c_file(std::tmpfile()) {
        std::fwrite(content.data(), 1, content.size(), file_);
        std::rewind(file_);
    }
    c_file(const c_file&) = delete;
    c_file& operator=(const c_file&) = delete;
    ~c_file() { std::fclose(file_); }

    [[nodiscard]] std::FILE* get() const { return file_; }

    [[nodiscard]] std::string line() const {
        std::array<char, 200> text{};
        return std::fgets(text.data(), static_cast<int>(text.size()), file_) != nullptr
                   ? text.data()
                   : "";
    }
    [[nodiscard]] std::string content() const {
        std::fflush(file_);
        const long here = std::ftell(file_);
        std::rewind(file_);
        std::string all(100'000, '\0');
        all.resize(std::fread(all.data(), 1, all.size(), file_));
        std::fseek(file_, here, SEEK_SET);
        return all;
    }

private:
    std::FILE* file_;
};

/// A FILE on a pipe that holds `text`; the writer stays open.
class c_pipe {
public:
    explicit c_pipe(std::string_view text) : ends_(support::new_pipe()) {
        add(text);
        file_ = std::make_unique<c_file>(::fdopen(ends_[0], "r"));
    }
    c_pipe(const c_pipe&) = delete;
    c_pipe& operator=(const c_pipe&) = delete;
    ~c_pipe() { end(); }

    void add(std::string_view text) const {
        if (::write(ends_[1], text.data(), text.size()) < 0) {
            throw std::runtime_error("no write");
        }
    }
    void end() {
        if (ends_[1] >= 0) {
            ::close(std::exchange(ends_[1], -1));
        }
    }
    [[nodiscard]] const c_file& reader() const { return *file_; }
    [[nodiscard]] std::FILE* get() const { return file_->get(); }

private:
    std::array<int, 2> ends_;
    std::unique_ptr<c_file> file_;
};

/// A FILE whose calls fail as it is told.
struct script {
    std::string content = {};
    std::size_t next = 0;
    std::size_t fails_at = std::string::npos;
    int error = EIO;
    int times = 1;  // then it goes well
    int closed = 0;
    std::string written = {};

    [[nodiscard]] std::FILE* open(const char* mode) {
        return ::fopencookie(this, mode, {read, write, nullptr, close});
    }
    static ssize_t read(void* self, char* target, std::size_t size) {
        script& me = *static_cast<script*>(self);
        if (me.next == me.fails_at && me.times-- > 0) {
            errno = me.error;
            return -1;
        }
        std::size_t count = std::min(size, me.content.size() - me.next);
        if (me.next < me.fails_at) {
            count = std::min(count, me.fails_at - me.next);
        }
        me.content.copy(target, count, me.next);
        me.next += count;
        return static_cast<ssize_t>(count);
    }
    static ssize_t write(void* self, const char* source, std::size_t size) {
        script& me = *static_cast<script*>(self);
        if (me.written.size() >= me.fails_at && me.times-- > 0) {
            errno = me.error;
            return 0;
        }
        me.written.append(source, size);
        return static_cast<ssize_t>(size);
    }
    static int close(void* self) {
        script& me = *static_cast<script*>(self);
        ++me.closed;
        return 0;
    }
};

}  // namespace

TEST_CASE("a stream and C share every character of a FILE") {
    const c_file file("12 apples\nsecond line\nthird\n345");
    stdio_stream in(file.get());
    int count = 0;
    in >> count;
    CHECK(count == 12);
    CHECK(std::getc(file.get()) == ' ');
    CHECK(file.line() == "apples\n");
    std::string line;
    CHECK(bool(std::getline(in, line)));
    CHECK(line == "second line");
    CHECK(in.readline() == "third\n");
    CHECK(in.get() == '3');
    CHECK(in.std::istream::peek() == '4');
    CHECK(std::getc(file.get()) == '4');
    CHECK(std::ungetc('4', file.get()) == '4');
    in.unget();
    CHECK(in.read() == "345");
    CHECK(std::getc(file.get()) == EOF);
    in.seek(3);
    CHECK(std::getc(file.get()) == 'a');
    std::rewind(file.get());
    CHECK(in.tell() == 0);
    CHECK(in.get() == '1');
}

TEST_CASE("a stream and C write to a FILE in the order of the calls") {
    const c_file file("");
    stdio_stream out(file.get());
    out << "one ";
    std::fputs("two ", file.get());
    out << 3 << ' ';
    std::fprintf(file.get(), "%d ", 4);
    out.write("five");
    CHECK(out.tell() == 16);
    CHECK(file.content() == "one two 3 4 five");
    out.seek(4);
    out << "TWO";
    CHECK(std::getc(file.get()) == ' ');
    CHECK(out.get() == '3');
    out << '!';
    CHECK(file.content() == "one TWO 3!4 five");
    CHECK(out.rdbuf()->size() == 16);
}

TEST_CASE("what peek() takes out of a shared FILE is put back by sync") {
    for (const bool piped : {false, true}) {
        CAPTURE(piped);
        const c_file disk("abc");
        const c_pipe pipe("abc");
        std::FILE* const file = piped ? pipe.get() : disk.get();
        stdiobuf buf(file);
        CHECK(buf.peek(3).size() == 1);
        CHECK(buf.peek()[0] == 'a');
        CHECK(buf.pubsync() == 0);
        CHECK(std::getc(file) == 'a');
        CHECK(buf.peek()[0] == 'b');
        buf.consume(1);
        CHECK(std::getc(file) == 'c');
    }
}

TEST_CASE("characters are put back where C finds them") {
    const c_file file("abcdef");
    stdiobuf buf(file.get());
    CHECK(buf.sungetc() == EOF);
    CHECK(buf.sputbackc('x') == EOF);
    CHECK(buf.sbumpc() == 'a');
    CHECK(buf.sbumpc() == 'b');
    CHECK(buf.sungetc() != EOF);
    CHECK(buf.sungetc() != EOF);
    CHECK(buf.sungetc() == EOF);
    CHECK(std::getc(file.get()) == 'a');
    CHECK(buf.sputbackc('X') == 'X');
    CHECK(buf.pubseekoff(0, std::ios::cur) == 0);
    CHECK(std::getc(file.get()) == 'X');
    CHECK(buf.sbumpc() == 'b');

    CHECK(buf.sputbackc('!') == '!');
    CHECK(buf.pubsync() == 0);  // which forgets it, and keeps the place
    CHECK(buf.pubseekoff(0, std::ios::cur) == 1);
    CHECK(::lseek(buf.native_handle(), 0, SEEK_CUR) == 1);
    CHECK(std::getc(file.get()) == 'b');
    CHECK(buf.sbumpc() == 'c');

    const c_pipe pipe("abcdef");
    stdiobuf piped(pipe.get());
    CHECK(piped.sungetc() == EOF);
    CHECK(piped.sbumpc() == 'a');
    CHECK(piped.sungetc() != EOF);
    CHECK(piped.sungetc() == EOF);  // what came before is not known
    CHECK(std::getc(pipe.get()) == 'a');
    std::array<char, 3> block{};
    CHECK(piped.sgetn(block.data(), 3) == 3);
    CHECK(piped.sungetc() != EOF);
    CHECK(std::getc(pipe.get()) == 'd');
}

TEST_CASE("a FILE with a buffer before it is handed back by sync and close") {
    for (const bool piped : {false, true}) {
        CAPTURE(piped);
        const c_file disk("one\ntwo\nthree\n");
        const c_pipe pipe("one\ntwo\nthree\n");
        const c_file& file = piped ? pipe.reader() : disk;
        stdiobuf buf(file.get());
        buf.pubsetbuf(nullptr, 1000);
        sluice::stream in(std::make_unique<stdiobuf>(std::move(buf)));
        CHECK(in.readline() == "one\n");
        CHECK(in.rdbuf()->in_avail() == 10);
        in.flush();
        CHECK(file.line() == "two\n");
        CHECK(in.peek(1).front() == 't');
        in.close();
        CHECK(file.line() == "three\n");
    }
    const c_file file("");
    stdiobuf buf(file.get());
    buf.pubsetbuf(nullptr, 100);
    CHECK(buf.sputn("later", 5) == 5);
    CHECK(std::ftell(file.get()) == 0);
    CHECK(buf.pubsync() == 0);
    CHECK(std::ftell(file.get()) == 5);
    CHECK(buf.sputn(" more", 5) == 5);
    buf.pubsetbuf(nullptr, 0);
    CHECK(std::ftell(file.get()) == 10);
}

TEST_CASE("a FILE that can seek is read by whole buffers, whatever C has ready") {
    std::array<char, 16> memory{};
    const c_file file(std::string(3000, 'x'));
    std::setvbuf(file.get(), memory.data(), _IOFBF, memory.size());
    stdiobuf buf(file.get());
    buf.pubsetbuf(nullptr, 1000);
    CHECK(buf.peek().size() == 1000);
}

TEST_CASE("a FILE that cannot seek is read as far as something is ready") {
    c_pipe pipe("one\n");
    stdiobuf buf(pipe.get());
    buf.pubsetbuf(nullptr, 4096);
    sluice::stream in(std::make_unique<stdiobuf>(std::move(buf)));
    CHECK(in.readline() == "one\n");  // and waits for no more
    pipe.add("two\n");
    CHECK(in.readline() == "two\n");
    pipe.end();
    CHECK(in.readline().empty());
    CHECK_FALSE(in.seekable());
    CHECK(thrown_by([&] { static_cast<void>(in.tell()); }).code() == errc::not_seekable);
    CHECK(thrown_by([&] { static_cast<void>(in.rdbuf()->size()); }).code() == errc::unsupported);
}

TEST_CASE("the end of a FILE is not for ever and not an error") {
    for (const std::streamsize size : {0, 64}) {
        CAPTURE(size);
        support::temporary_file disk("ab");
        const c_file file(std::fopen(disk.path().c_str(), "r"));
        stdiobuf buf(file.get());
        buf.pubsetbuf(nullptr, size);
        std::array<char, 8> block{};
        CHECK(buf.sgetn(block.data(), 8) == 2);
        CHECK(buf.sgetc() == EOF);
        CHECK(buf.sgetn(block.data(), 8) == 0);
        support::write_file(disk.path(), "abcd");
        CHECK(buf.sgetc() == 'c');
        CHECK(buf.sgetn(block.data(), 8) == 2);
        CHECK_FALSE(buf.reason());
    }
}

TEST_CASE("a failed read of a FILE is an error and can be tried again") {
    for (const std::streamsize size : {0, 3, 64}) {
        CAPTURE(size);
        script fails{.content = "abcdef", .fails_at = 4};
        const c_file file(fails.open("r"));
        stdiobuf buf(file.get());
        buf.pubsetbuf(nullptr, size);
        std::array<char, 8> block{};
        const sluice::error thrown = thrown_by([&] { buf.sgetn(block.data(), 6); });
        CHECK(thrown.code() == system_code(EIO));
        CHECK(thrown.operation() == "read");
        CHECK(std::ferror(file.get()) != 0);  // C may look too
        CHECK(buf.sgetn(block.data(), 8) == 6);
        CHECK(std::string_view(block.data(), 6) == "abcdef");
        CHECK(buf.sgetc() == EOF);
    }
    // Each character by itself, and what C reads after.
    script fails{.content = "abcdef", .fails_at = 0, .times = 3};
    const c_file file(fails.open("r"));
    stdiobuf buf(file.get());
    CHECK(thrown_by([&] { buf.sgetc(); }).code() == system_code(EIO));
    CHECK(thrown_by([&] { buf.sbumpc(); }).code() == system_code(EIO));
    CHECK(thrown_by([&] { static_cast<void>(buf.peek()); }).code() == system_code(EIO));
    CHECK(buf.sbumpc() == 'a');
    CHECK(std::getc(file.get()) == 'b');

    script part{.content = "abcdef", .fails_at = 4};
    const c_file shared(part.open("r"));
    stdiobuf exact(shared.get());
    std::array<char, 8> block{};
    CHECK(thrown_by([&] { exact.sgetn(block.data(), 6); }).code() == system_code(EIO));
    CHECK(shared.line() == "abcdef");  // nothing has been read
}

TEST_CASE("an interruption of a FILE is not seen") {
    script interrupted{.content = "abcdef", .fails_at = 3, .error = EINTR};
    const c_file file(interrupted.open("r"));
    stdiobuf buf(file.get());
    std::array<char, 8> block{};
    CHECK(buf.sgetn(block.data(), 8) == 6);
    CHECK(std::ferror(file.get()) == 0);
    script again{.content = "abc", .fails_at = 0, .error = EINTR};
    const c_file other(again.open("r"));
    stdiobuf characters(other.get());
    CHECK(characters.sbumpc() == 'a');
    CHECK(std::ferror(other.get()) == 0);
    script written{.fails_at = 0, .error = EINTR};
    const c_file out(written.open("w"));
    std::setvbuf(out.get(), nullptr, _IONBF, 0);
    stdiobuf writer(out.get());
    CHECK(writer.sputn("xyz", 3) == 3);
    CHECK(written.written == "xyz");
}

TEST_CASE("a FILE on a full disk fails its sync and its close") {
    const c_file full(std::fopen("/dev/full", "w"));
    stdiobuf buf(full.get());
    CHECK(buf.sputn("abc", 3) == 3);  // C's buffer has it
    CHECK(buf.pubsync() == -1);
    CHECK(buf.reason().code() == system_code(ENOSPC));
    CHECK(buf.reason().operation() == "sync");

    stdio_stream owner(std::fopen("/dev/full", "w"), ownership::owned);
    owner << "abc";
    const sluice::error thrown = thrown_by([&] { owner.close(); });
    CHECK(thrown.code() == system_code(ENOSPC));
    CHECK(thrown.operation() == "close");
    CHECK(owner.closed());
    CHECK(owner.file() == nullptr);

    const c_file unbuffered(std::fopen("/dev/full", "w"));
    std::setvbuf(unbuffered.get(), nullptr, _IONBF, 0);
    stdio_stream out(unbuffered.get());
    out << "abc";
    CHECK(out.bad());
    CHECK(sluice::error_of(out).code() == system_code(ENOSPC));
    CHECK(sluice::error_of(out).operation() == "write");
}

TEST_CASE("a FILE whose descriptor is closed fails with its errno") {
    support::temporary_file disk("abc");
    const int descriptor = ::open(disk.path().c_str(), O_RDWR | O_CLOEXEC);
    std::FILE* const file = ::fdopen(descriptor, "r+");
    REQUIRE(file != nullptr);
    stdiobuf buf(file, [](std::FILE* f) { return std::fclose(f); });
    ::close(descriptor);
    CHECK(thrown_by([&] { buf.sgetc(); }).code() == system_code(EBADF));
    CHECK(buf.pubseekoff(0, std::ios::end) == -1);
    CHECK(thrown_by([&] { buf.close(); }).code() == system_code(EBADF));
}

TEST_CASE("a FILE can do what it was opened for") {
    support::temporary_file disk("abc");
    const c_file reader(std::fopen(disk.path().c_str(), "r"));
    stdiobuf in(reader.get());
    CHECK(in.readable());
    CHECK_FALSE(in.writable());
    CHECK(in.sputc('x') == EOF);
    CHECK(in.reason().code() == errc::not_writable);
    const c_file writer(std::fopen(disk.path().c_str(), "a"));
    stdiobuf out(writer.get());
    CHECK_FALSE(out.readable());
    CHECK(thrown_by([&] { out.sgetc(); }).code() == errc::not_readable);
    CHECK(thrown_by([&] { out.sbumpc(); }).code() == errc::not_readable);
    CHECK(out.sputn("def", 3) == 3);
    CHECK(out.pubsync() == 0);
    CHECK(disk.content() == "abcdef");
    CHECK(out.pubseekoff(0, std::ios::cur) == 6);
    CHECK(thrown_by([] { stdiobuf none(nullptr); }).code() == errc::closed);
    stdiobuf closed;
    CHECK_FALSE(closed.is_open());
    CHECK(thrown_by([&] { closed.sgetc(); }).code() == errc::closed);
    CHECK(closed.sputc('x') == EOF);
    CHECK(closed.sungetc() == EOF);
    CHECK(closed.pubsync() == 0);
    CHECK_NOTHROW(closed.close());
    CHECK(thrown_by([&] { closed.release(); }).code() == errc::closed);
}

TEST_CASE("an owned FILE is closed once and a borrowed one not at all") {
    script owned{.content = "abc"};
    {
        stdiobuf buf(owned.open("r"), ownership::owned);
        CHECK(buf.sbumpc() == 'a');
        stdiobuf moved(std::move(buf));
        CHECK_FALSE(buf.is_open());  // NOLINT(bugprone-use-after-move)
        CHECK(moved.sbumpc() == 'b');
        moved.close();
        moved.close();
        CHECK(owned.closed == 1);
    }
    CHECK(owned.closed == 1);
    script lent{.content = "abc"};
    {
        const c_file file(lent.open("r"));
        { stdiobuf buf(file.get()); }
        CHECK(lent.closed == 0);
        stdiobuf given(file.get(), ownership::owned);
        CHECK(given.sbumpc() == 'a');
        CHECK(given.release() == file.get());
        CHECK(lent.closed == 0);
        CHECK(std::getc(file.get()) == 'b');
    }
    CHECK(lent.closed == 1);
}

TEST_CASE("a FILE is closed by what it was given") {
    int status = -1;
    {
        stdio_stream in(::popen("echo hello; exit 3", "r"),
                        [&status](std::FILE* f) { return (status = ::pclose(f)) < 0 ? -1 : 0; });
        CHECK(in.read() == "hello\n");
        CHECK_NOTHROW(in.close());
    }
    CHECK(WEXITSTATUS(status) == 3);
    stdio_stream out(::popen("cat > /dev/null", "w"), ::pclose);
    out << "hello";
    CHECK_NOTHROW(out.close());
    const c_file file("");
    stdiobuf throwing(file.get(), [](std::FILE*) -> int { throw 5; });
    CHECK(thrown_by([&] { throwing.close(); }).code() == std::errc::io_error);
    stdiobuf failing(file.get(), [](std::FILE*) {
        errno = ENETDOWN;
        return -1;
    });
    CHECK(thrown_by([&] { failing.close(); }).code() == system_code(ENETDOWN));
}

TEST_CASE("a FILE has the descriptor and the size of its file") {
    const c_file file("abcdef");
    stdiobuf buf(file.get());
    CHECK(buf.native_handle() == ::fileno(file.get()));
    CHECK(buf.size() == 6);
    buf.pubseekpos(4);
    CHECK(buf.truncate(2) == 2);
    CHECK(buf.pubseekoff(0, std::ios::cur) == 4);
    CHECK(buf.sputc('x') == 'x');
    CHECK(buf.size() == 5);
    CHECK(file.content() == std::string("ab\0\0x", 5));
    CHECK_FALSE(buf.is_terminal());

    std::array<char, 10> memory{};
    const c_file in_memory(::fmemopen(memory.data(), memory.size(), "w+"));
    stdiobuf none(in_memory.get());
    CHECK(none.sputn("abc", 3) == 3);
    CHECK(none.size() == 3);
    CHECK(thrown_by([&] { static_cast<void>(none.native_handle()); }).code() == errc::unsupported);
    CHECK(thrown_by([&] { none.truncate(1); }).code() == errc::unsupported);
}

TEST_CASE("what was written to a FILE is on the disk, where it has one") {
    const support::replaced_calls calls;
    static std::string synced;  // how long the file was then
    support::replaced_calls::calls().fsync = [](int file) {
        struct stat status {};
        ::fstat(file, &status);
        synced += std::to_string(status.st_size) + ' ';
        return 0;
    };
    for (const bool buffered : {false, true}) {
        CAPTURE(buffered);
        synced.clear();
        const c_file file(std::tmpfile());
        std::fputs("C", file.get());
        stdio_stream stream(file.get());
        stream.rdbuf()->pubsetbuf(nullptr, buffered ? 100 : 0);
        stream << "and ours";
        stream.sync_to_disk();
        CHECK(synced == "9 ");
        stream.seek(0);
        CHECK(stream.get() == 'C');
        stream.sync_to_disk();
        CHECK(synced == "9 9 ");
        CHECK(stream.read() == "and ours");
    }
    std::array<char, 10> memory{};
    const c_file in_memory(::fmemopen(memory.data(), memory.size(), "w+"));
    stdiobuf none(in_memory.get());
    CHECK(thrown_by([&] { none.sync_to_disk(); }).code() == errc::unsupported);
    none.close();
    CHECK(thrown_by([&] { none.sync_to_disk(); }).code() == errc::closed);
}

TEST_CASE("a FILE that did not reach the disk once is never said to have") {
    const support::replaced_calls calls;
    support::replaced_calls::calls().fsync = [](int) { return errno = EIO, -1; };
    const c_file file(std::tmpfile());
    stdiobuf buf(file.get());
    CHECK(buf.sputn("text", 4) == 4);
    const sluice::error why = thrown_by([&] { buf.sync_to_disk(); });
    CHECK(why.code() == system_code(EIO));
    CHECK(why.operation() == "sync_to_disk");
    support::replaced_calls::calls().fsync = [](int) { return 0; };
    CHECK(thrown_by([&] { buf.sync_to_disk(); }).code() == system_code(EIO));
    stdiobuf moved(std::move(buf));
    CHECK(thrown_by([&] { moved.sync_to_disk(); }).code() == system_code(EIO));
    stdiobuf again(file.get());
    CHECK_FALSE(thrown_by([&] { again.sync_to_disk(); }));

    // What C's buffer had is gone when writing it fails.
    const c_file full(std::fopen("/dev/full", "w"));
    stdiobuf lost(full.get());
    CHECK(lost.sputn("text", 4) == 4);
    CHECK(thrown_by([&] { lost.sync_to_disk(); }).code() == system_code(ENOSPC));
    CHECK(thrown_by([&] { lost.sync_to_disk(); }).code() == system_code(ENOSPC));

    // So it is when that is written because the direction or the place changes.
    const auto code_after = [](auto&& use) {
        const c_file device(std::fopen("/dev/full", "w+"));
        stdiobuf both(device.get());
        CHECK(both.sputn("text", 4) == 4);
        static_cast<void>(thrown_by([&] { use(both); }));
        static_cast<void>(thrown_by([&] { both.sync_to_disk(); }));
        return thrown_by([&] { both.sync_to_disk(); }).code();
    };
    std::array<char, 2> text{};
    CHECK(code_after([](stdiobuf& both) { both.sgetc(); }) == system_code(ENOSPC));
    CHECK(code_after([&](stdiobuf& both) { both.sgetn(text.data(), 2); }) == system_code(ENOSPC));
    CHECK(code_after([](stdiobuf& both) { both.pubseekpos(0); }) == system_code(ENOSPC));
}

TEST_CASE("there and back: a FILE on a buffer as a buffer") {
    sluice::bytes_io bytes;
    sluice::stdio_file file(bytes);
    stdio_stream stream(file.get());
    stream << "3 apples\n";
    stream.flush();
    CHECK(bytes.view() == "3 apples\n");
    stream.seek(2);
    CHECK(stream.readline() == "apples\n");
    stream.seek(-3, std::ios::end);
    stream << "x";
    stream.close();
    file.close();
    CHECK(bytes.view() == "3 applxs\n");
}

TEST_CASE("a FILE of wide orientation is refused with an error") {
    const c_file file(std::tmpfile());
    REQUIRE(std::fwide(file.get(), 1) > 0);
    stdiobuf buf(file.get());
    CHECK(buf.sputn("x", 1) == 0);
    CHECK(buf.reason().code() == std::errc::io_error);
}

TEST_SUITE_END();
