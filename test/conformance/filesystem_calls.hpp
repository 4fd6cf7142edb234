// Every call of a file system on a path, or on two, in both its forms, as a table; and beside it,
// as what it is compared with, the call of std::filesystem.

#ifndef CONFORMANCE_FILESYSTEM_CALLS_HPP
#define CONFORMANCE_FILESYSTEM_CALLS_HPP

#include <conformance/filesystems.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <system_error>
#include <vector>

namespace conformance {

using fs::path;

// -- what a call returned, in words -----------------------------------------------------------

inline std::string shown(bool value) {
    return value ? "true" : "false";
}
inline std::string shown(std::uintmax_t value) {
    return std::to_string(value);
}
inline std::string shown(const path& value) {
    return value.native();
}
inline std::string shown(const fs::file_status& status) {
    return std::to_string(static_cast<int>(status.type())) + ' ' +
           std::to_string(static_cast<unsigned>(status.permissions()));
}
inline std::string shown(const fs::file_info& info) {
    return shown(fs::file_status(info.type, info.permissions)) + ' ' + std::to_string(info.size);
}
inline std::string shown(const std::vector<fs::directory_entry>& entries) {
    std::string result;
    for (const fs::directory_entry& entry : entries) {
        result += entry.path.native() + ' ' + std::to_string(static_cast<int>(entry.type)) + ' ' +
                  std::to_string(entry.file_size) + ", ";
    }
    return result;
}

// -- std::filesystem, called as an object -----------------------------------------------------

struct std_filesystem {
    // That there is none is no error to a file system: the answer tells it.
    static void answer() {}
    static void answer(std::error_code& code) {
        if (code == std::errc::no_such_file_or_directory || code == std::errc::not_a_directory) {
            code.clear();
        }
    }

    // NOLINTBEGIN(readability-convert-member-functions-to-static): as a file system's
    template <class... More>
    auto status(const path& p, More&... more) {
        const auto result = std::filesystem::status(p, more...);
        answer(more...);
        return result;
    }
    template <class... More>
    auto symlink_status(const path& p, More&... more) {
        const auto result = std::filesystem::symlink_status(p, more...);
        answer(more...);
        return result;
    }
    template <class... More>
    auto exists(const path& p, More&... more) {
        return std::filesystem::exists(p, more...);
    }
    template <class... More>
    auto is_regular_file(const path& p, More&... more) {
        const auto result = std::filesystem::is_regular_file(p, more...);
        answer(more...);
        return result;
    }
    template <class... More>
    auto is_directory(const path& p, More&... more) {
        const auto result = std::filesystem::is_directory(p, more...);
        answer(more...);
        return result;
    }
    template <class... More>
    auto is_symlink(const path& p, More&... more) {
        const auto result = std::filesystem::is_symlink(p, more...);
        answer(more...);
        return result;
    }
    template <class... More>
    auto is_empty(const path& p, More&... more) {
        return std::filesystem::is_empty(p, more...);
    }
    template <class... More>
    auto equivalent(const path& a, const path& b, More&... more) {
        return std::filesystem::equivalent(a, b, more...);
    }
    template <class... More>
    auto file_size(const path& p, More&... more) {
        return std::filesystem::file_size(p, more...);
    }
    template <class... More>
    auto last_write_time(const path& p, More&&... more) {
        return std::filesystem::last_write_time(p, more...);
    }
    template <class... More>
    auto permissions(const path& p, More&&... more) {
        return std::filesystem::permissions(p, more...);
    }
    template <class... More>
    auto create_directory(const path& p, More&... more) {
        return std::filesystem::create_directory(p, more...);
    }
    template <class... More>
    auto create_directories(const path& p, More&... more) {
        return std::filesystem::create_directories(p, more...);
    }
    template <class... More>
    auto create_symlink(const path& a, const path& b, More&... more) {
        return std::filesystem::create_symlink(a, b, more...);
    }
    template <class... More>
    auto read_symlink(const path& p, More&... more) {
        return std::filesystem::read_symlink(p, more...);
    }
    template <class... More>
    auto remove(const path& p, More&... more) {
        return std::filesystem::remove(p, more...);
    }
    template <class... More>
    auto remove_all(const path& p, More&... more) {
        return std::filesystem::remove_all(p, more...);
    }
    template <class... More>
    auto rename(const path& a, const path& b, More&... more) {
        return std::filesystem::rename(a, b, more...);
    }
    template <class... More>
    auto copy_file(const path& a, const path& b, More&&... more) {
        return std::filesystem::copy_file(a, b, more...);
    }
    template <class... More>
    auto copy(const path& a, const path& b, More&&... more) {
        return std::filesystem::copy(a, b, more...);
    }
    template <class... More>
    auto resize_file(const path& p, std::uintmax_t size, More&... more) {
        return std::filesystem::resize_file(p, size, more...);
    }
    // NOLINTEND(readability-convert-member-functions-to-static)
};

// -- the table --------------------------------------------------------------------------------

/// A call on one or two paths, in its quiet form, its throwing form, and the standard's quiet one,
/// which is null where the standard has none. Each returns what came of it, in words.
struct filesystem_call {
    using quiet_form = std::string(fs::filesystem&, const path&, const path&, std::error_code&);
    using throwing_form = std::string(fs::filesystem&, const path&, const path&);
    using standard_form = std::string(const path&, const path&, std::error_code&);

    std::string name;
    std::function<quiet_form> quiet;
    std::function<throwing_form> throwing;
    std::function<standard_form> standard;
};

template <class Call>
filesystem_call ours(std::string name, Call call) {
    return {
        std::move(name),
        [call](fs::filesystem& files, const path& a, const path& b, std::error_code& code) {
            return call(files, a, b, code);
        },
        [call](fs::filesystem& files, const path& a, const path& b) { return call(files, a, b); },
        nullptr};
}

template <class Call>
filesystem_call standard(std::string name, Call call) {
    filesystem_call result = ours(std::move(name), call);
    result.standard = [call](const path& a, const path& b, std::error_code& code) {
        std_filesystem files;
        return call(files, a, b, code);
    };
    return result;
}

inline fs::file_time_type some_time() {
    return fs::file_time_type::clock::from_sys(
        std::chrono::sys_seconds(std::chrono::seconds(1'000'000'000)));
}

inline std::vector<filesystem_call> asking_calls() {
    return {
        standard("status", [](auto& f, const path& p, const path&,
                              auto&... code) { return shown(f.status(p, code...)); }),
        standard("symlink_status",
                 [](auto& f, const path& p, const path&, auto&... code) {
                     return shown(f.symlink_status(p, code...));
                 }),
        standard("exists", [](auto& f, const path& p, const path&,
                              auto&... code) { return shown(f.exists(p, code...)); }),
        standard("is_regular_file",
                 [](auto& f, const path& p, const path&, auto&... code) {
                     return shown(f.is_regular_file(p, code...));
                 }),
        standard("is_directory", [](auto& f, const path& p, const path&,
                                    auto&... code) { return shown(f.is_directory(p, code...)); }),
        standard("is_symlink", [](auto& f, const path& p, const path&,
                                  auto&... code) { return shown(f.is_symlink(p, code...)); }),
        standard("is_empty", [](auto& f, const path& p, const path&,
                                auto&... code) { return shown(f.is_empty(p, code...)); }),
        standard("file_size", [](auto& f, const path& p, const path&,
                                 auto&... code) { return shown(f.file_size(p, code...)); }),
        standard("last_write_time",
                 [](auto& f, const path& p, const path&, auto&... code) {
                     return shown(f.last_write_time(p, code...) == fs::file_time_type::min());
                 }),
        standard("read_symlink", [](auto& f, const path& p, const path&,
                                    auto&... code) { return shown(f.read_symlink(p, code...)); }),
        ours("info", [](auto& f, const path& p, const path&,
                        auto&... code) { return shown(f.info(p, code...)); }),
        ours("symlink_info", [](auto& f, const path& p, const path&,
                                auto&... code) { return shown(f.symlink_info(p, code...)); }),
        ours("list", [](auto& f, const path& p, const path&,
                        auto&... code) { return shown(f.list(p, code...)); }),
        ours("recursive_list", [](auto& f, const path& p, const path&,
                                  auto&... code) { return shown(f.recursive_list(p, code...)); }),
        ours("read_bytes", [](auto& f, const path& p, const path&,
                              auto&... code) { return f.read_bytes(p, code...); }),
    };
}

inline std::vector<filesystem_call> changing_calls() {
    using ios = std::ios_base;
    std::vector<filesystem_call> calls = {
        standard("create_directory",
                 [](auto& f, const path& p, const path&, auto&... code) {
                     return shown(f.create_directory(p, code...));
                 }),
        standard("create_directories",
                 [](auto& f, const path& p, const path&, auto&... code) {
                     return shown(f.create_directories(p, code...));
                 }),
        standard("remove", [](auto& f, const path& p, const path&,
                              auto&... code) { return shown(f.remove(p, code...)); }),
        standard("remove_all", [](auto& f, const path& p, const path&,
                                  auto&... code) { return shown(f.remove_all(p, code...)); }),
        standard("resize_file",
                 [](auto& f, const path& p, const path&, auto&... code) {
                     f.resize_file(p, 3, code...);
                     return std::string();
                 }),
        standard("set last_write_time",
                 [](auto& f, const path& p, const path&, auto&... code) {
                     f.last_write_time(p, some_time(), code...);
                     return std::string();
                 }),
        ours("write_bytes",
             [](auto& f, const path& p, const path&, auto&... code) {
                 f.write_bytes(p, "written", code...);
                 return std::string();
             }),
    };
    for (const fs::perm_options how :
         {fs::perm_options::replace, fs::perm_options::add, fs::perm_options::remove,
          fs::perm_options::replace | fs::perm_options::nofollow}) {
        calls.push_back(standard("permissions " + std::to_string(static_cast<unsigned>(how)),
                                 [how](auto& f, const path& p, const path&, auto&... code) {
                                     // Its owner's stay: root would not miss them on a disk.
                                     const bool all =
                                         (how & fs::perm_options::replace) != fs::perm_options();
                                     f.permissions(p, fs::perms(all ? 0740 : 0050), how, code...);
                                     return std::string();
                                 }));
    }
    for (const ios::openmode mode :
         {ios::in, ios::out, ios::app, ios::in | ios::out, ios::in | ios::app,
          ios::in | ios::out | ios::trunc, ios::out | sluice::noreplace, ios::trunc,
          ios::in | ios::ate, ios::openmode()}) {
        calls.push_back(ours("open " + std::to_string(mode),
                             [mode](auto& f, const path& p, const path&, auto&... code) {
                                 const sluice::stream opened = f.open(p, mode, code...);
                                 return shown(!opened.closed());
                             }));
    }
    return calls;
}

inline std::vector<filesystem_call> calls_on_two() {
    using fs::copy_options;
    std::vector<filesystem_call> calls = {
        standard("equivalent", [](auto& f, const path& a, const path& b,
                                  auto&... code) { return shown(f.equivalent(a, b, code...)); }),
        standard("rename",
                 [](auto& f, const path& a, const path& b, auto&... code) {
                     f.rename(a, b, code...);
                     return std::string();
                 }),
        standard("create_symlink",
                 [](auto& f, const path& /*a*/, const path& b, auto&... code) {
                     f.create_symlink("some/target", b, code...);
                     return std::string();
                 }),
    };
    for (const copy_options how :
         {copy_options::none, copy_options::skip_existing, copy_options::overwrite_existing}) {
        calls.push_back(standard("copy_file " + std::to_string(static_cast<unsigned>(how)),
                                 [how](auto& f, const path& a, const path& b, auto&... code) {
                                     return shown(f.copy_file(a, b, how, code...));
                                 }));
    }
    for (const copy_options how :
         {copy_options::none, copy_options::recursive,
          copy_options::recursive | copy_options::copy_symlinks | copy_options::overwrite_existing,
          copy_options::recursive | copy_options::skip_symlinks | copy_options::skip_existing,
          copy_options::recursive | copy_options::directories_only,
          copy_options::create_symlinks}) {
        calls.push_back(standard("copy " + std::to_string(static_cast<unsigned>(how)),
                                 [how](auto& f, const path& a, const path& b, auto&... code) {
                                     f.copy(a, b, how, code...);
                                     return std::string();
                                 }));
    }
    return calls;
}

}  // namespace conformance

#endif  // CONFORMANCE_FILESYSTEM_CALLS_HPP
