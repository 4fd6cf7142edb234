#include <sluice/sluice.hpp>

#include <iostream>
#include <string>

int main() {
    using sluice::channel;
    // [README]
    sluice::process sort({"sort", "-r"}, {.in = channel::pipe, .out = channel::pipe});
    sort.in() << "apple\npear\n";
    sort.close_in();                                  // the end, for the child
    const std::string first = sort.out().readline();  // "pear\n"
    const bool well = sort.wait().exited(0);
    // [end]
    std::cout << first;
    return first == "pear\n" && well ? 0 : 1;
}
