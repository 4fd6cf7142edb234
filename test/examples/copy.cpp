#include <sluice/sluice.hpp>

#include <ios>
#include <iostream>

int main() {
    sluice::ofstream("film.bin") << "one, two, three";
    // [README]
    sluice::ifstream in("film.bin");
    sluice::ofstream out("copy.bin");
    sluice::copy(in, out, {.limit = 8});  // by the system: no byte comes into the process
    const auto go_on = [](std::streamoff done) { return done < 1'000'000; };
    sluice::copy(in, out, {.progress = go_on});  // throws sluice::error: which end, why, how far
    // [end]
    out.close();
    sluice::ifstream check("copy.bin");
    const std::string copied = sluice::read_all(check);
    std::cout << copied << '\n';
    return copied == "one, two, three" ? 0 : 1;
}
