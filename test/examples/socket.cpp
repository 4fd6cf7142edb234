#include <sluice/device/socket.hpp>

#include <chrono>
#include <iostream>
#include <string>
#include <thread>

using namespace std::chrono_literals;

int main() {
    // [README]
    sluice::listener door("localhost", 0);  // a port that the system chooses
    std::thread server([&door] {
        sluice::socket_stream client = door.accept();
        client << "hello, " << client.readline();
    });
    sluice::socket_stream peer = sluice::connect("localhost", door.port(), {.timeout = 5s});
    peer << "Ann\n" << std::flush;
    const std::string answer = peer.readline();  // "hello, Ann\n", or an error after 5 s
    server.join();
    // [end]
    std::cout << answer;
    return answer == "hello, Ann\n" ? 0 : 1;
}
