#include <sluice/fs/read_only.hpp>

#include "code.hpp"
#include "open_mode.hpp"

namespace sluice::fs {
namespace {

void refuse(std::error_code& code) noexcept {
    code = system_code(std::errc::read_only_file_system);
}

// Where `file` would be created; "." where that is where relative paths begin.
path directory_of(const path& file) {
    const path directory = file.parent_path();
    return directory.empty() ? path(".") : directory;
}

}  // namespace

detail::file_handle read_only::do_open(const std::string& file, std::ios_base::openmode mode,
                                       std::error_code& code) {
    if (!writes(mode)) {
        return files().open(file, mode, code);
    }
    const file_info found = files().info(file, true, code);
    if (!code) {
        code = system_code(found.type == file_type::directory ? std::errc::is_a_directory
                           : has(mode, noreplace)             ? std::errc::file_exists
                                                              : std::errc::read_only_file_system);
    } else if (code == std::errc::no_such_file_or_directory && creates(mode)) {
        static_cast<void>(files().info(directory_of(file), true, code));
        if (!code) {
            refuse(code);
        }
    }
    return {};
}

void read_only::do_create_directory(const path& directory, std::error_code& code) {
    static_cast<void>(files().info(directory, false, code));
    code = system_code(code ? std::errc::read_only_file_system : std::errc::file_exists);
}

void read_only::do_create_symlink(const path& /*target*/, const path& /*link*/,
                                  std::error_code& code) {
    refuse(code);
}

void read_only::do_remove(const path& /*file*/, std::error_code& code) {
    refuse(code);
}

void read_only::do_rename(const path& /*from*/, const path& /*to*/, std::error_code& code) {
    refuse(code);
}

void read_only::do_set_last_write_time(const path& /*file*/, file_time_type /*time*/,
                                       std::error_code& code) {
    refuse(code);
}

void read_only::do_set_permissions(const path& /*file*/, perms /*what*/, bool /*follow*/,
                                   std::error_code& code) {
    refuse(code);
}

}  // namespace sluice::fs
