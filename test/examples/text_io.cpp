#include <sluice/sluice.hpp>

#include <iostream>
#include <string>

int main() {
    // [README]
    sluice::bytes_io bytes("caf\xe9\n");  // Latin-1, as it may come from a file or a socket
    sluice::text_io text(bytes, {.encoding = "latin-1"});
    const std::string line = text.readline();  // "café\n", in UTF-8
    text << "naïve\n" << std::flush;           // one byte a character again, in `bytes`
    const auto size = bytes.view().size();     // 11
    // [end]
    std::cout << line;
    return line == "café\n" && size == 11 && bytes.view().substr(5) == "na\xefve\n" ? 0 : 1;
}
