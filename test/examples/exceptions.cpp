#include <sluice/sluice.hpp>

#include <iostream>
#include <string>

int main() {
    bool caught = false;
    // [README]
    sluice::bytes_io bytes("one\ntwo\xff\n");
    try {
        for (const std::string& line : sluice::text_io(bytes)) {
            std::cout << line;
        }
    } catch (const sluice::error& e) {  // a std::ios_base::failure
        std::cerr << e.what() << '\n';  // read: utf-8: ff: Invalid or incomplete character
        caught = e.code() == sluice::errc::bad_encoding && e.position() == 7;
    }
    // [end]
    return caught ? 0 : 1;
}
