// Writing to memory. Each pass begins with a fresh stream or buffer and destroys it: what growing
// costs is the point.

#include <sluice/device/memory.hpp>
#include <sluice/device/temporary.hpp>
#include <sluice/sstream.hpp>

#include "bench.hpp"
#include "peers.hpp"

#include <cstddef>
#include <ios>
#include <sstream>
#include <string>

namespace bench {
namespace {

template <class Stream, std::size_t Piece, std::size_t Total>
void write_pieces(benchmark::State& state) {
    const std::string piece(Piece, 'x');
    for (auto _ : state) {
        Stream out;
        for (std::size_t done = 0; done < Total; done += Piece) {
            out.write(piece.data(), static_cast<std::streamsize>(Piece));
        }
        require(state, size_of(out) == Total, "not all was written");
    }
}

template <class Buf, std::size_t Piece, std::size_t Total>
void sputn_pieces(benchmark::State& state) {
    const std::string piece(Piece, 'x');
    for (auto _ : state) {
        Buf buf;
        for (std::size_t done = 0; done < Total; done += Piece) {
            buf.sputn(piece.data(), static_cast<std::streamsize>(Piece));
        }
        require(state, size_of(buf) == Total, "not all was written");
    }
}

template <class Buf, std::size_t Total>
void sputc_all(benchmark::State& state) {
    for (auto _ : state) {
        Buf buf;
        for (std::size_t done = 0; done < Total; ++done) {
            buf.sputc('x');
        }
        require(state, size_of(buf) == Total, "not all was written");
    }
}

constexpr std::size_t fresh_count = 1'000'000;

template <class Stream>
void write_to_fresh_streams(benchmark::State& state) {
    for (auto _ : state) {
        for (std::size_t i = 0; i < fresh_count; ++i) {
            Stream out;
            out.write("0123456789", 10);
            benchmark::DoNotOptimize(&out);
        }
    }
}

// The idiom that makes people reach for a buffer.
constexpr std::size_t piece_count = 50'000;
constexpr const char* piece = "0123456789\n";
constexpr std::size_t piece_size = 11;

void add_strings(benchmark::State& state) {
    const std::string more = piece;
    for (auto _ : state) {
        std::string s;
        for (std::size_t i = 0; i < piece_count; ++i) {
            s = s + more;  // NOLINT(performance-inefficient-string-concatenation): it is the point
        }
        require(state, s.size() == piece_count * piece_size, "not all was written");
    }
}

}  // namespace

void append_rows(table& rows) {
    constexpr std::size_t much = 256 * MiB;
    rows.add("append 64 B pieces, 256 MiB: write", gigabytes(much))
        .peer("std::ostringstream", write_pieces<std::ostringstream, 64, much>)
        .peer("Boost back_inserter", write_pieces<boost_ostringstream, 64, much>)
        .ours("bytes_io", write_pieces<sluice::bytes_io, 64, much>, at_least(6))
        .ours("ostringstream", write_pieces<sluice::ostringstream, 64, much>);
    rows.add("append 64 B pieces, 256 MiB: sputn", gigabytes(much))
        .peer("std::stringbuf", sputn_pieces<std::stringbuf, 64, much>)
        .peer("Boost back_inserter", sputn_pieces<boost_stringbuf, 64, much>)
        .ours("membuf", sputn_pieces<sluice::membuf, 64, much>, at_least(8))
        .ours("stringbuf", sputn_pieces<sluice::stringbuf, 64, much>);

    rows.add("spooled, in RAM: append 64 B pieces, 256 MiB", gigabytes(much))
        .peer("bytes_io", write_pieces<sluice::bytes_io, 64, much>)
        .ours("spooled_file", write_pieces<spooled_in_ram, 64, much>, at_least(0.8));
    rows.add("spooled, on disk: append 64 B pieces, 64 MiB", gigabytes(64 * MiB))
        .peer("temporary_file", write_pieces<sluice::temporary_file, 64, 64 * MiB>)
        .ours("spooled_file", write_pieces<spooled_on_disk, 64, 64 * MiB>, at_least(0.8));

    constexpr std::size_t most = 1024 * MiB;
    rows.add("append 1 MiB pieces, 1 GiB: sputn", gigabytes(most))
        .peer("std::stringbuf", sputn_pieces<std::stringbuf, MiB, most>)
        .peer("Boost back_inserter", sputn_pieces<boost_stringbuf, MiB, most>)
        .ours("membuf", sputn_pieces<sluice::membuf, MiB, most>, at_least(8));

    rows.add("sputc, 256 MiB", gigabytes(much))
        .peer("std::stringbuf", sputc_all<std::stringbuf, much>)
        .peer("Boost back_inserter", sputc_all<boost_stringbuf, much>)
        .ours("membuf", sputc_all<sluice::membuf, much>, at_least(1.5))
        .ours("stringbuf", sputc_all<sluice::stringbuf, much>);

    rows.add("10 bytes to a fresh stream", nanoseconds(fresh_count))
        .peer("std::ostringstream", write_to_fresh_streams<std::ostringstream>)
        .peer("Boost back_inserter", write_to_fresh_streams<boost_ostringstream>)
        .ours("bytes_io", write_to_fresh_streams<sluice::bytes_io>, at_least(1))
        .ours("ostringstream", write_to_fresh_streams<sluice::ostringstream>, at_least(1));

    constexpr std::size_t total = piece_count * piece_size;
    rows.add("50,000 pieces of 11 B, against s = s + piece", milliseconds())
        .peer("std::string", add_strings)
        .ours("bytes_io", write_pieces<sluice::bytes_io, piece_size, total>, at_least(150));
}

}  // namespace bench
