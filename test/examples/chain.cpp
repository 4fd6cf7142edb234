// Several files, read as one.

#include <sluice/device/memory.hpp>
#include <sluice/filter/chain.hpp>
#include <sluice/open.hpp>

#include <iostream>
#include <string>

int main() {
    sluice::open("part.0", "wb").write("3 ap");
    sluice::open("part.1", "wb").write("ples ");

    sluice::chain_io all(sluice::open("part.0", "rb"), sluice::open("part.1", "rb"),
                         sluice::bytes_io("and 5 pears"));
    int count = 0;
    std::string what;
    all >> count >> what;
    std::cout << count << ' ' << what << '\n';
    all.seek(-5, std::ios_base::end);
    std::cout << all.read() << '\n';
    return what == "apples" ? 0 : 1;
}
