// Two parts of one file, each with its own position.

#include <sluice/device/memory.hpp>
#include <sluice/filter/slice.hpp>

#include <iostream>
#include <string>

int main() {
    sluice::bytes_io archive("HEAD0005hello0005world");

    // [README]
    sluice::slice_io first(archive, 8, 5);
    sluice::slice_io second(archive, 17, 5);
    // [end]
    std::cout << first.read(2) << ' ' << second.read(2) << '\n';
    std::cout << first.read() << ' ' << second.read() << '\n';

    second.seek(0);
    second.write("WORLD");  // up to the very end
    second.flush();
    try {
        second.write("!");
    } catch (const sluice::error& beyond) {
        std::cout << beyond.what() << '\n';
        second.clear();
    }
    std::cout << archive.getvalue() << '\n';
    return archive.getvalue() == "HEAD0005hello0005WORLD" ? 0 : 1;
}
