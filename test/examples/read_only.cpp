#include <sluice/fs/memory.hpp>
#include <sluice/fs/read_only.hpp>
#include <sluice/sluice.hpp>

#include <iostream>

int main() {
    sluice::fs::memory fixture;
    fixture.write_bytes("/app.conf", "port 80\n");
    sluice::fs::read_only files(fixture);
    std::cout << files.read_bytes("/app.conf");
    try {
        files.write_bytes("/app.conf", "port 81\n");
    } catch (const sluice::error& error) {
        std::cout << error.what() << '\n';
    }
    return fixture.read_bytes("/app.conf") == "port 80\n" ? 0 : 1;
}
