#include <sluice/device/memory.hpp>
#include <sluice/testing/trace.hpp>

#include <support/errors.hpp>

#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <ios>
#include <locale>
#include <stdexcept>
#include <streambuf>
#include <string>
#include <vector>

using namespace std::chrono_literals;
using sluice::testing::basic_tracebuf;
using sluice::testing::trace_options;
using sluice::testing::traced;
using ios = std::ios_base;

namespace {

/// Each of its calls throws.
template <class CharT>
class refusing_buf : public std::basic_streambuf<CharT> {
    using base = std::basic_streambuf<CharT>;

public:
    using typename base::int_type;
    using typename base::off_type;
    using typename base::pos_type;

protected:
    [[noreturn]] static void refuse() { throw std::runtime_error("refused"); }

    void imbue(const std::locale&) override { refuse(); }
    base* setbuf(CharT*, std::streamsize) override { refuse(); }
    pos_type seekoff(off_type, ios::seekdir, ios::openmode) override { refuse(); }
    pos_type seekpos(pos_type, ios::openmode) override { refuse(); }
    int sync() override { refuse(); }
    std::streamsize showmanyc() override { refuse(); }
    std::streamsize xsgetn(CharT*, std::streamsize) override { refuse(); }
    int_type underflow() override { refuse(); }
    int_type uflow() override { refuse(); }
    int_type pbackfail(int_type) override { refuse(); }
    std::streamsize xsputn(const CharT*, std::streamsize) override { refuse(); }
    int_type overflow(int_type) override { refuse(); }
};

/// Makes each call of a buffer once; how many of them threw.
template <class CharT>
int call_all(basic_tracebuf<CharT>& buf) {
    int thrown = 0;
    const auto tried = [&thrown](auto call) {
        try {
            call();
        } catch (const std::exception&) {
            ++thrown;
        }
    };
    const std::array<CharT, 2> text{CharT('x'), CharT('y')};
    std::array<CharT, 2> target{};
    tried([&] { buf.pubimbue(std::locale::classic()); });
    tried([&] { buf.pubsetbuf(nullptr, 0); });
    tried([&] { buf.pubseekoff(0, ios::beg, ios::in); });
    tried([&] { buf.pubseekpos(0); });
    tried([&] { buf.in_avail(); });
    tried([&] { buf.sgetc(); });
    tried([&] { buf.sbumpc(); });
    tried([&] { buf.sgetn(target.data(), 2); });
    tried([&] { buf.sputbackc(CharT('c')); });
    tried([&] { static_cast<void>(buf.peek(2)); });
    tried([&] { buf.sputn(text.data(), 2); });
    tried([&] { buf.sputc(CharT('z')); });
    tried([&] { static_cast<void>(buf.size()); });
    tried([&] { buf.truncate(3); });
    tried([&] { buf.pubsync(); });
    tried([&] { buf.close(); });
    return thrown;
}

const std::vector<traced> all_calls{
    traced::imbue,     traced::setbuf,    traced::seekoff, traced::seekpos,
    traced::showmanyc, traced::underflow, traced::uflow,   traced::xsgetn,
    traced::pbackfail, traced::peek,      traced::xsputn,  traced::overflow,
    traced::size,      traced::truncate,  traced::sync,    traced::close};

}  // namespace

TEST_SUITE_BEGIN("trace");

TEST_CASE_TEMPLATE("each call is recorded, with its time where there is a clock", CharT, char,
                   wchar_t) {
    const std::array<CharT, 6> content{CharT('a'), CharT('b'), CharT('c'),
                                       CharT('d'), CharT('e'), CharT('f')};
    for (const bool timed : {false, true}) {
        CAPTURE(timed);
        sluice::basic_membuf<CharT> below(
            std::basic_string_view<CharT>(content.data(), content.size()));
        std::chrono::steady_clock::time_point now{};
        trace_options options{.every_call = true};
        if (timed) {
            options.clock = [&now] { return now += 1us; };
        }
        basic_tracebuf<CharT> buf(below, options);
        CHECK(call_all(buf) == 0);
        for (const traced call : all_calls) {
            CAPTURE(to_string(call));
            CHECK(buf.count(call) == 1);
        }
        for (const auto& each : buf.calls()) {
            CAPTURE(to_string(each));
            CHECK(each.time == (timed ? 1us : 0us));
            CHECK(each.thrown.empty());
            CHECK(each.failed == false);
        }
        CHECK(below.size() == 3);
        const std::string summary = buf.summary();
        CHECK((summary.find("time\n") != std::string::npos) == timed);
        CHECK((summary.find("1.0 us\n") != std::string::npos) == timed);
        CHECK(buf.count() == all_calls.size());
    }
}

TEST_CASE_TEMPLATE("a call that throws is recorded, with its time where there is a clock", CharT,
                   char, wchar_t) {
    for (const bool timed : {false, true}) {
        CAPTURE(timed);
        refusing_buf<CharT> below;
        std::chrono::steady_clock::time_point now{};
        trace_options options{.every_call = true};
        if (timed) {
            options.clock = [&now] { return now += 1us; };
        }
        basic_tracebuf<CharT> buf(below, options);
        CHECK(call_all(buf) > 0);
        for (const auto& each : buf.calls()) {
            CAPTURE(to_string(each));
            CHECK(each.time == (timed ? 1us : 0us));
            CHECK(each.failed);
        }
        CHECK(buf.count() == all_calls.size());
        CHECK(buf.count(traced::underflow) == 1);
        CHECK(buf.characters_read() == 0);
        CHECK(buf.characters_written() == 0);
    }
}

TEST_SUITE_END();
