// What another sends is read up to a limit; more is an error, and no end.

#include <sluice/device/memory.hpp>
#include <sluice/filter/limit.hpp>

#include <iostream>

int main() {
    sluice::bytes_io request("0123456789");
    sluice::limit_io body(request, 4);
    std::cout << body.read(4) << '\n';
    try {
        body.read();
    } catch (const sluice::error& too_long) {
        std::cout << too_long.what() << '\n';
        return too_long.code() == sluice::errc::too_long ? 0 : 1;
    }
    return 1;
}
