// RAM with a path: code that opens its files by name, and was never written for anything else.

#include <sluice/bridge/memory_file.hpp>
#include <sluice/device/process.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

namespace legacy {

int load_depth(const std::string& path) {
    std::ifstream in(path);
    std::string name;
    int depth = 0;
    in >> name >> depth;
    return depth;
}

void save(const std::string& path) {
    std::ofstream(path) << "pears\napples\n";
}

}  // namespace legacy

int main() {
    // [README]
    const sluice::memory_file config("depth 3\n");
    std::cout << "depth " << legacy::load_depth(config.path()) << '\n';

    sluice::memory_file list;
    legacy::save(list.path());
    std::cout << list.view();  // nothing is copied
    // [end]

    // Another program opens it too, and what it writes is in the view.
    const std::string path = list.path();
    sluice::process sort({"sort", "-o", path, path});
    if (sort.wait().exited(0)) {
        std::cout << "sorted:\n" << list.view();
    }

    // From now on nobody changes it, whoever has it open.
    list.seal();
    try {
        list.truncate(0);
    } catch (const sluice::error& refused) {
        std::cout << refused.operation() << ": " << refused.code().message() << '\n';
    }
}
