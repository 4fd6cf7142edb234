// A disk that is full after 10 bytes, for a test of what writes to it.

#include <sluice/device/memory.hpp>
#include <sluice/testing/faults.hpp>

#include <cerrno>
#include <iostream>
#include <ostream>

namespace {

bool save(std::ostream& out) {
    out << "more than ten bytes\n" << std::flush;
    return out.good();
}

}  // namespace

int main() {
    // [README]
    using sluice::testing::fault;
    sluice::bytes_io disk;
    sluice::testing::fault_io out(
        disk, {.faults = {{.on = fault::write, .after = 10, .reason = ENOSPC}}});
    if (!save(out)) {
        std::cout << sluice::error_of(out).what() << ", after " << disk.view() << '\n';
    }  // write: No space left on device, after more than
    // [end]
    return disk.view() == "more than " ? 0 : 1;
}
