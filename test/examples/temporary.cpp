#include <sluice/sluice.hpp>

#include <filesystem>
#include <iostream>

int main() {
    std::filesystem::path csv;
    std::filesystem::path log;
    {
        // [README]
        sluice::temporary_file scratch;  // has no name, and is gone when it closes
        scratch << "3 4 5";
        sluice::named_temporary_file table({.suffix = ".csv"});  // removed when it closes
        table << "a,b\n" << std::flush;                          // for who opens table.path()
        const sluice::temporary_directory folder;                // removed with all it holds
        sluice::ofstream(folder.path() / "log") << "started\n";
        // [end]
        csv = table.path();
        log = folder.path() / "log";
        std::cout << csv << ' ' << log << '\n';
        if (!exists(csv) || !exists(log)) {
            return 1;
        }
    }
    return exists(csv) || exists(log) ? 1 : 0;
}
