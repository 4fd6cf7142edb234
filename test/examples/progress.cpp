// How far reading has come: to a function; by default, a bar on the terminal.

#include <sluice/filter/progress.hpp>
#include <sluice/filter/zero.hpp>

#include <chrono>
#include <iostream>

int main() {
    using namespace std::chrono_literals;
    int told = 0;
    sluice::progress last;
    sluice::progress_io in(
        sluice::zero_io(1 << 20),
        [&](const sluice::progress& now) {
            ++told;
            last = now;
        },
        sluice::progress_options{.interval = 0s});
    in.ignore(1 << 20);
    in.close();
    last.elapsed = 1s;  // so that this prints the same each time
    std::cout << to_bar(last, 50) << '\n';
    return told > 1 && last.finished ? 0 : 1;
}
