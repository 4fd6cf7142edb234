#include <sluice/algorithm/copy.hpp>
#include <sluice/bridge/memory_file.hpp>
#include <sluice/detail/clamped.hpp>
#include <sluice/device/file.hpp>

#include "device/temporary_place.hpp"
#include "os/file_mapping.hpp"
#include "os/os.hpp"
#include "os/owned_handle.hpp"

#include <istream>
#include <locale>
#include <string>
#include <utility>

namespace sluice {
namespace {

using detail::file_handle;

/// Whether the system has no memfd, for this program at least.
bool is_missing(const std::error_code& code) {
    return code == std::errc::function_not_supported || code == std::errc::operation_not_permitted;
}

/// Errors: throws error("open").
file_handle create(const std::string& name, bool& sealable) {
    file_handle file;
    std::error_code code = detail::check_path(name);
    if (!code) {
        code = file.create_memory(name.c_str());
    }
    sealable = !code;
    if (is_missing(code)) {
        code = file.create_unnamed("/dev/shm");
        if (code) {
            return detail::create_unnamed(detail::temporary_place({}));
        }
    }
    if (code) {
        throw error("open", code, "memory:" + name);
    }
    return file;
}

std::filesystem::path path_of(const file_handle& file) {
    return "/proc/" + std::to_string(os::this_process()) + "/fd/" +
           std::to_string(file.descriptor());
}

}  // namespace

struct memory_file::state {
    explicit state(const std::string& name) : file(create(name, sealable)) {}

    bool sealable = false;
    file_handle file;
    os::owned_handle reader;  // which stays open as long as the mapping lives
    std::unique_ptr<os::file_mapping> mapping;
};

memory_file::memory_file(std::string_view content, std::string_view name)
    : state_(std::make_unique<state>(std::string(name))) {
    file_handle& file = state_->file;
    const detail::transfer put = file.write_all(content.data(), content.size(), 0);
    if (put.error) {
        throw error("write", put.error, path_of(file).native(),
                    static_cast<std::streamoff>(put.count));
    }
    if (const std::error_code code = file.seek(0)) {
        throw error("seek", code, path_of(file).native());
    }
}

memory_file::memory_file(lower from, std::string_view name)
    : memory_file(std::string_view(), name) {
    std::istream in(from.get());
    sluice::stream out = stream();
    copy(in, out);
    out.close();
}

memory_file::memory_file(memory_file&& other) noexcept = default;

memory_file& memory_file::operator=(memory_file&& other) noexcept {
    memory_file taken(std::move(other));
    swap(taken);
    return *this;
}

memory_file::~memory_file() = default;

auto memory_file::opened(const char* operation) const -> state& {
    if (!state_) {
        throw error(operation, errc::closed);
    }
    return *state_;
}

std::filesystem::path memory_file::path() const {
    return path_of(opened("path").file);
}

sluice::stream memory_file::stream(std::ios_base::openmode mode) const {
    std::string place = path_of(opened("open").file).native();
    auto buffer = std::make_unique<filebuf>();
    buffer->pubimbue(std::locale::classic());  // bytes stay bytes
    mode |= std::ios_base::binary;
    // Of the system's own, also where a path leads to a file system of the program's.
    file_handle file;
    const std::error_code code = file.open(place.c_str(), mode);
    if (buffer->adopt(std::move(file), std::move(place), mode, code) == nullptr) {
        throw buffer->latest("open");
    }
    return sluice::stream(std::move(buffer));
}

// -- the content ------------------------------------------------------------------------------

std::string_view memory_file::view() {
    state& here = opened("view");
    const std::streamoff size = this->size();
    if (size == 0) {
        return {};
    }
    const std::size_t count = detail::clamped(size);
    const bool current = here.mapping && here.mapping->size() == count &&
                         here.mapping->lost_from() == os::file_mapping::nothing;
    if (current) {
        return {here.mapping->data(), count};
    }
    std::error_code code;
    if (here.reader.get() == os::no_handle) {
        // Through one that cannot write: any other mapping would be in the way of a seal, and a
        // seal of it.
        const std::string place = path_of(here.file).native();
        here.reader =
            os::owned_handle(os::open_to_map(place.c_str(), os::map_kind::read_only, code));
        if (code == std::errc::no_such_file_or_directory) {  // there is no /proc
            here.reader = os::owned_handle(os::duplicate_to_map(here.file.descriptor(), code));
        }
    }
    std::unique_ptr<os::file_mapping> mapping;
    if (!code) {
        mapping =
            os::file_mapping::make(here.reader.get(), 0, count, os::map_kind::read_only, code);
    }
    if (!mapping) {
        throw error("view", code, path_of(here.file).native());
    }
    here.mapping = std::move(mapping);
    return {here.mapping->data(), count};
}

std::streamoff memory_file::size() const {
    const file_handle& file = opened("size").file;
    std::error_code code;
    const std::streamoff size = file.size(code);
    if (code) {
        throw error("size", code, path_of(file).native());
    }
    return size;
}

void memory_file::truncate(std::streamoff size) {
    file_handle& file = opened("truncate").file;
    const std::error_code code =
        size < 0 ? make_error_code(errc::bad_position) : file.truncate(size);
    if (code) {
        throw error("truncate", code, path_of(file).native(), size);
    }
}

// -- seals and the end ------------------------------------------------------------------------

void memory_file::seal(const memory_seals& what) {
    const state& here = opened("seal");
    const std::error_code code =
        here.sealable ? os::seal(here.file.descriptor(), {what.write, what.grow, what.shrink})
                      : make_error_code(errc::unsupported);
    if (code) {
        const bool mapped = code == std::errc::device_or_resource_busy;
        throw error("seal", code, path_of(here.file).native(), -1,
                    mapped ? "it is mapped for writing" : "");
    }
}

memory_seals memory_file::seals() const {
    const state& here = opened("seals");
    if (!here.sealable) {
        return {false, false, false};
    }
    std::error_code code;
    const os::seals found = os::seals_of(here.file.descriptor(), code);
    if (code) {
        throw error("seals", code, path_of(here.file).native());
    }
    return {found.write, found.grow, found.shrink};
}

int memory_file::native_handle() const {
    return opened("native_handle").file.descriptor();
}

void memory_file::close() {
    if (!state_) {
        return;
    }
    const std::string place = path_of(state_->file).native();
    const std::error_code code = state_->file.close();
    state_.reset();
    if (code) {
        throw error("close", code, place);
    }
}

}  // namespace sluice
