#include <sluice/device/memory.hpp>
#include <sluice/filter/limit.hpp>
#include <sluice/filter/pair.hpp>
#include <sluice/filter/slice.hpp>
#include <sluice/filter/tee.hpp>
#include <sluice/stream.hpp>
#include <sluice/testing/faults.hpp>

#include <support/either_width.hpp>
#include <support/errors.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <ios>
#include <limits>
#include <memory>
#include <span>
#include <sstream>
#include <stdexcept>
#include <streambuf>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What layers do where the layer below fails, for char and for wchar_t.

using sluice::basic_membuf;
using sluice::basic_pairbuf;
using sluice::basic_recordbuf;
using sluice::basic_slicebuf;
using sluice::basic_teebuf;
using sluice::errc;
using sluice::testing::basic_faultbuf;
using sluice::testing::fault;
using sluice::testing::fault_options;
using support::failing;
using support::get;
using support::is_end;
using support::letters;
using support::narrowed;
using support::put;
using support::system_code;
using support::thrown_by;
using ios = std::ios_base;

namespace {

const std::error_code broken = system_code(EIO);

}  // namespace

#define WIDTHS char, wchar_t

TEST_SUITE_BEGIN("layers");

// -- pair -------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("a pair has no size, no handle, and no place", CharT, WIDTHS) {
    basic_membuf<CharT> from(letters<CharT>("abc"));
    basic_membuf<CharT> to;
    basic_pairbuf<CharT> pair(from, to);
    CHECK(thrown_by([&] { static_cast<void>(pair.size()); }).code() == errc::unsupported);
    CHECK(thrown_by([&] { static_cast<void>(pair.native_handle()); }).code() == errc::unsupported);
    CHECK(thrown_by([&] { pair.truncate(0); }).code() == errc::unsupported);
    CHECK(pair.pubseekpos(0) == std::streampos(-1));
    CHECK(get(pair, 2) == "ab");
    CHECK(put(pair, "xy") == 2);
    basic_membuf<CharT> others(letters<CharT>("other"));
    basic_pairbuf<CharT> second(others, to);
    swap(pair, second);
    CHECK(get(pair, 5) == "other");
    pair = std::move(second);
    CHECK(get(pair, 5) == "c");
    CHECK_FALSE(second.is_open());  // NOLINT(bugprone-use-after-move)
    CHECK(narrowed(to) == "xy");
    const auto parts = pair.detach();
    CHECK(parts.reader == nullptr);
    CHECK(thrown_by([&] { pair.detach(); }).code() == errc::closed);
}

// -- tee and record ---------------------------------------------------------------------------

TEST_CASE_TEMPLATE("a tee reads nothing", CharT, WIDTHS) {
    basic_membuf<CharT> one;
    basic_teebuf<CharT> tee(one);
    CHECK(thrown_by([&] { tee.sgetc(); }).code() == errc::not_readable);
    CHECK_FALSE(tee.is_terminal());
    CHECK_FALSE(tee.seekable());
    CHECK(tee.outputs() == 1);
    CHECK(put(tee, "x") == 1);
    CHECK(tee.pubsync() == 0);
    CHECK(narrowed(one) == "x");
    CHECK(thrown_by([&] { tee.sync_to_disk(); }).code() == errc::unsupported);  // RAM is no disk
}

TEST_CASE_TEMPLATE("an output that fails is given up, the last is not", CharT, WIDTHS) {
    basic_membuf<CharT> first;
    basic_membuf<CharT> second;
    basic_faultbuf<CharT> one(first, failing(fault::write));
    basic_faultbuf<CharT> two(second);
    basic_teebuf<CharT> tee(one, two);
    CHECK(put(tee, "text") == 4);
    CHECK(tee.pubsync() == -1);
    CHECK(tee.reason().code() == broken);
    CHECK(tee.failure(0).code() == broken);
    CHECK_FALSE(tee.failure(1));
    CHECK(narrowed(second) == "text");
    CHECK(thrown_by([&] { tee.sync_to_disk(); }).code() == broken);  // of one, all is not there

    two.set_faults(failing(fault::write));
    CHECK(put(tee, " more") == 5);
    CHECK(thrown_by([&] { tee.detach(); }).code() == broken);
    CHECK(tee.is_open());
    two.set_faults({});
    CHECK(tee.pubsync() == 0);
    CHECK(narrowed(second) == "text more");
    CHECK(tee.detach().size() == 2);
    CHECK_FALSE(tee.is_open());
    CHECK(thrown_by([&] { tee.detach(); }).code() == errc::closed);
}

TEST_CASE_TEMPLATE("a flush that fails gives up its output only", CharT, WIDTHS) {
    basic_membuf<CharT> first;
    basic_membuf<CharT> second;
    basic_faultbuf<CharT> one(first, failing(fault::sync));
    basic_teebuf<CharT> tee(one, second);
    CHECK(put(tee, "text") == 4);
    CHECK(tee.pubsync() == -1);
    CHECK(tee.failure(0).code() == broken);
    CHECK(put(tee, "+") == 1);
    tee.close();
    CHECK(narrowed(second) == "text+");
}

TEST_CASE_TEMPLATE("a tee keeps an output that is pinned, and closes then", CharT, WIDTHS) {
    auto owned = std::make_unique<basic_membuf<CharT>>();
    auto* const memory = owned.get();
    basic_teebuf<CharT> tee(std::move(owned));
    CHECK(put(tee, "text") == 4);
    CHECK(tee.pubsync() == 0);
    auto pin = memory->getbuffer();
    CHECK(thrown_by([&] { tee.close(); }).code() == errc::pinned);
    CHECK(tee.is_open());
    pin.release();
    tee.close();
    CHECK_FALSE(tee.is_open());
}

TEST_CASE_TEMPLATE("what moves into a tee closes what that was", CharT, WIDTHS) {
    basic_membuf<CharT> one;
    basic_membuf<CharT> two;
    basic_teebuf<CharT> a(one);
    basic_teebuf<CharT> b(two);
    CHECK(put(a, "a") == 1);
    CHECK(put(b, "b") == 1);
    swap(a, b);
    CHECK(put(a, "b") == 1);
    a = std::move(b);
    CHECK(narrowed(two) == "bb");
    CHECK(put(a, "a") == 1);
    a.close();
    CHECK(narrowed(one) == "aa");
    CHECK(thrown_by([&] {
              basic_membuf<CharT> closed;
              closed.close();
              basic_teebuf<CharT>{closed};
          }).code());
}

TEST_CASE_TEMPLATE("a record that fails ends, and reading goes on", CharT, WIDTHS) {
    basic_membuf<CharT> below(letters<CharT>("content"));
    basic_membuf<CharT> memory;
    basic_faultbuf<CharT> record(memory);
    basic_recordbuf<CharT> buf(below, record);
    CHECK(get(buf, 3) == "con");
    CHECK(buf.pubsync() == 0);
    CHECK(narrowed(memory) == "con");
    record.set_faults(failing(fault::sync));
    CHECK(get(buf, 1) == "t");
    CHECK(buf.pubsync() == -1);
    CHECK(buf.reason().code() == broken);
    record.set_faults(failing(fault::write));
    CHECK(get(buf, 2) == "en");
    static_cast<void>(buf.pubsync());
    CHECK_FALSE(buf.recording());
    CHECK(get(buf, 9) == "t");
    CHECK(narrowed(memory) == "cont");
    basic_membuf<CharT> closed;
    closed.close();
    CHECK(thrown_by([&] { basic_recordbuf<CharT>(below, closed); }).code());
}

TEST_CASE_TEMPLATE("a record that is not writable is refused with its name", CharT, WIDTHS) {
    basic_membuf<CharT> below(letters<CharT>("content"));
    basic_membuf<CharT> memory;
    basic_membuf<CharT> other(letters<CharT>("x"));
    basic_pairbuf<CharT> fine(other, memory);
    basic_slicebuf<CharT> slice(below, 0, 3);
    basic_recordbuf<CharT> a(slice, memory);
    basic_recordbuf<CharT> b(below, fine);
    CHECK(get(a, 2) == "co");
    swap(a, b);
    CHECK(get(b, 2) == "n");
    a = std::move(b);
    CHECK(a.recording());
    CHECK(a.detach() == nullptr);
    CHECK_FALSE(a.recording());
    CHECK(narrowed(memory) == "con");
    CHECK(thrown_by([&] { a.detach(); }).code() == errc::closed);
}

TEST_CASE_TEMPLATE("a record is not closed while it is pinned", CharT, WIDTHS) {
    basic_membuf<CharT> below(letters<CharT>("content"));
    auto owned = std::make_unique<basic_membuf<CharT>>();
    auto* const memory = owned.get();
    basic_recordbuf<CharT> buf(below, std::move(owned));
    CHECK(get(buf, 3) == "con");
    CHECK(buf.pubsync() == 0);
    auto pin = memory->getbuffer();
    CHECK(thrown_by([&] { buf.close(); }).code() == errc::pinned);
    CHECK(buf.is_open());
    pin.release();
    buf.close();
    CHECK_FALSE(buf.is_open());
}

TEST_CASE_TEMPLATE("what lies below a record and cannot be flushed is not let go", CharT, WIDTHS) {
    basic_membuf<CharT> memory(letters<CharT>("content"));
    basic_faultbuf<CharT> below(memory, failing(fault::sync));
    basic_membuf<CharT> record;
    basic_recordbuf<CharT> buf(below, record);
    CHECK(buf.pubsync() == -1);
    CHECK(buf.reason().code() == broken);
    CHECK(thrown_by([&] { buf.detach(); }).code() == broken);
    CHECK(buf.is_open());
}

// -- slice ------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("a slice refuses what lies below and cannot seek", CharT, WIDTHS) {
    basic_membuf<CharT> memory(letters<CharT>("0123456789"));
    basic_membuf<CharT> out;
    basic_pairbuf<CharT> pair(memory, out);
    CHECK(thrown_by([&] { basic_slicebuf<CharT>(pair, 1); }).code() == errc::not_seekable);
    CHECK(thrown_by([&] { basic_slicebuf<CharT>(memory, -1); }).code() == errc::bad_position);
    CHECK(thrown_by([&] { basic_slicebuf<CharT>(memory, 1, -1); }).code() == errc::bad_position);
    basic_faultbuf<CharT> below(memory);
    basic_slicebuf<CharT> slice(below, 2);
    below.set_faults(failing(fault::seek));
    CHECK(thrown_by([&] { slice.sgetc(); }).code() == broken);
    CHECK(put(slice, "x") == 1);
    CHECK(slice.pubsync() == -1);
    CHECK(slice.reason().code() == broken);
    CHECK(thrown_by([&] { slice.detach(); }).code() == broken);
    CHECK(slice.is_open());
    below.set_faults({});
    CHECK(slice.pubsync() == 0);
    CHECK(narrowed(memory) == "01x3456789");
    CHECK(slice.detach() == nullptr);
    CHECK(thrown_by([&] { slice.detach(); }).code() == errc::closed);
}

TEST_CASE_TEMPLATE("a slice to the end is truncated within what there is", CharT, WIDTHS) {
    basic_membuf<CharT> memory(letters<CharT>("0123456789"));
    basic_faultbuf<CharT> below(memory);
    basic_slicebuf<CharT> slice(below, 2);
    CHECK(get(slice, 1) == "2");
    slice.truncate(4);
    CHECK(narrowed(memory) == "012345");
    CHECK(get(slice, 9) == "345");
    CHECK(thrown_by([&] { slice.truncate(std::numeric_limits<std::streamoff>::max()); }).code() ==
          errc::bad_position);
    slice.pubseekpos(0);
    CHECK(put(slice, "x") == 1);
    below.set_faults(failing(fault::write));
    CHECK(thrown_by([&] { slice.truncate(2); }).code() == broken);
    below.set_faults({});
    CHECK(slice.pubsync() == 0);
    auto pin = memory.getbuffer();
    CHECK(thrown_by([&] { slice.truncate(2); }).code() == errc::pinned);
    pin.release();
    CHECK(narrowed(memory) == "01x345");
    CHECK(slice.size() == 4);

    basic_slicebuf<CharT> part(below, 1, 3);
    CHECK(thrown_by([&] { part.truncate(1); }).code() == errc::unsupported);
    CHECK(thrown_by([&] { slice.sync_to_disk(); }).code() == errc::unsupported);
}

TEST_CASE_TEMPLATE("a slice of the standard's buffer has no handle", CharT, WIDTHS) {
    std::basic_stringbuf<CharT> below(letters<CharT>("0123456789"));
    basic_slicebuf<CharT> slice(below, 4, 3);
    CHECK(get(slice, 9) == "456");
    CHECK(thrown_by([&] { static_cast<void>(slice.native_handle()); }).code() == errc::unsupported);
    CHECK(thrown_by([&] { slice.truncate(1); }).code() == errc::unsupported);
    CHECK(slice.path().empty());
    CHECK(slice.size() == 3);
    basic_slicebuf<CharT> full(below, 4, 3);
    CHECK(full.pubseekpos(3) == std::streampos(3));
    CHECK(put(full, "x") == 0);
    CHECK(full.reason().code() == errc::no_space);
}

TEST_CASE_TEMPLATE("a slice closes what it owns, when that may be", CharT, WIDTHS) {
    auto owned = std::make_unique<basic_membuf<CharT>>(letters<CharT>("0123456789"));
    auto* const memory = owned.get();
    basic_slicebuf<CharT> slice(std::move(owned), 4, 3);
    CHECK(slice.below() == memory);
    auto pin = memory->getbuffer();
    CHECK(thrown_by([&] { slice.close(); }).code() == errc::pinned);
    CHECK(slice.is_open());
    pin.release();
    slice.close();
    CHECK_FALSE(slice.is_open());
    CHECK(slice.below() == nullptr);

    basic_membuf<CharT> below(letters<CharT>("abc"));
    slice = basic_slicebuf<CharT>(std::make_unique<basic_faultbuf<CharT>>(below), 1);
    CHECK(get(slice, 1) == "b");
    basic_slicebuf<CharT> other;
    swap(slice, other);
    CHECK(get(other, 1) == "c");
    basic_slicebuf<CharT> failing_slice(
        std::make_unique<basic_faultbuf<CharT>>(below, failing(fault::close)), 1);
    CHECK(thrown_by([&] { failing_slice.close(); }).code() == broken);
    CHECK_FALSE(failing_slice.is_open());
}

// -- streams ----------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("lines are iterated one by one", CharT, WIDTHS) {
    sluice::basic_string_io<CharT> in(letters<CharT>("one\ntwo\nthree"));
    auto line = in.begin();
    CHECK(line->size() == 4);
    const auto before = line++;
    CHECK(*before == letters<CharT>("one\n"));
    CHECK(*line == letters<CharT>("two\n"));
    ++line;
    CHECK(*line == letters<CharT>("three"));
    CHECK(++line == in.end());
}

TEST_CASE("bytes are read into and written from spans of them") {
    sluice::bytes_io io;
    const std::array content{std::byte('a'), std::byte(0), std::byte(255)};
    CHECK(io.write(std::span<const std::byte>(content)) == 3);
    io.seek(0);
    std::array<std::byte, 2> target{};
    CHECK(io.readinto(std::span<std::byte>(target)) == 2);
    CHECK(target[0] == std::byte('a'));
    CHECK(target[1] == std::byte(0));
    CHECK(io.readinto1(std::span<std::byte>(target)) == 1);
    CHECK(target[0] == std::byte(255));
    CHECK(target[1] == std::byte(0));  // is untouched
}

// -- memory -----------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("a memory buffer that is closed refuses each call", CharT, WIDTHS) {
    basic_membuf<CharT> buf(letters<CharT>("abc"));
    buf.close();
    CHECK(thrown_by([&] { static_cast<void>(buf.getbuffer()); }).code() == errc::closed);
    CHECK(thrown_by([&] { static_cast<void>(buf.take()); }).code() == errc::closed);
    CHECK(thrown_by([&] { buf.reserve(1); }).code() == errc::closed);
    CHECK(thrown_by([&] { buf.clear(); }).code() == errc::closed);
    CHECK(thrown_by([&] { buf.load("none"); }).code() == errc::closed);
    CHECK(thrown_by([&] { buf.save("none"); }).code() == errc::closed);
    CHECK(put(buf, "x") == 0);
    CHECK(is_end<CharT>(buf.sputc(CharT('x'))));
    CHECK(thrown_by([&] { buf.sgetc(); }).code() == errc::closed);
}

TEST_CASE("files are of bytes, which wide memory does not load or save") {
    const support::temporary_directory dir;
    sluice::wmembuf wide(L"abc");
    CHECK(thrown_by([&] { wide.save(dir / "file"); }).code() == errc::unsupported);
    CHECK(thrown_by([&] { wide.load(dir / "file"); }).code() == errc::unsupported);
    CHECK(wide.view() == L"abc");
    CHECK_FALSE(std::filesystem::exists(dir / "file"));
}

TEST_CASE("bytes_io moves and swaps with the buffers that they have") {
    sluice::bytes_io a("aaa");
    sluice::bytes_io b(std::string(1000, 'b'));
    a.get();
    a.swap(b);
    CHECK(a.read() == std::string(1000, 'b'));
    CHECK(b.read() == "aa");
    sluice::bytes_io& same = a;
    a = std::move(same);
    CHECK(a.view().size() == 1000);
    a = std::move(b);
    CHECK(a.view() == "aaa");
    CHECK(thrown_by([&] { static_cast<void>(b.view()); }).code() == errc::closed);
    CHECK(b.rdbuf() == nullptr);

    // Of another device, by a swap of streams.
    sluice::stream other(std::make_unique<sluice::membuf>("other"));
    static_cast<sluice::stream&>(a).swap(other);
    CHECK(a.view() == "other");
    sluice::bytes_io c(std::move(a));
    CHECK(c.read() == "other");
    sluice::bytes_io d;
    d = std::move(c);
    const auto released = static_cast<sluice::stream&>(d).detach();
    REQUIRE(released != nullptr);
    CHECK(released->pubseekpos(0) == std::streampos(0));
    CHECK(released->sgetc() == 'o');
}

TEST_CASE_TEMPLATE("nothing is put into a text by eof", CharT, WIDTHS) {
    using traits = std::char_traits<CharT>;
    for (const auto rule : {sluice::newline::universal, sluice::newline::crlf}) {
        sluice::basic_string_io<CharT> io(rule);
        auto& buf = *io.rdbuf();
        CHECK(buf.sputc(CharT('\r')) == traits::to_int_type(CharT('\r')));
        CHECK(buf.sputc(CharT('\n')) == traits::to_int_type(CharT('\n')));
        buf.set_max_size(io.view().size());
        CHECK(is_end<CharT>(buf.sputc(CharT('x'))));
        CHECK(buf.reason().code() == errc::no_space);
    }
}

TEST_CASE_TEMPLATE("an empty content is adopted as none", CharT, WIDTHS) {
    basic_membuf<CharT> buf{sluice::bytes()};
    CHECK(buf.size() == 0);
    CHECK(put(buf, "abc") == 3);
    CHECK(narrowed(buf) == "abc");
}

TEST_SUITE_END();
