#include <sluice/device/pipe.hpp>
#include <sluice/fstream.hpp>

#include <conformance/transfer.hpp>
#include <support/signals.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <memory>
#include <string>
#include <thread>
#include <utility>

namespace {

using ios = std::ios_base;
using conformance::sample;
using support::replaced_calls;

// What a write says whose reader has gone.
std::error_code code_of_write(sluice::stream& out) {
    out << "x";
    out.std::ostream::flush();
    CHECK(out.bad());
    return sluice::error_of(out).code();
}

}  // namespace

TEST_SUITE_BEGIN("pipe");

TEST_CASE("what one end of a pipe is given the other gives") {
    auto [in, out] = sluice::pipe();
    out << 3 << " apples\n";
    out.close();
    int count = 0;
    std::string what;
    in >> count >> what;
    CHECK(count == 3);
    CHECK(what == "apples");
    CHECK(in.readline() == "\n");
    CHECK(in.readline().empty());
    CHECK_FALSE(bool(sluice::error_of(in)));
}

TEST_CASE("each end of a pipe can do its part and says so") {
    auto [in, out] = sluice::pipe();
    CHECK(in.readable());
    CHECK_FALSE(in.writable());
    CHECK_FALSE(out.readable());
    CHECK(out.writable());
    for (sluice::stream* end : {&in, &out}) {
        CHECK_FALSE(end->seekable());
        CHECK_THROWS_AS(static_cast<void>(end->tell()), sluice::error);
        CHECK(sluice::error_of(*end).code() == sluice::errc::not_seekable);
        CHECK((::fcntl(end->fileno(), F_GETFD) & FD_CLOEXEC) != 0);
    }
}

TEST_CASE("more than a pipe holds goes through it in order") {
    const std::string text = sample(5'000'000);
    auto [in, out] = sluice::pipe();
    std::thread writer([&text, to = std::move(out)]() mutable {
        for (std::size_t done = 0; done < text.size(); done += 777) {
            to << std::string_view(text).substr(done, 777);
        }
        to.close();
    });
    const std::string got = in.read();
    writer.join();
    CHECK(got == text);
}

TEST_CASE("a reader that has gone is an error of the write and no signal") {
    const support::counted_signal sigpipe(SIGPIPE);
    auto [in, out] = sluice::pipe();
    in.close();
    CHECK(code_of_write(out) == std::errc::broken_pipe);
    const sluice::error why = sluice::error_of(out);
    CHECK(std::string(why.what()) == "write: Broken pipe");
    CHECK_THROWS_AS(out.close(), sluice::error);
    CHECK(sigpipe.count() == 0);
    CHECK_FALSE(support::is_blocked(SIGPIPE));
    CHECK_FALSE(support::is_pending(SIGPIPE));
}

TEST_CASE("a reader that goes amid a large write is an error and no signal") {
    const support::counted_signal sigpipe(SIGPIPE);
    auto [in, out] = sluice::pipe();
    const std::string text = sample(1'000'000);
    std::thread reader([from = std::move(in)]() mutable {
        CHECK(from.read(100).size() == 100);  // the write waits in the pipe by now
        from.close();
    });
    const auto taken = out.rdbuf()->sputn(text.data(), std::streamsize(text.size()));
    reader.join();
    CHECK(taken < std::streamsize(text.size()));
    CHECK(out.bad());
    CHECK(sluice::error_of(out).code() == std::errc::broken_pipe);
    CHECK(sigpipe.count() == 0);
    CHECK_FALSE(support::is_pending(SIGPIPE));
}

TEST_CASE("a program that leaves the signal alone outlives its reader") {
    const pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) {
        std::signal(SIGPIPE, SIG_DFL);
        auto [in, out] = sluice::pipe();
        in.close();
        out << "x";
        out.std::ostream::flush();
        ::_exit(sluice::error_of(out).code() == std::errc::broken_pipe ? 7 : 8);
    }
    int status = 0;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == 7);
}

TEST_CASE("a signal that was pending before a write stays so") {
    const support::counted_signal sigpipe(SIGPIPE);
    {
        const support::blocked_signal blocked(SIGPIPE);
        auto [in, out] = sluice::pipe();
        in.close();
        CHECK(code_of_write(out) == std::errc::broken_pipe);
        CHECK_FALSE(support::is_pending(SIGPIPE));  // ours is taken away
        CHECK(support::is_blocked(SIGPIPE));
        ::pthread_kill(::pthread_self(), SIGPIPE);
        out.clear();
        CHECK(code_of_write(out) == std::errc::broken_pipe);
        CHECK(support::is_pending(SIGPIPE));  // somebody else's is not
    }
    CHECK(sigpipe.count() == 1);
}

TEST_CASE("every file that is a pipe or a socket is free of the signal") {
    const support::counted_signal sigpipe(SIGPIPE);
    const support::temporary_directory dir;
    SUBCASE("a FIFO opened by its path") {
        const std::string path = (dir / "fifo").string();
        REQUIRE(::mkfifo(path.c_str(), 0600) == 0);
        const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
        sluice::ofstream out(path);
        ::close(reader);
        out << "x" << std::flush;
        CHECK(sluice::error_of(out).code() == std::errc::broken_pipe);
        CHECK(sluice::error_of(out).path() == path);
    }
    SUBCASE("a descriptor that is a pipe") {
        auto [in, out] = sluice::pipe();
        sluice::filebuf lent(out.fileno(), ios::out);
        in.close();
        CHECK(lent.sputc('x') == 'x');
        CHECK(lent.pubsync() == -1);
        CHECK(lent.reason().code() == std::errc::broken_pipe);
    }
    SUBCASE("a descriptor that is a socket") {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
        ::close(ends[0]);
        sluice::filebuf taken(ends[1], ios::in | ios::out, sluice::ownership::owned);
        CHECK(taken.sputc('x') == 'x');
        CHECK(taken.pubsync() == -1);
        CHECK(taken.reason().code() == std::errc::broken_pipe);
    }
    SUBCASE("a pipe of wide characters") {
        auto [in, out] = sluice::pipe();
        sluice::wfilebuf lent(out.fileno(), ios::out);
        in.close();
        CHECK(lent.sputc(L'x') == L'x');
        CHECK(lent.pubsync() == -1);
        CHECK(lent.reason().code() == std::errc::broken_pipe);
    }
    CHECK(sigpipe.count() == 0);
}

TEST_CASE("a file on disk is looked at once and its writes pay nothing") {
    static int looks = 0;
    static int writes = 0;
    looks = writes = 0;
    const support::temporary_directory dir;
    const replaced_calls scope;
    replaced_calls::calls().fstat = [](int file, struct stat* status) {
        ++looks;
        return ::fstat(file, status);
    };
    replaced_calls::calls().write = [](int file, const void* source, std::size_t size) {
        ++writes;
        CHECK_FALSE(support::is_blocked(SIGPIPE));
        return ::write(file, source, size);
    };
    sluice::ofstream out(dir / "file");
    for (int i = 0; i < 5; ++i) {
        out << i << std::flush;
    }
    CHECK(writes == 5);
    CHECK(looks == 1);
}

TEST_CASE("a signal that interrupts a blocked read is not seen by the reader") {
    const support::counted_signal interruption(SIGUSR1);
    static std::atomic<int> interrupted = 0;
    interrupted = 0;
    const replaced_calls scope;
    replaced_calls::calls().read = [](int file, void* target, std::size_t size) {
        const ssize_t count = ::read(file, target, size);
        interrupted += count < 0 && errno == EINTR ? 1 : 0;
        return count;
    };
    auto [in, out] = sluice::pipe();
    std::string got;
    std::thread reader([&got, &from = in] { got = from.readline(); });
    while (interrupted < 20) {
        ::pthread_kill(reader.native_handle(), SIGUSR1);
        std::this_thread::yield();
    }
    out.write("line\n");
    out.flush();
    reader.join();
    CHECK(got == "line\n");
    CHECK_FALSE(bool(sluice::error_of(in)));
}

TEST_CASE("a pipe that would block says so and goes on later") {
    auto [in, out] = sluice::pipe();
    REQUIRE(::fcntl(in.fileno(), F_SETFL, O_NONBLOCK) == 0);
    std::string word;
    in >> std::noskipws >> word;  // libc++ lets out what is thrown while blanks are skipped
    CHECK(in.bad());
    CHECK_FALSE(in.eof());
    CHECK(sluice::error_of(in).code() == sluice::errc::would_block);
    in.clear();
    out << "now " << std::flush;
    in >> word;
    CHECK(in.good());
    CHECK(word == "now");
}

TEST_CASE("a pipe that cannot be made throws why and leaves nothing open") {
    const replaced_calls scope;
    SUBCASE("no descriptor is left") {
        replaced_calls::calls().pipe = [](int*) { return errno = EMFILE, -1; };
        CHECK_THROWS_WITH_AS(static_cast<void>(sluice::pipe()), "pipe: Too many open files",
                             sluice::error);
    }
    SUBCASE("an end cannot be used") {
        static int closed = 0;
        closed = 0;
        replaced_calls::calls().status_flags = [](int) { return errno = EIO, -1; };
        replaced_calls::calls().close = [](int file) { return ++closed, ::close(file); };
        CHECK_THROWS_AS(static_cast<void>(sluice::pipe()), sluice::error);
        CHECK(closed == 2);
    }
}

TEST_SUITE_END();
