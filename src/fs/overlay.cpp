#include <sluice/fs/overlay.hpp>

#include "code.hpp"
#include "open_mode.hpp"
#include "overlay_tree.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace sluice::fs {
namespace {

last_link looked_at(bool follow) noexcept {
    return follow ? last_link::followed : last_link::looked_at;
}

// A name with a slash after it must be a directory's.
std::error_code check_slash(const resolved& file, file_type type) noexcept {
    return file.before_slash && type != file_type::directory
               ? system_code(std::errc::not_a_directory)
               : std::error_code();
}

// What is at `to`, and cannot be replaced by what is at `from`.
std::error_code check_replacing(overlay_tree& tree, const resolved& from, const resolved& to) {
    std::error_code code;
    const bool is_directory = from.info.type == file_type::directory;
    if (is_within(from.file, to.file)) {
        return system_code(std::errc::directory_not_empty);
    }
    if (!to.there) {
        return {};
    }
    if (to.info.type != file_type::directory) {
        return is_directory ? system_code(std::errc::not_a_directory) : std::error_code();
    }
    if (!is_directory) {
        return system_code(std::errc::is_a_directory);
    }
    const bool empty = tree.names(to.file, code).empty();
    return code || empty ? code : system_code(std::errc::directory_not_empty);
}

// What is copied up for the call must not stay if that fails: it may lack its content.
file_handle open_above(overlay_tree& tree, const resolved& found, std::ios_base::openmode mode,
                       std::error_code& code) {
    std::optional<unfinished> copy;
    if (!found.there) {
        tree.make_room_for(found.file, code);
    } else if (!tree.is_above(found.file, code) && !code) {
        copy.emplace(tree, found.file);
        tree.copy_up(found, code, !empties(mode));
    }
    file_handle opened = code ? file_handle() : tree.above.open(found.file, mode, code);
    if (copy && !code) {
        copy->finish();
    }
    return opened;
}

// How many there are, `file` included; an error where one of them may not be taken away.
std::uintmax_t count_all(overlay_tree& tree, const std::string& file, file_type type,
                         std::error_code& code) {
    std::uintmax_t count = 1;
    if (type != file_type::directory) {
        return count;
    }
    const std::vector<std::string> names = tree.names(file, code);
    if (!code && !names.empty() && tree.shows_below(file, code) && !code) {
        code = tree.check_change(file + '/' + names.front());
    }
    for (const std::string& name : names) {
        const std::string each = file + '/' + name;
        const file_type found = code ? file_type::none : tree.look(each, code).type;
        count += code ? 0 : count_all(tree, each, found, code);
    }
    return count;
}

// All at once: what is below with one name that is hidden, before what is above.
std::uintmax_t remove_all_of(overlay_tree& tree, const resolved& found, std::error_code& code) {
    if (!tree.shows_below(found.file, code)) {
        return code ? 0 : tree.above.remove_all(found.file, code);
    }
    const std::uintmax_t count = count_all(tree, found.file, found.info.type, code);
    code = code ? code : tree.check_change(found.file);
    const bool is_above = !code && tree.is_above(found.file, code);
    if (code) {
        return 0;
    }
    tree.note_hidden(found.file);
    if (is_above) {
        tree.above.remove_all(found.file, code);
    }
    return count;
}

}  // namespace

overlay::overlay(held_filesystem below, held_filesystem above)
    : tree_(std::make_unique<overlay_tree>(std::move(below), std::move(above))) {}

overlay::~overlay() = default;

file_handle overlay::do_open(const std::string& file, std::ios_base::openmode mode,
                             std::error_code& code) {
    auto lock = tree_->enter();
    const resolved found = tree_->find(file, end_of(mode), code);
    code = code ? code : check_opened(found, mode);
    if (code) {
        return {};
    }
    if (writes(mode)) {
        return open_above(*tree_, found, mode, code);
    }
    const bool from_above = tree_->is_above(found.file, code);
    lock.unlock();  // a FIFO may be opened, which waits for a writer
    return code ? file_handle()
                : (from_above ? tree_->above : tree_->below).open(found.file, mode, code);
}

file_info overlay::do_info(const path& file, bool follow, std::error_code& code) {
    const auto lock = tree_->enter();
    return tree_->find_there(file, looked_at(follow), code).info;
}

std::vector<std::string> overlay::do_names(const path& directory, std::error_code& code) {
    const auto lock = tree_->enter();
    const resolved found = tree_->find_there(directory, last_link::followed, code);
    if (!code && found.info.type != file_type::directory) {
        code = system_code(std::errc::not_a_directory);
    }
    return code ? std::vector<std::string>() : tree_->names(found.file, code);
}

void overlay::do_create_directory(const path& directory, std::error_code& code) {
    const auto lock = tree_->enter();
    const resolved found = tree_->find(directory, last_link::kept, code);
    if (!code && found.there) {
        code = system_code(std::errc::file_exists);
    }
    if (!code) {
        tree_->make_room_for(found.file, code);
    }
    if (!code) {
        tree_->above.create_directory(found.file, code);
    }
}

bool overlay::do_create_directories(const path& directory, std::error_code& code) {
    const auto lock = tree_->enter();
    const std::string whole = tree_->whole(directory, code);
    return !code &&
           create_all(
               *tree_, whole,
               [this](const std::string& first, const std::string& last, std::error_code& failed) {
                   tree_->make_room_for(first, failed);
                   return !failed && tree_->above.create_directories(last, failed);
               },
               code);
}

file_info overlay::do_walk(const std::string& file, std::size_t& length, std::error_code& code) {
    const auto lock = tree_->enter();
    return walk_in(*tree_, file, length, code);
}

void overlay::do_create_symlink(const path& target, const path& link, std::error_code& code) {
    const auto lock = tree_->enter();
    const resolved found = tree_->find(link, last_link::kept, code);
    if (!code && (found.there || found.before_slash)) {
        code = system_code(found.there ? std::errc::file_exists
                                       : std::errc::no_such_file_or_directory);
    }
    if (!code) {
        tree_->make_room_for(found.file, code);
    }
    if (!code) {
        tree_->above.create_symlink(target, found.file, code);
    }
}

path overlay::do_read_symlink(const path& link, std::error_code& code) {
    const auto lock = tree_->enter();
    const resolved found = tree_->find_there(link, last_link::looked_at, code);
    if (!code && found.info.type != file_type::symlink) {
        code = system_code(std::errc::invalid_argument);
    }
    return code ? path() : path(tree_->target(found.file, code));
}

void overlay::do_remove(const path& file, std::error_code& code) {
    const auto lock = tree_->enter();
    const resolved found = tree_->find_there(file, last_link::kept, code);
    code =
        code ? code : refused(found, std::errc::invalid_argument, std::errc::directory_not_empty);
    code = code ? code : check_slash(found, found.info.type);
    // Of what is above alone, above knows whether it is empty.
    if (!code && found.info.type == file_type::directory && tree_->shows_below(found.file, code) &&
        !code && !tree_->names(found.file, code).empty() && !code) {
        code = system_code(std::errc::directory_not_empty);
    }
    if (code) {
        return;
    }
    // Asked, and hidden, before: what is removed above must not show what is below.
    hiding below(*tree_, found.file, code);
    if (!code && below.hides()) {
        code = tree_->check_change(found.file);
    }
    if (!code && tree_->is_above(found.file, code) && !code) {
        tree_->above.remove(found.file, code);
    }
    if (!code) {
        below.keep();
    }
}

void overlay::do_rename(const path& from, const path& to, std::error_code& code) {
    constexpr auto busy = std::errc::device_or_resource_busy;
    const auto lock = tree_->enter();
    const resolved source = tree_->find(from, last_link::kept, code);
    const resolved target = code ? resolved() : tree_->find(to, last_link::kept, code);
    code = code ? code : refused(source, busy, busy);
    code = code ? code : refused(target, busy, busy);
    if (!code && !source.there) {
        code = system_code(std::errc::no_such_file_or_directory);
    }
    code = code ? code : check_slash(source, source.info.type);
    code = code ? code : check_slash(target, source.info.type);
    if (!code && is_within(target.file, source.file)) {
        code = system_code(std::errc::invalid_argument);
    }
    if (code || source.file == target.file) {
        return;
    }
    if (tree_->shows_below(source.file, code) || (!code && tree_->shows_below(target.file, code))) {
        code = code ? code : tree_->check_change(source.file);
        code = code ? code : tree_->check_change(target.file);
    }
    code = code ? code : check_replacing(*tree_, source, target);
    if (!code) {
        tree_->copy_up_all(source, code);
    }
    if (!code) {
        tree_->take_back_at(source.file, code);
    }
    if (!code) {
        tree_->make_room_for(target.file, code);
    }
    if (code) {
        return;
    }
    // Asked, and hidden, before: after the change an error would come too late.
    hiding source_below(*tree_, source.file, code);
    hiding target_below(*tree_, target.file, code);
    if (!code) {
        tree_->above.rename(source.file, target.file, code);
    }
    if (!code) {
        source_below.keep();
        target_below.keep();
    }
}

std::uintmax_t overlay::do_remove_all(const path& file, std::error_code& code) {
    auto lock = tree_->enter();
    const resolved found = tree_->find(file, last_link::kept, code);
    if (!code && found.last == resolved::ending::name && !found.before_slash && !goes_up(file)) {
        return found.there ? remove_all_of(*tree_, found, code) : 0;
    }
    lock.unlock();
    code.clear();
    return filesystem::do_remove_all(file, code);
}

bool overlay::do_equivalent(const path& a, const path& b, std::error_code& code) {
    const auto lock = tree_->enter();
    const resolved one = tree_->find_there(a, last_link::followed, code);
    const resolved other = code ? resolved() : tree_->find_there(b, last_link::followed, code);
    const bool one_above = !code && tree_->is_above(one.file, code);
    const bool other_above = !code && tree_->is_above(other.file, code);
    if (code || one.file == other.file || one_above != other_above) {
        return !code && one.file == other.file;
    }
    return (one_above ? tree_->above : tree_->below).equivalent(one.file, other.file, code);
}

void overlay::do_set_last_write_time(const path& file, file_time_type time, std::error_code& code) {
    const auto lock = tree_->enter();
    const resolved found = tree_->find_there(file, last_link::followed, code);
    if (!code) {
        tree_->copy_up(found, code);
    }
    if (!code) {
        tree_->above.set_last_write_time(found.file, time, code);
    }
}

void overlay::do_set_permissions(const path& file, perms what, bool follow, std::error_code& code) {
    const auto lock = tree_->enter();
    const resolved found = tree_->find_there(file, looked_at(follow), code);
    if (!code) {
        tree_->copy_up(found, code);
    }
    if (!code) {
        tree_->above.set_permissions(found.file, what, follow, code);
    }
}

path overlay::do_current_path(std::error_code& code) {
    return tree_->below.current_path(code);
}

}  // namespace sluice::fs
