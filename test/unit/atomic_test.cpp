#include <sluice/device/atomic.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/process.hpp>
#include <sluice/device/spooled.hpp>
#include <sluice/filter/count.hpp>
#include <sluice/filter/limit.hpp>
#include <sluice/filter/slice.hpp>
#include <sluice/filter/tee.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/fstream.hpp>
#include <sluice/open.hpp>

#include <support/compression.hpp>
#include <support/descriptors.hpp>
#include <support/errors.hpp>
#include <support/forked.hpp>
#include <support/setting.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>
#include <support/unnamed_files.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <exception>
#include <filesystem>
#include <new>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace fs = std::filesystem;
using ios = std::ios_base;
using sluice::atomic_filebuf;
using sluice::atomic_ofstream;
using support::content_of;
using support::replaced_calls;
using support::system_code;
using support::thrown_by;
using support::write_file;

namespace {

mode_t permissions_of(const fs::path& path) {
    struct stat status {};
    ::stat(path.c_str(), &status);
    return status.st_mode & 07777;
}

/// A directory with one file in it, "old" in its content.
struct scratch : support::temporary_directory {
    scratch() { write_file(file(), "old"); }
    [[nodiscard]] fs::path path() const { return *this / ""; }
    [[nodiscard]] fs::path file() const { return *this / "file"; }

    /// The names in it, sorted and joined.
    [[nodiscard]] std::string names() const {
        std::vector<std::string> names;
        for (const fs::directory_entry& entry : fs::directory_iterator(path())) {
            names.push_back(entry.path().filename().string());
        }
        std::sort(names.begin(), names.end());
        std::string all;
        for (const std::string& name : names) {
            all += all.empty() ? name : ' ' + name;
        }
        return all;
    }
};

// What a replaced call goes by.
replaced_calls* real_calls = nullptr;
std::vector<std::string> call_order;
long long budget = 0;

/// Each test of this runs with files that have no name until the end, and without such.
class surroundings : public replaced_calls {
public:
    explicit surroundings(bool unnamed) {
        real_calls = this;
        call_order.clear();
        if (!unnamed) {
            support::forbid_unnamed_files();
        }
    }
};

template <class Test>
void with_and_without_names(Test test) {
    for (const bool unnamed : {true, false}) {
        CAPTURE(unnamed);
        const surroundings place(unnamed);
        test();
    }
}

}  // namespace

TEST_SUITE_BEGIN("atomic");

TEST_CASE("a file has its old content until the new one is committed") {
    with_and_without_names([] {
        const scratch place;
        atomic_ofstream out(place.file());
        REQUIRE(out.is_open());
        out << "new content" << std::flush;
        CHECK(content_of(place.file()) == "old");
        out.commit();
        CHECK_FALSE(out.is_open());
        CHECK(out.good());
        CHECK(content_of(place.file()) == "new content");
        CHECK(place.names() == "file");
    });
}

TEST_CASE("what is not committed is thrown away") {
    with_and_without_names([] {
        const scratch place;
        { atomic_ofstream(place.file()) << "by the destructor"; }
        atomic_ofstream out(place.file());
        out << "by discard" << std::flush;
        out.discard();
        CHECK_FALSE(out.is_open());
        CHECK(out.good());
        atomic_filebuf buf(place.file());
        buf.sputn("by close", 8);
        buf.close();
        CHECK(thrown_by([&] { buf.commit(); }).code() == sluice::errc::closed);
        CHECK(content_of(place.file()) == "old");
        CHECK(place.names() == "file");
        const fs::path fresh = place / "fresh";
        { atomic_ofstream(fresh) << "never"; }
        CHECK(place.names() == "file");
    });
}

TEST_CASE("a file that was not there is created by commit alone") {
    with_and_without_names([] {
        const scratch place;
        const mode_t mask = ::umask(027);
        atomic_ofstream out(place / "fresh");
        out << "first";
        CHECK_FALSE(fs::exists(place / "fresh"));
        out.commit();
        ::umask(mask);
        CHECK(content_of(place / "fresh") == "first");
        CHECK(permissions_of(place / "fresh") == 0640);
        CHECK(place.names() == "file fresh");
    });
}

TEST_CASE("permissions and owner of what is replaced are kept") {
    with_and_without_names([] {
        const scratch place;
        ::chmod(place.file().c_str(), 0604);
        const bool root = ::geteuid() == 0;
        if (root) {
            CHECK(::chown(place.file().c_str(), 12, 34) == 0);
        }
        atomic_ofstream out(place.file());
        out << "new";
        out.commit();
        CHECK(permissions_of(place.file()) == 0604);
        struct stat status {};
        ::stat(place.file().c_str(), &status);
        CHECK(status.st_uid == (root ? 12U : ::geteuid()));
        CHECK((!root || status.st_gid == 34));
    });
}

TEST_CASE("who may not give files away drops what would mean another owner") {
    const scratch place;
    ::chmod(place.file().c_str(), 06755);
    surroundings calls(true);
    replaced_calls::calls().fchown = [](int, uid_t, gid_t) {
        errno = EPERM;
        return -1;
    };
    replaced_calls::calls().fstatat = [](int directory, const char* name, struct stat* status,
                                         int flags) {
        const int result = real_calls->real().fstatat(directory, name, status, flags);
        status->st_uid += 1;
        return result;
    };
    atomic_ofstream out(place.file());
    out << "new";
    out.commit();
    CHECK(permissions_of(place.file()) == 0755);
}

TEST_CASE("a symbolic link is followed or replaced") {
    with_and_without_names([] {
        const scratch place;
        fs::create_directory(place / "sub");
        fs::create_symlink("../file", place / "sub" / "link");
        fs::create_symlink("sub/link", place / "far");
        atomic_ofstream followed(place / "far");
        followed << "through two links";
        followed.commit();
        CHECK(content_of(place.file()) == "through two links");
        CHECK(fs::is_symlink(place / "far"));
        CHECK(fs::is_symlink(place / "sub" / "link"));

        atomic_ofstream replaced(place / "far", {.links = sluice::symlinks::replace});
        replaced << "in its place";
        replaced.commit();
        CHECK_FALSE(fs::is_symlink(place / "far"));
        CHECK(content_of(place / "far") == "in its place");
        CHECK(content_of(place.file()) == "through two links");

        fs::create_symlink("nowhere yet", place / "dangling");
        atomic_ofstream created(place / "dangling");
        created << "created";
        created.commit();
        CHECK(content_of(place / "nowhere yet") == "created");
        CHECK(fs::is_symlink(place / "dangling"));

        fs::create_symlink("loop", place / "loop");
        const atomic_ofstream loop(place / "loop");
        CHECK(loop.fail());
        CHECK(sluice::error_of(loop).code() == std::errc::too_many_symbolic_link_levels);
        CHECK(place.names() == "dangling far file loop nowhere yet sub");
    });
}

TEST_CASE("a link that cannot be read says why") {
    const scratch place;
    fs::create_symlink("file", place / "link");
    const surroundings calls(true);
    replaced_calls::calls().readlinkat = [](int, const char*, char*, std::size_t) -> ssize_t {
        return errno = EIO, -1;
    };
    const atomic_ofstream out(place / "link");
    CHECK(sluice::error_of(out).code() == system_code(EIO));
    CHECK(place.names() == "file link");
}

TEST_CASE("what is no file, or could not be written, is not replaced") {
    const scratch place;
    fs::create_directory(place / "directory");
    ::mkfifo((place / "fifo").c_str(), 0600);
    const auto code_of = [](const fs::path& path) {
        const atomic_ofstream out(path);
        CHECK(out.fail());
        CHECK_FALSE(out.is_open());
        CHECK(sluice::error_of(out).operation() == "open");
        CHECK(sluice::error_of(out).path() == path.native());
        return sluice::error_of(out).code();
    };
    CHECK(code_of(place / "directory") == std::errc::is_a_directory);
    CHECK(code_of(place / "directory/") == std::errc::is_a_directory);
    CHECK(code_of("/") == std::errc::is_a_directory);
    CHECK(code_of(place / ".") == std::errc::is_a_directory);
    CHECK(code_of(place / "fifo") == sluice::errc::unsupported);
    CHECK(code_of("/dev/full") == sluice::errc::unsupported);
    CHECK(code_of("") == std::errc::no_such_file_or_directory);
    CHECK(code_of(place / "none/file") == std::errc::no_such_file_or_directory);
    CHECK(code_of(place / "file/below") == std::errc::not_a_directory);
    CHECK(code_of(place / std::string("a\0b", 3)) == std::errc::invalid_argument);
    CHECK(code_of(place / std::string(300, 'x')) == std::errc::filename_too_long);
    if (::geteuid() != 0) {
        ::chmod(place.file().c_str(), 0400);
        CHECK(code_of(place.file()) == std::errc::permission_denied);
    }
    CHECK(place.names() == "directory fifo file");
}

TEST_CASE("the mode is one that writes from empty") {
    const scratch place;
    for (const ios::openmode mode : {ios::in, ios::app, ios::out | ios::app, ios::out | ios::ate}) {
        atomic_filebuf buf;
        CHECK(buf.open(place.file(), {}, mode) == nullptr);
        CHECK(buf.reason().code() == sluice::errc::bad_mode);
    }
    atomic_filebuf both(place.file(), {}, ios::in | ios::out | ios::trunc);
    CHECK(both.size() == 0);
    CHECK(both.sputn("abc", 3) == 3);
    both.pubseekpos(1);
    CHECK(both.sbumpc() == 'b');
    both.truncate(2);
    CHECK(both.open(place / "other") == nullptr);
    both.commit();
    CHECK(content_of(place.file()) == "ab");
}

TEST_CASE("what must not exist is not replaced, whenever it comes") {
    with_and_without_names([] {
        const scratch place;
        const atomic_ofstream late(place.file(), {}, ios::out | sluice::noreplace);
        CHECK(sluice::error_of(late).code() == std::errc::file_exists);
        for (const bool old_kernel : {false, true}) {
            if (old_kernel) {
                replaced_calls::calls().renameat2 = [](int, const char*, const char*) {
                    errno = ENOSYS;
                    return -1;
                };
            }
            const fs::path fresh = place / "fresh";
            atomic_ofstream first(fresh, {}, ios::out | sluice::noreplace);
            first << "first";
            atomic_ofstream second(fresh, {}, ios::out | sluice::noreplace);
            second << "second";
            first.commit();
            CHECK(thrown_by([&] { second.commit(); }).code() == std::errc::file_exists);
            CHECK(second.bad());
            CHECK(content_of(fresh) == "first");
            CHECK(place.names() == "file fresh");
            fs::remove(fresh);
        }
    });
}

TEST_CASE("a disk that is full at any byte leaves the old file") {
    with_and_without_names([] {
        const scratch place;
        const std::string text(3000, 'x');
        replaced_calls::calls().pwrite = [](int file, const void* source, std::size_t size,
                                            off_t position) -> ssize_t {
            if (budget == 0) {
                errno = ENOSPC;
                return -1;
            }
            const auto part = std::min<std::size_t>(size, static_cast<std::size_t>(budget));
            budget -= static_cast<long long>(part);
            return real_calls->real().pwrite(file, source, part, position);
        };
        replaced_calls::calls().write = [](int file, const void* source,
                                           std::size_t size) -> ssize_t {
            if (budget == 0) {
                errno = ENOSPC;
                return -1;
            }
            const auto part = std::min<std::size_t>(size, static_cast<std::size_t>(budget));
            budget -= static_cast<long long>(part);
            return real_calls->real().write(file, source, part);
        };
        for (int room = 0; room < 3000; room += room < 20 ? 1 : 97) {
            CAPTURE(room);
            budget = room;
            atomic_ofstream out(place.file());
            out.rdbuf()->pubsetbuf(nullptr, 512);
            out << text;
            const sluice::error why = thrown_by([&] { out.commit(); });
            CHECK(why.code() == std::errc::no_space_on_device);
            CHECK(why.operation() == "commit");
            CHECK(why.path() == place.file().native());
            CHECK(out.bad());
            CHECK_FALSE(out.is_open());
            CHECK(content_of(place.file()) == "old");
            CHECK(place.names() == "file");
        }
        budget = 3000;
        atomic_ofstream out(place.file());
        out << text;
        out.commit();
        CHECK(content_of(place.file()) == text);
    });
}

TEST_CASE("a failed write is final even where the next one succeeds") {
    const scratch place;
    const surroundings calls(true);
    const auto failing = [](int, const void*, std::size_t) -> ssize_t {
        errno = EIO;
        return -1;
    };
    atomic_ofstream out(place.file());
    replaced_calls::calls().write = failing;
    out << "abc" << std::flush;
    CHECK(out.bad());
    replaced_calls::calls().write = calls.real().write;
    out.clear();
    out << "def" << std::flush;
    CHECK(out.good());
    CHECK(thrown_by([&] { out.commit(); }).code() == system_code(EIO));
    CHECK(content_of(place.file()) == "old");
    CHECK(place.names() == "file");
}

TEST_CASE("a stream that has failed is not committed") {
    const scratch place;
    atomic_ofstream out(place.file());
    out << "half";
    out.setstate(ios::failbit);
    CHECK(thrown_by([&] { out.commit(); }).code() == std::errc::io_error);
    CHECK_FALSE(out.is_open());
    CHECK(content_of(place.file()) == "old");
    out.clear();
    CHECK(thrown_by([&] { out.commit(); }).code() == sluice::errc::closed);
}

TEST_CASE("what is inserted after a refused second open is lost and the rest is not committed") {
    const scratch place;
    atomic_ofstream out(place.file());
    out << "new";
    out.open(place / "other");
    out << "lost";
    CHECK(thrown_by([&] { out.commit(); }).code() == std::errc::device_or_resource_busy);
    CHECK(content_of(place.file()) == "old");

    out.clear();
    out.open(place.file());
    out << "new";
    out.open(place / "other");
    out.clear();
    out << ", and whole";
    CHECK_NOTHROW(out.commit());
    CHECK(content_of(place.file()) == "new, and whole");
    CHECK(place.names() == "file");
}

TEST_CASE("what is inserted after reading to the end is lost and the rest is not committed") {
    const scratch place;
    for (const bool cleared : {false, true}) {
        CAPTURE(cleared);
        sluice::stream both = sluice::open(place.file(), "w+", {.atomic = true});
        both << "one two" << std::flush;
        both.seekg(0);
        for (std::string word; both >> word;) {
        }
        CHECK(both.fail());
        if (cleared) {
            both.clear();
        }
        both << " three";
        const sluice::error why = thrown_by([&] { sluice::commit(both); });
        CHECK(bool(why) != cleared);
        CHECK(why.code() ==
              (cleared ? std::error_code() : std::make_error_code(std::errc::io_error)));
        CHECK(why.detail() == (cleared ? "" : "failbit is set"));
        CHECK(content_of(place.file()) == (cleared ? "one two three" : "old"));
    }
    // That alone is no failure: what comes next would be written.
    sluice::stream both = sluice::open(place.file(), "w+b", {.atomic = true});
    both << "four" << std::flush;
    both.seekg(0);
    CHECK(both.read() == "four");
    both << " five";
    CHECK_NOTHROW(sluice::commit(both));
    CHECK(content_of(place.file()) == "four five");
}

TEST_CASE("what commit calls fails in turn and the old file stays") {
    with_and_without_names([] {
        const scratch place;
        const std::ptrdiff_t descriptors = support::open_descriptors();
        int (*close)(int) = real_calls->real().close;
        const auto commit = [&] {
            atomic_ofstream out(place.file(), {.durable = true});
            out << "new";
            replaced_calls::calls().close = close;
            const sluice::error why = thrown_by([&] { out.commit(); });
            replaced_calls::calls().close = real_calls->real().close;
            CHECK(why.operation() == "commit");
            CHECK(thrown_by([&] { out.commit(); }));
            CHECK_FALSE(out.is_open());
            CHECK(place.names() == "file");
            CHECK(support::open_descriptors() == descriptors);
            return why;
        };
        auto& calls = replaced_calls::calls();
        const auto& real = real_calls->real();
        calls.fsync = [](int) { return errno = EIO, -1; };
        CHECK(commit().code() == system_code(EIO));
        CHECK(content_of(place.file()) == "old");
        calls.fsync = real.fsync;
        calls.renameat = [](int, const char*, int, const char*) { return errno = EACCES, -1; };
        CHECK(commit().code() == system_code(EACCES));
        CHECK(content_of(place.file()) == "old");
        calls.renameat = real.renameat;
        calls.fchmod = [](int, mode_t) { return errno = EPERM, -1; };
        CHECK(commit().code() == system_code(EPERM));
        CHECK(content_of(place.file()) == "old");
        calls.fchmod = real.fchmod;
        close = [](int file) {
            real_calls->real().close(file);
            return errno = EDQUOT, -1;
        };
        CHECK(commit().code() == system_code(EDQUOT));
        CHECK(content_of(place.file()) == "old");
        close = real.close;
        // The file has been replaced then, and commit() says so.
        calls.fsync = [](int file) {
            struct stat status {};
            ::fstat(file, &status);
            return S_ISDIR(status.st_mode) ? (errno = EIO, -1) : 0;
        };
        const sluice::error why = commit();
        CHECK(why.code() == system_code(EIO));
        CHECK(why.detail() == "published");
        CHECK(content_of(place.file()) == "new");
    });
}

TEST_CASE("a name that cannot be given leaves the old file") {
    const scratch place;
    const surroundings calls(true);
    replaced_calls::calls().linkat = [](int, const char*, int, const char*, int) {
        return errno = EROFS, -1;
    };
    atomic_ofstream out(place.file());
    out << "new";
    CHECK(thrown_by([&] { out.commit(); }).code() == system_code(EROFS));
    CHECK(content_of(place.file()) == "old");
    CHECK(place.names() == "file");
}

TEST_CASE("what cannot even be removed is left behind as by a kill") {
    with_and_without_names([] {
        const scratch place;
        auto& calls = replaced_calls::calls();
        calls.renameat = [](int, const char*, int, const char*) { return errno = EIO, -1; };
        calls.unlinkat = [](int, const char*, int) { return errno = EROFS, -1; };
        atomic_ofstream out(place.file());
        out << "new";
        CHECK(thrown_by([&] { out.commit(); }).code() == system_code(EIO));
        CHECK(content_of(place.file()) == "old");
        CHECK(place.names() == ".file.sluice0 file");
        calls.renameat = real_calls->real().renameat;
        calls.unlinkat = real_calls->real().unlinkat;
        out.clear();
        out.open(place.file());
        out << "newer";
        out.commit();
        CHECK(content_of(place.file()) == "newer");
        CHECK(place.names() == "file");
    });
}

TEST_CASE("a commit for which no name becomes free says so") {
    const scratch place;
    const surroundings calls(true);
    atomic_ofstream out(place.file());
    out << "new";
    replaced_calls::calls().linkat = [](int, const char*, int, const char*, int) {
        return errno = EEXIST, -1;
    };
    CHECK(thrown_by([&] { out.commit(); }).code() == std::errc::device_or_resource_busy);
    CHECK(content_of(place.file()) == "old");
    replaced_calls::calls().linkat = calls.real().linkat;
    CHECK(place.names() == "file");
}

TEST_CASE("what open calls fails in turn and says why") {
    const scratch place;
    const std::ptrdiff_t descriptors = support::open_descriptors();
    const surroundings calls(true);
    const auto fails_with = [&](int number) {
        const atomic_ofstream out(place.file());
        CHECK(out.fail());
        CHECK(sluice::error_of(out).code() == system_code(number));
        CHECK(support::open_descriptors() == descriptors);
    };
    replaced_calls::calls().openat = [](int, const char*, int, mode_t) {
        return errno = EMFILE, -1;
    };
    fails_with(EMFILE);
    replaced_calls::calls().openat = [](int directory, const char* name, int flags,
                                        mode_t permissions) {
        return (flags & (O_CREAT | O_TMPFILE)) != O_DIRECTORY && (flags & O_ACCMODE) == O_RDWR
                   ? (errno = EACCES, -1)
                   : real_calls->real().openat(directory, name, flags, permissions);
    };
    fails_with(EACCES);
    replaced_calls::calls().openat = calls.real().openat;
    replaced_calls::calls().duplicate = [](int) { return errno = EMFILE, -1; };
    fails_with(EMFILE);
    CHECK(place.names() == "file");
}

TEST_CASE("durable is the file first, then its name, then the directory") {
    with_and_without_names([] {
        const scratch place;
        replaced_calls::calls().fsync = [](int file) {
            struct stat status {};
            ::fstat(file, &status);
            call_order.emplace_back(S_ISDIR(status.st_mode) ? "directory" : "file");
            return 0;
        };
        replaced_calls::calls().renameat = [](int from, const char* name, int to,
                                              const char* new_name) {
            call_order.emplace_back("name");
            return real_calls->real().renameat(from, name, to, new_name);
        };
        for (const bool durable : {true, false}) {
            call_order.clear();
            atomic_ofstream out(place.file(), {.durable = durable});
            out << "new";
            out.commit();
            const std::vector<std::string> all{"file", "name", "directory"};
            CHECK(call_order == (durable ? all : std::vector<std::string>{"name"}));
        }
    });
}

TEST_CASE("what a killed program has left is removed by the next save") {
    const scratch place;
    const surroundings calls(false);
    for (int i = 0; i < 3; ++i) {
        const pid_t child = ::fork();
        if (child == 0) {
            atomic_ofstream out(place.file());
            out << "never finished" << std::flush;
            ::kill(::getpid(), SIGKILL);
        }
        ::waitpid(child, nullptr, 0);
        CHECK(place.names() == ".file.sluice0 file");  // one at most
    }
    write_file(place / ".file.sluice5", "of one who had company");
    atomic_ofstream out(place.file());
    CHECK(place.names() == ".file.sluice0 file");
    out << "new";
    out.commit();
    CHECK(place.names() == "file");
    CHECK(content_of(place.file()) == "new");
}

TEST_CASE("a name that others hold is left alone") {
    with_and_without_names([] {
        const scratch place;
        write_file(place / "victim", "precious");
        fs::create_symlink("victim", place / ".file.sluice0");
        fs::create_directory(place / ".file.sluice1");
        atomic_ofstream out(place.file());
        atomic_ofstream other(place.file());
        out << "one";
        other << "two";
        other.commit();
        CHECK(content_of(place.file()) == "two");
        out.commit();
        CHECK(content_of(place.file()) == "one");
        CHECK(content_of(place / "victim") == "precious");
        CHECK(place.names() == ".file.sluice0 .file.sluice1 file victim");
    });
    if (::geteuid() == 0) {
        const scratch place;
        write_file(place / ".file.sluice0", "another user's");
        CHECK(::chown((place / ".file.sluice0").c_str(), 12, 34) == 0);
        atomic_ofstream out(place.file());
        out.commit();
        CHECK(place.names() == ".file.sluice0 file");
        CHECK(content_of(place / ".file.sluice0") == "another user's");
    }
}

TEST_CASE("many save one file at once and each reader sees one of them") {
    with_and_without_names([] {
        const scratch place;
        const auto text_of = [](int writer) { return std::string(20'000, char('a' + writer)); };
        write_file(place.file(), text_of(0));
        std::vector<std::thread> writers;
        for (int writer = 0; writer < 4; ++writer) {
            writers.emplace_back([&place, &text_of, writer] {
                for (int i = 0; i < 40; ++i) {
                    atomic_ofstream out(place.file());
                    out << text_of(writer);
                    out.commit();
                }
            });
        }
        bool whole = true;
        for (int i = 0; i < 300; ++i) {
            const std::string seen = content_of(place.file());
            whole = whole && seen == text_of(seen.empty() ? 0 : seen[0] - 'a');
        }
        for (std::thread& writer : writers) {
            writer.join();
        }
        CHECK(whole);
        CHECK(place.names() == "file");
    });
}

// All that may save one file at a time where each needs a name from the beginning.
constexpr std::size_t most_saves = 32;

TEST_CASE("as many save one file at once as there are names, and one more waits for one") {
    const scratch place;
    const surroundings calls(false);
    std::vector<atomic_ofstream> saves;
    for (std::size_t i = 0; i < most_saves; ++i) {
        saves.emplace_back(place.file());
        REQUIRE_MESSAGE(saves.back().is_open(), i);
        saves.back() << i;
    }
    const auto begin = std::chrono::steady_clock::now();
    const atomic_ofstream refused(place.file());
    CHECK(sluice::error_of(refused).code() == std::errc::device_or_resource_busy);
    CHECK(sluice::error_of(refused).path() == place.file().native());
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));

    std::thread last([&] {
        atomic_ofstream out(place.file());
        CHECK(out.is_open());
        out << "by the one that waited";
        CHECK_FALSE(thrown_by([&] { out.commit(); }));
    });
    saves.back().commit();
    saves.pop_back();
    last.join();
    CHECK(content_of(place.file()) == "by the one that waited");
    for (std::size_t i = 0; i < saves.size(); ++i) {
        saves[i].commit();
        CHECK(content_of(place.file()) == std::to_string(i));
    }
    CHECK(place.names() == "file");
}

TEST_CASE("a program killed in many saves leaves one file each and the next save removes all") {
    const scratch place;
    const pid_t child = ::fork();
    if (child == 0) {
        const surroundings calls(false);
        std::vector<atomic_ofstream> saves;
        for (std::size_t i = 0; i < most_saves; ++i) {
            saves.emplace_back(place.file());
            saves.back() << i << std::flush;
        }
        ::kill(::getpid(), SIGKILL);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    REQUIRE(WIFSIGNALED(status));
    const std::string names = place.names();
    CHECK(std::count(names.begin(), names.end(), ' ') == most_saves);
    for (const bool unnamed : {true, false}) {
        CAPTURE(unnamed);
        write_file(place / ".file.sluice31", "of one who had company");
        const surroundings calls(unnamed);
        atomic_ofstream out(place.file());
        out << "new";
        out.commit();
        CHECK(place.names() == "file");
    }
}

namespace {

/// How far a child is that saves; its parent sees it.
struct progress {
    std::atomic<std::size_t> begun = 0;
    std::atomic<std::size_t> done = 0;
};

struct shared_progress {
    shared_progress()
        : memory(::mmap(nullptr, sizeof(progress), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
        REQUIRE(memory != MAP_FAILED);
        now = new (memory) progress;
    }
    shared_progress(const shared_progress&) = delete;
    shared_progress& operator=(const shared_progress&) = delete;
    ~shared_progress() { ::munmap(memory, sizeof(progress)); }

    void* memory;
    progress* now = nullptr;
};

[[noreturn]] void save_for_ever(const fs::path& file, const std::string (&texts)[2],
                                progress& told) {
    try {
        for (;;) {
            atomic_ofstream out(file);
            out << texts[told.begun++ % 2];
            out.commit();
            ++told.done;
        }
    } catch (const std::exception&) {
        ::_exit(1);
    }
}

}  // namespace

// SLUICE_KILLS sets how many.
TEST_CASE("a program killed at any time leaves a whole file") {
    const int kills = support::setting("SLUICE_KILLS", 200);
    with_and_without_names([&] {
        const scratch place;
        const std::string texts[] = {std::string(50'000, 'a'), std::string(70'000, 'b')};
        write_file(place.file(), texts[0]);
        std::mt19937 random(1);
        int torn = 0;
        int litter = 0;
        int killed = 0;
        int within_a_save = 0;
        std::size_t changes = 0;
        const shared_progress shared;
        progress* const told = shared.now;
        for (int i = 0; i < kills / 2; ++i) {
            told->begun = told->done = 0;
            const pid_t child = ::fork();
            if (child == 0) {
                save_for_ever(place.file(), texts, *told);
            }
            // On a slow machine it would be killed before it began.
            const std::atomic<std::size_t>& awaited = i % 2 == 0 ? told->begun : told->done;
            const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(20);
            while (awaited == 0 && std::chrono::steady_clock::now() < limit) {
                std::this_thread::yield();
            }
            std::this_thread::sleep_for(std::chrono::microseconds(random() % 2000));
            ::kill(child, SIGKILL);
            int status = 0;
            ::waitpid(child, &status, 0);
            killed += WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL ? 1 : 0;
            within_a_save += told->begun > told->done ? 1 : 0;
            changes += told->done;
            const std::string seen = content_of(place.file());
            torn += seen != texts[0] && seen != texts[1] ? 1 : 0;
            // The last that was committed, or the one that was under way.
            const bool lost = told->done > 0 && seen != texts[(told->done - 1) % 2] &&
                              !(told->begun > told->done && seen == texts[told->done % 2]);
            torn += lost ? 1 : 0;
            const std::string names = place.names();
            litter += names != "file" && names != ".file.sluice0 file" ? 1 : 0;
        }
        CHECK(torn == 0);
        CHECK(litter == 0);
        CHECK(killed == kills / 2);
        // Or nothing was tried.
        CHECK(within_a_save > 0);
        CHECK(changes > 0);
        atomic_ofstream(place.file()).commit();
        CHECK(place.names() == "file");
    });
}

TEST_CASE("a moved stream saves what it was given") {
    const scratch place;
    atomic_ofstream first(place.file());
    first << "moved ";
    atomic_ofstream second(std::move(first));
    second << "twice ";
    atomic_ofstream third(place / "other");
    third << "lost";
    third = std::move(second);
    third << "over";
    third.commit();
    CHECK(content_of(place.file()) == "moved twice over");
    CHECK(place.names() == "file");
}

TEST_CASE("where exceptions are on the stream throws the reason") {
    const scratch place;
    const surroundings calls(true);
    atomic_ofstream out;
    out.exceptions(ios::badbit | ios::failbit);
    CHECK(thrown_by([&] { out.open(place / "none" / "file"); }).code() ==
          std::errc::no_such_file_or_directory);
    out.open(place.file());
    replaced_calls::calls().write = [](int, const void*, std::size_t) -> ssize_t {
        errno = EIO;
        return -1;
    };
    out << "text";
    CHECK(thrown_by([&] { out.commit(); }).code() == system_code(EIO));
    CHECK(content_of(place.file()) == "old");
}

TEST_CASE("open with atomic replaces by commit" * support::needs_compression) {
    const scratch place;
    sluice::stream text =
        sluice::open(place.file(), "w", {.encoding = "utf-16-le", .atomic = true});
    text << "hé";
    CHECK(content_of(place.file()) == "old");
    sluice::commit(text);
    CHECK(text.closed());
    CHECK(content_of(place.file()) == std::string("h\0\xE9\0", 4));

    const fs::path packed = place / "packed.gz";
    sluice::stream gzip = sluice::open(
        packed, "xb", {.atomic = true, .durable = true, .compression = sluice::compression::infer});
    gzip << std::string(10'000, 'z');
    CHECK_FALSE(fs::exists(packed));
    sluice::commit(gzip);
    CHECK(sluice::open(packed, "rb", {.compression = sluice::compression::infer}).read() ==
          std::string(10'000, 'z'));

    {
        sluice::stream lost = sluice::open(place.file(), "wb", {.atomic = true});
        lost << "closed, not committed";
        lost.close();
        CHECK(thrown_by([&] { sluice::commit(lost); }));
    }
    sluice::wstream wide = sluice::wopen(place.file(), "w", {.atomic = true});
    wide << L"wide";
    sluice::commit(wide);
    CHECK(content_of(place.file()) == "wide");
    CHECK(place.names() == "file packed.gz");
}

TEST_CASE("what a layer could not write is not committed") {
    const scratch place;
    sluice::stream text = sluice::open(place.file(), "w", {.encoding = "ascii", .atomic = true});
    text << "begins well ";
    text << "h\xC3";  // half a character
    const sluice::error why = thrown_by([&] { sluice::commit(text); });
    CHECK(why.code() == sluice::errc::bad_encoding);
    CHECK(content_of(place.file()) == "old");
    CHECK(place.names() == "file");
}

// The failure is told once, and all that comes after it succeeds.
template <class Stream, class Write>
void check_forgotten(Stream& out, Write write, const std::error_code& code) {
    write();
    CHECK(out.bad());
    out.clear();
    out << "line 3";
    CHECK(out.flush().good());
    CHECK(thrown_by([&] { sluice::commit(out); }).code() == code);
}

TEST_CASE("what a layer could not write is not committed by forgetting the failure") {
    const scratch place;
    const std::error_code bad = sluice::errc::bad_encoding;
    const auto check = [&](const sluice::open_options& options) {
        sluice::stream whole = sluice::open(place.file(), "w", options);
        whole << "line 1\n";
        check_forgotten(
            whole, [&] { CHECK(thrown_by([&] { whole.write("\xFF"); })); }, bad);
        sluice::stream put = sluice::open(place.file(), "w", options);
        check_forgotten(
            put, [&] { put << "u\xFF" << std::flush; }, bad);
        sluice::stream one = sluice::open(place.file(), "w", options);
        check_forgotten(
            one, [&] { one.put('u').put('\xFF').flush(); }, bad);
        sluice::wstream wide = sluice::wopen(place.file(), "w", options);
        check_forgotten(
            wide, [&] { wide << wchar_t(0xD800) << std::flush; }, bad);
    };
    check({.atomic = true});
    check({.encoding = "utf-16", .atomic = true});
    check({.encoding = "iso-2022-jp", .atomic = true});
    CHECK(content_of(place.file()) == "old");
    CHECK(place.names() == "file");
}

TEST_CASE("what was lost above a compressed file is not committed" * support::needs_compression) {
    const scratch place;
    sluice::stream text =
        sluice::open(place.file(), "w", {.atomic = true, .compression = sluice::compression::gzip});
    check_forgotten(
        text, [&] { text << "u\xFF" << std::flush; }, sluice::errc::bad_encoding);
    CHECK(content_of(place.file()) == "old");
}

TEST_CASE("what was beyond a limit or a slice is not committed") {
    const scratch place;
    const auto check = [&](auto make, const std::error_code& code) {
        sluice::atomic_filebuf file(place.file());
        auto layer = make(file);
        std::ostream out(&layer);
        out << "too much" << std::flush;
        CHECK(out.bad());
        CHECK(layer.pubsync() <= 0);
        CHECK(thrown_by([&] { file.commit(); }).code() == code);
    };
    check([](sluice::buf& file) { return sluice::limitbuf(file, 4); }, sluice::errc::too_long);
    check([](sluice::buf& file) { return sluice::slicebuf(file, 0, 4); }, sluice::errc::no_space);
    CHECK(content_of(place.file()) == "old");
}

TEST_CASE("a stream with more layers than open gave it is not committed and stays as it is") {
    const scratch place;
    sluice::count_io counted(sluice::open(place.file(), "w", {.atomic = true}));
    counted << "new";
    CHECK(thrown_by([&] { sluice::commit(counted); }).code() == sluice::errc::unsupported);
    CHECK_FALSE(counted.closed());
    counted.close();
    CHECK(content_of(place.file()) == "old");
    CHECK(place.names() == "file");
}

TEST_CASE("a commit of what could not be opened says why it could not") {
    const scratch place;
    sluice::atomic_filebuf buf;
    CHECK(buf.open(place.file(), {}, std::ios_base::in) == nullptr);
    CHECK(thrown_by([&] { buf.commit(); }).code() == sluice::errc::bad_mode);
    CHECK(buf.open(place / "missing/file") == nullptr);
    CHECK(thrown_by([&] { buf.commit(); }).code() == std::errc::no_such_file_or_directory);
    CHECK(buf.open(place / "new") != nullptr);
    CHECK_NOTHROW(buf.commit());
    CHECK(thrown_by([&] { buf.commit(); }).code() == sluice::errc::closed);
}

TEST_CASE("what atomic does not go with is refused before anything happens") {
    const scratch place;
    const auto code_of = [&](const char* mode, const sluice::open_options& options) {
        return thrown_by([&] { static_cast<void>(sluice::open(place.file(), mode, options)); })
            .code();
    };
    CHECK(code_of("r", {.atomic = true}) == sluice::errc::bad_mode);
    CHECK(code_of("a", {.atomic = true}) == sluice::errc::bad_mode);
    CHECK(code_of("r+", {.atomic = true}) == sluice::errc::bad_mode);
    CHECK(code_of("w", {.durable = true}) == sluice::errc::bad_mode);
    CHECK(code_of("x", {.atomic = true}) == std::errc::file_exists);
    CHECK(thrown_by([] { static_cast<void>(sluice::open(1, "w", {.atomic = true})); }).code() ==
          sluice::errc::bad_mode);
    sluice::stream plain = sluice::open(place / "plain", "w");
    CHECK(thrown_by([&] { sluice::commit(plain); }).code() == sluice::errc::unsupported);
    CHECK_FALSE(plain.closed());
    CHECK(content_of(place.file()) == "old");
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("sync_to_disk");

TEST_CASE("what was written is on the disk, through whatever stands between" *
          support::needs_compression) {
    const scratch place;
    const surroundings calls(true);
    replaced_calls::calls().fsync = [](int file) {
        struct stat status {};
        ::fstat(file, &status);
        call_order.push_back(std::to_string(status.st_size));
        return 0;
    };
    const auto synced = [&](auto&& stream) {
        call_order.clear();
        stream << "12345";
        stream.sync_to_disk();
        return call_order == std::vector<std::string>{"5"};
    };
    CHECK(synced(sluice::ofstream(place.file())));
    CHECK(synced(sluice::fstream(place.file(), ios::in | ios::out | ios::trunc)));
    CHECK(synced(sluice::open(place.file(), "wb")));
    CHECK(synced(sluice::open(place.file(), "w", {.newline = sluice::newline::lf})));
    CHECK(synced(sluice::count_io(sluice::open(place.file(), "wb"))));
    CHECK(synced(sluice::slice_io(sluice::open(place.file(), "w+b"), 0)));
    CHECK(synced(sluice::spooled_file(0)));
    call_order.clear();
    sluice::stream packed =
        sluice::open(place.file(), "wb", {.compression = sluice::compression::gzip});
    packed << "12345";
    packed.sync_to_disk();
    CHECK(call_order.size() == 1);
    call_order.clear();
    sluice::stream one = sluice::open(place / "one", "wb");
    sluice::stream two = sluice::open(place / "two", "wb");
    sluice::tee_io both(one, two);
    both << "12345";
    both.sync_to_disk();
    CHECK(call_order == std::vector<std::string>{"5", "5"});
}

TEST_CASE("a failed fsync is final") {
    const scratch place;
    const surroundings calls(true);
    sluice::ofstream log(place.file(), ios::app);
    log << "line";
    replaced_calls::calls().fsync = [](int) { return errno = EIO, -1; };
    const sluice::error why = thrown_by([&] { log.sync_to_disk(); });
    CHECK(why.code() == system_code(EIO));
    CHECK(why.operation() == "sync_to_disk");
    CHECK(why.path() == place.file().native());
    replaced_calls::calls().fsync = [](int) { return 0; };
    CHECK(thrown_by([&] { log.sync_to_disk(); }).code() == system_code(EIO));
    log.close();
    log.open(place.file(), ios::app);
    CHECK_FALSE(thrown_by([&] { log.sync_to_disk(); }));
    log.close();
    CHECK(thrown_by([&] { log.sync_to_disk(); }).code() == sluice::errc::closed);
    CHECK(content_of(place.file()) == "oldline");
}

TEST_CASE("what was lost by a failed sync_to_disk is not committed") {
    const scratch place;
    const surroundings calls(true);
    const auto lose = [&](auto sync) {
        replaced_calls::calls().fsync = [](int) { return errno = EIO, -1; };
        CHECK(thrown_by(sync).code() == system_code(EIO));
        replaced_calls::calls().fsync = calls.real().fsync;
    };
    for (const bool durable : {false, true}) {
        CAPTURE(durable);
        sluice::atomic_filebuf buf(place.file(), {.durable = durable});
        CHECK(buf.sputn("new", 3) == 3);
        lose([&] { buf.sync_to_disk(); });
        CHECK(thrown_by([&] { buf.commit(); }).code() == system_code(EIO));

        atomic_ofstream out(place.file(), {.durable = durable});
        out << "new";
        lose([&] { out.rdbuf()->sync_to_disk(); });
        CHECK(thrown_by([&] { out.commit(); }).code() == system_code(EIO));

        sluice::stream stream =
            sluice::open(place.file(), "w", {.atomic = true, .durable = durable});
        stream << "new";
        lose([&] { stream.sync_to_disk(); });
        CHECK(thrown_by([&] { sluice::commit(stream); }).code() == system_code(EIO));
    }
    CHECK(content_of(place.file()) == "old");
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("atomic");

TEST_CASE("a child that is forked meanwhile neither writes nor takes away what is saved" *
          support::needs_compression) {
    with_and_without_names([] {
        const scratch place;
        atomic_ofstream out(place.file());
        out << "0123456789";
        sluice::stream packed = sluice::open(
            place / "packed", "wb", {.atomic = true, .compression = sluice::compression::gzip});
        packed << "packed";
        support::forked::check([&] {
            constexpr auto refused = std::errc::operation_not_permitted;
            out << std::string(100'000, 'c');
            const bool is_refused = thrown_by([&] { out.commit(); }).code() == refused;
            return is_refused && thrown_by([&] { packed.close(); }).code() == refused;
        });
        support::forked::check([&] {
            atomic_ofstream gone(std::move(out));
            const sluice::stream gone_too(std::move(packed));
            return true;
        });
        out << "abc";
        out.commit();
        CHECK(content_of(place.file()) == "0123456789abc");
        sluice::commit(packed);
        CHECK(sluice::open(place / "packed", "rb", {.compression = sluice::compression::infer})
                  .read() == "packed");
        CHECK(place.names() == "file packed");
    });
}

TEST_CASE("what is thrown away is not written first") {
    const scratch place;
    const surroundings calls(true);
    replaced_calls::calls().write = [](int, const void*, std::size_t) -> ssize_t {
        FAIL_CHECK("written");
        return -1;
    };
    {
        atomic_ofstream out(place.file());
        out << "pending";
    }
    CHECK(content_of(place.file()) == "old");
}

TEST_CASE("a save leaves the locks that the process has on the file") {
    const scratch place;
    const support::descriptor held(place.file(), O_RDWR);
    struct flock whole = {};
    whole.l_type = F_WRLCK;
    whole.l_whence = SEEK_SET;
    REQUIRE(::fcntl(held.number(), F_SETLK, &whole) == 0);
    atomic_ofstream out(place.file());
    support::forked::check([&] {
        struct flock found = whole;
        return ::fcntl(held.number(), F_GETLK, &found) == 0 && found.l_type == F_WRLCK;
    });
}

TEST_CASE("permissions that are taken away while a file is saved stay away") {
    const scratch place;
    fs::permissions(place.file(), fs::perms(0644));
    atomic_ofstream out(place.file());
    fs::permissions(place.file(), fs::perms(0600));
    out.commit();
    CHECK(fs::status(place.file()).permissions() == fs::perms(0600));
}

namespace {

/// An access control list as the system has it: a user 1000 may read, the group may nothing.
std::string access_list() {
    std::string list("\2\0\0\0", 4);
    const auto add = [&](unsigned short tag, unsigned short what, unsigned who) {
        list.append(reinterpret_cast<const char*>(&tag), 2);
        list.append(reinterpret_cast<const char*>(&what), 2);
        list.append(reinterpret_cast<const char*>(&who), 4);
    };
    constexpr unsigned nobody = 0xffffffff;
    add(0x01, 6, nobody);  // its owner
    add(0x02, 4, 1000);
    add(0x04, 0, nobody);  // its group
    add(0x10, 4, nobody);  // the mask
    add(0x20, 0, nobody);  // others
    return list;
}

constexpr const char* list_name = "system.posix_acl_access";

}  // namespace

TEST_CASE("an access control list is handed on, or nobody gets more for it") {
    const scratch place;
    const std::string list = access_list();
    if (::setxattr(place.file().c_str(), list_name, list.data(), list.size(), 0) != 0) {
        MESSAGE("skipped: no access control lists here");
        return;
    }
    const surroundings calls(true);
    atomic_ofstream(place.file()).commit();
    std::string kept(200, ' ');
    const ssize_t size = ::getxattr(place.file().c_str(), list_name, kept.data(), kept.size());
    CHECK(kept.substr(0, static_cast<std::size_t>(std::max<ssize_t>(size, 0))) == list);

    replaced_calls::calls().fsetxattr = [](int, const char*, const void*, std::size_t, int) {
        errno = EOPNOTSUPP;
        return -1;
    };
    atomic_ofstream(place.file()).commit();
    CHECK(fs::status(place.file()).permissions() == fs::perms(0600));
}

TEST_CASE("a program that runs can be replaced") {
    const scratch place;
    fs::copy_file("/bin/sleep", place / "sleep");
    sluice::process running({(place / "sleep").native(), "100"});
    {
        atomic_ofstream out(place / "sleep");
        REQUIRE(out.is_open());
        out << "new";
        out.commit();
    }
    running.kill();
    running.wait();
    CHECK(content_of(place / "sleep") == "new");
}

TEST_CASE("a link of /proc to a file that was removed is refused") {
    const scratch place;
    const support::descriptor held(place.file(), O_RDWR);
    const std::string link = "/proc/self/fd/" + std::to_string(held.number());
    if (!fs::exists(link)) {
        MESSAGE("skipped: no /proc");
        return;
    }
    {
        atomic_ofstream out(link);
        out << "by the link";
        out.commit();
    }
    CHECK(content_of(place.file()) == "by the link");
    const support::descriptor other(place.file(), O_RDWR);
    fs::remove(place.file());
    const atomic_ofstream out("/proc/self/fd/" + std::to_string(other.number()));
    CHECK(sluice::error_of(out).code() == sluice::errc::unsupported);
    CHECK(place.names().empty());
}

TEST_CASE("a file with a name of the kind that a save takes is not saved") {
    const scratch place;
    for (const char* const name : {".file.sluice0", ".file.sluice31", "..sluice7"}) {
        const atomic_ofstream out(place / name);
        CHECK(sluice::error_of(out).code() == std::errc::invalid_argument);
    }
    for (const char* const name : {"file.sluice0", ".file.sluice", ".file.sluicex", ".sluice.7"}) {
        atomic_ofstream out(place / name);
        CHECK(out.is_open());
    }
}

TEST_CASE("a filebuf that was swapped for another below a save is not published") {
    const scratch place;
    sluice::atomic_filebuf save(place.file());
    CHECK(save.sputn("lost", 4) == 4);
    sluice::filebuf other;
    other.open(place / "other", ios::out);
    sluice::filebuf& below = save;
    below.swap(other);
    CHECK(save.sputn("into the other", 14) == 14);
    CHECK(thrown_by([&] { save.commit(); }).code() == sluice::errc::unsupported);
    CHECK(content_of(place.file()) == "old");
}

TEST_SUITE_END();

TEST_SUITE_BEGIN("sync_to_disk");

TEST_CASE("what no disk is below cannot be synced") {
    sluice::bytes_io ram;
    CHECK(thrown_by([&] { ram.sync_to_disk(); }).code() == sluice::errc::unsupported);
    sluice::count_io counted(ram);
    CHECK(thrown_by([&] { counted.sync_to_disk(); }).code() == sluice::errc::unsupported);
    std::stringbuf foreign;
    sluice::text_io text(foreign);
    CHECK(thrown_by([&] { text.sync_to_disk(); }).code() == sluice::errc::unsupported);
    sluice::spooled_file spooled(100);
    CHECK(thrown_by([&] { spooled.sync_to_disk(); }).code() == sluice::errc::unsupported);
}

TEST_CASE("what was pending and cannot be written is told by the sync") {
    const scratch place;
    const surroundings calls(true);
    sluice::ofstream log(place.file(), ios::app);
    log << "line";
    replaced_calls::calls().write = [](int, const void*, std::size_t) -> ssize_t {
        errno = ENOSPC;
        return -1;
    };
    CHECK(thrown_by([&] { log.sync_to_disk(); }).code() == system_code(ENOSPC));
    replaced_calls::calls().write = calls.real().write;
    log.clear();
    log.sync_to_disk();
    CHECK(content_of(place.file()) == "oldline");
}

TEST_SUITE_END();
