#include "standard_redirect.hpp"

#include <sluice/error.hpp>

#include "device/temporary_place.hpp"

#include <array>
#include <string>
#include <utility>

namespace sluice::testing::detail {
namespace {

constexpr os::handle last_standard = 2;

// What tells the redirects of one descriptor from those of another.
const void* key_of(os::handle which) noexcept {
    static constexpr std::array<char, last_standard + 1> keys{};
    return &keys.at(static_cast<std::size_t>(which));
}

[[noreturn]] void fail(const char* operation, std::error_code code, std::string_view detail) {
    throw error(operation, code, {}, -1, detail);
}

os::owned_handle create_in_memory(std::error_code& code) noexcept {
    os::owned_handle file(os::create_in_memory("sluice", code));
    if (!code && file.get() <= last_standard) {
        return os::owned_handle(os::duplicate(file.get(), code));
    }
    return file;
}

os::owned_handle create_on_disk() {
    sluice::detail::file_handle file =
        sluice::detail::create_unnamed(sluice::detail::temporary_place({}));
    std::error_code code;
    os::owned_handle result(os::duplicate(file.descriptor(), code));
    if (code) {
        throw error("open", code);
    }
    return result;
}

}  // namespace

os::owned_handle create_content(const char* operation) {
    std::error_code code;
    os::owned_handle file = create_in_memory(code);
    if (!code) {
        return file;
    }
    if (code == std::errc::too_many_files_open ||
        code == std::errc::too_many_files_open_in_system) {
        fail(operation, code, "a file in RAM");  // nor is there one for a file on disk
    }
    try {
        return create_on_disk();
    } catch (const error& failed) {
        throw error(operation, failed.code(), failed.path(), -1, "a temporary file");
    }
}

std::string content_from(os::handle file, std::int64_t position) {
    std::error_code code;
    const std::int64_t size = os::status_of(file, code).size;
    if (code) {
        throw error("read", code);
    }
    std::string content(size > position ? static_cast<std::size_t>(size - position) : 0, '\0');
    std::size_t done = 0;
    while (done < content.size()) {
        const os::transfer got = os::read_at(file, content.data() + done, content.size() - done,
                                             position + static_cast<std::int64_t>(done));
        if (got.error) {
            throw error("read", got.error);
        }
        if (got.count == 0) {
            break;  // somebody has truncated it
        }
        done += got.count;
    }
    content.resize(done);
    return content;
}

std::error_code write_all(os::handle file, std::string_view text) noexcept {
    while (!text.empty()) {
        const os::transfer put = os::write(file, text.data(), text.size());
        if (put.error) {
            return put.error;
        }
        text.remove_prefix(put.count);
    }
    return {};
}

standard_redirect::standard_redirect(os::handle which, os::handle target, const char* operation)
    : live_redirect(key_of(which)), which_(which) {
    const std::string name = "descriptor " + std::to_string(which);
    std::error_code code;
    before_ = os::owned_handle(os::duplicate(which, code));
    if (code && code != std::errc::bad_file_descriptor) {  // which is a closed one
        fail(operation, code, name);
    }
    code = os::duplicate_to(target, which);
    if (code) {
        fail(operation, code, name);
    }
}

std::error_code standard_redirect::end() noexcept {
    return !lives_ || hand_on() != nullptr ? std::error_code() : put_back();
}

standard_redirect* standard_redirect::hand_on() noexcept {
    if (!lives_) {
        return nullptr;
    }
    auto* const inner = static_cast<standard_redirect*>(next());
    if (inner != nullptr) {
        leave();
        lives_ = false;
        inner->before_ = std::move(before_);
        before_ = {};
    }
    return inner;
}

std::error_code standard_redirect::put_back() noexcept {
    const bool was_closed = before_.get() == os::no_handle;
    const std::error_code code =
        was_closed ? os::close(which_) : os::duplicate_to(before_.get(), which_);
    if (was_closed || !code) {
        lives_ = false;
        leave();
        before_ = {};
    }
    return code;
}

os::handle standard_redirect::outermost(os::handle which) noexcept {
    auto* const first = static_cast<standard_redirect*>(live_redirect::first(key_of(which)));
    return first != nullptr ? first->before() : os::no_handle;
}

}  // namespace sluice::testing::detail
