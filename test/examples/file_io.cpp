#include <sluice/sluice.hpp>

#include <filesystem>
#include <iostream>

int main() {
    // [README]
    sluice::stream raw = sluice::open("raw.bin", "wb", {.buffering = 0});
    raw.write("12345678");                                    // one call to the system
    const auto size = std::filesystem::file_size("raw.bin");  // 8, without a flush
    raw.truncate(4);
    // [end]
    std::cout << size << " bytes, then " << std::filesystem::file_size("raw.bin") << '\n';
    return size == 8 && std::filesystem::file_size("raw.bin") == 4 ? 0 : 1;
}
