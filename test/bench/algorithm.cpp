// Lines, whole contents and copies, of any stream.

#include <sluice/algorithm/copy.hpp>
#include <sluice/algorithm/lines.hpp>
#include <sluice/algorithm/read_all.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/fstream.hpp>

#include "bench.hpp"
#include "peers.hpp"
#include "scratch.hpp"

#include <cstddef>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace bench {
namespace {

// In the cache, so that the calls are measured and not the machine's memory.
constexpr std::size_t content_size = MiB;
constexpr std::size_t rereads = 8;

const std::string& content() {
    static const std::string result = text_of(content_size);
    return result;
}

template <class Stream>
void getline_all(benchmark::State& state) {
    Stream in(content());
    std::string line;
    for (auto _ : state) {
        std::size_t count = 0;
        for (std::size_t i = 0; i < rereads; ++i) {
            in.clear();
            in.seekg(0);
            while (std::getline(in, line)) {
                count += line.size() + 1;
            }
        }
        require(state, count >= rereads * content_size, "not all was read");
    }
}

template <class Stream>
void lines_of(benchmark::State& state) {
    Stream in(content());
    for (auto _ : state) {
        std::size_t count = 0;
        for (std::size_t i = 0; i < rereads; ++i) {
            in.clear();
            in.seekg(0);
            for (const std::string_view line : sluice::lines(in)) {
                count += line.size() + 1;
                benchmark::DoNotOptimize(line.data());
            }
        }
        require(state, count >= rereads * content_size, "not all was read");
    }
}

void bare_memchr(benchmark::State& state) {
    const std::string& text = content();
    for (auto _ : state) {
        std::size_t count = 0;
        for (std::size_t i = 0; i < rereads; ++i) {
            const char* at = text.data();
            const char* const end = at + text.size();
            while (at < end) {
                const auto left = static_cast<std::size_t>(end - at);
                const void* const found = std::memchr(at, '\n', left);
                const char* const stop = found != nullptr ? static_cast<const char*>(found) : end;
                count += static_cast<std::size_t>(stop - at) + 1;
                benchmark::DoNotOptimize(at);
                at = stop + 1;
            }
        }
        require(state, count >= rereads * content_size, "not all was read");
    }
}

template <class File>
void getline_file(benchmark::State& state) {
    const std::filesystem::path& path = text_file();
    std::string line;
    for (auto _ : state) {
        File in(path);
        std::size_t count = 0;
        while (std::getline(in, line)) {
            count += line.size() + 1;
        }
        require(state, count >= text_size, "not all was read");
    }
}

template <class File>
void lines_of_file(benchmark::State& state) {
    const std::filesystem::path& path = text_file();
    for (auto _ : state) {
        File in(path);
        std::size_t count = 0;
        for (const std::string_view line : sluice::lines(in)) {
            count += line.size() + 1;
        }
        require(state, count >= text_size, "not all was read");
    }
}

void slurp_by_stringstream(benchmark::State& state) {
    const std::filesystem::path& path = text_file();
    for (auto _ : state) {
        std::ifstream in(path);
        std::stringstream all;
        all << in.rdbuf();
        require(state, size_of(all) == text_size, "not all was read");
    }
}

template <class File, class Content>
void read_whole(benchmark::State& state) {
    const std::filesystem::path& path = text_file();
    for (auto _ : state) {
        File in(path);
        const auto all = sluice::read_all<Content>(in);
        require(state, all.size() == text_size, "not all was read");
    }
}

constexpr std::size_t large_size = 256 * MiB;

const std::filesystem::path& large_file() {
    static const std::filesystem::path result = write_file("large", text_of(large_size));
    return result;
}

template <class In, class Out, class Copy>
void copy_large(benchmark::State& state, Copy copy) {
    const std::filesystem::path& source = large_file();
    const std::filesystem::path target = fresh_path();
    for (auto _ : state) {
        std::filesystem::remove(target);
        In in(source);
        Out out(target);
        copy(in, out);
        out.close();
        require(state, std::filesystem::file_size(target) == large_size, "not all was copied");
    }
    std::filesystem::remove(target);
}

template <class In, class Out>
void copy_by_rdbuf(benchmark::State& state) {
    copy_large<In, Out>(state, [](In& in, Out& out) { out << in.rdbuf(); });
}
template <class In, class Out>
void copy_by_call(benchmark::State& state) {
    copy_large<In, Out>(state, [](In& in, Out& out) { sluice::copy(in, out); });
}

}  // namespace

void algorithm_rows(table& rows) {
    const amount bytes = gigabytes(rereads * content_size);
    rows.add("lines in memory, against std::getline", bytes)
        .peer("std::istringstream", getline_all<std::istringstream>)
        .ours("lines(bytes_io)", lines_of<sluice::bytes_io>, at_least(1.8))
        .ours("lines(std::istringstream)", lines_of<std::istringstream>, at_least(1.8));
    rows.add("lines in memory, against memchr", bytes)
        .peer("memchr", bare_memchr)
        .ours("lines(bytes_io)", lines_of<sluice::bytes_io>, at_least(0.8))
        .ours("lines(std::istringstream)", lines_of<std::istringstream>);
    rows.add("lines of a file, 64 MiB", gigabytes(text_size))
        .peer("std::getline, std::ifstream", getline_file<std::ifstream>)
        .ours("lines(ifstream)", lines_of_file<sluice::ifstream>)
        .ours("lines(std::ifstream)", lines_of_file<std::ifstream>);
    rows.add("read all of a file, 64 MiB", gigabytes(text_size))
        .peer("std: ss << in.rdbuf()", slurp_by_stringstream)
        .ours("read_all(ifstream)", read_whole<sluice::ifstream, std::string>, at_least(2.5))
        .ours("read_all<bytes>(ifstream)", read_whole<sluice::ifstream, sluice::bytes>)
        .ours("read_all(std::ifstream)", read_whole<std::ifstream, std::string>);
    rows.add("copy a file, 256 MiB, against out << in.rdbuf()", gigabytes(large_size))
        .peer("std::ifstream", copy_by_rdbuf<std::ifstream, std::ofstream>)
        .ours("copy(ifstream)", copy_by_call<sluice::ifstream, sluice::ofstream>, at_least(1.5))
        .ours("copy(std::ifstream)", copy_by_call<std::ifstream, std::ofstream>);
}

}  // namespace bench
