// route: where a path leads in a process that has mounts. Async-signal-safe; errno is left alone.

#ifndef SLUICE_MOUNT_ROUTE_HPP
#define SLUICE_MOUNT_ROUTE_HPP

#include "kernel.hpp"
#include "table.hpp"

#include <cstddef>
#include <string_view>

namespace sluice::mount {

/// Walks a path as the kernel would if the mounts were the kernel's: component by component, with
/// the symbolic links that lie in a mount followed, to wherever they lead. What lies outside is
/// taken by the letter: ".." takes a component away, and a symbolic link there is not seen.
class route {
public:
    explicit route(const table& all) noexcept : mounts_(all) {}
    route(const route&) = delete;
    route& operator=(const route&) = delete;
    ~route() = default;

    /// Walks `path` from `directory`. A link at its very end is followed if `follows`, or where a
    /// slash comes after it.
    ///
    /// Returns: 0, or the errno that the call is to fail with.
    int walk(int directory, const char* path, bool follows) noexcept;

    /// Takes where a descriptor's file really lies.
    ///
    /// Returns: whether that can be said.
    bool take(int file) noexcept;

    /// The mount that the way ends in; null: it ends outside.
    [[nodiscard]] const mounted* end() const noexcept { return end_; }

    /// Whether it leads through a mount. If not, the kernel knows the way better.
    [[nodiscard]] bool led_through_mount() const noexcept { return led_through_mount_; }

    /// Where the end lies, for the kernel. To be called once, after which the route is spent.
    ///
    /// Returns: null where the path is too long.
    [[nodiscard]] char* place() noexcept;

    /// The end as the program knows it: absolute, without "." and "..".
    [[nodiscard]] std::string_view name() const noexcept { return {path_.data(), size_}; }

private:
    class way;

    bool append(std::string_view component) noexcept;
    void drop_last() noexcept;
    int leave() noexcept;
    int look_for_link(way& rest, bool follows) noexcept;
    bool copy_place(char* target, std::string_view ending) const noexcept;

    const table& mounts_;
    kernel::path_room path_;
    std::size_t size_ = 0;
    const mounted* end_ = nullptr;
    bool led_through_mount_ = false;
    std::string_view ending_;  // "/" or "/." that comes after it: it must be a directory
};

/// Turns a path of the kernel's into what the program knows it as, if it lies in a mount.
///
/// Returns: the new size; `size` where it lies in none. What does not fit `capacity` is cut
///          off, and counted.
std::size_t name_of_place(const table& all, char* path, std::size_t size,
                          std::size_t capacity) noexcept;

}  // namespace sluice::mount

#endif  // SLUICE_MOUNT_ROUTE_HPP
