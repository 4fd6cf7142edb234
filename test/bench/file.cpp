// Files, in the page cache: what is measured is the calls, not the disk. Each stream has the
// buffer it has by default.

#include <sluice/device/mapped.hpp>
#include <sluice/fstream.hpp>

#include "bench.hpp"
#include "peers.hpp"
#include "scratch.hpp"

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <ios>
#include <string>

namespace bench {
namespace {

template <class Stream, std::size_t Piece, std::size_t Total>
void write_file_in_pieces(benchmark::State& state) {
    const std::string data(Piece, 'x');
    const std::filesystem::path path = fresh_path();
    for (auto _ : state) {
        Stream out(path);
        for (std::size_t done = 0; done < Total; done += Piece) {
            out.write(data.data(), static_cast<std::streamsize>(Piece));
        }
        out.close();
    }
    require(state, std::filesystem::file_size(path) == Total, "not all was written");
}

template <class Stream, std::size_t Piece>
void read_file_in_pieces(benchmark::State& state) {
    const std::filesystem::path& path = text_file();
    std::string target(Piece, '\0');
    for (auto _ : state) {
        Stream in(path);
        std::size_t count = 0;
        while (in.read(target.data(), static_cast<std::streamsize>(Piece))) {
            count += Piece;
            benchmark::DoNotOptimize(target.data());
        }
        require(state, count == text_size, "not all was read");
    }
}

/// Lines as long as a line of prose.
const std::filesystem::path& prose_file() {
    static const std::filesystem::path result = [] {
        const std::string line = std::string(79, 'x') + '\n';
        std::string text;
        while (text.size() < text_size) {
            text += line;
        }
        text.resize(text_size);
        return write_file("prose", text);
    }();
    return result;
}

template <class Stream, const std::filesystem::path& File()>
void read_file_by_lines(benchmark::State& state) {
    const std::filesystem::path& path = File();
    std::string line;
    for (auto _ : state) {
        Stream in(path);
        std::size_t count = 0;
        while (std::getline(in, line)) {
            count += line.size() + 1;
        }
        require(state, count >= text_size, "not all was read");
    }
}

constexpr std::size_t seek_count = 20'000;
constexpr std::size_t piece = 64;

template <class Stream, std::size_t Range>
void seek_and_read(benchmark::State& state) {
    Stream in(text_file());
    read_at<piece>(state, in, places_in(Range, piece, seek_count));
}

template <class Stream>
void get_and_tell(benchmark::State& state) {
    Stream in(text_file());
    for (auto _ : state) {
        in.seekg(0);
        for (std::size_t i = 1; i <= seek_count; ++i) {
            in.get();
            if (in.tellg() != std::streamoff(i)) {
                state.SkipWithError("a wrong position");
                return;
            }
        }
    }
}

constexpr std::size_t open_count = 2'000;

template <class Stream>
void open_and_read_line(benchmark::State& state) {
    static const std::filesystem::path path = write_file("small", "nine char\n");
    std::string line;
    for (auto _ : state) {
        for (std::size_t i = 0; i < open_count; ++i) {
            Stream in(path);
            std::getline(in, line);
            in.close();
        }
        require(state, line.size() == 9, "not all was read");
    }
}

}  // namespace

void file_rows(table& rows) {
    constexpr std::size_t large = 128 * MiB;
    rows.add("file: write 64 B", gigabytes(text_size))
        .peer("std::ofstream", write_file_in_pieces<std::ofstream, 64, text_size>)
        .peer("Boost file_descriptor", write_file_in_pieces<boost_ofstream, 64, text_size>)
        .ours("ofstream", write_file_in_pieces<sluice::ofstream, 64, text_size>, at_least(1.5));

    rows.add("file: read 64 B", gigabytes(text_size))
        .peer("std::ifstream", read_file_in_pieces<std::ifstream, 64>)
        .peer("Boost file_descriptor", read_file_in_pieces<boost_ifstream, 64>)
        .ours("ifstream", read_file_in_pieces<sluice::ifstream, 64>, at_least(1.5))
        .ours("mapped_file", read_file_in_pieces<sluice::mapped_file, 64>, at_least(2));

    rows.add("file: std::getline, 0 to 79 B", gigabytes(text_size))
        .peer("std::ifstream", read_file_by_lines<std::ifstream, text_file>)
        .peer("Boost file_descriptor", read_file_by_lines<boost_ifstream, text_file>)
        .ours("ifstream", read_file_by_lines<sluice::ifstream, text_file>, at_least(1.3));

    rows.add("file: std::getline, 79 B", gigabytes(text_size))
        .peer("std::ifstream", read_file_by_lines<std::ifstream, prose_file>)
        .peer("Boost file_descriptor", read_file_by_lines<boost_ifstream, prose_file>)
        .ours("ifstream", read_file_by_lines<sluice::ifstream, prose_file>, at_least(1.3))
        .ours("mapped_file", read_file_by_lines<sluice::mapped_file, prose_file>, at_least(1.3));

    rows.add("file: write 1 MiB", gigabytes(large))
        .peer("std::ofstream", write_file_in_pieces<std::ofstream, MiB, large>)
        .peer("Boost file_descriptor", write_file_in_pieces<boost_ofstream, MiB, large>)
        .ours("ofstream", write_file_in_pieces<sluice::ofstream, MiB, large>, at_least(1));

    rows.add("file: read 1 MiB", gigabytes(text_size))
        .peer("std::ifstream", read_file_in_pieces<std::ifstream, MiB>)
        .peer("Boost file_descriptor", read_file_in_pieces<boost_ifstream, MiB>)
        .ours("ifstream", read_file_in_pieces<sluice::ifstream, MiB>, at_least(1));

    rows.add("file: seek within 4 KiB + read 64 B", nanoseconds(seek_count))
        .peer("std::ifstream", seek_and_read<std::ifstream, 4 * KiB>)
        .peer("Boost file_descriptor", seek_and_read<boost_ifstream, 4 * KiB>)
        .ours("ifstream", seek_and_read<sluice::ifstream, 4 * KiB>, at_least(20))
        .ours("mapped_file", seek_and_read<sluice::mapped_file, 4 * KiB>, at_least(20));

    rows.add("file: seek anywhere + read 64 B", nanoseconds(seek_count))
        .peer("std::ifstream", seek_and_read<std::ifstream, text_size>)
        .peer("Boost file_descriptor", seek_and_read<boost_ifstream, text_size>)
        .ours("ifstream", seek_and_read<sluice::ifstream, text_size>, at_least(2))
        .ours("mapped_file", seek_and_read<sluice::mapped_file, text_size>, at_least(40));

    rows.add("file: get + tellg", nanoseconds(seek_count))
        .peer("std::ifstream", get_and_tell<std::ifstream>)
        .peer("Boost file_descriptor", get_and_tell<boost_ifstream>)
        .ours("ifstream", get_and_tell<sluice::ifstream>, at_least(10));

    rows.add("file: open + getline + close, 10 bytes", nanoseconds(open_count))
        .peer("std::ifstream", open_and_read_line<std::ifstream>)
        .peer("Boost file_descriptor", open_and_read_line<boost_ifstream>)
        .ours("ifstream", open_and_read_line<sluice::ifstream>, at_least(1));
}

}  // namespace bench
