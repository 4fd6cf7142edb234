// A program of a user of sluice::hash.

#include <sluice/device/memory.hpp>
#include <sluice/filter/hash.hpp>

int main() {
    sluice::hash_io out(sluice::bytes_io(), sluice::hash_algorithm::crc32);
    out << "123456789";
    return out.rdbuf()->hex() == "cbf43926" ? 0 : 1;
}
