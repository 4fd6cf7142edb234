#include <sluice/sluice.hpp>

#include <iostream>
#include <string>

int main() {
    sluice::bytes_io bytes("one\ntwo\xff\n");
    int lines = 0;
    bool caught = false;
    // [README]
    try {
        for (const std::string& line : sluice::text_io(bytes)) {
            lines += line.ends_with('\n') ? 1 : 0;
        }
    } catch (const sluice::error& e) {  // a std::ios_base::failure
        std::cout << e.what() << '\n';  // read: utf-8: ff: Invalid or incomplete character
        caught = e.code() == sluice::errc::bad_encoding && e.position() == 7;
    }
    // [end]
    return caught && lines == 1 ? 0 : 1;
}
