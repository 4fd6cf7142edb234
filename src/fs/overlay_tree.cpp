#include "overlay_tree.hpp"

#include "code.hpp"
#include "content.hpp"

#include <algorithm>
#include <cstddef>
#include <ios>
#include <iterator>
#include <new>
#include <set>
#include <string>
#include <string_view>
#include <utility>

namespace sluice::fs {
namespace {

std::string directory_of(const std::string& file) {
    const std::size_t slash = file.rfind('/');
    return slash == 0 || slash == std::string::npos ? "/" : file.substr(0, slash);
}

std::string name_in(const std::string& directory, const std::string& name) {
    return directory.ends_with('/') ? directory + name : directory + '/' + name;
}

// What is told of a name in one of the two; of type `none` where there is nothing.
file_info info_of(const held_filesystem& files, const std::string& file, std::error_code& code) {
    file_info info = files.info(file, false, code);
    if (is_missing(code)) {
        code.clear();
        info = {};
    }
    return info;
}

// A directory above that is changed, and shall be as if it had not been: it may be one that nobody
// may write to, in which a file may be written all the same.
class unchanged_directory {
public:
    unchanged_directory(const held_filesystem& files, std::string directory, std::error_code& code)
        : files_(files),
          directory_(std::move(directory)),
          info_(files.info(directory_, false, code)),
          known_(!code) {
        if (known_ && !allows(perms::owner_all)) {
            std::error_code ignored;  // then what is done in it fails
            files_.set_permissions(directory_, info_.permissions | perms::owner_all, true, ignored);
        }
    }
    unchanged_directory(const unchanged_directory&) = delete;
    unchanged_directory& operator=(const unchanged_directory&) = delete;
    ~unchanged_directory() {
        if (known_) {
            put_back();
        }
    }

private:
    [[nodiscard]] bool allows(perms what) const noexcept {
        return (info_.permissions & what) == what;
    }

    void put_back() noexcept {
        try {
            std::error_code ignored;
            files_.set_last_write_time(directory_, info_.last_write_time, ignored);
            if (!allows(perms::owner_all)) {
                files_.set_permissions(directory_, info_.permissions, true, ignored);
            }
        } catch (const std::bad_alloc&) {
            // it stays as it is
        }
    }

    const held_filesystem& files_;
    std::string directory_;
    file_info info_;
    bool known_;
};

}  // namespace

// -- what is where ----------------------------------------------------------------------------

bool overlay_tree::name_order::operator()(std::string_view a, std::string_view b) const noexcept {
    const std::size_t shorter = std::min(a.size(), b.size());
    const auto end = a.begin() + static_cast<std::ptrdiff_t>(shorter);
    const auto [in_a, in_b] = std::mismatch(a.begin(), end, b.begin());
    if (in_a == end) {
        return a.size() < b.size();
    }
    return *in_b != '/' && (*in_a == '/' || *in_a < *in_b);
}

// How much of a name is one that is hidden; npos where none is.
std::size_t overlay_tree::hidden_part(const std::string& file) const {
    auto found = hidden_.upper_bound(file);
    if (found == hidden_.begin()) {
        return std::string::npos;
    }
    --found;
    return file == *found || is_within(file, *found) ? found->size() : std::string::npos;
}

bool overlay_tree::is_hidden(const std::string& file) const {
    return hidden_part(file) != std::string::npos;
}

void overlay_tree::take_names_within(const std::string& file, names_type& taken) noexcept {
    auto each = hidden_.upper_bound(file);
    while (each != hidden_.end() && is_within(*each, file)) {
        taken.insert(hidden_.extract(each++));
    }
}

void overlay_tree::note_hidden(const std::string& file) {
    names_type within;
    hidden_.insert(file);
    take_names_within(file, within);
}

hiding::hiding(overlay_tree& tree, const std::string& file, std::error_code& code)
    : tree_(tree), place_(tree.hidden_.end()) {
    if (tree.shows_below(file, code)) {
        place_ = tree.hidden_.insert(file).first;
        tree.take_names_within(file, within_);
        hides_ = true;
    }
}

hiding::~hiding() {
    if (hides_) {
        tree_.hidden_.erase(place_);
        tree_.hidden_.merge(within_);
    }
}

void hiding::keep() noexcept {
    hides_ = false;
}

unfinished::unfinished(overlay_tree& tree, const std::string& file)
    : tree_(tree),
      place_(tree.unfinished_.try_emplace(file, false).first),
      ends_here_(!std::exchange(place_->second, true)) {}

unfinished::~unfinished() {
    if (ends_here_) {
        place_->second = false;
        if (tree_.take_back(place_->first)) {
            tree_.unfinished_.erase(place_);
        }
    }
}

void unfinished::finish() noexcept {
    if (ends_here_) {
        tree_.unfinished_.erase(place_);
        ends_here_ = false;
    }
}

void overlay_tree::take_back(const std::string& file, std::error_code& code) {
    const unchanged_directory directory(above, directory_of(file), code);
    above.remove(file, code);
    if (is_missing(code)) {
        code.clear();
    }
}

// False: it is still there.
bool overlay_tree::take_back(const std::string& file) noexcept {
    try {
        std::error_code code;
        take_back(file, code);
        return !code;
    } catch (const std::bad_alloc&) {
        return false;
    }
}

void overlay_tree::take_back_unfinished() noexcept {
    for (auto each = unfinished_.begin(); each != unfinished_.end();) {
        each = take_back(each->first) ? unfinished_.erase(each) : std::next(each);
    }
}

void overlay_tree::take_back_at(const std::string& file, std::error_code& code) {
    for (auto each = unfinished_.begin(); !code && each != unfinished_.end();) {
        const bool is_here = each->first == file || is_within(each->first, file);
        if (is_here) {
            take_back(each->first, code);
        }
        each = is_here && !code ? unfinished_.erase(each) : std::next(each);
    }
}

std::unique_lock<std::mutex> overlay_tree::enter() {
    std::unique_lock lock(mutex_);
    take_back_unfinished();
    return lock;
}

// How much of a name is the first whose copy above is not finished; npos where none is.
std::size_t overlay_tree::unfinished_part(const std::string& file) const noexcept {
    std::size_t part = std::string::npos;
    for (const auto& [name, is_now] : unfinished_) {
        if (file == name || is_within(file, name)) {
            part = std::min(part, name.size());
        }
    }
    return part;
}

file_info overlay_tree::info_above(const std::string& file, std::error_code& code) const {
    const bool is_unfinished = unfinished_part(file) != std::string::npos;
    return is_unfinished ? file_info() : info_of(above, file, code);
}

bool overlay_tree::is_above(const std::string& file, std::error_code& code) const {
    return info_above(file, code).type != file_type::none && !code;
}

bool overlay_tree::shows_below(const std::string& file, std::error_code& code) const {
    return !is_hidden(file) && info_of(below, file, code).type != file_type::none && !code;
}

file_info overlay_tree::look(const std::string& file, std::error_code& code) {
    file_info info = info_above(file, code);
    if (code) {
        return {};
    }
    if (info.type == file_type::none) {
        if (is_hidden(file)) {
            code = system_code(std::errc::no_such_file_or_directory);
            return {};
        }
        return below.info(file, false, code);
    }
    // A link below must not be gone through where a directory above has its name.
    if (info.type == file_type::directory && !is_hidden(file)) {
        const file_type other = info_of(below, file, code).type;
        if (!code && other != file_type::none && other != file_type::directory) {
            note_hidden(file);
        }
    }
    return info;
}

// A link below must not be gone through where a directory above has its name. `directories` is how
// far the name leads through those above.
std::error_code overlay_tree::check_conflict(const std::string& file, std::size_t directories,
                                             std::size_t below_end, const file_info& found,
                                             const std::error_code& failed) {
    if (below_end > directories || is_missing(failed)) {
        return {};
    }
    const std::string name = file.substr(0, below_end);
    if (is_hidden(name)) {
        return {};
    }
    if (!failed && found.type != file_type::directory) {
        note_hidden(name);
    }
    return failed;
}

// As if nothing were there whose copy is not finished.
file_info overlay_tree::walk_above(const std::string& file, std::size_t& length,
                                   std::error_code& code) const {
    const file_info info = above.walk(file, length, code);
    const std::size_t unfinished = unfinished_part(file);
    if (length < unfinished) {
        return info;
    }
    length = unfinished;
    code = system_code(std::errc::no_such_file_or_directory);
    return {};
}

// What look() tells of each name in turn.
file_info overlay_tree::walk(const std::string& file, std::size_t& length, std::error_code& code) {
    std::size_t above_end = 0;
    const file_info from_above = walk_above(file, above_end, code);
    if (code && !is_missing(code)) {
        length = above_end;
        return {};
    }
    const bool is_there = !code;
    const std::size_t directories = is_there && from_above.type == file_type::directory
                                        ? above_end
                                        : file.rfind('/', above_end - 1);
    // Of what is above, only the directories are looked at below.
    const std::string asked = is_there ? file.substr(0, directories) : file;
    std::error_code failed;
    std::size_t below_end = 0;
    file_info from_below;
    code.clear();
    if (!asked.empty()) {
        from_below = below.walk(asked, below_end, failed);
        code = check_conflict(file, directories, below_end, from_below, failed);
    }
    if (code) {
        length = below_end;
        return {};
    }
    if (is_there) {
        length = above_end;
        return from_above;
    }
    const std::size_t hidden = hidden_part(file);
    if (below_end >= above_end && below_end < hidden) {
        length = below_end;
        code = failed;
        return from_below;
    }
    length = std::max(above_end, std::min(below_end, hidden));
    code = system_code(std::errc::no_such_file_or_directory);
    return {};
}

std::string overlay_tree::target(const std::string& link, std::error_code& code) {
    const bool from_above = is_above(link, code);
    return code ? std::string() : (from_above ? above : below).read_symlink(link, code).native();
}

std::string overlay_tree::whole(const path& file, std::error_code& code) {
    return file.is_absolute() ? file.native() : (below.current_path(code) / file).native();
}

resolved overlay_tree::find(const path& file, last_link how, std::error_code& code) {
    const std::string from_root = whole(file, code);
    return code ? resolved() : resolve(*this, from_root, how, code);
}

resolved overlay_tree::find_there(const path& file, last_link how, std::error_code& code) {
    resolved found = find(file, how, code);
    if (!code && !found.there) {
        code = system_code(std::errc::no_such_file_or_directory);
    }
    return found;
}

std::vector<std::string> overlay_tree::names(const std::string& directory, std::error_code& code) {
    std::vector<std::string> all;
    if (is_above(directory, code) && !code) {
        all = above.names(directory, code);
    }
    if (!unfinished_.empty()) {
        std::erase_if(all, [&](const std::string& name) {
            return unfinished_.contains(name_in(directory, name));
        });
    }
    if (code || !shows_below(directory, code) || code) {
        return all;
    }
    std::sort(all.begin(), all.end());
    const auto from_above = static_cast<std::ptrdiff_t>(all.size());
    for (std::string& name : below.names(directory, code)) {
        if (!hidden_.contains(name_in(directory, name)) &&
            !std::binary_search(all.begin(), all.begin() + from_above, name)) {
            all.push_back(std::move(name));
        }
    }
    return all;
}

// -- copying up -------------------------------------------------------------------------------

void overlay_tree::copy_file_up(const std::string& file, perms permissions, bool with_content,
                                std::error_code& code) {
    using ios = std::ios_base;
    file_handle target = above.open(file, ios::out | ios::binary, code);
    if (!code) {  // before its content, which may be for its owner alone
        above.set_permissions(file, permissions, true, code);
    }
    if (!code && with_content) {
        file_handle source = below.open(file, ios::in | ios::binary, code);
        code = code ? code : copy_content(source, target).error;
    }
    const std::error_code closed = target.is_open() ? target.close() : std::error_code();
    code = code ? code : closed;
}

void overlay_tree::create_above(const std::string& file, const file_info& info, bool with_content,
                                std::error_code& code) {
    switch (info.type) {
    case file_type::regular: copy_file_up(file, info.permissions, with_content, code); break;
    case file_type::directory:
        above.create_directory(file, code);
        if (code == std::errc::file_exists) {
            code.clear();  // left by an earlier call, and empty
        }
        break;
    case file_type::symlink: {
        const path link = below.read_symlink(file, code);
        if (!code) {
            above.create_symlink(link, file, code);
        }
        return;
    }
    default: code = system_code(std::errc::not_supported); return;
    }
    if (!code) {
        above.set_last_write_time(file, info.last_write_time, code);
    }
    if (!code) {
        above.set_permissions(file, info.permissions, true, code);
    }
}

bool overlay_tree::copy_up(const resolved& file, std::error_code& code, bool with_content) {
    if (is_above(file.file, code) || code) {
        return false;
    }
    copy_up_directory_of(file.file, code);
    if (code) {
        return false;
    }
    const unchanged_directory directory(above, directory_of(file.file), code);
    if (!code) {
        unfinished copy(*this, file.file);
        create_above(file.file, file.info, with_content, code);
        if (!code) {
            copy.finish();
        }
    }
    return !code;
}

std::error_code overlay_tree::check_change(const std::string& file) {
    constexpr perms needed = perms::owner_write | perms::owner_exec;
    std::error_code code;
    const perms allowed = look(directory_of(file), code).permissions;
    return code || (allowed & needed) == needed ? code : system_code(std::errc::permission_denied);
}

void overlay_tree::copy_up_directory_of(const std::string& file, std::error_code& code) {
    const std::string directory = directory_of(file);
    if (directory == file || is_above(directory, code) || code) {
        return;
    }
    resolved found;
    found.file = directory;
    found.info = look(directory, code);
    if (!code) {
        copy_up(found, code);
    }
}

void overlay_tree::make_room_for(const std::string& file, std::error_code& code) {
    copy_up_directory_of(file, code);
    if (!code) {
        take_back_at(file, code);
    }
}

void overlay_tree::copy_up_all(const resolved& file, std::error_code& code) {
    copy_up(file, code);
    if (code || file.info.type != file_type::directory || !shows_below(file.file, code) || code) {
        return;
    }
    for (const std::string& name : names(file.file, code)) {
        resolved each;
        each.file = name_in(file.file, name);
        each.info = look(each.file, code);
        if (!code) {
            copy_up_all(each, code);
        }
        if (code) {
            return;
        }
    }
}

}  // namespace sluice::fs
