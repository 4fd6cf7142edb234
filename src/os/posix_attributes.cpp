#include "os.hpp"
#include "posix_call.hpp"
#include "posix_calls.hpp"

#include <sys/file.h>
#include <unistd.h>

namespace sluice::os {
namespace {

template <class Call>
std::error_code done(Call call) noexcept {
    return retried(call) < 0 ? last_error() : std::error_code();
}

}  // namespace

std::error_code sync_to_disk(handle file) noexcept {
    return done([&] { return calls.fsync(file); });
}

std::error_code set_permissions(handle file, std::filesystem::perms what) noexcept {
    return done([&] { return calls.fchmod(file, static_cast<mode_t>(what)); });
}

std::error_code set_owner(handle file, status::ownership owner) noexcept {
    return done([&] { return calls.fchown(file, owner.user, owner.group); });
}

std::error_code try_lock(handle file) noexcept {
    return done([&] { return calls.flock(file, LOCK_EX | LOCK_NB); });
}

unsigned effective_user() noexcept {
    return ::geteuid();
}

}  // namespace sluice::os
