// standard_redirect: one of the three standard descriptors goes elsewhere, for capture and feed.

#ifndef SLUICE_TESTING_STANDARD_REDIRECT_HPP
#define SLUICE_TESTING_STANDARD_REDIRECT_HPP

#include <sluice/filter/redirect.hpp>

#include "os/os.hpp"
#include "os/owned_handle.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace sluice::testing::detail {

/// A file without a name: in RAM where the system can, else on disk. It is none of the three
/// standard descriptors, even where one of these was closed.
///
/// Errors: throws error(operation, …).
[[nodiscard]] os::owned_handle create_content(const char* operation);

/// What a file has from `position` on.
///
/// Errors: throws error("read", …).
[[nodiscard]] std::string content_from(os::handle file, std::int64_t position);

/// Writes all of `text` at the handle's own position.
[[nodiscard]] std::error_code write_all(os::handle file, std::string_view text) noexcept;

/// While it lives, a standard descriptor is another handle for `target`. Those of one descriptor
/// may end in any order, as redirects of a stream may.
class standard_redirect : private sluice::detail::live_redirect {
public:
    /// Errors: throws error(operation, …); nothing has changed then.
    standard_redirect(os::handle which, os::handle target, const char* operation);
    standard_redirect(const standard_redirect&) = delete;
    standard_redirect& operator=(const standard_redirect&) = delete;
    ~standard_redirect() {
        if (end()) {
            end();  // nobody is told
        }
    }

    /// Puts back what was there. A second call does nothing, or tries again what has failed.
    std::error_code end() noexcept;

    /// Ends inside of another one: that puts back what this one would have.
    ///
    /// Returns: the other one; null where there is none, and this one has not ended.
    standard_redirect* hand_on() noexcept;

    /// Whether it has not ended: what was there is not put back, nor handed on.
    [[nodiscard]] bool lives() const noexcept { return lives_; }

    /// Whether no other one has begun since, and lives.
    [[nodiscard]] bool is_innermost() const noexcept { return lives_ && next() == nullptr; }

    /// What was there before; no_handle where that was closed, or is put back.
    [[nodiscard]] os::handle before() const noexcept { return before_.get(); }

    /// What was there before all that live; no_handle where nothing was, or none lives.
    [[nodiscard]] static os::handle outermost(os::handle which) noexcept;

private:
    std::error_code put_back() noexcept;

    os::handle which_;
    os::owned_handle before_;
    bool lives_ = true;
};

}  // namespace sluice::testing::detail

#endif  // SLUICE_TESTING_STANDARD_REDIRECT_HPP
