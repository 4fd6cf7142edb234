#include "session.hpp"

#include "bundle.hpp"
#include "launch_error.hpp"
#include "table.hpp"

#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <iostream>

namespace sluice::mount {
namespace {

namespace fs = std::filesystem;

void warn(const std::string& text) {
    std::cerr << "sluice-mount: " << text << '\n';
}

bool is_in_ram(const fs::path& folder) {
    struct statfs status = {};
    return statfs(folder.c_str(), &status) == 0 &&
           (status.f_type == TMPFS_MAGIC || status.f_type == RAMFS_MAGIC);
}

bool forbids_programs(const fs::path& folder) {
    struct statvfs status = {};
    return statvfs(folder.c_str(), &status) == 0 && (status.f_flag & ST_NOEXEC) != 0;
}

bool is_there(const fs::path& place) noexcept {
    struct stat status = {};
    return lstat(place.c_str(), &status) == 0;
}

// Without ".", ".." and a slash at the end.
std::string normalised(const std::string& path) {
    std::string result = fs::absolute(path).lexically_normal().native();
    while (result.size() > 1 && result.ends_with('/')) {
        result.pop_back();
    }
    return result;
}

// As the kernel would call it if it were there: what is above it may be reached by symbolic links.
std::string canonical(const std::string& prefix) {
    const fs::path path = prefix;
    std::error_code code;
    const fs::path above = fs::weakly_canonical(path.parent_path(), code);
    if (code) {
        throw system_failure(prefix, code.value());
    }
    return (above / path.filename()).native();
}

// The first of the directories above a prefix that is not there, or the prefix.
std::string first_missing(const std::string& prefix) {
    std::string result = prefix;
    for (fs::path above = fs::path(prefix).parent_path(); above.has_relative_path();
         above = above.parent_path()) {
        std::error_code code;
        const fs::file_status status = fs::status(above, code);
        if (fs::is_directory(status)) {
            break;
        }
        if (fs::exists(status)) {
            throw system_failure(above.native(), ENOTDIR);
        }
        result = above.native();
    }
    return result;
}

// A directory in a copy, in which no symbolic link may lead to somewhere else.
void make_directory(const fs::path& folder) {
    if (mkdir(folder.c_str(), 0777) == 0) {
        return;
    }
    struct stat status = {};
    if (errno != EEXIST || lstat(folder.c_str(), &status) != 0) {
        throw system_failure(folder.native());
    }
    if (!S_ISDIR(status.st_mode)) {
        throw system_failure(folder.native(), ENOTDIR);
    }
}

// In the environment, a path is a line.
void check_lines(const std::string& path) {
    if (path.find('\n') != std::string::npos) {
        throw launch_error(status_usage, path + ": has a line end in it");
    }
}

void check_prefix(const std::string& prefix) {
    if (prefix == "/") {
        throw launch_error(status_usage, "nothing can be mounted over /");
    }
    check_lines(prefix);
}

bool is_bundle(const pair_of_paths& fixture) {
    const std::string_view ending = bundle_ending(fixture.path);
    return fs::is_regular_file(fixture.path) &&
           (fixture.prefix.ends_with('/') ||
            (!ending.empty() && !fixture.prefix.ends_with(ending)));
}

}  // namespace

session::session(const options& wanted) : keep_(wanted.keep), read_only_(wanted.read_only) {
    // Prefixes above others first.
    std::vector<pair_of_paths> fixtures = wanted.fixtures;
    const auto size = [](const pair_of_paths& one) { return normalised(one.prefix).size(); };
    std::stable_sort(fixtures.begin(), fixtures.end(),
                     [&](const auto& a, const auto& b) { return size(a) < size(b); });
    make_folder(wanted.folder);
    try {
        for (const pair_of_paths& one : fixtures) {
            mount(one);
        }
    } catch (...) {
        remove_tree(folder_);
        throw;
    }
    if (!copied_.left_out.empty()) {
        warn(copied_.left_out + " is a device or a socket, and left out");
    }
    if (copied_.has_programs && forbids_programs(folder_)) {
        warn(folder_.parent_path().native() +
             " is mounted noexec: programs and libraries in the copy cannot be run (see --in)");
    }
}

session::~session() {
    bool kept = false;
    for (const point& one : points_) {
        if (keep_ && is_there(one.place)) {
            warn(one.prefix + " is kept in " + one.place.native());
            kept = true;
        }
    }
    if (!kept && !remove_tree(folder_)) {
        warn(folder_.native() + " could not be removed");
    }
}

void session::make_folder(const std::string& wanted) {
    fs::path above = wanted.empty() ? "/dev/shm" : fs::absolute(wanted);
    if (wanted.empty() && (!is_in_ram(above) || access(above.c_str(), W_OK | X_OK) != 0)) {
        above = fs::temp_directory_path();
        warn("there is no /dev/shm in RAM to write to: the copy is on the disk, in " +
             above.native());
    }
    std::string name = (above / "sluice-mount-XXXXXX").native();
    check_lines(name);
    if (mkdtemp(name.data()) == nullptr) {
        throw system_failure(above.native());
    }
    folder_ = fs::canonical(name);
}

void session::mount(const pair_of_paths& fixture) {
    const std::string spelled = normalised(fixture.prefix);
    check_prefix(spelled);
    const std::string prefix = canonical(spelled);
    if (std::find(prefixes_.begin(), prefixes_.end(), prefix) != prefixes_.end()) {
        throw launch_error(status_usage, prefix + " is mounted twice");
    }
    prefixes_.push_back(prefix);
    copy(fixture, make_place(prefix, spelled));
}

fs::path session::make_place(const std::string& prefix, const std::string& spelled) {
    const point* above = point_of(prefix);
    if (above == nullptr) {
        const std::string start = first_missing(prefix);
        const std::size_t rest = prefix.size() - start.size();
        points_.push_back({start, spelled.substr(0, spelled.size() - rest),
                           folder_ / std::to_string(points_.size())});
        above = &points_.back();
    }
    fs::path place = above->place;
    const fs::path rest = fs::path(prefix).lexically_relative(above->prefix);
    if (rest == ".") {
        return place;
    }
    for (const fs::path& component : rest) {
        make_directory(place);
        place /= component;
    }
    return place;
}

void session::copy(const pair_of_paths& fixture, const fs::path& place) {
    if (!remove_tree(place)) {  // of a prefix above this one
        throw system_failure(place.native(), EBUSY);
    }
    if (is_bundle(fixture)) {
        make_directory(place);
        unpack(fs::absolute(fixture.path), place);
        copied_.has_programs = copied_.has_programs || has_programs(place);
    } else if (fixture.prefix.ends_with('/') && !fs::is_directory(fixture.path)) {
        throw system_failure(fixture.path, fs::exists(fixture.path) ? ENOTDIR : ENOENT);
    } else {
        if (is_under(folder_.native(), fs::weakly_canonical(fixture.path).native())) {
            throw launch_error(status_failed,
                               fixture.path + ": the copy would be in what is copied (see --in)");
        }
        copy_tree(fixture.path, place, copied_);
    }
}

const session::point* session::point_of(const std::string& prefix) const {
    const auto found = std::find_if(points_.begin(), points_.end(),
                                    [&](const point& one) { return is_under(prefix, one.prefix); });
    return found == points_.end() ? nullptr : &*found;
}

std::string session::table_text() const {
    // What an outer sluice-mount has mounted stays.
    const char* const outer = std::getenv(table_variable);
    std::string text = outer == nullptr ? "" : outer;
    const char kind = read_only_ ? 'r' : 'w';
    for (const point& one : points_) {
        text += kind + one.place.native() + '\n' + one.prefix + '\n';
    }
    // After the others, as of all names of a place the first is what the program is told.
    for (const point& one : points_) {
        if (one.spelled != one.prefix) {
            text += kind + one.place.native() + '\n' + one.spelled + '\n';
        }
    }
    return text;
}

void session::save(const std::vector<pair_of_paths>& saves) const {
    for (const pair_of_paths& one : saves) {
        const std::string prefix = canonical(normalised(one.prefix));
        const point* const at = point_of(prefix);
        if (at == nullptr) {
            throw launch_error(status_failed, one.prefix + " is not mounted: nothing is saved");
        }
        const fs::path place = at->place.native() + prefix.substr(at->prefix.size());
        if (!is_there(place)) {  // the program has removed it, or moved it away
            throw launch_error(status_failed,
                               "nothing is left at " + one.prefix + ": nothing is saved");
        }
        copied result;
        copy_tree(place, one.path, result);
    }
}

}  // namespace sluice::mount
