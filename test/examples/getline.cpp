#include <sluice/sluice.hpp>

#include <iostream>
#include <sstream>
#include <string>

int main() {
    std::istringstream in("GET /\nGET /a/far/too/long/path\n");
    // [README]
    std::string request;
    while (sluice::getline(in, request, 10)) {
        std::cout << request << '\n';
    }
    const bool too_long = !in.eof() && !in.bad();  // request is its first 10 characters
    // [end]
    std::cout << request << "...\n";
    return too_long && request == "GET /a/far" ? 0 : 1;
}
