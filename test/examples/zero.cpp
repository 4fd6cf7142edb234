// A file of zeros.

#include <sluice/filter/zero.hpp>
#include <sluice/open.hpp>

#include <iostream>

int main() {
    sluice::zero_io blank(1 << 20);
    sluice::stream image = sluice::open("image.bin", "w+b");
    image << blank.rdbuf();
    std::cout << image.tell() << " bytes\n";
    return image.tell() == 1 << 20 ? 0 : 1;
}
