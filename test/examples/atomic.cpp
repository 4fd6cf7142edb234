// Saving that nobody sees half done.

#include <sluice/device/atomic.hpp>
#include <sluice/open.hpp>

#include <iostream>
#include <string>

namespace {

std::string content_of(const char* path) {
    return sluice::open(path).read();
}

}  // namespace

int main() {
    sluice::open("settings.txt", "w").write("volume 3\n");
    // [README]
    sluice::atomic_ofstream out("settings.txt");
    out << "volume 11\n";  // beside the old file
    out.commit();          // in its place; or throws why not, and the old file stays

    sluice::stream ledger = sluice::open("ledger.gz", "w",
                                         {.atomic = true,
                                          .durable = true,  // waits for the disk
                                          .compression = sluice::compression::infer});
    ledger.write("one line\n");
    sluice::commit(ledger);
    // [end]
    sluice::atomic_ofstream dropped("settings.txt");
    dropped << "never seen\n";
    dropped.discard();
    std::cout << content_of("settings.txt");
    return content_of("settings.txt") == "volume 11\n" ? 0 : 1;
}
