// A program of a user: it compiles and links with what sluice::sluice brings along, no more.

#include <sluice/sluice.hpp>

#include <ios>
#include <iostream>
#include <string>
#include <system_error>

int main() {
    sluice::bytes_io ram("3 apples");
    int count = 0;
    ram >> count;

    sluice::ostringstream text;
    text << count << " in all";

    // What gzip is read by has to be linked too.
    sluice::bytes_io packed;
    sluice::compressed_io(packed, {.compression = sluice::compression::gzip}, std::ios::out)
        << text.view();
    packed.seek(0);
    const bool unpacked = sluice::compressed_io(packed).read() == text.view();

    sluice::ofstream full("/dev/full");
    full << text.str() << std::flush;
    const sluice::error why = sluice::error_of(full);
    std::cout << text.view() << ", " << why.what() << '\n';
    return unpacked && text.str() == "3 in all" && why.code() == std::errc::no_space_on_device ? 0
                                                                                               : 1;
}
