// open() with atomic, and the layers that it puts over what is saved.

#include <sluice/device/atomic.hpp>
#include <sluice/filter/count.hpp>
#include <sluice/filter/limit.hpp>
#include <sluice/filter/slice.hpp>
#include <sluice/fstream.hpp>
#include <sluice/open.hpp>

#include "atomic_saves.hpp"
#include <support/compression.hpp>
#include <support/errors.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <filesystem>
#include <ios>
#include <string>

using namespace atomic_tests;

TEST_SUITE_BEGIN("atomic");

TEST_CASE("open with atomic replaces by commit" * support::needs_compression) {
    const scratch place;
    sluice::stream text =
        sluice::open(place.file(), "w", {.encoding = "utf-16-le", .atomic = true});
    text << "hé";
    CHECK(content_of(place.file()) == "old");
    sluice::commit(text);
    CHECK(text.closed());
    CHECK(content_of(place.file()) == std::string("h\0\xE9\0", 4));

    const fs::path packed = place / "packed.gz";
    sluice::stream gzip = sluice::open(
        packed, "xb", {.atomic = true, .durable = true, .compression = sluice::compression::infer});
    gzip << std::string(10'000, 'z');
    CHECK_FALSE(fs::exists(packed));
    sluice::commit(gzip);
    CHECK(sluice::open(packed, "rb", {.compression = sluice::compression::infer}).read() ==
          std::string(10'000, 'z'));

    {
        sluice::stream lost = sluice::open(place.file(), "wb", {.atomic = true});
        lost << "closed, not committed";
        lost.close();
        CHECK(thrown_by([&] { sluice::commit(lost); }));
    }
    sluice::wstream wide = sluice::wopen(place.file(), "w", {.atomic = true});
    wide << L"wide";
    sluice::commit(wide);
    CHECK(content_of(place.file()) == "wide");
    CHECK(place.names() == "file packed.gz");
}

TEST_CASE("what a layer could not write is not committed") {
    const scratch place;
    sluice::stream text = sluice::open(place.file(), "w", {.encoding = "ascii", .atomic = true});
    text << "begins well ";
    text << "h\xC3";  // half a character
    const sluice::error why = thrown_by([&] { sluice::commit(text); });
    CHECK(why.code() == sluice::errc::bad_encoding);
    CHECK(content_of(place.file()) == "old");
    CHECK(place.names() == "file");
}

// The failure is told once, and all that comes after it succeeds.
template <class Stream, class Write>
void check_forgotten(Stream& out, Write write, const std::error_code& code) {
    write();
    CHECK(out.bad());
    out.clear();
    out << "line 3";
    CHECK(out.flush().good());
    CHECK(thrown_by([&] { sluice::commit(out); }).code() == code);
}

TEST_CASE("what a layer could not write is not committed by forgetting the failure") {
    const scratch place;
    const std::error_code bad = sluice::errc::bad_encoding;
    const auto check = [&](const sluice::open_options& options) {
        sluice::stream whole = sluice::open(place.file(), "w", options);
        whole << "line 1\n";
        check_forgotten(
            whole, [&] { CHECK(thrown_by([&] { whole.write("\xFF"); })); }, bad);
        sluice::stream put = sluice::open(place.file(), "w", options);
        check_forgotten(
            put, [&] { put << "u\xFF" << std::flush; }, bad);
        sluice::stream one = sluice::open(place.file(), "w", options);
        check_forgotten(
            one, [&] { one.put('u').put('\xFF').flush(); }, bad);
        sluice::wstream wide = sluice::wopen(place.file(), "w", options);
        check_forgotten(
            wide, [&] { wide << wchar_t(0xD800) << std::flush; }, bad);
    };
    check({.atomic = true});
    check({.encoding = "utf-16", .atomic = true});
    check({.encoding = "iso-2022-jp", .atomic = true});
    CHECK(content_of(place.file()) == "old");
    CHECK(place.names() == "file");
}

TEST_CASE("what was lost above a compressed file is not committed" * support::needs_compression) {
    const scratch place;
    sluice::stream text =
        sluice::open(place.file(), "w", {.atomic = true, .compression = sluice::compression::gzip});
    check_forgotten(
        text, [&] { text << "u\xFF" << std::flush; }, sluice::errc::bad_encoding);
    CHECK(content_of(place.file()) == "old");
}

TEST_CASE("what was beyond a limit or a slice is not committed") {
    const scratch place;
    const auto check = [&](auto make, const std::error_code& code) {
        sluice::atomic_filebuf file(place.file());
        auto layer = make(file);
        std::ostream out(&layer);
        out << "too much" << std::flush;
        CHECK(out.bad());
        CHECK(layer.pubsync() <= 0);
        CHECK(thrown_by([&] { file.commit(); }).code() == code);
    };
    check([](sluice::buf& file) { return sluice::limitbuf(file, 4); }, sluice::errc::too_long);
    check([](sluice::buf& file) { return sluice::slicebuf(file, 0, 4); }, sluice::errc::no_space);
    CHECK(content_of(place.file()) == "old");
}

TEST_CASE("a stream with more layers than open gave it is not committed and stays as it is") {
    const scratch place;
    sluice::count_io counted(sluice::open(place.file(), "w", {.atomic = true}));
    counted << "new";
    CHECK(thrown_by([&] { sluice::commit(counted); }).code() == sluice::errc::unsupported);
    CHECK_FALSE(counted.closed());
    counted.close();
    CHECK(content_of(place.file()) == "old");
    CHECK(place.names() == "file");
}

TEST_CASE("what atomic does not go with is refused before anything happens") {
    const scratch place;
    const auto code_of = [&](const char* mode, const sluice::open_options& options) {
        return thrown_by([&] { static_cast<void>(sluice::open(place.file(), mode, options)); })
            .code();
    };
    CHECK(code_of("r", {.atomic = true}) == sluice::errc::bad_mode);
    CHECK(code_of("a", {.atomic = true}) == sluice::errc::bad_mode);
    CHECK(code_of("r+", {.atomic = true}) == sluice::errc::bad_mode);
    CHECK(code_of("w", {.durable = true}) == sluice::errc::bad_mode);
    CHECK(code_of("x", {.atomic = true}) == std::errc::file_exists);
    CHECK(thrown_by([] { static_cast<void>(sluice::open(1, "w", {.atomic = true})); }).code() ==
          sluice::errc::bad_mode);
    sluice::stream plain = sluice::open(place / "plain", "w");
    CHECK(thrown_by([&] { sluice::commit(plain); }).code() == sluice::errc::unsupported);
    CHECK_FALSE(plain.closed());
    CHECK(content_of(place.file()) == "old");
}

TEST_CASE("what was lost by a failed sync_to_disk is not committed") {
    const scratch place;
    const surroundings calls(true);
    const auto lose = [&](auto sync) {
        replaced_calls::calls().fsync = [](int) { return errno = EIO, -1; };
        CHECK(thrown_by(sync).code() == system_code(EIO));
        replaced_calls::calls().fsync = calls.real().fsync;
    };
    for (const bool durable : {false, true}) {
        CAPTURE(durable);
        sluice::atomic_filebuf buf(place.file(), {.durable = durable});
        CHECK(buf.sputn("new", 3) == 3);
        lose([&] { buf.sync_to_disk(); });
        CHECK(thrown_by([&] { buf.commit(); }).code() == system_code(EIO));

        atomic_ofstream out(place.file(), {.durable = durable});
        out << "new";
        lose([&] { out.rdbuf()->sync_to_disk(); });
        CHECK(thrown_by([&] { out.commit(); }).code() == system_code(EIO));

        sluice::stream stream =
            sluice::open(place.file(), "w", {.atomic = true, .durable = durable});
        stream << "new";
        lose([&] { stream.sync_to_disk(); });
        CHECK(thrown_by([&] { sluice::commit(stream); }).code() == system_code(EIO));
    }
    CHECK(content_of(place.file()) == "old");
}

TEST_CASE("a filebuf that was swapped for another below a save is not published") {
    const scratch place;
    sluice::atomic_filebuf save(place.file());
    CHECK(save.sputn("lost", 4) == 4);
    sluice::filebuf other;
    other.open(place / "other", ios::out);
    sluice::filebuf& below = save;
    below.swap(other);
    CHECK(save.sputn("into the other", 14) == 14);
    CHECK(thrown_by([&] { save.commit(); }).code() == sluice::errc::unsupported);
    CHECK(content_of(place.file()) == "old");
}

TEST_SUITE_END();
