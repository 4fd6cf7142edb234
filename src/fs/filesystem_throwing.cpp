// The calls of a filesystem that throw what the others say in a code.

#include <sluice/error.hpp>
#include <sluice/fs/filesystem.hpp>

#include <cstdint>
#include <ios>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <vector>

namespace sluice::fs {
namespace {

void throw_if(const std::error_code& code, const char* operation, const path& file) {
    if (code) {
        throw error(operation, code, file.native());
    }
}

// The throwing form of a call: what `call` returns, or an error that names `file`.
template <class Call>
auto thrown(const char* operation, const path& file, Call call) {
    std::error_code code;
    if constexpr (std::is_void_v<decltype(call(code))>) {
        call(code);
        throw_if(code, operation, file);
    } else {
        auto result = call(code);
        throw_if(code, operation, file);
        return result;
    }
}

}  // namespace

stream filesystem::open(const path& file, std::ios_base::openmode mode) {
    return thrown("open", file, [&](std::error_code& code) { return open(file, mode, code); });
}

file_info filesystem::info(const path& file) {
    return thrown("info", file, [&](std::error_code& code) { return info(file, code); });
}

file_info filesystem::symlink_info(const path& file) {
    return thrown("symlink_info", file,
                  [&](std::error_code& code) { return symlink_info(file, code); });
}

file_status filesystem::status(const path& file) {
    return thrown("status", file, [&](std::error_code& code) { return status(file, code); });
}

file_status filesystem::symlink_status(const path& file) {
    return thrown("symlink_status", file,
                  [&](std::error_code& code) { return symlink_status(file, code); });
}

bool filesystem::exists(const path& file) {
    return thrown("exists", file, [&](std::error_code& code) { return exists(file, code); });
}

bool filesystem::is_regular_file(const path& file) {
    return thrown("is_regular_file", file,
                  [&](std::error_code& code) { return is_regular_file(file, code); });
}

bool filesystem::is_directory(const path& file) {
    return thrown("is_directory", file,
                  [&](std::error_code& code) { return is_directory(file, code); });
}

bool filesystem::is_symlink(const path& file) {
    return thrown("is_symlink", file,
                  [&](std::error_code& code) { return is_symlink(file, code); });
}

bool filesystem::is_empty(const path& file) {
    return thrown("is_empty", file, [&](std::error_code& code) { return is_empty(file, code); });
}

bool filesystem::equivalent(const path& a, const path& b) {
    return thrown("equivalent", a, [&](std::error_code& code) { return equivalent(a, b, code); });
}

std::uintmax_t filesystem::file_size(const path& file) {
    return thrown("file_size", file, [&](std::error_code& code) { return file_size(file, code); });
}

file_time_type filesystem::last_write_time(const path& file) {
    return thrown("last_write_time", file,
                  [&](std::error_code& code) { return last_write_time(file, code); });
}

void filesystem::last_write_time(const path& file, file_time_type time) {
    thrown("last_write_time", file,
           [&](std::error_code& code) { return last_write_time(file, time, code); });
}

void filesystem::permissions(const path& file, perms what, perm_options how) {
    thrown("permissions", file,
           [&](std::error_code& code) { return permissions(file, what, how, code); });
}

std::vector<directory_entry> filesystem::list(const path& directory) {
    return thrown("list", directory, [&](std::error_code& code) { return list(directory, code); });
}

std::vector<directory_entry> filesystem::recursive_list(const path& directory) {
    return thrown("recursive_list", directory,
                  [&](std::error_code& code) { return recursive_list(directory, code); });
}

bool filesystem::create_directory(const path& directory) {
    return thrown("create_directory", directory,
                  [&](std::error_code& code) { return create_directory(directory, code); });
}

bool filesystem::create_directories(const path& directory) {
    return thrown("create_directories", directory,
                  [&](std::error_code& code) { return create_directories(directory, code); });
}

void filesystem::create_symlink(const path& target, const path& link) {
    thrown("create_symlink", link,
           [&](std::error_code& code) { return create_symlink(target, link, code); });
}

path filesystem::read_symlink(const path& link) {
    return thrown("read_symlink", link,
                  [&](std::error_code& code) { return read_symlink(link, code); });
}

bool filesystem::remove(const path& file) {
    return thrown("remove", file, [&](std::error_code& code) { return remove(file, code); });
}

std::uintmax_t filesystem::remove_all(const path& file) {
    return thrown("remove_all", file,
                  [&](std::error_code& code) { return remove_all(file, code); });
}

void filesystem::rename(const path& from, const path& to) {
    thrown("rename", from, [&](std::error_code& code) { return rename(from, to, code); });
}

bool filesystem::copy_file(const path& from, const path& to, copy_options how) {
    return thrown("copy_file", from,
                  [&](std::error_code& code) { return copy_file(from, to, how, code); });
}

void filesystem::copy(const path& from, const path& to, copy_options how) {
    thrown("copy", from, [&](std::error_code& code) { return copy(from, to, how, code); });
}

void filesystem::resize_file(const path& file, std::uintmax_t size) {
    thrown("resize_file", file,
           [&](std::error_code& code) { return resize_file(file, size, code); });
}

path filesystem::current_path() {
    return thrown("current_path", {}, [&](std::error_code& code) { return current_path(code); });
}

std::string filesystem::read_bytes(const path& file) {
    return thrown("read_bytes", file,
                  [&](std::error_code& code) { return read_bytes(file, code); });
}

void filesystem::write_bytes(const path& file, std::string_view content) {
    thrown("write_bytes", file,
           [&](std::error_code& code) { return write_bytes(file, content, code); });
}

}  // namespace sluice::fs
