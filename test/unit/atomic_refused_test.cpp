// What cannot be written, synced, named or opened while a file is saved.

#include <sluice/device/atomic.hpp>
#include <sluice/open.hpp>

#include "atomic_saves.hpp"
#include <support/descriptors.hpp>
#include <support/errors.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <ios>
#include <string>
#include <vector>

using namespace atomic_tests;

TEST_SUITE_BEGIN("atomic");

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

TEST_SUITE_END();
