#include <sluice/detail/claimed.hpp>
#include <sluice/device/file.hpp>
#include <sluice/fs/filesystem.hpp>
#include <sluice/mode.hpp>

#include "code.hpp"
#include "given_path.hpp"
#include "resolve.hpp"

#include <algorithm>
#include <cstdint>
#include <ios>
#include <iterator>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace sluice::fs {
namespace {

constexpr std::uintmax_t failed = static_cast<std::uintmax_t>(-1);

}  // namespace

// -- open -------------------------------------------------------------------------------------

file_handle filesystem::open_file(const std::string& file, std::ios_base::openmode mode,
                                  std::error_code& code) {
    if (!is_path(file, code)) {
        return {};
    }
    if (!is_open_mode(mode)) {
        code = errc::bad_mode;
        return {};
    }
    const settled scope(code);
    return do_open(file, mode, code);
}

bool filesystem::names_directory(const std::string& file) {
    std::error_code ignored;
    return is_directory(path(file), ignored);
}

stream filesystem::open(const path& file, std::ios_base::openmode mode, std::error_code& code) {
    mode |= std::ios_base::binary;
    auto buffer = std::make_unique<filebuf>();
    file_handle opened = open_file(file.native(), mode, code);
    if (!code && buffer->adopt(std::move(opened), file.native(), mode) == nullptr) {
        code = buffer->reason().code();
    }
    return stream(std::move(buffer));
}

// -- what is told of a file -------------------------------------------------------------------

file_info filesystem::look(const path& file, bool follow, std::error_code& code) {
    file_info result = find(file, follow, code);
    if (is_missing(code)) {
        code.clear();
        result = {};
        result.type = file_type::not_found;
    }
    return result;
}

// The same where there must be one.
file_info filesystem::find(const path& file, bool follow, std::error_code& code) {
    const settled scope(code);
    return is_path(file, code) ? do_info(file, follow, code) : file_info();
}

file_info filesystem::info(const path& file, std::error_code& code) {
    return look(file, true, code);
}

file_info filesystem::symlink_info(const path& file, std::error_code& code) {
    return look(file, false, code);
}

file_status filesystem::status(const path& file, std::error_code& code) {
    const file_info found = look(file, true, code);
    return file_status(found.type, found.permissions);
}

file_status filesystem::symlink_status(const path& file, std::error_code& code) {
    const file_info found = look(file, false, code);
    return file_status(found.type, found.permissions);
}

bool filesystem::exists(const path& file, std::error_code& code) {
    return std::filesystem::exists(status(file, code));
}

bool filesystem::is_regular_file(const path& file, std::error_code& code) {
    return look(file, true, code).type == file_type::regular;
}

bool filesystem::is_directory(const path& file, std::error_code& code) {
    return look(file, true, code).type == file_type::directory;
}

bool filesystem::is_symlink(const path& file, std::error_code& code) {
    return look(file, false, code).type == file_type::symlink;
}

bool filesystem::is_empty(const path& file, std::error_code& code) {
    const settled scope(code);
    const file_info found = find(file, true, code);
    if (code) {
        return false;
    }
    return found.type == file_type::directory ? do_names(file, code).empty() && !code
                                              : found.size == 0;
}

bool filesystem::equivalent(const path& a, const path& b, std::error_code& code) {
    const settled scope(code);
    return are_paths(a, b, code) && do_equivalent(a, b, code) && !code;
}

std::uintmax_t filesystem::file_size(const path& file, std::error_code& code) {
    const file_info found = find(file, true, code);
    if (!code && found.type != file_type::regular) {
        code = system_code(found.type == file_type::directory ? std::errc::is_a_directory
                                                              : std::errc::not_supported);
    }
    return code ? failed : found.size;
}

file_time_type filesystem::last_write_time(const path& file, std::error_code& code) {
    const file_info found = find(file, true, code);
    return code ? file_time_type::min() : found.last_write_time;
}

// -- directories ------------------------------------------------------------------------------

std::vector<directory_entry> filesystem::list(const path& directory, std::error_code& code) {
    const settled scope(code);
    std::vector<directory_entry> entries;
    if (!is_path(directory, code)) {
        return entries;
    }
    std::vector<named_info> names = do_list(directory, code);
    if (code) {
        return entries;  // what was found before does not count
    }
    std::sort(names.begin(), names.end(),
              [](const named_info& a, const named_info& b) { return a.name < b.name; });
    for (const named_info& found : names) {
        directory_entry entry;
        entry.path = directory / found.name;
        entry.type = found.info.type;
        entry.file_size = found.info.type == file_type::regular ? found.info.size : 0;
        entry.last_write_time = found.info.last_write_time;
        entries.push_back(std::move(entry));
    }
    return entries;
}

std::vector<named_info> filesystem::do_list(const path& directory, std::error_code& code) {
    std::vector<named_info> found;
    std::vector<std::string> names = do_names(directory, code);
    for (std::string& name : names) {
        if (code) {
            break;
        }
        const file_info info = look(directory / name, false, code);
        if (info.type != file_type::not_found) {
            found.push_back({std::move(name), info});
        }
    }
    return found;
}

std::vector<directory_entry> filesystem::recursive_list(const path& directory,
                                                        std::error_code& code) {
    std::vector<directory_entry> found;
    std::vector<directory_entry> waiting = list(directory, code);  // the next one last
    std::reverse(waiting.begin(), waiting.end());
    while (!code && !waiting.empty()) {
        found.push_back(std::move(waiting.back()));
        waiting.pop_back();
        if (found.back().is_directory()) {
            std::vector<directory_entry> below = list(found.back().path, code);
            if (is_missing(code)) {
                code.clear();  // gone meanwhile
            }
            waiting.insert(waiting.end(), std::make_move_iterator(below.rbegin()),
                           std::make_move_iterator(below.rend()));
        }
    }
    return code ? std::vector<directory_entry>() : found;
}

bool filesystem::create_directory(const path& directory, std::error_code& code) {
    const settled scope(code);
    if (!is_path(directory, code)) {
        return false;
    }
    do_create_directory(directory, code);
    if (code == std::errc::file_exists) {
        std::error_code ignored;
        if (is_directory(directory, ignored)) {
            code.clear();
        }
        return false;
    }
    return !code;
}

bool filesystem::create_directories(const path& directory, std::error_code& code) {
    if (!is_path(directory, code)) {
        return false;
    }
    const file_info whole = look(directory, true, code);
    if (code || whole.type == file_type::directory) {
        return false;
    }
    const settled scope(code);
    return do_create_directories(directory, code) && !code;
}

bool filesystem::do_create_directories(const path& directory, std::error_code& code) {
    path made;
    bool created = false;
    for (const path& part : directory) {
        made /= part;
        const file_info there = find(made, true, code);
        if (code == std::errc::no_such_file_or_directory) {
            created = create_directory(made, code) || created;
        } else if (!code && there.type != file_type::directory) {
            code = system_code(std::errc::not_a_directory);
        }
        if (code) {
            return false;
        }
    }
    return created;
}

file_info filesystem::do_walk(const std::string& file, std::size_t& length, std::error_code& code) {
    file_info info;
    do {
        length = std::min(file.find('/', length + 1), file.size());
        info = do_info(file.substr(0, length), false, code);
    } while (!code && info.type == file_type::directory && length < file.size());
    return info;
}

// -- names ------------------------------------------------------------------------------------

void filesystem::create_symlink(const path& target, const path& link, std::error_code& code) {
    const settled scope(code);
    if (are_paths(target, link, code)) {
        do_create_symlink(target, link, code);
    }
}

path filesystem::read_symlink(const path& link, std::error_code& code) {
    const settled scope(code);
    return is_path(link, code) ? do_read_symlink(link, code) : path();
}

bool filesystem::remove(const path& file, std::error_code& code) {
    const settled scope(code);
    if (is_path(file, code)) {
        do_remove(file, code);
    }
    if (code == std::errc::no_such_file_or_directory) {
        code.clear();
        return false;
    }
    return !code;
}

std::uintmax_t filesystem::remove_all(const path& file, std::error_code& code) {
    const settled scope(code);
    const std::uintmax_t count = is_path(file, code) ? do_remove_all(file, code) : 0;
    return code ? failed : count;
}

std::uintmax_t filesystem::do_remove_all(const path& file, std::error_code& code) {
    const file_info there = find(file, false, code);
    if (there.type == file_type::directory && goes_up(file)) {
        filesystem_tree tree(*this);
        const path from = file.is_absolute() ? path() : do_current_path(code);
        const resolved found =
            code ? resolved() : resolve(tree, (from / file).native(), last_link::kept, code);
        return code ? 0 : remove_all_in(*this, found.file, file, code);
    }
    std::uintmax_t count = 0;
    if (there.type == file_type::directory) {
        const std::vector<directory_entry> entries = list(file, code);
        if (is_missing(code)) {
            code.clear();  // gone meanwhile
        }
        for (const directory_entry& entry : entries) {
            if (code) {
                return count;
            }
            count += do_remove_all(entry.path, code);
        }
    }
    const bool removed = !code && remove(file, code);
    if (code == std::errc::no_such_file_or_directory) {
        code.clear();
    }
    return count + (removed ? 1 : 0);
}

void filesystem::rename(const path& from, const path& to, std::error_code& code) {
    const settled scope(code);
    if (are_paths(from, to, code)) {
        do_rename(from, to, code);
    }
}

// -- what a file is like ----------------------------------------------------------------------

void filesystem::last_write_time(const path& file, file_time_type time, std::error_code& code) {
    const settled scope(code);
    if (is_path(file, code)) {
        do_set_last_write_time(file, time, code);
    }
}

void filesystem::permissions(const path& file, perms what, perm_options how,
                             std::error_code& code) {
    const settled scope(code);
    const bool follow = (how & perm_options::nofollow) == perm_options{};
    const bool adds = (how & perm_options::add) != perm_options{};
    const bool removes = (how & perm_options::remove) != perm_options{};
    if (adds || removes) {
        const perms old = find(file, follow, code).permissions;
        what = adds ? old | what : old & ~what;
    } else if (!is_path(file, code)) {
        return;
    }
    if (!code) {
        do_set_permissions(file, what & perms::mask, follow, code);
    }
}

// As truncate(2), which need not be allowed to read. Of the modes, only `app` opens for writing
// alone and empties nothing; but it creates, and the system would wait for a pipe's reader.
void filesystem::resize_file(const path& file, std::uintmax_t size, std::error_code& code) {
    using ios = std::ios_base;
    const file_info info = find(file, true, code);
    if (!code && info.type != file_type::regular) {
        code = system_code(info.type == file_type::directory ? std::errc::is_a_directory
                                                             : std::errc::invalid_argument);
    } else if (!code && size > std::uintmax_t(std::numeric_limits<std::int64_t>::max())) {
        code = system_code(std::errc::file_too_large);
    }
    if (code) {
        return;
    }
    file_handle opened = open_file(file.native(), ios::app | ios::binary, code);
    if (!code) {
        code = opened.truncate(static_cast<std::int64_t>(size));
        const std::error_code closed = opened.close();
        code = code ? code : closed;
    }
}

std::string filesystem::read_bytes(const path& file, std::error_code& code) {
    file_handle opened = open_file(file.native(), std::ios_base::in | std::ios_base::binary, code);
    std::string content;
    if (code) {
        return content;
    }
    std::error_code unknown;
    const std::int64_t size = opened.size(unknown);
    // One byte more than there is: the read that finds the end needs no growing.
    content.resize(detail::believed(size, 1) + 1);
    for (std::size_t count = 0;;) {
        if (count == content.size()) {
            content.resize(2 * content.size());
        }
        const detail::transfer got =
            opened.read(&content[count], content.size() - count, static_cast<std::int64_t>(count));
        count += got.count;
        code = got.error;
        if (code || got.count == 0) {
            content.resize(code ? 0 : count);
            return content;
        }
    }
}

void filesystem::write_bytes(const path& file, std::string_view content, std::error_code& code) {
    file_handle opened = open_file(file.native(), std::ios_base::out | std::ios_base::binary, code);
    if (!code) {
        code = opened.write_all(content.data(), content.size(), 0).error;
        const std::error_code closed = opened.close();
        code = code ? code : closed;
    }
}

void filesystem::do_create_symlink(const path& /*target*/, const path& /*link*/,
                                   std::error_code& code) {
    code = system_code(std::errc::operation_not_supported);
}

path filesystem::do_read_symlink(const path& /*link*/, std::error_code& code) {
    code = system_code(std::errc::invalid_argument);  // it is none
    return {};
}

path filesystem::do_current_path(std::error_code& /*code*/) {
    return "/";
}

path filesystem::current_path(std::error_code& code) {
    code.clear();
    return do_current_path(code);
}

void filesystem::permissions(const path& file, perms what, std::error_code& code) {
    permissions(file, what, perm_options::replace, code);
}

}  // namespace sluice::fs
