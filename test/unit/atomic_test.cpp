#include <sluice/device/atomic.hpp>
#include <sluice/device/process.hpp>

#include "atomic_saves.hpp"
#include <support/errors.hpp>
#include <support/forked.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <ios>
#include <string>
#include <utility>

using namespace atomic_tests;

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

TEST_SUITE_END();
