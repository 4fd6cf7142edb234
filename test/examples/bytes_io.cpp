#include <sluice/sluice.hpp>

#include <iostream>
#include <string>

int main() {
    // [README]
    sluice::bytes_io f("one\ntwo\n");
    const std::string first = f.readline();  // "one\n"
    const std::string rest = f.read();       // "two\n"
    f.seek(0);
    f.write("ONE");                          // over what is there: one position, as a file has
    const sluice::bytes content = f.take();  // "ONE\ntwo\n", not copied; f is empty then
    // [end]
    std::cout << content.view();
    return first == "one\n" && rest == "two\n" && content.view() == "ONE\ntwo\n" ? 0 : 1;
}
