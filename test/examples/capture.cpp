// What a program prints, whoever prints it.

#include <sluice/testing/capture.hpp>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

namespace {

void greet() {
    std::cout << "hello ";
    std::printf("from C ");
    std::fflush(stdout);
    if (std::system("echo and from a child") != 0) {
        std::cerr << "no shell\n";
    }
}

}  // namespace

int main() {
    // [README]
    sluice::testing::capture printed;
    greet();
    std::cerr << "one warning\n";
    printed.stop();  // or the end of its scope

    std::cout << "on standard output: " << printed.out()  // hello from C and from a child
              << "on standard error: " << printed.err();  // one warning
    // [end]

    sluice::testing::capture_stream log(std::clog);  // one stream alone
    std::clog << "step 1\nstep 2\n";
    const std::size_t steps = log.lines().size();
    log.stop();
    return printed.out() == "hello from C and from a child\n" && steps == 2 ? 0 : 1;
}
