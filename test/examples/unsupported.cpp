#include <sluice/sluice.hpp>

#include <iostream>
#include <string>
#include <system_error>

int main() {
    std::error_code read_only;
    std::error_code closed;
    // [README]
    sluice::stream f = sluice::open("/dev/null", "rb");
    try {
        f.write("x");
    } catch (const sluice::error& e) {
        read_only = e.code();  // errc::not_writable; Python: io.UnsupportedOperation
    }
    f.close();
    try {
        f.read();
    } catch (const sluice::error& e) {
        closed = e.code();  // errc::closed; Python: ValueError
    }
    // [end]
    std::cout << read_only.message() << ", " << closed.message() << '\n';
    return read_only == sluice::errc::not_writable && closed == sluice::errc::closed ? 0 : 1;
}
