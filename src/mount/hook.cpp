#include "hook.hpp"

namespace sluice::mount {
namespace {

int refusal(const char* place, effect does) noexcept {
    switch (does) {
    case effect::none: return 0;
    case effect::changes: return kernel::exists(place) ? EROFS : errno;
    case effect::creates: return kernel::exists(place) ? EEXIST : EROFS;
    case effect::may_create: return kernel::exists(place) ? 0 : EROFS;
    case effect::writes: return EROFS;
    }
    return 0;
}

}  // namespace

void intention::hear_at_flags(int flags) noexcept {
    keeps_ = keeps_ || (flags & AT_SYMLINK_NOFOLLOW) != 0;
    follows_ = follows_ || (flags & AT_SYMLINK_FOLLOW) != 0;
}

void intention::hear_open_flags(int flags) noexcept {
    constexpr int exclusive = O_CREAT | O_EXCL;
    const bool writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC) != 0;
    const bool temporary = (flags & O_TMPFILE) == O_TMPFILE;
    keeps_ = (flags & O_NOFOLLOW) != 0 || (flags & exclusive) == exclusive;
    if ((flags & O_CREAT) == 0 || temporary) {
        does_ = writes ? effect::changes : effect::none;
    } else if ((flags & O_EXCL) != 0) {
        does_ = effect::creates;
    } else {
        does_ = writes ? effect::writes : effect::may_create;
    }
}

void intention::hear_fopen_mode(const char* mode) noexcept {
    if (mode[0] != 'r') {
        does_ = std::strchr(mode, 'x') != nullptr ? effect::creates : effect::writes;
    } else if (std::strchr(mode, '+') != nullptr) {
        does_ = effect::changes;
    }
}

int translated_path::translate(int directory, const char* name, bool follows,
                               effect does) noexcept {
    const kernel::kept_errno kept;
    path_ = name;
    if (name == nullptr || *name == '\0') {
        return 0;
    }
    if (const int error = route_.walk(directory, name, follows)) {
        return error;
    }
    if (!route_.led_through_mount()) {
        return 0;
    }
    path_ = route_.place();
    if (path_ == nullptr) {
        return ENAMETOOLONG;
    }
    const mounted* const end = route_.end();
    return end != nullptr && end->read_only ? refusal(path_, does) : 0;
}

int refusal_of(int file) noexcept {
    route way(mounts());
    return way.take(file) && way.end() != nullptr && way.end()->read_only ? EROFS : 0;
}

}  // namespace sluice::mount
