#include <sluice/bridge/memory_file.hpp>
#include <sluice/device/file.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/process.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fs/scoped.hpp>
#include <sluice/fstream.hpp>

#include <support/descriptors.hpp>
#include <support/errors.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

TEST_SUITE_BEGIN("memory_file");

using sluice::errc;
using sluice::memory_file;
using sluice::memory_seals;
using support::content_of;
using support::replaced_calls;
using support::system_code;
using support::thrown_by;

namespace {

int fails_without_memfd(const char* /*name*/) {
    errno = ENOSYS;
    return -1;
}

}  // namespace

TEST_CASE("what was never written for it reads a memory_file by its path") {
    const memory_file file("first\nsecond\n");
    CHECK(content_of(file.path()) == "first\nsecond\n");
    CHECK(std::filesystem::file_size(file.path()) == 13);
    std::ifstream one(file.path());
    std::ifstream two(file.path());
    std::string line;
    std::getline(one, line);
    std::getline(one, line);
    CHECK(line == "second");
    std::getline(two, line);
    CHECK(line == "first");  // each has its own position
    std::FILE* const c = std::fopen(file.path().c_str(), "r");
    REQUIRE(c != nullptr);
    CHECK(std::fgetc(c) == 'f');
    std::fclose(c);
    sluice::process cat({"cat", file.path().native()}, {.out = sluice::channel::pipe});
    CHECK(cat.communicate().out == "first\nsecond\n");
}

TEST_CASE("what is written to a memory_file by its path is seen without a copy") {
    memory_file file;
    CHECK(file.view().empty());
    std::ofstream(file.path()) << "from a stream";
    CHECK(file.view() == "from a stream");
    const std::string_view before = file.view();
    CHECK(before.data() == file.view().data());
    sluice::process shell({"sh", "-c", "printf child > \"$0\"", file.path().native()});
    CHECK(shell.wait().exited(0));
    CHECK(file.view() == "child");
    std::fstream(file.path(), std::ios::in | std::ios::out) << "CH";
    const std::string_view live = file.view();
    CHECK(live == "CHild");
    sluice::process other({"sh", "-c", "printf AB 1<>\"$0\"", file.path().native()});
    CHECK(other.wait().exited(0));
    CHECK(live == "ABild");  // the same view
    CHECK(file.size() == 5);
}

TEST_CASE("a memory_file holds a copy of what it was given") {
    CHECK(memory_file("text").view() == "text");
    CHECK(memory_file(std::string("a\0b", 3)).view() == std::string_view("a\0b", 3));
    const std::vector<std::byte> bytes{std::byte{1}, std::byte{0}, std::byte{255}};
    CHECK(memory_file(bytes).view() == std::string_view("\1\0\377", 3));
    sluice::bytes_io io("0123456789");
    io.seek(4);
    CHECK(memory_file(io).view() == "456789");
    std::istringstream in("standard");
    CHECK(memory_file(in).view() == "standard");
    CHECK(memory_file(sluice::bytes_io("moved in")).view() == "moved in");
    const support::temporary_file disk("on disk");
    sluice::ifstream file(disk.path());
    CHECK(memory_file(file).view() == "on disk");
    sluice::membuf empty;
    CHECK(memory_file(empty).view().empty());
}

TEST_CASE("a memory_file is read and written by streams with positions of their own") {
    memory_file file("0123456789");
    sluice::stream a = file.stream();
    sluice::stream b = file.stream(std::ios::in);
    a.seek(4);
    a << "xyz";
    a.flush();
    CHECK(b.read() == "0123xyz789");
    CHECK_FALSE(b.writable());
    CHECK(a.rdbuf()->path() == file.path());
    sluice::stream end = file.stream(std::ios::app);
    end << "!";
    end.close();
    CHECK(file.view() == "0123xyz789!");
    file.stream(std::ios::out | std::ios::trunc).close();
    CHECK(file.size() == 0);
    CHECK(thrown_by([&] { static_cast<void>(file.stream(std::ios::trunc)); }).code() ==
          errc::bad_mode);
}

TEST_CASE("a memory_file's streams are its own where a file system is injected") {
    sluice::fs::memory files;
    const sluice::fs::scoped_filesystem use(files);
    const memory_file file("content");
    CHECK(file.stream().read() == "content");
    sluice::membuf moved("moved in");
    CHECK(memory_file(moved).view() == "moved in");
}

TEST_CASE("a sealed memory_file refuses what it is sealed against") {
    memory_file file("fixed");
    CHECK(file.seals() == memory_seals{false, false, false});
    file.truncate(6);
    file.truncate(5);
    CHECK(file.view() == "fixed");
    file.seal({.write = false});
    CHECK(file.seals() == memory_seals{false, true, true});
    CHECK(thrown_by([&] { file.truncate(6); }).code() == system_code(EPERM));
    CHECK(thrown_by([&] { file.truncate(4); }).code() == system_code(EPERM));
    std::fstream(file.path(), std::ios::in | std::ios::out) << "F";
    CHECK(file.view() == "Fixed");
    file.seal();  // though there is a view
    file.seal();
    CHECK(file.seals() == memory_seals{});
    sluice::stream out = file.stream();
    out << "x";
    CHECK(thrown_by([&] { out.flush(); }).code() == system_code(EPERM));
    CHECK(thrown_by([&] { static_cast<void>(file.stream(std::ios::out)); }).code() ==
          system_code(EPERM));
    std::FILE* const c = std::fopen(file.path().c_str(), "r+");
    REQUIRE(c != nullptr);
    std::fputc('x', c);
    CHECK(std::fclose(c) == EOF);
    CHECK(errno == EPERM);
    sluice::process shell({"sh", "-c", "echo x > \"$0\"", file.path().native()},
                          {.err = sluice::channel::null});
    CHECK_FALSE(shell.wait().exited(0));
    CHECK(file.view() == "Fixed");
    CHECK(content_of(file.path()) == "Fixed");

    memory_file fresh("fresh");
    fresh.seal();
    CHECK(fresh.view() == "fresh");  // mapped after it was sealed
}

TEST_CASE("a writable mapping is in the way of a seal and the reason says so") {
    memory_file file("mapped");
    void* const pages =
        ::mmap(nullptr, 6, PROT_READ | PROT_WRITE, MAP_SHARED, file.native_handle(), 0);
    REQUIRE(pages != MAP_FAILED);
    const sluice::error thrown = thrown_by([&] { file.seal(); });
    CHECK(thrown.code() == system_code(EBUSY));
    CHECK(thrown.detail() == "it is mapped for writing");
    CHECK(thrown.path() == file.path());
    ::munmap(pages, 6);
    CHECK_NOTHROW(file.seal());
}

TEST_CASE("a view of a memory_file that is cut short ends no program") {
    memory_file file(std::string(100'000, 'x'));
    const std::string_view view = file.view();
    CHECK(view.size() == 100'000);
    std::filesystem::resize_file(file.path(), 5);
    CHECK(view[0] == 'x');
    CHECK(view[90'000] == '\0');
    CHECK(file.view() == "xxxxx");
    file.truncate(100'000);
    CHECK(file.view().size() == 100'000);
    CHECK(file.view()[5] == '\0');
}

#if SIZE_MAX > UINT32_MAX
TEST_CASE("a memory_file can be larger than the memory there is") {
    memory_file file;
    constexpr std::streamoff large = std::streamoff(1) << 40;
    file.truncate(large);
    CHECK(file.size() == large);
    const std::string_view view = file.view();
    CHECK(view.size() == std::size_t(large));
    sluice::stream out = file.stream();
    out.seek(large - 3);
    out << "end";
    out.close();
    CHECK(view.substr(view.size() - 3) == "end");
    CHECK(thrown_by([&] { file.truncate(-1); }).code() == errc::bad_position);
    CHECK(file.size() == large);
}
#endif

TEST_CASE("a memory_file is moved with its path and its views and then it is closed") {
    memory_file first("content");
    const std::filesystem::path path = first.path();
    const std::string_view view = first.view();
    memory_file second(std::move(first));
    CHECK_FALSE(first.is_open());  // NOLINT(bugprone-use-after-move)
    CHECK(second.path() == path);
    CHECK(view == "content");
    CHECK(second.view().data() == view.data());
    CHECK(thrown_by([&] { static_cast<void>(first.path()); }).code() == errc::closed);
    CHECK(thrown_by([&] { static_cast<void>(first.view()); }).code() == errc::closed);
    CHECK(thrown_by([&] { static_cast<void>(first.size()); }).code() == errc::closed);
    CHECK(thrown_by([&] { static_cast<void>(first.stream()); }).code() == errc::closed);
    CHECK(thrown_by([&] { first.truncate(0); }).code() == errc::closed);
    CHECK(thrown_by([&] { first.seal(); }).code() == errc::closed);
    CHECK(thrown_by([&] { static_cast<void>(first.seals()); }).code() == errc::closed);
    CHECK(thrown_by([&] { static_cast<void>(first.native_handle()); }).code() == errc::closed);
    CHECK_NOTHROW(first.close());
    first = std::move(second);
    memory_file& same = first;
    first = std::move(same);
    CHECK(first.view() == "content");
    swap(first, second);
    CHECK(second.view() == "content");
    second.close();
    CHECK_FALSE(second.is_open());
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a memory_file leaves no descriptor behind") {
    const std::ptrdiff_t before = support::open_descriptors();
    {
        memory_file file("content", "a name");
        CHECK(file.view() == "content");
        const auto link = std::filesystem::read_symlink(file.path()).native();
        CHECK(link.find("memfd:a name") != std::string::npos);
        CHECK((::fcntl(file.native_handle(), F_GETFD) & FD_CLOEXEC) != 0);
        CHECK(::lseek(file.native_handle(), 0, SEEK_CUR) == 0);
        file.close();
        CHECK(support::open_descriptors() == before);
        const std::string with_nul("a\0b", 3);
        CHECK(thrown_by([&] { memory_file bad("x", with_nul); }).code() ==
              std::errc::invalid_argument);
        const std::string long_name(300, 'n');
        CHECK(thrown_by([&] { memory_file bad("x", long_name); }).code() ==
              std::errc::invalid_argument);
    }
    CHECK(support::open_descriptors() == before);
}

TEST_CASE("a forked child has a path of its own") {
    const memory_file file("inherited");
    const pid_t child = ::fork();
    if (child == 0) {
        const std::string pid = std::to_string(::getpid());
        const bool own = file.path().native().find("/proc/" + pid + "/") == 0;
        std::ifstream in(file.path());
        std::string word;
        ::_exit(own && in >> word && word == "inherited" ? 0 : 1);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 0);
}

TEST_CASE("without memfd a memory_file is one without a name elsewhere") {
    const replaced_calls scope;
    replaced_calls::calls().memfd = fails_without_memfd;
    SUBCASE("in /dev/shm") {}
    SUBCASE("or where temporary files are") {
        replaced_calls::calls().open = [](const char* path, int flags, mode_t permissions) {
            if (std::string_view(path).find("/dev/shm") == 0) {
                errno = ENOENT;
                return -1;
            }
            return ::open(path, flags, permissions);
        };
    }
    memory_file file("content");
    CHECK(file.view() == "content");
    CHECK(content_of(file.path()) == "content");
    std::ofstream(file.path()) << "written";
    CHECK(file.view() == "written");
    sluice::process cat({"cat", file.path().native()}, {.out = sluice::channel::pipe});
    CHECK(cat.communicate().out == "written");
    CHECK(file.seals() == memory_seals{false, false, false});
    CHECK(thrown_by([&] { file.seal(); }).code() == errc::unsupported);
}

TEST_CASE("what the system refuses a memory_file is thrown with its reason") {
    const std::ptrdiff_t before = support::open_descriptors();
    {
        const replaced_calls scope;
        replaced_calls::calls().memfd = [](const char*) {
            errno = EMFILE;
            return -1;
        };
        const sluice::error thrown = thrown_by([] { const memory_file file; });
        CHECK(thrown.code() == system_code(EMFILE));
        CHECK(thrown.operation() == "open");
    }
    {
        const replaced_calls scope;
        replaced_calls::calls().write = [](int, const void*, std::size_t) -> ssize_t {
            errno = ENOSPC;
            return -1;
        };
        const sluice::error thrown = thrown_by([] { const memory_file file("content"); });
        CHECK(thrown.code() == system_code(ENOSPC));
        CHECK(thrown.operation() == "write");
    }
    {
        const replaced_calls scope;
        replaced_calls::calls().write = [](int file, const void* source, std::size_t) -> ssize_t {
            static bool interrupted = false;
            interrupted = !interrupted;
            if (interrupted) {
                errno = EINTR;
                return -1;
            }
            return ::write(file, source, 1);
        };
        memory_file file("content");
        CHECK(file.view() == "content");
    }
    memory_file file("content");
    {
        const replaced_calls scope;
        replaced_calls::calls().map_file = [](std::size_t, int, int, int, off_t) -> void* {
            errno = ENOMEM;
            return MAP_FAILED;
        };
        CHECK(thrown_by([&] { static_cast<void>(file.view()); }).code() == system_code(ENOMEM));
    }
    {
        const replaced_calls scope;
        replaced_calls::calls().fstat = [](int, struct stat*) {
            errno = EIO;
            return -1;
        };
        CHECK(thrown_by([&] { static_cast<void>(file.size()); }).code() == system_code(EIO));
    }
    {
        const replaced_calls scope;
        replaced_calls::calls().seals = [](int) {
            errno = EIO;
            return -1;
        };
        CHECK(thrown_by([&] { static_cast<void>(file.seals()); }).code() == system_code(EIO));
    }
    CHECK(file.view() == "content");
    {
        const replaced_calls scope;
        replaced_calls::calls().close = [](int number) {
            ::close(number);
            errno = EIO;
            return -1;
        };
        CHECK(thrown_by([&] { file.close(); }).code() == system_code(EIO));
    }
    CHECK_FALSE(file.is_open());
    CHECK(support::open_descriptors() == before);
}

TEST_SUITE_END();
