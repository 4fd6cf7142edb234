#include <sluice/sluice.hpp>

#include <iostream>
#include <sstream>

int main() {
    // [README]
    std::stringstream table;
    table.imbue(sluice::fast_numeric());  // the same characters and values, sooner
    table << 3.25 << ' ' << 42;
    double price = 0;
    int count = 0;
    table >> price >> count;
    // [end]
    std::cout << price * count << '\n';
    return price == 3.25 && count == 42 ? 0 : 1;
}
