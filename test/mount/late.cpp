// A library that makes close() of each file below the directory FAILING_CLOSE fail, as a full quota
// does that is told late.

#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string>

extern "C" int close(int file) {
    const char* const place = std::getenv("FAILING_CLOSE");
    std::array<char, 4096> path{};
    const std::string link = "/proc/self/fd/" + std::to_string(file);
    const ssize_t size = readlink(link.c_str(), path.data(), path.size() - 1);
    const bool fails = place != nullptr && size > 0 && std::string(path.data()).starts_with(place);
    const int result = static_cast<int>(syscall(SYS_close, file));
    return fails ? (errno = EDQUOT, -1) : result;
}
