#include <sluice/sluice.hpp>

#include <iostream>
#include <string>
#include <string_view>

int main() {
    const std::string name = "Ann";
    // [README]
    sluice::string_io letter(sluice::newline::crlf);
    letter << "Dear " << name << ",\n";          // whatever a std::ostream can format
    const std::string_view all = letter.view();  // "Dear Ann,\r\n", where it lies
    const std::string copy = letter.getvalue();  // as in Python
    // [end]
    std::cout << copy;
    return copy == "Dear Ann,\r\n" && all == copy ? 0 : 1;
}
