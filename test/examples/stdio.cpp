// C code that wants a FILE on bytes in RAM, and a stream that shares a FILE with C code.

#include <sluice/bridge/stdio.hpp>
#include <sluice/device/memory.hpp>

#include <cstdio>
#include <iostream>
#include <string>

namespace {

/// As a C library has it.
int write_report(std::FILE* to) {
    return std::fprintf(to, "%d apples\n%d pears\n", 3, 5) < 0 ? -1 : 0;
}

}  // namespace

int main() {
    // [README]
    sluice::bytes_io report;
    sluice::stdio_file file(report);
    if (write_report(file.get()) != 0) {
        std::cerr << file.reason().what() << '\n';
        return 1;
    }
    file.close();  // throws where something that was buffered could not be written
    // [end]
    std::cout << report.view();

    // What C is told by errno only is kept whole.
    sluice::bytes_io small;
    small.set_max_size(10);
    sluice::stdio_file tight(small);
    write_report(tight.get());
    if (std::fflush(tight.get()) != 0) {
        std::cout << tight.reason().what() << '\n';
    }

    // The other way round: a stream and C take turns.
    std::FILE* const both = std::tmpfile();
    if (both == nullptr) {
        return 1;
    }
    std::fputs("3 apples\n5 pears\n", both);
    std::rewind(both);
    {
        sluice::stdio_stream in(both);
        int count = 0;
        in >> count;
        char rest[20] = {};
        if (std::fgets(rest, sizeof rest, both) != nullptr) {
            std::cout << count << " of" << rest;
        }
        std::cout << in.readline();
    }
    std::fclose(both);

    // What popen() gave is closed by pclose().
    sluice::stdio_stream program(::popen("echo from a program", "r"), ::pclose);
    std::cout << program.read();
    program.close();
}
