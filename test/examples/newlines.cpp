#include <sluice/sluice.hpp>

#include <iostream>
#include <string>
#include <vector>

int main() {
    // [README]
    sluice::bytes_io bytes("one\r\ntwo\rthree\n");
    sluice::text_io text(bytes, {.newline = sluice::newline::universal});  // the default
    const std::vector<std::string> lines = text.readlines();  // "one\n", "two\n", "three\n"
    const bool windows = text.newlines().crlf;                // true: there was a \r\n
    // [end]
    for (const std::string& line : lines) {
        std::cout << line;
    }
    return lines == std::vector<std::string>{"one\n", "two\n", "three\n"} && windows ? 0 : 1;
}
