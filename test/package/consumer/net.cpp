// A program of a user of sluice::net: it needs no Boost, neither to compile nor to link.

#include <sluice/device/socket.hpp>

int main() {
    sluice::listener door("localhost", 0);
    sluice::connect("localhost", door.port()) << "hello";
    return door.accept().read() == "hello" ? 0 : 1;
}
