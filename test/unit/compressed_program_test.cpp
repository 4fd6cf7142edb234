// What gzip, bzip2, xz and zstd write is read, and what is written they read.

#include <sluice/device/process.hpp>
#include <sluice/filter/compressed.hpp>
#include <sluice/open.hpp>

#include "compressed_samples.hpp"
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>

using samples::lines;
using samples::packed;
using sluice::channel;
using sluice::compressed_io;
using sluice::compression;
using sluice::errc;

namespace {

struct program {
    compression format;
    std::string name;
    std::string ending;
};

const program programs[] = {{compression::gzip, "gzip", ".gz"},
                            {compression::bzip2, "bzip2", ".bz2"},
                            {compression::xz, "xz", ".xz"},
                            {compression::zstd, "zstd", ".zst"}};

struct answer {
    std::string out;
    bool well = false;
};

answer run(const std::vector<std::string>& arguments, const std::string& input) {
    sluice::process child(arguments,
                          {.in = channel::pipe, .out = channel::pipe, .err = channel::null});
    auto output = child.communicate(input);
    return {std::move(output.out), child.wait().exited(0)};
}

}  // namespace

TEST_SUITE_BEGIN("compressed");

TEST_CASE("what the programs write is read, what is written they read") {
    for (const program& each : programs) {
        CAPTURE(each.name);
        for (const std::size_t size : {0, 1, 100, 500000}) {
            CAPTURE(size);
            const std::string text = lines(size);
            for (const char* const level : {"-1", "-6", "-9"}) {
                CAPTURE(level);
                const answer made = run({each.name, "-c", level}, text);
                CHECK(made.well);
                CHECK(samples::unpacked(made.out, each.format) == text);
                CHECK(samples::unpacked(made.out) == text);
            }
            for (const int level : {1, 6, 9}) {
                CAPTURE(level);
                const answer read = run({each.name, "-dc"}, packed(text, each.format, level));
                CHECK(read.well);
                CHECK(read.out == text);
            }
        }
    }
}

TEST_CASE("what the programs refuse is refused") {
    // Of what gzip and bzip2 only warn of, too: nothing is dropped in silence.
    const std::string text = lines(1000);
    for (const program& each : programs) {
        CAPTURE(each.name);
        const std::string whole = packed(text, each.format);
        for (const std::string& bytes :
             {std::string(), whole.substr(0, whole.size() - 1), whole + whole.substr(0, 3),
              whole + whole, whole.substr(0, whole.size() / 2) + "xxxxxxxx" + whole.substr(10),
              whole + std::string(8, '\0'), whole + std::string(4, '\0') + whole}) {
            CAPTURE(bytes.size());
            const answer theirs = run({each.name, "-dc"}, bytes);
            const samples::outcome ours = samples::outcome_of(bytes, each.format);
            const bool warned = each.format == compression::bzip2 && ours.why && theirs.well;
            CHECK((theirs.well == !ours.why || warned));
            if (!ours.why) {
                CHECK(ours.content == theirs.out);
            }
        }
    }
}

TEST_CASE("a program's file is opened by its name, and one of ours by the program") {
    const support::temporary_directory directory;
    const std::string text = lines(10000);
    for (const program& each : programs) {
        CAPTURE(each.name);
        const auto path = directory / ("log" + each.ending);
        sluice::open(path, "wb", {.compression = compression::infer}).write(text);
        sluice::open(path, "ab", {.compression = compression::infer}).write("more");
        CHECK(run({each.name, "-dc", path.string()}, "").out == text + "more");
        support::write_file(path, run({each.name, "-c"}, text).out);
        CHECK(sluice::open(path, "r", {.compression = compression::infer}).read() == text);
    }
}

TEST_CASE("a program's output is read through a pipe") {
    const std::string text = lines(2000000);
    const support::temporary_file file(text);
    for (const program& each : programs) {
        CAPTURE(each.name);
        sluice::process child({each.name, "-1", "-c", file.path()}, {.out = channel::pipe});
        compressed_io in(child.out());
        CHECK(in.read() == text);
        CHECK(child.wait().exited(0));
    }
}

TEST_SUITE_END();
