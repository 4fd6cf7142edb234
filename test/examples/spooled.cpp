#include <sluice/sluice.hpp>

#include <iostream>
#include <string>

int main() {
    const std::string chunk(600, 'x');
    // [README]
    sluice::spooled_file body(1000);  // in RAM up to 1000 bytes, then in a temporary file
    body.write(chunk);
    const bool in_ram = !body.rolled();  // true
    body.write(chunk);
    const bool on_disk = body.rolled();  // true; position and content are the same
    // [end]
    body.seek(0);
    const std::string all = body.read();
    std::cout << all.size() << " bytes\n";
    return in_ram && on_disk && all == chunk + chunk ? 0 : 1;
}
