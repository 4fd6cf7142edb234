// The hash of what is read, as it passes.

#include <sluice/device/memory.hpp>
#include <sluice/filter/hash.hpp>

#include <iostream>
#include <string>

int main() {
    sluice::hash_io in(sluice::bytes_io("abc"), sluice::hash_algorithm::sha256);
    const std::string content = in.read();
    std::cout << in.rdbuf()->hex() << "  " << content << '\n';
    return in.rdbuf()->hex().substr(0, 8) == "ba7816bf" ? 0 : 1;
}
