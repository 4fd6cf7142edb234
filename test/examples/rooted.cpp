#include <sluice/fs/disk.hpp>
#include <sluice/fs/rooted.hpp>
#include <sluice/sluice.hpp>

#include <iostream>

int main() {
    const sluice::temporary_directory folder;
    sluice::fs::disk disk;
    disk.create_directory(folder.path() / "uploads");
    disk.write_bytes(folder.path() / "secret", "secret");
    disk.create_symlink("../secret", folder.path() / "uploads/link");

    // [README]
    sluice::fs::rooted uploads(disk, folder.path() / "uploads");
    std::error_code code;
    std::cout << uploads.exists("../secret") << uploads.exists("/etc/passwd")
              << uploads.exists("link") << '\n';                // 000
    uploads.write_bytes("../../../notes.txt", "inside", code);  // uploads/notes.txt
    // [end]
    std::cout << disk.read_bytes(folder.path() / "uploads/notes.txt") << '\n';
    return uploads.exists("link") ? 1 : 0;
}
