// FILEs on bytes and streams on FILEs, and content that comes back from code that wants a path.

#include <sluice/bridge/memory_file.hpp>
#include <sluice/bridge/stdio.hpp>
#include <sluice/device/memory.hpp>

#include "bench.hpp"
#include "scratch.hpp"

#include <ext/stdio_filebuf.h>
#include <ext/stdio_sync_filebuf.h>

#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <streambuf>
#include <string>
#include <string_view>
#include <vector>

namespace bench {
namespace {

constexpr std::size_t much = 32 * MiB;
constexpr std::size_t piece = 64;

// -- a FILE on memory -------------------------------------------------------------------------

void write_pieces(benchmark::State& state, std::FILE* to) {
    const std::string data(piece, 'x');
    std::size_t count = 0;
    for (std::size_t done = 0; done < much; done += piece) {
        count += std::fwrite(data.data(), 1, piece, to);
    }
    require(state, count == much && std::fflush(to) == 0, "a write failed");
}

void read_pieces(benchmark::State& state, std::FILE* from) {
    char target[piece];
    std::size_t count = 0;
    while (std::fread(target, 1, piece, from) == piece) {
        count += piece;
        benchmark::DoNotOptimize(target);
    }
    require(state, count == much, "not all was read");
}

void write_by_open_memstream(benchmark::State& state) {
    for (auto _ : state) {
        char* content = nullptr;
        std::size_t size = 0;
        std::FILE* const file = ::open_memstream(&content, &size);
        write_pieces(state, file);
        std::fclose(file);
        std::free(content);
    }
}

void write_by_fmemopen(benchmark::State& state) {
    for (auto _ : state) {
        std::vector<char> content(much + 1);
        std::FILE* const file = ::fmemopen(content.data(), content.size(), "w");
        write_pieces(state, file);
        std::fclose(file);
    }
}

void write_by_stdio_file(benchmark::State& state) {
    for (auto _ : state) {
        sluice::bytes_io content;
        sluice::stdio_file file(content);
        write_pieces(state, file.get());
        file.close();
    }
}

void read_by_fmemopen(benchmark::State& state) {
    std::string content(much, 'x');
    for (auto _ : state) {
        std::FILE* const file = ::fmemopen(content.data(), content.size(), "r");
        read_pieces(state, file);
        std::fclose(file);
    }
}

void read_by_stdio_file(benchmark::State& state) {
    sluice::bytes_io content(std::string(much, 'x'));
    for (auto _ : state) {
        content.seek(0);
        sluice::stdio_file file(content);
        read_pieces(state, file.get());
        file.close();
    }
}

// -- a stream on a FILE -----------------------------------------------------------------------

void put_pieces(benchmark::State& state, std::streambuf& to) {
    const std::string data(piece, 'x');
    std::streamsize count = 0;
    for (std::size_t done = 0; done < much; done += piece) {
        count += to.sputn(data.data(), piece);
    }
    require(state, count == much && to.pubsync() == 0, "a write failed");
}

void get_pieces(benchmark::State& state, std::streambuf& from) {
    char target[piece];
    std::size_t count = 0;
    while (from.sgetn(target, piece) == piece) {
        count += piece;
        benchmark::DoNotOptimize(target);
    }
    require(state, count == much, "not all was read");
}

/// With the buffer that one has that owns its FILE.
struct buffered_stdiobuf : sluice::stdiobuf {
    explicit buffered_stdiobuf(std::FILE* file) : stdiobuf(file) { pubsetbuf(nullptr, 128 * KiB); }
};

struct standard_filebuf : __gnu_cxx::stdio_filebuf<char> {
    explicit standard_filebuf(std::FILE* file)
        : stdio_filebuf(file, std::ios::in | std::ios::out | std::ios::binary) {}
};

template <class Buf>
void write_file(benchmark::State& state) {
    const std::filesystem::path path = fresh_path();
    for (auto _ : state) {
        std::FILE* const file = std::fopen(path.c_str(), "w+");
        {
            Buf buf(file);
            put_pieces(state, buf);
        }
        std::fclose(file);
    }
}

template <class Buf>
void read_file(benchmark::State& state) {
    static const std::filesystem::path path = bench::write_file("stdio", std::string(much, 'x'));
    for (auto _ : state) {
        std::FILE* const file = std::fopen(path.c_str(), "r+");
        {
            Buf buf(file);
            get_pieces(state, buf);
        }
        std::fclose(file);
    }
}

// -- a path -----------------------------------------------------------------------------------

/// Code that only writes files.
void save(const std::filesystem::path& path) {
    static const std::string block(MiB, 'x');
    std::ofstream out(path, std::ios::binary);
    for (std::size_t done = 0; done < much; done += block.size()) {
        out.write(block.data(), static_cast<std::streamsize>(block.size()));
    }
}

std::size_t lines_in(std::string_view text) {
    std::size_t count = 0;
    for (std::size_t at = text.find('\n'); at != text.npos; at = text.find('\n', at + 1)) {
        ++count;
    }
    return count;
}

void back_from_temporary_file(benchmark::State& state) {
    for (auto _ : state) {
        const std::filesystem::path path = fresh_path();
        save(path);
        std::ifstream in(path, std::ios::binary);
        std::string text(std::filesystem::file_size(path), '\0');
        in.read(text.data(), static_cast<std::streamsize>(text.size()));
        require(state, in.good() && lines_in(text) == 0, "not what was written");
        std::filesystem::remove(path);
    }
}

void back_from_memory_file(benchmark::State& state) {
    for (auto _ : state) {
        sluice::memory_file file;
        save(file.path());
        const std::string_view text = file.view();
        require(state, text.size() == much && lines_in(text) == 0, "not what was written");
    }
}

}  // namespace

void stdio_rows(table& rows) {
    rows.add("FILE: fwrite 64 B to memory", gigabytes(much))
        .peer("open_memstream", write_by_open_memstream)
        .peer("fmemopen", write_by_fmemopen)
        .ours("stdio_file on bytes_io", write_by_stdio_file, at_least(1));

    rows.add("FILE: fread 64 B from memory", gigabytes(much))
        .peer("fmemopen", read_by_fmemopen)
        .ours("stdio_file on bytes_io", read_by_stdio_file, at_least(1));

    rows.add("stdiobuf: write 64 B to a FILE", gigabytes(much))
        .peer("__gnu_cxx::stdio_filebuf", write_file<standard_filebuf>)
        .ours("stdiobuf", write_file<buffered_stdiobuf>, at_least(1));

    rows.add("stdiobuf: write 64 B to a FILE shared with C", gigabytes(much))
        .peer("__gnu_cxx::stdio_sync_filebuf", write_file<__gnu_cxx::stdio_sync_filebuf<char>>)
        .ours("stdiobuf", write_file<sluice::stdiobuf>);

    rows.add("stdiobuf: read 64 B from a FILE", gigabytes(much))
        .peer("__gnu_cxx::stdio_filebuf", read_file<standard_filebuf>)
        .ours("stdiobuf", read_file<buffered_stdiobuf>, at_least(1));

    rows.add("stdiobuf: read 64 B from a FILE shared with C", gigabytes(much))
        .peer("__gnu_cxx::stdio_sync_filebuf", read_file<__gnu_cxx::stdio_sync_filebuf<char>>)
        .ours("stdiobuf", read_file<sluice::stdiobuf>);

    rows.add("memory_file: written by std::ofstream and back", milliseconds())
        .peer("a temporary file", back_from_temporary_file)
        .ours("memory_file", back_from_memory_file, at_least(1));
}

}  // namespace bench
