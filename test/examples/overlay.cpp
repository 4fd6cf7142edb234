#include <sluice/fs/disk.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fs/overlay.hpp>
#include <sluice/sluice.hpp>

#include <iostream>
#include <memory>

int main() {
    // [README]
    sluice::fs::disk disk;
    sluice::fs::overlay files(disk, std::make_unique<sluice::fs::memory>());
    files.write_bytes("/etc/hostname", "test\n");  // in RAM, as far as `files` can see
    files.remove("/etc/passwd");
    // [end]
    std::cout << files.read_bytes("/etc/hostname") << files.exists("/etc/passwd") << ' '
              << disk.exists("/etc/passwd") << '\n';
    return files.exists("/etc/passwd") || !disk.exists("/etc/passwd") ? 1 : 0;
}
