#include <sluice/device/memory.hpp>
#include <sluice/device/spooled.hpp>
#include <sluice/filter/count.hpp>
#include <sluice/filter/slice.hpp>
#include <sluice/filter/tee.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/fstream.hpp>
#include <sluice/open.hpp>

#include "atomic_saves.hpp"
#include <support/compression.hpp>
#include <support/errors.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <ios>
#include <sstream>
#include <string>
#include <vector>

using namespace atomic_tests;

TEST_SUITE_BEGIN("sync_to_disk");

TEST_CASE("what was written is on the disk, through whatever stands between" *
          support::needs_compression) {
    const scratch place;
    const surroundings calls(true);
    replaced_calls::calls().fsync = [](int file) {
        struct stat status {};
        ::fstat(file, &status);
        call_order.push_back(std::to_string(status.st_size));
        return 0;
    };
    const auto synced = [&](auto&& stream) {
        call_order.clear();
        stream << "12345";
        stream.sync_to_disk();
        return call_order == std::vector<std::string>{"5"};
    };
    CHECK(synced(sluice::ofstream(place.file())));
    CHECK(synced(sluice::fstream(place.file(), ios::in | ios::out | ios::trunc)));
    CHECK(synced(sluice::open(place.file(), "wb")));
    CHECK(synced(sluice::open(place.file(), "w", {.newline = sluice::newline::lf})));
    CHECK(synced(sluice::count_io(sluice::open(place.file(), "wb"))));
    CHECK(synced(sluice::slice_io(sluice::open(place.file(), "w+b"), 0)));
    CHECK(synced(sluice::spooled_file(0)));
    call_order.clear();
    sluice::stream packed =
        sluice::open(place.file(), "wb", {.compression = sluice::compression::gzip});
    packed << "12345";
    packed.sync_to_disk();
    CHECK(call_order.size() == 1);
    call_order.clear();
    sluice::stream one = sluice::open(place / "one", "wb");
    sluice::stream two = sluice::open(place / "two", "wb");
    sluice::tee_io both(one, two);
    both << "12345";
    both.sync_to_disk();
    CHECK(call_order == std::vector<std::string>{"5", "5"});
}

TEST_CASE("a failed fsync is final") {
    const scratch place;
    const surroundings calls(true);
    sluice::ofstream log(place.file(), ios::app);
    log << "line";
    replaced_calls::calls().fsync = [](int) { return errno = EIO, -1; };
    const sluice::error why = thrown_by([&] { log.sync_to_disk(); });
    CHECK(why.code() == system_code(EIO));
    CHECK(why.operation() == "sync_to_disk");
    CHECK(why.path() == place.file().native());
    replaced_calls::calls().fsync = [](int) { return 0; };
    CHECK(thrown_by([&] { log.sync_to_disk(); }).code() == system_code(EIO));
    log.close();
    log.open(place.file(), ios::app);
    CHECK_FALSE(thrown_by([&] { log.sync_to_disk(); }));
    log.close();
    CHECK(thrown_by([&] { log.sync_to_disk(); }).code() == sluice::errc::closed);
    CHECK(content_of(place.file()) == "oldline");
}

TEST_CASE("what no disk is below cannot be synced") {
    sluice::bytes_io ram;
    CHECK(thrown_by([&] { ram.sync_to_disk(); }).code() == sluice::errc::unsupported);
    sluice::count_io counted(ram);
    CHECK(thrown_by([&] { counted.sync_to_disk(); }).code() == sluice::errc::unsupported);
    std::stringbuf foreign;
    sluice::text_io text(foreign);
    CHECK(thrown_by([&] { text.sync_to_disk(); }).code() == sluice::errc::unsupported);
    sluice::spooled_file spooled(100);
    CHECK(thrown_by([&] { spooled.sync_to_disk(); }).code() == sluice::errc::unsupported);
}

TEST_CASE("what was pending and cannot be written is told by the sync") {
    const scratch place;
    const surroundings calls(true);
    sluice::ofstream log(place.file(), ios::app);
    log << "line";
    replaced_calls::calls().write = [](int, const void*, std::size_t) -> ssize_t {
        errno = ENOSPC;
        return -1;
    };
    CHECK(thrown_by([&] { log.sync_to_disk(); }).code() == system_code(ENOSPC));
    replaced_calls::calls().write = calls.real().write;
    log.clear();
    log.sync_to_disk();
    CHECK(content_of(place.file()) == "oldline");
}

TEST_SUITE_END();
