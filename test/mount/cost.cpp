// What sluice-mount costs a program where it looks at nothing mounted, and what a mount costs
// beside a disk:
//
//     mount_cost LAUNCHER
//
// Runs itself without and with sluice-mount in turns, several times, and takes the fastest of each.

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;
using times = std::vector<double>;  // in nanoseconds a call, in the order of `kinds`

constexpr std::array kinds = {
    "open, close: absolute path", "open, close: relative path", "openat, close",
    "stat: absolute path",        "open, close: \"..\" in it",  "open, close: at the prefix"};

template <class Call>
double timed(Call call) {
    constexpr int calls = 20000;
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < calls; ++i) {
        call();
    }
    return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start)
               .count() /
           calls;
}

void open_close(int folder, const char* path) {
    const int file = openat(folder, path, O_RDONLY);
    if (file < 0) {
        std::perror(path);
        std::exit(1);
    }
    close(file);
}

// In a directory with "file", and "mounted/file".
void measure() {
    const std::string absolute = fs::current_path() / "file";
    const std::string mounted = fs::current_path() / "mounted" / "file";
    const int folder = open(".", O_RDONLY | O_DIRECTORY);
    struct stat status = {};
    std::cout << timed([&] { open_close(AT_FDCWD, absolute.c_str()); }) << ' '
              << timed([&] { open_close(AT_FDCWD, "file"); }) << ' '
              << timed([&] { open_close(folder, "file"); }) << ' '
              << timed([&] { stat(absolute.c_str(), &status); }) << ' '
              << timed([&] { open_close(AT_FDCWD, "mounted/../file"); }) << ' '
              << timed([&] { open_close(AT_FDCWD, mounted.c_str()); }) << '\n';
}

times run(const std::string& command) {
    times result;
    FILE* const output = popen(command.c_str(), "r");
    for (double one = 0; std::fscanf(output, "%lf", &one) == 1;) {
        result.push_back(one);
    }
    if (pclose(output) != 0 || result.size() != kinds.size()) {
        std::exit(1);
    }
    return result;
}

double start_up(const std::string& command) {
    const auto start = std::chrono::steady_clock::now();
    if (std::system(command.c_str()) != 0) {
        std::exit(1);
    }
    return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start)
        .count();
}

void keep_least(double& least, double one) {
    least = least == 0 ? one : std::min(least, one);
}

void tell(const std::string& what, double without, double with) {
    std::cout << std::left << std::setw(30) << what << std::right << std::fixed
              << std::setprecision(0) << std::setw(12) << without << std::setw(12) << with
              << std::setprecision(2) << std::setw(9) << with / without << '\n';
}

}  // namespace

int main(int count, char** arguments) {
    if (count != 2) {
        std::cerr << "usage: mount_cost LAUNCHER\n";
        return 2;
    }
    if (std::string(arguments[1]) == "--measure") {
        measure();
        return 0;
    }
    const std::string own = fs::read_symlink("/proc/self/exe").native() + " --measure";
    const std::string prefix = std::string(arguments[1]) + " mounted=mounted -- ";
    fs::create_directories("mounted");
    std::ofstream("file") << "text";
    std::ofstream("mounted/file") << "text";

    constexpr int rounds = 15;
    times without(kinds.size());
    times with(kinds.size());
    const std::string python = "python3 -c pass";
    // Both through a launcher, so that it is the library alone that is measured.
    const std::string loaded =
        prefix + "sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do " + python + "; done'";
    const std::string plain =
        prefix + "env -u LD_PRELOAD sh -c 'for i in 1 2 3 4 5 6 7 8 9 10; do " + python + "; done'";
    double python_without = 0;
    double python_with = 0;
    for (int round = 0; round < rounds; ++round) {
        const times a = run(own);
        const times b = run(prefix + own);
        for (std::size_t i = 0; i < kinds.size(); ++i) {
            keep_least(without[i], a[i]);
            keep_least(with[i], b[i]);
        }
        keep_least(python_without, start_up(plain) / 10);
        keep_least(python_with, start_up(loaded) / 10);
    }
    std::cout << "in nanoseconds                     without        with    ratio\n";
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        tell(kinds[i], without[i], with[i]);
    }
    tell("python3 -c pass", python_without, python_with);
    return 0;
}
