#include <sluice/device/file.hpp>
#include <sluice/device/temporary.hpp>

#include "os/directory.hpp"
#include "temporary_place.hpp"

#include <memory>
#include <new>
#include <utility>

namespace sluice {
namespace {

constexpr std::ios_base::openmode mode =
    std::ios_base::in | std::ios_base::out | std::ios_base::binary;

// Without a name, the directory's tells at least which file system has failed.
std::unique_ptr<filebuf> open_unnamed(const std::filesystem::path& directory) {
    const std::filesystem::path place = detail::temporary_place(directory);
    auto buffer = std::make_unique<filebuf>();
    buffer->adopt(detail::create_unnamed(place), place.native(), mode);
    return buffer;
}

std::unique_ptr<filebuf> open_named(const temporary_options& options) {
    auto buffer = std::make_unique<filebuf>();
    std::filesystem::path path;
    detail::file_handle file = detail::create_named(options, path);
    if (!options.keep) {
        try {
            file.remove_at_close(path.native());
        } catch (const std::bad_alloc&) {
            static_cast<void>(os::remove(path.c_str()));
            throw;
        }
    }
    buffer->adopt(std::move(file), path.native(), mode);
    return buffer;
}

}  // namespace

temporary_file::temporary_file(const std::filesystem::path& directory)
    : stream(open_unnamed(directory)) {}

temporary_file::temporary_file(temporary_file&& other) noexcept : stream(std::move(other)) {}

named_temporary_file::named_temporary_file(const temporary_options& options)
    : stream(open_named(options)) {}

named_temporary_file::named_temporary_file(named_temporary_file&& other) noexcept
    : stream(std::move(other)) {}

// The buffer's, which a swap of streams takes along.
std::filesystem::path named_temporary_file::path() const {
    return rdbuf() != nullptr ? std::filesystem::path(rdbuf()->path()) : std::filesystem::path();
}

temporary_directory::temporary_directory(const temporary_options& options)
    : path_(detail::create_directory(options)), keep_(options.keep) {}

temporary_directory::temporary_directory(temporary_directory&& other) noexcept {
    swap(other);
}

temporary_directory& temporary_directory::operator=(temporary_directory&& other) noexcept {
    temporary_directory taken(std::move(other));
    swap(taken);
    return *this;
}

temporary_directory::~temporary_directory() {
    if (keep_ || path_.empty()) {
        return;
    }
    try {
        std::error_code ignored;
        os::remove_all(path_.c_str(), ignored);
    } catch (const std::bad_alloc&) {
        // what cannot be removed stays
    }
}

void temporary_directory::swap(temporary_directory& other) noexcept {
    path_.swap(other.path_);
    std::swap(keep_, other.keep_);
}

void temporary_directory::remove() {
    if (path_.empty()) {
        return;
    }
    std::error_code code;
    os::remove_all(path_.c_str(), code);
    if (code) {
        throw error("remove", detail::system_error_of(code), path_.native());
    }
    path_.clear();
}

std::filesystem::path temporary_directory::release() noexcept {
    return std::exchange(path_, {});
}

}  // namespace sluice
