#include <sluice/detail/claimed.hpp>
#include <sluice/device/file.hpp>
#include <sluice/fs/filesystem.hpp>
#include <sluice/mode.hpp>

#include "code.hpp"
#include "content.hpp"
#include "lies_in.hpp"
#include "resolve.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <string>
#include <utility>

namespace sluice::fs {
namespace {

constexpr std::uintmax_t failed = static_cast<std::uintmax_t>(-1);

// At the end of its scope, makes a code of std::generic_category() the system's, which has the same
// values: two kinds that fail alike are to give codes that are equal.
class settled {
public:
    explicit settled(std::error_code& code) noexcept : code_(code) {}
    settled(const settled&) = delete;
    settled& operator=(const settled&) = delete;
    ~settled() {
        if (code_.category() == std::generic_category()) {
            code_.assign(code_.value(), std::system_category());
        }
    }

private:
    std::error_code& code_;
};

bool has(copy_options how, copy_options what) noexcept {
    return (how & what) != copy_options::none;
}

// Whether the system could be given `file` as it is.
bool is_path(const path& file, std::error_code& code) noexcept {
    code.clear();
    if (file.empty()) {
        code = system_code(std::errc::no_such_file_or_directory);
    } else if (detail::has_nul(file.native())) {
        code = system_code(std::errc::invalid_argument);
    }
    return !code;
}

// Whether a directory to be made at `to`, or there already, lies in `directory`: the copy of that
// into itself would not end.
bool would_lie_in(filesystem& files, const path& to, bool there, const path& directory,
                  std::error_code& code) {
    const path above = there               ? to
                       : to.has_filename() ? to.parent_path()
                                           : to.parent_path().parent_path();
    const bool inside = lies_in(files, above.empty() ? "." : above, directory, code);
    if (is_missing(code)) {
        code.clear();  // of what is not there, nobody is told here
    }
    return inside;
}

bool are_paths(const path& a, const path& b, std::error_code& code) noexcept {
    return is_path(a, code) && is_path(b, code);
}

// The throwing form of a call: what `call` returns, or an error that names `file`.
template <class Call>
auto thrown(const char* operation, const path& file, Call call) {
    std::error_code code;
    if constexpr (std::is_void_v<decltype(call(code))>) {
        call(code);
        if (code) {
            throw error(operation, code, file.native());
        }
    } else {
        auto result = call(code);
        if (code) {
            throw error(operation, code, file.native());
        }
        return result;
    }
}

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

stream filesystem::open(const path& file, std::ios_base::openmode mode) {
    return thrown("open", file, [&](std::error_code& code) { return open(file, mode, code); });
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

// -- copies -----------------------------------------------------------------------------------

// Whether a copy over what is there already is wanted; `code` says that it is an error.
bool filesystem::replaces(const path& from, const path& to, copy_options how,
                          std::error_code& code) {
    if (equivalent(from, to, code) || code) {
        code = code ? code : system_code(std::errc::file_exists);
        return false;
    }
    if (has(how, copy_options::skip_existing)) {
        return false;
    }
    if (has(how, copy_options::overwrite_existing)) {
        return true;
    }
    if (has(how, copy_options::update_existing)) {
        const file_time_type old = last_write_time(to, code);
        const file_time_type now = code ? old : last_write_time(from, code);
        return !code && now > old;
    }
    code = system_code(std::errc::file_exists);
    return false;
}

// `fresh`: the permissions of a file that is new, which are there before its content: it may be
// for its owner alone.
void filesystem::copy_content(const path& from, const path& to, bool over, const perms* fresh,
                              std::error_code& code) {
    using ios = std::ios_base;
    const ios::openmode mode = ios::out | ios::binary | (over ? ios::openmode() : noreplace);
    file_handle source = open_file(from.native(), ios::in | ios::binary, code);
    file_handle target;
    if (!code) {
        target = open_file(to.native(), mode, code);
    }
    if (!code && fresh != nullptr) {
        do_set_permissions(to, *fresh, true, code);
    }
    code = code ? code : fs::copy_content(source, target).error;
}

bool filesystem::copy_file(const path& from, const path& to, copy_options how,
                           std::error_code& code) {
    const file_info target = look(to, true, code);
    const file_info source = code ? file_info() : find(from, true, code);
    if (code) {
        return false;
    }
    const bool there = target.type != file_type::not_found;
    if (source.type != file_type::regular || (there && target.type != file_type::regular)) {
        code = system_code(std::errc::invalid_argument);
        return false;
    }
    if (there && !replaces(from, to, how, code)) {
        return false;
    }
    const settled scope(code);
    const bool over =
        there || has(how, copy_options::overwrite_existing | copy_options::update_existing);
    copy_content(from, to, over, there ? nullptr : &source.permissions, code);
    if (code == std::errc::file_exists && has(how, copy_options::skip_existing)) {
        code.clear();  // there by now
        return false;
    }
    return !code;
}

void filesystem::copy_link(const path& from, const path& to, copy_options how, bool there,
                           std::error_code& code) {
    if (has(how, copy_options::skip_symlinks)) {
        return;
    }
    if (there || !has(how, copy_options::copy_symlinks)) {
        code = system_code(std::errc::invalid_argument);
        return;
    }
    const path target = read_symlink(from, code);
    if (!code) {
        create_symlink(target, to, code);
    }
}

void filesystem::copy_regular(const path& from, const path& to, copy_options how,
                              const file_info& target, std::error_code& code) {
    if (has(how, copy_options::directories_only)) {
        return;
    }
    if (has(how, copy_options::create_symlinks)) {
        create_symlink(from, to, code);
    } else if (has(how, copy_options::create_hard_links)) {
        code = system_code(std::errc::not_supported);
    } else {
        copy_file(from, target.type == file_type::directory ? to / from.filename() : to, how, code);
    }
}

void filesystem::copy_directory(const path& from, const path& to, copy_options how,
                                const file_info& source, bool there, std::error_code& code) {
    const settled scope(code);
    // Listed before anything is created: a tree copied into itself would not end.
    const std::vector<directory_entry> entries = list(from, code);
    if (!code && !there) {
        do_create_directory(to, code);
        if (!code) {
            do_set_permissions(to, source.permissions, true, code);
        }
    }
    for (const directory_entry& entry : entries) {
        if (code) {
            return;
        }
        copy_any(entry.path, to / entry.path.filename(), how, true, code);
    }
}

// `nested`: below what was asked for. As the standard has it, a directory copied without
// `recursive` takes along the files in it, and not its directories.
void filesystem::copy_any(const path& from, const path& to, copy_options how, bool nested,
                          std::error_code& code) {
    const bool keeps_links = has(how, copy_options::create_symlinks | copy_options::skip_symlinks |
                                          copy_options::copy_symlinks);
    const bool at_target = has(how, copy_options::create_symlinks | copy_options::skip_symlinks);
    const file_info source = find(from, !keeps_links, code);
    const file_info target = code ? file_info() : look(to, !at_target, code);
    if (code) {
        return;
    }
    const bool there = target.type != file_type::not_found;
    const bool links = source.type == file_type::symlink || target.type == file_type::symlink;
    const bool same = there && !links && equivalent(from, to, code);
    if (code) {
        return;
    }
    if (same) {
        code = system_code(std::errc::file_exists);
    } else if (source.type == file_type::symlink) {
        copy_link(from, to, how, there, code);
    } else if (source.type == file_type::regular) {
        copy_regular(from, to, how, target, code);
    } else if (source.type != file_type::directory) {
        code = system_code(std::errc::not_supported);
    } else if (target.type == file_type::regular || has(how, copy_options::create_symlinks)) {
        code = system_code(std::errc::is_a_directory);
    } else if (!nested && has(how, copy_options::recursive) &&
               would_lie_in(*this, to, there, from, code)) {
        code = system_code(std::errc::invalid_argument);
    } else if (!code &&
               (has(how, copy_options::recursive) || (how == copy_options::none && !nested))) {
        copy_directory(from, to, how, source, there, code);
    }
}

void filesystem::copy(const path& from, const path& to, copy_options how, std::error_code& code) {
    if (are_paths(from, to, code)) {
        copy_any(from, to, how, false, code);
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

// -- the throwing forms -----------------------------------------------------------------------

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

// -- the short forms --------------------------------------------------------------------------

void filesystem::permissions(const path& file, perms what, std::error_code& code) {
    permissions(file, what, perm_options::replace, code);
}

bool filesystem::copy_file(const path& from, const path& to, std::error_code& code) {
    return copy_file(from, to, copy_options::none, code);
}

void filesystem::copy(const path& from, const path& to, std::error_code& code) {
    copy(from, to, copy_options::none, code);
}

}  // namespace sluice::fs
