// The file system in RAM against the disk: all that the same calls return, and what stands there in
// the end.

#include <sluice/fs/disk.hpp>
#include <sluice/fs/memory.hpp>

#include "fuzz.hpp"
#include <conformance/filesystem_player.hpp>
#include <support/temporary.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <string>
#include <system_error>

namespace {

using namespace fuzz;
namespace fs = sluice::fs;

/// A directory on a disk in RAM, where there is one. It is emptied each time, for which two calls
/// suffice where it is empty.
struct disk_files {
    disk_files() { require(::mkdir(root().c_str(), 0755) == 0, "mkdir"); }
    disk_files(const disk_files&) = delete;
    disk_files& operator=(const disk_files&) = delete;
    ~disk_files() {
        if (::rmdir(root().c_str()) != 0) {
            std::error_code ignored;
            std::filesystem::remove_all(root(), ignored);
        }
    }
    [[nodiscard]] static const std::string& root() {
        static const support::temporary_directory place(
            std::filesystem::is_directory("/dev/shm") ? "/dev/shm"
                                                      : std::filesystem::temp_directory_path());
        static const std::string result = (place / "root").native();
        return result;
    }

    fs::disk files;
};

struct memory_files {
    memory_files() { files.create_directory(root()); }
    [[nodiscard]] static const std::string& root() {
        static const std::string result = "/root";
        return result;
    }

    fs::memory files;
};

}  // namespace

void fuzz::target(choices from) {
    static constexpr std::size_t most = 40;  // calls
    // Rarely as large as what the memory is made of: it takes a while.
    const unsigned block = from.byte() % 16 == 0 ? 65'536 : 60;
    conformance::filesystem_steps steps(shared_choices(from), block);
    conformance::filesystem_player<memory_files> memory;
    conformance::filesystem_player<disk_files> disk;
    for (std::size_t i = 0; i < most && !from.done(); ++i) {
        const conformance::filesystem_step one = steps.next();
        require_same(
            memory.play(one), disk.play(one),
            ("call " + std::to_string(one.what) + " on " + one.first + " and " + one.second)
                .c_str());
    }
    require_same(memory.finish(), disk.finish(), "what stands there");
}
