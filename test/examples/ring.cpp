// One thread writes a stream, and another reads it, through memory.

#include <sluice/filter/ring.hpp>

#include <iostream>
#include <string>
#include <thread>

int main() {
    auto [in, out] = sluice::ring();
    std::thread writer([out = std::move(out)]() mutable {
        for (int i = 1; i <= 1000; ++i) {
            out << i << '\n';
        }
        // An exception on the way would be told instead of the end.
        out.close_with({"read", std::make_error_code(std::errc::connection_reset)});
    });
    long sum = 0;
    for (int value = 0; in >> value;) {
        sum += value;
    }
    writer.join();
    std::cout << sum << ", then " << sluice::error_of(in).what() << '\n';
    return sum == 500500 && in.bad() ? 0 : 1;
}
