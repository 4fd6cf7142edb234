#include <sluice/fs/read_only.hpp>

#include "code.hpp"
#include "open_mode.hpp"

#include <cstddef>
#include <string>

namespace sluice::fs {
namespace {

// Where a name is looked up, to be created or taken away.
struct place {
    explicit place(const std::string& file) {
        const std::size_t end = file.find_last_not_of('/');
        const std::size_t last = end == std::string::npos ? 0 : end + 1;
        const std::size_t begin = last == 0 ? 0 : file.find_last_of('/', end) + 1;
        directory = begin == 0 && last != 0 ? "." : file.substr(0, begin) + (last == 0 ? "/" : "");
        name = file.substr(begin, last - begin);
        before_slash = last < file.size();
    }

    [[nodiscard]] path whole() const { return path(directory) / name; }
    [[nodiscard]] bool is_name() const { return !name.empty() && name != "." && name != ".."; }

    std::string directory;
    std::string name;  // without the slashes after it; empty: the root
    bool before_slash = false;
};

void refuse(std::error_code& code) noexcept {
    code = code ? code : system_code(std::errc::read_only_file_system);
}

// Whether the directory is there that a name is looked up in.
void check_directory(const held_filesystem& files, const place& where, std::error_code& code) {
    static_cast<void>(files.info(where.directory + "/.", true, code));
}

// For what would be created, but as a file; Linux's filename_create().
void refuse_creation(const held_filesystem& files, const place& where, bool as_directory,
                     std::error_code& code) {
    check_directory(files, where, code);
    if (code) {
        return;
    }
    if (where.is_name()) {
        static_cast<void>(files.info(where.whole(), false, code));
    }
    if (!code) {
        code = system_code(std::errc::file_exists);
    } else if (code == std::errc::no_such_file_or_directory &&
               (as_directory || !where.before_slash)) {
        code = system_code(std::errc::read_only_file_system);
    }
}

// For a name that would be taken away: not even whether it is there matters.
void refuse_change(const held_filesystem& files, const place& where, std::errc root, std::errc dot,
                   std::errc dot_dot, std::error_code& code) {
    check_directory(files, where, code);
    if (!code && !where.is_name()) {
        code = system_code(where.name.empty() ? root : where.name == "." ? dot : dot_dot);
    }
    refuse(code);
}

}  // namespace

file_handle read_only::do_open(const std::string& file, std::ios_base::openmode mode,
                               std::error_code& code) {
    if (!writes(mode)) {
        return files().open(file, mode, code);
    }
    if (creates(mode) && file.ends_with('/')) {
        check_directory(files(), place(file), code);
        code = code ? code : system_code(std::errc::is_a_directory);
        return {};
    }
    const file_info found = files().info(file, !has(mode, noreplace), code);
    if (!code) {
        code = system_code(has(mode, noreplace)                 ? std::errc::file_exists
                           : found.type == file_type::directory ? std::errc::is_a_directory
                                                                : std::errc::read_only_file_system);
    } else if (code == std::errc::no_such_file_or_directory && creates(mode)) {
        check_directory(files(), place(file), code);
        refuse(code);
    }
    return {};
}

file_info read_only::do_walk(const std::string& file, std::size_t& length, std::error_code& code) {
    return files().walk(file, length, code);
}

void read_only::do_create_directory(const path& directory, std::error_code& code) {
    refuse_creation(files(), place(directory.native()), true, code);
}

void read_only::do_create_symlink(const path& /*target*/, const path& link, std::error_code& code) {
    refuse_creation(files(), place(link.native()), false, code);
}

void read_only::do_remove(const path& file, std::error_code& code) {
    refuse_change(files(), place(file.native()), std::errc::device_or_resource_busy,
                  std::errc::invalid_argument, std::errc::directory_not_empty, code);
}

void read_only::do_rename(const path& from, const path& to, std::error_code& code) {
    constexpr auto busy = std::errc::device_or_resource_busy;
    const place target(to.native());
    check_directory(files(), place(from.native()), code);
    if (!code) {
        check_directory(files(), target, code);
    }
    if (!code && !target.is_name()) {
        code = system_code(busy);
    }
    if (!code) {
        refuse_change(files(), place(from.native()), busy, busy, busy, code);
    }
}

void read_only::do_set_last_write_time(const path& file, file_time_type /*time*/,
                                       std::error_code& code) {
    static_cast<void>(files().info(file, true, code));
    refuse(code);
}

void read_only::do_set_permissions(const path& file, perms /*what*/, bool follow,
                                   std::error_code& code) {
    const file_info found = files().info(file, follow, code);
    if (!code && found.type == file_type::symlink) {
        code = system_code(std::errc::operation_not_supported);
    }
    refuse(code);
}

}  // namespace sluice::fs
