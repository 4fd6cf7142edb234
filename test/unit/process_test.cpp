#include <sluice/device/memory.hpp>
#include <sluice/device/pipe.hpp>
#include <sluice/device/process.hpp>
#include <sluice/fstream.hpp>

#include <conformance/transfer.hpp>
#include <support/descriptors.hpp>
#include <support/signals.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

namespace {

using namespace std::chrono_literals;
using conformance::sample;
using sluice::channel;
using sluice::process;
using support::content_of;
using support::replaced_calls;
using support::temporary_directory;

// A child that runs until it is told to end: it reads, and nothing comes.
process waiting_child() {
    return process({"cat"}, {.in = channel::pipe, .out = channel::null});
}

bool has_children() {
    return !(::waitpid(-1, nullptr, WNOHANG) == -1 && errno == ECHILD);
}

// What a start throws.
sluice::error failure_of(const std::vector<std::string>& arguments,
                         const sluice::process_options& options = {}) {
    try {
        const process child(arguments, options);
    } catch (const sluice::error& why) {
        return why;
    }
    return {};
}

}  // namespace

TEST_SUITE_BEGIN("process");

TEST_CASE("a program reads what it is given and gives what it writes") {
    process sort({"sort", "-r"}, {.in = channel::pipe, .out = channel::pipe});
    sort.in() << "apple\npear\n";
    sort.close_in();
    CHECK(sort.out().readline() == "pear\n");
    std::string word;
    sort.out() >> word;
    CHECK(word == "apple");
    CHECK(sort.out().read() == "\n");
    CHECK(sort.wait().exited(0));
    CHECK(sort.wait().exited(0));  // and says so again
    CHECK(sort.poll() == sort.wait());
    CHECK_FALSE(has_children());
}

TEST_CASE("a program answers line by line") {
    process cat({"cat"}, {.in = channel::pipe, .out = channel::pipe});
    for (int i = 0; i < 100; ++i) {
        cat.in() << "question " << i << std::endl;
        CHECK(cat.out().readline() == "question " + std::to_string(i) + '\n');
    }
    CHECK(cat.wait().exited(0));
}

TEST_CASE("the streams of a program cannot seek and only those of pipes are open") {
    process cat({"cat"}, {.in = channel::pipe, .out = channel::null});
    CHECK(cat.in().writable());
    CHECK_FALSE(cat.in().readable());
    CHECK_FALSE(cat.in().seekable());
    CHECK_THROWS_AS(static_cast<void>(cat.in().tell()), sluice::error);
    CHECK(sluice::error_of(cat.in()).code() == sluice::errc::not_seekable);
    CHECK(cat.out().closed());
    CHECK(cat.err().closed());
}

TEST_CASE("the stream of a channel that is no pipe says what it lacks") {
    process child({"true"});
    const char* const why = "read: not a pipe: pass channel::pipe: The device is closed";
    CHECK_THROWS_WITH_AS(static_cast<void>(child.out().read()), why, sluice::error);
    std::string word;
    child.out() >> word;
    CHECK(child.out().bad());
    CHECK(std::string(sluice::error_of(child.out()).what()) == why);
    child.in() << "x";
    CHECK(child.in().bad());
    CHECK(sluice::error_of(child.in()).code() == sluice::errc::closed);
    CHECK(sluice::error_of(child.in()).detail() == "not a pipe: pass channel::pipe");
    CHECK(child.wait().exited(0));
}

TEST_CASE("an exit code or a signal is told apart") {
    process three({"sh", "-c", "exit 3"});
    const sluice::exit_status code = three.wait();
    CHECK(code.exited());
    CHECK(code.exited(3));
    CHECK_FALSE(code.exited(0));
    CHECK_FALSE(code.signaled());
    CHECK_FALSE(code.signaled(3));
    CHECK(code.code() == 3);

    process killed({"sh", "-c", "kill -9 $$"});
    const sluice::exit_status signal = killed.wait();
    CHECK(signal.signaled());
    CHECK(signal.signaled(SIGKILL));
    CHECK_FALSE(signal.exited());
    CHECK_FALSE(signal.exited(9));
    CHECK(signal.code() == -9);
}

TEST_CASE("more than the pipes hold is fed and drained at once") {
    const std::string text = sample(8'000'000);
    process cat({"cat"}, {.in = channel::pipe, .out = channel::pipe});
    const auto [out, err] = cat.communicate(text);
    CHECK(out == text);
    CHECK(err.empty());
    CHECK(cat.poll()->exited(0));
}

TEST_CASE("both outputs are drained at once") {
    // Each more than a pipe holds, the errors first.
    process child({"sh", "-c", "head -c 300000 /dev/zero >&2; cat; head -c 300000 /dev/zero >&2"},
                  {.in = channel::pipe, .out = channel::pipe, .err = channel::pipe});
    const std::string text = sample(300'000);
    const auto [out, err] = child.communicate(text);
    CHECK(out == text);
    CHECK(err == std::string(600'000, '\0'));
}

TEST_CASE("what a program was given and what it was asked before it communicates is not lost") {
    process cat({"cat"}, {.in = channel::pipe, .out = channel::pipe});
    cat.in() << "one\ntwo\n" << std::flush;
    CHECK(cat.out().readline() == "one\n");
    cat.in() << "three\n";
    CHECK(cat.communicate("four\n").out == "two\nthree\nfour\n");
}

TEST_CASE("a program that does not read its input is no error of communicate") {
    const support::counted_signal sigpipe(SIGPIPE);
    process child({"sh", "-c", "exec <&-; echo done"}, {.in = channel::pipe, .out = channel::pipe});
    CHECK(child.communicate(sample(1'000'000)).out == "done\n");
    CHECK(child.wait().exited(0));
    CHECK(sigpipe.count() == 0);
}

TEST_CASE("a program without a pipe to it cannot be given input") {
    process child({"true"});
    CHECK_THROWS_AS(child.communicate("text"), sluice::error);
    CHECK(child.communicate().out.empty());
}

TEST_CASE("two threads feed and drain a program") {
    const std::string text = sample(16'000'000);
    process cat({"cat"}, {.in = channel::pipe, .out = channel::pipe});
    std::thread feeder([&] {
        for (std::size_t done = 0; done < text.size(); done += 1000) {
            cat.in() << std::string_view(text).substr(done, 1000);
        }
        cat.close_in();
    });
    const std::string got = cat.out().read();
    feeder.join();
    CHECK(got == text);
    CHECK(cat.wait().exited(0));
}

TEST_CASE("programs are joined by a pipe") {
    const std::string text = sample(3'000'000);
    process gzip({"gzip"}, {.in = channel::pipe, .out = channel::pipe});
    process gunzip({"gunzip"}, {.in = gzip.out(), .out = channel::pipe});
    gzip.out().close();  // the other program has it now
    std::thread feeder([&] {
        gzip.in() << text;
        gzip.close_in();
    });
    const std::string got = gunzip.out().read();
    feeder.join();
    CHECK(got == text);
    CHECK(gzip.wait().exited(0));
    CHECK(gunzip.wait().exited(0));
}

TEST_CASE("a program that dies while it is read ends the content and tells why when waited for") {
    process child({"sh", "-c", "echo half; kill -9 $$; echo never"}, {.out = channel::pipe});
    CHECK(child.out().read() == "half\n");
    CHECK(child.wait().signaled(SIGKILL));
}

TEST_CASE("a write to a program that has died is an error and no signal") {
    const support::counted_signal sigpipe(SIGPIPE);
    process child({"sh", "-c", "read line; exit 3"}, {.in = channel::pipe, .out = channel::pipe});
    child.in() << "line" << std::endl;
    CHECK(child.out().read().empty());  // it has ended: nobody holds the pipe to it
    child.in() << sample(1'000'000);
    CHECK(child.in().bad());
    CHECK(sluice::error_of(child.in()).code() == std::errc::broken_pipe);
    CHECK(child.wait().exited(3));
    CHECK(sluice::error_of(child.in()).code() == std::errc::broken_pipe);
    CHECK(sigpipe.count() == 0);
}

TEST_CASE("a program is killed while its reader waits") {
    process child({"sh", "-c", "echo ready; exec cat"},
                  {.in = channel::pipe, .out = channel::pipe});
    CHECK(child.out().readline() == "ready\n");
    std::thread killer([&] { child.kill(); });
    CHECK(child.out().readline().empty());
    killer.join();
    CHECK(child.wait().signaled(SIGKILL));
}

TEST_CASE("a program that runs has no status yet") {
    process child = waiting_child();
    CHECK_FALSE(child.poll().has_value());
    CHECK(child.in().writable());  // poll() closes nothing
    child.terminate();
    CHECK(child.wait().signaled(SIGTERM));
    child.terminate();  // does nothing to what has ended
    child.kill();
}

TEST_CASE("a wait ends with its limit or with the program") {
    process child({"sleep", "600"});
    const auto begin = std::chrono::steady_clock::now();
    CHECK_FALSE(child.wait_for(30ms).has_value());
    CHECK(std::chrono::steady_clock::now() - begin >= 30ms);
    child.kill();
    REQUIRE(child.wait_for(std::chrono::hours(24 * 365 * 1000)).has_value());
    CHECK(child.wait().signaled(SIGKILL));
    CHECK(std::chrono::steady_clock::now() - begin < 60s);
}

TEST_CASE("a wait with a limit needs nothing of a recent kernel") {
    const replaced_calls scope;
    replaced_calls::calls().pidfd_open = [](pid_t) { return errno = ENOSYS, -1; };
    process child({"sleep", "600"});
    CHECK_FALSE(child.wait_for(20ms).has_value());
    child.kill();
    REQUIRE(child.wait_for(60s).has_value());
    CHECK(child.wait().signaled(SIGKILL));
}

TEST_CASE("a signal that interrupts a wait is not seen") {
    const support::counted_signal interruption(SIGUSR1);
    static std::atomic<int> interrupted = 0;
    const replaced_calls scope;
    replaced_calls::calls().waitpid = [](pid_t child, int* status, int options) {
        const pid_t found = ::waitpid(child, status, options);
        interrupted += found < 0 && errno == EINTR ? 1 : 0;
        return found;
    };
    replaced_calls::calls().poll = [](struct pollfd* files, nfds_t count, int milliseconds) {
        const int ready = ::poll(files, count, milliseconds);
        interrupted += ready < 0 && errno == EINTR ? 1 : 0;
        return ready;
    };
    for (const bool limited : {false, true}) {
        CAPTURE(limited);
        process child({"sleep", "600"});
        std::optional<sluice::exit_status> status;
        interrupted = 0;
        std::thread waiter([&] { status = limited ? child.wait_for(1h) : child.wait(); });
        while (interrupted < 20) {
            ::pthread_kill(waiter.native_handle(), SIGUSR1);
            std::this_thread::yield();
        }
        ::kill(child.id(), SIGTERM);
        waiter.join();
        CHECK(status->signaled(SIGTERM));
    }
}

TEST_CASE("the end of a process object is the end of its program") {
    pid_t id = 0;
    {
        process child = waiting_child();
        id = child.id();
        CHECK(::kill(id, 0) == 0);
    }
    CHECK(::kill(id, 0) == -1);
    CHECK_FALSE(has_children());
    {
        // Waits for a reader of what it writes, and would not see the end of its input.
        process child({"cat"}, {.in = channel::pipe, .out = channel::pipe});
        std::thread([&] { child.in() << sample(100'000) << std::flush; }).join();
    }
    CHECK_FALSE(has_children());
}

TEST_CASE("a process is moved with its streams") {
    process first({"cat"}, {.in = channel::pipe, .out = channel::pipe});
    sluice::stream& in = first.in();
    in << "one ";
    process second(std::move(first));
    in << "two\n";
    CHECK(second.communicate().out == "one two\n");
    process third = waiting_child();
    const pid_t replaced = third.id();
    third = std::move(second);
    CHECK(::kill(replaced, 0) == -1);
    CHECK(third.wait().exited(0));
}

TEST_CASE("an assignment that would lose what was written to a program throws") {
    process first({"sh", "-c", "exec <&-; echo closed"},
                  {.in = channel::pipe, .out = channel::pipe});
    CHECK(first.out().readline() == "closed\n");
    first.in() << "lost";
    process second = waiting_child();
    CHECK_THROWS_AS(first = std::move(second), sluice::error);
    CHECK(sluice::error_of(first.in()).code() == std::errc::broken_pipe);
    CHECK(first.wait().exited(0));
    CHECK(second.in().writable());  // NOLINT(bugprone-use-after-move): not moved, then
    first = std::move(second);
    CHECK(first.in().writable());
}

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

TEST_CASE("calls that fail on a running program say so and it can still be ended") {
    const auto before = support::open_descriptors();
    {
        process child({"sleep", "600"});
        const auto refused = [&](auto call) {
            try {
                call();
            } catch (const sluice::error& why) {
                return why;
            }
            return sluice::error();
        };
        SUBCASE("kill") {
            const replaced_calls scope;
            replaced_calls::calls().kill = [](pid_t, int) { return errno = EPERM, -1; };
            for (const auto& why :
                 {refused([&] { child.terminate(); }), refused([&] { child.kill(); }),
                  refused([&] { child.send_signal(SIGUSR1); })}) {
                CHECK(why.code() == std::errc::operation_not_permitted);
                CHECK(why.operation() == "kill");
                CHECK(why.path() == "sleep");
            }
        }
        SUBCASE("no signal's number") {
            CHECK(refused([&] { child.send_signal(9999); }).code() == std::errc::invalid_argument);
        }
        SUBCASE("poll") {
            static int polls = 0;
            polls = 0;
            const replaced_calls scope;
            replaced_calls::calls().poll = [](struct pollfd*, nfds_t, int) {
                return ++polls, errno = ENOMEM, -1;
            };
            for (const bool old_kernel : {false, true}) {
                if (old_kernel) {
                    replaced_calls::calls().pidfd_open = [](pid_t) { return errno = ENOSYS, -1; };
                }
                const auto why = refused([&] { static_cast<void>(child.wait_for(20ms)); });
                CHECK(why.code() == std::errc::not_enough_memory);
                CHECK(why.operation() == "wait");
                CHECK(polls == (old_kernel ? 2 : 1));
                CHECK_FALSE(child.poll().has_value());  // and it is not lost
            }
        }
        child.kill();
        CHECK(child.wait().signaled(SIGKILL));
    }
    CHECK(support::open_descriptors() == before);
    CHECK_FALSE(has_children());
}

TEST_CASE("a wait that fails says so") {
    process child = waiting_child();
    const pid_t id = child.id();
    {
        const replaced_calls scope;
        replaced_calls::calls().waitpid = [](pid_t, int*, int) -> pid_t {
            return errno = ECHILD, -1;
        };
        CHECK_THROWS_WITH_AS(static_cast<void>(child.poll()), "wait cat: No child processes",
                             sluice::error);
    }
    CHECK_THROWS_AS(child.wait(), sluice::error);  // and says so again
    CHECK(::waitpid(id, nullptr, 0) == id);
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
        process swapped({"sh", "-c", "echo a; echo b >&2"}, {.out = 2, .err = 1});
        const bool good = swapped.wait().exited(0) && content_of(dir / "out") == "b\n" &&
                          content_of(dir / "err") == "a\n";
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

TEST_CASE("where nobody can tell how a program ended the wait says so") {
    const auto before = std::signal(SIGCHLD, SIG_IGN);
    {
        process child({"true"});
        CHECK_THROWS_AS(child.wait(), sluice::error);
        CHECK_THROWS_AS(child.poll(), sluice::error);
        child.kill();
    }
    std::signal(SIGCHLD, before);
}

TEST_SUITE_END();
