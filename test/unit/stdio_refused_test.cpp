#include <sluice/bridge/stdio.hpp>

#include <support/errors.hpp>
#include <support/limits.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <ios>
#include <stdexcept>
#include <string>
#include <utility>

using sluice::errc;
using sluice::stdiobuf;
using support::system_code;
using support::thrown_by;
using ios = std::ios_base;

namespace {

// A FILE whose writes and seeks fail while it is told so.
struct flawed {
    std::string content = {};
    std::size_t place = 0;
    int write_error = 0;
    int seek_error = 0;

    [[nodiscard]] std::FILE* open(const char* mode) {
        std::FILE* const file = ::fopencookie(this, mode, {read, write, seek, nullptr});
        if (file == nullptr) {
            throw std::runtime_error("no FILE");
        }
        return file;
    }

private:
    static ssize_t read(void* self, char* target, std::size_t size) {
        flawed& me = *static_cast<flawed*>(self);
        const std::size_t count = me.content.copy(target, size, me.place);
        me.place += count;
        return static_cast<ssize_t>(count);
    }
    static ssize_t write(void* self, const char* source, std::size_t size) {
        flawed& me = *static_cast<flawed*>(self);
        if (me.write_error != 0) {
            errno = me.write_error;
            return 0;
        }
        me.content.replace(me.place, size, source, size);
        me.place += size;
        return static_cast<ssize_t>(size);
    }
    static int seek(void* self, off64_t* offset, int whence) {
        flawed& me = *static_cast<flawed*>(self);
        if (me.seek_error != 0) {
            errno = me.seek_error;
            return -1;
        }
        const auto from = whence == SEEK_SET   ? 0
                          : whence == SEEK_CUR ? static_cast<off64_t>(me.place)
                                               : static_cast<off64_t>(me.content.size());
        me.place = static_cast<std::size_t>(from + *offset);
        *offset = from + *offset;
        return 0;
    }
};

class closing {
public:
    explicit closing(std::FILE* file) : file_(file) {}
    closing(const closing&) = delete;
    closing& operator=(const closing&) = delete;
    ~closing() { std::fclose(file_); }

    [[nodiscard]] std::FILE* get() const { return file_; }

private:
    std::FILE* file_;
};

}  // namespace

TEST_SUITE_BEGIN("stdiobuf");

TEST_CASE("a FILE that cannot be written to is not read, sized, or let go") {
    flawed device{.content = "0123456789"};
    const closing file(device.open("r+"));
    stdiobuf buf(file.get());
    CHECK(buf.sputn("ab", 2) == 2);
    device.write_error = ENOSPC;
    const auto full = std::errc::no_space_on_device;
    CHECK(thrown_by([&] { buf.sgetc(); }).code() == full);
    CHECK(buf.pubsync() == 0);  // C has dropped it, having said so
    CHECK(buf.sputn("ab", 2) == 2);
    CHECK(thrown_by([&] { static_cast<void>(buf.size()); }).code() == full);
    CHECK(buf.sputn("ab", 2) == 2);
    CHECK(thrown_by([&] { buf.truncate(1); }).code() == full);
    CHECK(buf.sputn("ab", 2) == 2);
    CHECK(thrown_by([&] { static_cast<void>(buf.release()); }).code() == full);
    CHECK(buf.is_open());
    device.write_error = 0;
    CHECK(thrown_by([&] { buf.truncate(1); }).code() == errc::unsupported);  // has no descriptor
    CHECK(thrown_by([&] { static_cast<void>(buf.native_handle()); }).code() == errc::unsupported);
    CHECK_FALSE(buf.is_terminal());
    CHECK(buf.release() == file.get());
    CHECK(thrown_by([&] { static_cast<void>(buf.release()); }).code() == errc::closed);
    CHECK(device.content.size() == 10);
}

TEST_CASE("a FILE with a buffer before it keeps what cannot be written") {
    flawed device{.content = "0123456789"};
    const closing file(device.open("r+"));
    std::setvbuf(file.get(), nullptr, _IONBF, 0);
    stdiobuf buf(file.get());
    buf.pubsetbuf(nullptr, 16);
    CHECK(buf.sputn("ab", 2) == 2);
    device.write_error = ENOSPC;
    const auto full = std::errc::no_space_on_device;
    CHECK(buf.pubsync() == -1);
    CHECK(buf.reason().code() == full);
    CHECK(thrown_by([&] { static_cast<void>(buf.size()); }).code() == full);
    CHECK(thrown_by([&] { buf.truncate(1); }).code() == full);
    CHECK(thrown_by([&] { static_cast<void>(buf.release()); }).code() == full);
    CHECK(buf.pubsetbuf(nullptr, 32) == nullptr);
    device.write_error = 0;
    CHECK(buf.pubsync() == 0);
    CHECK(device.content == "ab23456789");
    CHECK(buf.size() == 10);
    CHECK(buf.sgetc() == '2');
}

TEST_CASE("a FILE whose seeks fail refuses what needs one") {
    flawed device{.content = "0123456789"};
    const closing file(device.open("r+"));
    stdiobuf buf(file.get());
    buf.pubsetbuf(nullptr, 4);
    CHECK(buf.sbumpc() == '0');
    device.seek_error = EIO;
    CHECK(thrown_by([&] { static_cast<void>(buf.size()); }).code() == system_code(EIO));
    CHECK(thrown_by([&] { buf.truncate(1); }).code() == system_code(EIO));
    CHECK(buf.sputc('x') == EOF);
    CHECK(buf.reason().code() == system_code(EIO));
    device.seek_error = 0;
    CHECK(buf.sbumpc() == '1');
    CHECK(buf.sbumpc() == '2');
}

TEST_CASE("a FILE that is only written gives nothing back") {
    const support::temporary_directory dir;
    const closing file(std::fopen((dir / "file").c_str(), "w"));
    stdiobuf buf(file.get());
    CHECK(buf.sputbackc('x') == EOF);
    CHECK(buf.sungetc() == EOF);
    CHECK(thrown_by([&] { buf.sgetc(); }).code() == errc::not_readable);
    CHECK(buf.sputn("abc", -1) == 0);
    CHECK(buf.sputn("abc", 3) == 3);
    const auto handle = buf.native_handle();
    CHECK(::lseek(handle, 0, SEEK_CUR) == 3);
    CHECK(buf.size() == 3);
    stdiobuf none;
    CHECK(none.pubsync() == 0);
    CHECK(none.sputc('x') == EOF);
    CHECK(thrown_by([&] { none.sgetc(); }).code() == errc::closed);
    swap(none, buf);
    CHECK(none.sputc('d') == 'd');
    CHECK(none.pubsync() == 0);
    CHECK(none.size() == 4);
}

TEST_CASE("a FILE whose descriptor tells nothing is ready as far as C has read") {
    const std::array<int, 2> ends = support::new_pipe();
    REQUIRE(::write(ends[1], "abc", 3) == 3);
    ::close(ends[1]);
    const closing file(::fdopen(ends[0], "r"));
    stdiobuf buf(file.get());
    CHECK(buf.sbumpc() == 'a');
    const support::replaced_calls scope;
    support::replaced_calls::calls().fstat = [](int, struct stat*) {
        errno = EIO;
        return -1;
    };
    CHECK(buf.in_avail() == 2);
}

TEST_SUITE_END();
