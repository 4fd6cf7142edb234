#include <sluice/detail/file_handle.hpp>
#include <sluice/error.hpp>
#include <sluice/mode.hpp>

#include "os/os.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

namespace sluice::detail {

file_handle::file_handle(std::unique_ptr<open_file> file, bool appends) noexcept
    : file_(std::move(file)), shared_(appends), appends_(appends), seekable_(answer::yes) {}

file_handle& file_handle::operator=(file_handle&& other) noexcept {
    file_handle taken(std::move(other));
    swap(taken);
    return *this;
}

void file_handle::swap(file_handle& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    file_.swap(other.file_);
    std::swap(owned_, other.owned_);
    std::swap(shared_, other.shared_);
    std::swap(appends_, other.appends_);
    std::swap(seekable_, other.seekable_);
    std::swap(sink_, other.sink_);
    std::swap(kernel_, other.kernel_);
    std::swap(unsynced_, other.unsynced_);
    doomed_.swap(other.doomed_);
}

std::error_code file_handle::open(const char* path, std::ios_base::openmode mode) noexcept {
    std::error_code code;
    const os::handle opened = os::open(path, mode, code);
    if (!code) {
        start(opened, has(mode, std::ios_base::app));
    }
    return code;
}

std::error_code file_handle::create(const char* path) noexcept {
    std::error_code code;
    const os::handle opened = os::create(path, code);
    if (!code) {
        start(opened, false);
    }
    return code;
}

std::error_code file_handle::create_unnamed(const char* directory) noexcept {
    std::error_code code;
    const os::handle opened = os::create_unnamed(directory, code);
    if (!code) {
        start(opened, false);
    }
    return code;
}

std::error_code file_handle::create_memory(const char* name) noexcept {
    std::error_code code;
    const os::handle opened = os::create_in_memory(name, code);
    if (!code) {
        start(opened, false);
    }
    return code;
}

void file_handle::start(int descriptor, bool appends) noexcept {
    descriptor_ = descriptor;
    owned_ = true;
    appends_ = appends;
    shared_ = appends;
    seekable_ = answer::unknown;
    sink_ = sink::unknown;
    unsynced_.clear();
    kernel_ = 0;
}

std::error_code file_handle::attach(int descriptor, bool owned) noexcept {
    std::error_code code;
    const bool appends = os::appends(descriptor, code);
    if (code) {
        return code;
    }
    descriptor_ = descriptor;
    owned_ = owned;
    shared_ = true;
    appends_ = appends;
    seekable_ = answer::unknown;
    sink_ = sink::unknown;
    unsynced_.clear();
    return {};
}

std::error_code file_handle::close() noexcept {
    std::error_code code;
    if (const int descriptor = std::exchange(descriptor_, -1); descriptor >= 0) {
        code = owned_ ? os::close(descriptor) : code;
    } else if (file_ != nullptr) {
        code = file_->close();
        file_.reset();
    }
    if (doomed_.empty()) {
        return code;
    }
    const std::error_code removed = os::remove(doomed_.c_str());
    doomed_.clear();
    return code || removed == std::errc::no_such_file_or_directory ? code : removed;
}

bool file_handle::is_terminal() const noexcept {
    return file_ == nullptr && os::is_terminal(descriptor_);
}

bool file_handle::seekable() noexcept {
    if (seekable_ == answer::unknown) {
        std::error_code code;
        os::seek(descriptor_, 0, std::ios_base::cur, code);
        if (code && code != std::errc::invalid_seek) {
            return true;  // it has a position, and what is done with it will tell the failure
        }
        seekable_ = code ? answer::no : answer::yes;
    }
    return seekable_ == answer::yes;
}

transfer file_handle::read(void* target, std::size_t size, std::int64_t position) noexcept {
    if (file_ != nullptr) {
        const transfer result = file_->read(target, size, shared_ ? kernel_ : position);
        kernel_ += shared_ ? static_cast<std::int64_t>(result.count) : 0;
        return result;
    }
    if (!in_place(position)) {
        return os::read_at(descriptor_, target, size, position);
    }
    const transfer result = os::read(descriptor_, target, size);
    kernel_ += static_cast<std::int64_t>(result.count);
    return result;
}

transfer file_handle::write(const void* source, std::size_t size, std::int64_t position) noexcept {
    if (file_ != nullptr) {
        return appends_ ? file_->append(source, size, kernel_)
                        : file_->write(source, size, position);
    }
    if (!in_place(position)) {
        return os::write_at(descriptor_, source, size, position);
    }
    const transfer result = write_in_place(source, size);
    kernel_ += static_cast<std::int64_t>(result.count);
    return result;
}

// Once for a descriptor: a file on disk pays one system call for it, and none for each write.
auto file_handle::find_sink() const noexcept -> sink {
    std::error_code code;
    const os::status status = os::status_of(descriptor_, code);
    return status.pipe ? sink::pipe : status.socket ? sink::socket : sink::file;
}

transfer file_handle::write_in_place(const void* source, std::size_t size) noexcept {
    if (sink_ == sink::unknown) {
        sink_ = find_sink();
    }
    switch (sink_) {
    case sink::pipe: return os::write_pipe(descriptor_, source, size);
    case sink::socket: return os::send(descriptor_, source, size);
    default: return os::write(descriptor_, source, size);
    }
}

transfer file_handle::write_all(const void* source, std::size_t size,
                                std::int64_t position) noexcept {
    transfer total;
    while (total.count < size && !total.error) {
        const transfer part =
            write(static_cast<const char*>(source) + total.count, size - total.count,
                  position + static_cast<std::int64_t>(total.count));
        total.count += part.count;
        total.error =
            part.count == 0 && !part.error ? std::make_error_code(std::errc::io_error) : part.error;
    }
    return total;
}

std::error_code file_handle::seek(std::int64_t position) noexcept {
    if (!shared_ && kernel_ == position) {
        return {};
    }
    if (file_ != nullptr) {
        kernel_ = position;
        return {};
    }
    std::error_code code;
    os::seek(descriptor_, position, std::ios_base::beg, code);
    if (!code) {
        kernel_ = position;
    }
    return code;
}

std::int64_t file_handle::position(std::error_code& code) const noexcept {
    if (file_ != nullptr) {
        code.clear();
        return kernel_;
    }
    return os::seek(descriptor_, 0, std::ios_base::cur, code);
}

std::int64_t file_handle::size(std::error_code& code) const noexcept {
    return file_ != nullptr ? file_->size(code) : os::status_of(descriptor_, code).size;
}

// NOLINTNEXTLINE(readability-make-member-function-const): it changes the file
std::error_code file_handle::truncate(std::int64_t size) noexcept {
    return file_ != nullptr ? file_->truncate(size) : os::truncate(descriptor_, size);
}

std::error_code file_handle::sync_to_disk() noexcept {
    if (!unsynced_) {
        unsynced_ = file_ != nullptr ? file_->sync_to_disk() : os::sync_to_disk(descriptor_);
    }
    return unsynced_;
}

std::int64_t file_handle::available(std::int64_t position) const noexcept {
    std::error_code code;
    if (file_ != nullptr) {
        return std::max<std::int64_t>(file_->size(code) - position, 0);
    }
    const os::status status = os::status_of(descriptor_, code);
    if (code) {
        return 0;
    }
    return status.regular ? std::max<std::int64_t>(status.size - position, 0)
                          : os::available(descriptor_);
}

std::error_code open_by_path(file_handle& file, const std::string& path,
                             std::ios_base::openmode mode) {
    file_opener* const files = injected();
    if (files == nullptr) {
        return file.open(path.c_str(), mode);
    }
    std::error_code code;
    file = files->open_file(path, mode, code);
    return code;
}

namespace {
std::atomic<file_opener*> injected_opener{nullptr};
}  // namespace

file_opener* inject(file_opener* files) noexcept {
    return injected_opener.exchange(files, std::memory_order_acq_rel);
}

file_opener* injected() noexcept {
    return injected_opener.load(std::memory_order_acquire);
}

}  // namespace sluice::detail
