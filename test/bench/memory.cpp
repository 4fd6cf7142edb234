// Reading and seeking in memory.

#include <sluice/device/memory.hpp>
#include <sluice/sstream.hpp>

#include "bench.hpp"
#include "peers.hpp"

#include <cstddef>
#include <ios>
#include <istream>
#include <sstream>
#include <streambuf>
#include <string>

namespace bench {
namespace {

// Small enough for the cache: the calls are measured here, not the machine's memory.
constexpr std::size_t content_size = MiB;
constexpr std::size_t rereads = 8;
constexpr std::size_t piece = 64;

const std::string& content() {
    static const std::string result = text_of(content_size);
    return result;
}

template <class Stream>
void read_pieces(benchmark::State& state) {
    Stream in(content());
    char target[piece];
    for (auto _ : state) {
        std::size_t count = 0;
        for (std::size_t i = 0; i < rereads; ++i) {
            in.seekg(0);
            for (std::size_t left = content_size / piece; left > 0; --left) {
                in.read(target, piece);
                count += static_cast<std::size_t>(in.gcount());
                benchmark::DoNotOptimize(target);
            }
        }
        require(state, count == rereads * content_size, "not all was read");
    }
}

template <class Stream>
void read_lines(benchmark::State& state) {
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
void get_all(benchmark::State& state) {
    Stream in(content());
    for (auto _ : state) {
        std::size_t count = 0;
        for (std::size_t i = 0; i < rereads; ++i) {
            in.clear();
            in.seekg(0);
            for (char c = 0; in.get(c);) {
                ++count;
                benchmark::DoNotOptimize(c);
            }
        }
        require(state, count == rereads * content_size, "not all was read");
    }
}

template <class Stream>
void sbumpc_all(benchmark::State& state) {
    Stream in(content());
    std::streambuf& buf = *static_cast<std::istream&>(in).rdbuf();
    for (auto _ : state) {
        std::size_t count = 0;
        for (std::size_t i = 0; i < rereads; ++i) {
            buf.pubseekpos(0, std::ios::in);
            for (int c = buf.sbumpc(); c != std::char_traits<char>::eof(); c = buf.sbumpc()) {
                ++count;
                benchmark::DoNotOptimize(c);
            }
        }
        require(state, count == rereads * content_size, "not all was read");
    }
}

constexpr std::size_t seek_count = 200'000;

template <class Stream>
void seek_and_read(benchmark::State& state) {
    Stream in(content());
    read_at<piece>(state, in, places_in(content_size, piece, seek_count));
}

template <class Stream>
void tell(benchmark::State& state) {
    Stream in(content());
    in.seekg(piece);
    for (auto _ : state) {
        std::streamoff sum = 0;
        for (std::size_t i = 0; i < seek_count; ++i) {
            sum += in.tellg();
        }
        require(state, sum == std::streamoff(piece * seek_count), "a wrong position");
    }
}

}  // namespace

void memory_rows(table& rows) {
    const amount bytes = gigabytes(rereads * content_size);
    const amount chars = nanoseconds(rereads * content_size);
    const amount seeks = nanoseconds(seek_count);

    rows.add("memory: read 64 B", bytes)
        .peer("std::istringstream", read_pieces<std::istringstream>)
        .peer("Boost array_source", read_pieces<boost_istringstream>)
        .ours("bytes_io", read_pieces<sluice::bytes_io>, at_least(1))
        .ours("istringstream", read_pieces<sluice::istringstream>)
        .ours("spooled_file", read_pieces<spooled_in_ram>)
        .ours("spanbuf", read_pieces<span_istream>);

    rows.add("memory: std::getline", bytes)
        .peer("std::istringstream", read_lines<std::istringstream>)
        .peer("Boost array_source", read_lines<boost_istringstream>)
        .ours("bytes_io", read_lines<sluice::bytes_io>, at_least(1))
        .ours("istringstream", read_lines<sluice::istringstream>)
        .ours("spanbuf", read_lines<span_istream>);

    rows.add("memory: get", chars)
        .peer("std::istringstream", get_all<std::istringstream>)
        .peer("Boost array_source", get_all<boost_istringstream>)
        .ours("bytes_io", get_all<sluice::bytes_io>, at_least(1))
        .ours("istringstream", get_all<sluice::istringstream>)
        .ours("spooled_file", get_all<spooled_in_ram>)
        .ours("spanbuf", get_all<span_istream>);

    rows.add("memory: sbumpc", chars)
        .peer("std::istringstream", sbumpc_all<std::istringstream>)
        .peer("Boost array_source", sbumpc_all<boost_istringstream>)
        .ours("bytes_io", sbumpc_all<sluice::bytes_io>, at_least(1))
        .ours("istringstream", sbumpc_all<sluice::istringstream>)
        .ours("spanbuf", sbumpc_all<span_istream>);

    rows.add("memory: seek + read 64 B", seeks)
        .peer("std::istringstream", seek_and_read<std::istringstream>)
        .peer("Boost array_source", seek_and_read<boost_istringstream>)
        .ours("bytes_io", seek_and_read<sluice::bytes_io>, at_least(1))
        .ours("istringstream", seek_and_read<sluice::istringstream>)
        .ours("spooled_file", seek_and_read<spooled_in_ram>)
        .ours("spanbuf", seek_and_read<span_istream>);

    rows.add("memory: tellg", seeks)
        .peer("std::istringstream", tell<std::istringstream>)
        .peer("Boost array_source", tell<boost_istringstream>)
        .ours("bytes_io", tell<sluice::bytes_io>, at_least(1))
        .ours("istringstream", tell<sluice::istringstream>)
        .ours("spooled_file", tell<spooled_in_ram>)
        .ours("spanbuf", tell<span_istream>);
}

}  // namespace bench
