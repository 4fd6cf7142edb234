#include <sluice/sluice.hpp>

#include <iostream>
#include <system_error>

int main() {
    // [README]
    sluice::fs::memory files({.capacity = 100});
    files.write_bytes("data", "0123456789");
    sluice::stream reader = files.open("data");
    sluice::stream writer = files.open("data", std::ios::app);
    writer << "abc" << std::flush;
    const bool seen = reader.read() == "0123456789abc";

    files.remove("data");  // both streams are still on the file
    writer << "def" << std::flush;
    const bool lives = reader.read() == "def" && files.space().free == 84;

    std::error_code code;
    files.write_bytes("large", std::string(1000, 'x'), code);
    const bool full = code == std::errc::no_space_on_device;  // as on a full disk
    // [end]
    std::cout << code.message() << '\n';
    return seen && lives && full ? 0 : 1;
}
