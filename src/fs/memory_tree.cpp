#include "memory_tree.hpp"

#include "code.hpp"

#include <algorithm>
#include <mutex>

namespace sluice::fs {
namespace {

constexpr std::size_t longest_name = 255;
constexpr std::size_t longest_path = 4095;
constexpr int most_links = 40;

constexpr perms may_read = perms::owner_read;
constexpr perms may_write = perms::owner_write;
constexpr perms may_search = perms::owner_exec;
constexpr perms may_change = may_write | may_search;

memory_directory* directory_of(memory_node* node) noexcept {
    const bool is = node != nullptr && node->type == file_type::directory;
    return is ? static_cast<memory_directory*>(node) : nullptr;
}

const memory_link* link_of(const memory_node* node) noexcept {
    const bool is = node != nullptr && node->type == file_type::symlink;
    return is ? static_cast<const memory_link*>(node) : nullptr;
}

// Takes the next name off, with the slashes before it; empty where there is none.
std::string_view take_name(std::string_view& path) noexcept {
    path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view name = path.substr(0, end);
    path.remove_prefix(end);
    return name;
}

void add(memory_directory& parent, std::string_view name, std::shared_ptr<memory_node> node) {
    parent.entries.emplace(name, std::move(node));
    parent.touch();
}

}  // namespace

// One directory after the other, and nothing is allocated: a tree may be deeper than the stack.
memory_tree::~memory_tree() {
    std::shared_ptr<memory_directory> waiting = std::move(root_);
    while (waiting != nullptr) {
        const std::shared_ptr<memory_directory> gone = std::move(waiting);
        waiting = std::move(gone->next_to_go);
        for (auto& [name, node] : gone->entries) {
            if (node->type == file_type::directory) {
                auto directory = std::static_pointer_cast<memory_directory>(std::move(node));
                directory->next_to_go = std::move(waiting);
                waiting = std::move(directory);
            }
        }
    }
}

// -- walking ----------------------------------------------------------------------------------

// Source: link_path_walk() of Linux, and path_resolution(7).
std::error_code memory_tree::walk_to_last(memory_directory* start, std::string_view path,
                                          int& links, place& here) const {
    here = {};
    here.parent = path.starts_with('/') ? root_.get() : start;
    for (;;) {
        const std::string_view name = take_name(path);
        if (name.empty()) {
            here.node = here.parent;
            return {};
        }
        if (!here.parent->allows(may_search)) {
            return system_code(std::errc::permission_denied);
        }
        here.name = name;
        if (path.find_first_not_of('/') == std::string_view::npos) {
            here.slash = !path.empty();
            here.kind = here.name == "."    ? place::last::dot
                        : here.name == ".." ? place::last::dot_dot
                                            : place::last::name;
            return {};
        }
        if (const std::error_code code = step_into(here.parent, here.name, links)) {
            return code;
        }
    }
}

// Goes to what must be a directory, or a link to one.
std::error_code memory_tree::step_into(memory_directory*& here, std::string_view name,
                                       int& links) const {
    if (name == ".") {
        return {};
    }
    if (name == "..") {
        here = here->parent;
        return {};
    }
    place next;
    next.parent = here;
    next.name = name;
    std::error_code code = look_up(next);
    if (const memory_link* const link = code ? nullptr : link_of(next.node)) {
        if (++links > most_links) {
            return system_code(std::errc::too_many_symbolic_link_levels);
        }
        code = resolve(here, link->target, true, false, links, next);
    }
    if (code || next.node == nullptr) {
        return code ? code : system_code(std::errc::no_such_file_or_directory);
    }
    memory_directory* const directory = directory_of(next.node);
    if (directory == nullptr) {
        return system_code(std::errc::not_a_directory);
    }
    here = directory;
    return {};
}

std::error_code memory_tree::look_up(place& here) noexcept {
    if (here.name.size() > longest_name) {
        return system_code(std::errc::filename_too_long);
    }
    const auto found = here.parent->entries.find(here.name);
    here.holder = found != here.parent->entries.end() ? &found->second : nullptr;
    here.node = here.holder != nullptr ? here.holder->get() : nullptr;
    return {};
}

// To the node, through a link at the end too where it is to `follow` or a slash follows.
std::error_code memory_tree::resolve(memory_directory* start, std::string_view path, bool follow,
                                     bool creating, int& links, place& here) const {
    bool slash = false;
    for (std::error_code code = walk_to_last(start, path, links, here);;
         code = walk_to_last(here.parent, path, links, here)) {
        slash = slash || here.slash;
        if (!code && here.kind == place::last::name) {
            code = creating && slash ? system_code(std::errc::is_a_directory) : look_up(here);
        } else if (here.kind != place::last::name) {
            here.node = here.kind == place::last::dot_dot ? here.parent->parent : here.parent;
        }
        const memory_link* const link = link_of(here.node);
        if (code || link == nullptr || (!follow && !slash)) {
            const bool wrong = slash && here.node != nullptr && directory_of(here.node) == nullptr;
            return !code && wrong ? system_code(std::errc::not_a_directory) : code;
        }
        if (++links > most_links) {
            return system_code(std::errc::too_many_symbolic_link_levels);
        }
        path = link->target;
    }
}

std::error_code memory_tree::locate(std::string_view path, bool follow, place& here,
                                    bool creating) const {
    if (path.size() > longest_path) {
        return system_code(std::errc::filename_too_long);
    }
    int links = 0;
    const std::error_code code = resolve(root_.get(), path, follow, creating, links, here);
    return !code && here.node == nullptr && !creating
               ? system_code(std::errc::no_such_file_or_directory)
               : code;
}

// To a name that is to be changed, but not up to what is there.
std::error_code memory_tree::walk(std::string_view path, place& here) const {
    if (path.size() > longest_path) {
        return system_code(std::errc::filename_too_long);
    }
    int links = 0;
    return walk_to_last(root_.get(), path, links, here);
}

// The same, and to what is there: a link itself, also where a slash follows.
std::error_code memory_tree::locate_last(std::string_view path, place& here) const {
    const std::error_code code = walk(path, here);
    return code || here.kind != place::last::name ? code : look_up(here);
}

// To a name that is not taken, for something to be created there.
std::error_code memory_tree::locate_free(std::string_view path, bool directory, place& here) const {
    if (const std::error_code code = locate_last(path, here)) {
        return code;
    }
    if (here.kind != place::last::name || here.node != nullptr) {
        return system_code(std::errc::file_exists);
    }
    if (here.slash && !directory) {
        return system_code(std::errc::no_such_file_or_directory);
    }
    return here.parent->allows(may_change) ? std::error_code()
                                           : system_code(std::errc::permission_denied);
}

// -- files ------------------------------------------------------------------------------------

// Of what is there.
std::error_code memory_tree::may_open(const place& here, const opening& how) noexcept {
    if (how.fresh) {
        return system_code(std::errc::file_exists);
    }
    if (directory_of(here.node) != nullptr && (how.writes || how.creates)) {
        return system_code(std::errc::is_a_directory);
    }
    const bool allowed = (!how.reads || here.node->allows(may_read)) &&
                         (!how.writes || here.node->allows(may_write));
    return allowed ? std::error_code() : system_code(std::errc::permission_denied);
}

auto memory_tree::open(std::string_view path, const opening& how, std::error_code& code) -> opened {
    const auto open_there = [&](const place& here) {
        code = may_open(here, how);
        const bool is_file = !code && here.node->type == file_type::regular;
        return opened{is_file ? here.held_file() : nullptr};
    };
    place here;
    {
        const std::shared_lock guard(lock_);
        code = locate(path, !how.fresh, here, how.creates);
        if (code) {
            return {};
        }
        if (here.node != nullptr) {
            return open_there(here);
        }
    }
    const std::unique_lock guard(lock_);
    code = locate(path, !how.fresh, here, true);  // again: what was found may have changed
    if (code) {
        return {};
    }
    if (here.node != nullptr) {
        return open_there(here);
    }
    if (!here.parent->allows(may_change)) {
        code = system_code(std::errc::permission_denied);
        return {};
    }
    auto file = std::make_shared<memory_file>(space_);
    add(*here.parent, here.name, file);
    return {std::move(file), true};
}

file_info memory_tree::info(std::string_view path, bool follow, std::error_code& code) const {
    std::shared_ptr<memory_file> file;
    file_info result;
    {
        const std::shared_lock guard(lock_);
        place here;
        code = locate(path, follow, here);
        if (code || here.node == nullptr) {  // both, or neither
            return {};
        }
        result = told_of(here, file);
    }
    add_size(result, file.get());
    return result;
}

// Of a file, without what its content tells: it may be in use, and the tree does not wait for it.
file_info memory_tree::told_of(const place& here, std::shared_ptr<memory_file>& file) {
    file_info result;
    result.type = here.node->type;
    result.permissions = here.node->permissions;
    if (const memory_link* const link = link_of(here.node)) {
        result.size = link->target.size();
        result.last_write_time = link->last_write_time;
    } else if (const memory_directory* const directory = directory_of(here.node)) {
        result.last_write_time = directory->last_write_time;
    } else {
        file = here.held_file();
    }
    return result;
}

void memory_tree::add_size(file_info& info, const memory_file* file) noexcept {
    if (file != nullptr) {
        info.size = static_cast<std::uintmax_t>(file->content.size());
        info.last_write_time = file->content.last_write_time();
    }
}

// To a name in a directory, which must be there.
std::error_code memory_tree::go_down(place& here) noexcept {
    if (!here.parent->allows(may_search)) {
        return system_code(std::errc::permission_denied);
    }
    const std::error_code code = look_up(here);
    return !code && here.node == nullptr ? system_code(std::errc::no_such_file_or_directory) : code;
}

file_info memory_tree::go_along(std::string_view path, std::size_t& length,
                                std::error_code& code) const {
    std::shared_ptr<memory_file> file;
    file_info result;
    {
        const std::shared_lock guard(lock_);
        place here;
        code = locate(length == 0 ? "/" : path.substr(0, length), true, here);
        while (!code && length < path.size()) {
            here.parent = directory_of(here.node);
            if (here.parent == nullptr) {
                break;
            }
            std::string_view rest = path.substr(length);
            here.name = take_name(rest);
            length = path.size() - rest.size();
            code =
                length > longest_path ? system_code(std::errc::filename_too_long) : go_down(here);
        }
        if (code) {
            return {};
        }
        result = told_of(here, file);
    }
    add_size(result, file.get());
    return result;
}

std::error_code memory_tree::set_permissions(std::string_view path, perms what, bool follow) {
    const std::unique_lock guard(lock_);
    place here;
    if (const std::error_code code = locate(path, follow, here)) {
        return code;
    }
    if (here.node->type == file_type::symlink) {
        return system_code(std::errc::operation_not_supported);
    }
    here.node->permissions = what;
    return {};
}

std::error_code memory_tree::set_last_write_time(std::string_view path, file_time_type time) {
    std::shared_ptr<memory_file> file;
    {
        const std::unique_lock guard(lock_);
        place here;
        if (const std::error_code code = locate(path, true, here)) {
            return code;
        }
        if (memory_directory* const directory = directory_of(here.node)) {
            directory->last_write_time = time;
            return {};
        }
        file = here.held_file();
    }
    file->content.set_last_write_time(time);
    return {};
}

bool memory_tree::equivalent(std::string_view a, std::string_view b, std::error_code& code) const {
    const std::shared_lock guard(lock_);
    place first;
    place second;
    code = locate(a, true, first);
    if (!code) {
        code = locate(b, true, second);
    }
    return !code && first.node == second.node;
}

// -- names ------------------------------------------------------------------------------------

std::vector<std::string> memory_tree::names(std::string_view path, std::error_code& code) const {
    const std::shared_lock guard(lock_);
    place here;
    code = locate(path, true, here);
    if (code) {
        return {};
    }
    const memory_directory* const directory = directory_of(here.node);
    if (directory == nullptr || !directory->allows(may_read)) {
        code = system_code(directory == nullptr ? std::errc::not_a_directory
                                                : std::errc::permission_denied);
        return {};
    }
    std::vector<std::string> result;
    result.reserve(directory->entries.size());
    for (const auto& [name, node] : directory->entries) {
        result.push_back(name);
    }
    return result;
}

std::string memory_tree::read_link(std::string_view path, std::error_code& code) const {
    const std::shared_lock guard(lock_);
    place here;
    code = locate(path, false, here);
    const memory_link* const link = code ? nullptr : link_of(here.node);
    if (!code && link == nullptr) {
        code = system_code(std::errc::invalid_argument);
    }
    return link != nullptr ? link->target : std::string();
}

std::error_code memory_tree::create_directory(std::string_view path) {
    const std::unique_lock guard(lock_);
    place here;
    const std::error_code code = locate_free(path, true, here);
    if (!code) {
        add(*here.parent, here.name, std::make_shared<memory_directory>(here.parent));
    }
    return code;
}

// Each directory where it is missing, in one walk.
bool memory_tree::create_directories(std::string_view path, std::error_code& code) {
    if (path.size() > longest_path) {
        code = system_code(std::errc::filename_too_long);
        return false;
    }
    const std::unique_lock guard(lock_);
    memory_directory* here = root_.get();
    bool created = false;
    int links = 0;
    for (auto name = take_name(path); !code && !name.empty(); name = take_name(path)) {
        code = step_or_create(here, name, links, created);
    }
    return created;
}

std::error_code memory_tree::step_or_create(memory_directory*& here, std::string_view name,
                                            int& links, bool& created) {
    if (!here->allows(may_search)) {
        return system_code(std::errc::permission_denied);
    }
    const std::error_code code = step_into(here, name, links);
    if (code != std::errc::no_such_file_or_directory) {
        return code;
    }
    if (here->entries.contains(name)) {
        return system_code(std::errc::file_exists);  // a link that leads nowhere
    }
    if (!here->allows(may_change)) {
        return system_code(std::errc::permission_denied);
    }
    auto made = std::make_shared<memory_directory>(here);
    memory_directory* const next = made.get();
    add(*here, name, std::move(made));
    here = next;
    created = true;
    return {};
}

std::error_code memory_tree::create_link(std::string_view target, std::string_view path) {
    if (target.size() > longest_path) {
        return system_code(std::errc::filename_too_long);
    }
    const std::unique_lock guard(lock_);
    place here;
    const std::error_code code = locate_free(path, false, here);
    if (!code) {
        add(*here.parent, here.name, std::make_shared<memory_link>(target));
    }
    return code;
}

// Source: unlink(), and rmdir() for a directory, as remove(3) calls them.
std::error_code memory_tree::remove(std::string_view path) {
    std::shared_ptr<memory_node> gone;  // ends after the lock: it may hold much
    const std::unique_lock guard(lock_);
    return remove_locked(path, gone);
}

std::error_code memory_tree::remove_locked(std::string_view path,
                                           std::shared_ptr<memory_node>& gone) {
    place here;
    if (const std::error_code code = locate_last(path, here)) {
        return code;
    }
    switch (here.kind) {
    case place::last::root: return system_code(std::errc::device_or_resource_busy);
    case place::last::dot: return system_code(std::errc::invalid_argument);
    case place::last::dot_dot: return system_code(std::errc::directory_not_empty);
    case place::last::name: break;
    }
    if (here.node == nullptr) {
        return system_code(std::errc::no_such_file_or_directory);
    }
    const memory_directory* const directory = directory_of(here.node);
    if (here.slash && directory == nullptr) {
        return system_code(std::errc::not_a_directory);
    }
    if (!here.parent->allows(may_change)) {
        return system_code(std::errc::permission_denied);
    }
    if (directory != nullptr && !directory->entries.empty()) {
        return system_code(std::errc::directory_not_empty);
    }
    const auto entry = here.parent->entries.find(here.name);
    gone = std::move(entry->second);
    here.parent->entries.erase(entry);
    here.parent->touch();
    return {};
}

// Takes away all that `top` holds. Without calling itself: a tree may be deeper than the stack.
std::error_code memory_tree::empty(memory_directory& top, std::uintmax_t& count) {
    for (memory_directory* here = &top; !here->entries.empty() || here != &top;) {
        if (here->entries.empty()) {
            here = here->parent;  // which finds it empty
            continue;
        }
        if (!here->allows(may_read | may_change)) {
            return system_code(std::errc::permission_denied);
        }
        const auto first = here->entries.begin();
        memory_directory* const below = directory_of(first->second.get());
        if (below != nullptr && !below->entries.empty()) {
            here = below;
            continue;
        }
        here->entries.erase(first);
        here->touch();
        ++count;
    }
    return {};
}

std::uintmax_t memory_tree::remove_all(std::string_view path, std::error_code& code) {
    std::shared_ptr<memory_node> gone;
    std::uintmax_t count = 0;
    const std::unique_lock guard(lock_);
    place here;
    code = locate(path, false, here);
    memory_directory* const directory = code ? nullptr : directory_of(here.node);
    if (directory != nullptr) {
        code = empty(*directory, count);
    }
    if (!code) {
        code = remove_locked(path, gone);
        count += code ? 0U : 1U;
    }
    if (code == std::errc::no_such_file_or_directory) {
        code.clear();
    }
    return count;
}

namespace {

// Whether `low` lies in `high`, or is it.
bool is_below(const memory_directory* low, const memory_node* high) noexcept {
    while (low != high && low->parent != low) {
        low = low->parent;
    }
    return low == high;
}

}  // namespace

// To the two names of a rename; what is at `from` is there.
std::error_code memory_tree::locate_both(std::string_view from, std::string_view to, place& source,
                                         place& target) const {
    std::error_code code = walk(from, source);
    if (!code) {
        code = walk(to, target);
    }
    if (code) {
        return code;
    }
    if (source.kind != place::last::name || target.kind != place::last::name) {
        return system_code(std::errc::device_or_resource_busy);
    }
    code = look_up(source);
    if (code || source.node == nullptr) {
        return code ? code : system_code(std::errc::no_such_file_or_directory);
    }
    return look_up(target);
}

// Whether the one may come in the other's place, which is another node, or none.
std::error_code memory_tree::may_rename(const place& source, const place& target) {
    const memory_directory* const moved = directory_of(source.node);
    const memory_directory* const there = directory_of(target.node);
    if (moved == nullptr && (source.slash || target.slash)) {
        return system_code(std::errc::not_a_directory);
    }
    if (moved != nullptr && is_below(target.parent, moved)) {
        return system_code(std::errc::invalid_argument);
    }
    if (there != nullptr && is_below(source.parent, there)) {
        return system_code(std::errc::directory_not_empty);
    }
    if (source.node == target.node) {
        return {};
    }
    if (!source.parent->allows(may_change) || !target.parent->allows(may_change)) {
        return system_code(std::errc::permission_denied);
    }
    if (target.node != nullptr && (there != nullptr) != (moved != nullptr)) {
        return system_code(moved != nullptr ? std::errc::not_a_directory
                                            : std::errc::is_a_directory);
    }
    if (moved != nullptr && source.parent != target.parent && !moved->allows(may_write)) {
        return system_code(std::errc::permission_denied);  // its `..` changes
    }
    return there != nullptr && !there->entries.empty() ? system_code(std::errc::directory_not_empty)
                                                       : std::error_code();
}

// Source: do_renameat2() of Linux, in its order.
std::error_code memory_tree::rename(std::string_view from, std::string_view to) {
    std::shared_ptr<memory_node> replaced;  // ends after the lock
    const std::unique_lock guard(lock_);
    place source;
    place target;
    std::error_code code = locate_both(from, to, source, target);
    code = code ? code : may_rename(source, target);
    if (code || source.node == target.node) {
        return code;
    }
    std::string name(target.name);  // the last that may throw
    auto entry = source.parent->entries.extract(source.parent->entries.find(source.name));
    if (target.node != nullptr) {
        replaced = std::exchange(*target.holder, std::move(entry.mapped()));
    } else {
        entry.key() = std::move(name);
        target.parent->entries.insert(std::move(entry));
    }
    if (memory_directory* const moved = directory_of(source.node)) {
        moved->parent = target.parent;
    }
    source.parent->touch();
    target.parent->touch();
    return {};
}

}  // namespace sluice::fs
