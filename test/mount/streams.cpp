// A program that knows nothing of sluice: it reads settings by the standard's streams, counts what
// is beside them, and adds a line.
//
//     streams DIRECTORY

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

int main(int count, char** arguments) {
    namespace fs = std::filesystem;
    if (count != 2) {
        return 2;
    }
    const fs::path folder = arguments[1];
    std::ifstream in(folder / "text");
    std::string line;
    if (!std::getline(in, line)) {
        std::cerr << "cannot read " << folder / "text" << '\n';
        return 1;
    }
    std::cout << line << '\n';
    const auto all = fs::recursive_directory_iterator(folder);
    std::cout << std::count_if(begin(all), end(all), [](const auto&) { return true; }) << '\n'
              << fs::file_size(folder / "text") << '\n'
              << fs::canonical(folder / "folder" / ".." / "absolute").native() << '\n';

    std::ofstream(folder / "folder" / "log", std::ios::app) << "one\n";
    std::ofstream(folder / "folder" / "log", std::ios::app) << "two\n";
    fs::rename(folder / "folder" / "log", folder / "log.1");
    fs::copy_file(folder / "log.1", folder / "log.2");
    fs::create_directories(folder / "a" / "b");
    fs::remove_all(folder / "folder");
    std::ifstream copy(folder / "log.2");
    while (std::getline(copy, line)) {
        std::cout << line << '\n';
    }
    std::cout << fs::exists(folder / "folder") << fs::is_directory(folder / "a" / "b") << '\n';
    return 0;
}
