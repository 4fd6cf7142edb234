#include <sluice/device/temporary.hpp>
#include <sluice/error.hpp>

#include <support/errors.hpp>
#include <support/limits.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>
#include <support/unnamed_files.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

namespace fs = std::filesystem;
using ios = std::ios_base;
using support::system_code;
using support::thrown_by;

namespace {

/// A directory of the test's, with what can be asked of it.
struct scratch : support::temporary_directory {
    [[nodiscard]] fs::path path() const { return *this / ""; }
    [[nodiscard]] bool empty() const { return fs::is_empty(path()); }
    [[nodiscard]] sluice::temporary_options options() const { return {.directory = path()}; }
};

mode_t permissions_of(const fs::path& path) {
    struct stat status {};
    ::stat(path.c_str(), &status);
    return status.st_mode & 07777;
}

/// An environment variable, for the length of a scope.
class variable {
public:
    variable(const char* name, const std::string& value) : name_(name) {
        if (const char* const before = std::getenv(name)) {
            before_ = before;
        }
        ::setenv(name, value.c_str(), 1);
    }
    variable(const variable&) = delete;
    variable& operator=(const variable&) = delete;
    ~variable() {
        if (before_) {
            ::setenv(name_, before_->c_str(), 1);
        } else {
            ::unsetenv(name_);
        }
    }

private:
    const char* name_;
    std::optional<std::string> before_;
};

/// The effective user, for the length of a scope; it does nothing for who may not change it.
class without_privileges {
public:
    without_privileges() {
        if (before_ == 0 && ::seteuid(65534) != 0) {
            throw std::runtime_error("no other user");
        }
    }
    without_privileges(const without_privileges&) = delete;
    without_privileges& operator=(const without_privileges&) = delete;
    ~without_privileges() {
        if (before_ == 0 && ::seteuid(0) != 0) {
            std::abort();
        }
    }

private:
    uid_t before_ = ::geteuid();
};

/// The working directory, for the length of a scope.
class working_directory {
public:
    explicit working_directory(const fs::path& path) { fs::current_path(path); }
    working_directory(const working_directory&) = delete;
    working_directory& operator=(const working_directory&) = delete;
    ~working_directory() { fs::current_path(before_); }

private:
    fs::path before_ = fs::current_path();
};

void work(sluice::stream& f) {
    f << "3 apples\n5 pears\n";
    f.seek(0);
    CHECK(f.readline() == "3 apples\n");
    f.seek(0);
    f.write("7");
    f.seek(0);
    CHECK(f.read() == "7 apples\n5 pears\n");
    CHECK(f.fileno() > 2);
    CHECK_FALSE(f.isatty());
}

}  // namespace

TEST_SUITE_BEGIN("temporary_file");

TEST_CASE("a temporary file is read and written and has no name") {  // J16
    const scratch here;
    sluice::temporary_file f(here.path());
    work(f);
    CHECK(here.empty());
    struct stat status {};
    REQUIRE(::fstat(f.fileno(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0600);
    CHECK(status.st_nlink == 0);
    CHECK((::fcntl(f.fileno(), F_GETFD) & FD_CLOEXEC) != 0);
}

TEST_CASE("a temporary file has no name either where the file system knows no such files") {
    const scratch here;
    const support::replaced_calls scope;
    support::forbid_unnamed_files();
    sluice::temporary_file f(here.path());
    work(f);
    CHECK(here.empty());
    struct stat status {};
    REQUIRE(::fstat(f.fileno(), &status) == 0);
    CHECK((status.st_mode & 07777) == 0600);
    CHECK(status.st_nlink == 0);
}

TEST_CASE("a temporary file whose name stays is refused") {
    const scratch here;
    const support::replaced_calls scope;
    support::forbid_unnamed_files();
    support::replaced_calls::calls().unlink = [](const char*) {
        errno = EIO;
        return -1;
    };
    const auto failed = thrown_by([&] { const sluice::temporary_file f(here.path()); });
    CHECK(failed.operation() == "open");
    CHECK(failed.code() == system_code(EIO));
    CHECK(fs::path(failed.path()).parent_path() == here.path().parent_path());
}

TEST_CASE("temporary files lie where TMPDIR says") {
    const scratch here;
    const variable place("TMPDIR", here.path().parent_path());
    const support::replaced_calls scope;
    static std::string opened;
    support::replaced_calls::calls().open = [](const char* path, int flags, mode_t permissions) {
        opened = path;
        return ::open(path, flags, permissions);
    };
    const sluice::temporary_file f;
    CHECK(opened.starts_with(here.path().parent_path().native()));
    const sluice::named_temporary_file named;
    CHECK(named.path().parent_path() == here.path().parent_path());
    const sluice::temporary_directory directory;
    CHECK(directory.path().parent_path() == here.path().parent_path());
}

TEST_CASE("a place that is none gives its path and the system's reason") {
    const scratch here;
    const fs::path missing = here / "missing";
    const auto unnamed = thrown_by([&] { const sluice::temporary_file f(missing); });
    CHECK(unnamed.operation() == "open");
    CHECK(unnamed.code() == system_code(ENOENT));
    CHECK(unnamed.path() == missing.native());
    const auto named =
        thrown_by([&] { const sluice::named_temporary_file f({.directory = missing}); });
    CHECK(named.operation() == "open");
    CHECK(named.code() == system_code(ENOENT));
    CHECK(named.path().starts_with(missing.native()));
    const auto directory =
        thrown_by([&] { const sluice::temporary_directory d({.directory = missing}); });
    CHECK(directory.operation() == "open");
    CHECK(directory.code() == system_code(ENOENT));
    CHECK(directory.path().starts_with(missing.native()));

    const variable place("TMPDIR", missing.native());
    const auto by_default = thrown_by([] { const sluice::temporary_file f; });
    CHECK(by_default.operation() == "open");
#ifdef _LIBCPP_VERSION  // for which what is not there is no directory
    CHECK(by_default.code() == system_code(ENOTDIR));
#else
    CHECK(by_default.code() == system_code(ENOENT));
#endif
    CHECK(by_default.path() == missing.native());
}

TEST_CASE("a full disk is reported with the place of a file without a name") {
    const scratch here;
    const support::file_size_limit limit(1000);
    sluice::temporary_file f(here.path());
    f.write(std::string(2000, 'x'));
    const auto failed = thrown_by([&] { f.flush(); });
    CHECK(failed.operation() == "write");
    CHECK(failed.code() == system_code(EFBIG));
    CHECK(failed.position() == 1000);
    CHECK(failed.path() == here.path().native());
}

TEST_CASE("temporary files are moved and swapped as streams") {
    sluice::temporary_file a;
    a << "one ";
    sluice::temporary_file b(std::move(a));
    CHECK(a.closed());  // NOLINT(bugprone-use-after-move): that is the case
    b << "two ";
    sluice::temporary_file c;
    c = std::move(b);
    c << "three";
    sluice::stream any(std::move(c));
    any.seek(0);
    CHECK(any.read() == "one two three");
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("named_temporary_file");

TEST_CASE("a named temporary file can be opened by others and goes when it is closed") {  // J17
    const scratch here;
    sluice::named_temporary_file f(here.options());
    work(f);
    const fs::path path = f.path();
    CHECK(path.is_absolute());
    CHECK(path.parent_path() == here.path().parent_path());
    f.flush();
    CHECK(support::content_of(path) == "7 apples\n5 pears\n");
    CHECK(permissions_of(path) == 0600);
    f.close();
    CHECK_FALSE(fs::exists(path));
    CHECK(f.path() == path);
    CHECK_NOTHROW(f.close());
}

TEST_CASE("a named temporary file goes when it ends") {
    const scratch here;
    {
        sluice::named_temporary_file f(here.options());
        f << "pending";
        CHECK_FALSE(here.empty());
    }
    CHECK(here.empty());
}

TEST_CASE("a named temporary file stays where it is to be kept") {  // J18
    const scratch here;
    sluice::temporary_options options = here.options();
    options.suffix = ".t";
    options.prefix = "a-";
    options.keep = true;
    fs::path path;
    {
        sluice::named_temporary_file f(options);
        f << "content";
        path = f.path();
    }
    CHECK(path.filename().native().starts_with("a-"));
    CHECK(path.extension() == ".t");
    CHECK(support::content_of(path) == "content");
    CHECK(permissions_of(path) == 0600);
}

TEST_CASE("a named temporary file goes once, however it is moved") {
    const scratch here;
    static int removed;
    removed = 0;
    const support::replaced_calls scope;
    support::replaced_calls::calls().unlink = [](const char* path) {
        ++removed;
        return ::unlink(path);
    };
    {
        sluice::named_temporary_file a(here.options());
        const fs::path path = a.path();
        a << "moved";
        sluice::named_temporary_file b(std::move(a));
        CHECK(a.path().empty());  // NOLINT(bugprone-use-after-move): that is the case
        CHECK(b.path() == path);
        sluice::named_temporary_file c(here.options());
        const fs::path other = c.path();
        c = std::move(b);
        CHECK(removed == 1);
        CHECK_FALSE(fs::exists(other));
        CHECK(fs::exists(path));
        CHECK(c.path() == path);
        sluice::named_temporary_file d(here.options());
        swap(c, d);
        CHECK(d.path() == path);
        const auto buffer = d.detach();
        CHECK(support::content_of(path) == "moved");
        CHECK(d.path().empty());
        CHECK(removed == 1);
    }
    CHECK(removed == 3);
    CHECK(here.empty());
}

TEST_CASE("a named temporary file that is gone already is no error") {
    const scratch here;
    sluice::named_temporary_file f(here.options());
    f << "content";
    f.flush();
    SUBCASE("removed") {
        fs::remove(f.path());
        CHECK_NOTHROW(f.close());
    }
    SUBCASE("renamed, which keeps it") {
        fs::rename(f.path(), here / "kept");
        CHECK_NOTHROW(f.close());
        CHECK(support::content_of(here / "kept") == "content");
    }
}

TEST_CASE("a named temporary file that cannot be removed says so when closed") {
    const scratch here;
    sluice::named_temporary_file f(here.options());
    const support::replaced_calls scope;
    support::replaced_calls::calls().unlink = [](const char*) {
        errno = EACCES;
        return -1;
    };
    const auto failed = thrown_by([&] { f.close(); });
    CHECK(failed.operation() == "close");
    CHECK(failed.code() == system_code(EACCES));
    CHECK(failed.path() == f.path().native());
    CHECK(f.closed());
    CHECK_NOTHROW(f.close());
}

TEST_CASE("a named temporary file goes even where closing fails") {
    const scratch here;
    sluice::named_temporary_file f(here.options());
    f << "pending";
    const support::replaced_calls scope;
    SUBCASE("because what was pending could not be written") {
        support::replaced_calls::calls().write = [](int, const void*, std::size_t) -> ssize_t {
            errno = ENOSPC;
            return -1;
        };
        CHECK(thrown_by([&] { f.close(); }).code() == system_code(ENOSPC));
    }
    SUBCASE("because the system's close failed") {
        support::replaced_calls::calls().close = [](int file) {
            ::close(file);
            errno = EIO;
            return -1;
        };
        CHECK(thrown_by([&] { f.close(); }).code() == system_code(EIO));
    }
    CHECK(f.closed());
    CHECK(here.empty());
}

TEST_CASE("the name of a temporary file outlives a change of the working directory") {
    const scratch here;
    const scratch elsewhere;
    std::optional<sluice::named_temporary_file> f;
    std::optional<sluice::temporary_directory> d;
    {
        const working_directory scope(here.path());
        f.emplace(sluice::temporary_options{.directory = "."});
        d.emplace(sluice::temporary_options{.directory = "."});
    }
    CHECK(fs::exists(f->path()));
    CHECK(fs::exists(d->path()));
    f.reset();
    d.reset();
    CHECK(here.empty());
}

TEST_CASE("names differ, and hold no character that a file system could mistake") {
    const scratch here;
    std::set<std::string> names;
    for (int i = 0; i < 50; ++i) {
        const sluice::named_temporary_file f(here.options());
        const std::string name = f.path().filename();
        CHECK(name.size() == 3 + 16);
        CHECK(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789") == std::string::npos);
        names.insert(name);
    }
    CHECK(names.size() == 50);
}

TEST_CASE("a directory that cannot be made says so and leaves nothing") {
    const scratch here;
    const support::replaced_calls scope;
    support::replaced_calls::calls().mkdir = [](const char*, mode_t) { return errno = EMLINK, -1; };
    const auto failed = thrown_by([&] { const sluice::temporary_directory d(here.options()); });
    CHECK(failed.code() == std::errc::too_many_links);
    CHECK(failed.operation() == "open");
    CHECK(failed.path().starts_with(here.path().string()));
    CHECK(here.empty());
}

TEST_CASE("a name that is taken is tried no second time, and nothing there is touched") {
    const scratch here;
    static int made;
    made = 0;
    const support::replaced_calls scope;
    support::replaced_calls::calls().random = [](void* target, std::size_t size) {
        // The first name twice, and then another.
        std::fill_n(static_cast<char*>(target), size, static_cast<char>(++made > 2));
        return static_cast<ssize_t>(size);
    };
    sluice::temporary_options options = here.options();
    options.keep = true;
    fs::path taken;
    {
        sluice::named_temporary_file first(options);
        first << "first";
        taken = first.path();
    }
    CHECK(taken.filename() == "tmpaaaaaaaaaaaaaaaa");
    const sluice::named_temporary_file second(here.options());
    CHECK(second.path().filename() == "tmpbbbbbbbbbbbbbbbb");
    CHECK(made == 3);
    CHECK(support::content_of(taken) == "first");
}

TEST_CASE("a link that lies in wait is not followed") {
    const scratch here;
    const support::replaced_calls scope;
    support::replaced_calls::calls().random = [](void* target, std::size_t size) {
        std::fill_n(static_cast<char*>(target), size, '\0');
        return static_cast<ssize_t>(size);
    };
    fs::create_symlink(here / "victim", here / "tmpaaaaaaaaaaaaaaaa");
    const auto failed = thrown_by([&] { const sluice::named_temporary_file f(here.options()); });
    CHECK(failed.code() == std::errc::file_exists);
    CHECK_FALSE(fs::exists(here / "victim"));
    CHECK(fs::is_symlink(here / "tmpaaaaaaaaaaaaaaaa"));
}

TEST_CASE("without chance there is no temporary file") {
    const scratch here;
    const support::replaced_calls scope;
    SUBCASE("none") {
        support::replaced_calls::calls().random = [](void*, std::size_t) -> ssize_t {
            errno = ENOSYS;
            return -1;
        };
        const auto failed =
            thrown_by([&] { const sluice::named_temporary_file f(here.options()); });
        CHECK(failed.operation() == "open");
        CHECK(failed.code() == system_code(ENOSYS));
        CHECK(here.empty());
    }
    SUBCASE("a little at a time, with interruptions") {
        support::replaced_calls::calls().random = [](void* target, std::size_t) -> ssize_t {
            static bool interrupted = false;
            interrupted = !interrupted;
            if (interrupted) {
                errno = EINTR;
                return -1;
            }
            *static_cast<char*>(target) = 'x';
            return 1;
        };
        const sluice::named_temporary_file f(here.options());
        CHECK(fs::exists(f.path()));
    }
}

TEST_CASE("what is no part of a name is refused before anything is made") {
    const scratch here;
    for (const std::string& part :
         {std::string("a/b"), std::string("../a"), std::string("a\0b", 3)}) {
        CAPTURE(part);
        sluice::temporary_options before = here.options();
        before.prefix = part;
        sluice::temporary_options after = here.options();
        after.suffix = part;
        for (const auto& options : {before, after}) {
            CHECK(thrown_by([&] { const sluice::named_temporary_file f(options); }).code() ==
                  std::errc::invalid_argument);
            CHECK(thrown_by([&] { const sluice::temporary_directory d(options); }).code() ==
                  std::errc::invalid_argument);
        }
    }
    const fs::path cut(here.path().native() + std::string("\0x", 2));
    CHECK(thrown_by([&] { const sluice::temporary_file f(cut); }).code() ==
          std::errc::invalid_argument);
    CHECK(here.empty());
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("temporary_directory");

TEST_CASE("a temporary directory goes with all it holds") {
    const scratch here;
    {
        const sluice::temporary_directory d(
            {.directory = here.path(), .prefix = "d-", .suffix = ".d"});
        CHECK(d.path().is_absolute());
        CHECK(d.path().filename().native().starts_with("d-"));
        CHECK(d.path().extension() == ".d");
        CHECK(permissions_of(d.path()) == 0700);
        fs::create_directories(d.path() / "deep" / "deeper");
        support::write_file(d.path() / "deep" / "file", "x");
        support::write_file(here / "outside", "x");
        fs::create_symlink(here / "outside", d.path() / "link");
    }
    CHECK(support::content_of(here / "outside") == "x");
    fs::remove(here / "outside");
    CHECK(here.empty());
}

TEST_CASE("a temporary directory is moved and swapped, and goes once") {
    const scratch here;
    {
        sluice::temporary_directory a(here.options());
        const fs::path path = a.path();
        sluice::temporary_directory b(std::move(a));
        CHECK(a.path().empty());  // NOLINT(bugprone-use-after-move): that is the case
        CHECK(b.path() == path);
        sluice::temporary_directory c(here.options());
        const fs::path other = c.path();
        swap(b, c);
        CHECK(c.path() == path);
        c = std::move(b);
        CHECK_FALSE(fs::exists(path));
        CHECK(c.path() == other);
        CHECK(fs::exists(other));
    }
    CHECK(here.empty());
}

TEST_CASE("a temporary directory can be removed early, kept, and released") {
    const scratch here;
    sluice::temporary_directory removed(here.options());
    support::write_file(removed.path() / "file", "x");
    const fs::path path = removed.path();
    removed.remove();
    CHECK_FALSE(fs::exists(path));
    CHECK(removed.path().empty());
    CHECK_NOTHROW(removed.remove());

    fs::path kept;
    {
        const sluice::temporary_directory d({.directory = here.path(), .keep = true});
        kept = d.path();
    }
    CHECK(fs::is_directory(kept));

    fs::path released;
    {
        sluice::temporary_directory d(here.options());
        released = d.release();
        CHECK(d.path().empty());
    }
    CHECK(fs::is_directory(released));

    sluice::temporary_directory gone(here.options());
    fs::remove(gone.path());
    CHECK_NOTHROW(gone.remove());
}

TEST_CASE("a temporary directory that cannot be removed says so, and is tried again") {
    const scratch here;
    fs::path path;
    {
        sluice::temporary_directory d(here.options());
        path = d.path();
        support::write_file(path / "file", "x");
        fs::permissions(path, fs::perms::owner_read | fs::perms::owner_exec);
        fs::permissions(here.path(), fs::perms::owner_read | fs::perms::owner_exec);
        {
            const without_privileges scope;
            const auto failed = thrown_by([&] { d.remove(); });
            CHECK(failed.operation() == "remove");
            CHECK(failed.code() == system_code(EACCES));
            CHECK(failed.path() == path.native());
        }
        CHECK(d.path() == path);
        fs::permissions(here.path(), fs::perms::owner_all);
        fs::permissions(path, fs::perms::owner_all);
    }
    CHECK_FALSE(fs::exists(path));
}

TEST_SUITE_END();
