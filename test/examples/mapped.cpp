#include <sluice/sluice.hpp>

#include <iostream>
#include <string>
#include <string_view>

int main() {
    sluice::ofstream("table.txt") << "one two three\n";
    // [README]
    sluice::mapped_file file("table.txt", sluice::map_access::shared);
    const std::string_view all = file.view();  // the file itself; nothing is read or copied
    file.seek(4);
    file.write("TWO");  // in the file at once
    // [end]
    const bool seen = all == "one TWO three\n";
    const std::string now = sluice::open("table.txt").read();
    std::cout << now;
    return seen && now == "one TWO three\n" ? 0 : 1;
}
