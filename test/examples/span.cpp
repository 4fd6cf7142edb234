#include <sluice/sluice.hpp>

#include <iostream>
#include <istream>
#include <string>
#include <vector>

int main() {
    const std::vector<char> received{'4', '2', ' ', 'x'};
    // [README]
    sluice::spanbuf packet(received);  // a span, an array or a vector of bytes, where it lies
    std::istream in(&packet);
    int number = 0;
    in >> number;  // 42
    // [end]
    std::cout << number << '\n';
    return number == 42 ? 0 : 1;
}
