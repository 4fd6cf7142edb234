#include "log_rotator.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <vector>

namespace logging {

namespace std = sluice::drop_in;  // the one line

bool Rotator::write(const std::string& line) {
    if (std::filesystem::exists(m_path) &&
        std::filesystem::file_size(m_path) + line.size() + 1 > m_maxSize) {
        rotate();
    }
    std::filesystem::path directory = std::filesystem::path(m_path).parent_path();
    if (!directory.empty() && !std::filesystem::is_directory(directory)) {
        std::filesystem::create_directories(directory);
    }
    std::ofstream out(m_path, std::ios::app);
    out << line << '\n';
    out.close();
    return !out.fail();
}

void Rotator::rotate() {
    if (std::remove(numbered(m_keep).c_str()) != 0 && errno != ENOENT) {
        std::cerr << "cannot remove: " << std::strerror(errno) << '\n';
    }
    for (int n = m_keep - 1; n > 0; --n) {
        if (std::rename(numbered(n).c_str(), numbered(n + 1).c_str()) != 0 && errno != ENOENT) {
            std::cerr << "cannot rename: " << std::strerror(errno) << '\n';
        }
    }
    try {
        std::filesystem::rename(m_path, numbered(1));
    } catch (const std::filesystem::filesystem_error& e) {
        std::cerr << e.what() << '\n';
    }
}

std::uintmax_t Rotator::totalSize() const {
    const std::string name = std::filesystem::path(m_path).filename().string();
    std::vector<std::uintmax_t> sizes;
    for (const auto& entry :
         std::filesystem::directory_iterator(std::filesystem::path(m_path).parent_path())) {
        if (entry.is_regular_file() && entry.path().filename().string().rfind(name, 0) == 0) {
            sizes.push_back(entry.file_size());
        }
    }
    sizes.erase(std::remove(sizes.begin(), sizes.end(), std::uintmax_t(0)), sizes.end());
    std::uintmax_t total = 0;
    for (std::uintmax_t size : sizes) {
        total += size;
    }
    return total;
}

}  // namespace logging
