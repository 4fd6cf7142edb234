// What is compressed, against Boost's own chains of filters, with the buffer sizes that suit them.

#include <sluice/filter/compressed.hpp>
#include <sluice/open.hpp>

#include "bench.hpp"
#include "scratch.hpp"

#include <boost/iostreams/device/file_descriptor.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filter/zstd.hpp>
#include <boost/iostreams/filtering_stream.hpp>

#include <array>
#include <cstddef>
#include <filesystem>
#include <ios>
#include <random>
#include <string>

namespace bench {
namespace {

namespace io = boost::iostreams;
using sluice::compression;

constexpr std::size_t content_size = 32 * MiB;
constexpr std::size_t piece = 16 * KiB;

// Lines of a table, which become a third of their size.
const std::string& content() {
    static const std::string result = [] {
        std::minstd_rand random(1);
        std::string text;
        text.reserve(content_size + 80);
        static constexpr std::array names = {"apples", "pears", "plums", "quinces", "medlars"};
        for (std::size_t line = 0; text.size() < content_size; ++line) {
            text += std::to_string(1000000 + line) + "," + names.at(random() % names.size()) + "," +
                    std::to_string(random() % 10000) + ".50,2026-11-" +
                    std::to_string(1 + random() % 30) + "\n";
        }
        text.resize(content_size);
        return text;
    }();
    return result;
}

const std::filesystem::path& file_of(compression format) {
    const auto made = [](compression how, const char* name) {
        const std::filesystem::path path = write_file(name, "");
        sluice::stream out = sluice::open(path, "wb", {.compression = how});
        out.write(content());
        out.close();
        return path;
    };
    static const std::filesystem::path gzip = made(compression::gzip, "table.gz");
    static const std::filesystem::path zstd = made(compression::zstd, "table.zst");
    return format == compression::gzip ? gzip : zstd;
}

void read_all(benchmark::State& state, std::istream& in) {
    std::string target(piece, '\0');
    std::size_t size = 0;
    while (in.read(target.data(), piece) || in.gcount() > 0) {
        size += static_cast<std::size_t>(in.gcount());
    }
    require(state, size == content_size, "not all was read");
}

void write_all(std::ostream& out) {
    for (std::size_t at = 0; at < content_size; at += piece) {
        out.write(content().data() + at, piece);
    }
}

template <compression Format>
void read_ours(benchmark::State& state) {
    const auto& path = file_of(Format);
    for (auto _ : state) {
        sluice::stream in = sluice::open(path, "rb", {.compression = Format});
        read_all(state, in);
    }
}

template <compression Format>
void write_ours(benchmark::State& state) {
    content();
    const std::filesystem::path path = fresh_path();
    for (auto _ : state) {
        sluice::stream out = sluice::open(path, "wb", {.compression = Format});
        write_all(out);
        out.close();
    }
}

template <compression Format>
auto decompressor(std::streamsize size) {
    if constexpr (Format == compression::gzip) {
        return io::gzip_decompressor(io::gzip::default_window_bits, size);
    } else {
        return io::zstd_decompressor(size);
    }
}

template <compression Format>
auto compressor(std::streamsize size) {
    if constexpr (Format == compression::gzip) {
        return io::gzip_compressor(io::gzip_params(6), size);
    } else {
        return io::zstd_compressor(io::zstd_params(3), size);
    }
}

template <compression Format, std::streamsize Size>
void read_boost(benchmark::State& state) {
    const std::string path = file_of(Format).string();
    for (auto _ : state) {
        io::filtering_istream in;
        in.push(decompressor<Format>(Size), Size);
        in.push(io::file_descriptor_source(path), Size);
        read_all(state, in);
    }
}

template <compression Format, std::streamsize Size>
void write_boost(benchmark::State& state) {
    content();
    const std::string path = fresh_path().string();
    for (auto _ : state) {
        io::filtering_ostream out;
        out.push(compressor<Format>(Size), Size);
        out.push(io::file_descriptor_sink(path), Size);
        write_all(out);
        out.reset();
    }
}

template <compression Format>
void add_rows(table& rows, const std::string& name, double reading) {
    rows.add("compressed: read " + name + ", 32 MiB of content", gigabytes(content_size))
        .peer("Boost, 4 KiB", read_boost<Format, 4096>)
        .peer("Boost, 64 KiB", read_boost<Format, 65536>)
        .peer("Boost, 256 KiB", read_boost<Format, 262144>)
        .ours("open, .compression", read_ours<Format>, at_least(reading));
    rows.add("compressed: write " + name + ", 32 MiB of content", gigabytes(content_size))
        .peer("Boost, 4 KiB", write_boost<Format, 4096>)
        .peer("Boost, 64 KiB", write_boost<Format, 65536>)
        .peer("Boost, 256 KiB", write_boost<Format, 262144>)
        .ours("open, .compression", write_ours<Format>, at_least(1));
}

}  // namespace

void compressed_rows(table& rows) {
#ifdef SLUICE_HAS_ISAL
    constexpr double faster_reader = 1.8;
#else
    constexpr double faster_reader = 1;
#endif
    add_rows<compression::gzip>(rows, "gzip", faster_reader);
    add_rows<compression::zstd>(rows, "zstd", 1);
}

}  // namespace bench
