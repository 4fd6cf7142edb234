// A log that starts a new file when the old one has grown, as people write them: app.log is the
// newest, app.log.1 the one before, and so on.

#ifndef LOG_ROTATOR_HPP
#define LOG_ROTATOR_HPP

#include <cstdint>
#include <string>

namespace logging {

class Rotator {
public:
    Rotator(const std::string& path, std::uintmax_t maxSize, int keep)
        : m_path(path), m_maxSize(maxSize), m_keep(keep) {}

    // Returns false where the line could not be written.
    bool write(const std::string& line);

    // Moves every file one on; the oldest goes.
    void rotate();

    // How many bytes all of them have.
    std::uintmax_t totalSize() const;

private:
    std::string numbered(int n) const { return m_path + "." + std::to_string(n); }

    std::string m_path;
    std::uintmax_t m_maxSize;
    int m_keep;
};

}  // namespace logging

#endif
