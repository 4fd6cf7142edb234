#include <sluice/device/mapped.hpp>

#include <conformance/failing.hpp>
#include <support/forked.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstddef>
#include <string>
#include <thread>
#include <unit/mapped_pages.hpp>
#include <vector>

using namespace mapped_tests;

TEST_SUITE_BEGIN("mapped: cut short");

TEST_CASE("what is left in front of a cut is read and then comes an error") {
    const std::string text = letters(40 * page + 77);
    for (const std::size_t left : sizes{0, 1, 100, page, 17 * page + 5, 40 * page}) {
        for (const std::size_t chunk : sizes{0, 1, 7, 64, 1000, page, 30 * page}) {
            CAPTURE(left);
            CAPTURE(chunk);
            const support::temporary_file file(text);
            mapped_file f(file.path());
            cut(file, left);
            std::string got;
            std::error_code code;
            try {
                for (;;) {
                    if (chunk == 0) {
                        const int c = f.rdbuf()->sbumpc();
                        REQUIRE(c != std::char_traits<char>::eof());
                        got += static_cast<char>(c);
                        continue;
                    }
                    const std::string part = f.read(static_cast<std::streamsize>(chunk));
                    REQUIRE_FALSE(part.empty());
                    got += part;
                }
            } catch (const sluice::error& e) {
                code = e.code();
                CHECK(e.path() == file.path());
            }
            CHECK(code == std::errc::io_error);
            CHECK((got == text.substr(0, left)));
        }
    }
}

TEST_CASE("where nothing is left, the first character after an odd beginning is an error too") {
    const support::temporary_file file(letters(3 * page));
    for (const std::int64_t begin : {std::int64_t(1), std::int64_t(page) + 100}) {
        CAPTURE(begin);
        support::write_file(file.path(), letters(3 * page));
        mapped_file f(file.path(), sluice::map_access::read_only, begin, page);
        cut(file, 0);
        CHECK(code_thrown_by([&] { f.read(1); }) == std::errc::io_error);
        CHECK(f.tell() == 0);
    }
}

TEST_CASE("the first character is gone for good, where its file grows again") {
    const support::temporary_file file(letters(3 * page));
    mapped_file f(file.path(), sluice::map_access::read_only, 100, page);
    cut(file, 0);
    CHECK(code_thrown_by([&] { f.read(1); }) == std::errc::io_error);
    cut(file, 3 * page);
    CHECK(code_thrown_by([&] { f.read(1); }) == std::errc::io_error);
}

TEST_CASE("zeros up to a cut are read without a look behind it") {
    const support::temporary_file file(std::string(2 * page, '\0'));
    mapped_file f(file.path());
    cut(file, page);
    CHECK((f.read(page) == std::string(page, '\0')));
    f.close();  // nothing was missed
    CHECK_FALSE(f.rdbuf()->is_open());
}

TEST_CASE("a block that the cut took a part of is not read at all") {
    const std::string text = letters(3 * page);
    for (const std::size_t left : sizes{0, 1, page - 1, page, page + 1, 2 * page, 3 * page - 1}) {
        CAPTURE(left);
        const support::temporary_file file(text);
        mapped_file f(file.path());
        std::string block(text.size(), '?');
        cut(file, left);
        f.std::istream::read(block.data(), static_cast<std::streamsize>(block.size()));
        CHECK(f.bad());
        CHECK_FALSE(f.eof());
        CHECK(sluice::error_of(f).code() == std::errc::io_error);
        f.clear();
        CHECK(f.tell() == 0);
        CHECK(f.rdbuf()->sgetn(block.data(), static_cast<std::streamsize>(left)) ==
              static_cast<std::streamsize>(left));
        CHECK((block.substr(0, left) == text.substr(0, left)));
    }
}

TEST_CASE("zeros of the file are no cut") {
    const support::temporary_file file(std::string(5 * page + 10, '\0') + 'x');
    mapped_file f(file.path());
    CHECK(f.read(64) == std::string(64, '\0'));
    CHECK((f.read() == std::string(5 * page + 10 - 64, '\0') + 'x'));
    cut(file, 100);
    f.seek(36);
    CHECK(f.read(64) == std::string(64, '\0'));
    CHECK(code_thrown_by([&] { f.read(1); }) == std::errc::io_error);
}

TEST_CASE("lines read while the file is cut end with an error and not with the end") {
    std::string text;
    for (int i = 0; i < 50000; ++i) {
        text += "line " + std::to_string(i) + '\n';
    }
    const support::temporary_file file(text);
    mapped_file f(file.path());
    std::string line;
    for (int i = 0; i < 10; ++i) {
        REQUIRE(bool(std::getline(f, line)));
    }
    cut(file, 200000);
    while (std::getline(f, line)) {
    }
    CHECK(f.bad());
    CHECK_FALSE(f.eof());
    CHECK(sluice::error_of(f).code() == std::errc::io_error);
}

TEST_CASE("zeros delivered out of an open get area are reported by what comes next") {
    const std::string text = letters(5 * page);
    {
        const support::temporary_file file(text);
        mapped_file f(file.path());
        CHECK(f.get() == 'a');
        cut(file, 0);
        while (f.get() != std::char_traits<char>::eof()) {
        }
        CHECK(f.bad());
        CHECK_FALSE(f.eof());
        f.clear();
        f.close();  // it has been reported
    }
    const support::temporary_file file(text);
    mapped_file f(file.path());
    CHECK(f.get() == 'a');
    cut(file, 0);
    CHECK(f.get() == 0);
    CHECK(code_thrown_by([&] { f.close(); }) == std::errc::io_error);
    CHECK(f.closed());
}

TEST_CASE("a view of a file cut short shows zeros and verify tells") {
    const support::temporary_file file(letters(3 * page));
    mapped_file f(file.path());
    f.verify();
    cut(file, page + 1);
    CHECK(f.view()[page] == letters(page + 1)[page]);
    CHECK(f.view()[2 * page] == '\0');
    CHECK(f.view()[3 * page - 1] == '\0');
    try {
        f.verify();
        FAIL("not noticed");
    } catch (const sluice::error& e) {
        CHECK(e.code() == std::errc::io_error);
        CHECK(e.position() == page + 1);
    }
}

TEST_CASE("writes behind a cut are reported") {
    const std::string text = letters(3 * page);
    for (const std::size_t left : sizes{0, 1, page, 2 * page + 9}) {
        CAPTURE(left);
        const support::temporary_file file(text);
        {
            mapped_file f(file.path(), map_access::shared);
            cut(file, left);
            for (std::size_t i = 0; i < text.size(); ++i) {
                f.put('x');
            }
            CHECK(code_thrown_by([&] { f.flush(); }) == std::errc::io_error);
            CHECK(code_thrown_by([&] { f.close(); }) == std::errc::io_error);
        }
        CHECK(file.content() == std::string(left, 'x'));
    }
    const support::temporary_file file(text);
    mapped_file f(file.path(), map_access::shared);
    cut(file, page);
    CHECK(f.rdbuf()->sputn(text.data(), static_cast<std::streamsize>(text.size())) ==
          static_cast<std::streamsize>(page));
    CHECK(f.bad());
    CHECK(f.tell() == page);
    f.clear();
    CHECK(code_thrown_by([&] { f.truncate(9); }) == std::errc::io_error);
    CHECK(file.content().size() == page);
}

TEST_CASE("a copy that was written loses what was behind the cut") {
    const support::temporary_file file(letters(3 * page));
    mapped_file f(file.path(), map_access::copy_on_write);
    f.seek(2 * page);
    f.write("copy");
    cut(file, page);
    f.seek(2 * page);
    CHECK(code_thrown_by([&] { f.read(4); }) == std::errc::io_error);
    f.clear();
    CHECK(code_thrown_by([&] { f.write("more"); }) == std::errc::io_error);
    f.clear();
    f.seek(0);
    CHECK((f.read(page) == letters(page)));
}

TEST_CASE("a file cut by another process is an error too") {
    const support::temporary_file file(letters(3 * page));
    mapped_file f(file.path());
    CHECK(f.get() == 'a');
    const int status =
        status_of_child([&] { static_cast<void>(::truncate(file.path().c_str(), 10)); });
    REQUIRE(status == 0);
    f.seek(page);
    CHECK(code_thrown_by([&] { f.read(10); }) == std::errc::io_error);
}

TEST_CASE("no block that is read while the file is being cut has anything but content") {
    const std::string text = letters(50 * page + 99);
    for (std::size_t round = 0; round < 60; ++round) {
        CAPTURE(round);
        const std::size_t chunk = round % 3 == 0 ? 64 : round % 3 == 1 ? 1000 : 3 * page + 5;
        const support::temporary_file file(text);
        mapped_file f(file.path());
        std::atomic<bool> cutting{false};
        std::thread cutter([&] {
            cutting = true;
            static_cast<void>(::truncate(file.path().c_str(), static_cast<off_t>(round * 3001)));
        });
        while (!cutting) {
        }
        std::string block(chunk, '\0');
        std::size_t wrong = 0;
        bool failed = false;
        for (std::size_t done = 0; !failed;) {
            std::size_t got = 0;
            try {
                got = static_cast<std::size_t>(
                    f.rdbuf()->sgetn(block.data(), static_cast<std::streamsize>(chunk)));
            } catch (const sluice::error&) {
                failed = true;
                break;
            }
            wrong += block.compare(0, got, text, done, got) == 0 ? 0 : 1;
            done += got;
            if (got < chunk) {
                break;  // faster than the cut
            }
        }
        CHECK(wrong == 0);
        cutter.join();
        CHECK(code_thrown_by([&] { f.verify(); }) == std::errc::io_error);
    }
}

TEST_CASE("several threads read several mappings of a file that is cut") {
    const std::string text = letters(64 * page);
    const support::temporary_file file(text);
    std::array<bool, 4> failed{};
    std::array<bool, 4> wrong{};
    std::vector<mapped_file> all;
    for (std::size_t i = 0; i < failed.size(); ++i) {
        all.emplace_back(file.path());
    }
    cut(file, 10 * page + 1);
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i < failed.size(); ++i) {
        threads.emplace_back([&, i] {
            std::string got;
            try {
                for (std::string part = all[i].read(100); !part.empty(); part = all[i].read(100)) {
                    got += part;
                }
            } catch (const sluice::error& e) {
                failed[i] = e.code() == std::errc::io_error;
            }
            wrong[i] = got != text.substr(0, 10 * page + 1);
        });
    }
    for (std::thread& each : threads) {
        each.join();
    }
    CHECK(failed == std::array<bool, 4>{true, true, true, true});
    CHECK(wrong == std::array<bool, 4>{});
}

// The rest needs a process that has not mapped anything yet: this program again, with one of the
// cases that are skipped otherwise.

static int status_of_fresh_process(const std::string& name) {
    const std::string filter = "--test-case=" + name;
    std::array<char*, 4> arguments{const_cast<char*>("unit_tests"), const_cast<char*>("--no-skip"),
                                   const_cast<char*>(filter.c_str()), nullptr};
    return status_of_child([&] { ::execv("/proc/self/exe", arguments.data()); });
}

static constexpr int reached = 42;

static void map_and_touch_both() {
    {
        const support::temporary_file file(letters(2 * page));
        const mapped_file f(file.path());
        cut(file, 0);
        if (f.view()[page] != 0) {
            support::forked::leave(1);
        }
        { const mapped_file ended(file.path()); }
    }
    touch_foreign_page();
    support::forked::leave(2);
}

TEST_CASE("child: a SIGBUS elsewhere after a handler with details" * doctest::skip()) {
    struct sigaction action = {};
    action.sa_flags = SA_SIGINFO;
    action.sa_sigaction = [](int number, siginfo_t* details, void* context) {
        const bool told = number == SIGBUS && details->si_code > 0 && context != nullptr;
        support::forked::leave(told ? reached : 3);
    };
    ::sigaction(SIGBUS, &action, nullptr);
    map_and_touch_both();
}

TEST_CASE("child: a SIGBUS elsewhere after a plain handler" * doctest::skip()) {
    ::signal(SIGBUS, [](int) { support::forked::leave(reached); });
    map_and_touch_both();
}

TEST_CASE("child: a SIGBUS elsewhere without a handler" * doctest::skip()) {
    ::signal(SIGBUS, SIG_DFL);  // a sanitizer's goes too
    map_and_touch_both();
}

TEST_CASE("child: a SIGBUS that is sent and ignored" * doctest::skip()) {
    ::signal(SIGBUS, SIG_IGN);
    const support::temporary_file file("abc");
    const mapped_file f(file.path());
    ::unlink(file.path().c_str());
    ::raise(SIGBUS);
    support::forked::leave(reached);
}

TEST_CASE("child: a SIGBUS that is sent" * doctest::skip()) {
    ::signal(SIGBUS, SIG_DFL);
    const support::temporary_file file("abc");
    const mapped_file f(file.path());
    ::unlink(file.path().c_str());
    ::raise(SIGBUS);
    support::forked::leave(reached);
}

// The address of one that is sent is the sender's word: its number, its user.
TEST_CASE("child: a SIGBUS that is sent with an address of a mapping" * doctest::skip()) {
    ::signal(SIGBUS, SIG_DFL);
    const support::temporary_file file("abc");
    const mapped_file f(file.path());
    ::unlink(file.path().c_str());
    siginfo_t sent = {};
    sent.si_code = SI_USER;
    sent.si_addr = const_cast<char*>(f.view().data());
    ::syscall(SYS_rt_sigqueueinfo, ::getpid(), SIGBUS, &sent);
    support::forked::leave(reached);
}

TEST_CASE("a SIGBUS elsewhere reaches the handler installed before") {
    for (const char* name : {"child: a SIGBUS elsewhere after a handler with details",
                             "child: a SIGBUS elsewhere after a plain handler",
                             "child: a SIGBUS that is sent and ignored"}) {
        CAPTURE(name);
        const int status = status_of_fresh_process(name);
        REQUIRE(WIFEXITED(status));
        CHECK(WEXITSTATUS(status) == reached);
    }
}

TEST_CASE("a SIGBUS elsewhere ends the program where nobody handles it") {
    for (const char* name :
         {"child: a SIGBUS elsewhere without a handler", "child: a SIGBUS that is sent",
          "child: a SIGBUS that is sent with an address of a mapping"}) {
        CAPTURE(name);
        const int status = status_of_fresh_process(name);
        REQUIRE(WIFSIGNALED(status));
        CHECK(WTERMSIG(status) == SIGBUS);
    }
}

TEST_SUITE_END();
