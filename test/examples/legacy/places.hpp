// Where the programs' tests run: in a directory of the disk, and, once a program has been moved, in
// RAM. What a test does in a place is the same in each.

#ifndef LEGACY_PLACES_HPP
#define LEGACY_PLACES_HPP

#ifndef LEGACY_ON_STD
#include <sluice/fs/memory.hpp>
#include <sluice/fs/scoped.hpp>
#endif

#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <filesystem>
#include <string>
#include <tuple>

class on_disk {
public:
    std::string path(const std::string& name) const { return (directory_ / name).native(); }

    void write(const std::string& name, const std::string& content) {
        std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
        support::write_file(path(name), content);
    }
    std::string read(const std::string& name) const { return support::content_of(path(name)); }
    bool exists(const std::string& name) const { return std::filesystem::exists(path(name)); }

private:
    support::temporary_directory directory_;
};

#ifdef LEGACY_ON_STD

using places = std::tuple<on_disk>;

#else

class in_ram {
public:
    static std::string path(const std::string& name) { return "/some/where/" + name; }

    void write(const std::string& name, const std::string& content) {
        files_.create_directories(std::filesystem::path(path(name)).parent_path());
        files_.write_bytes(path(name), content);
    }
    std::string read(const std::string& name) { return files_.read_bytes(path(name)); }
    bool exists(const std::string& name) { return files_.exists(path(name)); }

private:
    static sluice::fs::memory& furnished(sluice::fs::memory& files) {
        files.create_directories("/some/where");
        return files;
    }

    sluice::fs::memory files_;
    sluice::fs::scoped_filesystem use_{furnished(files_)};
};

using places = std::tuple<on_disk, in_ram>;

TYPE_TO_STRING(in_ram);

#endif

TYPE_TO_STRING(on_disk);

#endif
