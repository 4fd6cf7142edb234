// The lines of several threads stay whole in one file.

#include <sluice/device/memory.hpp>
#include <sluice/filter/sync.hpp>

#include <iostream>
#include <string>
#include <thread>
#include <vector>

int main() {
    sluice::bytes_io file;
    sluice::sync_sink log(file);
    std::vector<std::thread> workers;
    for (const char* name : {"one", "two", "three"}) {
        workers.emplace_back([&log, name] {
            sluice::sync_io out(log);
            out << "worker " << name << " has begun\n";
            out << "worker " << name << " is done\n";
        });
    }
    for (std::thread& each : workers) {
        each.join();
    }
    log.close();
    file.seek(0);
    const std::vector<std::string> lines = file.readlines();
    for (const std::string& line : lines) {
        std::cout << line;
    }
    return lines.size() == 6 ? 0 : 1;
}
