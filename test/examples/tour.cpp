// tour: code that knows only std::istream and std::ostream, on disk and in RAM.
//
//     tour                    over the text files of this repository and of
//     /usr/share/common-licenses tour notes.csv src      over these files, and over the text files
//     in these folders
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
#include <iterator>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace fs = std::filesystem;

// ---------------------------------------------------------------- written for the standard's
// streams

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

using reader = std::function<void(std::istream&)>;

template <class Stream>
void open_file(source& from, const reader& read) {
    Stream in(from.path);
    read(in);
}

template <class Stream>
void open_copy(source& from, const reader& read) {
    Stream in(from.content);
    read(in);
}

void open_span(source& from, const reader& read) {
    sluice::spanbuf buf(std::string_view(from.content));
    std::istream in(&buf);
    read(in);
}

void open_container(source& from, const reader& read) {
    sluice::containerbuf buf(from.content, std::ios::in);
    std::istream in(&buf);
    read(in);
}

struct input {
    const char* name;
    void (*open)(source& from, const reader& read);
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
    fs::path path;
    std::vector<char> memory;
};

using writer = std::function<void(std::iostream&)>;

constexpr std::ios::openmode empty = std::ios::in | std::ios::out | std::ios::trunc;

template <class Stream>
void create_file(target& to, const writer& write) {
    Stream file(to.path, empty);
    write(file);
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

// ---------------------------------------------------------------------- the table that compares
// them

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

// What a program would find that is handed the records.
std::string read_records(std::istream& in, record_header& header) {
    in.seekg(0);
    in.read(reinterpret_cast<char*>(&header), sizeof header);
    std::string records(std::istreambuf_iterator<char>(in), {});
    return in && records.size() + sizeof header == header.size ? records : "broken";
}

bool compare_records(std::vector<source>& sources, std::size_t bytes, target& to) {
    return compare("binary records, and back", outputs, bytes,
                   [&](const output& device) -> outcome {
                       std::size_t count = 0;
                       std::string records;
                       for (const source& from : sources) {
                           device.open(to, [&](std::iostream& file) {
                               record_header header;
                               write_records(file, from.content);
                               records += read_records(file, header);
                               count += header.count;
                           });
                       }
                       return {std::to_string(count) + " records, " +
                                   std::to_string(records.size()) + " bytes",
                               records};
                   });
}

// --------------------------------------------------------------------------------------- the
// failure

template <class Stream>
std::string caught_from() {
    try {
        Stream out("/dev/full");
        out.exceptions(std::ios::badbit);
        out << "data" << std::flush;
        return "nothing";
    } catch (const std::ios::failure& e) {
        return e.what();
    }
}

// Writes to a device that is always full.
void show_failure() {
    std::ofstream theirs("/dev/full");
    sluice::ofstream ours("/dev/full");
    if (!theirs || !ours) {
        return;  // a system without one
    }
    theirs << "data" << std::flush;
    ours << "data" << std::flush;
    const sluice::error why = sluice::error_of(ours);
    std::cout << "\nwriting to a full device\n"
              << std::boolalpha << "  std::ofstream     bad() is " << theirs.bad()
              << ", and that is all\n"
              << "                    exception: " << caught_from<std::ofstream>() << '\n'
              << "  sluice::ofstream  bad() is " << ours.bad() << ", error_of() has\n"
              << "                    what:      " << why.what() << '\n'
              << "                    code:      " << why.code() << '\n'
              << "                    path:      " << why.path() << '\n'
              << "                    position:  " << why.position() << '\n'
              << "                    exception: " << caught_from<sluice::ofstream>() << '\n';
}

// ----------------------------------------------------------------------------------------- the
// files

class file_set {
public:
    // Adds a file, or the text files in a folder.
    void add(const fs::path& path) {
        if (fs::is_directory(path)) {
            add_folder(path);
        } else if (fs::exists(path) && !fs::is_regular_file(path)) {
            throw std::runtime_error(path.string() + ": not a file that can be read repeatedly");
        } else {
            sources_.push_back(load(path));
        }
    }

    [[nodiscard]] std::vector<source>& sources() { return sources_; }

    [[nodiscard]] std::size_t size() const {
        std::size_t result = 0;
        for (const source& each : sources_) {
            result += each.content.size();
        }
        return result;
    }

private:
    static source load(const fs::path& path) {
        sluice::bytes_io file;
        file.load(path);
        return {path, file.getvalue()};
    }

    void add_folder(const fs::path& folder) {
        const auto options = fs::directory_options::skip_permission_denied;
        for (auto entry = fs::recursive_directory_iterator(folder, options);
             entry != fs::recursive_directory_iterator(); ++entry) {
            const std::string name = entry->path().filename().string();
            if (entry->is_directory() && (name == "build" || name.front() == '.')) {
                entry.disable_recursion_pending();
            } else if (entry->is_regular_file() && !entry->is_symlink()) {
                source file = load(entry->path());
                if (file.content.find('\0') == std::string::npos) {
                    sources_.push_back(std::move(file));
                }
            }
        }
    }

    std::vector<source> sources_;
};

// A file's path in the temporary folder; the file is removed at the end.
class temporary_path {
public:
    temporary_path()
        : path_(fs::temp_directory_path() /
                ("sluice_tour." + std::to_string(std::random_device()()))) {}
    temporary_path(const temporary_path&) = delete;
    temporary_path& operator=(const temporary_path&) = delete;
    ~temporary_path() {
        std::error_code ignored;
        fs::remove(path_, ignored);
    }

    [[nodiscard]] const fs::path& path() const { return path_; }

private:
    fs::path path_;
};

int main(int argc, char** argv) {
    std::vector<std::string> names(argv + 1, argv + argc);
    if (names.empty()) {
        names = {SLUICE_SOURCE_FOLDER, "/usr/share/common-licenses"};
    }

    bool good = true;
    file_set files;
    for (const std::string& name : names) {
        try {
            files.add(name);
        } catch (const std::exception& e) {
            std::cerr << "tour: " << e.what() << '\n';
            good = false;
        }
    }
    if (files.sources().empty()) {
        std::cerr << "tour: there is nothing to read\n";
        return EXIT_FAILURE;
    }

    const std::size_t bytes = files.size();
    std::cout << files.sources().size() << " files, " << bytes << " bytes\n";
    const temporary_path scratch;
    // No record is more than a length and a character longer than its line.
    target to{scratch.path(), std::vector<char>(5 * bytes + sizeof(record_header))};
    good = compare_word_counts(files.sources(), bytes) && good;
    good = compare_tables(files.sources(), bytes) && good;
    good = compare_records(files.sources(), bytes, to) && good;
    show_failure();
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
