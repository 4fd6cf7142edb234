// drop_in: `std` as it is, but for files, which are sluice's.
//
//     namespace app {                          // code that was never written for it
//     namespace std = sluice::drop_in;         // the one line
//
//     void rotate(const std::string& log) {    // the standard's string …
//         std::filesystem::rename(log, log + ".1");
//         std::ofstream(log) << "started\n";   // … and a file where scoped_filesystem leads
//     }
//     }
//
// Code that says `using std::ifstream;` at global scope needs none of this: `using
// sluice::ifstream;` is its one line. CMake's target sluice::drop_in includes this header first in
// each source, so that the line is all there is to change.
//
// What std::filesystem's functions do to a file, and std::rename and std::remove of <cstdio>, is
// done to the file system of the youngest scoped_filesystem; where there is none, by the standard's
// functions themselves, but for listings and remove_all(), in which libstdc++ ends the program
// where memory lacks: those do the same by themselves. Names that are not declared here are std's.
//
// It does not reach:
// - what argument-dependent lookup finds: an unqualified exists(path) is the standard's, on the
//   disk (where `using namespace std::filesystem` stands too, it is ambiguous, and does not
//   compile);
// - names taken from the real std before the line: `namespace fs = std::filesystem;` has to come
//   after it;
// - code at global scope, where the name std is taken: there the using-declarations serve;
// - `using namespace std;`, which after the line makes `ifstream` ambiguous: it does not compile;
// - specializations of std's templates, which are written outside of the namespace, or as
//   `template <> struct ::std::hash<…>`;
// - fopen(), temp_directory_path(), and whatever else is not sluice's: see fs/scoped.hpp.
//
// Threads: as scoped_filesystem, and std::filesystem.

#ifndef SLUICE_DROP_IN_HPP
#define SLUICE_DROP_IN_HPP

#include <sluice/device/file.hpp>
#include <sluice/fstream.hpp>

#include <algorithm>
#include <chrono>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iosfwd>
#include <iterator>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

namespace sluice::drop_in {

// NOLINTNEXTLINE(google-build-using-namespace): what it is for
using namespace ::std;

using sluice::basic_filebuf;
using sluice::basic_fstream;
using sluice::basic_ifstream;
using sluice::basic_ofstream;
using sluice::filebuf;
using sluice::fstream;
using sluice::ifstream;
using sluice::ofstream;
using sluice::wfilebuf;
using sluice::wfstream;
using sluice::wifstream;
using sluice::wofstream;

/// Those of <cstdio>: 0, or -1 with errno set.
int rename(const char* from, const char* to) noexcept;
int remove(const char* file) noexcept;

/// The algorithm of this name, which the other would hide.
template <class Iterator, class T>
constexpr Iterator remove(Iterator first, Iterator last, const T& value) {
    return ::std::remove(first, last, value);
}
template <class Policy, class Iterator, class T>
Iterator remove(Policy&& policy, Iterator first, Iterator last, const T& value) {
    return ::std::remove(::std::forward<Policy>(policy), first, last, value);
}

/// Functions with the standard's signatures. They throw std::filesystem::filesystem_error, which
/// code that was written for them catches.
namespace filesystem {

// NOLINTNEXTLINE(google-build-using-namespace)
using namespace ::std::filesystem;

using ::std::error_code;
using ::std::uintmax_t;
using ::std::filesystem::copy_options;
using ::std::filesystem::directory_options;
using ::std::filesystem::file_status;
using ::std::filesystem::file_time_type;
using ::std::filesystem::file_type;
using ::std::filesystem::path;
using ::std::filesystem::perm_options;
using ::std::filesystem::perms;
using ::std::filesystem::space_info;

[[nodiscard]] file_status status(const path& file);
[[nodiscard]] file_status status(const path& file, error_code& code) noexcept;
[[nodiscard]] file_status symlink_status(const path& file);
[[nodiscard]] file_status symlink_status(const path& file, error_code& code) noexcept;

[[nodiscard]] inline bool exists(file_status status) noexcept {
    return ::std::filesystem::exists(status);
}
[[nodiscard]] bool exists(const path& file);
[[nodiscard]] bool exists(const path& file, error_code& code) noexcept;

[[nodiscard]] inline bool is_regular_file(file_status status) noexcept {
    return status.type() == file_type::regular;
}
[[nodiscard]] bool is_regular_file(const path& file);
[[nodiscard]] bool is_regular_file(const path& file, error_code& code) noexcept;

[[nodiscard]] inline bool is_directory(file_status status) noexcept {
    return status.type() == file_type::directory;
}
[[nodiscard]] bool is_directory(const path& file);
[[nodiscard]] bool is_directory(const path& file, error_code& code) noexcept;

[[nodiscard]] inline bool is_symlink(file_status status) noexcept {
    return status.type() == file_type::symlink;
}
[[nodiscard]] bool is_symlink(const path& file);
[[nodiscard]] bool is_symlink(const path& file, error_code& code) noexcept;

[[nodiscard]] inline bool is_other(file_status status) noexcept {
    return ::std::filesystem::is_other(status);
}
[[nodiscard]] bool is_other(const path& file);
[[nodiscard]] bool is_other(const path& file, error_code& code) noexcept;

[[nodiscard]] bool is_empty(const path& file);
[[nodiscard]] bool is_empty(const path& file, error_code& code);
[[nodiscard]] bool equivalent(const path& a, const path& b);
[[nodiscard]] bool equivalent(const path& a, const path& b, error_code& code) noexcept;
[[nodiscard]] uintmax_t file_size(const path& file);
[[nodiscard]] uintmax_t file_size(const path& file, error_code& code) noexcept;
[[nodiscard]] uintmax_t hard_link_count(const path& file);
[[nodiscard]] uintmax_t hard_link_count(const path& file, error_code& code) noexcept;

[[nodiscard]] file_time_type last_write_time(const path& file);
[[nodiscard]] file_time_type last_write_time(const path& file, error_code& code) noexcept;
void last_write_time(const path& file, file_time_type time);
void last_write_time(const path& file, file_time_type time, error_code& code) noexcept;

void permissions(const path& file, perms what, perm_options how = perm_options::replace);
void permissions(const path& file, perms what, error_code& code) noexcept;
void permissions(const path& file, perms what, perm_options how, error_code& code);

bool create_directory(const path& directory);
bool create_directory(const path& directory, error_code& code) noexcept;
bool create_directory(const path& directory, const path& like);
bool create_directory(const path& directory, const path& like, error_code& code) noexcept;
bool create_directories(const path& directory);
bool create_directories(const path& directory, error_code& code);
void create_symlink(const path& target, const path& link);
void create_symlink(const path& target, const path& link, error_code& code) noexcept;
void create_directory_symlink(const path& target, const path& link);
void create_directory_symlink(const path& target, const path& link, error_code& code) noexcept;
/// errc::operation_not_supported where a file system is injected.
void create_hard_link(const path& target, const path& link);
void create_hard_link(const path& target, const path& link, error_code& code) noexcept;
[[nodiscard]] path read_symlink(const path& link);
[[nodiscard]] path read_symlink(const path& link, error_code& code);

bool remove(const path& file);
bool remove(const path& file, error_code& code) noexcept;
uintmax_t remove_all(const path& file);
uintmax_t remove_all(const path& file, error_code& code);
void rename(const path& from, const path& to);
void rename(const path& from, const path& to, error_code& code) noexcept;
void resize_file(const path& file, uintmax_t size);
void resize_file(const path& file, uintmax_t size, error_code& code) noexcept;

bool copy_file(const path& from, const path& to, copy_options how = copy_options::none);
bool copy_file(const path& from, const path& to, error_code& code);
bool copy_file(const path& from, const path& to, copy_options how, error_code& code);
void copy(const path& from, const path& to, copy_options how = copy_options::none);
void copy(const path& from, const path& to, error_code& code);
void copy(const path& from, const path& to, copy_options how, error_code& code);
void copy_symlink(const path& from, const path& to);
void copy_symlink(const path& from, const path& to, error_code& code) noexcept;

/// Where a file system is injected, it cannot be changed: errc::operation_not_supported.
[[nodiscard]] path current_path();
[[nodiscard]] path current_path(error_code& code);
void current_path(const path& directory);
void current_path(const path& directory, error_code& code) noexcept;

[[nodiscard]] path absolute(const path& file);
[[nodiscard]] path absolute(const path& file, error_code& code);
[[nodiscard]] path canonical(const path& file);
[[nodiscard]] path canonical(const path& file, error_code& code);
[[nodiscard]] path weakly_canonical(const path& file);
[[nodiscard]] path weakly_canonical(const path& file, error_code& code);
[[nodiscard]] path relative(const path& file, error_code& code);
[[nodiscard]] path relative(const path& file, const path& base = filesystem::current_path());
[[nodiscard]] path relative(const path& file, const path& base, error_code& code);
[[nodiscard]] path proximate(const path& file, error_code& code);
[[nodiscard]] path proximate(const path& file, const path& base = filesystem::current_path());
[[nodiscard]] path proximate(const path& file, const path& base, error_code& code);

/// errc::operation_not_supported where a file system is injected.
[[nodiscard]] space_info space(const path& file);
[[nodiscard]] space_info space(const path& file, error_code& code) noexcept;

/// A path, and what is asked of it: each time anew, nothing is kept.
///
/// Source: [class.directory.entry].
class directory_entry {
public:
    directory_entry() = default;
    explicit directory_entry(filesystem::path file) : path_(::std::move(file)) {}
    directory_entry(filesystem::path file, error_code& code) : path_(::std::move(file)) {
        code.clear();
    }

    void assign(const filesystem::path& file) { path_ = file; }
    void replace_filename(const filesystem::path& name) { path_.replace_filename(name); }
    void refresh() {}
    void refresh(error_code& code) noexcept { code.clear(); }

    [[nodiscard]] const filesystem::path& path() const noexcept { return path_; }
    // NOLINTNEXTLINE(google-explicit-constructor): as the standard's
    operator const filesystem::path&() const noexcept { return path_; }

    // NOLINTBEGIN(bugprone-exception-escape)
    template <class... Code>
    [[nodiscard]] bool exists(Code&... code) const {
        return filesystem::exists(path_, code...);
    }
    template <class... Code>
    [[nodiscard]] bool is_regular_file(Code&... code) const {
        return filesystem::is_regular_file(path_, code...);
    }
    template <class... Code>
    [[nodiscard]] bool is_directory(Code&... code) const {
        return filesystem::is_directory(path_, code...);
    }
    template <class... Code>
    [[nodiscard]] bool is_symlink(Code&... code) const {
        return filesystem::is_symlink(path_, code...);
    }
    template <class... Code>
    [[nodiscard]] bool is_other(Code&... code) const {
        return filesystem::is_other(path_, code...);
    }
    template <class... Code>
    [[nodiscard]] uintmax_t file_size(Code&... code) const {
        return filesystem::file_size(path_, code...);
    }
    template <class... Code>
    [[nodiscard]] uintmax_t hard_link_count(Code&... code) const {
        return filesystem::hard_link_count(path_, code...);
    }
    template <class... Code>
    [[nodiscard]] file_time_type last_write_time(Code&... code) const {
        return filesystem::last_write_time(path_, code...);
    }
    template <class... Code>
    [[nodiscard]] file_status status(Code&... code) const {
        return filesystem::status(path_, code...);
    }
    template <class... Code>
    [[nodiscard]] file_status symlink_status(Code&... code) const {
        return filesystem::symlink_status(path_, code...);
    }
    // NOLINTEND(bugprone-exception-escape)

    friend bool operator==(const directory_entry& a, const directory_entry& b) noexcept {
        return a.path_ == b.path_;
    }
    friend ::std::strong_ordering operator<=>(const directory_entry& a,
                                              const directory_entry& b) noexcept {
        return a.path_.compare(b.path_) <=> 0;  // libc++ 14 has no <=> of paths
    }
    template <class CharT, class Traits>
    friend ::std::basic_ostream<CharT, Traits>& operator<<(::std::basic_ostream<CharT, Traits>& out,
                                                           const directory_entry& entry) {
        return out << entry.path_;
    }

private:
    filesystem::path path_;
};

/// What a directory held when the iterator was made, in the order of names.
///
/// Source: [class.directory.iterator].
class directory_iterator {
public:
    using iterator_category = ::std::input_iterator_tag;
    using value_type = directory_entry;
    using difference_type = ::std::ptrdiff_t;
    using pointer = const directory_entry*;
    using reference = const directory_entry&;

    directory_iterator() noexcept = default;
    explicit directory_iterator(const path& directory,
                                directory_options options = directory_options::none);
    directory_iterator(const path& directory, error_code& code)
        : directory_iterator(directory, directory_options::none, code) {}
    directory_iterator(const path& directory, directory_options options, error_code& code);

    const directory_entry& operator*() const noexcept { return (*entries_)[at_]; }
    const directory_entry* operator->() const noexcept { return &(*entries_)[at_]; }
    directory_iterator& operator++() noexcept {
        if (++at_ == entries_->size()) {
            *this = {};
        }
        return *this;
    }
    directory_iterator& increment(error_code& code) noexcept {
        code.clear();
        return ++*this;
    }
    struct copied {
        directory_entry entry;
        directory_entry operator*() && { return ::std::move(entry); }
    };
    copied operator++(int) {
        copied before{**this};
        ++*this;
        return before;
    }

    friend bool operator==(const directory_iterator&, const directory_iterator&) = default;

private:
    ::std::shared_ptr<const ::std::vector<directory_entry>> entries_;  // null: at the end
    ::std::size_t at_ = 0;
};

[[nodiscard]] inline directory_iterator begin(directory_iterator here) noexcept {
    return here;
}
[[nodiscard]] inline directory_iterator end(const directory_iterator& /*here*/) noexcept {
    return {};
}

/// The same with what its directories hold.
///
/// Source: [class.rec.dir.itr].
class recursive_directory_iterator {
public:
    using iterator_category = ::std::input_iterator_tag;
    using value_type = directory_entry;
    using difference_type = ::std::ptrdiff_t;
    using pointer = const directory_entry*;
    using reference = const directory_entry&;

    recursive_directory_iterator() noexcept = default;
    explicit recursive_directory_iterator(const path& directory,
                                          directory_options options = directory_options::none);
    recursive_directory_iterator(const path& directory, error_code& code)
        : recursive_directory_iterator(directory, directory_options::none, code) {}
    recursive_directory_iterator(const path& directory, directory_options options,
                                 error_code& code);

    [[nodiscard]] directory_options options() const noexcept { return options_; }
    [[nodiscard]] int depth() const noexcept { return static_cast<int>(way_.size()) - 1; }
    [[nodiscard]] bool recursion_pending() const noexcept { return pending_; }
    void disable_recursion_pending() noexcept { pending_ = false; }
    void pop();
    void pop(error_code& code);

    const directory_entry& operator*() const noexcept { return *way_.back(); }
    const directory_entry* operator->() const noexcept { return &*way_.back(); }
    recursive_directory_iterator& operator++();
    recursive_directory_iterator& increment(error_code& code);
    directory_iterator::copied operator++(int) {
        directory_iterator::copied before{**this};
        ++*this;
        return before;
    }

    friend bool operator==(const recursive_directory_iterator& a,
                           const recursive_directory_iterator& b) {
        return a.way_ == b.way_;
    }

private:
    void leave_ended() noexcept;

    ::std::vector<directory_iterator> way_;  // empty: at the end; none of them is
    directory_options options_ = directory_options::none;
    bool pending_ = true;
};

[[nodiscard]] inline recursive_directory_iterator begin(recursive_directory_iterator here) {
    return here;
}
[[nodiscard]] inline recursive_directory_iterator
end(const recursive_directory_iterator& /*here*/) noexcept {
    return {};
}

}  // namespace filesystem

}  // namespace sluice::drop_in

#endif  // SLUICE_DROP_IN_HPP
