// A handle of the system's that nobody else closes.

#ifndef SLUICE_OS_OWNED_HANDLE_HPP
#define SLUICE_OS_OWNED_HANDLE_HPP

#include "os.hpp"

#include <utility>

namespace sluice::os {

/// Closes its handle at the end of its scope, unless that has been released.
class owned_handle {
public:
    owned_handle() noexcept = default;
    explicit owned_handle(handle file) noexcept : file_(file) {}
    owned_handle(owned_handle&& other) noexcept : file_(other.release()) {}
    owned_handle& operator=(owned_handle&& other) noexcept {
        std::swap(file_, other.file_);
        return *this;
    }
    owned_handle(const owned_handle&) = delete;
    owned_handle& operator=(const owned_handle&) = delete;
    ~owned_handle() {
        if (file_ != no_handle) {
            close(file_);
        }
    }

    [[nodiscard]] handle get() const noexcept { return file_; }
    handle release() noexcept { return std::exchange(file_, no_handle); }

private:
    handle file_ = no_handle;
};

}  // namespace sluice::os

#endif  // SLUICE_OS_OWNED_HANDLE_HPP
