// scratch: files for the benchmarks, in $TMPDIR or /tmp, gone when the program ends.

#ifndef SLUICE_TEST_BENCH_SCRATCH_HPP
#define SLUICE_TEST_BENCH_SCRATCH_HPP

#include "bench.hpp"
#include "peers.hpp"

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace bench {

class scratch_folder {
public:
    scratch_folder()
        : path_(std::filesystem::temp_directory_path() /
                ("sluice_bench." + std::to_string(std::random_device()()))) {
        std::filesystem::create_directory(path_);
    }
    scratch_folder(const scratch_folder&) = delete;
    scratch_folder& operator=(const scratch_folder&) = delete;
    ~scratch_folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// A path at which there is no file.
inline std::filesystem::path fresh_path() {
    static const scratch_folder folder;
    std::filesystem::path result = folder.path() / "written";
    std::filesystem::remove(result);
    return result;
}

/// Makes a file beside it, and so in the page cache.
inline std::filesystem::path write_file(const char* name, std::string_view content) {
    std::filesystem::path result = fresh_path().replace_filename(name);
    std::ofstream out(result, std::ios::binary);
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
    out.close();
    if (!out) {
        throw std::runtime_error("cannot write " + result.string());
    }
    return result;
}

inline constexpr std::size_t text_size = 64 * MiB;

/// A file of text_of(text_size).
inline const std::filesystem::path& text_file() {
    static const std::filesystem::path result = write_file("text", text_of(text_size));
    return result;
}

}  // namespace bench

#endif  // SLUICE_TEST_BENCH_SCRATCH_HPP
