#include <sluice/sluice.hpp>

#include <iostream>
#include <string_view>

int main() {
    sluice::bytes_io in("0123456789");
    // [README]
    unsigned sum = 0;
    for (const std::string_view chunk : sluice::chunks(in, 4)) {  // 4, 4 and 2 bytes
        for (const char c : chunk) {
            sum += static_cast<unsigned char>(c);
        }
    }
    // [end]
    std::cout << sum << '\n';
    return sum == 525 ? 0 : 1;
}
