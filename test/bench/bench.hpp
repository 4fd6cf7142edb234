// bench: a table of works, each run on sluice and on what it replaces.
//
//     void append_rows(table& rows) {
//         rows.add("append 64 B pieces", gigabytes(256 * MiB))
//             .peer("std::ostringstream", append<std::ostringstream>)
//             .ours("bytes_io", append<sluice::bytes_io>, at_least(6));
//     }
//
// A work is a function of Google Benchmark that does the same amount whatever runs it; see main.cpp
// for how they are timed.

#ifndef SLUICE_TEST_BENCH_BENCH_HPP
#define SLUICE_TEST_BENCH_BENCH_HPP

#include <benchmark/benchmark.h>

#include <cstddef>
#include <deque>
#include <functional>
#include <ios>
#include <limits>
#include <string>
#include <utility>
#include <vector>

namespace bench {

inline constexpr std::size_t KiB = 1024;
inline constexpr std::size_t MiB = 1024 * KiB;

using work = std::function<void(benchmark::State&)>;

/// What one pass of a work does, and so how its time is shown.
struct amount {
    enum class unit { bytes, calls, passes };
    unit of;
    double count;
};

/// Bytes a pass; shown in GB/s.
[[nodiscard]] inline amount gigabytes(std::size_t bytes) {
    return {amount::unit::bytes, static_cast<double>(bytes)};
}
/// Calls a pass; shown in nanoseconds for each.
[[nodiscard]] inline amount nanoseconds(std::size_t calls) {
    return {amount::unit::calls, static_cast<double>(calls)};
}
/// Shown in milliseconds for the whole.
[[nodiscard]] inline amount milliseconds() {
    return {amount::unit::passes, 1};
}

/// By what factor sluice is to be faster than the best of its peers.
struct target {
    double ratio = 0;  // none
    std::string text = "";
};

[[nodiscard]] target at_least(double ratio);

/// For a row whose peer does the same work on a fraction of the content: twice as long is allowed.
[[nodiscard]] target constant_time();

/// One who does a row's work.
struct runner {
    std::string name;
    work run;
    target goal;
    double best = std::numeric_limits<double>::infinity();  // seconds a pass
};

/// A work, and who does it. Each of ours is a line of the table.
class row {
public:
    row(std::string name, amount pass) : name_(std::move(name)), pass_(pass) {}

    row& peer(std::string name, work run) {
        peers_.push_back({std::move(name), std::move(run), {}});
        return *this;
    }
    row& ours(std::string name, work run, target goal = {}) {
        ours_.push_back({std::move(name), std::move(run), std::move(goal)});
        return *this;
    }
    /// The work times itself, with State::SetIterationTime, because only a part of it counts.
    row& timed_by_hand() {
        by_hand_ = true;
        return *this;
    }

    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] amount pass() const { return pass_; }
    [[nodiscard]] bool is_timed_by_hand() const { return by_hand_; }
    [[nodiscard]] std::vector<runner>& peers() { return peers_; }
    [[nodiscard]] std::vector<runner>& ours() { return ours_; }

private:
    std::string name_;
    amount pass_;
    bool by_hand_ = false;
    std::vector<runner> peers_;
    std::vector<runner> ours_;
};

class table {
public:
    row& add(std::string name, amount pass) { return rows_.emplace_back(std::move(name), pass); }
    [[nodiscard]] std::deque<row>& rows() { return rows_; }

private:
    std::deque<row> rows_;  // whose elements stay where they are
};

/// Ends a pass whose outcome is wrong: a fast failure must not count as speed.
inline void require(benchmark::State& state, bool condition, const char* what) {
    if (!condition) {
        state.SkipWithError(what);
    }
}

/// Each pass reads `Piece` characters at each of the places.
template <std::size_t Piece, class Stream>
void read_at(benchmark::State& state, Stream& in, const std::vector<std::streamoff>& places) {
    char target[Piece];
    for (auto _ : state) {
        for (const std::streamoff place : places) {
            in.seekg(place);
            in.read(target, Piece);
            benchmark::DoNotOptimize(target);
        }
        require(state, in.good(), "a read failed");
    }
}

void algorithm_rows(table& rows);
void append_rows(table& rows);
void boost_rows(table& rows);
void compressed_rows(table& rows);
void memory_rows(table& rows);
void file_rows(table& rows);
void fs_rows(table& rows);
void numeric_rows(table& rows);
void layer_rows(table& rows);
void testing_rows(table& rows);
void stdio_rows(table& rows);
void text_rows(table& rows);
void whole_rows(table& rows);

}  // namespace bench

#endif  // SLUICE_TEST_BENCH_BENCH_HPP
