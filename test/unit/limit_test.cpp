#include <sluice/device/memory.hpp>
#include <sluice/device/pipe.hpp>
#include <sluice/filter/limit.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/open.hpp>

#include <conformance/failing.hpp>
#include <conformance/transfer.hpp>
#include <support/unbuffered.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <memory>
#include <string>
#include <utility>

using conformance::code_thrown_by;

namespace {

constexpr int end = std::char_traits<char>::eof();

}  // namespace

TEST_SUITE_BEGIN("limit");

TEST_CASE("exactly as much as the limit is read and then comes the end") {
    for (const std::size_t chunk :
         {std::size_t(0), std::size_t(1), std::size_t(3), std::size_t(10), std::size_t(100)}) {
        CAPTURE(chunk);
        sluice::membuf memory("0123456789");
        sluice::limitbuf in(memory, 10);
        CHECK(conformance::read_all(in, chunk) == "0123456789");
        CHECK(in.sgetc() == end);
        CHECK_FALSE(bool(in.reason()));
        support::unbuffered other("0123456789");
        sluice::limitbuf over(other, 10);
        CHECK(conformance::read_all(over, chunk) == "0123456789");
        CHECK_FALSE(bool(over.reason()));
    }
}

TEST_CASE("one more than the limit is an error once all before it was delivered") {
    sluice::membuf memory("0123456789X");
    support::unbuffered other("0123456789X");
    for (std::streambuf* below :
         {static_cast<std::streambuf*>(&memory), static_cast<std::streambuf*>(&other)}) {
        sluice::limit_io in(*below, 10);
        CHECK(in.get() == '0');
        CHECK(in.read(100) == "123456789");
        CHECK(in.good());
        CHECK(code_thrown_by([&] { in.read(100); }) == sluice::errc::too_long);
        CHECK(in.bad());
        CHECK_FALSE(in.eof());
        CHECK(sluice::error_of(in).detail() == "a limit of 10");
        CHECK(sluice::error_of(in).code() == std::errc::file_too_large);
        in.clear();
        CHECK(in.get() == end);
        CHECK(in.bad());
    }
}

TEST_CASE("a bulk read across the limit fails and has read nothing") {
    auto [pipe_in, pipe_out] = sluice::pipe();
    pipe_out.write("0123456789X");
    pipe_out.close();
    sluice::membuf memory("0123456789X");
    for (const bool seeks : {true, false}) {
        CAPTURE(seeks);
        sluice::limitbuf in(seeks ? static_cast<std::streambuf&>(memory) : *pipe_in.rdbuf(), 10);
        CHECK(in.sbumpc() == '0');
        char block[20] = {};
        CHECK(code_thrown_by([&] { in.sgetn(block, 20); }) == sluice::errc::too_long);
        CHECK(code_thrown_by([&] { in.sgetn(block, 20); }) == sluice::errc::too_long);
        CHECK(conformance::read(in, 4) == "1234");
        CHECK(in.pubsync() == 0);
        CHECK(conformance::read(in, 5) == "56789");
        CHECK(code_thrown_by([&] { in.sbumpc(); }) == sluice::errc::too_long);
        CHECK(in.sungetc() == '9');
        CHECK(in.sbumpc() == '9');
        CHECK(code_thrown_by([&] { in.sgetc(); }) == sluice::errc::too_long);
    }
}

TEST_CASE("a stream reads up to the limit and is bad then and not at its end") {
    sluice::limit_io in(sluice::bytes_io("10 20 30 40"), 7);
    int sum = 0;
    int value = 0;
    std::istream& as_any = in;
    while (as_any >> value) {
        sum += value;
    }
    CHECK(sum == 30);  // the third cannot be known to be whole
    CHECK(in.bad());
    CHECK_FALSE(in.eof());
}

TEST_CASE("a limit of nothing lets nothing pass and the largest all") {
    sluice::limitbuf none(std::make_unique<sluice::membuf>("a"), 0);
    CHECK(none.in_avail() == 0);
    CHECK(code_thrown_by([&] { none.sgetc(); }) == sluice::errc::too_long);
    CHECK(none.sputc('x') == end);
    CHECK(none.reason().code() == sluice::errc::too_long);
    sluice::limitbuf empty(std::make_unique<sluice::membuf>(), 0);
    CHECK(empty.sgetc() == end);
    CHECK(empty.sputn("", 0) == 0);
    CHECK_FALSE(bool(empty.reason()));
    sluice::limitbuf all(std::make_unique<sluice::membuf>("abc"),
                         std::numeric_limits<std::uint64_t>::max());
    CHECK(conformance::read_all(all) == "abc");
}

TEST_CASE("what goes beyond the limit is not written and what comes before is") {
    for (const std::size_t chunk :
         {std::size_t(0), std::size_t(1), std::size_t(4), std::size_t(100)}) {
        CAPTURE(chunk);
        sluice::membuf to;
        sluice::limitbuf out(to, 10);
        CHECK(conformance::write_all(out, "0123456789", chunk));
        CHECK_FALSE(bool(out.reason()));
        CHECK(out.pubsync() == 0);
        CHECK(conformance::write(out, "X") == 0);
        CHECK(out.sputc('X') == end);
        CHECK(out.reason().code() == sluice::errc::too_long);
        out.close();
        CHECK(to.view() == "0123456789");
    }
    sluice::membuf to;
    sluice::limit_io out(to, 5);
    CHECK(code_thrown_by([&] { out.write("0123456789"); }) == sluice::errc::too_long);
    CHECK(out.bad());
    CHECK(to.view().substr(0, 5) == "01234");
    CHECK(to.view().size() == 5);
}

TEST_CASE("each character counts once and again after a seek") {
    sluice::limitbuf in(std::make_unique<sluice::membuf>("abcdef"), 6);
    CHECK(conformance::read(in, 3) == "abc");
    CHECK(in.sungetc() == 'c');
    CHECK(in.pubsync() == 0);
    CHECK(in.sungetc() == 'b');
    CHECK(conformance::read(in, 2) == "bc");
    CHECK(conformance::seek(in, 0) == 0);
    CHECK(conformance::read(in, 3) == "abc");
    CHECK(code_thrown_by([&] { in.sgetc(); }) == sluice::errc::too_long);
}

TEST_CASE("a limit stands in a stack") {
    sluice::text_io in(sluice::limit_io(sluice::bytes_io("one\ntwo\nthree\n"), 8));
    CHECK(in.readline() == "one\n");
    CHECK(in.readline() == "two\n");
    CHECK(code_thrown_by([&] { in.readline(); }) == sluice::errc::too_long);
    CHECK(sluice::error_of(in).detail() == "a limit of 8");
}

TEST_CASE("a moved limit keeps what is left") {
    sluice::limitbuf a(std::make_unique<sluice::membuf>("abcdef"), 4);
    CHECK(conformance::read(a, 3) == "abc");
    sluice::limitbuf b(std::move(a));
    CHECK(b.sbumpc() == 'd');
    a = std::move(b);
    CHECK(code_thrown_by([&] { a.sgetc(); }) == sluice::errc::too_long);
    CHECK(a.limit() == 4);
}

TEST_CASE("a limit that is moved over closes and reports") {
    sluice::limitbuf a(sluice::open("/dev/full", "wb"), 10);
    a.sputc('x');
    CHECK(code_thrown_by([&] { a = sluice::limitbuf(); }) == std::errc::no_space_on_device);
    CHECK_FALSE(a.is_open());
    a = sluice::limitbuf(std::make_unique<sluice::membuf>("abc"), 2);
    auto& same = a;
    a = std::move(same);
    CHECK(a.limit() == 2);
    CHECK(a.sgetc() == 'a');
}

TEST_SUITE_END();
