// The copies of a filesystem: files, links and directories, as std::filesystem::copy() has them.

#include <sluice/fs/filesystem.hpp>
#include <sluice/mode.hpp>

#include "code.hpp"
#include "content.hpp"
#include "given_path.hpp"
#include "lies_in.hpp"

#include <ios>
#include <system_error>
#include <vector>

namespace sluice::fs {
namespace {

bool has(copy_options how, copy_options what) noexcept {
    return (how & what) != copy_options::none;
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

}  // namespace

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

bool filesystem::copy_file(const path& from, const path& to, std::error_code& code) {
    return copy_file(from, to, copy_options::none, code);
}

void filesystem::copy(const path& from, const path& to, std::error_code& code) {
    copy(from, to, copy_options::none, code);
}

}  // namespace sluice::fs
