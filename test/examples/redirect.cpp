#include <sluice/sluice.hpp>

#include <iostream>

void print_report() {
    std::cout << "all is well\n";
}

int main() {
    // [README]
    sluice::string_io said;
    {
        const sluice::redirect to(std::cout, said);  // any stream, to any stream or buffer
        print_report();                              // writes to std::cout
    }
    std::cout << "it said: " << said.view();  // it said: all is well
    // [end]
    return said.view() == "all is well\n" ? 0 : 1;
}
