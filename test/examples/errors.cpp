#include <sluice/sluice.hpp>

#include <iostream>
#include <string>

int main() {
    // [README]
    sluice::ofstream out("/dev/full");
    out << "a report" << std::flush;
    const sluice::error why = sluice::error_of(out);  // for each stream on a buffer of sluice's
    std::cout << why.what() << '\n';                  // write /dev/full: No space left on device
    const bool full = why.code() == std::errc::no_space_on_device;
    // [end]
    const std::string said = why.what();
    return full && said == "write /dev/full: No space left on device" ? 0 : 1;
}
