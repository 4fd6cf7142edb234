// sluice_bench: runs the table, and prints it as Markdown.
//
//     sluice_bench                       every row, in a few minutes
//     sluice_bench 'file: seek'          the rows whose name has a match of the regular expression
//     sluice_bench --rounds=20 --wall    more rounds than 4 at least; by the clock on the wall
//     sluice_bench --list
//
// How it is timed. Google Benchmark times each pass, one iteration a run. A row's runners take
// turns, and again, so that what happens on the machine meanwhile happens to all of them; then the
// fastest pass of each counts. Google Benchmark's own random interleaving orders repetitions within
// one call, of all rows at once; so here a row is registered alone, and a round is a call. Its
// search for an iteration count is not used: a pass is long enough to be timed alone, and on a
// shared machine the best of many short passes is steadier than the mean of a long one.
//
// A turn is more than one pass, because the first may have to fetch its memory from the host of a
// virtual machine, which can cost ten times what is to be measured.
//
// What counts is the processor time of the process, the kernel's share included: on a machine
// shared with others it does not charge a runner for the time it did not run. With files in the
// page cache nobody waits for a disk, so that it leaves out nothing.

#include "bench.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <iomanip>
#include <iostream>
#include <map>
#include <regex>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace bench {
namespace {

struct options {
    std::regex filter{""};
    std::size_t rounds = 4;
    bool wall = false;
    bool list = false;
};

// Short rows get more rounds than long ones, because they cost nothing.
constexpr std::chrono::seconds time_per_row{1};
constexpr std::size_t most_rounds = 40;
constexpr int passes_per_turn = 3;

// Hands the time of each pass to its runner.
class collector : public benchmark::BenchmarkReporter {
public:
    explicit collector(bool wall) : wall_(wall) {}

    void add(const std::string& key, runner& one) { runners_[key] = &one; }

    bool ReportContext(const Context&) override { return true; }

    void ReportRuns(const std::vector<Run>& runs) override {
        for (const Run& run : runs) {
            if (run.run_type != Run::RT_Iteration) {
                continue;  // a mean, of no interest
            }
            runner& done = *runners_.at(run.run_name.function_name);
            if (run.error_occurred) {
                throw std::runtime_error(done.name + ": " + run.error_message);
            }
            const double seconds = wall_ ? run.real_accumulated_time : run.cpu_accumulated_time;
            done.best = std::min(done.best, seconds / static_cast<double>(run.iterations));
        }
    }

private:
    bool wall_;
    std::map<std::string, runner*> runners_;
};

void run(row& each, const options& chosen) {
    collector times(chosen.wall || each.is_timed_by_hand());
    for (auto* group : {&each.peers(), &each.ours()}) {
        for (runner& one : *group) {
            const std::string key = one.name + (group == &each.peers() ? " (peer)" : " (sluice)");
            auto* registered = benchmark::RegisterBenchmark(key.c_str(), one.run);
            registered->Iterations(1)->Repetitions(passes_per_turn)->MeasureProcessCPUTime();
            if (each.is_timed_by_hand()) {
                registered->UseManualTime();
            }
            times.add(key, one);
        }
    }
    const auto start = std::chrono::steady_clock::now();
    for (std::size_t round = 0; round < std::max(chosen.rounds, most_rounds); ++round) {
        const auto spent = std::chrono::steady_clock::now() - start;
        if (round >= chosen.rounds && spent > time_per_row) {
            break;
        }
        benchmark::RunSpecifiedBenchmarks(&times, ".");
    }
    benchmark::ClearRegisteredBenchmarks();
}

std::string number(double value) {
    std::ostringstream out;
    const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    out << std::fixed << std::setprecision(decimals) << value;
    return out.str();
}

std::string rate(amount pass, double seconds) {
    switch (pass.of) {
    case amount::unit::bytes: return number(pass.count / seconds / 1e9) + " GB/s";
    case amount::unit::calls: return number(seconds / pass.count * 1e9) + " ns";
    case amount::unit::passes: break;
    }
    // Microseconds matter where a copy is compared with none.
    return seconds < 1e-5 ? number(seconds * 1e6) + " µs" : number(seconds * 1e3) + " ms";
}

std::string verdict(double ratio, const target& goal) {
    if (goal.ratio == 0) {
        return "";
    }
    if (ratio >= goal.ratio) {
        return "ok";
    }
    // Where the target is to be no slower, less than this cannot be told from no difference.
    constexpr double noise = 0.05;
    return goal.ratio == 1 && ratio > 1 - noise ? "even" : "short";
}

void print_head() {
    std::cout << "| work | best peer | its rate | sluice | its rate | ratio | target | |\n"
                 "|---|---|--:|---|--:|--:|--:|---|\n";
}

void print(row& each) {
    const auto faster = [](const runner& a, const runner& b) { return a.best < b.best; };
    const runner& peer = *std::min_element(each.peers().begin(), each.peers().end(), faster);
    for (const runner& ours : each.ours()) {
        const double ratio = peer.best / ours.best;
        std::cout << "| " << each.name() << " | " << peer.name << " | "
                  << rate(each.pass(), peer.best) << " | " << ours.name << " | "
                  << rate(each.pass(), ours.best) << " | " << number(ratio) << " | "
                  << ours.goal.text << " | " << verdict(ratio, ours.goal) << " |\n";
    }
    std::cout << std::flush;
}

void print_foot(const options& chosen) {
    std::cout << "\nBest of " << chosen.rounds << " rounds or more, in turns; "
              << (chosen.wall ? "wall" : "processor") << " time; "
#ifdef __clang__
              << "clang "
#else
              << "GCC "
#endif
              << __VERSION__ << ". \"even\": less than 5 % below a target of 1.\n";
#ifndef __OPTIMIZE__
    std::cout << "Not optimized: these figures mean nothing.\n";
#endif
}

options parse(int argc, char** argv) {
    constexpr std::string_view rounds = "--rounds=";
    options result;
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        if (argument.substr(0, rounds.size()) == rounds) {
            result.rounds = std::stoul(std::string(argument.substr(rounds.size())));
        } else if (argument == "--wall") {
            result.wall = true;
        } else if (argument == "--list") {
            result.list = true;
        } else if (argument.substr(0, 1) == "-") {
            throw std::invalid_argument("unknown option " + std::string(argument));
        } else {
            result.filter = std::regex(std::string(argument));
        }
    }
    return result;
}

void run_all(const options& chosen) {
    table rows;
    append_rows(rows);
    memory_rows(rows);
    file_rows(rows);
    fs_rows(rows);
    layer_rows(rows);
    text_rows(rows);
    whole_rows(rows);
    boost_rows(rows);
    algorithm_rows(rows);
    numeric_rows(rows);
    compressed_rows(rows);
    testing_rows(rows);
    stdio_rows(rows);
    if (!chosen.list) {
        print_head();
    }
    for (row& each : rows.rows()) {
        if (!std::regex_search(each.name(), chosen.filter)) {
            continue;
        }
        if (chosen.list) {
            std::cout << each.name() << '\n';
            continue;
        }
        run(each, chosen);
        print(each);
    }
    if (!chosen.list) {
        print_foot(chosen);
    }
}

}  // namespace

target at_least(double ratio) {
    std::ostringstream text;
    text << ratio;
    return {ratio, text.str()};
}

target constant_time() {
    return {0.5, "constant"};
}

}  // namespace bench

int main(int argc, char** argv) {
    try {
        bench::run_all(bench::parse(argc, argv));
    } catch (const std::exception& e) {
        std::cerr << "sluice_bench: " << e.what() << '\n';
        return EXIT_FAILURE;
    }
}
