#include <sluice/fs/memory.hpp>
#include <sluice/fs/scoped.hpp>
#include <sluice/sluice.hpp>

#include <iostream>
#include <string>

namespace {

// [legacy]
using sluice::ifstream;  // was: using std::ifstream;

int read_port(const char* path) {
    ifstream in(path);
    std::string key;
    int port = 0;
    in >> key >> port;
    return port;
}
// [end]

}  // namespace

int main() {
    // [README]
    sluice::fs::memory files;
    files.create_directory("/etc");
    files.write_bytes("/etc/app.conf", "port 8080\n");
    const sluice::fs::scoped_filesystem use(files);
    const int port = read_port("/etc/app.conf");  // from RAM
    // [end]
    std::cout << port << '\n';
    return port == 8080 ? 0 : 1;
}
