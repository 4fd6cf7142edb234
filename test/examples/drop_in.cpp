#include <sluice/drop_in.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fs/scoped.hpp>

#include <iostream>

// [README]
namespace app {

namespace std = sluice::drop_in;  // the one line

void rotate(const std::string& log) {
    if (std::filesystem::exists(log)) {
        std::filesystem::rename(log, log + ".1");
    }
    std::ofstream(log) << "started\n";
}

}  // namespace app
// [end]

int main() {
    sluice::fs::memory files;
    {
        const sluice::fs::scoped_filesystem use(files);
        app::rotate("/app.log");
        app::rotate("/app.log");
    }
    for (const sluice::fs::directory_entry& entry : files.list("/")) {
        std::cout << entry.path.native() << '\n';
    }
    return files.exists("/app.log.1") ? 0 : 1;
}
