// memory_file: RAM with a path, for code that opens files and cannot be changed.
//
//     sluice::memory_file config("depth = 3\n");
//     legacy::load(config.path());              // std::ifstream, fopen, another program: a file
//
//     sluice::memory_file report;
//     legacy::save(report.path());
//     std::string_view text = report.view();    // nothing is copied
//
// Sizes and positions are in bytes. Distinct objects may be used from distinct threads; the content
// is a file, shared with everyone who has it open.

#ifndef SLUICE_BRIDGE_MEMORY_FILE_HPP
#define SLUICE_BRIDGE_MEMORY_FILE_HPP

#include <sluice/filter/layer.hpp>
#include <sluice/stream.hpp>

#include <cstddef>
#include <filesystem>
#include <ios>
#include <memory>
#include <span>
#include <string_view>

namespace sluice {

/// What can no longer be done to a memory_file, by anybody, ever.
struct memory_seals {
    bool write = true;   // its bytes stay as they are
    bool grow = true;    // it gets no longer
    bool shrink = true;  // nor shorter

    friend bool operator==(const memory_seals&, const memory_seals&) = default;
};

/// A file that is only in RAM, and gone with the last who has it open.
///
/// It is the system's memfd. Where there is none (an old kernel, a filter of system calls), it is a
/// file without a name in /dev/shm, which is RAM too, or else in the directory for temporary files,
/// which may not be; that cannot be sealed.
///
/// Source: memfd_create(2); Python's os.memfd_create.
class memory_file {
public:
    /// Empty.
    ///
    /// Errors: throws error("open"): the system's, such as EMFILE or ENOMEM.
    memory_file() : memory_file(std::string_view()) {}

    /// Holds a copy of `content`. `name` is what the system lists it by (/proc/<pid>/fd), of 249
    /// bytes at most.
    ///
    /// Errors: as above; std::errc::invalid_argument for a name that is none; "write": ENOSPC where
    ///         the system has no room.
    explicit memory_file(std::string_view content, std::string_view name = "sluice");
    explicit memory_file(std::span<const std::byte> content, std::string_view name = "sluice")
        : memory_file(
              std::string_view(reinterpret_cast<const char*>(content.data()), content.size()),
              name) {}

    /// Holds what `from`, which is borrowed or owned, has from where it stands to its end; between
    /// files the system copies.
    ///
    /// Errors: as above; what reading gives.
    explicit memory_file(lower from, std::string_view name = "sluice");

    /// What is moved from is closed. The path and views go with the content. An assignment lets go
    /// of what was there, as the destructor does.
    memory_file(memory_file&& other) noexcept;
    memory_file& operator=(memory_file&& other) noexcept;
    memory_file(const memory_file&) = delete;
    memory_file& operator=(const memory_file&) = delete;
    ~memory_file();

    void swap(memory_file& other) noexcept { state_.swap(other.state_); }

    // But for is_open() and close(), each call throws error(errc::closed) where this is closed.

    [[nodiscard]] bool is_open() const noexcept { return state_ != nullptr; }

    /// Where it can be opened as a file as long as this lives, as often as you like, each time with
    /// a position of its own: "/proc/<pid>/fd/<number>".
    ///
    /// The process is named, so that a child can open it too: also after exec, where it does not
    /// inherit the descriptor. Others can whom the system lets look at this process: its user's and
    /// root's, in the same PID namespace (not in a container that has its own). A path says nothing
    /// of a directory: no file can be made beside it, nor it be renamed or removed. It is a
    /// symbolic link to the system, and what refuses those (SQLite, by its default) refuses it. Nor
    /// does a path outlive this object: the number may then be another file's.
    ///
    /// After a fork without exec, the child's own copy of this object tells the child's own path.
    [[nodiscard]] std::filesystem::path path() const;

    /// Opens it, with a position of its own. `mode` as in filebuf::open; with std::ios_base::trunc
    /// it is emptied.
    ///
    /// Errors: throws error("open"): errc::bad_mode; EPERM where a seal is against it; the
    ///         system's.
    [[nodiscard]] sluice::stream stream(std::ios_base::openmode mode = std::ios_base::in |
                                                                       std::ios_base::out) const;

    /// The content, mapped to be read, however large, and not copied. It is shared: what anybody
    /// writes is seen in it at once, also a child. What a stream still has pending is not.
    ///
    /// Cut short by somebody, the view shows zeros from there on, and ends no program, see
    /// mappedbuf for how; the next call tells the size that it has then.
    ///
    /// Invalidates: a view ends with a call of view() after the size has changed, with close() and
    ///              the object; not by a move.
    /// Errors:      throws error("view"): the system's.
    [[nodiscard]] std::string_view view();

    [[nodiscard]] std::streamoff size() const;

    /// Makes it `size` long; what it grows by is zeros, and takes no memory before it is written.
    ///
    /// Errors: throws error("truncate"): errc::bad_position (negative), EPERM (sealed), EFBIG …
    void truncate(std::streamoff size);

    /// Takes away for ever, from all who have it open and will, what `what` says; the rest stays as
    /// it is. Writing then fails with EPERM. Views stay.
    ///
    /// Errors: throws error("seal"): std::errc::device_or_resource_busy where somebody has it
    ///         mapped for writing; errc::unsupported where it is not a memfd.
    /// Source: F_ADD_SEALS of fcntl(2).
    void seal(const memory_seals& what = {});

    /// What seal() has taken away.
    [[nodiscard]] memory_seals seals() const;

    /// The descriptor, which a program that is started does not inherit (O_CLOEXEC).
    [[nodiscard]] int native_handle() const;

    /// Lets go of it. A second call does nothing.
    ///
    /// Errors: throws error("close").
    void close();

private:
    struct state;

    [[nodiscard]] state& opened(const char* operation) const;

    std::unique_ptr<state> state_;  // null once closed
};

inline void swap(memory_file& a, memory_file& b) noexcept {
    a.swap(b);
}

}  // namespace sluice

#endif  // SLUICE_BRIDGE_MEMORY_FILE_HPP
