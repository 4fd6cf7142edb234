// A file that a test has to itself.

#ifndef SUPPORT_TEMPORARY_FILE_HPP
#define SUPPORT_TEMPORARY_FILE_HPP

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>

namespace support {

/// Created with some content, and removed at the end of its scope.
class temporary_file {
public:
    explicit temporary_file(std::string_view content = {}) {
        path_ = (std::filesystem::temp_directory_path() / "sluice-XXXXXX").string();
        const int file = ::mkstemp(path_.data());
        if (file < 0) {
            throw std::runtime_error("no temporary file");
        }
        while (!content.empty()) {
            const ssize_t written = ::write(file, content.data(), content.size());
            if (written <= 0) {
                ::close(file);
                throw std::runtime_error("cannot write " + path_);
            }
            content.remove_prefix(static_cast<std::size_t>(written));
        }
        ::close(file);
    }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    ~temporary_file() { ::unlink(path_.c_str()); }

    [[nodiscard]] const std::string& path() const { return path_; }

    /// What the file holds, read by a descriptor of its own.
    [[nodiscard]] std::string content() const {
        const int file = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC);
        std::string result;
        char block[16384];
        for (ssize_t got = 0; (got = ::read(file, block, sizeof block)) > 0;) {
            result.append(block, static_cast<std::size_t>(got));
        }
        ::close(file);
        return result;
    }

private:
    std::string path_;
};

/// A descriptor that is closed at the end of its scope.
class descriptor {
public:
    descriptor(const std::string& path, int flags)
        : number_(::open(path.c_str(), flags | O_CLOEXEC, 0600)) {
        if (number_ < 0) {
            throw std::runtime_error("cannot open " + path);
        }
    }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    ~descriptor() { ::close(number_); }

    [[nodiscard]] int number() const { return number_; }

private:
    int number_ = -1;
};

}  // namespace support

#endif  // SUPPORT_TEMPORARY_FILE_HPP
