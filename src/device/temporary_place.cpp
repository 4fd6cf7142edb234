#include "temporary_place.hpp"

#include <sluice/error.hpp>

#include "os/os.hpp"

#include <cstdlib>
#include <string>
#include <string_view>

namespace sluice::detail {
namespace {

constexpr int most_attempts = 100;

// 80 bits. Lower case only: not every file system tells it from upper case.
std::string random_name(const std::filesystem::path& place) {
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz234567";
    std::string name(16, '\0');
    if (const std::error_code code = os::fill_random(name.data(), name.size())) {
        throw error("open", code, place.native());
    }
    for (char& c : name) {
        c = letters[static_cast<unsigned char>(c) % letters.size()];
    }
    return name;
}

// Not by the paths' own `/`: where memory fails in that, libstdc++ 12 destroys what it has not
// made.
std::string joined(std::string_view directory, std::string_view name) {
    std::string path(directory);
    if (!path.ends_with('/')) {
        path += '/';
    }
    return path += name;
}

// A '/' would lead to another directory.
bool is_name_part(const std::string& text) {
    return text.find('/') == std::string::npos && !has_nul(text);
}

// The library does not say which path it did not find to be a directory.
std::string configured_place() {
    for (const char* const name : {"TMPDIR", "TMP", "TEMP", "TEMPDIR"}) {
        if (const char* const place = std::getenv(name)) {
            return place;
        }
    }
    return "/tmp";
}

// Tries names until `create`, which takes a path and returns an error, finds one that was free.
template <class Create>
std::filesystem::path create_somewhere(const temporary_options& options, Create create) {
    if (!is_name_part(options.prefix) || !is_name_part(options.suffix)) {
        throw error("open", std::make_error_code(std::errc::invalid_argument),
                    options.prefix + '*' + options.suffix);
    }
    const std::filesystem::path place = temporary_place(options.directory);
    for (int attempt = 1;; ++attempt) {
        std::filesystem::path path =
            joined(place.native(), options.prefix + random_name(place) + options.suffix);
        const std::error_code code = create(path.c_str());
        if (!code) {
            return path;
        }
        if (code != std::errc::file_exists || attempt == most_attempts) {
            throw error("open", code, path.native());
        }
    }
}

}  // namespace

std::error_code system_error_of(std::error_code code) noexcept {
    return code.category() == std::generic_category()
               ? std::error_code(code.value(), std::system_category())
               : code;
}

std::filesystem::path temporary_place(const std::filesystem::path& directory) {
    if (const std::error_code code = check_path(directory.native())) {
        throw error("open", code, directory.native());
    }
    try {
        const std::filesystem::path place =
            directory.empty() ? std::filesystem::temp_directory_path() : directory;
        // Absolute, or a change of the working directory would make it another one.
        if (place.is_absolute()) {
            return place;
        }
        return joined(std::filesystem::current_path().native(), place.native());
    } catch (const std::filesystem::filesystem_error& failed) {
        throw error("open", system_error_of(failed.code()),
                    directory.empty() ? configured_place() : directory.native());
    }
}

file_handle create_unnamed(const std::filesystem::path& place) {
    file_handle file;
    if (!file.create_unnamed(place.c_str())) {
        return file;
    }
    // The file system cannot, or will say again why not.
    std::filesystem::path path;
    try {
        file = create_named({.directory = place}, path);
    } catch (const error& failed) {
        throw error("open", failed.code(), place.native());
    }
    const std::error_code code = os::remove(path.c_str());
    if (code && code != std::errc::no_such_file_or_directory) {
        throw error("open", code, path.native());
    }
    return file;
}

file_handle create_named(const temporary_options& options, std::filesystem::path& path) {
    file_handle file;
    path = create_somewhere(options, [&](const char* name) { return file.create(name); });
    return file;
}

std::filesystem::path create_directory(const temporary_options& options) {
    return create_somewhere(options, os::make_directory);
}

}  // namespace sluice::detail
