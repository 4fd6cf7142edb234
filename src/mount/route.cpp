#include "route.hpp"

#include "kernel.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace sluice::mount {

// What is left of a way: the caller's text, which the text of each link found comes before.
class route::way {
public:
    explicit way(const char* text) noexcept : rest_(text) {}
    way(const way&) = delete;  // may point into itself
    way& operator=(const way&) = delete;
    ~way() = default;

    // Empty: there is none left.
    std::string_view next() noexcept {
        rest_ += std::strspn(rest_, "/");
        const std::string_view component(rest_, std::strcspn(rest_, "/"));
        rest_ += component.size();
        return component;
    }

    [[nodiscard]] bool is_at_slash() const noexcept { return *rest_ == '/'; }
    [[nodiscard]] bool has_more() const noexcept { return rest_[std::strspn(rest_, "/")] != '\0'; }

    // False: too long, or too many.
    bool put_before(const char* link, std::size_t size) noexcept {
        const std::size_t left = std::strlen(rest_);
        if (++count_ > most_links || size + left >= links_.size()) {
            return false;
        }
        std::memmove(links_.data() + size, rest_, left + 1);
        std::memcpy(links_.data(), link, size);
        rest_ = links_.data();
        return true;
    }

private:
    static constexpr int most_links = 40;  // as the kernel's

    const char* rest_;
    int count_ = 0;
    kernel::path_room links_;
};

int route::walk(int directory, const char* path, bool follows) noexcept {
    const kernel::kept_errno kept;
    if (strnlen(path, PATH_MAX) == PATH_MAX) {
        return ENAMETOOLONG;
    }
    if (*path != '/' && !take(directory)) {
        return 0;
    }
    way rest(path);
    for (;;) {
        const std::string_view component = rest.next();
        if (component.empty()) {
            return 0;
        }
        ending_ = rest.is_at_slash() ? "/" : "";
        if (component == ".") {
            ending_ = "/.";
        } else if (component == "..") {
            if (const int error = leave()) {
                return error;
            }
        } else {
            if (!append(component)) {  // from outside, the kernel may still get there
                return led_through_mount_ ? ENAMETOOLONG : 0;
            }
            if (const int error = look_for_link(rest, follows)) {
                return error;
            }
        }
    }
}

bool route::take(int file) noexcept {
    size_ = kernel::path_of(file, path_.data(), path_.size());
    size_ = name_of_place(mounts_, path_.data(), size_, path_.size());
    if (size_ >= path_.size()) {
        size_ = 0;
    }
    if (size_ == 1) {  // the root, of which nothing is kept
        size_ = 0;
        return true;
    }
    end_ = mounts_.under(name());
    led_through_mount_ = end_ != nullptr;
    return size_ != 0;
}

bool route::append(std::string_view component) noexcept {
    if (size_ + 1 + component.size() >= path_.size()) {
        return false;
    }
    path_[size_++] = '/';
    std::memcpy(path_.data() + size_, component.data(), component.size());
    size_ += component.size();
    end_ = mounts_.under(name());
    led_through_mount_ = led_through_mount_ || end_ != nullptr;
    return true;
}

void route::drop_last() noexcept {
    const std::size_t slash = name().rfind('/');
    size_ = slash == std::string_view::npos ? 0 : slash;
    end_ = mounts_.under(name());
}

// Takes "..": what is no directory has none.
int route::leave() noexcept {
    if (end_ != nullptr) {
        kernel::path_room target;
        if (!copy_place(target.data(), "/.")) {
            return ENAMETOOLONG;
        }
        if (kernel::read_link(target.data(), target.data(), 1) < 0 && errno != EINVAL) {
            return errno;
        }
    }
    drop_last();
    led_through_mount_ = led_through_mount_ || end_ != nullptr;
    return 0;
}

// Of what was appended last. Where it is not the end of the way and not there, the way ends in an
// error.
int route::look_for_link(way& rest, bool follows) noexcept {
    if (end_ == nullptr || !(follows || rest.is_at_slash())) {
        return 0;
    }
    kernel::path_room target;
    if (!copy_place(target.data(), "")) {
        return ENAMETOOLONG;
    }
    // The kernel takes the path before it gives the link, so that one array is enough.
    const ssize_t size = kernel::read_link(target.data(), target.data(), target.size());
    if (size < 0) {
        return errno != EINVAL && rest.has_more() ? errno : 0;
    }
    if (!rest.put_before(target.data(), static_cast<std::size_t>(size))) {
        return ELOOP;
    }
    drop_last();
    if (size > 0 && target[0] == '/') {
        size_ = 0;
        end_ = nullptr;
    }
    return 0;
}

bool route::copy_place(char* target, std::string_view ending) const noexcept {
    const std::string_view start = end_ == nullptr ? std::string_view() : end_->place;
    const std::string_view rest =
        end_ == nullptr
            ? name()
            : std::string_view(path_.data() + end_->prefix.size(), size_ - end_->prefix.size());
    if (start.size() + rest.size() + ending.size() >= path_.size()) {
        return false;
    }
    std::memmove(target + start.size(), rest.data(), rest.size());  // `target` may be path_ itself
    std::memcpy(target, start.data(), start.size());
    std::memcpy(target + start.size() + rest.size(), ending.data(), ending.size());
    target[start.size() + rest.size() + ending.size()] = '\0';
    return true;
}

char* route::place() noexcept {
    const std::string_view ending = size_ == 0 ? std::string_view("/") : ending_;
    return copy_place(path_.data(), ending) ? path_.data() : nullptr;
}

std::size_t name_of_place(const table& all, char* path, std::size_t size,
                          std::size_t capacity) noexcept {
    const mounted* const found = all.holding({path, size});
    if (found == nullptr) {
        return size;
    }
    const std::size_t start = std::min(found->prefix.size(), capacity);
    const std::size_t rest = size - found->place.size();
    std::memmove(path + start, path + found->place.size(), std::min(rest, capacity - start));
    std::memcpy(path, found->prefix.data(), start);
    return found->prefix.size() + rest;
}

}  // namespace sluice::mount
