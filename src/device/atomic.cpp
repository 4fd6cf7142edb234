#include <sluice/detail/held_exceptions.hpp>
#include <sluice/device/atomic.hpp>

#include "replacement.hpp"

#include <utility>

namespace sluice {

atomic_filebuf::atomic_filebuf() = default;

atomic_filebuf::atomic_filebuf(const std::filesystem::path& path, const atomic_options& options,
                               std::ios_base::openmode mode) {
    if (open(path, options, mode) == nullptr) {
        throw reason();
    }
}

atomic_filebuf::atomic_filebuf(atomic_filebuf&& other) noexcept {
    swap(other);
}

atomic_filebuf& atomic_filebuf::operator=(atomic_filebuf&& other) noexcept {
    if (this != &other) {
        atomic_filebuf taken(std::move(other));
        swap(taken);  // which then throws away what was written here
    }
    return *this;
}

atomic_filebuf::~atomic_filebuf() {
    discard();
}

void atomic_filebuf::swap(atomic_filebuf& other) noexcept {
    filebuf::swap(other);
    replacement_.swap(other.replacement_);
    std::swap(failed_, other.failed_);
    std::swap(armed_, other.armed_);
}

atomic_filebuf* atomic_filebuf::open(const std::filesystem::path& path,
                                     const atomic_options& options, std::ios_base::openmode mode) {
    using ios = std::ios_base;
    if (is_open()) {
        record(std::make_error_code(std::errc::device_or_resource_busy), "open");
        return nullptr;
    }
    std::error_code code = detail::check_path(path.native());
    if (!code && (!sluice::has(mode, ios::out) || sluice::has(mode, ios::app | ios::ate) ||
                  !is_open_mode(mode))) {
        code = errc::bad_mode;
    }
    if (!code && detail::injected() != nullptr) {
        code = errc::unsupported;
    }
    detail::file_handle file;
    if (!code) {
        replacement_ = std::make_unique<detail::replacement>();
        code = replacement_->open(path, options, sluice::has(mode, noreplace), file);
    }
    if (code) {
        replacement_.reset();
    }
    failed_ = code;
    armed_ = false;
    return adopt(std::move(file), path.native(), mode, code) != nullptr ? this : nullptr;
}

void atomic_filebuf::commit() {
    arm();
    try {
        basic_buf<char>::close();
    } catch (const error& why) {
        refuse(why.code(), why.position());
    }
    publish();
}

void atomic_filebuf::publish() {
    if (is_open()) {
        refuse(errc::unsupported);
    }
    if (replacement_ == nullptr) {
        refuse(failed_ ? failed_ : make_error_code(errc::closed));
    }
    bool published = false;
    const std::error_code code = replacement_->publish(published);
    replacement_.reset();
    if (code) {
        refuse(code, -1, published ? "published" : "");
    }
}

void atomic_filebuf::refuse(std::error_code code, off_type position, std::string_view detail) {
    replacement_.reset();
    if (!is_open()) {
        failed_.clear();  // and has been told
    }
    record(code, "commit", position);
    throw error("commit", code, path(), position, detail);
}

void atomic_filebuf::discard() noexcept {
    armed_ = false;
    stream_type* const stream = owner();
    set_owner(nullptr);
    discarding_ = true;
    try {
        basic_buf<char>::close();
    } catch (const error&) {
        clear_reason();  // what could not be written is not wanted
    }
    discarding_ = false;
    set_owner(stream);
    replacement_.reset();
}

// The first failure is kept: what follows it may succeed, and leave a hole.
std::error_code atomic_filebuf::keep(std::error_code code) noexcept {
    if (code && !failed_) {
        failed_ = code;
    }
    return code;
}

auto atomic_filebuf::device_write(const char* source, std::size_t count, off_type position)
    -> transfer {
    if (discarding_) {
        return {count, {}};
    }
    if (replacement_ != nullptr && !replacement_->is_ours()) {
        // What was pending in a process when it was forked is the parent's.
        return {0, keep(std::make_error_code(std::errc::operation_not_permitted))};
    }
    const transfer result = filebuf::device_write(source, count, position);
    keep(result.error);
    return result;
}

std::error_code atomic_filebuf::do_truncate(off_type size) {
    return keep(filebuf::do_truncate(size));
}

std::error_code atomic_filebuf::do_close() noexcept {
    const os::handle written = device_descriptor();
    if (armed_ && replacement_ != nullptr && written >= 0) {
        keep(replacement_->check_same(written));  // the filebuf below may have been swapped
    }
    std::error_code code = keep(filebuf::do_close());
    code = failed_ ? failed_ : code;
    if (armed_ && !code && replacement_ != nullptr) {
        try {
            code = replacement_->prepare();
        } catch (const std::bad_alloc&) {
            code = std::make_error_code(std::errc::not_enough_memory);
        }
    }
    if (!armed_ || code) {
        replacement_.reset();
    }
    return code;
}

atomic_ofstream::atomic_ofstream(atomic_ofstream&& other) noexcept
    : std::ostream(std::move(other)), buffer_(std::move(other.buffer_)) {
    set_rdbuf(&buffer_);
    buffer_.set_owner(this);
}

atomic_ofstream& atomic_ofstream::operator=(atomic_ofstream&& other) noexcept {
    std::ostream::operator=(std::move(other));
    buffer_ = std::move(other.buffer_);
    return *this;
}

void atomic_ofstream::open(const std::filesystem::path& path, const atomic_options& options,
                           std::ios_base::openmode mode) {
    if (buffer_.open(path, options, mode) != nullptr) {
        clear();
        return;
    }
    try {
        setstate(std::ios_base::failbit);
    } catch (const std::ios_base::failure&) {
        throw buffer_.reason();  // in place of a bare "iostream error"
    }
}

void atomic_ofstream::commit() {
    if (fail() && is_open()) {
        const error why = buffer_.reason();
        const std::error_code code = why ? why.code() : std::make_error_code(std::errc::io_error);
        buffer_.discard();
        throw error("commit", code, buffer_.path(), why.position(),
                    why ? why.detail() : "failbit is set");
    }
    try {
        buffer_.commit();
    } catch (const error&) {
        const detail::held_exceptions<char, std::char_traits<char>> held(this);
        setstate(std::ios_base::badbit);
        throw;
    }
}

}  // namespace sluice
