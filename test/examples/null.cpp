// How long would it be?

#include <sluice/filter/null.hpp>

#include <iostream>

int main() {
    sluice::null_io nowhere;
    nowhere << "result: " << 1.5 << '\n';
    std::cout << nowhere.rdbuf()->written() << " characters\n";
    return nowhere.rdbuf()->written() == 12 ? 0 : 1;
}
