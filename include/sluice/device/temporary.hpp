// temporary: files and directories that go away by themselves.
//
//     sluice::temporary_file scratch;                    // no name: nobody else can open it
//     scratch << "as long as it is open\n";
//
//     sluice::named_temporary_file table({.suffix = ".csv"});
//     table << "a,b\n";
//     table.flush();
//     run("sort", table.path());
//
// Names cannot be foretold, and what is created is its owner's alone (0600, a directory 0700).
// Positions are in bytes. Distinct objects may be used from distinct threads.

#ifndef SLUICE_DEVICE_TEMPORARY_HPP
#define SLUICE_DEVICE_TEMPORARY_HPP

#include <sluice/stream.hpp>

#include <filesystem>
#include <string>

namespace sluice {

/// Where something temporary is created, and how it is named. Neither `prefix` nor `suffix` may
/// hold a '/' or a NUL.
struct temporary_options {
    std::filesystem::path directory{};  // empty: std::filesystem::temp_directory_path(), so TMPDIR
    std::string prefix = "tmp";
    std::string suffix{};
    bool keep = false;  // it stays when the object ends
};

/// A file without a name, to be read and written. It is gone when closed, and when the program is
/// killed too.
///
/// Where the file system knows no files without names, the file has one for as long as it takes to
/// remove that.
///
/// Source: tempfile.TemporaryFile.
class temporary_file : public stream {
public:
    /// Errors: throws error: operation "open", the path of the directory, and the system's code.
    temporary_file() : temporary_file(std::filesystem::path()) {}
    explicit temporary_file(const std::filesystem::path& directory);
    temporary_file(temporary_file&& other) noexcept;
    temporary_file& operator=(temporary_file&& other) = default;
    temporary_file(const temporary_file&) = delete;
    temporary_file& operator=(const temporary_file&) = delete;
    ~temporary_file() override = default;
};

/// A file with a name, to be read and written, and removed once: when it closes, is detached and
/// ended, or is moved over. A file that somebody else has removed or renamed by then is no error.
///
/// close() reports what buffering deferred, or else why the file could not be removed. It removes
/// the file in the first case too.
///
/// Source: tempfile.NamedTemporaryFile; `keep` is delete=False.
class named_temporary_file : public stream {
public:
    /// Errors: throws error: operation "open", with std::errc::invalid_argument for a prefix or a
    ///         suffix that is none, else the system's code.
    explicit named_temporary_file(const temporary_options& options = {});
    named_temporary_file(named_temporary_file&& other) noexcept;
    named_temporary_file& operator=(named_temporary_file&& other) = default;
    named_temporary_file(const named_temporary_file&) = delete;
    named_temporary_file& operator=(const named_temporary_file&) = delete;
    ~named_temporary_file() override = default;

    /// The absolute path, also when the file is closed; empty where the stream was moved away or
    /// detached.
    [[nodiscard]] std::filesystem::path path() const;
};

/// A directory, removed with all it holds when the object ends.
///
/// Source: tempfile.TemporaryDirectory.
class temporary_directory {
public:
    /// Errors: as named_temporary_file.
    explicit temporary_directory(const temporary_options& options = {});

    /// What is moved from has no directory.
    temporary_directory(temporary_directory&& other) noexcept;
    temporary_directory& operator=(temporary_directory&& other) noexcept;
    temporary_directory(const temporary_directory&) = delete;
    temporary_directory& operator=(const temporary_directory&) = delete;

    /// Removes the directory, unless it is to be kept. What cannot be removed stays, quietly.
    ~temporary_directory();

    void swap(temporary_directory& other) noexcept;

    /// The absolute path; empty where there is no directory any more.
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

    /// Removes the directory and all it holds now, also where it was to be kept. One that is gone
    /// already is no error, and a second call does nothing.
    ///
    /// Errors: throws error: operation "remove", with std::errc::resource_unavailable_try_again
    ///         where directories that lie deep in it were moved meanwhile, else the system's code.
    ///         The destructor tries again.
    void remove();

    /// Leaves the directory to the caller.
    ///
    /// Returns: its path.
    std::filesystem::path release() noexcept;

private:
    std::filesystem::path path_;
    bool keep_ = false;
};

inline void swap(temporary_directory& a, temporary_directory& b) noexcept {
    a.swap(b);
}

}  // namespace sluice

#endif  // SLUICE_DEVICE_TEMPORARY_HPP
