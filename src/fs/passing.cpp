#include <sluice/fs/passing.hpp>

namespace sluice::fs {

file_handle passing_filesystem::do_open(const std::string& file, std::ios_base::openmode mode,
                                        std::error_code& code) {
    return files_.open(file, mode, code);
}

file_info passing_filesystem::do_info(const path& file, bool follow, std::error_code& code) {
    return files_.info(file, follow, code);
}

std::vector<std::string> passing_filesystem::do_names(const path& directory,
                                                      std::error_code& code) {
    return files_.names(directory, code);
}

void passing_filesystem::do_create_directory(const path& directory, std::error_code& code) {
    files_.create_directory(directory, code);
}

void passing_filesystem::do_create_symlink(const path& target, const path& link,
                                           std::error_code& code) {
    files_.create_symlink(target, link, code);
}

path passing_filesystem::do_read_symlink(const path& link, std::error_code& code) {
    return files_.read_symlink(link, code);
}

void passing_filesystem::do_remove(const path& file, std::error_code& code) {
    files_.remove(file, code);
}

void passing_filesystem::do_rename(const path& from, const path& to, std::error_code& code) {
    files_.rename(from, to, code);
}

bool passing_filesystem::do_equivalent(const path& a, const path& b, std::error_code& code) {
    return files_.equivalent(a, b, code);
}

void passing_filesystem::do_set_last_write_time(const path& file, file_time_type time,
                                                std::error_code& code) {
    files_.set_last_write_time(file, time, code);
}

void passing_filesystem::do_set_permissions(const path& file, perms what, bool follow,
                                            std::error_code& code) {
    files_.set_permissions(file, what, follow, code);
}

path passing_filesystem::do_current_path(std::error_code& code) {
    return files_.current_path(code);
}

}  // namespace sluice::fs
