#include <sluice/sluice.hpp>

#include <iostream>
#include <string_view>

int main() {
    sluice::ofstream("words.txt") << "# fruit\npear\napple\n";
    // [README]
    sluice::ifstream in("words.txt");  // or std::cin, or any other std::istream
    int count = 0;
    for (const std::string_view line : sluice::lines(in)) {  // nothing is copied
        count += line.starts_with('#') ? 0 : 1;
    }
    // [end]
    std::cout << count << " words\n";
    return count == 2 && !in.bad() ? 0 : 1;
}
