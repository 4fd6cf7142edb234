// The directories that a walk has gone through, each held open, up to a few.

#ifndef SLUICE_OS_DIRECTORY_TRAIL_HPP
#define SLUICE_OS_DIRECTORY_TRAIL_HPP

#include "os.hpp"
#include "owned_handle.hpp"

#include <cstddef>
#include <system_error>
#include <vector>

namespace sluice::os {

/// A way down from a directory, which is borrowed, and back. However deep it leads, no more than
/// `most_held` directories are open: of those before them it is known which they were. So the way
/// back leads to the very directories that the way down went through, and never to another that
/// `..` means by now.
class directory_trail {
public:
    static constexpr std::size_t most_held = 32;

    explicit directory_trail(handle top) noexcept : top_(top) {}

    /// The directory that the walk stands in.
    [[nodiscard]] handle here() const noexcept {
        return levels_.empty() ? top_ : levels_.back().directory.get();
    }

    [[nodiscard]] bool at_top() const noexcept { return levels_.empty(); }

    /// Goes to one in the directory that the walk stands in.
    void go_down(owned_handle directory, std::error_code& code);

    /// Goes back to where the walk came from. Not at the top.
    ///
    /// Errors: std::errc::resource_unavailable_try_again, as openat2(2) has it, where `..` leads to
    ///         another directory by now; then the walk is over.
    void go_back(std::error_code& code);

    void go_to_top() noexcept;

    /// Makes the directory that the walk stands in its top; those before it are closed.
    void begin_here() noexcept;

private:
    struct level {
        owned_handle directory;       // none where it was closed
        status::identity identity{};  // of one that was closed
    };

    owned_handle begun_;  // the top, where it is not borrowed
    handle top_;
    std::vector<level> levels_;
    std::size_t closed_ = 0;  // so many of the first ones
};

}  // namespace sluice::os

#endif  // SLUICE_OS_DIRECTORY_TRAIL_HPP
