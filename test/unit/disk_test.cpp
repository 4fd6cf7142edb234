#include <sluice/error.hpp>
#include <sluice/fs/disk.hpp>

#include <support/errors.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <ios>
#include <string>
#include <string_view>
#include <system_error>

namespace {

using sluice::fs::disk;
using sluice::fs::file_type;
using support::replaced_calls;
using support::system_code;
using support::temporary_directory;
using support::thrown_by;

int calls_of_stat = 0;

}  // namespace

TEST_SUITE_BEGIN("disk");

TEST_CASE("the disk's streams are on descriptors") {
    const temporary_directory directory;
    disk files;
    sluice::stream out = files.open(directory / "f", std::ios::out);
    CHECK(out.fileno() >= 0);
    out << "abc";
    out.close();
    CHECK(support::content_of(directory / "f") == "abc");
}

TEST_CASE("what has no end is not opened at its end") {
    const temporary_directory directory;
    REQUIRE(::mkfifo((directory / "pipe").c_str(), 0600) == 0);
    disk files;
    std::error_code code;
    const auto mode = std::ios::in | std::ios::out | std::ios::ate;
    CHECK(files.open(directory / "pipe", mode, code).closed());
    CHECK(code == sluice::errc::not_seekable);
    CHECK(thrown_by([&] { static_cast<void>(files.open(directory / "pipe", mode)); }).code() ==
          sluice::errc::not_seekable);
}

TEST_CASE("the disk is asked once for all that is told of a file") {
    const temporary_directory directory;
    support::write_file(directory / "f", "abc");
    disk files;
    calls_of_stat = 0;
    const replaced_calls scope;
    replaced_calls::calls().stat = [](const char* path, struct stat* status, int flags) {
        ++calls_of_stat;
        return ::fstatat(AT_FDCWD, path, status, flags);
    };
    const sluice::fs::file_info found = files.info(directory / "f");
    CHECK(calls_of_stat == 1);
    CHECK(found.type == file_type::regular);
    CHECK(found.size == 3);
    CHECK(found.last_write_time == std::filesystem::last_write_time(directory / "f"));
    CHECK(found.permissions == std::filesystem::status(directory / "f").permissions());
}

TEST_CASE("the disk tells the time of a link itself") {
    const temporary_directory directory;
    disk files;
    support::write_file(directory / "f", "abc");
    const std::filesystem::file_time_type past =
        std::filesystem::file_time_type::clock::from_sys(std::chrono::sys_seconds());
    files.last_write_time(directory / "f", past);
    files.create_symlink("f", directory / "link");
    CHECK(files.info(directory / "link").last_write_time == past);
    CHECK(files.symlink_info(directory / "link").last_write_time != past);
    CHECK(files.symlink_info(directory / "link").type == file_type::symlink);
}

TEST_CASE("the disk knows what is no file of bytes") {
    const temporary_directory directory;
    const std::string fifo = (directory / "fifo").native();
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    disk files;
    CHECK(files.info(fifo).type == file_type::fifo);
    CHECK(files.info("/dev/null").type == file_type::character);
    CHECK(thrown_by([&] { static_cast<void>(files.file_size("/dev/null")); }).code() ==
          std::errc::not_supported);
}

TEST_CASE("a file whose size the disk does not tell is read as a whole") {
    disk files;
    CHECK(files.file_size("/proc/self/status") == 0);
    CHECK(files.read_bytes("/proc/self/status").starts_with("Name:"));
}

TEST_CASE("a failure of the disk is told as the system gives it") {
    const temporary_directory directory;
    support::write_file(directory / "f", "abc");
    disk files;
    const replaced_calls scope;
    SUBCASE("when it is asked") {
        replaced_calls::calls().stat = [](const char*, struct stat*, int) {
            errno = EIO;
            return -1;
        };
        const sluice::error failure =
            thrown_by([&] { static_cast<void>(files.exists(directory / "f")); });
        CHECK(failure.code() == system_code(EIO));
        CHECK(failure.operation() == "exists");
        CHECK(failure.path() == (directory / "f").native());
        std::error_code code;
        CHECK_FALSE(files.exists(directory / "f", code));
        CHECK(code == system_code(EIO));
        CHECK_FALSE(files.names_directory(directory / "f"));
    }
    SUBCASE("when it reads") {
        replaced_calls::calls().read = [](int, void*, std::size_t) -> ssize_t {
            errno = EIO;
            return -1;
        };
        replaced_calls::calls().copy_file_range = [](int, off_t*, int, off_t*, std::size_t) {
            errno = EIO;
            return ssize_t(-1);
        };
        std::error_code code;
        CHECK(files.read_bytes(directory / "f", code).empty());
        CHECK(code == system_code(EIO));
        CHECK_FALSE(files.copy_file(directory / "f", directory / "g", code));
        CHECK(code == system_code(EIO));
    }
    SUBCASE("when it closes") {
        replaced_calls::calls().close = [](int file) {
            ::close(file);
            errno = EDQUOT;
            return -1;
        };
        std::error_code code;
        files.write_bytes(directory / "f", "x", code);
        CHECK(code == system_code(EDQUOT));
        files.copy_file(directory / "f", directory / "g", code);
        CHECK(code == system_code(EDQUOT));
    }
}

TEST_CASE("a full disk is told by the call that writes all") {
    disk files;
    const sluice::error failure = thrown_by([&] { files.write_bytes("/dev/full", "x"); });
    CHECK(failure.code() == system_code(ENOSPC));
    CHECK(std::string(failure.what()) == "write_bytes /dev/full: No space left on device");
}

TEST_CASE("an interrupted and a short write are completed") {
    const temporary_directory directory;
    disk files;
    const replaced_calls scope;
    replaced_calls::calls().write = [](int file, const void* source, std::size_t size) -> ssize_t {
        static int turn = 0;
        if (++turn % 2 == 0) {
            errno = EINTR;
            return -1;
        }
        return ::write(file, source, size > 3 ? 3 : size);
    };
    files.write_bytes(directory / "f", "abcdefgh");
    CHECK(support::content_of(directory / "f") == "abcdefgh");
}

TEST_CASE("a copy on the disk is the system's, or made by hand where the system has none") {
    const temporary_directory directory;
    const std::string content = std::string(100'000, 'a') + std::string(200'000, '\0') + 'b';
    support::write_file(directory / "f", content);
    disk files;
    static std::size_t by_system;
    static std::size_t most;
    for (const std::size_t limit : {std::size_t(0), std::size_t(70'000), content.size() * 2}) {
        CAPTURE(limit);
        by_system = 0;
        most = limit;
        const replaced_calls scope;
        replaced_calls::calls().copy_file_range = [](int from, off_t* from_position, int to,
                                                     off_t* to_position, std::size_t size) {
            if (by_system >= most) {
                errno = ENOSYS;
                return ssize_t(-1);
            }
            const ssize_t count = ::copy_file_range(from, from_position, to, to_position,
                                                    std::min(size, most - by_system), 0);
            by_system += count > 0 ? static_cast<std::size_t>(count) : 0;
            return count;
        };
        CHECK(files.copy_file(directory / "f", directory / "g",
                              sluice::fs::copy_options::overwrite_existing));
        CHECK(support::content_of(directory / "g") == content);
        CHECK(by_system == std::min(limit, content.size()));
    }
}

// How many bytes of the disk a file takes.
std::int64_t taken_by(const std::filesystem::path& file) {
    struct stat found {};
    REQUIRE(::stat(file.c_str(), &found) == 0);
    return std::int64_t(found.st_blocks) * 512;
}

TEST_CASE("a copy on the disk keeps the holes of a file") {
    constexpr std::int64_t unit = 1 << 18;
    const temporary_directory directory;
    const auto write_at = [](const support::descriptor& file, std::int64_t position,
                             std::string_view text) {
        REQUIRE(::pwrite(file.number(), text.data(), text.size(), position) ==
                static_cast<ssize_t>(text.size()));
    };
    disk files;
    static std::size_t by_system;
    static bool knows_holes;
    static std::size_t most;
    const replaced_calls scope;
    replaced_calls::calls().copy_file_range = [](int from, off_t* from_position, int to,
                                                 off_t* to_position, std::size_t size) {
        if (by_system >= most) {
            errno = ENOSYS;
            return ssize_t(-1);
        }
        const ssize_t count = ::copy_file_range(from, from_position, to, to_position,
                                                std::min(size, most - by_system), 0);
        by_system += count > 0 ? static_cast<std::size_t>(count) : 0;
        return count;
    };
    replaced_calls::calls().lseek = [](int file, off_t offset, int whence) {
        if (!knows_holes && (whence == SEEK_DATA || whence == SEEK_HOLE)) {
            errno = EINVAL;
            return off_t(-1);
        }
        return ::lseek(file, offset, whence);
    };
    struct shape {
        std::int64_t first;   // where the content begins,
        std::int64_t second;  // goes on,
        std::int64_t size;    // and what the size is
    };
    for (const shape& file :
         {shape{0, 8 * unit, 16 * unit}, shape{4 * unit, 8 * unit, 8 * unit + 3},
          shape{4 * unit, 4 * unit, 4 * unit + 3}, shape{-1, -1, 8 * unit}}) {
        CAPTURE(file.first);
        {
            const support::descriptor out((directory / "f").string(), O_RDWR | O_CREAT | O_TRUNC);
            if (file.first >= 0) {
                write_at(out, file.first, "one");
                write_at(out, file.second, "two");
            }
            REQUIRE(::ftruncate(out.number(), file.size) == 0);
        }
        const std::string content = support::content_of(directory / "f");
        const bool is_sparse = taken_by(directory / "f") < unit;
        if (!is_sparse) {
            MESSAGE("this file system knows no holes");
        }
        for (const bool knows : {true, false}) {
            for (const std::size_t limit :
                 {std::size_t(0), std::size_t(2), std::size_t(100 * unit)}) {
                CAPTURE(knows);
                CAPTURE(limit);
                knows_holes = knows;
                most = limit;
                by_system = 0;
                CHECK(files.copy_file(directory / "f", directory / "g",
                                      sluice::fs::copy_options::overwrite_existing));
                CHECK((support::content_of(directory / "g") == content));
                if (is_sparse && knows) {
                    CHECK(by_system < static_cast<std::size_t>(unit));
                    CHECK(taken_by(directory / "g") <= taken_by(directory / "f") + unit / 2);
                }
            }
        }
    }
}

TEST_CASE("a copy is not begun where the way back from a hole fails") {
    const temporary_directory directory;
    support::write_file(directory / "f", "abc");
    disk files;
    const replaced_calls scope;
    replaced_calls::calls().lseek = [](int file, off_t offset, int whence) {
        if (whence == SEEK_SET) {
            errno = EIO;
            return off_t(-1);
        }
        return ::lseek(file, offset, whence);
    };
    CHECK(thrown_by([&] { files.copy_file(directory / "f", directory / "g"); }).code() ==
          system_code(EIO));
}

TEST_CASE("what the system cannot copy fails as by hand") {
    const temporary_directory directory;
    support::write_file(directory / "f", "abc");
    disk files;
    const replaced_calls scope;
    replaced_calls::calls().copy_file_range = [](int, off_t*, int, off_t*, std::size_t) {
        errno = EIO;
        return ssize_t(-1);
    };
    replaced_calls::calls().write = [](int, const void*, std::size_t) {
        errno = ENOSPC;
        return ssize_t(-1);
    };
    CHECK(thrown_by([&] { files.copy_file(directory / "f", directory / "g"); }).code() ==
          system_code(ENOSPC));
}

TEST_SUITE_END();
