#include <sluice/sluice.hpp>

#include <iostream>

// Written long ago, for files.
int sum(std::istream& in) {
    int total = 0;
    for (int number = 0; in >> number;) {
        total += number;
    }
    return total;
}

int main() {
    sluice::bytes_io ram("3 4 5");  // RAM, as Python's io.BytesIO
    std::cout << sum(ram) << '\n';  // 12

    sluice::ofstream("numbers.txt") << "3 4 5 6";  // disk, as std::ofstream
    sluice::ifstream disk("numbers.txt");
    std::cout << sum(disk) << '\n';  // 18

    sluice::ifstream none("/no/such");
    std::cout << sluice::error_of(none).what() << '\n';  // open /no/such: No such file or directory
}
