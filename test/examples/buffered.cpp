#include <sluice/sluice.hpp>

#include <iostream>
#include <string>

int main() {
    // [README]
    sluice::stream f = sluice::open("data.bin", "w+b", {.buffering = 1 << 16});
    f.write("headbody");
    f.seek(0);
    const std::string next(f.peek(4).substr(0, 4));  // "head", and still to be read
    const std::string head = f.read1(4);             // at most one call to the system
    f.write("BODY");                                 // no seek between reading and writing
    // [end]
    f.seek(0);
    const std::string all = f.read();
    std::cout << all << '\n';
    return next == "head" && head == "head" && all == "headBODY" ? 0 : 1;
}
