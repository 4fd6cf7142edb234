#include <sluice/error.hpp>
#include <sluice/fs/memory.hpp>

#include <support/errors.hpp>
#include <support/limits.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <ios>
#include <limits>
#include <memory>
#include <string>
#include <thread>
#include <vector>

namespace {

using ios = std::ios_base;
using sluice::fs::file_type;
using sluice::fs::memory;
using sluice::fs::path;
using sluice::fs::perms;
using support::thrown_by;

constexpr ios::openmode both = ios::in | ios::out;

std::error_code code_of(auto call) {
    return thrown_by(call).code();
}

}  // namespace

TEST_SUITE_BEGIN("fs memory");

TEST_CASE("a new memory file system holds nothing but its root") {
    memory files;
    CHECK(files.is_directory("/"));
    CHECK(files.list("/").empty());
    CHECK(files.space().free == files.space().capacity);
}

TEST_CASE("relative paths of a memory file system begin at its root") {
    memory files;
    files.write_bytes("a", "x");
    CHECK(files.read_bytes("/a") == "x");
    CHECK(files.read_bytes("./a") == "x");
    CHECK(files.read_bytes("../../a") == "x");
    files.create_symlink("/a", "b");
    CHECK(files.read_bytes("b") == "x");
    CHECK(files.equivalent("b", "//a"));
}

TEST_CASE("the root of a memory file system stays") {
    memory files;
    files.create_directory("/d");
    CHECK(code_of([&] { files.remove("/"); }) == std::errc::device_or_resource_busy);
    CHECK(code_of([&] { files.remove("/d/."); }) == std::errc::invalid_argument);
    CHECK(code_of([&] { files.remove("/d/.."); }) == std::errc::directory_not_empty);
    CHECK(code_of([&] { files.rename("/", "/x"); }) == std::errc::device_or_resource_busy);
    CHECK(code_of([&] { files.rename("/d", "/"); }) == std::errc::device_or_resource_busy);
    CHECK(code_of([&] { files.remove_all("/"); }) == std::errc::device_or_resource_busy);
    CHECK(files.is_directory("/"));
    CHECK(files.list("/").empty());
}

TEST_CASE("a failure in a memory file system says what, where and why") {
    memory files;
    const sluice::error failure = thrown_by([&] { static_cast<void>(files.open("/no/such")); });
    CHECK(std::string(failure.what()) == "open /no/such: No such file or directory");
    CHECK(failure.code() == support::system_code(ENOENT));
}

TEST_CASE("a full memory file system takes what fits") {
    memory files({.capacity = 10});
    files.write_bytes("a", "1234567");
    CHECK(files.space().free == 3);

    CHECK(code_of([&] { files.write_bytes("b", "12345"); }) == std::errc::no_space_on_device);
    CHECK(files.read_bytes("b") == "123");
    CHECK(files.space().free == 0);
    CHECK(code_of([&] { files.write_bytes("c", "1"); }) == std::errc::no_space_on_device);
    CHECK(files.file_size("c") == 0);

    files.write_bytes("a", "7654321");  // in place of what was there
    files.resize_file("b", 2);
    CHECK(files.space().free == 1);
    files.remove("a");
    CHECK(files.space().free == 8);
}

TEST_CASE("a stream in a full memory file system fails and goes on when there is space") {
    memory files({.capacity = 4});
    files.write_bytes("other", "12");
    sluice::stream out = files.open("f", ios::out);
    out << "abcd" << std::flush;
    CHECK(out.bad());
    CHECK(sluice::error_of(out).code() == std::errc::no_space_on_device);
    CHECK(sluice::error_of(out).path() == "f");
    CHECK(files.read_bytes("f") == "ab");
    files.remove("other");
    out.clear();
    out << std::flush;
    CHECK(out.good());
    CHECK(files.read_bytes("f") == "abcd");
}

TEST_CASE("the space of a removed file comes back when its last stream is closed") {
    memory files({.capacity = 100});
    files.write_bytes("f", std::string(60, 'x'));
    sluice::stream first = files.open("f");
    sluice::stream second = files.open("f");
    files.remove("f");
    CHECK(files.space().free == 40);
    first.close();
    CHECK(files.space().free == 40);
    second.close();
    CHECK(files.space().free == 100);
}

TEST_CASE("a hole takes no space but in the block where it ends") {
    memory files({.capacity = 200'000});
    sluice::stream out = files.open("f", ios::out);
    out.seek(std::int64_t(5) << 30);
    out << 'x' << std::flush;
    CHECK(out.good());
    CHECK(files.space().free == 199'999);
    out.seek(10);
    out << 'y' << std::flush;
    CHECK(files.space().free == 199'988);
    files.resize_file("f", 1'000'000'000'000);
    CHECK(files.space().free == 199'988);
    files.resize_file("f", 5);
    CHECK(files.space().free == 199'995);
}

TEST_CASE("a gap that does not fit leaves the file as it was") {
    memory files({.capacity = 10});
    files.write_bytes("f", "abc");
    sluice::stream out = files.open("f", both);
    out.seek(50);
    out << 'x' << std::flush;
    CHECK(sluice::error_of(out).code() == std::errc::no_space_on_device);
    CHECK(files.read_bytes("f") == "abc");
    CHECK(files.space().free == 7);
}

TEST_CASE("a capacity of nothing refuses content and not names") {
    memory files({.capacity = 0});
    files.create_directories("a/b");
    files.write_bytes("a/empty", "");
    CHECK(code_of([&] { files.write_bytes("f", "x"); }) == std::errc::no_space_on_device);
}

// A sanitizer keeps memory of its own, in which no limit can be set.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(__clang__)
TEST_CASE("a write in memory for which there is no memory fails and keeps what there was") {
    memory files;
    const std::string piece(1'000'000, 'x');
    std::error_code code;
    sluice::file_handle file = files.open_file("f", both | ios::trunc, code);
    sluice::detail::transfer result;
    std::size_t written = 0;
    {
        const support::memory_limit limit(64'000'000);
        while (!result.error && written < 1'000'000'000) {
            result = file.write(piece.data(), piece.size(), static_cast<std::int64_t>(written));
            written += result.count;
        }
    }
    CHECK(result.error == std::errc::not_enough_memory);
    CHECK(files.file_size("f") == written);
    CHECK((files.read_bytes("f") == std::string(written, 'x')));
    CHECK(file.write("y", 1, static_cast<std::int64_t>(written)).count == 1);
    const auto space = files.space();
    CHECK(space.capacity - space.free == written + 1);
}
#endif

TEST_CASE("nothing is written beyond the largest position") {
    memory files;
    std::error_code code;
    sluice::file_handle file = files.open_file("f", both | ios::trunc, code);
    constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();
    CHECK(file.write("x", 1, most).error == std::errc::file_too_large);
    CHECK(file.write("xyz", 3, most - 1).count == 1);
    CHECK(file.size(code) == most);
    CHECK(file.write("x", 1, -1).error == std::errc::invalid_argument);
    char byte = 0;
    CHECK(file.read(&byte, 1, -1).error == std::errc::invalid_argument);
    CHECK(file.read(&byte, 1, most).count == 0);
    CHECK(file.read(&byte, 1, most - 1).count == 1);
    CHECK(byte == 'x');
    CHECK(file.truncate(-1) == std::errc::invalid_argument);
    CHECK(file.write(nullptr, 0, 5).count == 0);
    CHECK(file.read(nullptr, 0, 0).count == 0);
}

TEST_CASE("a handle in memory does what it was opened for and no more") {
    memory files;
    files.write_bytes("f", "abc");
    std::error_code code;
    char byte = 0;
    sluice::file_handle reader = files.open_file("f", ios::in, code);
    CHECK(reader.write("x", 1, 0).error == std::errc::bad_file_descriptor);
    CHECK(reader.truncate(0) == std::errc::invalid_argument);
    sluice::file_handle writer = files.open_file("f", ios::app, code);
    CHECK(writer.read(&byte, 1, 0).error == std::errc::bad_file_descriptor);
    sluice::file_handle directory = files.open_file("/", ios::in, code);
    CHECK_FALSE(code);
    CHECK(directory.read(&byte, 1, 0).error == std::errc::is_a_directory);
    CHECK(directory.write("x", 1, 0).error == std::errc::bad_file_descriptor);
    CHECK(directory.truncate(0) == std::errc::invalid_argument);
    CHECK(directory.size(code) == 0);
    CHECK(files.read_bytes("f") == "abc");
}

TEST_CASE("the owner's bits decide in memory, for root too") {
    memory files;
    files.create_directory("d");
    files.write_bytes("d/f", "x");
    constexpr std::errc denied = std::errc::permission_denied;

    files.permissions("d/f", perms(0200));
    CHECK(code_of([&] { static_cast<void>(files.open("d/f")); }) == denied);
    CHECK(code_of([&] { static_cast<void>(files.open("d/f", both)); }) == denied);
    CHECK_NOTHROW(files.write_bytes("d/f", "y"));
    files.permissions("d/f", perms(0400));
    CHECK(code_of([&] { files.write_bytes("d/f", "z"); }) == denied);
    CHECK(files.read_bytes("d/f") == "y");

    files.permissions("d", perms(0500));  // listed and searched, and not changed
    CHECK(code_of([&] { files.write_bytes("d/g", ""); }) == denied);
    CHECK(code_of([&] { files.create_directory("d/g"); }) == denied);
    CHECK(code_of([&] { files.create_symlink("x", "d/g"); }) == denied);
    CHECK(code_of([&] { files.remove("d/f"); }) == denied);
    CHECK(code_of([&] { files.rename("d/f", "f"); }) == denied);
    CHECK(code_of([&] { files.remove_all("d"); }) == denied);
    CHECK(files.list("d").size() == 1);

    files.permissions("d", perms(0300));  // searched and changed, and not listed
    CHECK(code_of([&] { static_cast<void>(files.list("d")); }) == denied);
    CHECK(files.read_bytes("d/f") == "y");
    files.permissions("d", perms(0600));  // not searched
    CHECK(code_of([&] { static_cast<void>(files.info("d/f")); }) == denied);
    CHECK(code_of([&] { static_cast<void>(files.open("d/f")); }) == denied);
    files.permissions("d", perms(0700));
    files.permissions("d/f", perms(0000));
    CHECK(files.remove_all("d") == 2);
}

TEST_CASE("what is open stays open when permissions change") {
    memory files;
    sluice::stream out = files.open("f", ios::out);
    files.permissions("f", perms::none);
    out << "x" << std::flush;
    CHECK(out.good());
    CHECK(files.file_size("f") == 1);
}

TEST_CASE("a directory whose parent must change is not moved when it may not be written") {
    memory files;
    files.create_directories("a/d");
    files.create_directory("b");
    files.permissions("a/d", perms(0500));
    CHECK(code_of([&] { files.rename("a/d", "b/d"); }) == std::errc::permission_denied);
    CHECK_NOTHROW(files.rename("a/d", "a/e"));
}

TEST_CASE("a stream outlives the memory file system") {
    auto files = std::make_unique<memory>();
    files->write_bytes("f", "abc");
    sluice::stream opened = files->open("f", both | ios::ate);
    files.reset();
    opened << "def" << std::flush;
    opened.seek(0);
    CHECK(opened.read() == "abcdef");
}

TEST_CASE("a tree in memory may be deeper than a path") {
    memory files;
    files.create_directory("/a");
    for (int i = 0; i < 20'000; ++i) {
        files.create_directory("/b");
        files.rename("/a", "/b/a");
        files.rename("/b", "/a");
    }
    SUBCASE("and goes with the file system") {}
    SUBCASE("and is removed as a whole") {
        CHECK(files.remove_all("/a") == 20'001);
    }
    SUBCASE("and cannot be moved into itself") {
        CHECK(code_of([&] { files.rename("/a", "/a/a/a/a/x"); }) == std::errc::invalid_argument);
    }
}

TEST_CASE("a link in memory is as long as its target and a target no longer than a path") {
    memory files;
    files.create_symlink(std::string(4095, 'x'), "link");
    CHECK(files.symlink_info("link").size == 4095);
    CHECK(code_of([&] { files.create_symlink(std::string(4096, 'x'), "other"); }) ==
          std::errc::filename_too_long);
    CHECK(code_of([&] { static_cast<void>(files.info(std::string(4096, '/'))); }) ==
          std::errc::filename_too_long);
    CHECK(files.is_directory(std::string(4095, '/')));
}

TEST_CASE("a name in memory is no longer than 255 bytes") {
    memory files;
    files.write_bytes(std::string(255, 'x'), "long");
    CHECK(files.read_bytes(std::string(255, 'x')) == "long");
    CHECK(code_of([&] { files.write_bytes(std::string(256, 'x'), "longer"); }) ==
          std::errc::filename_too_long);
}

TEST_CASE("forty links are followed and no more") {
    memory files;
    files.write_bytes("0", "x");
    for (int i = 1; i <= 41; ++i) {
        files.create_symlink(std::to_string(i - 1), std::to_string(i));
    }
    CHECK(files.read_bytes("40") == "x");
    CHECK(code_of([&] { static_cast<void>(files.read_bytes("41")); }) ==
          std::errc::too_many_symbolic_link_levels);
}

TEST_CASE("forty links to directories are followed on the way, and no more") {
    memory files;
    files.create_directory("0");
    files.write_bytes("0/file", "x");
    for (int i = 1; i <= 41; ++i) {
        files.create_symlink(std::to_string(i - 1), std::to_string(i));
    }
    CHECK(files.read_bytes("40/file") == "x");
    CHECK(code_of([&] { static_cast<void>(files.read_bytes("41/file")); }) ==
          std::errc::too_many_symbolic_link_levels);
}

TEST_CASE("each link on the way counts, also where all are the same") {
    memory files;
    files.write_bytes("file", "x");
    files.create_symlink(".", "here");
    std::string way;
    for (int i = 1; i <= 40; ++i) {
        way += "here/";
    }
    CHECK(files.read_bytes(way + "file") == "x");
    CHECK(code_of([&] { static_cast<void>(files.read_bytes(way + "here/file")); }) ==
          std::errc::too_many_symbolic_link_levels);
}

TEST_CASE("appends from many threads to one file in memory are all there") {
    memory files;
    constexpr int threads = 4;
    constexpr int lines = 500;
    std::vector<std::thread> writers;
    for (int i = 0; i < threads; ++i) {
        writers.emplace_back([&files] {
            sluice::stream out = files.open("log", ios::app);
            for (int line = 0; line < lines; ++line) {
                out << "a line of a log\n" << std::flush;
            }
        });
    }
    for (std::thread& writer : writers) {
        writer.join();
    }
    std::string expected;
    for (int i = 0; i < threads * lines; ++i) {
        expected += "a line of a log\n";
    }
    CHECK((files.read_bytes("log") == expected));
}

TEST_CASE("the holes of a file are copied as holes") {
    memory files({.capacity = 200'000});
    constexpr std::streamoff far = 50'000'000;
    for (const bool ends_with_hole : {false, true}) {
        CAPTURE(ends_with_hole);
        {
            sluice::stream out = files.open("f", ios::out);
            out << "begin";
            out.seekp(far);
            out << "middle";
            out.truncate(ends_with_hole ? 2 * far : far + 6);
        }
        const auto used = files.space().capacity - files.space().free;
        CHECK(used < 100'000);
        files.copy_file("f", "g");
        CHECK(files.space().capacity - files.space().free == 2 * used);
        CHECK(files.info("g").size == files.info("f").size);
        sluice::stream copy = files.open("g", ios::in);
        CHECK(copy.read(6) == std::string("begin\0", 6));
        copy.seekg(far - 1);
        CHECK(copy.read(7) == std::string("\0middle", 7));
        copy.close();
        files.remove("g");
    }
    files.write_bytes("zeros", std::string(3, '\0'));
    files.copy_file("zeros", "f", sluice::fs::copy_options::overwrite_existing);
    CHECK(files.read_bytes("f") == std::string(3, '\0'));
}

TEST_SUITE_END();
