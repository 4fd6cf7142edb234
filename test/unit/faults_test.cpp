#include <sluice/device/file.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/stream.hpp>
#include <sluice/testing/faults.hpp>

#include <support/errors.hpp>
#include <support/temporary.hpp>
#include <support/unbuffered.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <istream>
#include <iterator>
#include <memory>
#include <sstream>
#include <string>
#include <utility>

using namespace std::chrono_literals;
using sluice::errc;
using sluice::testing::fault;
using sluice::testing::fault_io;
using sluice::testing::fault_options;
using sluice::testing::faultbuf;
using sluice::testing::wfaultbuf;
using support::system_code;
using support::thrown_by;
using ios = std::ios_base;

namespace {

std::string read(std::streambuf& buf, std::size_t most) {
    std::string text(most, '\0');
    text.resize(static_cast<std::size_t>(
        buf.sgetn(text.data(), static_cast<std::streamsize>(text.size()))));
    return text;
}

fault_options reading(fault what) {
    what.on = fault::read;
    return {.faults = {what}};
}

}  // namespace

TEST_SUITE_BEGIN("faults");

TEST_CASE("a read fails at the character that was said, with the reason") {
    for (const bool buffered : {true, false}) {
        CAPTURE(buffered);
        sluice::membuf memory("0123456789");
        support::unbuffered plain("0123456789");
        std::streambuf& below =
            buffered ? static_cast<std::streambuf&>(memory) : static_cast<std::streambuf&>(plain);
        faultbuf buf(below, reading({.after = 5, .reason = EIO}));
        CHECK(read(buf, 3) == "012");
        const sluice::error whole = thrown_by([&] { read(buf, 3); });
        CHECK(whole.code() == system_code(EIO));
        CHECK(whole.operation() == "read");
        CHECK(whole.position() == 5);
        CHECK(read(buf, 2) == "34");  // which a read that failed has not read
        CHECK(thrown_by([&] { buf.sgetc(); }).code() == system_code(EIO));
        CHECK(thrown_by([&] { buf.sbumpc(); }).code() == system_code(EIO));  // for ever after
        CHECK(buf.sungetc() == '4');
        CHECK(buf.sbumpc() == '4');  // which has passed before
        CHECK(thrown_by([&] { buf.sbumpc(); }).code() == system_code(EIO));
    }
}

TEST_CASE("a fault at the end of what there is is one") {
    sluice::membuf below("0123");
    faultbuf buf(below, reading({.after = 4, .reason = ECONNRESET}));
    CHECK(read(buf, 4) == "0123");
    CHECK(thrown_by([&] { buf.sgetc(); }).code() == system_code(ECONNRESET));
    CHECK(thrown_by([&] { read(buf, 1); }).code() == system_code(ECONNRESET));

    for (const bool by_character : {true, false}) {
        sluice::membuf memory("0123");
        int transfers = 0;
        fault_options options = reading({.after = 4});
        options.delay = 1ns;
        options.sleep = [&transfers](std::chrono::nanoseconds) { ++transfers; };
        faultbuf at_end(memory, options);
        for (int i = 0; i < 4; ++i) {
            at_end.sbumpc();  // from the area, which tells nobody
        }
        CHECK(thrown_by([&] {
                  by_character ? void(at_end.sgetc()) : void(read(at_end, 1));
              }).code() == system_code(EIO));
        CHECK(transfers == 2);
    }

    sluice::membuf same("0123");
    faultbuf later(same, reading({.after = 5}));
    CHECK(read(later, 9) == "0123");
    CHECK(later.sgetc() == faultbuf::traits_type::eof());
}

TEST_CASE("a stream over faults is bad where it fails, and not at its end") {
    sluice::bytes_io below("1 2 3 4");
    fault_io in(below, reading({.after = 4, .reason = ENOMEM}));
    std::string read;
    for (std::string word; std::getline(in, word, ' ');) {
        read += word;
    }
    CHECK(read == "12");
    CHECK(in.bad());
    CHECK_FALSE(in.eof());
    CHECK(sluice::error_of(in).code() == system_code(ENOMEM));

    fault_io throwing(sluice::bytes_io("1 2"), reading({.reason = ENOMEM}));
    throwing.exceptions(ios::badbit);
    CHECK(thrown_by([&] { throwing.get(); }).code() == system_code(ENOMEM));
}

TEST_CASE("a fault that comes once lets the next try go well") {
    sluice::membuf below("0123456789");
    faultbuf buf(below, reading({.after = 5, .reason = EINTR, .once = true}));
    CHECK(thrown_by([&] { read(buf, 10); }).code() == system_code(EINTR));
    CHECK(read(buf, 10) == "0123456789");
}

TEST_CASE("a write fails at the character that was said, and what comes before is written") {
    for (const bool areas : {true, false}) {
        CAPTURE(areas);
        sluice::membuf memory;
        support::unbuffered plain("");
        std::streambuf& below =
            areas ? static_cast<std::streambuf&>(memory) : static_cast<std::streambuf&>(plain);
        const auto written = [&] { return areas ? std::string(memory.view()) : plain.written(); };
        faultbuf buf(below,
                     fault_options{.faults = {{.on = fault::write, .after = 5, .reason = ENOSPC}}});
        CHECK(buf.sputn("012", 3) == 3);
        CHECK(buf.sputn("3456", 4) == 2);
        CHECK(buf.reason().code() == system_code(ENOSPC));
        CHECK(buf.reason().operation() == "write");
        CHECK(buf.reason().position() == 5);
        CHECK(buf.sputc('x') == faultbuf::traits_type::eof());
        CHECK(buf.pubsync() == 0);
        CHECK(written() == "01234");
    }
}

TEST_CASE("a write that fails once can be tried again") {
    sluice::bytes_io below;
    fault_io out(
        below,
        fault_options{.faults = {{.on = fault::write, .after = 2, .reason = EIO, .once = true}}});
    out << "abc";
    CHECK(out.bad());
    CHECK(sluice::error_of(out).code() == system_code(EIO));
    out.clear();
    out << "c" << std::flush;
    CHECK(out.good());
    CHECK(below.view() == "abc");
}

TEST_CASE("reasons are an errno, a std::errc or sluice's own") {
    const auto code_of = [](sluice::testing::fault_reason reason) {
        sluice::membuf below("x");
        faultbuf buf(below, reading({.reason = reason}));
        return thrown_by([&] { buf.sgetc(); }).code();
    };
    CHECK(code_of(ENOSPC) == system_code(ENOSPC));
    CHECK(code_of(std::errc::no_space_on_device) == system_code(ENOSPC));
    CHECK(code_of(errc::would_block) == errc::would_block);
    CHECK(code_of(system_code(EPERM)) == system_code(EPERM));
    CHECK(code_of(0) == system_code(EIO));  // there is always one
}

TEST_CASE("the reason of a fault has the path of what lies below") {
    support::temporary_file file("abc");
    sluice::filebuf below;
    below.open(file.path(), ios::in);
    faultbuf buf(below, reading({}));
    CHECK(thrown_by([&] { buf.sgetc(); }).what() == "read " + file.path() + ": Input/output error");
}

TEST_CASE("short transfers show so much at once, and all is read and written") {
    sluice::membuf below("0123456789");
    faultbuf buf(below, fault_options{.most_read = 3, .most_written = 2});
    CHECK(buf.sgetc() == '0');
    CHECK(buf.in_avail() == 3);
    CHECK(buf.peek(9).size() == 3);
    CHECK(read(buf, 7) == "0123456");
    CHECK(buf.sputn("abcde", 5) == 5);
    CHECK(buf.pubsync() == 0);
    CHECK(below.view() == "0123456abcde");

    sluice::membuf none("01");
    faultbuf least(none, fault_options{.most_read = 0});  // as 1: no read could go on
    CHECK(least.peek(2).size() == 1);
    CHECK(read(least, 5) == "01");
}

TEST_CASE("every so many transfers are interrupted, or would block, and go on") {
    for (const bool blocks : {false, true}) {
        CAPTURE(blocks);
        sluice::membuf below("0123456789");
        fault_options options{.most_read = 1};
        (blocks ? options.block_every : options.interrupt_every) = 3;
        faultbuf buf(below, options);
        std::string got;
        int failures = 0;
        while (got.size() < 10) {
            const sluice::error failed = thrown_by([&] { got += static_cast<char>(buf.sbumpc()); });
            failures += failed ? 1 : 0;
            if (failed) {
                CHECK(failed.code() ==
                      (blocks ? make_error_code(errc::would_block) : system_code(EINTR)));
            }
        }
        CHECK(got == "0123456789");
        CHECK(failures == 4);
    }
}

TEST_CASE("a read of much that would block comes to its end by trying again") {
    for (const bool seekable : {true, false}) {
        CAPTURE(seekable);
        sluice::membuf memory("0123456789");
        support::unbuffered plain("0123456789");
        std::streambuf& below =
            seekable ? static_cast<std::streambuf&>(memory) : static_cast<std::streambuf&>(plain);
        faultbuf buf(below, fault_options{.most_read = 2, .block_every = 2});
        std::string got;
        int tries = 0;
        while (got.empty() && ++tries < 20) {
            static_cast<void>(thrown_by([&] { got = read(buf, 10); }));
        }
        CHECK(got == "0123456789");
        CHECK(tries > 1);
        CHECK(tries < 20);
    }
}

TEST_CASE("a write that would block has written what it says, and goes on") {
    sluice::membuf below;
    faultbuf buf(below, fault_options{.most_written = 2, .block_every = 3});
    const std::string text = "0123456789";
    std::size_t done = 0;
    int tries = 0;
    while (done < text.size() && ++tries < 20) {
        done += static_cast<std::size_t>(
            buf.sputn(text.data() + done, static_cast<std::streamsize>(text.size() - done)));
        if (done < text.size()) {
            CHECK(buf.latest("write").code() == errc::would_block);
        }
    }
    CHECK(buf.pubsync() == 0);
    CHECK(below.view() == text);
    CHECK(tries == 3);
}

TEST_CASE("each transfer is delayed by a sleep that a test may replace") {
    std::chrono::nanoseconds slept{0};
    sluice::membuf below("0123456789");
    faultbuf buf(
        below, fault_options{.most_read = 2,
                             .delay = 3s,
                             .sleep = [&slept](std::chrono::nanoseconds time) { slept += time; }});
    CHECK(read(buf, 10) == "0123456789");
    CHECK(slept == 15s);

    faultbuf really(below, fault_options{.delay = 1ns});
    CHECK(really.sgetc() == faultbuf::traits_type::eof());
}

TEST_CASE("a seek to the front and one from here are seeks, and a tell is none") {
    sluice::membuf memory("abcdef");
    faultbuf buf(memory, {.faults = {{.on = fault::seek}}});
    CHECK(buf.pubseekoff(0, ios::cur) == 0);
    CHECK(buf.pubseekoff(0, ios::beg) == -1);
    CHECK(buf.pubseekoff(0, ios::end) == -1);
    CHECK(buf.pubseekoff(2, ios::cur) == -1);
    CHECK(buf.pubseekoff(0, ios::cur) == 0);
}

TEST_CASE("a sync, a seek and a close fail as they are told") {
    sluice::membuf below("0123");
    faultbuf buf(below,
                 fault_options{.faults = {{.on = fault::sync, .after = 1, .reason = EIO},
                                          {.on = fault::seek, .reason = EOVERFLOW, .once = true},
                                          {.on = fault::close, .reason = EDQUOT}}});
    CHECK(buf.pubsync() == 0);
    CHECK(buf.pubsync() == -1);
    CHECK(buf.latest("sync").code() == system_code(EIO));
    CHECK(buf.latest("sync").operation() == "sync");

    CHECK(buf.pubseekoff(0, ios::cur) == 0);  // a tell
    CHECK(buf.pubseekpos(2) == -1);
    CHECK(buf.latest("seek").code() == system_code(EOVERFLOW));
    CHECK(buf.sgetc() == '0');
    CHECK(buf.pubseekoff(2, ios::beg) == 2);

    const sluice::error failed = thrown_by([&] { buf.close(); });
    CHECK(failed.code() == system_code(EDQUOT));
    CHECK(failed.operation() == "close");
    CHECK_FALSE(buf.is_open());
    buf.close();
}

TEST_CASE("a failure below is told as it is, beside faults") {
    sluice::membuf deepest("0123456789");
    faultbuf below(deepest, reading({.after = 2, .reason = ENXIO}));
    faultbuf buf(below, reading({.after = 5, .reason = EIO}));
    CHECK(read(buf, 2) == "01");
    CHECK(thrown_by([&] { buf.sgetc(); }).code() == system_code(ENXIO));
}

TEST_CASE("faults can be set anew") {
    sluice::membuf below("0123456789");
    faultbuf buf(below);
    CHECK(read(buf, 4) == "0123");
    buf.set_faults(reading({.after = 2}));
    CHECK(read(buf, 2) == "45");
    CHECK(thrown_by([&] { buf.sgetc(); }).code() == system_code(EIO));
    buf.set_faults({});
    CHECK(read(buf, 9) == "6789");
}

TEST_CASE("faults are due in areas that are those of the buffer below") {
    std::stringbuf below("0123456789");
    faultbuf buf(below, fault_options{.faults = {{.after = 4}, {.on = fault::write, .after = 3}}});
    std::string got;
    const sluice::error failed = thrown_by([&] {
        for (;;) {
            got += static_cast<char>(buf.sbumpc());
        }
    });
    CHECK(failed.code() == system_code(EIO));
    CHECK(got == "0123");
    int put = 0;
    while (buf.sputc('x') == 'x') {
        ++put;
    }
    CHECK(put == 3);
}

TEST_CASE("a moved fault is due where it was") {
    auto below = std::make_unique<sluice::membuf>("0123456789");
    faultbuf first(std::move(below), reading({.after = 5}));
    CHECK(read(first, 3) == "012");
    faultbuf second(std::move(first));
    CHECK(read(second, 2) == "34");
    CHECK(thrown_by([&] { second.sgetc(); }).code() == system_code(EIO));
    second = faultbuf();
    CHECK(thrown_by([&] { second.sgetc(); }).code() == errc::closed);
    CHECK(second.pubseekpos(0) == -1);
    CHECK(second.latest("seek").code() == errc::closed);
}

TEST_CASE("wide characters fail as others do") {
    sluice::wmembuf below(L"0123");
    wfaultbuf buf(below, reading({.after = 1}));
    CHECK(buf.sbumpc() == L'0');
    CHECK(thrown_by([&] { buf.sbumpc(); }).code() == system_code(EIO));
}

TEST_SUITE_END();
