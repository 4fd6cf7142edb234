#include <sluice/device/memory.hpp>
#include <sluice/filter/chain.hpp>
#include <sluice/filter/count.hpp>
#include <sluice/filter/pair.hpp>
#include <sluice/filter/passing.hpp>
#include <sluice/filter/progress.hpp>
#include <sluice/filter/redirect.hpp>
#include <sluice/filter/ring.hpp>
#include <sluice/filter/sync.hpp>
#include <sluice/filter/tee.hpp>
#include <sluice/testing/faults.hpp>

#include <support/either_width.hpp>
#include <support/errors.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <ios>
#include <limits>
#include <memory>
#include <ostream>
#include <sstream>
#include <stdexcept>
#include <streambuf>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What is refused, moved and ended, for char and for wchar_t.

using sluice::basic_membuf;
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

template <class CharT>
std::unique_ptr<basic_membuf<CharT>> owned(std::string_view text) {
    return std::make_unique<basic_membuf<CharT>>(letters<CharT>(text));
}

// Gives overflow() and uflow() to who asks for them.
template <class Base>
class opened : public Base {
public:
    using Base::Base;
    using Base::overflow;
};

// Takes nothing, throws at a flush.
template <class CharT>
class stubborn_buf : public std::basic_streambuf<CharT> {
protected:
    int sync() override { throw std::runtime_error("no"); }
};

const std::error_code broken = system_code(EIO);

}  // namespace

#define WIDTHS char, wchar_t

TEST_SUITE_BEGIN("layers");

// -- chain ------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("a chain names the part that fails", CharT, WIDTHS) {
    basic_membuf<CharT> one(letters<CharT>("one"));
    basic_membuf<CharT> two(letters<CharT>("two"));
    basic_faultbuf<CharT> second(two);
    sluice::basic_chainbuf<CharT> chain(one, second);
    CHECK(put(chain, "x") == 0);
    CHECK(chain.size() == 6);
    CHECK(get(chain, 4) == "onet");
    CHECK(chain.part() == 1);
    CHECK(chain.pubseekpos(1) == std::streampos(1));
    CHECK(get(chain, 2) == "ne");
    second.set_faults(failing(fault::seek));
    const sluice::error seek = thrown_by([&] { chain.sgetc(); });
    CHECK(seek.code() == broken);
    CHECK(seek.detail().starts_with("part 2"));
    second.set_faults({});
    CHECK(get(chain, 9) == "two");
    second.set_faults(failing(fault::read));
    chain.pubseekpos(3);
    CHECK(thrown_by([&] { chain.sgetc(); }).detail().starts_with("part 2"));
    one.pubseekpos(0);
    sluice::basic_chainbuf<CharT> other(one);
    swap(chain, other);
    chain.pubseekpos(0);
    CHECK(get(chain, 9) == "one");
    chain = std::move(other);
    CHECK(chain.detach().size() == 2);
    CHECK(thrown_by([&] { chain.detach(); }).code() == errc::closed);
}

TEST_CASE_TEMPLATE("a part or an output for the other direction is refused", CharT, WIDTHS) {
    basic_membuf<CharT> memory;
    sluice::basic_sync_sink<CharT> sink(memory);
    sluice::basic_syncbuf<CharT> written(sink);
    CHECK(thrown_by([&] { sluice::basic_chainbuf<CharT> refused(written); }).code() ==
          errc::not_readable);
    basic_membuf<CharT> from(letters<CharT>("abc"));
    sluice::basic_chainbuf<CharT> read(from);
    CHECK(thrown_by([&] { sluice::basic_teebuf<CharT> refused(read); }).code() ==
          errc::not_writable);
    CHECK(thrown_by([&] { sluice::basic_recordbuf<CharT> refused(from, read); }).code() ==
          errc::not_writable);
    CHECK(thrown_by([&] { sluice::basic_sync_sink<CharT> refused(read); }).code() ==
          errc::not_writable);
    CHECK(thrown_by([&] { sluice::basic_pairbuf<CharT> refused(written, memory); }).code() ==
          errc::not_readable);
    CHECK(thrown_by([&] { sluice::basic_pairbuf<CharT> refused(from, read); }).code() ==
          errc::not_writable);
    CHECK(get(read, 9) == "abc");
}

TEST_CASE_TEMPLATE("a chain closes all its parts, and says which failed", CharT, WIDTHS) {
    basic_membuf<CharT> memory(letters<CharT>("abc"));
    auto third = owned<CharT>("three");
    auto* const last = third.get();
    sluice::basic_chainbuf<CharT> chain(
        owned<CharT>("one"), std::make_unique<basic_faultbuf<CharT>>(memory, failing(fault::close)),
        std::move(third));
    {
        const auto pin = last->getbuffer();
        CHECK(thrown_by([&] { chain.close(); }).code() == errc::pinned);
        CHECK(chain.is_open());
    }
    chain.close();
    CHECK_FALSE(chain.is_open());
    sluice::basic_chainbuf<CharT> again(
        owned<CharT>("one"),
        std::make_unique<basic_faultbuf<CharT>>(memory, failing(fault::close)));
    const sluice::error said = thrown_by([&] { again.close(); });
    CHECK(said.code() == broken);
    CHECK(said.detail().starts_with("part 2"));
}

// -- sync -------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("a syncbuf reads nothing, and keeps a line until it ends", CharT, WIDTHS) {
    basic_membuf<CharT> memory;
    basic_faultbuf<CharT> below(memory);
    sluice::basic_sync_sink<CharT> sink(below);
    opened<sluice::basic_syncbuf<CharT>> buf(sink);
    sluice::basic_syncbuf<CharT> unread(sink);
    CHECK(thrown_by([&] { unread.sgetc(); }).code() == errc::not_readable);
    CHECK(put(buf, "begin") == 5);
    CHECK_FALSE(is_end<CharT>(buf.overflow(std::char_traits<CharT>::eof())));
    CHECK(memory.view().empty());
    CHECK(buf.sputc(CharT('\n')) == CharT('\n'));
    sink.flush();
    CHECK(narrowed(memory) == "begin\n");
    CHECK(buf.pubseekoff(0, ios::cur) == std::streampos(-1));
    CHECK(buf.pubseekpos(0) == std::streampos(-1));
    CHECK_FALSE(buf.seekable());

    CHECK(put(buf, "rest") == 4);
    below.set_faults(failing(fault::write));
    CHECK(buf.pubsync() == -1);
    CHECK(buf.reason().code() == broken);
    CHECK(thrown_by([&] { buf.close(); }).code() == broken);
    below.set_faults({});
    CHECK(buf.pubsync() == 0);
    CHECK(thrown_by([&] { buf.sgetc(); }).code() == errc::closed);
    CHECK(is_end<CharT>(buf.overflow(std::char_traits<CharT>::eof())));
    CHECK(put(buf, "x") == 0);

    sluice::basic_syncbuf<CharT> a(sink);
    sluice::basic_syncbuf<CharT> b;
    CHECK(put(a, "moved") == 5);
    swap(a, b);
    a = std::move(b);
    CHECK(a.pubsync() == 0);
    CHECK(narrowed(memory).ends_with("moved"));
    below.set_faults(failing(fault::sync));
    CHECK(thrown_by([&] { sink.flush(); }).code() == broken);
    below.set_faults({});
    sink.close();
    sink.close();
    CHECK(thrown_by([&] { sink.flush(); }).code() == errc::closed);
    CHECK(put(a, "x\n") <= 2);
    CHECK(a.pubsync() == -1);
    CHECK(a.reason().code() == errc::closed);
}

// -- ring -------------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("a ring tells what is ready, until it is closed", CharT, WIDTHS) {
    const auto ends = sluice::basic_ringbuf<CharT>::make(8);
    auto& in = *ends.reader;
    auto& out = *ends.writer;
    CHECK(in.in_avail() == 0);
    CHECK(put(out, "abc") == 3);
    CHECK(out.pubsync() == 0);
    CHECK(in.in_avail() == 3);
    CHECK(out.in_avail() == -1);
    CHECK(get(in, 3) == "abc");
    out.close();
    CHECK(in.in_avail() == -1);
    CHECK(is_end<CharT>(in.sgetc()));
    CHECK(put(out, "x") == 0);
}

// -- progress ---------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("progress of what has no size has no total", CharT, WIDTHS) {
    using buf = sluice::basic_progressbuf<CharT>;
    std::vector<sluice::progress> told;
    const auto tell = [&told](const sluice::progress& now) { told.push_back(now); };
    basic_membuf<CharT> from(letters<CharT>("content"));
    basic_membuf<CharT> to;
    {
        sluice::basic_pairbuf<CharT> pair(from, to);
        buf layer(pair, tell, {.clock = {}});
        CHECK(get(layer, 3) == "con");
        CHECK(put(layer, "xy") == 2);
        layer.close();
        REQUIRE(told.size() == 1);
        CHECK(told[0].done == 5);
        CHECK_FALSE(told[0].total);
        CHECK(told[0].finished);
    }
    told.clear();
    from.pubseekpos(2);
    buf a(from, tell);
    buf b(to, tell);
    CHECK(a.now().total == 5);
    CHECK_FALSE(b.now().total);  // nothing is to be read there
    swap(a, b);
    CHECK(b.now().total == 5);
    b = std::move(a);
    CHECK(told.size() == 1);
    CHECK_FALSE(b.now().total);
    b.close();
    basic_faultbuf<CharT> sizeless(from);
    buf c(sizeless, [](const sluice::progress&) { throw std::runtime_error("no more"); });
    CHECK(get(c, 9) == "ntent");
    c.close();
    CHECK_FALSE(c.is_open());
}

// -- passing ----------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("a layer passes on what it is asked, and what fails below", CharT, WIDTHS) {
    basic_membuf<CharT> memory(letters<CharT>("0123456789"));
    basic_faultbuf<CharT> below(memory);
    opened<sluice::basic_countbuf<CharT>> buf(below);
    CHECK(buf.sbumpc() == CharT('0'));
    CHECK_FALSE(is_end<CharT>(buf.sputbackc(CharT('0'))));
    CHECK(get(buf, 2) == "01");
    CHECK_FALSE(is_end<CharT>(buf.overflow(std::char_traits<CharT>::eof())));
    below.set_faults(failing(fault::sync));
    CHECK(buf.pubsync() == -1);
    CHECK(is_end<CharT>(buf.overflow(std::char_traits<CharT>::eof())));
    CHECK(thrown_by([&] { buf.detach(); }).code() == broken);
    CHECK(buf.is_open());
    below.set_faults(failing(fault::seek));
    CHECK(buf.pubseekpos(1) == std::streampos(-1));
    CHECK(buf.pubseekoff(1, ios::beg) == std::streampos(-1));
    CHECK(buf.reason());
    below.set_faults({});
    CHECK(buf.pubseekoff(std::numeric_limits<std::streamoff>::min(), ios::cur) ==
          std::streampos(-1));
    const auto pin = memory.getbuffer();
    CHECK(thrown_by([&] { buf.truncate(1); }).code() == errc::pinned);
    CHECK(buf.size() == 10);
    CHECK(buf.detach() == nullptr);
    CHECK(thrown_by([&] { buf.detach(); }).code() == errc::closed);
    CHECK(is_end<CharT>(buf.sungetc()));
    CHECK(is_end<CharT>(buf.overflow(std::char_traits<CharT>::eof())));
    CHECK(buf.in_avail() == -1);
}

TEST_CASE_TEMPLATE("a layer over the standard's buffer cannot do more than that", CharT, WIDTHS) {
    std::basic_stringbuf<CharT> below(letters<CharT>("abc"));
    sluice::basic_countbuf<CharT> buf(below);
    CHECK(get(buf, 2) == "ab");
    CHECK(thrown_by([&] { buf.truncate(1); }).code() == errc::unsupported);
    CHECK(thrown_by([&] { static_cast<void>(buf.native_handle()); }).code() == errc::unsupported);
    CHECK(get(buf, 2) == "c");
    buf.close();
    CHECK(buf.below() == nullptr);
}

// -- redirect ---------------------------------------------------------------------------------

TEST_CASE_TEMPLATE("a redirection ends in any order, and says what its buffer lost", CharT,
                   WIDTHS) {
    using redirect = sluice::redirect<CharT, std::char_traits<CharT>>;
    basic_membuf<CharT> first;
    basic_membuf<CharT> second;
    basic_membuf<CharT> third;
    std::basic_ostream<CharT> out(&first);
    auto outer = std::make_unique<redirect>(out, second);
    basic_faultbuf<CharT> failing_buf(third);
    auto inner = std::make_unique<redirect>(out, failing_buf);
    out << CharT('i');
    outer.reset();  // before the inner one
    out << CharT('j');
    CHECK(out.rdbuf() == &failing_buf);
    failing_buf.set_faults(failing(fault::sync));
    CHECK(thrown_by([&] { inner->restore(); }).code() == broken);
    CHECK(out.rdbuf() == &first);
    CHECK(narrowed(third) == "ij");

    stubborn_buf<CharT> stubborn;
    redirect last(out, stubborn);
    CHECK(thrown_by([&] { last.restore(); }).code() == std::errc::io_error);
    CHECK(out.rdbuf() == &first);

    std::basic_ostream<CharT> none(nullptr);
    CHECK(thrown_by([&] { const redirect refused(out, none); }).code() == errc::closed);
}

TEST_SUITE_END();
