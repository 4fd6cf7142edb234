#include <sluice/fs/disk.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fs/tree.hpp>
#include <sluice/sluice.hpp>

#include <iostream>

int main() {
    const sluice::temporary_directory folder;
    sluice::fs::disk disk;
    disk.write_bytes(folder.path() / "a", "a");
    disk.write_bytes(folder.path() / "b", "b");

    // [README]
    sluice::fs::memory files;
    copy_tree(disk, folder.path(), files, "/work");  // load
    files.remove("/work/a");
    files.write_bytes("/work/c", "c");
    copy_tree(files, "/work", disk, folder.path(), {.mirror = true});  // and write back
    // [end]
    for (const sluice::fs::directory_entry& entry : disk.list(folder.path())) {
        std::cout << entry.path.filename() << '\n';
    }
    return disk.exists(folder.path() / "a") || !disk.exists(folder.path() / "c") ? 1 : 0;
}
