#include <sluice/device/memory.hpp>
#include <sluice/filter/progress.hpp>
#include <sluice/open.hpp>

#include <conformance/failing.hpp>
#include <conformance/transfer.hpp>
#include <support/system_calls.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace std::chrono_literals;
using sluice::progress;

namespace {

/// A clock that moves by a step each time it is looked at.
struct ticking {
    std::chrono::steady_clock::duration step{};
    std::chrono::steady_clock::time_point time{};

    auto operator()() {
        time += step;
        return time;
    }
};

/// A buffer that says it is a terminal.
class terminal : public sluice::basic_membuf<char> {
protected:
    bool do_is_terminal() override { return true; }
};

}  // namespace

TEST_SUITE_BEGIN("progress");

TEST_CASE("it is told now and then and at the end") {
    std::vector<progress> told;
    sluice::progress_io in(
        sluice::bytes_io(std::string(1000000, 'x')),
        [&](const progress& now) { told.push_back(now); },
        sluice::progress_options{.interval = 5s, .clock = ticking{1s}});
    CHECK((in.read() == std::string(1000000, 'x')));
    in.close();
    REQUIRE(told.size() >= 3);
    CHECK(told.size() <= 5);  // 16 blocks at least, of which each fifth
    for (std::size_t i = 1; i < told.size(); ++i) {
        CHECK(told[i].done >= told[i - 1].done);
        CHECK(told[i].elapsed > told[i - 1].elapsed);
        CHECK(told[i - 1].elapsed >= 5s);
        CHECK_FALSE(told[i - 1].finished);
    }
    CHECK(told.back().finished);
    CHECK(told.back().done == 1000000);
    CHECK(told.back().total == 1000000);
    CHECK(told.back().ratio() == 1.0);
}

TEST_CASE("what is written is told too and the total is what was said") {
    std::vector<progress> told;
    sluice::membuf to;
    {
        sluice::progress_io out(
            to, [&](const progress& now) { told.push_back(now); },
            sluice::progress_options{.total = 400000, .interval = 0s});
        for (int i = 0; i < 4000; ++i) {
            out.write(std::string(50, 'x'));
        }
        CHECK(out.rdbuf()->now().done == 200000);
    }
    CHECK(to.view().size() == 200000);
    CHECK(told.size() >= 3);
    CHECK(told.size() < 100);  // by blocks
    CHECK(told.back().finished);
    CHECK(told.back().ratio() == 0.5);
}

TEST_CASE("a total is what is left to be read where that is known") {
    sluice::membuf below("0123456789");
    CHECK(conformance::seek(below, 4) == 4);
    CHECK(sluice::progressbuf(below).now().total == 6);
    std::stringbuf unknown("abc");
    CHECK_FALSE(sluice::progressbuf(unknown).now().total.has_value());
    sluice::membuf empty;
    CHECK_FALSE(sluice::progressbuf(empty).now().total.has_value());
}

TEST_CASE("what a callback throws ends the telling and harms nothing") {
    int calls = 0;
    sluice::progressbuf in(
        std::make_unique<sluice::membuf>(std::string(500000, 'x')),
        [&](const progress&) {
            ++calls;
            throw std::runtime_error("no");
        },
        sluice::progress_options{.interval = 0s});
    CHECK(conformance::read_all(in).size() == 500000);
    in.close();
    CHECK(calls == 1);
}

TEST_CASE("a bar is drawn on a terminal and nothing elsewhere") {
    std::ostringstream file;
    {
        sluice::progressbuf in(std::make_unique<sluice::membuf>(std::string(500000, 'x')), file,
                               sluice::progress_options{.interval = 0s});
        CHECK(conformance::read_all(in).size() == 500000);
    }
    CHECK(file.str().empty());
    terminal screen;
    std::ostream out(&screen);
    {
        sluice::progressbuf in(std::make_unique<sluice::membuf>(std::string(500000, 'x')), out,
                               sluice::progress_options{.interval = 0s, .clock = ticking{1s}});
        CHECK(conformance::read_all(in).size() == 500000);
    }
    const std::string drawn = screen.getvalue();
    CHECK(drawn.front() == '\r');
    CHECK(drawn.back() == '\n');
    CHECK(drawn.find("100% [####") != std::string::npos);
    screen.truncate(0);
    conformance::seek(screen, 0);
    {
        sluice::progressbuf in(std::make_unique<sluice::membuf>("abc"), out);
        CHECK(conformance::read_all(in) == "abc");
    }
    CHECK(screen.view().empty());  // it was over before the first was due
}

TEST_CASE("a bar on a standard output asks whether that is a terminal") {
    const support::replaced_calls scope;
    static int asked;
    asked = -1;
    support::replaced_calls::calls().isatty = [](int file) {
        asked = file;
        return 0;
    };
    sluice::progressbuf in(std::make_unique<sluice::membuf>("abc"));
    CHECK(asked == 2);
    CHECK(conformance::read_all(in) == "abc");
    const sluice::progressbuf on_output(std::make_unique<sluice::membuf>("abc"), std::cout);
    CHECK(asked == 1);
    const sluice::progressbuf on_log(std::make_unique<sluice::membuf>("abc"), std::clog);
    CHECK(asked == 2);
}

TEST_CASE("a rate and a time that remains are known once time has passed") {
    progress now;
    CHECK(now.rate() == 0);
    CHECK_FALSE(now.remaining().has_value());
    CHECK_FALSE(now.ratio().has_value());
    now = {.done = 500, .total = 2000, .elapsed = 5s};
    CHECK(now.rate() == 100);
    CHECK(now.ratio() == 0.25);
    CHECK(now.remaining() == 15s);
    now.done = 3000;
    CHECK(now.ratio() == 1.0);
    CHECK(now.remaining() == 0s);
    now.total = 0;
    CHECK(now.ratio() == 1.0);
}

TEST_CASE("a bar fits its width") {
    const progress half{.done = 1500000, .total = 3000000, .elapsed = 1s};
    CHECK(to_bar(half, 50) == " 50% [###########           ] 1.5 MB 1.5 MB/s 0:01");
    CHECK(to_bar(half, 12).size() == 12);
    CHECK(to_bar(half, 0).empty());
    const progress unknown{.done = 999, .elapsed = 3725s};
    CHECK(to_bar(unknown, 50) == "999 B 0 B/s 1:02:05");
    for (std::size_t width = 0; width < 100; ++width) {
        CHECK(to_bar(half, width).size() <= width);
    }
}

TEST_CASE("a moved progress goes on") {
    std::uint64_t done = 0;
    sluice::progressbuf a(std::make_unique<sluice::membuf>("abcdef"),
                          [&](const progress& now) { done = now.done; });
    CHECK(conformance::read(a, 3) == "abc");
    sluice::progressbuf b(std::move(a));
    CHECK(conformance::read(b, 3) == "def");
    b.close();
    CHECK(done == 6);
    CHECK(b.now().finished);
}

TEST_CASE("what is swapped takes along whom it tells and how") {
    std::uint64_t first = 0;
    std::uint64_t second = 0;
    sluice::progressbuf a(
        std::make_unique<sluice::membuf>("abc"), [&](const progress& now) { first = now.done; },
        sluice::progress_options{.total = 100});
    sluice::progressbuf b(
        std::make_unique<sluice::membuf>("defg"), [&](const progress& now) { second = now.done; },
        sluice::progress_options{.total = 200});
    a.swap(b);
    CHECK(conformance::read_all(a) == "defg");
    CHECK(conformance::read_all(b) == "abc");
    CHECK(a.now().total == 200);
    CHECK(b.now().total == 100);
    a.close();
    CHECK(second == 4);
    CHECK(first == 0);
    b.close();
    CHECK(first == 3);
}

TEST_CASE("a progress that is moved over closes and reports") {
    int finished = 0;
    sluice::progressbuf a(sluice::open("/dev/full", "wb"),
                          [&](const progress& now) { finished += now.finished ? 1 : 0; });
    a.sputc('x');
    CHECK(conformance::code_thrown_by([&] { a = sluice::progressbuf(); }) ==
          std::errc::no_space_on_device);
    CHECK_FALSE(a.is_open());
    CHECK(finished == 1);
    a = sluice::progressbuf(std::make_unique<sluice::membuf>("abc"), nullptr);
    auto& same = a;
    a = std::move(same);
    CHECK(a.sgetc() == 'a');
}

TEST_SUITE_END();
