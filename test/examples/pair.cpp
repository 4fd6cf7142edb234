#include <sluice/sluice.hpp>

#include <iostream>
#include <string>

int main() {
    sluice::bytes_io from("250 hello\n");
    sluice::bytes_io to;
    // [README]
    sluice::pair_stream peer(*from.rdbuf(), *to.rdbuf());  // any std::streambuf
    peer << "HELO\n" << std::flush;                        // goes to `to`
    const std::string answer = peer.readline();            // comes from `from`
    // [end]
    std::cout << answer;
    return answer == "250 hello\n" && to.view() == "HELO\n" ? 0 : 1;
}
