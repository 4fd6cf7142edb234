// Files in memory behind the table of system calls, whose transfers are short and interrupted as a
// pattern says.

#ifndef FUZZ_SHORT_FILES_HPP
#define FUZZ_SHORT_FILES_HPP

#include <support/system_calls.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace fuzz {

/// Replaces what opens, reads and writes files, for as long as it lives; one at a time. Each open()
/// gives a file of its own, whatever the path.
class short_files {
public:
    /// Of the pattern, each transfer uses the next byte: 0 is EINTR (never twice in a row), one
    /// below 0xC0 is the most that is transferred (or a 64th of what is asked for, so that it comes
    /// to an end), any other stands for all.
    explicit short_files(std::string_view pattern) : pattern_(pattern) {
        current = this;
        auto& calls = support::replaced_calls::calls();
        calls.open = [](const char*, int flags, mode_t) { return current->add({}, flags); };
        calls.close = [](int number) { return current->close(number); };
        calls.read = [](int number, void* target, std::size_t size) {
            file& from = current->at(number);
            const ssize_t count = current->read(from, target, size, from.position);
            from.position += std::max<ssize_t>(count, 0);
            return count;
        };
        calls.write = [](int number, const void* source, std::size_t size) {
            file& to = current->at(number);
            const auto end = static_cast<off_t>(to.content.size());
            to.position = (to.flags & O_APPEND) != 0 ? end : to.position;
            const ssize_t count = current->write(to, source, size, to.position);
            to.position += std::max<ssize_t>(count, 0);
            return count;
        };
        calls.pread = [](int number, void* target, std::size_t size, off_t position) {
            return current->read(current->at(number), target, size, position);
        };
        calls.pwrite = [](int number, const void* source, std::size_t size, off_t position) {
            return current->write(current->at(number), source, size, position);
        };
        calls.lseek = [](int number, off_t offset, int whence) {
            return seek(current->at(number), offset, whence);
        };
        calls.ftruncate = [](int number, off_t size) {
            if (current->interrupted()) {
                return -1;
            }
            current->at(number).content.resize(static_cast<std::size_t>(size));
            return 0;
        };
        calls.fstat = [](int number, struct stat* status) {
            *status = {};
            status->st_mode = S_IFREG | 0600;
            status->st_size = static_cast<off_t>(current->at(number).content.size());
            return 0;
        };
        calls.isatty = [](int) { return 0; };
        calls.status_flags = [](int number) { return current->at(number).flags; };
        calls.fsync = [](int) { return 0; };
    }
    short_files(const short_files&) = delete;
    short_files& operator=(const short_files&) = delete;
    ~short_files() { current = nullptr; }

    /// A descriptor, which stands at the front.
    int add(std::string_view content, int flags = O_RDWR) {
        const std::string_view start = (flags & O_TRUNC) != 0 ? std::string_view() : next_content_;
        files_.push_back({std::string(content.empty() ? start : content), 0, flags, true});
        return first + static_cast<int>(files_.size()) - 1;
    }

    /// What the files hold that are opened by a path from now on.
    void set_next_content(std::string_view content) { next_content_ = content; }

    [[nodiscard]] const std::string& content(int number) { return at(number, false).content; }
    [[nodiscard]] off_t position(int number) { return at(number).position; }

    /// The number of the file that was added last.
    [[nodiscard]] int last() const { return first + static_cast<int>(files_.size()) - 1; }

    [[nodiscard]] bool all_closed() const {
        return std::none_of(files_.begin(), files_.end(),
                            [](const file& each) { return each.open; });
    }

private:
    struct file {
        std::string content;
        off_t position = 0;
        int flags = 0;
        bool open = false;
    };
    static constexpr int first = 1000;

    file& at(int number, bool open = true) {
        file& found = files_.at(static_cast<std::size_t>(number - first));
        if (open && !found.open) {
            throw std::logic_error("a descriptor is used after it was closed");
        }
        return found;
    }

    int close(int number) {
        at(number).open = false;
        return 0;
    }

    unsigned char next() {
        return pattern_.empty() ? 0xFF
                                : static_cast<unsigned char>(pattern_[turn_++ % pattern_.size()]);
    }

    bool interrupted() {
        interrupted_ = !interrupted_ && next() == 0;
        if (interrupted_) {
            errno = EINTR;
        }
        return interrupted_;
    }

    std::size_t most(std::size_t size) {
        const std::size_t limit = next();
        return limit >= 0xC0 ? size : std::min(size, std::max<std::size_t>({limit, size / 64, 1}));
    }

    ssize_t read(file& from, void* target, std::size_t size, off_t position) {
        if (interrupted()) {
            return -1;
        }
        const std::size_t begin = std::min(from.content.size(), static_cast<std::size_t>(position));
        return static_cast<ssize_t>(
            from.content.copy(static_cast<char*>(target), most(size), begin));
    }

    ssize_t write(file& to, const void* source, std::size_t size, off_t position) {
        if (interrupted()) {
            return -1;
        }
        const std::string_view bytes(static_cast<const char*>(source), most(size));
        const auto begin = static_cast<std::size_t>(position);
        if (!bytes.empty() && to.content.size() < begin + bytes.size()) {
            to.content.resize(begin + bytes.size());
        }
        bytes.copy(to.content.data() + begin, bytes.size());
        return static_cast<ssize_t>(bytes.size());
    }

    static off_t seek(file& where, off_t offset, int whence) {
        const off_t from = whence == SEEK_SET   ? 0
                           : whence == SEEK_CUR ? where.position
                                                : static_cast<off_t>(where.content.size());
        if (from + offset < 0) {
            errno = EINVAL;
            return -1;
        }
        return where.position = from + offset;
    }

    static inline short_files* current = nullptr;

    support::replaced_calls scope_;
    std::string_view pattern_;
    std::string_view next_content_;
    std::vector<file> files_;
    std::size_t turn_ = 0;
    bool interrupted_ = false;
};

}  // namespace fuzz

#endif  // FUZZ_SHORT_FILES_HPP
