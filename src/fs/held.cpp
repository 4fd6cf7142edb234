#include <sluice/fs/held.hpp>

namespace sluice::fs {

file_handle held_filesystem::open(const std::string& file, std::ios_base::openmode mode,
                                  std::error_code& code) const {
    code.clear();
    return files_->do_open(file, mode, code);
}

file_info held_filesystem::info(const path& file, bool follow, std::error_code& code) const {
    code.clear();
    return files_->do_info(file, follow, code);
}

std::vector<std::string> held_filesystem::names(const path& directory,
                                                std::error_code& code) const {
    code.clear();
    return files_->do_names(directory, code);
}

std::vector<named_info> held_filesystem::list(const path& directory, std::error_code& code) const {
    code.clear();
    return files_->do_list(directory, code);
}

void held_filesystem::create_directory(const path& directory, std::error_code& code) const {
    code.clear();
    files_->do_create_directory(directory, code);
}

void held_filesystem::create_symlink(const path& target, const path& link,
                                     std::error_code& code) const {
    code.clear();
    files_->do_create_symlink(target, link, code);
}

path held_filesystem::read_symlink(const path& link, std::error_code& code) const {
    code.clear();
    return files_->do_read_symlink(link, code);
}

void held_filesystem::remove(const path& file, std::error_code& code) const {
    code.clear();
    files_->do_remove(file, code);
}

void held_filesystem::rename(const path& from, const path& to, std::error_code& code) const {
    code.clear();
    files_->do_rename(from, to, code);
}

std::uintmax_t held_filesystem::remove_all(const path& file, std::error_code& code) const {
    code.clear();
    return files_->do_remove_all(file, code);
}

bool held_filesystem::create_directories(const path& directory, std::error_code& code) const {
    code.clear();
    return files_->do_create_directories(directory, code);
}

file_info held_filesystem::walk(const std::string& file, std::size_t& length,
                                std::error_code& code) const {
    code.clear();
    return files_->do_walk(file, length, code);
}

bool held_filesystem::equivalent(const path& a, const path& b, std::error_code& code) const {
    code.clear();
    return files_->do_equivalent(a, b, code);
}

void held_filesystem::set_last_write_time(const path& file, file_time_type time,
                                          std::error_code& code) const {
    code.clear();
    files_->do_set_last_write_time(file, time, code);
}

void held_filesystem::set_permissions(const path& file, perms what, bool follow,
                                      std::error_code& code) const {
    code.clear();
    files_->do_set_permissions(file, what, follow, code);
}

path held_filesystem::current_path(std::error_code& code) const {
    code.clear();
    return files_->do_current_path(code);
}

}  // namespace sluice::fs
