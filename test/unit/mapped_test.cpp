#include <sluice/device/mapped.hpp>

#include <conformance/failing.hpp>
#include <support/descriptors.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <unit/mapped_pages.hpp>
#include <utility>
#include <vector>

using namespace mapped_tests;

TEST_SUITE_BEGIN("mapped");

TEST_CASE("a mapped file is seen without a copy and read at any place") {
    const support::temporary_file file("0123456789");
    mapped_file f(file.path());
    CHECK(f.view() == "0123456789");
    CHECK(f.readable());
    CHECK_FALSE(f.writable());
    CHECK(f.seekable());
    CHECK(f.read(3) == "012");
    CHECK(f.seek(-2, ios::end) == 8);
    CHECK(f.read() == "89");
    CHECK(f.read().empty());
    CHECK(f.rdbuf()->size() == 10);
    f.verify();
    f.close();
    CHECK(f.closed());
}

TEST_CASE("lines of a mapping are read as in Python") {  // test_mmap, case L03
    const support::temporary_file file("hello\nworld");
    mapped_file f(file.path(), map_access::shared);
    CHECK(f.readline() == "hello\n");
    CHECK(f.readline() == "world");
    CHECK(f.readline().empty());
    f.seek(0);
    f << 'J';
    f.flush();
    f.close();
    CHECK(file.content() == "Jello\nworld");
}

TEST_CASE("a path with a NUL maps nothing, and is not cut") {
    const support::temporary_file file("text");
    const std::string cut = std::string(file.path()) + std::string("\0x", 2);
    CHECK(code_thrown_by([&] { const mapped_file f(cut); }) == std::errc::invalid_argument);
}

TEST_CASE("a mapping that is read only takes no write and no new size") {  // case L05
    const support::temporary_file file("abc");
    mapped_file f(file.path());
    CHECK(code_thrown_by([&] { f.write("x"); }) == sluice::errc::not_writable);
    f.clear();
    CHECK(code_thrown_by([&] { f.truncate(10); }) == sluice::errc::not_writable);
    CHECK(code_thrown_by([&] { static_cast<void>(f.getbuffer()); }) == sluice::errc::not_writable);
    CHECK(file.content() == "abc");
}

TEST_CASE("what is written to a copy stays there") {  // case L06
    const support::temporary_file file("abc");
    mapped_file f(file.path(), map_access::copy_on_write);
    f.write("Z");
    CHECK(f.view() == "Zbc");
    f.flush();
    CHECK(code_thrown_by([&] { f.truncate(10); }) == sluice::errc::unsupported);
    f.close();
    CHECK(file.content() == "abc");
}

TEST_CASE("what is written shared is seen by others at once") {
    const support::temporary_file file("abcdef");
    mapped_file f(file.path(), map_access::shared);
    f.seek(2);
    f.put('C');
    CHECK(file.content() == "abCdef");
    f.getbuffer()[0] = std::byte('A');
    CHECK(file.content() == "AbCdef");
    CHECK(f.tell() == 3);
}

TEST_CASE("a mapping is of a fixed size and takes what fits") {  // unlike case L02
    const support::temporary_file file("abcd");
    mapped_file f(file.path(), map_access::shared);
    f.seek(2);
    CHECK(f.rdbuf()->sputn("xyz", 3) == 2);
    CHECK(f.bad());
    CHECK(sluice::error_of(f).code() == sluice::errc::no_space);
    CHECK(f.tell() == 4);
    CHECK(file.content() == "abxy");
}

TEST_CASE("a truncate resizes the file and the mapping and keeps the position") {  // case L07
    const support::temporary_file file("abc");
    mapped_file f(file.path(), map_access::shared);
    f.seek(1);
    CHECK(f.truncate(6) == 6);
    CHECK(f.tell() == 1);
    CHECK(file.content() == std::string("abc\0\0\0", 6));
    f.write("BCDEF");
    CHECK(file.content() == "aBCDEF");
    CHECK(f.truncate(2) == 2);
    CHECK(f.tell() == 6);
    CHECK(f.read().empty());
    f.seek(0);
    CHECK(f.read() == "aB");
    CHECK(f.truncate(0) == 0);
    CHECK(f.view().empty());
    CHECK(f.truncate(3 * page) == 3 * page);
    CHECK(f.view() == std::string(3 * page, '\0'));
    f.verify();
    f.close();
    CHECK(file.content().size() == 3 * page);
}

TEST_CASE("a truncate that fails has changed nothing") {
    const support::temporary_file file("abc");
    mapped_file f(file.path(), map_access::shared);
    {
        support::replaced_calls scope;
        support::replaced_calls::calls().map_file = [](std::size_t, int, int, int, off_t) -> void* {
            errno = ENOMEM;
            return MAP_FAILED;
        };
        CHECK(code_thrown_by([&] { f.truncate(9); }) == std::errc::not_enough_memory);
    }
    {
        support::replaced_calls scope;
        support::replaced_calls::calls().ftruncate = [](int, off_t) {
            errno = ENOSPC;
            return -1;
        };
        CHECK(code_thrown_by([&] { f.truncate(9); }) == std::errc::no_space_on_device);
    }
    CHECK(f.view() == "abc");
    CHECK(file.content() == "abc");
}

TEST_CASE("a pin keeps a mapping from being resized and closed") {  // case L08
    const support::temporary_file file("abc");
    mapped_file f(file.path(), map_access::shared);
    auto pin = f.getbuffer();
    CHECK(code_thrown_by([&] { f.truncate(9); }) == sluice::errc::pinned);
    CHECK(code_thrown_by([&] { f.close(); }) == sluice::errc::pinned);
    CHECK_FALSE(f.closed());
    f.write("x");
    CHECK(pin[0] == std::byte('x'));
    pin.release();
    f.truncate(4);
    f.close();
    CHECK(file.content().size() == 4);
}

TEST_CASE("a pinned mapping is not assigned to") {
    const support::temporary_file file("abc");
    const support::temporary_file second("123");
    mappedbuf buf(file.path(), map_access::shared);
    mappedbuf other(second.path());
    {
        const auto pin = buf.getbuffer();
        CHECK(code_thrown_by([&] { buf = std::move(other); }) == sluice::errc::pinned);
        REQUIRE(buf.is_open());
        CHECK(other.is_open());  // NOLINT(bugprone-use-after-move): it was not taken
        pin.span()[0] = std::byte('x');
    }
    buf = std::move(other);
    CHECK(buf.view() == "123");
    CHECK(file.content() == "xbc");
    buf = std::move(*&buf);
    CHECK(buf.view() == "123");
}

TEST_CASE("a descriptor that cannot be used is closed") {
    const support::temporary_file file("abc");
    const std::ptrdiff_t before = support::open_descriptors();
    const support::replaced_calls scope;
    support::replaced_calls::calls().status_flags = [](int) {
        errno = EIO;
        return -1;
    };
    CHECK(code_thrown_by([&] { const mappedbuf buf(file.path()); }) == std::errc::io_error);
    CHECK(support::open_descriptors() == before);
}

TEST_CASE("an empty file is an empty stream") {  // unlike case L04
    const support::temporary_file file;
    mapped_file f(file.path(), map_access::shared);
    CHECK(f.view().empty());
    CHECK(f.read().empty());
    CHECK(f.good());
    CHECK(f.get() == std::char_traits<char>::eof());
    f.clear();
    CHECK(code_thrown_by([&] { f.write("a"); }) == sluice::errc::no_space);
    f.clear();
    f.flush();
    f.truncate(2);
    f.write("ab");
    f.close();
    CHECK(file.content() == "ab");
}

TEST_CASE("a range of a file is mapped from any place") {
    const std::string text = letters(3 * page + 100);
    const support::temporary_file file(text);
    for (const std::size_t offset : sizes{0, 1, page - 1, page, page + 1, 3 * page + 99}) {
        CAPTURE(offset);
        mapped_file rest(file.path(), map_access::read_only, static_cast<long>(offset));
        CHECK((rest.view() == std::string_view(text).substr(offset)));
        mapped_file one(file.path(), map_access::read_only, static_cast<long>(offset), 1);
        CHECK((one.read() == text.substr(offset, 1)));
    }
    mapped_file none(file.path(), map_access::read_only, static_cast<long>(text.size()));
    CHECK(none.read().empty());
    mapped_file part(file.path(), map_access::shared, page + 7, 3);
    part.write("XYZ");
    CHECK(code_thrown_by([&] { part.write("!"); }) == sluice::errc::no_space);
    CHECK(code_thrown_by([&] { part.truncate(4); }) == sluice::errc::unsupported);
    CHECK((file.content().substr(page + 6, 5) ==
           text[page + 6] + std::string("XYZ") + text[page + 10]));
    mapped_file tail(file.path(), map_access::shared, page + 7);
    tail.truncate(1);
    CHECK(file.content().size() == page + 8);
}

TEST_CASE("what cannot be mapped says why with its path") {
    const support::temporary_directory folder;
    const support::temporary_file file("abc");
    const auto reason = [](const std::filesystem::path& path, long offset = 0,
                           std::size_t length = mappedbuf::whole) {
        try {
            const mapped_file f(path, map_access::read_only, offset, length);
        } catch (const sluice::error& e) {
            CHECK(e.operation() == "open");
            CHECK(e.path() == path.native());
            return e.code();
        }
        return std::error_code();
    };
    const auto fifo = folder / "fifo";
    REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
    CHECK(reason(folder / "none") == std::errc::no_such_file_or_directory);
    CHECK(reason(folder / "") == std::errc::is_a_directory);
    CHECK(reason(fifo) == std::errc::no_such_device);
    CHECK(reason("/dev/null") == std::errc::no_such_device);
    CHECK(reason("/proc/self/maps") == std::errc::no_such_device);
    CHECK(reason(file.path(), 4) == sluice::errc::bad_position);
    CHECK(reason(file.path(), -1) == sluice::errc::bad_position);
    CHECK(reason(file.path(), 1, 3) == sluice::errc::bad_position);
    CHECK_FALSE(reason(file.path(), 1, 2));
}

TEST_CASE("a descriptor is mapped and may be closed then") {
    const support::temporary_file file("abc");
    mappedbuf buf;
    CHECK_FALSE(buf.is_open());
    {
        const support::descriptor lent(file.path(), O_RDWR);
        buf.open(lent.number(), map_access::shared);
    }
    CHECK(buf.sputc('X') == 'X');
    CHECK(code_thrown_by([&] { buf.open(file.path()); }) == std::errc::device_or_resource_busy);
    buf.close();
    buf.open(file.path());
    CHECK(buf.view() == "Xbc");

    const support::descriptor writing(file.path(), O_WRONLY);
    CHECK(code_thrown_by([&] { const mapped_file f(writing.number()); }) ==
          std::errc::permission_denied);
    const support::descriptor reading(file.path(), O_RDONLY);
    CHECK(code_thrown_by([&] { const mapped_file f(reading.number(), map_access::shared); }) ==
          std::errc::permission_denied);
    CHECK(code_thrown_by([] { const mapped_file f(-1); }) == std::errc::bad_file_descriptor);
}

TEST_CASE("a flush that the disk refuses is reported") {
    const support::temporary_file file("abc");
    mapped_file f(file.path(), map_access::shared);
    f.write("x");
    support::replaced_calls scope;
    support::replaced_calls::calls().msync = [](void*, std::size_t) {
        errno = EIO;
        return -1;
    };
    CHECK(code_thrown_by([&] { f.flush(); }) == std::errc::io_error);
    CHECK(f.bad());
    CHECK(sluice::error_of(f).path() == file.path());
    CHECK(sluice::error_of(f).operation() == "sync");
}

TEST_CASE("what the disk refused of a mapping once may be lost, and every sync_to_disk says so") {
    const support::temporary_file file("abc");
    mapped_file f(file.path(), map_access::shared);
    f.write("x");
    f.sync_to_disk();
    support::replaced_calls scope;
    support::replaced_calls::calls().msync = [](void*, std::size_t) {
        errno = EIO;
        return -1;
    };
    CHECK(code_thrown_by([&] { f.sync_to_disk(); }) == std::errc::io_error);
    support::replaced_calls::calls().msync = scope.real().msync;
    f.clear();
    CHECK(code_thrown_by([&] { f.sync_to_disk(); }) == std::errc::io_error);
    mapped_file moved(std::move(f));
    CHECK(code_thrown_by([&] { moved.sync_to_disk(); }) == std::errc::io_error);
    moved.close();
    moved = mapped_file(file.path(), map_access::shared);
    moved.sync_to_disk();
    moved.close();
    CHECK(code_thrown_by([&] { moved.sync_to_disk(); }) == sluice::errc::closed);
    mapped_file readable(file.path());
    CHECK(code_thrown_by([&] { readable.sync_to_disk(); }) == sluice::errc::unsupported);
}

TEST_CASE("the handle stands where the stream stands") {
    const support::temporary_file file("abcdef");
    mapped_file f(file.path(), map_access::read_only, 1);
    f.get();
    CHECK(::lseek(f.fileno(), 0, SEEK_CUR) == 2);
}

TEST_CASE("a moved mapping goes on") {
    const support::temporary_file file("abcdef");
    mapped_file first(file.path(), map_access::shared);
    CHECK(first.get() == 'a');
    mapped_file second(std::move(first));
    CHECK(second.get() == 'b');
    second.put('C');
    mapped_file third;
    CHECK(code_thrown_by([&] { static_cast<void>(third.view()); }) == sluice::errc::closed);
    third = std::move(second);
    CHECK(third.get() == 'd');
    CHECK(third.view() == "abCdef");
}

TEST_CASE("more mappings than one list holds are all watched") {
    const support::temporary_file file(letters(page));
    std::vector<mappedbuf> all(200);
    for (mappedbuf& buf : all) {
        buf.open(file.path());
    }
    cut(file, 0);
    for (mappedbuf& buf : all) {
        CHECK(buf.view()[0] == '\0');
        CHECK(code_thrown_by([&] { buf.verify(); }) == std::errc::io_error);
    }
}

TEST_SUITE_END();
