// memory_tree: the names of the file system in memory, and how a path is walked.

#ifndef SLUICE_SRC_FS_MEMORY_TREE_HPP
#define SLUICE_SRC_FS_MEMORY_TREE_HPP

#include <sluice/fs/filesystem.hpp>

#include "memory_content.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

namespace sluice::fs {

/// What a name leads to. All but a file's content is the tree's lock's.
struct memory_node {
    memory_node(file_type which, perms allowed) noexcept : type(which), permissions(allowed) {}

    [[nodiscard]] bool allows(perms what) const noexcept { return (permissions & what) == what; }

    const file_type type;
    perms permissions;
};

struct memory_file : memory_node {
    explicit memory_file(std::shared_ptr<memory_space> space)
        : memory_node(file_type::regular, perms(0644)), content(std::move(space)) {}

    memory_content content;
};

struct memory_link : memory_node {
    explicit memory_link(std::string_view name)
        : memory_node(file_type::symlink, perms::all), target(name) {}

    const std::string target;
    const file_time_type last_write_time = file_time_type::clock::now();
};

struct memory_directory : memory_node {
    using entries_type = std::map<std::string, std::shared_ptr<memory_node>, std::less<>>;

    explicit memory_directory(memory_directory* above)
        : memory_node(file_type::directory, perms(0755)), parent(above) {}

    void touch() noexcept { last_write_time = file_time_type::clock::now(); }

    entries_type entries;
    memory_directory* parent;  // the root's: itself
    file_time_type last_write_time = file_time_type::clock::now();
    std::shared_ptr<memory_directory> next_to_go;  // see ~memory_tree
};

/// A tree. Each public call is one step for all others, and fails as Linux's of the same kind.
class memory_tree {
public:
    explicit memory_tree(std::uintmax_t capacity)
        : space_(std::make_shared<memory_space>(capacity)) {}
    memory_tree(const memory_tree&) = delete;
    memory_tree& operator=(const memory_tree&) = delete;
    ~memory_tree();

    [[nodiscard]] const memory_space& space() const noexcept { return *space_; }

    struct opening {
        bool reads = false;
        bool writes = false;
        bool creates = false;
        bool fresh = false;  // O_EXCL
    };
    struct opened {
        std::shared_ptr<memory_file> file;  // null for a directory, or where there is an error
        bool created = false;
    };
    opened open(std::string_view path, const opening& how, std::error_code& code);

    file_info info(std::string_view path, bool follow, std::error_code& code) const;
    /// See filesystem::do_walk().
    file_info go_along(std::string_view path, std::size_t& length, std::error_code& code) const;
    std::vector<std::string> names(std::string_view path, std::error_code& code) const;
    std::string read_link(std::string_view path, std::error_code& code) const;
    bool equivalent(std::string_view a, std::string_view b, std::error_code& code) const;

    std::error_code create_directory(std::string_view path);
    std::error_code create_link(std::string_view target, std::string_view path);
    bool create_directories(std::string_view path, std::error_code& code);
    std::error_code remove(std::string_view path);
    std::uintmax_t remove_all(std::string_view path, std::error_code& code);
    std::error_code rename(std::string_view from, std::string_view to);
    std::error_code set_permissions(std::string_view path, perms what, bool follow);
    std::error_code set_last_write_time(std::string_view path, file_time_type time);

private:
    /// Where a walk has come to.
    struct place {
        enum class last { name, dot, dot_dot, root };

        memory_directory* parent = nullptr;  // where the last part of the path is looked up
        std::string_view name;               // that part, without slashes
        last kind = last::root;
        bool slash = false;                              // one or more follow it
        memory_node* node = nullptr;                     // null: there is none
        std::shared_ptr<memory_node>* holder = nullptr;  // of the node, where it has a name

        [[nodiscard]] std::shared_ptr<memory_file> held_file() const noexcept {
            return std::static_pointer_cast<memory_file>(*holder);
        }
    };

    std::error_code walk_to_last(memory_directory* start, std::string_view path, int& links,
                                 place& here) const;
    std::error_code step_into(memory_directory*& here, std::string_view name, int& links) const;
    std::error_code resolve(memory_directory* start, std::string_view path, bool follow,
                            bool creating, int& links, place& here) const;
    std::error_code locate(std::string_view path, bool follow, place& here,
                           bool creating = false) const;
    std::error_code walk(std::string_view path, place& here) const;
    std::error_code locate_last(std::string_view path, place& here) const;
    std::error_code locate_free(std::string_view path, bool directory, place& here) const;
    std::error_code locate_both(std::string_view from, std::string_view to, place& source,
                                place& target) const;
    [[nodiscard]] static std::error_code look_up(place& here) noexcept;
    static file_info told_of(const place& here, std::shared_ptr<memory_file>& file);
    static void add_size(file_info& info, const memory_file* file) noexcept;
    static std::error_code go_down(place& here) noexcept;
    std::error_code step_or_create(memory_directory*& here, std::string_view name, int& links,
                                   bool& created);
    std::error_code remove_locked(std::string_view path, std::shared_ptr<memory_node>& gone);
    static std::error_code empty(memory_directory& top, std::uintmax_t& count);
    static std::error_code may_rename(const place& source, const place& target);
    static std::error_code may_open(const place& here, const opening& how) noexcept;

    mutable std::shared_mutex lock_;
    std::shared_ptr<memory_space> space_;
    std::shared_ptr<memory_directory> root_ = new_root();

    static std::shared_ptr<memory_directory> new_root() {
        auto root = std::make_shared<memory_directory>(nullptr);
        root->parent = root.get();
        return root;
    }
};

}  // namespace sluice::fs

#endif  // SLUICE_SRC_FS_MEMORY_TREE_HPP
