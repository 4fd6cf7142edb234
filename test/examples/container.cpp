#include <sluice/sluice.hpp>

#include <iostream>
#include <ostream>
#include <string>

int main() {
    // [README]
    std::string log;
    sluice::containerbuf sink(log);  // a string or a vector of yours
    std::ostream out(&sink);
    out << "x = " << 42 << std::flush;  // from here, or when `sink` ends, `log` is the content
    // [end]
    std::cout << log << '\n';
    return log == "x = 42" ? 0 : 1;
}
