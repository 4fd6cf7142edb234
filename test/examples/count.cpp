// Counts what passes: an expression that opens, counts and decodes.

#include <sluice/filter/count.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/open.hpp>

#include <iostream>
#include <string>

int main() {
    sluice::open("menu.txt", "w").write("caf\xc3\xa9\ntea\n");

    // [README]
    sluice::text_io in(sluice::count_io(sluice::open("menu.txt", "rb")));
    const std::string first = in.readline();
    in.read();
    const auto* counted = sluice::layer_of<sluice::countbuf>(in);  // characters, lines
    // [end]
    std::cout << first << counted->characters_read() << " bytes in " << counted->lines_read()
              << " lines\n";
    return counted->characters_read() == 10 ? 0 : 1;
}
