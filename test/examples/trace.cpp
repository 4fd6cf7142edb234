// How a library drives a stream's buffer.

#include <sluice/device/memory.hpp>
#include <sluice/testing/trace.hpp>

#include <iostream>
#include <ostream>

namespace {

// Writes a size in front of what it counts, as many formats have it.
void save(std::ostream& out) {
    out.write("\0\0\0\0", 4);
    const auto begin = out.tellp();
    out << "some text";
    const auto end = out.tellp();
    out.seekp(0);
    out.put(static_cast<char>(end - begin));
    out.seekp(end);
}

}  // namespace

int main() {
    // [README]
    sluice::testing::trace_io traced(sluice::bytes_io(), {.every_call = true});
    save(traced);  // any std::ostream&
    std::cout << traced.rdbuf()->list()
              << traced.rdbuf()->summary();  // seekoff 2 times, xsputn 2 times …
    // [end]
    return traced.rdbuf()->characters_written() == 14 ? 0 : 1;
}
