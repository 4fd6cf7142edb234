#include <sluice/sluice.hpp>

#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>

int main() {
    std::string name = "XXXXXX";
    const int descriptor = ::mkstemp(name.data());  // from whatever gives descriptors
    // [README]
    sluice::stream f = sluice::open(descriptor, "w+b", {.closefd = false});
    f << "3 apples" << std::flush;
    f.seek(0);
    int count = 0;
    f >> count;  // 3
    const bool same = f.fileno() == descriptor;
    // [end]
    std::cout << count << '\n';
    std::filesystem::remove(name);
    return count == 3 && same ? 0 : 1;
}
