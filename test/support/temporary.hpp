// A file or a directory that a test has to itself.

#ifndef SUPPORT_TEMPORARY_HPP
#define SUPPORT_TEMPORARY_HPP

#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace support {

/// What the file holds, read by the standard's own stream.
inline std::string content_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_file(const std::filesystem::path& path, std::string_view content) {
    std::ofstream out(path, std::ios::binary);
    if (!(out << content << std::flush)) {
        throw std::runtime_error("cannot write " + path.string());
    }
}

/// The pattern of mkstemp and mkdtemp.
inline std::string
temporary_pattern(const std::filesystem::path& where = std::filesystem::temp_directory_path()) {
    return (where / "sluice-XXXXXX").string();
}

/// Created empty, and removed with all it holds at the end of its scope.
class temporary_directory {
public:
    explicit temporary_directory(
        const std::filesystem::path& where = std::filesystem::temp_directory_path()) {
        std::string pattern = temporary_pattern(where);
        if (::mkdtemp(pattern.data()) == nullptr) {
            throw std::runtime_error("no temporary directory");
        }
        path_ = pattern;
    }
    temporary_directory(const temporary_directory&) = delete;
    temporary_directory& operator=(const temporary_directory&) = delete;
    ~temporary_directory() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] std::filesystem::path operator/(std::string_view name) const {
        return path_ / name;
    }

private:
    std::filesystem::path path_;
};

/// Created with some content, and removed at the end of its scope.
class temporary_file {
public:
    explicit temporary_file(std::string_view content = {}) : path_(temporary_pattern()) {
        const int file = ::mkstemp(path_.data());
        if (file < 0) {
            throw std::runtime_error("no temporary file");
        }
        ::close(file);
        write_file(path_, content);
    }
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    ~temporary_file() { ::unlink(path_.c_str()); }

    [[nodiscard]] const std::string& path() const { return path_; }
    [[nodiscard]] std::string content() const { return content_of(path_); }

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

#endif  // SUPPORT_TEMPORARY_HPP
