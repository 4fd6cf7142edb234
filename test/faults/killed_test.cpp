// What is left of what a program wrote that is killed in the midst of it. Atomic saves: the random
// kills of atomic_killed_test.

#include <sluice/device/mapped.hpp>
#include <sluice/device/pipe.hpp>
#include <sluice/device/spooled.hpp>
#include <sluice/device/temporary.hpp>
#include <sluice/fstream.hpp>

#include <support/forked.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <string>

namespace {

using support::content_of;

void write_and_die(sluice::stream& out) {
    out << "flushed" << std::flush << "pending";
    std::raise(SIGKILL);
}

/// Whether a child was killed in `call`.
template <class Call>
bool is_killed_in(Call call) {
    std::cout.flush();
    std::fflush(nullptr);
    const pid_t child = ::fork();
    if (child == 0) {
        try {
            call();
        } catch (const std::exception&) {
            // and was not killed
        }
        support::forked::leave(1);
    }
    int status = 0;
    return ::waitpid(child, &status, 0) == child && WIFSIGNALED(status) &&
           WTERMSIG(status) == SIGKILL;
}

}  // namespace

TEST_SUITE_BEGIN("killed");

TEST_CASE("of a file there is what was flushed") {
    const support::temporary_directory directory;
    const std::filesystem::path path = directory / "file";
    CHECK(is_killed_in([&] {
        sluice::ofstream out(path);
        out << "flushed" << std::flush << "pending";
        std::raise(SIGKILL);
    }));
    CHECK(content_of(path) == "flushed");
}

TEST_CASE("of a shared mapping there is what was written") {
    const support::temporary_directory directory;
    const std::filesystem::path path = directory / "file";
    support::write_file(path, "0123456789");
    CHECK(is_killed_in([&] {
        sluice::mapped_file out(path, sluice::map_access::shared);
        out << "new";
        std::raise(SIGKILL);
    }));
    CHECK(content_of(path) == "new3456789");
}

TEST_CASE("nothing is left of what is temporary, but what has a name") {
    const support::temporary_directory directory;
    const auto is_empty = [&] { return std::filesystem::is_empty(directory / ""); };
    CHECK(is_killed_in([&] {
        sluice::temporary_file out(directory / "");
        write_and_die(out);
    }));
    CHECK(is_empty());
    CHECK(is_killed_in([&] {
        sluice::spooled_file out(3, directory / "");
        write_and_die(out);
    }));
    CHECK(is_empty());
    CHECK(is_killed_in([&] {
        sluice::named_temporary_file out({.directory = directory / ""});
        write_and_die(out);
    }));
    REQUIRE_FALSE(is_empty());
    CHECK(content_of(std::filesystem::directory_iterator(directory / "")->path()) == "flushed");
}

TEST_CASE("the other end of a pipe reads what was flushed, and then the end") {
    auto ends = sluice::pipe();
    CHECK(is_killed_in([&] { write_and_die(ends.writer); }));
    ends.writer.close();
    CHECK(ends.reader.read() == "flushed");
    CHECK_FALSE(ends.reader.bad());
}

TEST_SUITE_END();
