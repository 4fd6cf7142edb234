#include <sluice/error.hpp>
#include <sluice/fs/disk.hpp>
#include <sluice/fs/tree.hpp>

#include "code.hpp"
#include "content.hpp"
#include "lies_in.hpp"

#include <algorithm>
#include <ios>
#include <string>
#include <system_error>
#include <typeinfo>
#include <vector>

namespace sluice::fs {
namespace {

[[noreturn]] void fail(const path& file, const std::error_code& code) {
    throw error("copy_tree", code, file.native());
}

// Whether paths are the same in both. Two disks are one.
bool is_one(const filesystem& a, const filesystem& b) {
    return &a == &b || (typeid(a) == typeid(disk) && typeid(b) == typeid(disk));
}

// A copy of one tree.
class copier {
public:
    copier(filesystem& from, filesystem& to, const tree_options& options)
        : from_(from), to_(to), options_(options), is_one_(is_one(from, to)) {}

    std::uintmax_t run(const path& directory, const path& target) {
        const file_info info = from_.info(directory);
        if (info.type != file_type::directory) {
            fail(directory, system_code(info.type == file_type::not_found
                                            ? std::errc::no_such_file_or_directory
                                            : std::errc::not_a_directory));
        }
        if (is_one_ && overlaps(directory, target)) {
            fail(target, system_code(std::errc::invalid_argument));
        }
        to_.create_directories(target);
        fill(directory, target, info);
        return count_;
    }

private:
    // Whether one of the two leads into the other, by what is there: a link may lead there too.
    [[nodiscard]] bool overlaps(const path& directory, const path& target) {
        path there = target;
        while (!to_.exists(there)) {
            there = there.parent_path();
            there = there.empty() ? "." : there;
        }
        std::error_code code;
        const bool within = lies_in(to_, there, directory, code);
        const bool around =
            !code && !within && to_.exists(target) && lies_in(to_, directory, target, code);
        if (code) {
            fail(target, code);
        }
        return within || around;
    }

    // `target` is a directory by now, if perhaps one that nobody may write to.
    void fill(const path& directory, const path& target, const file_info& info) {
        to_.permissions(target, perms::owner_all, perm_options::add);
        const std::vector<directory_entry> entries = from_.list(directory);
        if (options_.mirror) {
            remove_others(entries, target);
        }
        for (const directory_entry& entry : entries) {
            copy(entry.path, target / entry.path.filename());
        }
        finish(target, info);  // not before: what is put into it changes its time
    }

    void remove_others(const std::vector<directory_entry>& entries, const path& target) {
        for (const directory_entry& there : to_.list(target)) {
            const path name = there.path.filename();
            if (std::none_of(entries.begin(), entries.end(), [&](const directory_entry& entry) {
                    return entry.path.filename() == name;
                })) {
                remove(there.path);
            }
        }
    }

    // A directory that may not be changed is made to be, or it could not be emptied.
    void remove(const path& file) {
        const file_info info = to_.symlink_info(file);
        if (info.type == file_type::directory) {
            to_.permissions(file, perms::owner_all, perm_options::add);
            for (const directory_entry& entry : to_.list(file)) {
                remove(entry.path);
            }
        }
        to_.remove(file);
    }

    void copy(const path& source, const path& target) {
        const file_info info = from_.symlink_info(source);
        if (info.type == file_type::not_found) {
            return;  // gone meanwhile
        }
        make_room(target, info.type);
        switch (info.type) {
        case file_type::directory:
            to_.create_directory(target);
            fill(source, target, info);
            break;
        case file_type::regular: copy_file(source, target, info); break;
        case file_type::symlink: to_.create_symlink(from_.read_symlink(source), target); break;
        default: fail(source, system_code(std::errc::not_supported));
        }
        ++count_;
    }

    // Takes away what cannot be overwritten.
    void make_room(const path& target, file_type type) {
        const file_type there = to_.symlink_info(target).type;
        if (there == file_type::not_found || (there == type && type != file_type::symlink)) {
            return;
        }
        const bool is_directory = there == file_type::directory;
        if (!options_.mirror && (is_directory || type == file_type::directory)) {
            fail(target, system_code(is_directory ? std::errc::is_a_directory
                                                  : std::errc::not_a_directory));
        }
        remove(target);
    }

    void copy_file(const path& source, const path& target, const file_info& info) {
        using ios = std::ios_base;
        std::error_code code;
        file_handle in = from_.open_file(source.native(), ios::in | ios::binary, code);
        if (code) {
            fail(source, code);
        }
        const bool fresh = !to_.exists(target);
        if (is_one_ && !fresh && to_.equivalent(source, target)) {  // which opening would empty
            fail(target, system_code(std::errc::file_exists));
        }
        file_handle out = open_target(target, code);
        if (!code && fresh) {  // before its content, which may be for its owner alone
            to_.permissions(target, info.permissions, code);
        }
        const copied content = code ? copied{code} : copy_content(in, out);
        if (content.error) {
            fail(content.in_source ? source : target, content.error);
        }
        finish(target, info);
    }

    // A file that may not be written is replaced.
    file_handle open_target(const path& target, std::error_code& code) {
        using ios = std::ios_base;
        file_handle out = to_.open_file(target.native(), ios::out | ios::binary, code);
        if (code == std::errc::permission_denied && to_.remove(target, code)) {
            out = to_.open_file(target.native(), ios::out | ios::binary, code);
        }
        return out;
    }

    void finish(const path& target, const file_info& info) {
        if (options_.times) {
            to_.last_write_time(target, info.last_write_time);
        }
        to_.permissions(target, info.permissions);
    }

    filesystem& from_;
    filesystem& to_;
    tree_options options_;
    bool is_one_;
    std::uintmax_t count_ = 0;
};

}  // namespace

std::uintmax_t copy_tree(filesystem& from, const path& directory, filesystem& to,
                         const path& target, const tree_options& options) {
    return copier(from, to, options).run(directory, target);
}

}  // namespace sluice::fs
