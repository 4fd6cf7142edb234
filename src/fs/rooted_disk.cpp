#include "rooted_disk.hpp"

#include "disk_tree.hpp"
#include "open_mode.hpp"
#include "os/directory.hpp"
#include "os/directory_trail.hpp"
#include "resolve.hpp"

#include <string_view>
#include <utility>

namespace sluice::fs {
namespace {

bool is_link_error(const std::error_code& code) noexcept {
    return code == std::errc::too_many_symbolic_link_levels;
}

// What becomes of a directory on the way that is missing.
enum class missing { fails, created };

// A path on its way from the root. `..` goes back on its trail, and does not go by what the system
// says of it, for which it may lead elsewhere meanwhile.
class descent {
public:
    descent(os::handle root, const path& file, last_link how, missing what = missing::fails)
        : trail_(root), rest_(file.native()), how_(how), missing_(what) {
        if (file.native().size() > path_walk::longest_path) {
            code_ = system_code(std::errc::filename_too_long);
        } else {
            go_on();
        }
    }

    // Where the last name is to be looked up, and the name; `.` where the path ends in a directory
    // that is held open.
    [[nodiscard]] os::handle directory() const noexcept { return trail_.here(); }
    [[nodiscard]] const char* name() const noexcept { return name_.c_str(); }

    /// How the path was written: `.` and `..` too, empty for the root.
    [[nodiscard]] const std::string& written() const noexcept { return written_; }
    [[nodiscard]] bool before_slash() const noexcept { return rest_.before_slash(); }
    [[nodiscard]] const std::error_code& code() const noexcept { return code_; }
    [[nodiscard]] bool has_made() const noexcept { return has_made_; }

    // Lets go of the directories that led here; the last one stays open.
    void stay() noexcept { trail_.begin_here(); }

    // Goes on where the last name has turned out to be a link.
    void follow() {
        std::string target = os::read_link_at(directory(), name(), code_);
        if (code_ == std::errc::invalid_argument) {
            target = name_;  // it is none any more, and counted as one
            code_.clear();
        }
        enter(target);
        go_on();
    }

private:
    [[nodiscard]] bool keeps_slash() const noexcept {
        return how_ == last_link::kept || how_ == last_link::created;
    }

    void enter(const std::string& target) {
        if (!code_ && target.starts_with('/')) {
            trail_.go_to_top();
        }
        if (!code_) {
            rest_.enter_link(target, code_);
        }
    }

    void go_on() {
        while (!code_) {
            name_ = rest_.next();
            written_ = name_;
            if (name_ == "..") {
                if (!trail_.at_top()) {
                    trail_.go_back(code_);
                }
                name_.assign(1, '.');
            }
            if (name_.empty() || name_ == ".") {
                name_.assign(1, '.');
                if (code_ || rest_.at_end()) {
                    return;
                }
            } else if (rest_.at_end() && (keeps_slash() || !rest_.before_slash())) {
                return;
            } else {
                step_down();
                if (!code_ && rest_.at_end() && in_directory_) {
                    name_.assign(1, '.');
                    return;
                }
            }
        }
    }

    // Into a directory, or on with a link that is in its place.
    void step_down() {
        os::owned_handle next = os::open_directory_at(directory(), name(), code_);
        if (code_ == std::errc::no_such_file_or_directory && missing_ == missing::created) {
            next = made();
        }
        in_directory_ = !code_;
        if (!code_) {
            trail_.go_down(std::move(next), code_);
            return;
        }
        if (code_ != std::errc::not_a_directory && !is_link_error(code_)) {
            return;
        }
        std::string target = os::read_link_at(directory(), name(), code_);
        if (code_ == std::errc::invalid_argument) {
            code_ = system_code(std::errc::not_a_directory);
        }
        enter(target);
    }

    // A directory in the place of a name that is missing; not where a link leads.
    os::owned_handle made() {
        code_ = rest_.in_link() ? system_code(std::errc::file_exists)
                                : os::make_directory_at(directory(), name());
        has_made_ = has_made_ || !code_;
        const bool may_be_there = !code_ || (code_ == std::errc::file_exists && !rest_.in_link());
        return may_be_there ? os::open_directory_at(directory(), name(), code_)
                            : os::owned_handle();
    }

    os::directory_trail trail_;
    path_walk rest_;
    last_link how_;
    missing missing_;
    bool has_made_ = false;
    std::string name_ = ".";
    std::string written_;
    bool in_directory_ = false;
    std::error_code code_;
};

// Calls until the last name is no link: `call` says so by its error.
template <class Call>
void follow_links(descent& way, std::error_code& code, Call call) {
    for (code = way.code(); !code;) {
        call(code);
        if (!is_link_error(code)) {
            return;
        }
        way.follow();
        code = way.code();
    }
}

os::path_status status_of(descent& way, bool follow, std::error_code& code) {
    os::path_status status;
    follow_links(way, code, [&](std::error_code& failed) {
        status = os::status_at(way.directory(), way.name(), failed);
        if (!failed && follow && status.type == file_type::symlink) {
            failed = system_code(std::errc::too_many_symbolic_link_levels);
        }
    });
    return status;
}

// What `.`, `..` and the root give to calls that take a name away.
std::error_code refused(const descent& way, std::errc dot, std::errc dot_dot) noexcept {
    const std::string& name = way.written();
    return name == "."    ? system_code(dot)
           : name == ".." ? system_code(dot_dot)
           : name.empty() ? system_code(std::errc::device_or_resource_busy)
                          : std::error_code();
}

// A name with a slash after it must be a directory's.
std::error_code check_slash(const descent& way, file_type type) noexcept {
    return way.before_slash() && type != file_type::directory
               ? system_code(std::errc::not_a_directory)
               : std::error_code();
}

}  // namespace

file_handle rooted_disk::do_open(const std::string& file, std::ios_base::openmode mode,
                                 std::error_code& code) {
    file_handle opened;
    descent way(root_.get(), file, end_of(mode));
    follow_links(way, code, [&](std::error_code& failed) {
        if (creates(mode) && way.before_slash()) {
            failed = system_code(std::errc::is_a_directory);
            return;
        }
        os::owned_handle descriptor(os::open_at(way.directory(), way.name(), mode, failed));
        if (!failed) {
            opened.start(descriptor.release(), has(mode, std::ios_base::app));
        }
    });
    return opened;
}

file_info rooted_disk::do_info(const path& file, bool follow, std::error_code& code) {
    descent way(root_.get(), file, follow ? last_link::followed : last_link::looked_at);
    const os::path_status found = status_of(way, follow, code);
    return told_of(found);
}

file_info rooted_disk::do_walk(const std::string& file, std::size_t& length,
                               std::error_code& code) {
    const descent way(root_.get(), file.substr(0, length) + '/', last_link::followed);
    code = way.code();
    return code ? file_info() : walk_from(way.directory(), file, length, code);
}

std::vector<std::string> rooted_disk::do_names(const path& directory, std::error_code& code) {
    const descent way(root_.get(), directory / "", last_link::followed);
    code = way.code();
    return code ? std::vector<std::string>() : os::names_in(way.directory(), code);
}

std::vector<named_info> rooted_disk::do_list(const path& directory, std::error_code& code) {
    const descent way(root_.get(), directory / "", last_link::followed);
    code = way.code();
    std::vector<named_info> found;
    if (code) {
        return found;
    }
    for (std::string& name : os::names_in(way.directory(), code)) {
        const os::path_status status = os::status_at(way.directory(), name.c_str(), code);
        if (!code) {
            found.push_back({std::move(name), told_of(status)});
        } else if (code != std::errc::no_such_file_or_directory) {
            break;
        }
        code.clear();
    }
    return found;
}

void rooted_disk::do_create_directory(const path& directory, std::error_code& code) {
    const descent way(root_.get(), directory, last_link::kept);
    code = way.code() ? way.code() : os::make_directory_at(way.directory(), way.name());
}

bool rooted_disk::do_create_directories(const path& directory, std::error_code& code) {
    const descent way(root_.get(), directory / "", last_link::followed, missing::created);
    code = way.code();
    return way.has_made();
}

void rooted_disk::do_create_symlink(const path& target, const path& link, std::error_code& code) {
    const descent way(root_.get(), link, last_link::kept);
    code = way.code();
    if (!code && way.before_slash()) {
        static_cast<void>(os::status_at(way.directory(), way.name(), code));
        code = code ? code : system_code(std::errc::file_exists);
    }
    if (!code) {
        code = os::make_link_at(target.c_str(), way.directory(), way.name());
    }
}

path rooted_disk::do_read_symlink(const path& link, std::error_code& code) {
    const descent way(root_.get(), link, last_link::looked_at);
    code = way.code();
    return code ? path() : path(os::read_link_at(way.directory(), way.name(), code));
}

void rooted_disk::do_remove(const path& file, std::error_code& code) {
    const descent way(root_.get(), file, last_link::kept);
    code = way.code() ? way.code()
                      : refused(way, std::errc::invalid_argument, std::errc::directory_not_empty);
    if (code) {
        return;
    }
    const os::path_status status = os::status_at(way.directory(), way.name(), code);
    code = code ? code : check_slash(way, status.type);
    if (!code) {
        code = os::remove_at(way.directory(), way.name(), status.type == file_type::directory);
    }
}

std::uintmax_t rooted_disk::do_remove_all(const path& file, std::error_code& code) {
    {
        descent way(root_.get(), file, last_link::kept);
        code = way.code();
        if (code == std::errc::no_such_file_or_directory) {
            code.clear();
            return 0;
        }
        if (code) {
            return 0;
        }
        if (!way.before_slash() && way.name() != std::string_view(".") && !goes_up(file)) {
            way.stay();
            return os::remove_all_at(way.directory(), way.name(), code);
        }
    }
    return filesystem::do_remove_all(file, code);  // which goes other ways, and needs descriptors
}

void rooted_disk::do_rename(const path& from, const path& to, std::error_code& code) {
    const descent source(root_.get(), from, last_link::kept);
    const descent target(root_.get(), to, last_link::kept);
    constexpr auto busy = std::errc::device_or_resource_busy;
    code = source.code() ? source.code() : target.code();
    code = code ? code : refused(source, busy, busy);
    code = code ? code : refused(target, busy, busy);
    if (code) {
        return;
    }
    if (source.before_slash() || target.before_slash()) {
        const os::path_status status = os::status_at(source.directory(), source.name(), code);
        code = code ? code : check_slash(source, status.type);
        code = code ? code : check_slash(target, status.type);
    }
    if (!code) {
        code = os::rename_at(source.directory(), source.name(), target.directory(), target.name());
    }
}

bool rooted_disk::do_equivalent(const path& a, const path& b, std::error_code& code) {
    descent way_a(root_.get(), a, last_link::followed);
    const os::path_status one = status_of(way_a, true, code);
    if (code) {
        return false;
    }
    descent way_b(root_.get(), b, last_link::followed);
    const os::path_status other = status_of(way_b, true, code);
    return !code && one.file == other.file;
}

void rooted_disk::do_set_last_write_time(const path& file, file_time_type time,
                                         std::error_code& code) {
    descent way(root_.get(), file, last_link::followed);
    static_cast<void>(status_of(way, true, code));
    if (!code) {
        // Where a link has come there meanwhile, the time is the link's.
        code = os::set_time_at(way.directory(), way.name(), time);
    }
}

void rooted_disk::do_set_permissions(const path& file, perms what, bool follow,
                                     std::error_code& code) {
    descent way(root_.get(), file, follow ? last_link::followed : last_link::looked_at);
    static_cast<void>(status_of(way, follow, code));
    if (!code) {
        code = os::set_permissions_at(way.directory(), way.name(), what);
    }
}

}  // namespace sluice::fs
