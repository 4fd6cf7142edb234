#include <sluice/device/pipe.hpp>
#include <sluice/device/process.hpp>

#include <conformance/transfer.hpp>
#include <support/descriptors.hpp>
#include <support/signals.hpp>
#include <support/system_calls.hpp>

#include <doctest/doctest.h>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <string>
#include <string_view>
#include <thread>
#include <unit/process_children.hpp>
#include <utility>

using namespace process_tests;

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
    child.out() >> std::noskipws >> word;  // while blanks are skipped, libc++ lets it out
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
        SUBCASE("whether it runs") {
            const replaced_calls scope;
            replaced_calls::calls().waitpid = [](pid_t, int*, int) { return errno = EIO, -1; };
            const auto why = refused([&] { child.kill(); });
            CHECK(why.code() == std::errc::io_error);
            CHECK(why.operation() == "kill");
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
