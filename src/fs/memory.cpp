#include <sluice/fs/memory.hpp>
#include <sluice/mode.hpp>

#include "code.hpp"
#include "memory_tree.hpp"

#include <utility>

namespace sluice::fs {
namespace {

// What open() gives of a file; of a directory where `file` is null: as on disk, it can be opened
// and not read.
class open_memory_file : public open_file {
public:
    open_memory_file(bool reads, bool writes) noexcept : reads_(reads), writes_(writes) {}

    void start(std::shared_ptr<memory_file> file) noexcept { file_ = std::move(file); }

    transfer read(void* target, std::size_t size, std::int64_t position) noexcept override {
        if (file_ == nullptr || !reads_) {
            return {0, system_code(!reads_ ? std::errc::bad_file_descriptor
                                           : std::errc::is_a_directory)};
        }
        return file_->content.read(target, size, position);
    }
    transfer write(const void* source, std::size_t size, std::int64_t position) noexcept override {
        return can_write() ? file_->content.write(source, size, position) : refused();
    }
    transfer append(const void* source, std::size_t size, std::int64_t& end) noexcept override {
        return can_write() ? file_->content.append(source, size, end) : refused();
    }
    std::int64_t size(std::error_code& code) const noexcept override {
        code.clear();
        return file_ != nullptr ? file_->content.size() : 0;
    }
    std::error_code truncate(std::int64_t size) noexcept override {
        return can_write() ? file_->content.truncate(size)
                           : system_code(std::errc::invalid_argument);
    }

private:
    [[nodiscard]] bool can_write() const noexcept { return writes_ && file_ != nullptr; }
    static transfer refused() noexcept { return {0, system_code(std::errc::bad_file_descriptor)}; }

    bool reads_;
    bool writes_;
    std::shared_ptr<memory_file> file_;
};

}  // namespace

memory::memory(const memory_options& options)
    : tree_(std::make_unique<memory_tree>(options.capacity)) {}

memory::~memory() = default;

std::filesystem::space_info memory::space() const noexcept {
    const memory_space& space = tree_->space();
    const std::uintmax_t free = space.free();
    return {space.capacity(), free, free};
}

file_handle memory::do_open(const std::string& file, std::ios_base::openmode mode,
                            std::error_code& code) {
    using ios = std::ios_base;
    const bool reads = has(mode, ios::in);
    const bool writes = has(mode, ios::out | ios::app);
    const bool creates = has(mode, ios::trunc | ios::app) || !reads;
    // First, because it may throw, and what follows changes something.
    auto result = std::make_unique<open_memory_file>(reads, writes);
    memory_tree::opened opened =
        tree_->open(file, {reads, writes, creates, has(mode, noreplace)}, code);
    if (code) {
        return {};
    }
    if (empties(mode) && !opened.created) {
        code = opened.file->content.truncate(0);
    }
    result->start(std::move(opened.file));
    return {std::move(result), has(mode, ios::app)};
}

file_info memory::do_info(const path& file, bool follow, std::error_code& code) {
    return tree_->info(file.native(), follow, code);
}

std::vector<std::string> memory::do_names(const path& directory, std::error_code& code) {
    return tree_->names(directory.native(), code);
}

void memory::do_create_directory(const path& directory, std::error_code& code) {
    code = tree_->create_directory(directory.native());
}

void memory::do_create_symlink(const path& target, const path& link, std::error_code& code) {
    code = tree_->create_link(target.native(), link.native());
}

path memory::do_read_symlink(const path& link, std::error_code& code) {
    return tree_->read_link(link.native(), code);
}

void memory::do_remove(const path& file, std::error_code& code) {
    code = tree_->remove(file.native());
}

std::uintmax_t memory::do_remove_all(const path& file, std::error_code& code) {
    return tree_->remove_all(file.native(), code);
}

bool memory::do_create_directories(const path& directory, std::error_code& code) {
    return tree_->create_directories(directory.native(), code);
}

file_info memory::do_walk(const std::string& file, std::size_t& length, std::error_code& code) {
    return tree_->go_along(file, length, code);
}

void memory::do_rename(const path& from, const path& to, std::error_code& code) {
    code = tree_->rename(from.native(), to.native());
}

bool memory::do_equivalent(const path& a, const path& b, std::error_code& code) {
    return tree_->equivalent(a.native(), b.native(), code);
}

void memory::do_set_last_write_time(const path& file, file_time_type time, std::error_code& code) {
    code = tree_->set_last_write_time(file.native(), time);
}

void memory::do_set_permissions(const path& file, perms what, bool follow, std::error_code& code) {
    code = tree_->set_permissions(file.native(), what, follow);
}

}  // namespace sluice::fs
