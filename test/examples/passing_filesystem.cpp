#include <sluice/fs/held.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fs/passing.hpp>
#include <sluice/sluice.hpp>

#include <iostream>
#include <memory>
#include <system_error>

namespace {

// [README]
// A disk that fills up when files are renamed.
class failing_renames : public sluice::fs::passing_filesystem {
public:
    using passing_filesystem::passing_filesystem;

protected:
    void do_rename(const sluice::fs::path& /*from*/, const sluice::fs::path& /*to*/,
                   std::error_code& code) override {
        code = std::make_error_code(std::errc::no_space_on_device);
    }
};
// [end]

}  // namespace

int main() {
    failing_renames files(std::make_unique<sluice::fs::memory>());
    files.write_bytes("/a", "a");
    std::error_code code;
    files.rename("/a", "/b", code);
    std::cout << code.message() << '\n';
    return code == std::errc::no_space_on_device && files.exists("/a") ? 0 : 1;
}
