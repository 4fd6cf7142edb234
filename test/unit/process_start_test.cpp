#include <sluice/device/memory.hpp>
#include <sluice/device/pipe.hpp>
#include <sluice/device/process.hpp>
#include <sluice/fstream.hpp>

#include "process_children.hpp"
#include <support/descriptors.hpp>
#include <support/signals.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <iostream>
#include <string>
#include <thread>
using namespace process_tests;

TEST_SUITE_BEGIN("process");

TEST_CASE("a program that is not there is named and leaves nothing") {
    const auto before = support::open_descriptors();
    const sluice::error why =
        failure_of({"/no/such"}, {.in = channel::pipe, .out = channel::pipe, .err = channel::null});
    CHECK(why.operation() == "spawn");
    CHECK(why.path() == "/no/such");
    CHECK(why.code() == std::errc::no_such_file_or_directory);
    CHECK(std::string(why.what()) == "spawn /no/such: No such file or directory");
    CHECK(failure_of({"no-such-program"}).code() == std::errc::no_such_file_or_directory);
    CHECK(failure_of({"/"}).code() == std::errc::permission_denied);
    CHECK(failure_of({"pwd"}, {.directory = "/no/dir"}).path() == "/no/dir");
    CHECK(failure_of({"cat"}, {.in = "/no/file"}).operation() == "open");
    CHECK(failure_of({"cat"}, {.in = "/no/file"}).path() == "/no/file");
    CHECK(support::open_descriptors() == before);
    CHECK_FALSE(has_children());
}

TEST_CASE("arguments that no program can be given are refused") {
    using namespace std::string_literals;
    CHECK(failure_of({}).code() == std::errc::invalid_argument);
    CHECK(failure_of({"echo", "a\0b"s}).code() == std::errc::invalid_argument);
    CHECK(failure_of({"env"}, {.environment = {{{"A=B", "c"}}}}).code() ==
          std::errc::invalid_argument);
    CHECK(failure_of({"env"}, {.environment = {{{"A", "c\0d"s}}}}).code() ==
          std::errc::invalid_argument);
    CHECK(failure_of({"cat"}, {.out = channel::to_out}).code() == std::errc::invalid_argument);
    CHECK(failure_of({"cat"}, {.out = 9999}).code() == std::errc::bad_file_descriptor);
}

TEST_CASE("what is refused has touched no file") {
    using namespace std::string_literals;
    const temporary_directory dir;
    support::write_file(dir / "out", "kept");
    const channel out = (dir / "out").string();
    CHECK(failure_of({"env"}, {.out = out, .environment = {{{"A=B", "c"}}}}).code() ==
          std::errc::invalid_argument);
    CHECK(failure_of({"env"}, {.out = out, .err = (dir / "e").string() + "\0x"s}).code() ==
          std::errc::invalid_argument);
    CHECK(failure_of({"env"}, {.out = out, .directory = "/\0x"s}).code() ==
          std::errc::invalid_argument);
    CHECK(content_of(dir / "out") == "kept");
    CHECK_FALSE(std::filesystem::exists(dir / "e"));
    const std::string cut = (dir / "out").string() + "\0x"s;
    const sluice::error why = failure_of({"env"}, {.out = cut});
    CHECK(why.code() == std::errc::invalid_argument);
    CHECK(why.operation() == "open");
    CHECK(why.path() == cut);
    CHECK(content_of(dir / "out") == "kept");
}

TEST_CASE("a start that the system refuses leaves nothing") {
    const auto before = support::open_descriptors();
    const replaced_calls scope;
    const sluice::process_options options{.in = channel::pipe, .out = channel::pipe};
    SUBCASE("no process") {
        replaced_calls::calls().spawn = [](pid_t*, const char*, const posix_spawn_file_actions_t*,
                                           const posix_spawnattr_t*, char* const*,
                                           char* const*) { return EAGAIN; };
        CHECK(failure_of({"cat"}, options).code() == std::errc::resource_unavailable_try_again);
    }
    SUBCASE("no pipe") {
        static int pipes = 0;
        pipes = 0;
        replaced_calls::calls().pipe = [](int* ends) {
            return ++pipes == 2 ? (errno = EMFILE, -1) : ::pipe(ends);
        };
        CHECK(failure_of({"cat"}, options).code() == std::errc::too_many_files_open);
    }
    SUBCASE("no copy of a standard descriptor") {
        replaced_calls::calls().duplicate = [](int) { return errno = EMFILE, -1; };
        CHECK(failure_of({"cat"}, {.out = 2}).code() == std::errc::too_many_files_open);
    }
    CHECK(support::open_descriptors() == before);
}

TEST_CASE("each channel leads where it says") {
    const temporary_directory dir;
    support::write_file(dir / "in", "from a file\n");
    {
        process child({"cat"}, {.in = dir / "in", .out = (dir / "out").string()});
        CHECK(child.wait().exited(0));
        CHECK(content_of(dir / "out") == "from a file\n");
    }
    {
        process child({"cat"}, {.in = channel::null, .out = channel::pipe});
        CHECK(child.out().read().empty());
    }
    {
        process child({"sh", "-c", "echo a; echo b >&2; echo c"},
                      {.out = channel::pipe, .err = channel::to_out});
        CHECK(child.communicate().out == "a\nb\nc\n");
    }
    {
        process child({"sh", "-c", "echo a; echo b >&2"},
                      {.out = channel::null, .err = channel::pipe});
        const auto [out, err] = child.communicate();
        CHECK(out.empty());
        CHECK(err == "b\n");
    }
    {
        auto [in, out] = sluice::pipe();
        process child({"echo", "through a lent descriptor"}, {.out = out.fileno()});
        CHECK(child.wait().exited(0));
        CHECK(in.readline() == "through a lent descriptor\n");
        CHECK(out.writable());
    }
}

TEST_CASE("a program goes on where a stream stands") {
    const temporary_directory dir;
    sluice::ofstream log(dir / "log");
    log << "first\n";
    CHECK(process({"echo", "second"}, {.out = log}).wait().exited(0));
    log << "third\n";
    log.close();
    CHECK(content_of(dir / "log") == "first\nsecond\nthird\n");

    sluice::ifstream in(dir / "log");
    std::string line;
    std::getline(in, line);
    process cat({"cat"}, {.in = in, .out = channel::pipe});
    CHECK(cat.out().read() == "second\nthird\n");

    sluice::bytes_io ram;
    CHECK_THROWS_AS(process({"true"}, {.out = ram}), sluice::error);
    CHECK_THROWS_AS(process({"true"}, {.out = std::cout}), sluice::error);
}

TEST_CASE("the standard descriptors are exchanged without a mix-up") {
    // The child's output is our errors, and its errors our output: each is in the other's way.
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        const temporary_directory dir;
        sluice::filebuf out;
        sluice::filebuf err;
        out.open(dir / "out", std::ios::out);
        err.open(dir / "err", std::ios::out);
        ::dup2(out.native_handle(), 1);
        ::dup2(err.native_handle(), 2);
        const auto before = support::open_descriptors();
        const bool ran =
            process({"sh", "-c", "echo a; echo b >&2"}, {.out = 2, .err = 1}).wait().exited(0);
        const bool good = ran && content_of(dir / "out") == "b\n" &&
                          content_of(dir / "err") == "a\n" && support::open_descriptors() == before;
        ::_exit(good ? 7 : 8);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WEXITSTATUS(status) == 7);
}

TEST_CASE("a program is started where the standard descriptors are closed") {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        for (const int standard : {0, 1, 2}) {
            ::close(standard);
        }
        process cat({"cat"}, {.in = channel::pipe, .out = channel::pipe, .err = channel::pipe});
        ::_exit(cat.communicate("text").out == "text" ? 7 : 8);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WEXITSTATUS(status) == 7);
}

TEST_CASE("a program has the directory and the environment it is given") {
    const temporary_directory dir;
    process pwd({"pwd", "-P"}, {.out = channel::pipe, .directory = dir / "."});
    const std::string where = std::filesystem::canonical(dir / ".").string();
    CHECK(pwd.communicate().out == where + '\n');

    process env({"env"}, {.out = channel::pipe, .environment = {{{"A", "b=c"}, {"D", ""}}}});
    CHECK(env.communicate().out == "A=b=c\nD=\n");

    auto more = sluice::environment();
    more["SLUICE_TEST"] = "x y";
    process echo({"sh", "-c", "echo \"$SLUICE_TEST\""},
                 {.out = channel::pipe, .environment = more});
    CHECK(echo.communicate().out == "x y\n");

    process own({"sh", "-c", "echo \"$PATH\""}, {.out = channel::pipe});
    CHECK(own.communicate().out == sluice::environment()["PATH"] + '\n');
}

TEST_CASE("an argument is passed as it is") {
    const std::string odd = "a b\t'\"$HOME`ls`\\*\n;&|";
    process child({"printf", "%s", odd, ""}, {.out = channel::pipe});
    CHECK(child.communicate().out == odd);
}

TEST_CASE("a program does not inherit what this thread blocks or ignores") {
    const support::blocked_signal blocked(SIGTERM);
    const auto before = std::signal(SIGPIPE, SIG_IGN);
    process child = waiting_child();
    child.terminate();
    CHECK(child.wait().signaled(SIGTERM));
    process yes({"yes"}, {.out = channel::pipe});
    CHECK(yes.out().readline() == "y\n");
    yes.out().close();
    CHECK(yes.wait().signaled(SIGPIPE));
    std::signal(SIGPIPE, before);
}

TEST_CASE("a program does not inherit descriptors and none is left open here") {
    const auto list = [] {
        process ls({"ls", "/proc/self/fd"}, {.out = channel::pipe});
        return ls.communicate().out;
    };
    const std::string inherited = list();
    const auto before = support::open_descriptors();
    {
        const temporary_directory dir;
        const auto ends = sluice::pipe();
        const sluice::ofstream file(dir / "file");
        process cat({"cat"}, {.in = channel::pipe, .out = channel::pipe, .err = channel::pipe});
        CHECK(list() == inherited);
        CHECK(cat.communicate("x").out == "x");
    }
    CHECK(support::open_descriptors() == before);
}

TEST_CASE("programs are started by several threads at once") {
    const auto before = support::open_descriptors();
    const auto work = [](int& good) {
        for (int i = 0; i < 25; ++i) {
            process cat({"cat"}, {.in = channel::pipe, .out = channel::pipe});
            good += cat.communicate("x").out == "x" ? 1 : 0;
            good += failure_of({"/no/such"}, {.in = channel::pipe}) ? 1 : 0;
        }
    };
    int first = 0;
    int second = 0;
    std::thread one(work, std::ref(first));
    std::thread two(work, std::ref(second));
    one.join();
    two.join();
    CHECK(first + second == 100);
    CHECK(support::open_descriptors() == before);
    CHECK_FALSE(has_children());
}

TEST_SUITE_END();
