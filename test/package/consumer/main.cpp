// A program of a user: it compiles and links with what sluice::sluice brings along, no more.

#include <sluice/sluice.hpp>

#include <iostream>
#include <system_error>

int main() {
    const sluice::error failed("write", sluice::errc::no_space, "disk");
    std::cout << failed.what() << '\n';
    return failed.code() == std::errc::no_space_on_device ? 0 : 1;
}
