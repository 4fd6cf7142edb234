#include "program.hpp"

#include "kernel.hpp"
#include "launch_error.hpp"
#include "route.hpp"

#include <elf.h>
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string_view>

namespace sluice::mount {
namespace {

// Empty: too long, or not to be reached.
std::string place_of(const std::string& path, const table& mounts) {
    route way(mounts);
    if (way.walk(AT_FDCWD, path.c_str(), true) != 0) {
        return {};
    }
    const char* const place = way.led_through_mount() ? way.place() : path.c_str();
    return place == nullptr ? std::string() : std::string(place);
}

launch_error not_run(const std::string& path, const std::string& reason) {
    return {status_not_run, path + ' ' + reason + ": it cannot see what is mounted"};
}

template <class Header>
bool read_at(std::ifstream& file, std::uint64_t position, Header& header) {
    file.seekg(static_cast<std::streamoff>(position));
    file.read(reinterpret_cast<char*>(&header), sizeof(header));
    return static_cast<bool>(file);
}

bool has_interpreter(std::ifstream& file, const ElfW(Ehdr) & header) {
    for (std::size_t i = 0; i < header.e_phnum; ++i) {
        ElfW(Phdr) segment = {};
        if (read_at(file, header.e_phoff + i * header.e_phentsize, segment) &&
            segment.p_type == PT_INTERP) {
            return true;
        }
    }
    return false;
}

void check_elf(const std::string& path, std::ifstream& file) {
    ElfW(Ehdr) header = {};
    ElfW(Ehdr) own = {};
    std::ifstream launcher("/proc/self/exe", std::ios::binary);
    if (!read_at(file, 0, header) || !read_at(launcher, 0, own)) {
        return;
    }
    if (header.e_ident[EI_CLASS] != own.e_ident[EI_CLASS] || header.e_machine != own.e_machine) {
        throw not_run(path, "is of another architecture than the library");
    }
    if (!has_interpreter(file, header)) {
        throw not_run(path, "is statically linked");
    }
}

// The dynamic linker then takes no library from the environment.
void check_rights(const std::string& path) {
    struct stat status = {};
    if (stat(path.c_str(), &status) != 0) {
        return;
    }
    const bool sets_user = (status.st_mode & S_ISUID) != 0 && status.st_uid != getuid();
    const bool sets_group = (status.st_mode & S_ISGID) != 0 && status.st_gid != getgid();
    if (sets_user || sets_group) {
        throw not_run(path, sets_user ? "is set-user-id" : "is set-group-id");
    }
    if (geteuid() != 0 && getxattr(path.c_str(), "security.capability", nullptr, 0) > 0) {
        throw not_run(path, "has capabilities");
    }
}

// "#!/bin/sh -e": "/bin/sh".
std::string interpreter(const std::string& line) {
    constexpr const char* spaces = " \t";
    const std::size_t begin = std::min(line.find_first_not_of(spaces, 2), line.size());
    return line.substr(begin, line.find_first_of(spaces, begin) - begin);
}

void check_file(const std::string& path, int depth) {
    constexpr int most_interpreters = 4;  // as the kernel's
    std::ifstream file(path, std::ios::binary);
    std::array<char, SELFMAG> magic{};
    if (!file.read(magic.data(), magic.size())) {
        return;
    }
    if (std::memcmp(magic.data(), ELFMAG, SELFMAG) == 0) {
        check_rights(path);
        check_elf(path, file);
    } else if (magic[0] == '#' && magic[1] == '!' && depth < most_interpreters) {
        file.seekg(0);
        std::string line;
        std::getline(file, line);
        check_file(interpreter(line), depth + 1);
    }
}

}  // namespace

std::string find_program(const std::string& name, const table& mounts) {
    if (name.find('/') != std::string::npos) {
        std::string place = place_of(name, mounts);
        if (place.empty() || !kernel::is_program(place.c_str())) {
            const int error = place.empty() ? ENOENT : errno;
            throw system_failure(name, error,
                                 error == ENOENT || error == ENOTDIR ? status_not_found
                                                                     : status_not_run);
        }
        return place;
    }
    const char* const variable = std::getenv("PATH");
    std::string_view folders = variable == nullptr ? "/bin:/usr/bin" : variable;
    bool forbidden = false;
    for (;;) {
        const std::size_t size = std::min(folders.find(':'), folders.size());
        std::string path(size == 0 ? "." : folders.substr(0, size));
        path.append("/").append(name);
        std::string place = place_of(path, mounts);
        if (!place.empty() && kernel::is_program(place.c_str())) {
            return place;
        }
        forbidden = forbidden || (!place.empty() && errno == EACCES);
        if (size == folders.size()) {
            throw system_failure(name, forbidden ? EACCES : ENOENT,
                                 forbidden ? status_not_run : status_not_found);
        }
        folders.remove_prefix(size + 1);
    }
}

void check_program(const std::string& path) {
    check_file(path, 0);
}

}  // namespace sluice::mount
