#include <sluice/fs/disk.hpp>

#include "code.hpp"
#include "disk_tree.hpp"
#include "os/directory.hpp"
#include "os/os.hpp"
#include "os/owned_handle.hpp"
#include "path_walk.hpp"
#include "resolve.hpp"

#include <filesystem>
#include <string>
#include <utility>

namespace sluice::fs {

namespace {

namespace std_fs = std::filesystem;

// A name in `here`, created where it is missing.
os::owned_handle found_or_made(os::handle here, const char* name, bool& made,
                               std::error_code& code) {
    os::owned_handle found = os::follow_to_directory_at(here, name, code);
    if (code == std::errc::no_such_file_or_directory) {
        const std::error_code refused = os::make_directory_at(here, name);
        made = made || !refused;
        if (!refused || refused == std::errc::file_exists) {
            found = os::follow_to_directory_at(here, name, code);
        }
        if (refused && code == std::errc::no_such_file_or_directory) {
            code = refused;  // for a link that leads nowhere too
        }
    }
    return found;
}

bool are_used_up(const std::error_code& code) noexcept {
    return code == std::errc::too_many_files_open ||
           code == std::errc::too_many_files_open_in_system;
}

// What open_directory_at() says of a file, and of a link.
bool is_no_directory(const std::error_code& code) noexcept {
    return code == std::errc::not_a_directory || code == std::errc::too_many_symbolic_link_levels;
}

// Where a name is looked up.
path directory_of(const path& file) {
    const path directory = file.parent_path();
    return directory.empty() ? "." : directory;
}

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
    return told_of(found);
}

// By paths where there is no descriptor left, which they need none of.
file_info disk::do_walk(const std::string& file, std::size_t& length, std::error_code& code) {
    const std::size_t before = length;
    const os::owned_handle top =
        os::open_directory(before == 0 ? "/" : file.substr(0, before).c_str(), code);
    const file_info found = code ? file_info() : walk_from(top.get(), file, length, code);
    if (are_used_up(code)) {
        length = before;
        code.clear();
        return filesystem::do_walk(file, length, code);
    }
    return found;
}

std::vector<std::string> disk::do_names(const path& directory, std::error_code& code) {
    return os::names_of(directory.c_str(), code);
}

void disk::do_create_directory(const path& directory, std::error_code& code) {
    if (!std_fs::create_directory(directory, code) && !code) {
        code = std::make_error_code(std::errc::file_exists);
    }
}

// From one directory to the next: by paths, each of which the system follows from its beginning, a
// path of thousands of names would cost millions of steps.
bool disk::do_create_directories(const path& directory, std::error_code& code) {
    os::owned_handle here = os::open_directory(directory.is_absolute() ? "/" : ".", code);
    path_walk rest(directory.native());
    bool made = false;
    for (std::string name = rest.next(); !code && !name.empty(); name = rest.next()) {
        here = found_or_made(here.get(), name.c_str(), made, code);
    }
    if (are_used_up(code)) {
        code.clear();
        return filesystem::do_create_directories(directory, code) || made;
    }
    return made;
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
// a link to another when it is emptied. The standard library's holds as many descriptors as the
// tree is deep.
std::uintmax_t disk::do_remove_all(const path& file, std::error_code& code) {
    if (file.native().size() > path_walk::longest_path) {
        code = system_code(std::errc::filename_too_long);
        return 0;
    }
    const path name = file.filename();
    const bool is_name = !name.empty() && name != "." && name != "..";
    os::owned_handle directory =
        os::open_directory(is_name ? directory_of(file).c_str() : file.c_str(), code);
    std::uintmax_t count = 0;
    if (!code && is_name && !goes_up(file)) {
        count = os::remove_all_at(directory.get(), name.c_str(), code);
    } else if (!code) {
        if (is_name) {
            directory = os::open_directory_at(directory.get(), name.c_str(), code);
        }
        count = code ? 0 : os::remove_all_within(directory.get(), code);
        if (!code || is_no_directory(code)) {
            do_remove(file, code);  // `..` may lead nowhere by now
            count += code ? 0U : 1U;
        }
    }
    if (code == std::errc::no_such_file_or_directory) {
        code.clear();
    }
    return count;
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
