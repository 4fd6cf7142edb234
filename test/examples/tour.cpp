// tour: code that knows only std::istream and std::ostream, on disk and in RAM.
//
//     tour                 over the text files of this repository and of /usr/share/common-licenses
//     tour notes.csv src   over a file, and over the text files in a folder
//
// The three functions at the top were written against the standard alone. What follows runs them,
// unchanged, on one device after another: the results must be equal, and the speed is shown.

#include <sluice/sluice.hpp>

#include "tour_support.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

// ---- Written for the standard's streams. --------------------------------------------------------

struct word_count {
    std::size_t lines = 0;
    std::size_t words = 0;
    std::size_t bytes = 0;
};

// As wc does.
void count_words(std::istream& in, word_count& total) {
    bool in_word = false;
    for (char c = 0; in.get(c); ++total.bytes) {
        const bool is_space = std::isspace(static_cast<unsigned char>(c)) != 0;
        total.words += !is_space && !in_word ? 1U : 0U;
        total.lines += c == '\n' ? 1U : 0U;
        in_word = !is_space;
    }
}

struct csv_table {
    std::size_t records = 0;
    std::size_t fields = 0;
    std::vector<std::string> errors;
};

// Every text is a table of a kind. An error says where it is, in lines for people and in bytes for
// programs that want to seek there.
void parse_csv(std::istream& in, const std::string& name, csv_table& table) {
    constexpr std::size_t none = std::string::npos;
    std::string line;
    std::streamoff start = in.tellg();
    for (std::size_t number = 1; std::getline(in, line); ++number) {
        std::size_t quote = none;
        std::size_t commas = 0;
        for (std::size_t i = 0; i < line.size(); ++i) {
            if (line[i] == '"') {
                quote = quote == none ? i : none;
            } else if (line[i] == ',' && quote == none) {
                ++commas;
            }
        }
        if (quote != none) {
            const auto where = static_cast<std::size_t>(start) + quote;
            table.errors.push_back(name + ", line " + std::to_string(number) + ", byte " +
                                   std::to_string(where) + ": the quote is not closed");
        }
        table.records += 1;
        table.fields += commas + 1;
        start = in.tellg();
    }
}

struct record_header {
    std::array<char, 4> magic{'R', 'E', 'C', '1'};
    std::uint32_t count = 0;
    std::uint64_t size = 0;
};

template <class T>
void put(std::ostream& out, const T& value) {
    out.write(reinterpret_cast<const char*>(&value), sizeof value);
}

// Writes each line of `text` behind its length. The header holds their count and size, which are
// known only at the end: so it is written twice.
void write_records(std::ostream& out, std::string_view text) {
    record_header header;
    put(out, header);
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        put(out, static_cast<std::uint32_t>(line.size()));
        out.write(line.data(), static_cast<std::streamsize>(line.size()));
        text.remove_prefix(std::min(line.size() + 1, text.size()));
        ++header.count;
    }
    header.size = static_cast<std::uint64_t>(out.tellp());
    out.seekp(0);
    put(out, header);
    out.flush();
}

// Adds the header's figures to `total`.
//
// Returns: the records as they stand in the file.
std::string read_records(std::istream& in, record_header& total) {
    record_header header;
    in.seekg(0);
    in.read(reinterpret_cast<char*>(&header), sizeof header);
    total.count += header.count;
    total.size += header.size;
    return std::string(std::istreambuf_iterator<char>(in), {});
}

// ---- The devices. -------------------------------------------------------------------------------

using reader = std::function<void(std::istream&)>;

template <class Stream>
void open_file(tour::source& from, const reader& read) {
    Stream in(from.path);
    read(in);
}

template <class Stream>
void open_copy(tour::source& from, const reader& read) {
    Stream in(from.content);
    read(in);
}

void open_span(tour::source& from, const reader& read) {
    sluice::spanbuf buf(std::string_view(from.content));
    std::istream in(&buf);
    read(in);
}

void open_container(tour::source& from, const reader& read) {
    sluice::containerbuf buf(from.content, std::ios::in);
    std::istream in(&buf);
    read(in);
}

struct input {
    const char* name;
    void (*open)(tour::source& from, const reader& read);
};

constexpr input inputs[] = {
    {"std::ifstream", open_file<std::ifstream>},
    {"sluice::ifstream", open_file<sluice::ifstream>},
    {"sluice::bytes_io", open_copy<sluice::bytes_io>},
    {"sluice::string_io", open_copy<sluice::string_io>},
    {"sluice::spanbuf, in place", open_span},
    {"sluice::containerbuf, in place", open_container},
};

// Where an output may write: a file, and memory of a fixed size.
struct target {
    std::filesystem::path path;
    std::vector<char> memory;
};

using writer = std::function<void(std::iostream&)>;

constexpr std::ios::openmode empty = std::ios::in | std::ios::out | std::ios::trunc;

template <class Stream>
void create_file(target& to, const writer& write) {
    Stream file(to.path, empty);
    write(file);
    // Emptying a file that exists may wait for the disk, which would be all that is measured.
    std::filesystem::remove(to.path);
}

template <class Stream>
void create_in_ram(target& /*to*/, const writer& write) {
    Stream ram;
    write(ram);
}

void create_in_span(target& to, const writer& write) {
    sluice::spanbuf buf(to.memory, empty);
    std::iostream ram(&buf);
    write(ram);
}

void create_in_container(target& /*to*/, const writer& write) {
    std::vector<char> content;
    sluice::containerbuf buf(content);
    std::iostream ram(&buf);
    write(ram);
}

struct output {
    const char* name;
    void (*open)(target& to, const writer& write);
};

constexpr output outputs[] = {
    {"std::fstream", create_file<std::fstream>},
    {"sluice::fstream", create_file<sluice::fstream>},
    {"sluice::bytes_io", create_in_ram<sluice::bytes_io>},
    {"sluice::string_io", create_in_ram<sluice::string_io>},
    {"sluice::spanbuf, in place", create_in_span},
    {"sluice::containerbuf, in place", create_in_container},
};

// ---- The comparisons. ---------------------------------------------------------------------------

using tour::counted;
using tour::outcome;
using tour::source;

bool compare_word_counts(std::vector<source>& sources) {
    return tour::compare("word count", inputs, sources, [&](const input& device) -> outcome {
        word_count total;
        for (source& from : sources) {
            device.open(from, [&](std::istream& in) { count_words(in, total); });
        }
        return {counted(total.lines, "line") + ", " + counted(total.words, "word")};
    });
}

bool compare_tables(std::vector<source>& sources) {
    outcome last;
    const bool equal =
        tour::compare("CSV parser", inputs, sources, [&](const input& device) -> outcome {
            csv_table table;
            for (source& from : sources) {
                device.open(from, [&](std::istream& in) { parse_csv(in, from.path, table); });
            }
            last = {counted(table.records, "record") + ", " + counted(table.fields, "field") +
                        ", " + counted(table.errors.size(), "error"),
                    table.errors};
            return last;
        });
    if (!last.details.empty()) {
        std::cout << "  the first error: " << last.details.front() << '\n';
    }
    return equal;
}

// What the records of the longest of the sources take: each line is behind its length.
std::size_t room_for_records(const std::vector<source>& sources) {
    std::size_t result = 0;
    for (const source& each : sources) {
        const auto lines = std::count(each.content.begin(), each.content.end(), '\n') + 1;
        result = std::max(result, sizeof(record_header) + each.content.size() +
                                      sizeof(std::uint32_t) * static_cast<std::size_t>(lines));
    }
    return result;
}

bool compare_records(std::vector<source>& sources) {
    const tour::temporary_path scratch;
    target to{scratch.path(), std::vector<char>(room_for_records(sources))};
    return tour::compare("record writer", outputs, sources, [&](const output& device) -> outcome {
        record_header total;
        std::vector<std::string> written;
        for (const source& from : sources) {
            device.open(to, [&](std::iostream& file) {
                write_records(file, from.content);
                written.push_back(read_records(file, total));
            });
        }
        return {counted(total.count, "record") + ", " + counted(total.size, "byte"), written};
    });
}

// ---- A failure. ---------------------------------------------------------------------------------

template <class Stream>
std::string message_of_exception() {
    try {
        Stream out("/dev/full");
        out.exceptions(std::ios::badbit);
        out << "data" << std::flush;
        return "none";
    } catch (const std::ios::failure& e) {
        return e.what();
    }
}

// Writes to a device that is always full.
void show_failure() {
    std::ofstream theirs("/dev/full");
    sluice::ofstream ours("/dev/full");
    if (!theirs || !ours) {
        std::cout << "\nwriting to a full device: this system has no /dev/full\n";
        return;
    }
    theirs << "data" << std::flush;
    ours << "data" << std::flush;
    const sluice::error why = sluice::error_of(ours);

    std::cout << std::boolalpha << "\nwriting to a full device\n"
              << "  std::ofstream     bad():      " << theirs.bad() << '\n'
              << "                    exception:  " << message_of_exception<std::ofstream>() << '\n'
              << "  sluice::ofstream  bad():      " << ours.bad() << '\n'
              << "                    exception:  " << message_of_exception<sluice::ofstream>()
              << '\n'
              << "                    error_of(): " << why.what() << '\n'
              << "                    code():     " << why.code() << '\n'
              << "                    path():     " << why.path() << '\n'
              << "                    position(): " << why.position() << '\n';
}

int main(int argc, char** argv) {
    std::vector<std::string> names(argv + 1, argv + argc);
    if (names.empty()) {
        names = {SLUICE_SOURCE_FOLDER, "/usr/share/common-licenses"};
    }
    bool good = false;
    std::vector<source> sources = tour::find_sources(names, good);
    if (sources.empty()) {
        std::cerr << "tour: nothing to read\n";
        return EXIT_FAILURE;
    }
    std::cout << counted(sources.size(), "file") << ", " << counted(tour::size_of(sources), "byte")
              << '\n';
    good = compare_word_counts(sources) && good;
    good = compare_tables(sources) && good;
    good = compare_records(sources) && good;
    show_failure();
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
