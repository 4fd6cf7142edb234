// Text: what decoding and encoding cost over a file read or written as bytes, and against what
// else makes wide characters of UTF-8.

#include <sluice/fstream.hpp>
#include <sluice/open.hpp>

#include "bench.hpp"
#include "peers.hpp"
#include "scratch.hpp"

#include <boost/iostreams/code_converter.hpp>
#include <boost/iostreams/device/file_descriptor.hpp>
#include <boost/iostreams/stream.hpp>

#include <codecvt>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <locale>
#include <string>
#include <string_view>

namespace bench {
namespace {

constexpr std::size_t piece = 64;

// One sentence again and again, whole, so that no character is cut.
std::string repeated(std::string_view sentence) {
    std::string text;
    while (text.size() + sentence.size() <= text_size) {
        text += sentence;
    }
    return text;
}

const std::filesystem::path& ascii_file() {
    static const auto result =
        write_file("ascii", repeated("The quick brown fox jumps over the lazy dog, once more.\n"));
    return result;
}

const std::filesystem::path& mixed_file() {
    static const auto result = write_file(
        "mixed", repeated("H\xC3\xA4lt Fu\xC3\x9F\xE2\x80\x93 \xD0\xBF\xD1\x80\xD0\xB8 "
                          "\xE6\x97\xA5\xE6\x9C\xAC \xF0\x9F\x98\x80 and so on, in words.\n"));
    return result;
}

struct text_istream : sluice::stream {
    explicit text_istream(const std::filesystem::path& path) : sluice::stream(sluice::open(path)) {}
};
struct text_ostream : sluice::stream {
    explicit text_ostream(const std::filesystem::path& path)
        : sluice::stream(sluice::open(path, "w")) {}
};
struct wide_text_istream : sluice::wstream {
    explicit wide_text_istream(const std::filesystem::path& path)
        : sluice::wstream(sluice::wopen(path)) {}
};
struct wide_text_ostream : sluice::wstream {
    explicit wide_text_ostream(const std::filesystem::path& path)
        : sluice::wstream(sluice::wopen(path, "w")) {}
};

// -- the peers --------------------------------------------------------------------------------

template <class Stream>
struct utf8_stream : Stream {
    explicit utf8_stream(const std::filesystem::path& path) {
        this->imbue(std::locale("C.UTF-8"));
        this->open(path);
    }
};

using utf8_facet = std::codecvt_utf8<wchar_t>;
namespace io = boost::iostreams;

struct boost_wide_istream : io::stream<io::code_converter<io::file_descriptor_source, utf8_facet>> {
    explicit boost_wide_istream(const std::filesystem::path& path) { open(path.string()); }
};
struct boost_wide_ostream : io::stream<io::code_converter<io::file_descriptor_sink, utf8_facet>> {
    explicit boost_wide_ostream(const std::filesystem::path& path) { open(path.string()); }
};

// -- the works --------------------------------------------------------------------------------

template <class Stream, const std::filesystem::path& File()>
void read_text(benchmark::State& state) {
    const std::filesystem::path& path = File();
    std::basic_string<typename Stream::char_type> target(piece, '\0');
    for (auto _ : state) {
        Stream in(path);
        std::size_t count = 0;
        while (in.read(target.data(), piece)) {
            count += piece;
            benchmark::DoNotOptimize(target.data());
        }
        require(state, count > text_size / 2, "not all was read");
    }
}

template <class Stream>
void write_text(benchmark::State& state) {
    const std::basic_string<typename Stream::char_type> text(piece, 'x');
    const std::filesystem::path path = fresh_path();
    for (auto _ : state) {
        Stream out(path);
        for (std::size_t done = 0; done < text_size; done += piece) {
            out.write(text.data(), piece);
        }
        out.close();
    }
    require(state, std::filesystem::file_size(path) == text_size, "not all was written");
}

}  // namespace

void text_rows(table& rows) {
    rows.add("text: read ASCII by 64, against bytes", gigabytes(text_size))
        .peer("sluice::ifstream", read_text<sluice::ifstream, ascii_file>)
        .ours("open()", read_text<text_istream, ascii_file>);
    rows.add("text: read UTF-8 by 64, against bytes", gigabytes(text_size))
        .peer("sluice::ifstream", read_text<sluice::ifstream, mixed_file>)
        .ours("open()", read_text<text_istream, mixed_file>);
    rows.add("text: write ASCII by 64, against bytes", gigabytes(text_size))
        .peer("sluice::ofstream", write_text<sluice::ofstream>)
        .ours("open()", write_text<text_ostream>);

    rows.add("text: read ASCII by 64, wide", gigabytes(text_size))
        .peer("std::wifstream", read_text<utf8_stream<std::wifstream>, ascii_file>)
        .peer("Boost code_converter", read_text<boost_wide_istream, ascii_file>)
        .ours("wopen()", read_text<wide_text_istream, ascii_file>, at_least(1));
    rows.add("text: read UTF-8 by 64, wide", gigabytes(text_size))
        .peer("std::wifstream", read_text<utf8_stream<std::wifstream>, mixed_file>)
        .peer("Boost code_converter", read_text<boost_wide_istream, mixed_file>)
        .ours("wopen()", read_text<wide_text_istream, mixed_file>, at_least(1));
    rows.add("text: write ASCII by 64, wide", gigabytes(text_size))
        .peer("std::wofstream", write_text<utf8_stream<std::wofstream>>)
        .peer("Boost code_converter", write_text<boost_wide_ostream>)
        .ours("wopen()", write_text<wide_text_ostream>, at_least(1));
}

}  // namespace bench
