#include <sluice/drop_in.hpp>
#include <sluice/fs/scoped.hpp>

#include "fs/code.hpp"
#include "fs/resolve.hpp"
#include "os/directory.hpp"

#include <cerrno>
#include <cstdint>
#include <new>
#include <type_traits>
#include <utility>

namespace sluice::drop_in {

namespace {

namespace std_fs = ::std::filesystem;

std::error_code unsupported() noexcept {
    return fs::system_code(std::errc::operation_not_supported);
}

// std::filesystem's functions, as a file system has them.
struct standard {
    // NOLINTBEGIN(readability-convert-member-functions-to-static): as a file system's
#define SLUICE_STANDARD(name)                                                                      \
    template <class... Arguments>                                                                  \
    auto name(Arguments&&... arguments) const {                                                    \
        return std_fs::name(std::forward<Arguments>(arguments)...);                                \
    }
    SLUICE_STANDARD(status)
    SLUICE_STANDARD(symlink_status)
    SLUICE_STANDARD(is_empty)
    SLUICE_STANDARD(equivalent)
    SLUICE_STANDARD(file_size)
    SLUICE_STANDARD(last_write_time)
    SLUICE_STANDARD(permissions)
    SLUICE_STANDARD(create_directory)
    SLUICE_STANDARD(create_directories)
    SLUICE_STANDARD(create_symlink)
    SLUICE_STANDARD(read_symlink)
    SLUICE_STANDARD(remove)
    SLUICE_STANDARD(rename)
    SLUICE_STANDARD(resize_file)
    SLUICE_STANDARD(copy_file)
    SLUICE_STANDARD(copy)
    SLUICE_STANDARD(current_path)
#undef SLUICE_STANDARD

    std::uintmax_t remove_all(const std_fs::path& file, std::error_code& code) const {
        const std::uintmax_t count = os::remove_all(file.c_str(), code);
        return code ? static_cast<std::uintmax_t>(-1) : count;
    }
    // NOLINTEND(readability-convert-member-functions-to-static)
};

// Calls on the file system that is injected, or on the standard.
template <class Call>
auto chosen(Call call) {
    fs::filesystem* const files = fs::scoped_filesystem::current();
    return files != nullptr ? call(*files) : call(standard());
}

// What a call returns that fails and throws nothing.
template <class Result>
Result failure() noexcept {
    if constexpr (std::is_same_v<Result, std_fs::file_time_type>) {
        return std_fs::file_time_type::min();
    } else if constexpr (std::is_same_v<Result, std::uintmax_t>) {
        return static_cast<Result>(-1);
    } else {
        return Result();
    }
}

// A call that must throw nothing, and a file system of the program's own that has no memory left.
template <class Call>
auto quiet(std::error_code& code, Call call) noexcept {
    try {
        return call();
    } catch (const std::bad_alloc&) {
        code = fs::system_code(std::errc::not_enough_memory);
        return failure<decltype(call())>();
    }
}

// The same as chosen().
template <class Call>
auto chosen_quietly(std::error_code& code, Call call) noexcept {
    return quiet(code, [&] { return chosen(call); });
}

// The throwing form of a call.
template <class Call, class... Paths>
auto thrown(const char* operation, Call call, const Paths&... paths) {
    std::error_code code;
    if constexpr (std::is_void_v<decltype(call(code))>) {
        call(code);
        if (code) {
            throw std_fs::filesystem_error(operation, paths..., code);
        }
    } else {
        auto result = call(code);
        if (code) {
            throw std_fs::filesystem_error(operation, paths..., code);
        }
        return result;
    }
}

// As <cstdio> tells it.
int told(const std::error_code& code) noexcept {
    if (!code) {
        return 0;
    }
    errno = code.category() == std::system_category() ? code.value()
                                                      : code.default_error_condition().value();
    return -1;
}

}  // namespace

int rename(const char* from, const char* to) noexcept {
    if (fs::filesystem* const files = fs::scoped_filesystem::current()) {
        std::error_code code;
        quiet(code, [&] { files->rename(from, to, code); });
        return told(code);
    }
    return ::std::rename(from, to);
}

int remove(const char* file) noexcept {
    if (fs::filesystem* const files = fs::scoped_filesystem::current()) {
        std::error_code code;
        const bool removed = quiet(code, [&] { return files->remove(file, code); });
        if (!removed && !code) {
            code = fs::system_code(std::errc::no_such_file_or_directory);
        }
        return told(code);
    }
    return ::std::remove(file);
}

namespace filesystem {

// -- what is told of a file -------------------------------------------------------------------

file_status status(const path& file, error_code& code) noexcept {
    return chosen_quietly(code, [&](auto&& files) { return files.status(file, code); });
}

file_status symlink_status(const path& file, error_code& code) noexcept {
    return chosen_quietly(code, [&](auto&& files) { return files.symlink_status(file, code); });
}

file_status status(const path& file) {
    return thrown(
        "status",
        [&](error_code& code) {
            const file_status found = filesystem::status(file, code);
            if (found.type() != file_type::none) {
                code.clear();  // what is not there is no error here
            }
            return found;
        },
        file);
}

file_status symlink_status(const path& file) {
    return thrown(
        "symlink_status",
        [&](error_code& code) {
            const file_status found = filesystem::symlink_status(file, code);
            if (found.type() != file_type::none) {
                code.clear();
            }
            return found;
        },
        file);
}

bool exists(const path& file) {
    return filesystem::exists(filesystem::status(file));
}

bool exists(const path& file, error_code& code) noexcept {
    const file_status found = filesystem::status(file, code);
    if (::std::filesystem::status_known(found)) {
        code.clear();
    }
    return filesystem::exists(found);
}

bool is_regular_file(const path& file) {
    return filesystem::is_regular_file(filesystem::status(file));
}

bool is_regular_file(const path& file, error_code& code) noexcept {
    return filesystem::is_regular_file(filesystem::status(file, code));
}

bool is_directory(const path& file) {
    return filesystem::is_directory(filesystem::status(file));
}

bool is_directory(const path& file, error_code& code) noexcept {
    return filesystem::is_directory(filesystem::status(file, code));
}

bool is_symlink(const path& file) {
    return filesystem::is_symlink(filesystem::symlink_status(file));
}

bool is_symlink(const path& file, error_code& code) noexcept {
    return filesystem::is_symlink(filesystem::symlink_status(file, code));
}

bool is_other(const path& file) {
    return filesystem::is_other(filesystem::status(file));
}

bool is_other(const path& file, error_code& code) noexcept {
    return filesystem::is_other(filesystem::status(file, code));
}

bool is_empty(const path& file, error_code& code) {
    return chosen([&](auto&& files) { return files.is_empty(file, code); });
}

bool is_empty(const path& file) {
    return thrown(
        "is_empty", [&](error_code& code) { return filesystem::is_empty(file, code); }, file);
}

bool equivalent(const path& a, const path& b, error_code& code) noexcept {
    return chosen_quietly(code, [&](auto&& files) { return files.equivalent(a, b, code); });
}

bool equivalent(const path& a, const path& b) {
    return thrown(
        "equivalent", [&](error_code& code) { return filesystem::equivalent(a, b, code); }, a, b);
}

uintmax_t file_size(const path& file, error_code& code) noexcept {
    return chosen_quietly(code,
                          [&](auto&& files) -> uintmax_t { return files.file_size(file, code); });
}

uintmax_t file_size(const path& file) {
    return thrown(
        "file_size", [&](error_code& code) { return filesystem::file_size(file, code); }, file);
}

uintmax_t hard_link_count(const path& file, error_code& code) noexcept {
    if (fs::filesystem* const files = fs::scoped_filesystem::current()) {
        const fs::file_info info = quiet(code, [&] { return files->info(file, code); });
        if (!code && info.type == file_type::not_found) {
            code = fs::system_code(::std::errc::no_such_file_or_directory);
        }
        return code ? static_cast<uintmax_t>(-1) : 1;
    }
    return std_fs::hard_link_count(file, code);
}

uintmax_t hard_link_count(const path& file) {
    return thrown(
        "hard_link_count",
        [&](error_code& code) { return filesystem::hard_link_count(file, code); }, file);
}

file_time_type last_write_time(const path& file, error_code& code) noexcept {
    return chosen_quietly(code, [&](auto&& files) { return files.last_write_time(file, code); });
}

file_time_type last_write_time(const path& file) {
    return thrown(
        "last_write_time",
        [&](error_code& code) { return filesystem::last_write_time(file, code); }, file);
}

void last_write_time(const path& file, file_time_type time, error_code& code) noexcept {
    chosen_quietly(code, [&](auto&& files) { files.last_write_time(file, time, code); });
}

void last_write_time(const path& file, file_time_type time) {
    thrown(
        "last_write_time", [&](error_code& code) { filesystem::last_write_time(file, time, code); },
        file);
}

void permissions(const path& file, perms what, perm_options how, error_code& code) {
    chosen([&](auto&& files) { files.permissions(file, what, how, code); });
}

void permissions(const path& file, perms what, error_code& code) noexcept {
    chosen_quietly(
        code, [&](auto&& files) { files.permissions(file, what, perm_options::replace, code); });
}

void permissions(const path& file, perms what, perm_options how) {
    thrown(
        "permissions", [&](error_code& code) { filesystem::permissions(file, what, how, code); },
        file);
}

// -- what is created --------------------------------------------------------------------------

bool create_directory(const path& directory, error_code& code) noexcept {
    return chosen_quietly(code,
                          [&](auto&& files) { return files.create_directory(directory, code); });
}

bool create_directory(const path& directory) {
    return thrown(
        "create_directory",
        [&](error_code& code) { return filesystem::create_directory(directory, code); }, directory);
}

bool create_directory(const path& directory, const path& like, error_code& code) noexcept {
    if (fs::filesystem* const files = fs::scoped_filesystem::current()) {
        return quiet(code, [&] {
            const fs::file_info info = files->info(like, code);
            if (!code && info.type != file_type::directory) {
                code = fs::system_code(info.type == file_type::not_found
                                           ? ::std::errc::no_such_file_or_directory
                                           : ::std::errc::not_a_directory);
            }
            const bool created = !code && files->create_directory(directory, code);
            if (created) {
                files->permissions(directory, info.permissions, code);
            }
            return created && !code;
        });
    }
    return std_fs::create_directory(directory, like, code);
}

bool create_directory(const path& directory, const path& like) {
    return thrown(
        "create_directory",
        [&](error_code& code) { return filesystem::create_directory(directory, like, code); },
        directory, like);
}

bool create_directories(const path& directory, error_code& code) {
    return chosen([&](auto&& files) { return files.create_directories(directory, code); });
}

bool create_directories(const path& directory) {
    return thrown(
        "create_directories",
        [&](error_code& code) { return filesystem::create_directories(directory, code); },
        directory);
}

void create_symlink(const path& target, const path& link, error_code& code) noexcept {
    chosen_quietly(code, [&](auto&& files) { files.create_symlink(target, link, code); });
}

void create_symlink(const path& target, const path& link) {
    thrown(
        "create_symlink", [&](error_code& code) { filesystem::create_symlink(target, link, code); },
        target, link);
}

void create_directory_symlink(const path& target, const path& link, error_code& code) noexcept {
    filesystem::create_symlink(target, link, code);
}

void create_directory_symlink(const path& target, const path& link) {
    filesystem::create_symlink(target, link);
}

void create_hard_link(const path& target, const path& link, error_code& code) noexcept {
    if (fs::scoped_filesystem::current() != nullptr) {
        code = unsupported();
    } else {
        std_fs::create_hard_link(target, link, code);
    }
}

void create_hard_link(const path& target, const path& link) {
    thrown(
        "create_hard_link",
        [&](error_code& code) { filesystem::create_hard_link(target, link, code); }, target, link);
}

path read_symlink(const path& link, error_code& code) {
    return chosen([&](auto&& files) { return files.read_symlink(link, code); });
}

path read_symlink(const path& link) {
    return thrown(
        "read_symlink", [&](error_code& code) { return filesystem::read_symlink(link, code); },
        link);
}

// -- what goes, and what gets another name ----------------------------------------------------

bool remove(const path& file, error_code& code) noexcept {
    return chosen_quietly(code, [&](auto&& files) { return files.remove(file, code); });
}

bool remove(const path& file) {
    return thrown(
        "remove", [&](error_code& code) { return filesystem::remove(file, code); }, file);
}

uintmax_t remove_all(const path& file, error_code& code) {
    return chosen([&](auto&& files) -> uintmax_t { return files.remove_all(file, code); });
}

uintmax_t remove_all(const path& file) {
    return thrown(
        "remove_all", [&](error_code& code) { return filesystem::remove_all(file, code); }, file);
}

void rename(const path& from, const path& to, error_code& code) noexcept {
    chosen_quietly(code, [&](auto&& files) { files.rename(from, to, code); });
}

void rename(const path& from, const path& to) {
    thrown(
        "rename", [&](error_code& code) { filesystem::rename(from, to, code); }, from, to);
}

void resize_file(const path& file, uintmax_t size, error_code& code) noexcept {
    chosen_quietly(code, [&](auto&& files) { files.resize_file(file, size, code); });
}

void resize_file(const path& file, uintmax_t size) {
    thrown(
        "resize_file", [&](error_code& code) { filesystem::resize_file(file, size, code); }, file);
}

// -- copies -----------------------------------------------------------------------------------

bool copy_file(const path& from, const path& to, copy_options how, error_code& code) {
    return chosen([&](auto&& files) { return files.copy_file(from, to, how, code); });
}

bool copy_file(const path& from, const path& to, error_code& code) {
    return filesystem::copy_file(from, to, copy_options::none, code);
}

bool copy_file(const path& from, const path& to, copy_options how) {
    return thrown(
        "copy_file", [&](error_code& code) { return filesystem::copy_file(from, to, how, code); },
        from, to);
}

void copy(const path& from, const path& to, copy_options how, error_code& code) {
    chosen([&](auto&& files) { files.copy(from, to, how, code); });
}

void copy(const path& from, const path& to, error_code& code) {
    filesystem::copy(from, to, copy_options::none, code);
}

void copy(const path& from, const path& to, copy_options how) {
    thrown(
        "copy", [&](error_code& code) { filesystem::copy(from, to, how, code); }, from, to);
}

void copy_symlink(const path& from, const path& to, error_code& code) noexcept {
    quiet(code, [&] {
        const path target = filesystem::read_symlink(from, code);
        if (!code) {
            filesystem::create_symlink(target, to, code);
        }
    });
}

void copy_symlink(const path& from, const path& to) {
    thrown(
        "copy_symlink", [&](error_code& code) { filesystem::copy_symlink(from, to, code); }, from,
        to);
}

// -- paths ------------------------------------------------------------------------------------

path current_path(error_code& code) {
    return chosen([&](auto&& files) { return files.current_path(code); });
}

path current_path() {
    return thrown("current_path", [&](error_code& code) { return filesystem::current_path(code); });
}

void current_path(const path& directory, error_code& code) noexcept {
    if (fs::scoped_filesystem::current() != nullptr) {
        code = unsupported();
    } else {
        std_fs::current_path(directory, code);
    }
}

void current_path(const path& directory) {
    thrown(
        "current_path", [&](error_code& code) { filesystem::current_path(directory, code); },
        directory);
}

path absolute(const path& file, error_code& code) {
    if (fs::filesystem* const files = fs::scoped_filesystem::current()) {
        if (file.empty()) {
            code = fs::system_code(::std::errc::invalid_argument);
            return {};
        }
        const path here = files->current_path(code);
        return code ? path() : here / file;
    }
    return std_fs::absolute(file, code);
}

path absolute(const path& file) {
    return thrown(
        "absolute", [&](error_code& code) { return filesystem::absolute(file, code); }, file);
}

path canonical(const path& file, error_code& code) {
    fs::filesystem* const files = fs::scoped_filesystem::current();
    if (files == nullptr) {
        return std_fs::canonical(file, code);
    }
    code.clear();
    const path here = files->current_path(code);
    if (code) {
        return {};
    }
    fs::filesystem_tree tree(*files);
    const fs::resolved found =
        fs::resolve(tree, (here / file).native(), fs::last_link::followed, code);
    if (!code && (!found.there || file.empty())) {
        code = fs::system_code(::std::errc::no_such_file_or_directory);
    }
    return code ? path() : path(found.file);
}

path canonical(const path& file) {
    return thrown(
        "canonical", [&](error_code& code) { return filesystem::canonical(file, code); }, file);
}

path weakly_canonical(const path& file, error_code& code) {
    if (fs::scoped_filesystem::current() == nullptr) {
        return std_fs::weakly_canonical(file, code);
    }
    code.clear();
    path head;
    auto part = file.begin();
    for (; part != file.end(); ++part) {  // as far as it is there
        const path longer = head / *part;
        if (!filesystem::exists(filesystem::status(longer, code))) {
            break;
        }
        head = longer;
    }
    if (fs::is_missing(code)) {
        code.clear();
    }
    path result = head.empty() || code ? path() : filesystem::canonical(head, code);
    for (; part != file.end(); ++part) {
        result /= *part;
    }
    return code ? path() : result.lexically_normal();
}

path weakly_canonical(const path& file) {
    return thrown(
        "weakly_canonical",
        [&](error_code& code) { return filesystem::weakly_canonical(file, code); }, file);
}

path relative(const path& file, const path& base, error_code& code) {
    const path from = filesystem::weakly_canonical(base, code);
    const path to = code ? path() : filesystem::weakly_canonical(file, code);
    return code ? path() : to.lexically_relative(from);
}

path relative(const path& file, error_code& code) {
    const path base = filesystem::current_path(code);
    return code ? path() : filesystem::relative(file, base, code);
}

path relative(const path& file, const path& base) {
    return thrown(
        "relative", [&](error_code& code) { return filesystem::relative(file, base, code); }, file,
        base);
}

path proximate(const path& file, const path& base, error_code& code) {
    const path from = filesystem::weakly_canonical(base, code);
    const path to = code ? path() : filesystem::weakly_canonical(file, code);
    return code ? path() : to.lexically_proximate(from);
}

path proximate(const path& file, error_code& code) {
    const path base = filesystem::current_path(code);
    return code ? path() : filesystem::proximate(file, base, code);
}

path proximate(const path& file, const path& base) {
    return thrown(
        "proximate", [&](error_code& code) { return filesystem::proximate(file, base, code); },
        file, base);
}

space_info space(const path& file, error_code& code) noexcept {
    if (fs::scoped_filesystem::current() != nullptr) {
        code = unsupported();
        constexpr auto unknown = static_cast<uintmax_t>(-1);
        return {unknown, unknown, unknown};
    }
    return std_fs::space(file, code);
}

space_info space(const path& file) {
    return thrown(
        "space", [&](error_code& code) { return filesystem::space(file, code); }, file);
}

// -- directories ------------------------------------------------------------------------------

namespace {

std::vector<directory_entry> entries_of(const path& directory, directory_options options,
                                        error_code& code) {
    std::vector<directory_entry> entries;
    if (fs::filesystem* const files = fs::scoped_filesystem::current()) {
        for (fs::directory_entry& entry : files->list(directory, code)) {
            entries.emplace_back(std::move(entry.path));
        }
    } else {
        for (const std::string& name : os::names_of(directory.c_str(), code)) {
            entries.emplace_back(directory / name);
        }
        std::sort(entries.begin(), entries.end());
    }
    constexpr auto skips = directory_options::skip_permission_denied;
    if (code == std::errc::permission_denied && (options & skips) != directory_options::none) {
        code.clear();
    }
    return entries;
}

}  // namespace

directory_iterator::directory_iterator(const path& directory, directory_options options,
                                       error_code& code) {
    code.clear();
    std::vector<directory_entry> entries = entries_of(directory, options, code);
    if (!code && !entries.empty()) {
        entries_ = std::make_shared<const std::vector<directory_entry>>(std::move(entries));
    }
}

directory_iterator::directory_iterator(const path& directory, directory_options options)
    : directory_iterator(thrown(
          "directory_iterator",
          [&](error_code& code) { return directory_iterator(directory, options, code); },
          directory)) {}

recursive_directory_iterator::recursive_directory_iterator(const path& directory,
                                                           directory_options options,
                                                           error_code& code)
    : options_(options) {
    directory_iterator first(directory, options, code);
    if (first != directory_iterator()) {
        way_.push_back(std::move(first));
    }
}

recursive_directory_iterator::recursive_directory_iterator(const path& directory,
                                                           directory_options options)
    : recursive_directory_iterator(thrown(
          "recursive_directory_iterator",
          [&](error_code& code) { return recursive_directory_iterator(directory, options, code); },
          directory)) {}

void recursive_directory_iterator::leave_ended() noexcept {
    while (!way_.empty() && way_.back() == directory_iterator()) {
        way_.pop_back();
    }
}

recursive_directory_iterator& recursive_directory_iterator::increment(error_code& code) {
    code.clear();
    directory_iterator below;
    if (std::exchange(pending_, true)) {
        const directory_entry& here = **this;
        const bool follows =
            (options_ & directory_options::follow_directory_symlink) != directory_options::none;
        const file_status found = follows ? here.status(code) : here.symlink_status(code);
        if (fs::is_missing(code)) {
            code.clear();
        }
        if (!code && filesystem::is_directory(found)) {
            below = directory_iterator(here.path(), options_, code);
        }
        if (code) {
            way_.clear();
            return *this;
        }
    }
    // Gone past before what is in it is entered: that is where the way up goes on.
    ++way_.back();
    if (below != directory_iterator()) {
        way_.push_back(std::move(below));
    }
    leave_ended();
    return *this;
}

recursive_directory_iterator& recursive_directory_iterator::operator++() {
    const path here = (*this)->path();
    thrown(
        "recursive_directory_iterator", [&](error_code& code) { increment(code); }, here);
    return *this;
}

void recursive_directory_iterator::pop(error_code& code) {
    code.clear();
    way_.pop_back();
    leave_ended();
}

void recursive_directory_iterator::pop() {
    way_.pop_back();
    leave_ended();
}

}  // namespace filesystem
}  // namespace sluice::drop_in
