#include <sluice/device/file.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/testing/conformance.hpp>

#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <array>
#include <fstream>
#include <ios>
#include <set>
#include <sstream>
#include <streambuf>
#include <string>
#include <string_view>
#include <unit/conformance_mutant.hpp>
#include <vector>

#if defined(SLUICE_CHECK) || defined(SLUICE_REQUIRE)
#error "a macro of the header's is left"
#endif

using sluice::testing::check_conformance;
using sluice::testing::check_rule;
using sluice::testing::claims;
using sluice::testing::conformance_options;
using sluice::testing::conformance_report;
using sluice::testing::failed_check;
using sluice::testing::rule;
using sluice::testing::rules;
using sluice::testing::seeking;
using sluice::testing::ungetting;

namespace {

// That of libc++ 14 has no view().
template <class CharT>
std::basic_string<CharT> all_of(const std::basic_stringbuf<CharT>& buf) {
    return buf.str();
}
template <class CharT>
std::basic_string_view<CharT> all_of(const sluice::basic_membuf<CharT>& buf) {
    return buf.view();
}

template <class Buf>
struct in_memory {
    using char_type = typename Buf::char_type;

    explicit in_memory(std::string_view content)
        : buf(std::basic_string<char_type>(content.begin(), content.end())) {}
    [[nodiscard]] std::string content() const {
        const auto all = all_of(buf);
        return {all.begin(), all.end()};
    }

    Buf buf;
};

template <class Buf>
struct on_disk {
    explicit on_disk(std::string_view content) : file(content) {
        buf.open(file.path(), std::ios_base::in | std::ios_base::out | std::ios_base::binary);
    }
    std::string content() {
        buf.pubsync();
        return stored();
    }
    [[nodiscard]] std::string stored() const { return file.content(); }

    support::temporary_file file;
    Buf buf;
};

/// Written only.
struct output_file {
    explicit output_file(std::string_view content) : file(content) {
        buf.open(file.path(), std::ios_base::out | std::ios_base::app);
    }
    std::string content() {
        buf.close();
        return file.content();
    }

    support::temporary_file file;
    std::filebuf buf;
};

/// Reads a view, in one piece. It has no content(), and needs none.
struct view_reader {
    class view_buf : public std::streambuf {
    public:
        explicit view_buf(std::string_view text) {
            char* const first = const_cast<char*>(text.data());  // NOLINT: it is only read
            setg(first, first, first + text.size());
        }
    };

    explicit view_reader(std::string_view content) : buf(content) {}

    view_buf buf;
};

/// A std::stringbuf that loses what is written behind the first 100 characters of a call.
struct losing_stringbuf {
    class losing : public std::stringbuf {
    public:
        using std::stringbuf::stringbuf;

    protected:
        std::streamsize xsputn(const char* text, std::streamsize count) override {
            std::stringbuf::xsputn(text, std::min<std::streamsize>(count, 100));
            return count;
        }
    };

    explicit losing_stringbuf(std::string_view content) : buf(std::string(content)) {}
    [[nodiscard]] std::string content() const { return buf.str(); }

    losing buf;
};

struct refusing_device {
    explicit refusing_device(std::string_view /*content*/) {
        throw std::runtime_error("there is no device");
    }

    std::stringbuf buf;
};

std::string printed(const conformance_report& report) {
    std::ostringstream text;
    text << report;
    return text.str();
}

/// Few calls at random: what is wrong here shows soon.
constexpr conformance_options quick{.steps = 1000};

using mutants::defect;
using mutants::mutant_buf;
using mutants::mutant_device;

struct planted {
    explicit planted(defect one) { mutant_buf::planted = one; }
    planted(const planted&) = delete;
    planted& operator=(const planted&) = delete;
    ~planted() { mutant_buf::planted = defect::none; }
};

/// All that the mutant without a defect is, and what a weaker one might say of itself.
std::array<claims, 3> claims_of_mutant() {
    claims all = claims::memory();
    all.shows_after_sync = true;
    claims sequential = all;
    sequential.ungets = ungetting::kept;
    claims told = sequential;
    told.seeks = seeking::positions;
    return {all, sequential, told};
}

struct expectation {
    defect planted;
    std::string_view rule;
};

const std::vector<expectation>& expectations() {
    static const std::vector<expectation> all{
        {defect::byte_255_is_the_end, "each value of a byte is read as it is"},
        {defect::last_of_a_block_is_lost, "all of the content is read and then comes the end"},
        {defect::look_takes, "a look takes nothing and a next moves before it looks"},
        {defect::end_is_not_the_end, "the end is not an error and comes again"},
        {defect::throws_at_the_end, "an empty device is at its end"},
        {defect::throws_no_exception, "an empty device is at its end"},
        {defect::read_of_nothing_takes, "a read of nothing takes nothing"},
        {defect::negative_read_takes, "a read of a negative count takes nothing"},
        {defect::read_gives_one_twice, "reads of mixed sizes keep the order"},
        {defect::imbue_drops_what_was_read_ahead,
         "a locale is imbued without a change to what is read"},
        {defect::write_drops_after_100, "what is written is the content"},
        {defect::write_passes_what_is_pending, "writes of mixed sizes keep the order"},
        {defect::write_cuts_what_is_behind, "a write at the front leaves what lies behind it"},
        {defect::write_never_grows, "a write across the end extends the content"},
        {defect::write_of_nothing_moves, "a write of nothing changes nothing"},
        {defect::negative_write_moves, "a write of a negative count writes nothing"},
        {defect::put_of_byte_255_fails, "each value of a byte is written as it is"},
        {defect::seek_before_the_start_is_the_start,
         "a seek before the start fails and does not move"},
        {defect::seek_past_the_end_is_the_end,
         "a seek past the end is allowed and changes nothing by itself"},
        {defect::seek_after_the_end_fails, "a seek forgets that a stream has seen the end"},
        {defect::seek_overflow_is_the_farthest,
         "a seek that would overflow fails and does not move"},
        {defect::seek_to_a_block_is_off, "seeks at random and reads agree with the content"},
        {defect::seek_from_the_end_misses_what_is_pending,
         "a seek to the end counts what is pending"},
        {defect::seek_from_the_end_is_off, "a seek to the end finds the size"},
        {defect::refused_seek_drops_what_is_pending,
         "a refused seek changes nothing that is pending"},
        {defect::gap_is_garbage, "a write past the end fills the gap with zeros"},
        {defect::empty_write_fills_the_gap, "an empty write past the end changes nothing"},
        {defect::unget_is_refused, "what was just read is read again after an unget"},
        {defect::unget_at_the_start_succeeds, "at the start nothing can be put back"},
        {defect::unget_is_not_told, "a place that was sought can be ungot"},
        {defect::put_back_is_stored, "a different character is seen once and never in the content"},
        {defect::put_back_outlives_a_seek, "a seek forgets a different character put back"},
        {defect::put_back_moves_a_write, "a write replaces a different character put back"},
        {defect::write_lands_behind_what_was_read_ahead,
         "a write after a read lands where the reader stood"},
        {defect::read_loses_what_is_pending, "a read after a write goes on where the write ended"},
        {defect::end_is_sticky, "what is appended after the end was seen can be read"},
        {defect::tell_drops_what_was_read_ahead, "a tell changes nothing of what is read next"},
        {defect::tell_counts_what_was_read_ahead,
         "the position begins at zero and follows each read"},
        {defect::sync_drops_what_was_read_ahead, "a sync while reading succeeds and loses nothing"},
        {defect::sync_drops_what_is_pending, "a sync while writing leaves the position"},
        {defect::sync_writes_twice, "a sync twice is a sync"},
        {defect::sync_writes_nothing, "a sync shows to others what was written"},
        {defect::sync_fails, "streams sync and flush"},
        {defect::available_is_one_more, "what is said to be available is there"},
        {defect::available_is_none, "all that is left is available"},
        {defect::available_drops_what_is_pending, "asking what is available changes nothing"},
        // rules with no defect of their own
        {defect::last_of_a_block_is_lost, "a stream reads words and numbers and lines"},
        {defect::read_gives_one_twice, "a stream reads by each of its unformatted calls"},
        {defect::last_of_a_block_is_lost,
         "a device is read by iterators and as the source of an insertion"},
        {defect::sync_writes_twice, "a stream writes words and numbers"},
        {defect::seek_to_a_block_is_off,
         "a seek leads to each place of the content from each direction"},
        {defect::seek_before_the_start_is_the_start,
         "a seek to a position before the start fails and does not move"},
        {defect::gap_is_garbage, "a single character past the end fills the gap with zeros"},
        {defect::seek_after_the_end_fails, "a told position leads back"},
        {defect::write_drops_after_100, "the position follows each write"},
        {defect::tell_counts_what_was_read_ahead, "the position follows single characters"},
        {defect::sync_drops_what_was_read_ahead, "a sync leaves the position"},
        {defect::write_lands_behind_what_was_read_ahead,
         "the position follows reads and writes in turn"},
        {defect::write_lands_behind_what_was_read_ahead,
         "a stream tells the position for reading and for writing"},
        {defect::unget_is_refused, "what was read up to the end is read again after an unget"},
        {defect::unget_is_refused, "the character before is put back"},
        {defect::unget_is_not_told, "a different character put back counts as one place"},
        {defect::put_back_is_stored, "a putback that fails does not move"},
        {defect::unget_is_not_told, "all that was read can be ungot"},
        {defect::unget_is_refused, "a stream ungets and puts back"},
        {defect::write_lands_behind_what_was_read_ahead,
         "reads and writes alternate over the whole content"},
        {defect::write_drops_after_100, "what is written is read back without a flush"},
        {defect::write_lands_behind_what_was_read_ahead,
         "reading and writing have the same position"},
        {defect::read_loses_what_is_pending, "a stream mixes insertions and extractions"},
        {defect::unget_is_not_told, "what was just written can be ungot"},
        {defect::read_gives_one_twice, "readsome gives no more than there is and then the rest"},
        {defect::imbue_drops_what_was_read_ahead, "a locale is imbued while writing"},
        {defect::put_back_moves_a_write, "operations at random agree with a string and a position"},
        {defect::read_loses_what_is_pending,
         "operations at random on what reads no place again agree"},
        {defect::seek_to_a_block_is_off,
         "operations at random on what seeks to told positions agree"},
    };
    return all;
}

}  // namespace

TEST_SUITE_BEGIN("conformance header");

TEST_CASE("the standard's buffers keep the rules that they claim to keep") {
    const auto keeps = [](const conformance_report& report) {
        INFO(printed(report));
        CHECK(bool(report));
        return report.kept().size();
    };
    CHECK(keeps(check_conformance<in_memory<std::stringbuf>>(claims::stringbuf(), quick)) == 41);
    CHECK(keeps(check_conformance<in_memory<std::wstringbuf>>(claims::stringbuf(), quick)) == 41);
    CHECK(keeps(check_conformance<on_disk<std::filebuf>>(claims::filebuf(), quick)) > 40);
    CHECK(keeps(check_conformance<output_file>(claims::sink(), quick)) == 5);
    CHECK(keeps(check_conformance<view_reader>(claims::source(), quick)) > 10);
}

TEST_CASE("buffers of sluice's keep all rules for one position") {
    claims file = claims::file();
    file.shows_after_sync = true;
    const conformance_report on_file = check_conformance<on_disk<sluice::filebuf>>(file, quick);
    CHECK_MESSAGE(bool(on_file), printed(on_file));
    const conformance_report report =
        check_conformance<in_memory<sluice::wmembuf>>(claims::memory(), quick);
    CHECK_MESSAGE(bool(report), printed(report));
    CHECK(report.kept().size() + report.skipped().size() == rules().size());
    // A file to which only what was told can be relied on, and those that are as std::stringbuf.
    CHECK(report.skipped().size() == 4);
}

TEST_CASE("a buffer without a defect keeps all rules") {
    for (const claims& claimed : claims_of_mutant()) {
        const conformance_report report = check_conformance<mutant_device>(claimed, quick);
        INFO(printed(report));
        CHECK(bool(report));
        CHECK(report.failures().empty());
        CHECK(report.checks() > 1000);
    }
}

TEST_CASE("each defect breaks the rule that is there for it") {
    for (const expectation& one : expectations()) {
        const planted now(one.planted);
        const conformance_report report = check_rule<mutant_device>(one.rule, quick);
        CAPTURE(one.rule);
        CHECK_FALSE(bool(report));
        CHECK(report.breaks(one.rule));
        CHECK(report.failed() > 0);
    }
}

TEST_CASE("each rule is broken by a defect") {
    std::set<std::string_view> broken;
    for (const expectation& one : expectations()) {
        broken.insert(one.rule);
    }
    const auto losing = check_conformance<losing_stringbuf>(claims::stringbuf(), quick);
    const std::string_view oracle =
        "operations at random agree with those on the standard's buffer";
    CHECK(losing.breaks(oracle));
    broken.insert(oracle);
    for (const rule& one : rules()) {
        CAPTURE(one.name);
        CHECK(broken.count(one.name) == 1);
    }
    CHECK(broken.size() == rules().size());
}

TEST_CASE("a defect breaks what it touches and nothing else") {
    const planted now(defect::available_is_none);
    const conformance_report report = check_conformance<mutant_device>(claims::memory(), quick);
    CHECK(report.broken() == std::vector<std::string>{"all that is left is available"});
}

TEST_CASE("a buffer with two positions that claims one breaks the rules on that") {
    const auto report = check_conformance<in_memory<std::stringbuf>>(claims::memory(), quick);
    CHECK_FALSE(bool(report));
    CHECK(report.breaks("reading and writing have the same position"));
    CHECK(report.breaks("a seek past the end is allowed and changes nothing by itself"));
    CHECK_FALSE(report.breaks("all of the content is read and then comes the end"));
}

TEST_CASE("a buffer that never ends breaks rules and ends them") {
    const planted now(defect::never_ends);
    CHECK(check_rule<mutant_device>("an empty device is at its end").failed() > 0);
    const auto report = check_rule<mutant_device>(
        "a device is read by iterators and as the source of an insertion");
    REQUIRE(report.failures().size() == 1);
    CHECK(report.failures()[0].thrown == "the end is never reached");
}

TEST_CASE("a failure says the rule, the check, where it stands, and what was got and wanted") {
    const planted now(defect::read_of_nothing_takes);
    const auto report = check_rule<mutant_device>("a read of nothing takes nothing");
    REQUIRE_FALSE(report.failures().empty());
    const failed_check& failed = report.failures()[0];
    CHECK(failed.rule == "a read of nothing takes nothing");
    CHECK(failed.check == "take(device.buf) == 'a'");
    CHECK(failed.got == "'b'");
    CHECK(failed.wanted == "'a'");
    CHECK(std::string_view(failed.file).ends_with("sluice/testing/conformance/reading.hpp"));
    CHECK(failed.line > 0);
    CHECK(failed.thrown.empty());
    CHECK(report.kept().empty());
    CHECK(report.broken().size() == 1);
    CHECK(report.skipped().size() == rules().size() - 1);
    const std::string text = printed(report);
    CAPTURE(text);
    CHECK(text.starts_with("broken: a read of nothing takes nothing\n  "));
    CHECK(text.find("    got 'b', wanted 'a'\n") != std::string::npos);
    CHECK(text.find("1 of 1 rules broken, by 2 of 5 checks;") != std::string::npos);
}

TEST_CASE("a failure says what varied, and of long texts where they differ") {
    const planted now(defect::write_drops_after_100);
    const auto report = check_rule<mutant_device>("what is written is the content");
    REQUIRE(report.failures().size() >= 1);
    CHECK(report.failures()[0].notes == "chunk = 4096");
    CHECK(report.failures()[0].got.find(" at 100 of ") != std::string::npos);
}

TEST_CASE("a failure is printed with what there is of it") {
    const auto text_of = [](const failed_check& failed) {
        std::ostringstream text;
        text << failed;
        return text.str();
    };
    failed_check failed;
    failed.check = "a == b";
    failed.file = "file";
    failed.line = 7;
    CHECK(text_of(failed) == "file:7: a == b");
    failed.notes = "size = 3";
    CHECK(text_of(failed) == "file:7: a == b\n    where size = 3");
    failed.got = "1";
    failed.wanted = "2";
    CHECK(text_of(failed) == "file:7: a == b\n    got 1, wanted 2\n    where size = 3");
    failed.thrown = "no";
    CHECK(text_of(failed) ==
          "file:7: a == b\n    threw no\n    got 1, wanted 2\n    where size = 3");
}

TEST_CASE("texts and characters are shown as C++ would write them") {
    using namespace sluice::testing::conformance;
    CHECK(shown_text("a\n\"\\\x01\x1F ~\x7F\xFF") == R"("a\n\"\\\x01\x1f ~\x7f\xff")");
    CHECK(shown_text("") == R"("")");
    CHECK(shown_text(std::string(40, 'x')) == '"' + std::string(40, 'x') + '"');
    CHECK(shown_text(std::string(41, 'x')) == '"' + std::string(40, 'x') + "\" at 0 of 41");
    CHECK(shown_code('\\') == R"('\\')");
    CHECK(shown_code(0xE9) == R"('\xe9')");
    CHECK(shown_code(words::end) == "the end");

    const auto short_one = differing_texts("abc", "abd");
    CHECK_FALSE(short_one.holds);
    CHECK(short_one.got == R"("abc")");
    CHECK(short_one.wanted == R"("abd")");
    const auto long_one = differing_texts(std::string(50, 'a') + "bc", std::string(50, 'a'));
    CHECK(long_one.got == R"("bc" at 50 of 52)");
    CHECK(long_one.wanted == R"("" at 50 of 50)");
}

TEST_CASE("of each rule no more failures are kept than the options say") {
    const planted now(defect::seek_to_a_block_is_off);
    const std::string_view name = "seeks at random and reads agree with the content";
    conformance_options options = quick;
    options.failures_of_each_rule = 1;
    CHECK(check_rule<mutant_device>(name, options).failures().size() == 1);
    const std::string_view many = "a seek leads to each place of the content from each direction";
    const auto report = check_rule<mutant_device>(many, options);
    CHECK(report.failures().size() == 1);
    CHECK(report.failed() > 1);
    options.failures_of_each_rule = 0;
    const auto silent = check_rule<mutant_device>(many, options);
    CHECK(silent.failures().empty());
    CHECK(printed(silent).starts_with("broken: " + std::string(many) + "\n1 of 1 rules"));
}

TEST_CASE("what a buffer or a device throws is a failure") {
    {
        const planted now(defect::throws_at_the_end);
        const auto report = check_rule<mutant_device>("an empty device is at its end");
        REQUIRE(report.failures().size() == 1);
        CHECK(report.failures()[0].thrown == "thrown by the mutant");
        CHECK(report.failures()[0].check == "look(device.buf) == end");
    }
    {
        const planted now(defect::throws_no_exception);
        const auto report = check_conformance<mutant_device>(claims::source(), quick);
        CHECK_FALSE(bool(report));
        CHECK(printed(report).find("threw what is no std::exception") != std::string::npos);
    }
    const auto report = check_conformance<refusing_device>(claims::source(), quick);
    CHECK(report.kept().empty());
    CHECK(printed(report).find("threw there is no device") != std::string::npos);
}

TEST_CASE("calls at random are the same for one seed and tell of their last steps") {
    const planted now(defect::seek_to_a_block_is_off);
    const std::string_view name = "operations at random agree with a string and a position";
    const auto once = check_rule<mutant_device>(name, quick);
    REQUIRE(once.failures().size() == 1);
    CHECK(once.failures()[0].check.find("the last steps:") != std::string::npos);
    CHECK(once.failures()[0].notes == "seed = 20240229");
    CHECK(printed(once) == printed(check_rule<mutant_device>(name, quick)));
    conformance_options other = quick;
    other.seed = 7;
    CHECK(printed(once) != printed(check_rule<mutant_device>(name, other)));
}

TEST_CASE("what is claimed must be shown") {
    const auto report = check_conformance<view_reader>(claims::sink(), quick);
    CHECK(report.breaks("the device can show what it claims"));
    claims shows = claims::stringbuf();
    shows.shows_after_sync = true;
    CHECK(check_conformance<in_memory<std::stringbuf>>(shows, quick)
              .breaks("the device can show what it claims"));
}

TEST_CASE("a report of no rule is no success") {
    claims nothing;
    nothing.reads = false;
    const auto report = check_conformance<mutant_device>(nothing, quick);
    CHECK_FALSE(bool(report));
    CHECK(printed(report) == "no rule applies\n");
    CHECK_FALSE(bool(check_rule<mutant_device>("there is no such rule")));
    CHECK_FALSE(bool(conformance_report()));
    const auto wide = check_rule<in_memory<sluice::wmembuf>>("there is no such rule");
    CHECK_FALSE(bool(wide));
    CHECK(wide.skipped().size() == rules().size());
}

TEST_CASE("rules have names of their own and say what they apply to") {
    std::set<std::string_view> names;
    for (const rule& one : rules()) {
        CAPTURE(one.name);
        CHECK(names.insert(one.name).second);
        CHECK_FALSE(one.area.empty());
        const auto all = claims_of_mutant();
        CHECK((one.applies(all[0]) || one.applies(all[1]) || one.applies(all[2]) ||
               one.applies(claims::stringbuf())));
    }
    CHECK(names.size() > 70);
}

TEST_CASE("claims of one kind for reading ask for no write") {
    for (const claims& kind : {claims::memory(), claims::file(), claims::text(),
                               claims::stringbuf(), claims::filebuf()}) {
        const auto report = check_conformance<view_reader>(kind.for_reading(), quick);
        CHECK_FALSE(report.breaks("the device can show what it claims"));
        for (const std::string_view skipped :
             {"what is written is the content", "a sync twice is a sync"}) {
            CHECK_FALSE(report.breaks(skipped));
        }
    }
}

TEST_SUITE_END();
