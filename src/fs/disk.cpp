#include <sluice/fs/disk.hpp>

#include "os/directory.hpp"
#include "os/os.hpp"

#include <filesystem>

namespace sluice::fs {

namespace {

namespace std_fs = std::filesystem;

}  // namespace

file_handle disk::do_open(const std::string& file, std::ios_base::openmode mode,
                          std::error_code& code) {
    file_handle opened;
    code = opened.open(file.c_str(), mode);
    return opened;
}

// One call, and not std::filesystem's three: nothing changes between them, and it has no time of a
// link itself.
file_info disk::do_info(const path& file, bool follow, std::error_code& code) {
    const os::path_status found = os::status_of(file.c_str(), follow, code);
    const bool sized = found.type == file_type::regular || found.type == file_type::symlink;
    return {found.type, found.permissions, sized ? found.size : 0, found.last_write_time};
}

std::vector<std::string> disk::do_names(const path& directory, std::error_code& code) {
    return os::names_of(directory.c_str(), code);
}

void disk::do_create_directory(const path& directory, std::error_code& code) {
    if (!std_fs::create_directory(directory, code) && !code) {
        code = std::make_error_code(std::errc::file_exists);
    }
}

void disk::do_create_symlink(const path& target, const path& link, std::error_code& code) {
    std_fs::create_symlink(target, link, code);
}

path disk::do_read_symlink(const path& link, std::error_code& code) {
    return std_fs::read_symlink(link, code);
}

void disk::do_remove(const path& file, std::error_code& code) {
    if (!std_fs::remove(file, code) && !code) {
        code = std::make_error_code(std::errc::no_such_file_or_directory);
    }
}

void disk::do_rename(const path& from, const path& to, std::error_code& code) {
    std_fs::rename(from, to, code);
}

// Not by paths that are found once more each time: what is a directory when it is looked at may be
// a link to another when it is emptied.
std::uintmax_t disk::do_remove_all(const path& file, std::error_code& code) {
    return os::remove_all(file.c_str(), code);
}

bool disk::do_equivalent(const path& a, const path& b, std::error_code& code) {
    const os::path_status first = os::status_of(a.c_str(), true, code);
    const os::path_status second = code ? first : os::status_of(b.c_str(), true, code);
    return !code && first.file == second.file;
}

void disk::do_set_last_write_time(const path& file, file_time_type time, std::error_code& code) {
    std_fs::last_write_time(file, time, code);
}

void disk::do_set_permissions(const path& file, perms what, bool follow, std::error_code& code) {
    const perm_options links = follow ? perm_options{} : perm_options::nofollow;
    std_fs::permissions(file, what, perm_options::replace | links, code);
}

path disk::do_current_path(std::error_code& code) {
    return std_fs::current_path(code);
}

}  // namespace sluice::fs
