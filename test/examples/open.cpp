#include <sluice/sluice.hpp>

#include <iostream>
#include <string>

int main() {
    std::string read;
    // [README]
    sluice::stream out = sluice::open("notes.txt", "w");  // text: UTF-8
    out << "one\n" << 2 << '\n';
    out.close();  // throws what buffering deferred
    for (const std::string& line : sluice::open("notes.txt")) {
        read += line;
    }
    // [end]
    std::cout << read;
    return read == "one\n2\n" ? 0 : 1;
}
