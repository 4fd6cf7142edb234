// A disk that is full at any byte, by a limit of the system's: what is saved atomically leaves the
// old file, and what is written in place is the begin of what was accepted, and goes on later. With
// SLUICE_ALL_FAULTS set, each byte of 64 KiB is tried.

#include <sluice/device/atomic.hpp>
#include <sluice/fstream.hpp>
#include <sluice/open.hpp>

#include <support/errors.hpp>
#include <support/forked.hpp>
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
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace fs = std::filesystem;
using sluice::atomic_ofstream;
using support::content_of;
using support::replaced_calls;
using support::system_code;
using support::thrown_by;

namespace {

constexpr int most_room = 64 << 10;

const std::string text = [] {
    std::string made;
    for (int i = 0; made.size() <= most_room; ++i) {
        made += std::to_string(i) + ' ';
    }
    return made;
}();

/// How many bytes there is room for, in turn.
std::vector<int> rooms() {
    std::vector<int> all;
    const bool each = std::getenv("SLUICE_ALL_FAULTS") != nullptr;
    for (int room = 0; room <= most_room; ++room) {
        const int in_page = room % 4096;
        if (each || room < 10 || room % 997 == 0 || in_page == 0 || in_page == 1 ||
            in_page == 4095) {
            all.push_back(room);
        }
    }
    return all;
}

struct scratch : support::temporary_directory {
    scratch() { support::write_file(file(), "old"); }
    [[nodiscard]] fs::path path() const { return *this / ""; }
    [[nodiscard]] fs::path file() const { return *this / "file"; }
    [[nodiscard]] bool is_alone() const {
        return ++fs::directory_iterator(path()) == fs::directory_iterator();
    }
    [[nodiscard]] bool is_untouched() const { return content_of(file()) == "old" && is_alone(); }
};

/// With files that have no name until the end, and without such.
template <class Test>
void with_and_without_names(Test test) {
    for (const bool unnamed : {true, false}) {
        CAPTURE(unnamed);
        const replaced_calls calls;
        if (!unnamed) {
            support::forbid_unnamed_files();
        }
        test();
    }
}

/// Files take `room` bytes, all together, and then there is no space: by the library's table of
/// calls.
class no_space : public replaced_calls {
public:
    explicit no_space(int room) {
        left = static_cast<std::size_t>(room);
        real_calls = real();
        calls().write = [](int file, const void* source, std::size_t size) {
            return taken(real_calls.write(file, source, std::min(size, left)));
        };
        calls().pwrite = [](int file, const void* source, std::size_t size, off_t position) {
            return taken(real_calls.pwrite(file, source, std::min(size, left), position));
        };
    }

private:
    static ssize_t taken(ssize_t written) {
        if (left == 0) {
            errno = ENOSPC;
            return -1;
        }
        left -= static_cast<std::size_t>(std::max<ssize_t>(written, 0));
        return written;
    }

    static inline std::size_t left = 0;
    static inline sluice::os::posix_calls real_calls{};
};

/// As a user whom permissions concern.
template <class Call>
bool holds_for_a_user(const fs::path& directory, Call call) {
    if (::geteuid() == 0) {
        constexpr uid_t nobody = 65534;
        ::chown(directory.c_str(), nobody, nobody);
        ::chown((directory / "file").c_str(), nobody, nobody);
        return support::forked::holds(
            [&] { return ::setgid(nobody) == 0 && ::setuid(nobody) == 0 && call(); });
    }
    return support::forked::holds(call);
}

/// `number`: what a write says where there is no room.
template <class Limit, class Room>
void fill_up_atomic_saves(int number) {
    with_and_without_names([number] {
        const scratch place;
        int damaged = 0;
        int wrong = 0;
        for (const int room : rooms()) {
            atomic_ofstream out(place.file());
            std::optional<Limit> limit(std::in_place, static_cast<Room>(room));
            out << text;
            const sluice::error why = thrown_by([&] { out.commit(); });
            const bool again = thrown_by([&] { out.commit(); }).code() == sluice::errc::closed;
            limit.reset();
            wrong +=
                why.code() == system_code(number) && why.path() == place.file() && again ? 0 : 1;
            damaged += place.is_untouched() ? 0 : 1;
        }
        CHECK(damaged == 0);
        CHECK(wrong == 0);
    });
}

}  // namespace

TEST_SUITE_BEGIN("full disk");

TEST_CASE("an atomic save that finds no room leaves the old file") {
    fill_up_atomic_saves<support::file_size_limit, rlim_t>(EFBIG);
    fill_up_atomic_saves<no_space, int>(ENOSPC);
}

TEST_CASE("an atomic save through layers that finds no room leaves the old file") {
    const scratch place;
    std::string noise;
    for (unsigned i = 0, state = 1; i < 40'000; ++i) {
        state = state * 1103515245U + 12345U;
        noise += static_cast<char>(32 + (state >> 16U) % 90);
    }
    for (const int room : rooms()) {
        if (room % 997 != 0 || room > 30'000) {
            continue;
        }
        CAPTURE(room);
        const support::file_size_limit limit(static_cast<rlim_t>(room));
        sluice::stream out = sluice::open(
            place.file(), "w", {.atomic = true, .compression = sluice::compression::gzip});
        out << noise;
        CHECK(thrown_by([&] { sluice::commit(out); }).code() == system_code(EFBIG));
        CHECK(place.is_untouched());
    }
}

TEST_CASE("what finds no room in a file is told, pending, and written when there is room") {
    for (const std::streamsize buffer : {0, 100, 8192}) {
        CAPTURE(buffer);
        const scratch place;
        int no_begin = 0;
        int untold = 0;
        int not_whole = 0;
        for (const int room : rooms()) {
            fs::remove(place.file());  // one that is emptied is waited for by ext4
            sluice::filebuf buf;
            buf.pubsetbuf(nullptr, buffer);
            buf.open(place.file(), std::ios::out);
            std::optional<support::file_size_limit> limit(std::in_place, static_cast<rlim_t>(room));
            const auto size = static_cast<std::streamsize>(text.size());
            const std::streamsize put = buf.sputn(text.data(), size);
            const bool failed = buf.pubsync() != 0 || put < size;
            untold += failed && buf.reason().code() == system_code(EFBIG) &&
                              buf.reason().path() == place.file()
                          ? 0
                          : 1;
            no_begin +=
                content_of(place.file()) == text.substr(0, static_cast<std::size_t>(room)) ? 0 : 1;
            limit.reset();
            buf.clear_reason();
            const bool went_on = buf.sputn(text.data() + put, size - put) == size - put;
            not_whole +=
                went_on && buf.close() != nullptr && content_of(place.file()) == text ? 0 : 1;
        }
        CHECK(untold == 0);
        CHECK(no_begin == 0);
        CHECK(not_whole == 0);
    }
}

TEST_CASE("a save without descriptors leaves the old file") {
    const auto save = [](const fs::path& path) {
        atomic_ofstream out(path, {.durable = true});
        if (!out) {
            throw sluice::error_of(out);
        }
        out << "new";
        out.commit();
    };
    with_and_without_names([&] {
        // The undefined behaviour sanitizer makes a pipe to look at a type that it meets first.
        const scratch other;
        save(other.file());
        CHECK(bool(thrown_by([&] { save(other.path() / "none/file"); })));
        int saved = 0;
        for (int count = 0; count < 8; ++count) {
            CAPTURE(count);
            const scratch place;
            std::optional<support::descriptor_limit> limit(static_cast<rlim_t>(count));
            const sluice::error why = thrown_by([&] { save(place.file()); });
            limit.reset();
            const bool published = !why || why.detail() == "published";
            CHECK((!why || why.code() == system_code(EMFILE)));
            CHECK(content_of(place.file()) == (published ? "new" : "old"));
            CHECK(place.is_alone());
            saved += why ? 0 : 1;
        }
        CHECK(saved > 0);
        CHECK(saved < 7);
    });
}

TEST_CASE("a save in a directory that takes no names leaves the old file") {
    const scratch place;
    const auto allow = [&](mode_t permissions) {
        return ::chmod(place.path().c_str(), permissions) == 0;
    };
    CHECK(holds_for_a_user(place.path(), [&] {
        allow(0555);
        const atomic_ofstream out(place.file());
        return sluice::error_of(out).code() == system_code(EACCES);
    }));
    CHECK(place.is_untouched());
    CHECK(holds_for_a_user(place.path(), [&] {
        allow(0755);
        atomic_ofstream out(place.file());
        out << "new";
        allow(0555);
        return thrown_by([&] { out.commit(); }).code() == system_code(EACCES) &&
               thrown_by([&] { out.commit(); });
    }));
    CHECK(allow(0755));
    CHECK(content_of(place.file()) == "old");
    // A file that had a name could not be taken away; the next save does.
    CHECK(holds_for_a_user(place.path(), [&] {
        atomic_ofstream out(place.file());
        out << "old";
        out.commit();
        return true;
    }));
    CHECK(place.is_untouched());
}

TEST_SUITE_END();
