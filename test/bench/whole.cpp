// Content as a whole: out of memory, out of a file into memory, from file to file.

#include <sluice/device/memory.hpp>
#include <sluice/fstream.hpp>
#include <sluice/sstream.hpp>

#include "bench.hpp"
#include "peers.hpp"
#include "scratch.hpp"

#include <boost/iostreams/copy.hpp>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>

namespace bench {
namespace {

constexpr std::size_t much = 256 * MiB;

// Fills a stream, and times only what `take_out` does to it.
template <class Stream, std::size_t Size, class TakeOut>
void time_taking(benchmark::State& state, TakeOut take_out) {
    static const std::string data(much, 'x');
    for (auto _ : state) {
        Stream out;
        out.write(data.data(), static_cast<std::streamsize>(Size));
        benchmark::DoNotOptimize(data.find('y'));  // leaves the caches equally cold for each size
        const auto start = std::chrono::steady_clock::now();
        const auto taken = take_out(out);
        const auto end = std::chrono::steady_clock::now();
        state.SetIterationTime(std::chrono::duration<double>(end - start).count());
        require(state, taken.size() == Size, "not all was taken");
    }
}

template <class Stream, std::size_t Size>
void take(benchmark::State& state) {
    time_taking<Stream, Size>(state, [](Stream& out) { return out.take(); });
}
template <class Stream, std::size_t Size>
void move_string(benchmark::State& state) {
    time_taking<Stream, Size>(state, [](Stream& out) { return std::move(out).str(); });
}
template <class Stream, std::size_t Size>
void copy_string(benchmark::State& state) {
    time_taking<Stream, Size>(state, [](Stream& out) { return out.str(); });
}

template <class File, class Memory>
void slurp(benchmark::State& state) {
    const std::filesystem::path& path = text_file();
    for (auto _ : state) {
        File in(path);
        Memory content;
        content << in.rdbuf();
        require(state, size_of(content) == text_size, "not all was read");
    }
}

void load(benchmark::State& state) {
    const std::filesystem::path& path = text_file();
    for (auto _ : state) {
        sluice::bytes_io content;
        content.load(path);
        require(state, content.view().size() == text_size, "not all was read");
    }
}

void boost_slurp(benchmark::State& state) {
    const std::string path = text_file().string();
    for (auto _ : state) {
        std::string content;
        boost::iostreams::copy(boost::iostreams::file_descriptor_source(path),
                               boost::iostreams::back_inserter(content));
        require(state, content.size() == text_size, "not all was read");
    }
}

template <class In, class Out>
void copy_file(benchmark::State& state) {
    const std::filesystem::path& source = text_file();
    const std::filesystem::path target = fresh_path();
    for (auto _ : state) {
        In in(source);
        Out out(target);
        out << in.rdbuf();
        out.close();
    }
    require(state, std::filesystem::file_size(target) == text_size, "not all was copied");
}

}  // namespace

void whole_rows(table& rows) {
    rows.add("take 256 MiB out, against 1 MiB", nanoseconds(1))
        .timed_by_hand()
        .peer("bytes_io, 1 MiB", take<sluice::bytes_io, MiB>)
        .ours("bytes_io", take<sluice::bytes_io, much>, constant_time());
    rows.add("take 256 MiB out, against str()", milliseconds())
        .timed_by_hand()
        .peer("std::ostringstream", copy_string<std::ostringstream, much>)
        .ours("bytes_io", take<sluice::bytes_io, much>)
        .ours("ostringstream", copy_string<sluice::ostringstream, much>);
    rows.add("take 256 MiB out, against std::move(s).str()", nanoseconds(1))
        .timed_by_hand()
        .peer("std::ostringstream", move_string<std::ostringstream, much>)
        .ours("bytes_io", take<sluice::bytes_io, much>)
        .ours("ostringstream", move_string<sluice::ostringstream, much>);

    rows.add("slurp a file, 64 MiB", gigabytes(text_size))
        .peer("std: ss << in.rdbuf()", slurp<std::ifstream, std::stringstream>)
        .peer("Boost copy", boost_slurp)
        .ours("bytes_io::load", load)
        .ours("ss << in.rdbuf()", slurp<sluice::ifstream, sluice::stringstream>);
    rows.add("copy a file, 64 MiB: out << in.rdbuf()", gigabytes(text_size))
        .peer("std::ifstream", copy_file<std::ifstream, std::ofstream>)
        .peer("Boost file_descriptor", copy_file<boost_ifstream, boost_ofstream>)
        .ours("ifstream", copy_file<sluice::ifstream, sluice::ofstream>);
}

}  // namespace bench
