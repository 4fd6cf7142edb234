// launch_error: why the launcher gives up, and with which status.

#ifndef SLUICE_MOUNT_LAUNCH_ERROR_HPP
#define SLUICE_MOUNT_LAUNCH_ERROR_HPP

#include <cerrno>
#include <stdexcept>
#include <string>
#include <system_error>

namespace sluice::mount {

// As env(1) has them, but for the first.
inline constexpr int status_usage = 2;
inline constexpr int status_failed = 125;     // the launcher itself
inline constexpr int status_not_run = 126;    // the program is there, and was not started
inline constexpr int status_not_found = 127;  // the program is not there
inline constexpr int status_by_signal = 128;  // and the signal's number

class launch_error : public std::runtime_error {
public:
    launch_error(int status, const std::string& reason)
        : std::runtime_error(reason), status_(status) {}
    [[nodiscard]] int status() const noexcept { return status_; }

private:
    int status_;
};

/// What failed, of which errno says why.
[[nodiscard]] inline launch_error system_failure(const std::string& what, int error = errno,
                                                 int status = status_failed) {
    return {status, what + ": " + std::generic_category().message(error)};
}

}  // namespace sluice::mount

#endif  // SLUICE_MOUNT_LAUNCH_ERROR_HPP
