#include "disk_tree.hpp"

#include "code.hpp"
#include "os/directory.hpp"
#include "os/owned_handle.hpp"
#include "path_walk.hpp"

#include <algorithm>

namespace sluice::fs {
file_info told_of(const os::path_status& found) noexcept {
    const bool sized = found.type == file_type::regular || found.type == file_type::symlink;
    return {found.type, found.permissions, sized ? found.size : 0, found.last_write_time};
}

file_info walk_from(os::handle directory, const std::string& file, std::size_t& length,
                    std::error_code& code) {
    os::owned_handle held;
    while (!code) {
        const std::size_t begin = length + 1;
        length = std::min(file.find('/', begin), file.size());
        if (length > path_walk::longest_path) {
            code = system_code(std::errc::filename_too_long);
            break;
        }
        const std::string name = file.substr(begin, length - begin);
        os::owned_handle next;
        if (length < file.size()) {
            next = os::open_directory_at(directory, name.c_str(), code);
        }
        if (next.get() == os::no_handle) {
            // The last, or a link, or no directory; else there is an error, which this finds too.
            if (!code || code == std::errc::not_a_directory ||
                code == std::errc::too_many_symbolic_link_levels) {
                return told_of(os::status_at(directory, name.c_str(), code));
            }
            break;
        }
        held = std::move(next);
        directory = held.get();
    }
    return {};
}

}  // namespace sluice::fs
