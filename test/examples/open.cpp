#include <sluice/sluice.hpp>

#include <iostream>
#include <string>

int main() {
    std::string content;
    // [README]
    sluice::stream out = sluice::open("notes.txt", "w");  // text: UTF-8
    out << "one\n" << 2 << '\n';
    out.close();  // throws what buffering deferred
    for (const std::string& line : sluice::open("notes.txt")) {
        content += line;
    }
    // [end]
    std::cout << content;
    return content == "one\n2\n" ? 0 : 1;
}
