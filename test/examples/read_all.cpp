#include <sluice/sluice.hpp>

#include <cstddef>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

int main() {
    std::ofstream("data.bin") << "some bytes";
    // [README]
    std::ifstream in("data.bin");
    const std::string start = sluice::read_all(in, 4);  // 4 at most
    const auto rest = sluice::read_all<std::vector<std::byte>>(in);
    // [end]
    std::cout << start << " and " << rest.size() << " bytes\n";
    return start == "some" && rest.size() == 6 ? 0 : 1;
}
