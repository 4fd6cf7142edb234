// table: which paths are mounted, and where what is at them lies. The launcher writes it into the
// environment, and the library of each program under it reads it there.
//
// Neither allocates nor throws: a program's first call of open() may come before main(), or from a
// signal handler.

#ifndef SLUICE_MOUNT_TABLE_HPP
#define SLUICE_MOUNT_TABLE_HPP

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace sluice::mount {

/// The variable of the environment. For each mount it has two lines: the place, with an 'r' (read
/// only) or a 'w' before it, and the prefix.
inline constexpr const char* table_variable = "SLUICE_MOUNTS";

/// A directory or a file that is found under another path than its own. Both paths are absolute,
/// without ".", ".." and a slash at the end; a NUL comes after them.
struct mounted {
    std::string_view prefix;
    std::string_view place;
    bool read_only = false;
    dev_t device = 0;  // of the place; 0: not known
};

/// Whether `path` is `prefix` or beneath it.
[[nodiscard]] bool is_under(std::string_view path, std::string_view prefix) noexcept;

class table {
public:
    static constexpr std::size_t most_mounts = 64;
    static constexpr std::size_t most_text = 16384;

    constexpr table() noexcept = default;
    table(const table&) = delete;  // views into its own text
    table& operator=(const table&) = delete;
    ~table() = default;

    /// Takes the variable's value, which is copied. The table stays empty where the value is not
    /// what the launcher writes.
    bool read(const char* value) noexcept;

    [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
    [[nodiscard]] std::span<const mounted> all() const noexcept { return {mounts_.data(), count_}; }

    /// The mount that a path is under, that of the longest prefix; null where none is. Of two with
    /// one prefix, the later.
    [[nodiscard]] const mounted* under(std::string_view path) const noexcept;

    /// The mount whose place a path is under; null where none is.
    [[nodiscard]] const mounted* holding(std::string_view path) const noexcept;

    /// Whether a component of a prefix is so named.
    [[nodiscard]] bool names(std::string_view component) const noexcept;

    /// Whether a mount may lie on a device: no is sure.
    [[nodiscard]] bool may_be_on(dev_t device) const noexcept;

    [[nodiscard]] bool has_read_only() const noexcept { return has_read_only_; }

private:
    bool add(std::string_view place, std::string_view prefix) noexcept;

    std::array<char, most_text> text_{};
    std::array<mounted, most_mounts> mounts_{};
    std::size_t count_ = 0;
    bool has_read_only_ = false;
};

}  // namespace sluice::mount

#endif  // SLUICE_MOUNT_TABLE_HPP
