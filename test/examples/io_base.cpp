#include <sluice/sluice.hpp>

#include <iostream>
#include <string>

// [README]
// Memory, a file, text, a pipe: whatever sluice opens is a sluice::stream, and a std::iostream.
std::string last_line(sluice::stream& f) {
    std::string last;
    for (const std::string& line : f) {
        last = line;
    }
    return last;
}
// [end]

int main() {
    sluice::bytes_io ram("one\ntwo\n");
    sluice::stream disk = sluice::open("lines.txt", "w+");
    disk.write("three\nfour\n");
    disk.seek(0);
    const std::string from_ram = last_line(ram);
    const std::string from_disk = last_line(disk);
    std::cout << from_ram << from_disk;
    return from_ram == "two\n" && from_disk == "four\n" ? 0 : 1;
}
