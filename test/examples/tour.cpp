// tour: code that knows only std::istream and std::ostream, on disk and in RAM.
//
//     tour                    over the text files of this repository and of /usr/share/common-licenses
//     tour notes.csv src      over these files, and over the text files in these folders
//
// The three functions at the top were written against the standard alone. The rest of the program
// runs them, unchanged, on one device after another, and compares their results and their speed.

#include <sluice/sluice.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iomanip>
#include <iostream>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace fs = std::filesystem;

// ---------------------------------------------------------------- written for the standard's streams

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

// ------------------------------------------------------------------------- the devices they run on

// A file, and the same bytes in RAM.
struct source {
    fs::path path;
    std::string content;
};

template <class Stream>
using use = std::function<void(Stream&)>;

struct input {
    const char* name;
    void (*open)(source& from, const use<std::istream>& read);
};

constexpr input inputs[] = {
    {"std::ifstream",
     [](source& from, const use<std::istream>& read) {
         std::ifstream in(from.path);
         read(in);
     }},
    {"sluice::ifstream",
     [](source& from, const use<std::istream>& read) {
         sluice::ifstream in(from.path);
         read(in);
     }},
    {"sluice::bytes_io",
     [](source& from, const use<std::istream>& read) {
         sluice::bytes_io in(from.content);
         read(in);
     }},
    {"sluice::string_io",
     [](source& from, const use<std::istream>& read) {
         sluice::string_io in(from.content);
         read(in);
     }},
    {"sluice::spanbuf, in place",
     [](source& from, const use<std::istream>& read) {
         sluice::spanbuf buf(std::string_view(from.content));
         std::istream in(&buf);
         read(in);
     }},
    {"sluice::containerbuf, in place",
     [](source& from, const use<std::istream>& read) {
         sluice::containerbuf buf(from.content, std::ios::in);
         std::istream in(&buf);
         read(in);
     }},
};

// Where an output may write: a path in the temporary folder, and fixed memory.
struct place {
    fs::path path;
    std::vector<std::byte> memory;
};

struct output {
    const char* name;
    void (*open)(place& to, const use<std::iostream>& write);
};

constexpr std::ios::openmode fresh = std::ios::in | std::ios::out | std::ios::trunc;

constexpr output outputs[] = {
    {"std::fstream",
     [](place& to, const use<std::iostream>& write) {
         std::fstream file(to.path, fresh);
         write(file);
     }},
    {"sluice::fstream",
     [](place& to, const use<std::iostream>& write) {
         sluice::fstream file(to.path, fresh);
         write(file);
     }},
    {"sluice::bytes_io",
     [](place&, const use<std::iostream>& write) {
         sluice::bytes_io ram;
         write(ram);
     }},
    {"sluice::string_io",
     [](place&, const use<std::iostream>& write) {
         sluice::string_io ram;
         write(ram);
     }},
    {"sluice::spanbuf, in place",
     [](place& to, const use<std::iostream>& write) {
         sluice::spanbuf buf(to.memory, fresh);
         std::iostream ram(&buf);
         write(ram);
     }},
    {"sluice::containerbuf, in place",
     [](place&, const use<std::iostream>& write) {
         std::vector<char> content;
         sluice::containerbuf buf(content);
         std::iostream ram(&buf);
         write(ram);
     }},
};

// ---------------------------------------------------------------------- the table that compares them

struct outcome {
    std::string summary;
    std::string details = "";  // compared, too long to be shown

    bool operator==(const outcome&) const = default;
};

// Runs `work` on each of `devices` in turn, again and again for a while; the fastest pass counts,
// because other programs can only make one slower. The first device is the measure.
//
// Returns: whether the outcome was the same on all.
template <class Devices, class Work>
bool compare(const char* title, const Devices& devices, std::size_t bytes, Work work) {
    using clock = std::chrono::steady_clock;
    using seconds = std::chrono::duration<double>;
    constexpr seconds enough{0.6};

    std::vector<outcome> outcomes(std::size(devices));
    std::vector<seconds> best(std::size(devices), seconds::max());
    const clock::time_point begin = clock::now();
    do {
        for (std::size_t i = 0; i < std::size(devices); ++i) {
            const clock::time_point start = clock::now();
            outcomes[i] = work(devices[i]);
            best[i] = std::min<seconds>(best[i], clock::now() - start);
        }
    } while (clock::now() - begin < enough);

    std::cout << '\n' << title << '\n' << std::fixed << std::setprecision(0);
    bool equal = true;
    for (std::size_t i = 0; i < std::size(devices); ++i) {
        std::cout << "  " << std::left << std::setw(32) << devices[i].name << std::setw(46)
                  << outcomes[i].summary << std::right << std::setw(6)
                  << static_cast<double>(bytes) / best[i].count() / 1e6 << " MB/s"
                  << std::setprecision(2) << std::setw(7) << best[0] / best[i] << " x\n"
                  << std::setprecision(0);
        equal = equal && outcomes[i] == outcomes[0];
    }
    if (!equal) {
        std::cout << "  The results differ! (Was a file changed meanwhile?)\n";
    }
    return equal;
}

bool compare_word_counts(std::vector<source>& sources, std::size_t bytes) {
    return compare("word count", inputs, bytes, [&](const input& device) -> outcome {
        word_count total;
        for (source& from : sources) {
            device.open(from, [&](std::istream& in) { count_words(in, total); });
        }
        return {std::to_string(total.lines) + " lines, " + std::to_string(total.words) +
                " words, " + std::to_string(total.bytes) + " bytes"};
    });
}

bool compare_tables(std::vector<source>& sources, std::size_t bytes) {
    std::string first_error = "none";
    const bool equal = compare("CSV parser", inputs, bytes, [&](const input& device) -> outcome {
        csv_table table;
        for (source& from : sources) {
            device.open(from, [&](std::istream& in) { parse_csv(in, from.path, table); });
        }
        std::string errors;
        for (const std::string& error : table.errors) {
            errors += error + '\n';
        }
        first_error = table.errors.empty() ? first_error : table.errors.front();
        return {std::to_string(table.records) + " records, " + std::to_string(table.fields) +
                    " fields, " + std::to_string(table.errors.size()) + " errors",
                errors};
    });
    std::cout << "  first error: " << first_error << '\n';
    return equal;
}

bool compare_records(std::vector<source>& sources, std::size_t bytes, place& to) {
    return compare("binary records, and reading them back", outputs, bytes, [&](const output& device) {
        std::size_t count = 0;
        std::string all;
        for (const source& from : sources) {
            device.open(to, [&](std::iostream& device_stream) {
                write_records(device_stream, from.content);
                record_header header;
                device_stream.seekg(0);
                device_stream.read(reinterpret_cast<char*>(&header), sizeof header);
                count += header.count;
                const std::size_t old = all.size();
                all.resize(old + header.size);
                device_stream.seekg(0);
                device_stream.read(all.data() + old, static_cast<std::streamsize>(header.size));
            });
        }
        return outcome{std::to_string(count) + " records, " + std::to_string(all.size()) + " bytes",
                       all};
    });
}
