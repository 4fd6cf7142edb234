// File systems in place of the disk: the same stream class, the same calls, on the disk and in RAM.

#include <sluice/fs/disk.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fstream.hpp>
#include <sluice/open_file.hpp>

#include "bench.hpp"
#include "scratch.hpp"

#include <cstddef>
#include <filesystem>
#include <ios>
#include <string>

namespace bench {
namespace {

constexpr std::size_t count = 2'000;
constexpr std::size_t large = 64 * MiB;

/// While it lives, files are opened by a file system.
class injected {
public:
    explicit injected(sluice::file_opener* files) : before_(sluice::detail::inject(files)) {}
    injected(const injected&) = delete;
    injected& operator=(const injected&) = delete;
    ~injected() { sluice::detail::inject(before_); }

private:
    sluice::file_opener* before_;
};

struct on_disk {
    static std::string folder() { return fresh_path().parent_path().native(); }
    static injected use() { return injected(nullptr); }
};

struct in_memory {
    static std::string folder() { return "/home/someone"; }
    static sluice::fs::memory& files() {
        static sluice::fs::memory result;
        result.create_directories(folder());
        return result;
    }
    static injected use() { return injected(&files()); }
};

template <class Place>
void open_read_close(benchmark::State& state) {
    const injected scope = Place::use();
    const std::string path = Place::folder() + "/small";
    sluice::ofstream(path) << "nine char\n";
    std::string line;
    for (auto _ : state) {
        for (std::size_t i = 0; i < count; ++i) {
            sluice::ifstream in(path);
            std::getline(in, line);
            in.close();
        }
        require(state, line == "nine char", "not all was read");
    }
}

template <class Place>
void rewrite(benchmark::State& state) {
    const injected scope = Place::use();
    const std::string path = Place::folder() + "/small";
    for (auto _ : state) {
        for (std::size_t i = 0; i < count; ++i) {
            sluice::ofstream out(path);
            out << "nine char\n";
            out.close();
            require(state, out.good(), "a write failed");
        }
    }
}

template <class Place>
void write_large(benchmark::State& state) {
    const injected scope = Place::use();
    const std::string path = Place::folder() + "/large";
    const std::string data(MiB, 'x');
    for (auto _ : state) {
        sluice::ofstream out(path);
        for (std::size_t done = 0; done < large; done += MiB) {
            out.write(data.data(), MiB);
        }
        out.close();
        require(state, out.good(), "a write failed");
    }
}

template <class Place>
void read_large(benchmark::State& state) {
    const injected scope = Place::use();
    const std::string path = Place::folder() + "/large";
    sluice::ofstream(path) << std::string(large, 'x');
    std::string data(MiB, '\0');
    for (auto _ : state) {
        sluice::ifstream in(path);
        std::size_t done = 0;
        while (in.read(data.data(), MiB)) {
            done += MiB;
        }
        require(state, done == large, "not all was read");
    }
}

}  // namespace

void fs_rows(table& rows) {
    rows.add("fs: open + getline + close, 10 bytes", nanoseconds(count))
        .peer("disk", open_read_close<on_disk>)
        .ours("memory", open_read_close<in_memory>, at_least(3));

    rows.add("fs: open + write + close, 10 bytes", nanoseconds(count))
        .peer("disk", rewrite<on_disk>)
        .ours("memory", rewrite<in_memory>);

    rows.add("fs: write 1 MiB", gigabytes(large))
        .peer("disk", write_large<on_disk>)
        .ours("memory", write_large<in_memory>);

    rows.add("fs: read 1 MiB", gigabytes(large))
        .peer("disk", read_large<on_disk>)
        .ours("memory", read_large<in_memory>);
}

}  // namespace bench
