#include <sluice/error.hpp>
#include <sluice/fs/disk.hpp>
#include <sluice/fs/rooted.hpp>

#include "os/directory.hpp"
#include "resolve.hpp"
#include "rooted_disk.hpp"

#include <memory>
#include <typeinfo>
#include <utility>

namespace sluice::fs {
namespace {

// Over any kind: a path is resolved within the root, and given to what is below.
class rooted_names : public filesystem, private link_tree {
public:
    rooted_names(held_filesystem files, std::string root)
        : files_(std::move(files)), root_(std::move(root)) {}

protected:
    file_handle do_open(const std::string& file, std::ios_base::openmode mode,
                        std::error_code& code) override {
        const resolved found = resolve(*this, file, end_of(mode), code);
        code = code ? code : check_opened(found, mode);
        return code ? file_handle() : files_.open(below_of(found, code), mode, code);
    }

    file_info do_info(const path& file, bool follow, std::error_code& code) override {
        const std::string found =
            place(file, follow ? last_link::followed : last_link::looked_at, code);
        return code ? file_info() : files_.info(found, false, code);
    }

    std::vector<std::string> do_names(const path& directory, std::error_code& code) override {
        const std::string found = place(directory, last_link::followed, code);
        return code ? std::vector<std::string>() : files_.names(found, code);
    }

    void do_create_directory(const path& directory, std::error_code& code) override {
        const resolved found = resolve(*this, directory.native(), last_link::kept, code);
        if (!code && found.there) {
            code = system_code(std::errc::file_exists);
        } else if (!code) {
            files_.create_directory(below(found.file), code);
        }
    }

    void do_create_symlink(const path& target, const path& link, std::error_code& code) override {
        const resolved found = resolve(*this, link.native(), last_link::kept, code);
        if (!code && (found.there || found.before_slash)) {
            code = system_code(found.there ? std::errc::file_exists
                                           : std::errc::no_such_file_or_directory);
        } else if (!code) {
            files_.create_symlink(target, below(found.file), code);
        }
    }

    path do_read_symlink(const path& link, std::error_code& code) override {
        const std::string found = place(link, last_link::looked_at, code);
        return code ? path() : files_.read_symlink(found, code);
    }

    void do_remove(const path& file, std::error_code& code) override {
        const std::string found =
            name_of(file, std::errc::invalid_argument, std::errc::directory_not_empty, code);
        if (!code) {
            files_.remove(found, code);
        }
    }

    std::uintmax_t do_remove_all(const path& file, std::error_code& code) override {
        const resolved found = resolve(*this, file.native(), last_link::kept, code);
        if (!code && found.last == resolved::ending::name && !found.before_slash &&
            !goes_up(file)) {
            return files_.remove_all(below(found.file), code);
        }
        code.clear();
        return filesystem::do_remove_all(file, code);
    }

    bool do_create_directories(const path& directory, std::error_code& code) override {
        return create_all(
            *this, directory.native(),
            [this](const std::string& /*first*/, const std::string& last, std::error_code& failed) {
                return files_.create_directories(below(last), failed);
            },
            code);
    }

    file_info do_walk(const std::string& file, std::size_t& length,
                      std::error_code& code) override {
        return walk_in(*this, file, length, code);
    }

    void do_rename(const path& from, const path& to, std::error_code& code) override {
        constexpr auto busy = std::errc::device_or_resource_busy;
        const resolved source = resolve(*this, from.native(), last_link::kept, code);
        const resolved target =
            code ? resolved() : resolve(*this, to.native(), last_link::kept, code);
        code = code ? code : refused(source, busy, busy);
        code = code ? code : refused(target, busy, busy);
        const std::string name = code ? std::string() : below_of(source, code);
        const std::string new_name = code ? std::string() : below_of(target, code);
        if (!code) {
            files_.rename(name, new_name, code);
        }
    }

    bool do_equivalent(const path& a, const path& b, std::error_code& code) override {
        const std::string one = place(a, last_link::followed, code);
        if (!code) {
            static_cast<void>(files_.info(one, false, code));
        }
        const std::string other = code ? std::string() : place(b, last_link::followed, code);
        return !code && files_.equivalent(one, other, code);
    }

    void do_set_last_write_time(const path& file, file_time_type time,
                                std::error_code& code) override {
        const std::string found = place(file, last_link::followed, code);
        if (!code) {
            files_.set_last_write_time(found, time, code);
        }
    }

    void do_set_permissions(const path& file, perms what, bool follow,
                            std::error_code& code) override {
        const std::string found =
            place(file, follow ? last_link::followed : last_link::looked_at, code);
        if (!code) {
            files_.set_permissions(found, what, follow, code);
        }
    }

private:
    [[nodiscard]] std::string below(const std::string& file) const { return root_ + file; }

    file_info look(const std::string& file, std::error_code& code) override {
        return files_.info(below(file), false, code);
    }

    std::string target(const std::string& link, std::error_code& code) override {
        return files_.read_symlink(below(link), code).native();
    }

    file_info walk(const std::string& file, std::size_t& length, std::error_code& code) override {
        length += root_.size();
        const file_info info = files_.walk(below(file), length, code);
        length -= root_.size();
        return info;
    }

    // Where a path leads, in what is below. The slash after it stays, for what it says there; not
    // where a link stands before it, or what is below would follow that.
    std::string place(const path& file, last_link how, std::error_code& code) {
        const resolved found = resolve(*this, file.native(), how, code);
        return code ? std::string() : below_of(found, code);
    }

    [[nodiscard]] std::string below_of(const resolved& found, std::error_code& code) const {
        if (found.before_slash && found.info.type == file_type::symlink) {
            code = system_code(std::errc::not_a_directory);
        }
        const bool slash = found.before_slash && found.last == resolved::ending::name;
        return below(found.file) + (slash ? "/" : "");
    }

    // The same for who takes a name away.
    std::string name_of(const path& file, std::errc dot, std::errc dot_dot, std::error_code& code) {
        const resolved found = resolve(*this, file.native(), last_link::kept, code);
        code = code ? code : refused(found, dot, dot_dot);
        return code ? std::string() : below_of(found, code);
    }

    held_filesystem files_;
    std::string root_;  // without a slash at its end
};

held_filesystem within(held_filesystem files, const path& directory) {
    std::error_code code;
    if (directory.empty()) {
        code = system_code(std::errc::no_such_file_or_directory);
    } else {
        code = detail::check_path(directory.native());
    }
    const filesystem& kind = files.get();
    if (!code && typeid(kind) == typeid(disk)) {
        os::owned_handle root = os::open_directory(directory.c_str(), code);
        if (!code) {
            return std::make_unique<rooted_disk>(std::move(root));
        }
    }
    const path here = code ? path() : files.current_path(code);
    if (!code && files.info(directory, true, code).type != file_type::directory && !code) {
        code = system_code(std::errc::not_a_directory);
    }
    if (code) {
        throw error("rooted", code, directory.native());
    }
    std::string root = (here / directory).native();
    while (root.ends_with('/')) {
        root.pop_back();
    }
    return std::make_unique<rooted_names>(std::move(files), std::move(root));
}

}  // namespace

rooted::rooted(held_filesystem files, const path& directory)
    : passing_filesystem(within(std::move(files), directory)) {}

std::uintmax_t rooted::do_remove_all(const path& file, std::error_code& code) {
    return files().remove_all(file, code);
}

std::vector<named_info> rooted::do_list(const path& directory, std::error_code& code) {
    return files().list(directory, code);
}

bool rooted::do_create_directories(const path& directory, std::error_code& code) {
    return files().create_directories(directory, code);
}

file_info rooted::do_walk(const std::string& file, std::size_t& length, std::error_code& code) {
    return files().walk(file, length, code);
}

}  // namespace sluice::fs
