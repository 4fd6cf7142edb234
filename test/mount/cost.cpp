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

constexpr std::array kinds = {"open, close: absolute path",
                              "open, close: relative path",
                              "openat, close",
                              "stat: absolute path",
                              "open, close: \"..\" in it",
                              "open, close: at the prefix",
                              "python3 -c pass"};

void keep_least(double& least, double one) {
    least = least == 0 ? one : std::min(least, one);
}

double nanoseconds_since(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start)
        .count();
}

template <class Call>
double timed(Call call) {
    constexpr int calls = 5000;
    double least = 0;
    for (int part = 0; part < 10; ++part) {
        const auto start = std::chrono::steady_clock::now();
        for (int i = 0; i < calls; ++i) {
            call();
        }
        keep_least(least, nanoseconds_since(start) / calls);
    }
    return least;
}

double timed_python() {
    double least = 0;
    for (int i = 0; i < 5; ++i) {
        const auto start = std::chrono::steady_clock::now();
        if (std::system("python3 -c pass") != 0) {
            std::exit(1);
        }
        keep_least(least, nanoseconds_since(start));
    }
    return least;
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
              << timed([&] { open_close(AT_FDCWD, mounted.c_str()); }) << ' ' << timed_python()
              << '\n';
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

    constexpr int rounds = 5;
    times without(kinds.size());
    times with(kinds.size());
    for (int round = 0; round < rounds; ++round) {
        const times a = run(own);
        const times b = run(prefix + own);
        for (std::size_t i = 0; i < kinds.size(); ++i) {
            keep_least(without[i], a[i]);
            keep_least(with[i], b[i]);
        }
    }
    std::cout << "in nanoseconds                     without        with    ratio\n";
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        tell(kinds[i], without[i], with[i]);
    }
    return 0;
}
