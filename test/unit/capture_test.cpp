#include <sluice/device/process.hpp>
#include <sluice/sstream.hpp>
#include <sluice/testing/capture.hpp>
#include <sluice/testing/doctest.hpp>

#include <support/descriptors.hpp>
#include <support/errors.hpp>
#include <support/forked.hpp>
#include <support/limits.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>
#include <support/throwing_buf.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

using sluice::testing::capture;
using sluice::testing::capture_options;
using sluice::testing::capture_stream;
using sluice::testing::uncaptured;
using support::system_code;
using support::thrown_by;

namespace {

// Past all buffers.
void write_to(int descriptor, std::string_view text) {
    if (::write(descriptor, text.data(), text.size()) != ssize_t(text.size())) {
        throw std::runtime_error("not written");
    }
}

// A shell, whose outputs are this process's.
void run(const char* command) {
    if (std::system(command) != 0) {
        throw std::runtime_error(command);
    }
}

// What a descriptor is, by its number in the file system.
ino_t inode_of(int file) {
    struct stat found {};
    return ::fstat(file, &found) == 0 ? found.st_ino : 0;
}
ino_t output_now() {
    return inode_of(1);
}

}  // namespace

TEST_SUITE_BEGIN("capture");

TEST_CASE("what anybody prints to standard output is captured") {
    capture printed;
    std::cout << "cout ";
    std::printf("printf ");
    std::fflush(stdout);
    write_to(1, "write ");
    run("printf child");
    CHECK(printed.out() == "cout printf write child");
    CHECK(printed.err().empty());
    CHECK(printed.str() == "cout printf write child");
}

TEST_CASE("what anybody prints to standard error output is captured apart") {
    capture printed;
    std::cerr << "cerr ";
    std::clog << "clog ";
    std::fputs("stderr ", stderr);
    run("printf child >&2");
    std::cout << "out";
    CHECK(printed.err() == "cerr clog stderr child");
    CHECK(printed.out() == "out");
    CHECK(printed.str() == "outcerr clog stderr child");
}

TEST_CASE("interleaved outputs are in order") {
    capture printed({.interleaved = true});
    std::cout << "1 " << std::flush;
    std::cerr << "2 ";
    std::cout << "3 " << std::flush;
    run("printf '4 ' >&2; printf '5 '");
    std::fputs("6", stderr);
    CHECK(printed.str() == "1 2 3 4 5 6");
    CHECK(thrown_by([&] { static_cast<void>(printed.out()); }).code() == sluice::errc::unsupported);
    CHECK(thrown_by([&] { static_cast<void>(printed.err()); }).code() == sluice::errc::unsupported);
}

TEST_CASE("a capture puts the outputs back") {
    const ino_t before = output_now();
    const auto open = support::open_descriptors();
    {
        const capture printed;
        CHECK(output_now() != before);
    }
    CHECK(output_now() == before);
    CHECK(support::open_descriptors() == open);
    try {
        const capture printed;
        throw std::runtime_error("left");
    } catch (const std::runtime_error&) {
    }
    CHECK(output_now() == before);
    CHECK(support::open_descriptors() == open);
}

TEST_CASE("what is captured can be read on when the capture has stopped") {
    capture outer;
    capture printed;
    CHECK(printed.is_active());
    std::cout << "in";
    printed.stop();
    CHECK_FALSE(printed.is_active());
    std::cout << "after";
    CHECK(printed.out() == "in");
    printed.stop();
    CHECK(printed.out() == "in");
    CHECK(outer.out() == "after");
}

TEST_CASE("what waits in a buffer is on its own side of where a capture begins and ends") {
    capture outer;
    std::printf("before ");
    std::cout << "and ";
    {
        capture inner;
        std::printf("inside ");
        std::cout << "too";
        inner.stop();
        CHECK(inner.out() == "inside too");
    }
    std::printf("after");
    CHECK(outer.out() == "before and after");
}

TEST_CASE("captures that nest may end in any order") {
    const ino_t before = output_now();
    auto first = std::make_unique<capture>();
    std::cout << "1";
    auto second = std::make_unique<capture>();
    std::cout << "2";
    first->stop();
    std::cout << "3";
    CHECK(first->out() == "1");
    CHECK(second->out() == "23");
    second->stop();
    CHECK(output_now() == before);
    CHECK(second->out() == "23");
}

TEST_CASE("take gives what came since, and reset forgets it") {
    capture printed;
    std::cout << "one";
    std::cerr << "!";
    CHECK(printed.take() == "one!");
    std::cout << "two";
    CHECK(printed.out() == "two");
    CHECK(printed.err().empty());
    printed.reset();
    CHECK(printed.str().empty());
    std::cout << "three";
    CHECK(printed.take() == "three");

    capture both({.interleaved = true});
    std::cout << "one" << std::flush;
    std::cerr << "two";
    CHECK(both.take() == "onetwo");
    CHECK(both.take().empty());
}

TEST_CASE("what is printed after a truncation is captured") {
    capture printed;
    std::cout << "a long line\n" << std::flush;
    CHECK(printed.take() == "a long line\n");
    REQUIRE(std::system("echo b >/dev/stdout") == 0);
    CHECK(printed.out() == "b\n");
    CHECK(printed.take() == "b\n");
    std::cout << "c";
    CHECK(printed.take() == "c");
}

TEST_CASE("the lines of a capture are without their ends") {
    capture printed;
    CHECK(printed.lines().empty());
    std::cout << "one\n\ntwo";
    CHECK(printed.lines() == std::vector<std::string>{"one", "", "two"});
    std::cout << "\n";
    CHECK(printed.lines() == std::vector<std::string>{"one", "", "two"});
}

TEST_CASE("a capture that is shown prints to where it would have gone") {
    capture outer;
    {
        capture inner({.shown = true});
        std::cout << "out";
        std::cerr << "err";
        CHECK(inner.take() == "outerr");  // which makes no difference to what is shown
        CHECK(outer.out().empty());
    }
    CHECK(outer.out() == "out");
    CHECK(outer.err() == "err");
    outer.reset();
    {
        const capture inner({.interleaved = true, .shown = true});
        std::cerr << "1";
        std::cout << "2" << std::flush;
    }
    CHECK(outer.out() == "12");
    CHECK(outer.err().empty());
}

TEST_CASE("a capture that is shown and ends inside of another is shown outside") {
    capture outer;
    std::optional<capture> first(std::in_place, capture_options{.shown = true});
    std::cout << "1";
    capture second;
    first.reset();
    CHECK(outer.out() == "1");
    CHECK(second.out().empty());
}

TEST_CASE("what cannot be shown is said, and the outputs are put back") {
    support::forked::check([] {
        const int full = ::open("/dev/full", O_WRONLY);
        ::dup2(full, 1);
        const ino_t before = output_now();
        capture printed({.shown = true});
        std::cout << "lost?";
        const sluice::error failed = thrown_by([&] { printed.stop(); });
        return failed.code() == system_code(ENOSPC) && failed.operation() == "capture" &&
               printed.out() == "lost?" && output_now() == before;
    });
}

TEST_CASE("descriptors that were closed are captured, and closed at the end") {
    support::forked::check([] {
        ::close(0);
        ::close(1);
        ::close(2);
        bool captured = false;
        {
            capture printed;
            write_to(1, "out");
            write_to(2, "err");
            captured = printed.out() == "out" && printed.err() == "err";
        }
        return captured && ::fcntl(0, F_GETFD) == -1 && ::fcntl(1, F_GETFD) == -1 &&
               ::fcntl(2, F_GETFD) == -1;
    });
    support::forked::check([] {
        ::close(2);
        capture printed({.shown = true});
        std::cerr << "err";
        printed.stop();
        return printed.err() == "err" && ::fcntl(2, F_GETFD) == -1;
    });
}

TEST_CASE("standard streams that are not synchronized with stdio are captured") {
    support::forked::check([] {
        std::ios_base::sync_with_stdio(false);
        capture outer;
        std::cout << "before ";
        capture inner;
        std::cout << "inside";
        std::clog << "logged";
        const bool inside = inner.out() == "inside" && inner.err() == "logged";
        std::cout << " more";
        inner.stop();
        std::cout << "after";
        return inside && inner.out() == "inside more" && outer.out() == "before after";
    });
}

TEST_CASE("a buffered stderr is captured") {
    support::forked::check([] {
        capture outer;
        std::setvbuf(stderr, nullptr, _IOFBF, 1000);
        std::fputs("before ", stderr);
        capture inner;
        std::fputs("inside", stderr);
        return inner.err() == "inside" && outer.err() == "before ";
    });
}

TEST_CASE("what cannot be put back is said, and tried again") {
    for (const int refused : {1, 2}) {
        support::forked::check([refused] {
            static int place_refused = 0;
            place_refused = refused;
            const ino_t before = inode_of(refused);
            capture printed;
            std::cout << "text";
            {
                const support::replaced_calls scope;
                support::replaced_calls::calls().duplicate_to = [](int file, int place) {
                    return place == place_refused ? (errno = EIO, -1) : ::dup2(file, place);
                };
                for (int i = 0; i < 2; ++i) {
                    const sluice::error failed = thrown_by([&] { printed.stop(); });
                    if (failed.code() != system_code(EIO) || !printed.is_active() ||
                        inode_of(refused) == before) {
                        return false;
                    }
                }
            }
            printed.stop();
            return inode_of(refused) == before && !printed.is_active() && printed.out() == "text";
        });
    }
}

TEST_CASE("what cannot be put back at first is shown once") {
    support::forked::check([] {
        capture outer;
        capture printed({.shown = true});
        std::cout << "text";
        {
            const support::replaced_calls scope;
            support::replaced_calls::calls().duplicate_to = [](int, int) {
                return errno = EIO, -1;
            };
            if (thrown_by([&] { printed.stop(); }).code() != system_code(EIO)) {
                return false;
            }
        }
        std::cout << " and more";
        printed.stop();
        return outer.out() == "text and more" && printed.out() == "text and more";
    });
}

TEST_CASE("wide streams are captured") {
    for (const bool synchronized : {true, false}) {
        support::forked::check([synchronized] {
            std::ios_base::sync_with_stdio(synchronized);
            if (std::freopen("/dev/null", "w", stdout) == nullptr ||
                std::freopen("/dev/null", "w", stderr) == nullptr) {
                return false;  // which are wide or not by what was written first
            }
            capture printed;
            std::wcout << L"wide " << 1;
            std::wcerr << L"err";
            return printed.out() == "wide 1" && printed.err() == "err";
        });
    }
}

TEST_CASE("what a child prints when the capture has stopped is in it") {
    std::array<int, 2> go = support::new_pipe();
    capture printed;
    const pid_t child = ::fork();
    if (child == 0) {
        char c = 0;
        const bool told = ::read(go[0], &c, 1) == 1;
        write_to(1, "late");
        ::_exit(told ? 0 : 1);
    }
    printed.stop();
    CHECK(printed.out().empty());
    write_to(go[1], "!");
    int status = -1;
    CHECK(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    CHECK(printed.out() == "late");
    ::close(go[0]);
    ::close(go[1]);
}

TEST_CASE("a child of fork shares the capture") {
    capture printed;
    std::cout << "parent " << std::flush;
    support::forked::check([&] {
        std::cout << "child" << std::flush;
        return printed.out() == "parent child";
    });
    std::cout << " parent";
    CHECK(printed.out() == "parent child parent");
}

TEST_CASE("the descriptors of a capture are high, and no program gets them") {
    capture printed;
    run("ls /proc/self/fd | tr '\\n' ' '");
    std::string without = printed.take();
    {
        const capture inner;
        const capture one_more({.interleaved = true});
    }
    capture inner({.shown = true});
    run("ls /proc/self/fd | tr '\\n' ' '");
    inner.stop();
    CHECK(printed.take() == without);
}

TEST_CASE("a program that opens its output anew writes there") {
    capture printed;
    std::cout << "one " << std::flush;
    run("printf two >> /dev/stdout");
    std::cout << " three";
    CHECK(printed.out() == "one two three");
}

TEST_CASE("what is flushed to nowhere makes its stream bad, and is no failure of the capture") {
    support::forked::check([] {
        std::ios_base::sync_with_stdio(false);
        const int full = ::open("/dev/full", O_WRONLY);
        ::dup2(full, 1);
        std::cout.exceptions(std::ios_base::badbit);
        std::cout << "lost";
        const capture printed;
        return std::cout.bad() && std::cout.exceptions() == std::ios_base::badbit;
    });
}

TEST_CASE("a buffer that throws what is no std::exception does not end a capture") {
    support::forked::check([] {
        support::throwing_buf broken([] { throw 5; });
        std::streambuf* const before = std::clog.rdbuf(&broken);
        std::string text;
        {
            capture all;
            std::cout << "said";
            text = all.out();
            const uncaptured past;
        }
        const bool told = std::clog.bad();
        std::clog.rdbuf(before);
        return text == "said" && told;
    });
}

TEST_CASE("a capture that cannot begin says why and changes nothing") {
    const ino_t before = output_now();
    const auto open = support::open_descriptors();
    static int calls = 0;
    static int fails_at = 0;
    const auto fails = [] { return ++calls == fails_at ? (errno = EMFILE, true) : false; };
    static bool (*due)() = +fails;

    int refused = 0;
    for (fails_at = 1; fails_at <= 6; ++fails_at) {
        calls = 0;
        support::replaced_calls scope;
        support::replaced_calls::calls().memfd = [](const char* name) {
            return due() ? -1 : ::memfd_create(name, MFD_CLOEXEC);
        };
        support::replaced_calls::calls().duplicate = [](int file) {
            return due() ? -1 : ::fcntl(file, F_DUPFD_CLOEXEC, 3);
        };
        support::replaced_calls::calls().duplicate_to = [](int file, int place) {
            return due() ? -1 : ::dup2(file, place);
        };
        sluice::error failed;
        try {
            const capture printed;
        } catch (const sluice::error& thrown) {
            failed = thrown;
            ++refused;
        }
        CAPTURE(fails_at);
        CHECK(failed.code() == system_code(EMFILE));
        CHECK(failed.operation() == "capture");
        CHECK(output_now() == before);
        CHECK(support::open_descriptors() == open);
    }
    CHECK(refused == 6);
}

TEST_CASE("a capture of a system without files in RAM is on disk") {
    support::replaced_calls scope;
    support::replaced_calls::calls().memfd = [](const char*) { return errno = ENOSYS, -1; };
    capture printed;
    std::cout << "on disk" << std::flush;
    run("printf ' too'");
    CHECK(printed.out() == "on disk too");
}

TEST_CASE("a capture that finds no place for a file says that it is a temporary one") {
    support::replaced_calls scope;
    support::replaced_calls::calls().memfd = [](const char*) { return errno = ENOSYS, -1; };
    support::replaced_calls::calls().open = [](const char*, int, mode_t) {
        return errno = EROFS, -1;
    };
    const sluice::error failed = thrown_by([] { const capture printed; });
    CHECK(failed.code() == system_code(EROFS));
    CHECK(failed.operation() == "capture");
    CHECK(failed.detail() == "a temporary file");
    CHECK_FALSE(failed.path().empty());
    CHECK(failed.position() == -1);
}

TEST_CASE("a capture that cannot be read says why") {
    capture printed;
    std::cout << "text";
    support::replaced_calls scope;
    support::replaced_calls::calls().pread = [](int, void*, std::size_t, off_t) -> ssize_t {
        return errno = EIO, -1;
    };
    const sluice::error failed = thrown_by([&] { static_cast<void>(printed.out()); });
    CHECK(failed.code() == system_code(EIO));
    CHECK(failed.operation() == "read");
}

TEST_CASE("short reads and interruptions of a capture's file are not seen") {
    capture printed;
    std::cout << "a longer text";
    support::replaced_calls scope;
    static int calls = 0;
    support::replaced_calls::calls().pread = [](int file, void* target, std::size_t size,
                                                off_t position) -> ssize_t {
        return ++calls % 2 == 0 ? (errno = EINTR, -1)
                                : ::pread(file, target, size < 3 ? size : 3, position);
    };
    CHECK(printed.out() == "a longer text");
}

TEST_CASE("much output neither waits nor is lost") {
    capture printed;
    const std::string block(std::size_t(1) << 20, 'x');
    for (int i = 0; i < 8; ++i) {
        std::cout << block;
    }
    run("head -c 1000000 /dev/zero");
    CHECK(printed.out().size() == 8 * block.size() + 1000000);
}

// -- past what is captured --------------------------------------------------------------------

TEST_CASE("what is uncaptured goes where it went before all captures") {
    support::temporary_file file;
    support::forked::check([&file] {
        const support::descriptor out(file.path(), O_WRONLY | O_APPEND);
        ::dup2(out.number(), 1);
        capture outer;
        std::cout << "1";
        capture inner;
        std::cout << "2";
        {
            const uncaptured past;
            std::cout << "3";
            const uncaptured again;
            std::cout << "4" << std::flush;
            run("printf 5");
        }
        std::cout << "6";
        inner.stop();
        std::cout << "7";
        return inner.out() == "26" && outer.out() == "17";
    });
    CHECK(file.content() == "345");
}

TEST_CASE("where nothing is captured uncaptured does nothing") {
    const ino_t before = output_now();
    support::forked::check([before] {
        ::close(2);
        const uncaptured past;
        return output_now() == before && ::fcntl(2, F_GETFD) == -1;
    });
}

TEST_CASE("a stream to the uncaptured output is not captured") {
    capture outer;
    sluice::ofstream out = sluice::testing::uncaptured_output();
    capture inner;
    out << "past" << std::flush;
    CHECK(inner.out().empty());
    CHECK(outer.out() == "past");
}

TEST_CASE("where there is no standard output there is no stream to it") {
    support::forked::check([] {
        ::close(1);
        return thrown_by([] { static_cast<void>(sluice::testing::uncaptured_output()); }).code() ==
               system_code(EBADF);
    });
}

TEST_CASE_FIXTURE(sluice::testing::capture_fixture, "a case of the fixture has what it prints") {
    std::cout << "hello\n";
    CHECK(printed.out() == "hello\n");
    SUBCASE("in each of its runs") {
        CHECK(printed.lines().size() == 1);
    }
    SUBCASE("anew") {
        CHECK(printed.lines().size() == 1);
    }
}

// -- one stream -------------------------------------------------------------------------------

TEST_CASE("one stream is captured alone") {
    capture all;
    capture_stream said(std::cout);
    std::cout << "hi";
    std::printf("past it");
    CHECK(said.str() == "hi");
    CHECK(all.out() == "past it");
    std::cout << "\nho\n";
    CHECK(said.lines() == std::vector<std::string>{"hi", "ho"});
    CHECK(said.take() == "hi\nho\n");
    CHECK(said.str().empty());
    std::cout << "more";
    said.reset();
    CHECK(said.str().empty());
    std::cout << "last";
    said.stop();
    std::cout << " and back";
    CHECK(said.str() == "last");
    CHECK(all.out() == "past it and back");
}

TEST_CASE("a wide stream is captured alone") {
    std::wostringstream out;
    capture_stream said(out);
    out << L"hi " << 5;
    CHECK(said.str() == L"hi 5");
    said.stop();
    CHECK(out.str().empty());
}

TEST_CASE("a captured stream has its buffer and its state back") {
    std::ostringstream out;
    out.setstate(std::ios_base::failbit);
    std::streambuf* const own = out.rdbuf();
    try {
        const capture_stream said(static_cast<std::ostream&>(out));
        CHECK(out.good());
        throw std::runtime_error("left");
    } catch (const std::runtime_error&) {
    }
    CHECK(static_cast<std::ostream&>(out).rdbuf() == own);
    CHECK(out.rdstate() == std::ios_base::failbit);
}

TEST_SUITE_END();
