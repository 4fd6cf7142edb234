// atomic: files that are saved as a whole or not at all.
//
//     sluice::atomic_ofstream out("settings.json");
//     out << settings;                    // beside the old file, which nobody sees changed
//     out.commit();                       // in its place; throws where anything failed
//
//     sluice::atomic_ofstream log("ledger", {.durable = true});    // commit() waits for the disk
//
// Readers see the old content or the new, never a part of either, also where the program is killed.
// Positions are in bytes. Distinct objects may be used from distinct threads, on one path too, as
// many as atomic_filebuf says: the last commit() wins.

#ifndef SLUICE_DEVICE_ATOMIC_HPP
#define SLUICE_DEVICE_ATOMIC_HPP

#include <sluice/device/file.hpp>

#include <filesystem>
#include <ios>
#include <memory>
#include <ostream>
#include <system_error>

namespace sluice {

namespace detail {
class replacement;
}  // namespace detail

/// What becomes of a path that is a symbolic link.
enum class symlinks {
    follow,   // what it leads to is replaced, as if that had been given
    replace,  // it is replaced itself by a file
};

struct atomic_options {
    /// commit() returns when the content and then its name are on the disk (fsync): a power cut
    /// after it loses nothing. Without, a power cut may bring back the old file, or on some file
    /// systems show an empty one; a crash of the program alone never does.
    bool durable = false;

    symlinks links = symlinks::follow;
};

/// The buffer of a file that takes another's place. What is written goes to a file beside it, that
/// has no name, or where the file system knows no such files, the name `.<name>.sluice0` to 31.
///
/// - So where each needs a name, 32 may save one file at a time. One more waits for another to end,
///   for about a second, and then fails with std::errc::device_or_resource_busy: at open(), or
///   where the file has no name until then, at commit().
/// - commit() alone publishes. close(), discard() and the destructor throw away what was written.
/// - A failed write is final: commit() then refuses, also where later writes succeed.
/// - What is replaced hands on the permissions and the ACL that it has at commit(), and its owner
///   where the process may give files away (else set-user-ID and set-group-ID go, and another group
///   may no more than everybody); not its other names (hard links keep the old content) and its
///   extended attributes. A link that is replaced hands on nothing.
/// - A path to a directory, a device, a pipe or a file that may not be written fails at open(), and
///   so does one to a name such as those above, which are sluice's own.
/// - A child that is forked meanwhile has no part in it: what it writes fails with
///   std::errc::operation_not_permitted, and so does commit().
/// - A program that is killed leaves at most one file behind for each save that it was in, with
///   such a name. The next save of the same file, by the same user, removes it.
///
/// It can be read, where the mode has `in`, and sought. It does not follow an injected file system:
/// open() is errc::unsupported then.
///
/// Source: Qt's QSaveFile; the words are those of databases.
class atomic_filebuf : public filebuf {
public:
    /// Closed.
    atomic_filebuf();

    /// Errors: throws error as open() records it.
    explicit atomic_filebuf(const std::filesystem::path& path, const atomic_options& options = {},
                            std::ios_base::openmode mode = std::ios_base::out);

    atomic_filebuf(atomic_filebuf&& other) noexcept;
    atomic_filebuf& operator=(atomic_filebuf&& other) noexcept;  // discards what was written here
    atomic_filebuf(const atomic_filebuf&) = delete;
    atomic_filebuf& operator=(const atomic_filebuf&) = delete;
    ~atomic_filebuf() override;

    void swap(atomic_filebuf& other) noexcept;

    /// Begins a new content for `path`, from empty. `mode` has `out`, may have `in`, `trunc`,
    /// `binary` and noreplace (then the file must not exist, now and at commit()).
    ///
    /// Returns: this; or null where the buffer is open already, or else with reason() set: the
    ///          system's, std::errc::is_a_directory, errc::unsupported for what is no file,
    ///          errc::bad_mode, std::errc::device_or_resource_busy (so many are at it already).
    atomic_filebuf* open(const std::filesystem::path& path, const atomic_options& options = {},
                         std::ios_base::openmode mode = std::ios_base::out);

    /// Writes what is pending, closes, and puts the file in its place.
    ///
    /// Errors: throws error("commit") with the first reason why a write or a sync_to_disk() failed,
    ///         or that of closing, giving it its permissions, fsync, naming or renaming;
    ///         std::errc::not_enough_memory; device_or_resource_busy where so many are at it that
    ///         no name becomes free; file_exists for noreplace; errc::closed. The old file is as it
    ///         was then, and the new one is gone, or where not even its name can be removed, left
    ///         behind as by a kill; there is no second try. Where detail() is "published", the file
    ///         is in its place, and only its directory could not be synced.
    void commit();

    /// Closes, and throws away what was written.
    void discard() noexcept;

    /// As discard(), but it reports a failed write.
    void close() { basic_buf<char>::close(); }

    /// The two halves of commit(), for layers that stand above and close in between: from now on
    /// close() prepares, and publish() puts the file in its place.
    void arm() noexcept { armed_ = true; }
    void publish();

    /// A layer above could not write what it was given: that is final as a failed write is.
    void spoil(std::error_code code) noexcept { keep(code); }

protected:
    transfer device_write(const char* source, std::size_t count, off_type position) override;
    std::error_code do_truncate(off_type size) override;
    std::error_code do_sync_to_disk() override { return keep(filebuf::do_sync_to_disk()); }
    std::error_code do_close() noexcept override;

private:
    using filebuf::adopt;
    using filebuf::attach;

    [[noreturn]] void refuse(std::error_code code, off_type position = -1,
                             std::string_view detail = {});
    std::error_code keep(std::error_code code) noexcept;

    std::unique_ptr<detail::replacement> replacement_;
    std::error_code failed_;  // the first failure to write
    bool armed_ = false;
    bool discarding_ = false;  // what is pending is not wanted
};

/// std::ofstream over an atomic_filebuf. What a failed open() or write sets is as there.
class atomic_ofstream : public std::ostream {
public:
    atomic_ofstream() : std::ostream(&buffer_) { buffer_.set_owner(this); }
    explicit atomic_ofstream(const std::filesystem::path& path, const atomic_options& options = {},
                             std::ios_base::openmode mode = std::ios_base::out)
        : atomic_ofstream() {
        open(path, options, mode);
    }
    atomic_ofstream(atomic_ofstream&& other) noexcept;
    atomic_ofstream& operator=(atomic_ofstream&& other) noexcept;
    atomic_ofstream(const atomic_ofstream&) = delete;
    atomic_ofstream& operator=(const atomic_ofstream&) = delete;
    ~atomic_ofstream() override = default;

    [[nodiscard]] atomic_filebuf* rdbuf() const { return const_cast<atomic_filebuf*>(&buffer_); }
    [[nodiscard]] bool is_open() const { return buffer_.is_open(); }

    /// See atomic_filebuf::open; sets failbit where that fails.
    void open(const std::filesystem::path& path, const atomic_options& options = {},
              std::ios_base::openmode mode = std::ios_base::out);

    /// See atomic_filebuf::commit.
    ///
    /// Errors: throws error also where the stream has failed (fail()), whatever its buffer says and
    ///         whatever set failbit, a refused second open() too: what is inserted while it is set
    ///         is lost, and nobody knows of it. Where nothing was, clear() comes before commit().
    ///         std::errc::io_error with the detail() "failbit is set" where there is no other
    ///         reason; badbit is set where it is the buffer that refuses.
    void commit();

    /// See atomic_filebuf::discard.
    void discard() noexcept { buffer_.discard(); }

private:
    atomic_filebuf buffer_;
};

}  // namespace sluice

#endif  // SLUICE_DEVICE_ATOMIC_HPP
