// Directories of other file systems, as kinds of the conformance suite.

#ifndef CONFORMANCE_ROOTED_FILES_HPP
#define CONFORMANCE_ROOTED_FILES_HPP

#include <sluice/fs/disk.hpp>
#include <sluice/fs/memory.hpp>
#include <sluice/fs/rooted.hpp>

#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <string>

namespace conformance {

struct rooted_disk_files {
    rooted_disk_files() { files.create_directories(root()); }
    [[nodiscard]] static std::string root() { return "/home/someone"; }

    support::temporary_directory directory;
    sluice::fs::disk disk;
    sluice::fs::rooted files{disk, directory / ""};
};

struct rooted_memory_files {
    rooted_memory_files() : files(made(memory), "/jail") { files.create_directories(root()); }
    [[nodiscard]] static std::string root() { return "/home/someone"; }
    static sluice::fs::memory& made(sluice::fs::memory& memory) {
        memory.create_directory("/jail");
        return memory;
    }

    sluice::fs::memory memory;
    sluice::fs::rooted files;
};

}  // namespace conformance

TYPE_TO_STRING_AS("rooted disk", conformance::rooted_disk_files);
TYPE_TO_STRING_AS("rooted memory", conformance::rooted_memory_files);

#endif  // CONFORMANCE_ROOTED_FILES_HPP
