#include "replacement.hpp"

#include "os/directory.hpp"

#include <chrono>
#include <string_view>
#include <thread>
#include <utility>

namespace sluice::detail {
namespace {

// How many may save one file at the same time. Each costs every save a look, so that what was left
// behind is found wherever it is. Where the file system needs no name before the end, one is in use
// for some microseconds only.
constexpr std::size_t spare_names = 32;

// Where all are in use, one is waited for: for about a second.
constexpr int most_tries = 200;
constexpr std::chrono::milliseconds pause{5};

using std::filesystem::file_type;
using std::filesystem::perms;

constexpr perms private_permissions = perms::owner_read | perms::owner_write;
constexpr perms new_permissions = perms(0666);  // less the process's mask
constexpr perms set_id_bits = perms::set_uid | perms::set_gid;

// What the system says where it has no files without names.
bool needs_name(const std::error_code& code) noexcept {
    return code == std::errc::operation_not_supported || code == std::errc::is_a_directory ||
           code == std::errc::invalid_argument || code == std::errc::function_not_supported ||
           code == std::errc::no_such_file_or_directory || code == errc::unsupported;
}

// What the group may, as everybody may.
perms without_group(perms what) noexcept {
    const auto others = static_cast<unsigned>(what & perms::others_all);
    return (what & ~perms::group_all) | (what & perms(others << 3U));
}

constexpr std::string_view spare_mark = ".sluice";

// Whether a file of that name would be taken for one that was left behind.
bool is_spare(std::string_view name) noexcept {
    const std::size_t mark = name.rfind(spare_mark);
    if (!name.starts_with('.') || mark == std::string_view::npos) {
        return false;
    }
    const std::string_view index = name.substr(mark + spare_mark.size());
    return !index.empty() && index.find_first_not_of("0123456789") == std::string_view::npos;
}

}  // namespace

std::error_code replacement::open(const std::filesystem::path& target,
                                  const atomic_options& options, bool must_not_exist,
                                  file_handle& file) {
    discard();
    options_ = options;
    must_not_exist_ = must_not_exist;
    opener_ = os::this_process();
    std::error_code code = find_target(target);
    if (!code) {
        code = create();
    }
    if (!code) {
        const os::handle copy = os::duplicate(file_.get(), code);
        if (!code) {
            file.take(copy);
        }
    }
    if (code) {
        discard();
    }
    return code;
}

// Where the target lies, and what it is now.
std::error_code replacement::find_target(const std::filesystem::path& target) {
    std::filesystem::path file = target;
    constexpr int most_links = 40;  // as Linux
    std::error_code code;
    for (int links = 0; options_.links == symlinks::follow; ++links) {
        const std::filesystem::path next = os::read_link(file.c_str(), code);
        if (code == std::errc::invalid_argument || code == std::errc::no_such_file_or_directory) {
            break;  // it is none
        }
        if (code) {
            return code;
        }
        if (links == most_links) {
            return std::make_error_code(std::errc::too_many_symbolic_link_levels);
        }
        file = file.parent_path() / next;
    }
    name_ = file.filename().native();
    if (name_.empty() || name_ == "." || name_ == "..") {
        return std::make_error_code(target.empty() ? std::errc::no_such_file_or_directory
                                                   : std::errc::is_a_directory);
    }
    if (is_spare(name_)) {
        return std::make_error_code(std::errc::invalid_argument);
    }
    const std::string place = file.parent_path().native();
    directory_ = os::open_directory(place.empty() ? "." : place.c_str(), code);
    if (code) {
        return code;
    }
    target_ = os::status_at(directory_.get(), name_.c_str(), code);
    exists_ = !code;
    if (code && code != std::errc::no_such_file_or_directory) {
        return code;
    }
    code = check_links(target);
    if (code || !exists_) {
        return code;
    }
    if (must_not_exist_) {
        return std::make_error_code(std::errc::file_exists);
    }
    if (target_.type == file_type::symlink) {
        exists_ = options_.links == symlinks::follow;  // else the link goes, and says nothing
        return exists_ ? std::make_error_code(std::errc::too_many_symbolic_link_levels) : code;
    }
    if (target_.type != file_type::regular) {
        return target_.type == file_type::directory
                   ? std::make_error_code(std::errc::is_a_directory)
                   : make_error_code(errc::unsupported);
    }
    // A file that could not be written is not replaced either.
    return os::check_writable_at(directory_.get(), name_.c_str());
}

// A link of /proc leads to a file whatever its text says, which is no path where the file was
// removed. Others may have made the target since it was looked for.
std::error_code replacement::check_links(const std::filesystem::path& target) {
    if (exists_ || options_.links == symlinks::replace) {
        return {};
    }
    std::error_code code;
    static_cast<void>(os::status_of(target.c_str(), true, code));
    if (code) {
        return code == std::errc::no_such_file_or_directory ? std::error_code() : code;
    }
    const os::path_status now = os::status_at(directory_.get(), name_.c_str(), code);
    if (code == std::errc::no_such_file_or_directory) {
        return errc::unsupported;
    }
    exists_ = !code;
    target_ = now;
    return code;
}

std::error_code replacement::create() {
    const perms permissions = exists_ ? private_permissions : new_permissions;
    std::error_code code;
    file_ = os::create_unnamed_at(directory_.get(), permissions, code);
    if (!code && os::can_name(file_.get())) {
        static_cast<void>(os::try_lock(file_.get()));
        return {};
    }
    if (code && !needs_name(code)) {
        return code;
    }
    os::owned_handle made;
    code = take_name([&](const std::string& name) { return create_named(made, name); });
    file_ = std::move(made);
    return code;
}

// Until it is locked, the new file may be taken for one that was left behind: who has locked it
// before us is about to remove it.
std::error_code replacement::create_named(os::owned_handle& made, const std::string& name) {
    std::error_code code;
    made = os::create_at(directory_.get(), name.c_str(),
                         exists_ ? private_permissions : new_permissions, code);
    if (code) {
        return code;
    }
    const bool condemned = os::try_lock(made.get()) == errc::would_block;
    const os::status mine = os::status_of(made.get(), code);
    const os::path_status there = os::status_at(directory_.get(), name.c_str(), code);
    const bool kept = !condemned && !code && there.file == mine.file;
    return kept ? code : std::make_error_code(std::errc::file_exists);
}

std::string replacement::spare_name(std::size_t index) const {
    constexpr std::size_t most = 200;  // of the 255 bytes that a name may have
    return '.' + name_.substr(0, most) + std::string(spare_mark) + std::to_string(index);
}

// `make` gives the file a name, or says that it is taken.
template <class Make>
std::error_code replacement::take_name(Make make) {
    for (int tries = 0; tries < most_tries; ++tries) {
        for (std::size_t index = 0; index < spare_names; ++index) {
            const std::string name = spare_name(index);
            remove_stray(name.c_str());
            if (!spare_name_.empty()) {
                continue;  // the others are only looked after
            }
            const std::error_code code = make(name);
            if (!code) {
                spare_name_ = name;
            } else if (code != std::errc::file_exists) {
                return code;
            }
        }
        if (!spare_name_.empty()) {
            return {};
        }
        std::this_thread::sleep_for(pause);
    }
    return std::make_error_code(std::errc::device_or_resource_busy);
}

void replacement::remove_stray(const char* name) noexcept {
    if (name == spare_name_) {
        return;
    }
    std::error_code code;
    const os::path_status there = os::status_at(directory_.get(), name, code);
    if (code || there.type != file_type::regular || there.owner.user != os::effective_user()) {
        return;
    }
    const os::owned_handle stray = os::open_to_look_at(directory_.get(), name, code);
    if (code || os::try_lock(stray.get())) {
        return;  // somebody is at it
    }
    const os::status opened = os::status_of(stray.get(), code);
    const os::path_status now = code ? there : os::status_at(directory_.get(), name, code);
    if (!code && opened.file == now.file) {
        static_cast<void>(os::remove_at(directory_.get(), name, false));
    }
}

// Those that the target has now: they may have been taken away since it was opened. Who may not
// give files away keeps what he may, and no bit that would mean another owner, or another group.
std::error_code replacement::keep_attributes() {
    if (!exists_) {
        return {};
    }
    std::error_code code;
    const os::path_status now = os::status_at(directory_.get(), name_.c_str(), code);
    if (!code && now.type == file_type::regular) {
        target_ = now;
    }
    const os::status mine = os::status_of(file_.get(), code);
    if (code) {
        return code;
    }
    perms permissions = target_.permissions;
    bool is_same_group = true;
    if (mine.owner != target_.owner && os::set_owner(file_.get(), target_.owner)) {
        permissions &= ~set_id_bits;
        const os::status::ownership group{mine.owner.user, target_.owner.group};
        is_same_group = mine.owner.group == group.group || !os::set_owner(file_.get(), group);
    }
    if (!is_same_group) {
        permissions = without_group(permissions);
    }
    code = os::set_permissions(file_.get(), permissions);
    // With a list, the group's bits are those of all whom it names.
    if (!code && os::copy_access_list_at(directory_.get(), name_.c_str(), file_.get())) {
        code = os::set_permissions(file_.get(), without_group(permissions));
    }
    return code;
}

std::error_code replacement::prepare() {
    std::error_code code =
        is_ours() ? keep_attributes() : std::make_error_code(std::errc::operation_not_permitted);
    if (!code && options_.durable) {
        code = os::sync_to_disk(file_.get());
    }
    if (!code && spare_name_.empty()) {
        code = take_name([&](const std::string& name) {
            return os::name_at(directory_.get(), file_.get(), name.c_str());
        });
    }
    return code;
}

std::error_code replacement::publish(bool& published) {
    std::error_code code =
        must_not_exist_
            ? os::rename_to_free_at(directory_.get(), spare_name_.c_str(), name_.c_str())
            : os::rename_at(directory_.get(), spare_name_.c_str(), directory_.get(), name_.c_str());
    published = !code;
    if (published) {
        spare_name_.clear();
        if (options_.durable) {
            code = os::sync_directory(directory_.get());
        }
    }
    discard();
    return code;
}

bool replacement::is_ours() const noexcept {
    return opener_ == os::this_process();
}

std::error_code replacement::check_same(os::handle file) const noexcept {
    std::error_code code;
    const os::status mine = os::status_of(file_.get(), code);
    const os::status other = code ? mine : os::status_of(file, code);
    return code || mine.file == other.file ? code : make_error_code(errc::unsupported);
}

void replacement::discard() noexcept {
    if (!spare_name_.empty() && is_ours()) {
        static_cast<void>(os::remove_at(directory_.get(), spare_name_.c_str(), false));
    }
    spare_name_.clear();
    file_ = os::owned_handle();
    directory_ = os::owned_handle();
}

}  // namespace sluice::detail
