#include <sluice/sluice.hpp>

#include <filesystem>
#include <iostream>
#include <string>

// [README]
// Runs on the disk, and in a test in RAM.
void rotate(sluice::fs::filesystem& files, const std::filesystem::path& log) {
    if (files.exists(log) && files.file_size(log) > 20) {
        files.rename(log, log.string() + ".1");
    }
    files.open(log, std::ios::app) << "one more line\n";
}

bool test_of_rotate() {
    sluice::fs::memory files;
    files.create_directories("/var/log");
    for (int i = 0; i < 3; ++i) {
        rotate(files, "/var/log/app.log");
    }
    return files.file_size("/var/log/app.log.1") == 28 &&
           files.read_bytes("/var/log/app.log") == "one more line\n";
}
// [end]

int main() {
    const bool tested = test_of_rotate();
    sluice::fs::disk disk;
    disk.write_bytes("app.log", "begun\n");
    rotate(disk, "app.log");
    const std::string log = disk.read_bytes("app.log");
    std::cout << log;
    return tested && log == "begun\none more line\n" ? 0 : 1;
}
