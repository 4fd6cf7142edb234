#include <sluice/sluice.hpp>

#include <iostream>
#include <string>
#include <thread>
#include <utility>

int main() {
    // [README]
    auto [in, out] = sluice::pipe();
    std::thread writer([out = std::move(out)]() mutable {
        out << "3 apples\n";  // the reader has it when `out` closes, or is flushed
    });
    const std::string line = in.readline();  // waits for the other thread
    writer.join();
    // [end]
    std::cout << line;
    return line == "3 apples\n" ? 0 : 1;
}
