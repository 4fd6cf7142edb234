// What a program reads, whoever reads it.

#include <sluice/testing/feed.hpp>

#include <cstdio>
#include <iostream>

namespace {

int ask_for_sum() {
    int a = 0;
    int b = 0;
    std::cin >> a;
    if (std::scanf("%d", &b) != 1) {
        std::cout << "no second number\n";
    }
    return a + b;
}

}  // namespace

int main() {
    // [README]
    sluice::testing::feed typed("3 4\nyes\n");
    std::cout << "the sum: " << ask_for_sum() << '\n';         // the sum: 7
    std::cout << "not read: " << typed.rest().size() << '\n';  // not read: 5
    // [end]
    typed.stop();
    return 0;
}
