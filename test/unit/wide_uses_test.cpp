#include <sluice/algorithm/copy.hpp>
#include <sluice/device/file.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/filter/chain.hpp>
#include <sluice/filter/limit.hpp>
#include <sluice/filter/pair.hpp>
#include <sluice/filter/progress.hpp>
#include <sluice/filter/ring.hpp>
#include <sluice/filter/slice.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/stream.hpp>
#include <sluice/testing/faults.hpp>
#include <sluice/testing/trace.hpp>

#include <support/errors.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cerrno>
#include <ios>
#include <istream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

// What wide characters pass through as bytes do.

using sluice::errc;
using sluice::wmembuf;
using sluice::testing::fault;
using sluice::testing::wfaultbuf;
using sluice::testing::wtracebuf;
using support::system_code;
using support::thrown_by;
using ios = std::ios_base;

namespace {

const std::error_code broken = system_code(EIO);

}  // namespace

TEST_SUITE_BEGIN("layers");

TEST_CASE("a wide trace lists what it has kept, and moves") {
    wmembuf memory(L"abc");
    wtracebuf first(memory, {.every_call = true, .most_calls = 1});
    CHECK(first.sbumpc() == L'a');
    CHECK(first.pubsync() == 0);
    CHECK(first.list() == "uflow() = 'a'\nand 1 more\n");
    wtracebuf second;
    second = std::move(first);
    CHECK(second.count() == 2);
    CHECK(second.sgetc() == L'b');
    CHECK(second.summary().find("1 characters read") != std::string::npos);
    CHECK(second.list().find("and 2 more") != std::string::npos);
    wfaultbuf failing(memory, {.faults = {{.on = fault::seek}}});
    wfaultbuf other;
    other = std::move(failing);
    CHECK(other.pubseekpos(0) == std::streampos(-1));
    CHECK_FALSE(failing.is_open());  // NOLINT(bugprone-use-after-move)
}

TEST_CASE("a wide limit refuses what goes beyond it") {
    wmembuf memory;
    sluice::wlimitbuf buf(memory, 3);
    CHECK(buf.sputn(L"abcd", 4) == 3);
    CHECK(buf.reason().code());
    CHECK_FALSE(buf.reason().detail().empty());
    CHECK(buf.sputc(L'x') == WEOF);
    sluice::wlimitbuf other(memory, 1);
    buf = std::move(other);
    CHECK(buf.sputn(L"xy", 2) == 1);
    buf.close();
    CHECK(memory.view() == L"abcx");
}

TEST_CASE("wide characters are copied, and what was copied before a failure is counted") {
    sluice::wstring_io from(L"0123456789");
    sluice::wstring_io to;
    from.get();
    CHECK(sluice::copy(from, to) == 9);
    CHECK(to.view() == L"123456789");
    wmembuf source(L"0123456789");
    wmembuf target;
    wfaultbuf failing(target, {.faults = {{.on = fault::write, .after = 4}}});
    std::wistream in(&source);
    std::wostream out(&failing);
    const sluice::error why = thrown_by([&] { sluice::copy(in, out); });
    CHECK(why.code() == broken);
    CHECK(why.count() == 4);
    CHECK(source.sgetc() == L'4');
    target.set_max_size(4);
    CHECK(target.view() == L"0123");
    std::wostringstream plain;
    std::wistringstream text(L"text");
    text.get();
    CHECK(sluice::copy(text, plain) == 3);
    CHECK(plain.str() == L"ext");
}

TEST_CASE("wide slices and chains tell what is ready, and have a file's descriptor") {
    const support::temporary_directory dir;
    support::write_file(dir / "file", "0123456789");
    sluice::wfilebuf file;
    file.open(dir / "file", ios::in | ios::out);
    sluice::wslicebuf slice(file, 2, 5);
    CHECK(slice.in_avail() >= 0);
    CHECK(slice.sgetc() == L'2');
    CHECK(slice.in_avail() > 0);
    CHECK(slice.native_handle() == file.native_handle());
    wmembuf one(L"abc");
    wmembuf two(L"def");
    sluice::wchainbuf chain(one, two);
    CHECK(chain.in_avail() > 0);
    CHECK(chain.sbumpc() == L'a');
    CHECK(chain.in_avail() >= 2);
}

TEST_CASE("wide text is synced to the disk, and moves") {
    const support::temporary_directory dir;
    auto file = std::make_unique<sluice::filebuf>();
    file->open(dir / "file", ios::out);
    sluice::wtext_io first(std::move(file), {.encoding = "utf-8-sig"});
    first.write(L"\u20ac");
    sluice::wtext_io second(std::move(first));
    second.rdbuf()->sync_to_disk();
    CHECK(support::content_of(dir / "file") == "\xEF\xBB\xBF\xE2\x82\xAC");
    second.close();
    std::istringstream plain("\xEF\xBB\xBFtext");
    sluice::wtext_io in(static_cast<std::istream&>(plain), {.encoding = "utf-8-sig"});
    CHECK(in.read() == L"text");
    std::istringstream narrow("\xEF\xBB\xBFtext");
    CHECK(sluice::text_io(static_cast<std::istream&>(narrow), {.encoding = "utf-8-sig"}).read() ==
          "text");
    sluice::membuf ascii("a\x80");
    sluice::wtext_io strict(ascii, {.encoding = "ascii"});
    CHECK(strict.read(1) == L"a");
    CHECK(thrown_by([&] { strict.read(); }).code() == errc::bad_encoding);
}

TEST_CASE("a wide pair owns its buffers") {
    sluice::wpair_stream stream(std::make_unique<wmembuf>(L"abc"), std::make_unique<wmembuf>());
    CHECK(stream.read(2) == L"ab");
    stream.write(L"xy");
    CHECK_FALSE(stream.seekable());
    const auto parts = stream.detach();
    REQUIRE(parts.reader != nullptr);
    REQUIRE(parts.writer != nullptr);
    CHECK(parts.reader->sgetc() == L'c');
    CHECK(dynamic_cast<const wmembuf&>(*parts.writer).view() == L"xy");
}

TEST_CASE("a wide ring is looked ahead in, and broken off") {
    const auto ends = sluice::wringbuf::make(8);
    CHECK(ends.writer->sputn(L"abc", 3) == 3);
    CHECK(ends.writer->sputc(L'd') == L'd');
    CHECK(ends.writer->pubsync() == 0);
    CHECK(ends.reader->peek(4).size() == 4);
    CHECK(ends.reader->sbumpc() == L'a');
    ends.writer->close_with(sluice::error("made up", std::make_error_code(std::errc::io_error)));
    std::array<wchar_t, 8> target{};
    CHECK(thrown_by([&] { ends.reader->sgetn(target.data(), 8); }).code() == std::errc::io_error);
    CHECK(ends.reader->sbumpc() == L'b');
}

TEST_CASE("wide text in memory knows its line ends, and progress its terminal") {
    sluice::wstring_io io(sluice::newline::universal);
    io.write(L"a\r\nb\rc");
    CHECK(io.newlines().crlf);
    CHECK(io.newlines().cr);
    CHECK(io.view() == L"a\nb\nc");
    const support::temporary_directory dir;
    CHECK(thrown_by([&] { io.load(dir / "none"); }).code());
    std::ostringstream no_terminal;
    wmembuf memory(L"abc");
    sluice::wprogressbuf drawn(memory, no_terminal);
    CHECK(drawn.sbumpc() == L'a');
    drawn.close();
    CHECK(no_terminal.str().empty());
    sluice::wprogressbuf quiet(memory);
    CHECK(quiet.now().total == 2);
}

TEST_CASE("a wide bulk read that fails below has read nothing") {
    wmembuf memory(L"0123456789");
    wfaultbuf below(memory, {.faults = {{.on = fault::read, .after = 6}}});
    wtracebuf buf(below, {.every_call = true});
    std::array<wchar_t, 10> target{};
    CHECK(thrown_by([&] { buf.sgetn(target.data(), 10); }).code() == broken);
    below.set_faults({});
    CHECK(buf.sgetn(target.data(), 10) == 10);
    CHECK(target[9] == L'9');
}

TEST_SUITE_END();
