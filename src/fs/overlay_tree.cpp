#include "overlay_tree.hpp"

#include "code.hpp"
#include "content.hpp"

#include <algorithm>
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

void erase_within(overlay_tree::names_type& names, const std::string& within) noexcept {
    auto first = names.lower_bound(within);
    while (first != names.end() && first->starts_with(within)) {
        first = names.erase(first);
    }
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

bool overlay_tree::is_hidden(const std::string& file) const {
    for (std::string_view each = file; !each.empty(); each = each.substr(0, each.rfind('/'))) {
        if (hidden_.contains(each)) {
            return true;
        }
    }
    return false;
}

void overlay_tree::note_hidden(const std::string& file) {
    const std::string within = name_in(file, {});
    hidden_.insert(file);
    erase_within(hidden_, within);
}

hiding::hiding(overlay_tree& tree, const std::string& file, std::error_code& code)
    : tree_(tree), within_(name_in(file, {})), place_(tree.hidden_.end()) {
    if (tree.shows_below(file, code)) {
        place_ = tree.hidden_.insert(file).first;
        hides_ = true;
    }
}

hiding::~hiding() {
    if (hides_) {
        tree_.hidden_.erase(place_);
    }
}

void hiding::keep() noexcept {
    if (hides_) {
        erase_within(tree_.hidden_, within_);
        hides_ = false;
    }
}

unfinished::unfinished(overlay_tree& tree, const std::string& file) : tree_(tree) {
    const auto [place, is_new] = tree.unfinished_.insert(file);
    place_ = place;
    ends_here_ = is_new;
}

unfinished::~unfinished() {
    if (ends_here_ && tree_.take_back(*place_)) {
        tree_.unfinished_.erase(place_);
    }
}

void unfinished::finish() noexcept {
    if (ends_here_) {
        tree_.unfinished_.erase(place_);
        ends_here_ = false;
    }
}

// False: it is still there.
bool overlay_tree::take_back(const std::string& file) noexcept {
    try {
        std::error_code code;
        const unchanged_directory directory(above, directory_of(file), code);
        above.remove(file, code);
        return !code || is_missing(code);
    } catch (const std::bad_alloc&) {
        return false;
    }
}

void overlay_tree::take_back_unfinished() noexcept {
    for (auto each = unfinished_.begin(); each != unfinished_.end();) {
        each = take_back(*each) ? unfinished_.erase(each) : std::next(each);
    }
}

file_info overlay_tree::info_above(const std::string& file, std::error_code& code) const {
    return unfinished_.contains(file) ? file_info() : info_of(above, file, code);
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

std::string overlay_tree::target(const std::string& link, std::error_code& code) {
    const bool from_above = is_above(link, code);
    return code ? std::string() : (from_above ? above : below).read_symlink(link, code).native();
}

resolved overlay_tree::find(const path& file, last_link how, std::error_code& code) {
    take_back_unfinished();
    const path from = file.is_absolute() ? path() : below.current_path(code);
    return code ? resolved() : resolve(*this, (from / file).native(), how, code);
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
    case file_type::directory: above.create_directory(file, code); break;
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
