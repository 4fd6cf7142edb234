#include <sluice/device/file.hpp>

#include <conformance/python/scripted_file.hpp>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <stdexcept>
#include <utility>

namespace python {

scripted_file::scripted_file(std::vector<chunk> chunks, bool seekable)
    : chunks_(std::move(chunks)),
      seekable_(seekable),
      descriptor_(::open("/dev/null", O_RDWR | O_CLOEXEC)) {
    if (descriptor_ < 0 || current != nullptr) {
        throw std::runtime_error("no scripted file");
    }
    current = this;
    auto& calls = support::replaced_calls::calls();
    calls.read = [](int file, void* target, std::size_t size) {
        return file == current->descriptor_ ? current->read(static_cast<char*>(target), size)
                                            : current->scope_.real().read(file, target, size);
    };
    calls.write = [](int file, const void* source, std::size_t size) {
        return file == current->descriptor_
                   ? current->write({static_cast<const char*>(source), size})
                   : current->scope_.real().write(file, source, size);
    };
    calls.lseek = [](int file, off_t offset, int whence) {
        return file == current->descriptor_ ? current->seek(offset, whence)
                                            : current->scope_.real().lseek(file, offset, whence);
    };
    calls.close = [](int file) {
        return file == current->descriptor_ ? current->close() : current->scope_.real().close(file);
    };
}

scripted_file::~scripted_file() {
    ::close(descriptor_);
    current = nullptr;
}

sluice::stream scripted_file::open(std::string_view mode, int buffering) const {
    using ios = std::ios_base;
    auto file = std::make_unique<sluice::filebuf>();
    if (buffering >= 0) {
        file->pubsetbuf(nullptr, buffering);
    }
    const auto has = [&](char c) { return mode.find(c) != std::string_view::npos; };
    const auto which =
        (has('r') ? ios::in : ios::openmode{}) | (has('w') ? ios::out : ios::openmode{});
    if (file->attach(descriptor_, which | ios::binary, sluice::ownership::owned) == nullptr) {
        throw file->reason();
    }
    return sluice::stream(std::move(file));
}

std::string scripted_file::data() const {
    std::string all;
    for (const std::string& each : writes_) {
        all += each;
    }
    return all;
}

ssize_t scripted_file::read(char* target, std::size_t size) {
    asked_.push_back(size);
    if (next_ == chunks_.size()) {
        return 0;
    }
    if (!chunks_[next_]) {
        ++next_;
        errno = EAGAIN;
        return -1;
    }
    const std::string& bytes = *chunks_[next_];
    const std::size_t count = std::min(size, bytes.size() - done_);
    bytes.copy(target, count, done_);
    done_ += count;
    if (done_ == bytes.size()) {
        ++next_;
        done_ = 0;
    }
    return static_cast<ssize_t>(count);
}

ssize_t scripted_file::write(std::string_view bytes) {
    if (fail_writes_ || block_writes_) {
        errno = fail_writes_ ? ENOSPC : EAGAIN;
        return -1;
    }
    writes_.emplace_back(bytes.substr(0, most_written_));
    return static_cast<ssize_t>(writes_.back().size());
}

off_t scripted_file::seek(off_t offset, int whence) {
    if (!seekable_) {
        errno = ESPIPE;
        return -1;
    }
    auto here = static_cast<off_t>(done_);
    off_t size = 0;
    for (std::size_t i = 0; i < chunks_.size(); ++i) {
        const auto length = static_cast<off_t>(chunks_[i].value_or("").size());
        here += i < next_ ? length : 0;
        size += length;
    }
    off_t target = offset + (whence == SEEK_CUR ? here : whence == SEEK_END ? size : 0);
    const off_t result = target;
    for (next_ = 0; next_ < chunks_.size(); ++next_) {
        const auto length = static_cast<off_t>(chunks_[next_].value_or("").size());
        if (target < length) {
            break;
        }
        target -= length;
    }
    done_ = next_ < chunks_.size() ? static_cast<std::size_t>(target) : 0;
    return result;
}

int scripted_file::close() {
    closed_ = true;  // the destructor closes it, so that nothing else gets its number
    return 0;
}

}  // namespace python
