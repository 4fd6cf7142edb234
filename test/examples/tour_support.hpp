// The tour's stagehands: they find files, take times and print tables.

#ifndef SLUICE_TEST_EXAMPLES_TOUR_SUPPORT_HPP
#define SLUICE_TEST_EXAMPLES_TOUR_SUPPORT_HPP

#include <sluice/device/memory.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <iomanip>
#include <iostream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace tour {

// As in "1 file" and "2 files".
inline std::string counted(std::size_t count, const char* noun) {
    return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s");
}

// A file, and the same bytes in RAM.
struct source {
    std::filesystem::path path;
    std::string content;
};

// Errors: throws what says why the file cannot be toured.
inline source load(const std::filesystem::path& path) {
    if (exists(path) && !is_regular_file(path)) {
        // Each file is read many times, for which a pipe or a terminal would wait.
        throw std::runtime_error("open " + path.string() + ": Not a regular file");
    }
    sluice::bytes_io file;
    file.load(path);
    return {path, file.getvalue()};
}

// The files in a folder and below it. Hidden folders, build folders and links are left out.
inline std::vector<std::filesystem::path> files_in(const std::filesystem::path& folder) {
    using iterator = std::filesystem::recursive_directory_iterator;
    const auto options = std::filesystem::directory_options::skip_permission_denied;
    std::vector<std::filesystem::path> result;
    for (iterator entry(folder, options); entry != iterator(); ++entry) {
        const std::string name = entry->path().filename().string();
        if (entry->is_directory() && (name == "build" || name.front() == '.')) {
            entry.disable_recursion_pending();
        } else if (entry->is_regular_file() && !entry->is_symlink()) {
            result.push_back(entry->path());
        }
    }
    std::sort(result.begin(), result.end());
    return result;
}

// The files of these names, and the text files in the folders among them. Where one cannot be
// toured, says why, and sets `complete` to false.
inline std::vector<source> find_sources(const std::vector<std::string>& names, bool& complete) {
    std::vector<source> result;
    complete = true;
    for (const std::filesystem::path name : names) {
        const bool is_folder = is_directory(name);
        for (const auto& path : is_folder ? files_in(name) : std::vector{name}) {
            try {
                source file = load(path);
                if (!is_folder || file.content.find('\0') == std::string::npos) {
                    result.push_back(std::move(file));
                }
            } catch (const std::exception& e) {
                std::cerr << "tour: " << e.what() << '\n';
                complete = false;
            }
        }
    }
    return result;
}

// A path in the temporary folder; what is there is removed at the end.
class temporary_path {
public:
    temporary_path()
        : path_(std::filesystem::temp_directory_path() /
                ("sluice_tour." + std::to_string(std::random_device()()))) {}
    temporary_path(const temporary_path&) = delete;
    temporary_path& operator=(const temporary_path&) = delete;
    ~temporary_path() {
        std::error_code ignored;
        std::filesystem::remove(path_, ignored);
    }

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

inline std::size_t size_of(const std::vector<source>& sources) {
    std::size_t result = 0;
    for (const source& each : sources) {
        result += each.content.size();
    }
    return result;
}

struct outcome {
    std::string summary;
    std::vector<std::string> details = {};  // compared too, but too long to be shown

    bool operator==(const outcome&) const = default;
};

// Runs `work` on each of `devices` in turn, again and again for a while; the fastest pass counts,
// because other programs can only make one slower. The first device is the measure.
//
// Returns: whether the outcome was the same on all.
template <class Devices, class Work>
bool compare(const char* title, const Devices& devices, const std::vector<source>& sources,
             Work work) {
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
        std::cout << "  " << std::left << std::setw(32) << devices[i].name << std::setw(42)
                  << outcomes[i].summary << std::right << std::setw(6)
                  << static_cast<double>(size_of(sources)) / best[i].count() / 1e6 << " MB/s"
                  << std::setprecision(2) << std::setw(7) << best[0] / best[i] << " x\n"
                  << std::setprecision(0);
        equal = equal && outcomes[i] == outcomes[0];
    }
    if (!equal) {
        std::cout << "  The results differ! (Was a file changed meanwhile?)\n";
    }
    return equal;
}

}  // namespace tour

#endif  // SLUICE_TEST_EXAMPLES_TOUR_SUPPORT_HPP
