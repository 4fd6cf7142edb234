// options: what the launcher's command line asks for.

#ifndef SLUICE_MOUNT_OPTIONS_HPP
#define SLUICE_MOUNT_OPTIONS_HPP

#include <string>
#include <vector>

namespace sluice::mount {

/// PREFIX=PATH.
struct pair_of_paths {
    std::string prefix;
    std::string path;
};

struct options {
    std::vector<pair_of_paths> fixtures;
    std::vector<pair_of_paths> saves;
    std::string folder;  // for the copy; empty: where it is RAM
    bool read_only = false;
    bool keep = false;
    bool help = false;
    bool version = false;
    char** program = nullptr;  // and its arguments, up to a null pointer
};

/// Errors: throws launch_error(status_usage).
[[nodiscard]] options read_options(int count, char** arguments);

extern const char* const usage;

}  // namespace sluice::mount

#endif  // SLUICE_MOUNT_OPTIONS_HPP
