#include <sluice/device/memory.hpp>
#include <sluice/filter/redirect.hpp>
#include <sluice/fstream.hpp>

#include <conformance/failing.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <pthread.h>

#include <cerrno>
#include <iomanip>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>

using conformance::code_thrown_by;
using sluice::redirect;
using ios = std::ios_base;

namespace {

/// Ends the thread that flushes it.
class ending : public std::streambuf {
protected:
    int sync() override {
        ::pthread_cancel(::pthread_self());
        ::pthread_testcancel();
        return 0;
    }
};

}  // namespace

TEST_SUITE_BEGIN("redirect");

TEST_CASE("what is written to a redirected stream goes to the target") {  // case K01
    std::streambuf* const own = std::cout.rdbuf();
    sluice::string_io said;
    {
        const redirect to(std::cout, said);
        std::cout << "hi" << 5;
    }
    std::cout << "";
    CHECK(said.view() == "hi5");
    CHECK(std::cout.rdbuf() == own);
    CHECK(std::cout.good());
}

TEST_CASE("a redirect ends with its scope when that is left by an exception") {  // case K02
    std::ostringstream out;
    std::ostringstream other;
    try {
        const redirect to(out, other);
        out << "a";
        throw std::runtime_error("x");
    } catch (const std::runtime_error&) {
        out << "b";
    }
    CHECK(other.str() == "a");
    CHECK(out.str() == "b");
}

TEST_CASE("redirects nest") {  // cases K03, K05
    std::ostringstream out;
    std::ostringstream a;
    std::ostringstream b;
    {
        const redirect outer(out, a);
        out << 1;
        {
            const redirect inner(out, b);
            out << 2;
        }
        out << 3;
    }
    out << 4;
    CHECK(a.str() == "13");
    CHECK(b.str() == "2");
    CHECK(out.str() == "4");
}

TEST_CASE("redirects of one stream end in any order") {
    std::ostringstream out;
    auto a = std::make_unique<std::ostringstream>();
    auto b = std::make_unique<std::ostringstream>();
    std::ostringstream c;
    std::streambuf* const own = std::addressof(*out.rdbuf());
    std::ostringstream unrelated;
    std::optional<redirect<char>> first;
    std::optional<redirect<char>> second;
    std::optional<redirect<char>> third;
    std::optional<redirect<char>> elsewhere;
    std::ios& as_ios = out;
    first.emplace(as_ios, *a->rdbuf());
    elsewhere.emplace(unrelated, *b->rdbuf());
    second.emplace(as_ios, *b->rdbuf());
    third.emplace(as_ios, *c.rdbuf());
    elsewhere.reset();
    first.reset();
    a.reset();
    out << 1;
    second.reset();
    b.reset();
    out << 2;
    CHECK(c.str() == "12");
    third.reset();
    CHECK(as_ios.rdbuf() == own);
    out << 3;
    CHECK(out.str() == "3");
}

TEST_CASE("an inner redirect that ended early is not given anything") {
    std::ostringstream out;
    std::ostringstream a;
    std::ostringstream b;
    std::optional<redirect<char>> outer(std::in_place, out, a);
    redirect inner(out, b);
    inner.restore();
    out << 1;
    outer.reset();
    out << 2;
    CHECK(a.str() == "1");
    CHECK(b.str().empty());
    CHECK(out.str() == "2");
}

TEST_CASE("a redirect flushes what came before and what came since") {
    const support::temporary_file first;
    const support::temporary_file second;
    sluice::ofstream out(first.path());
    sluice::ofstream target(second.path());
    out << "before";
    {
        const redirect to(out, target);
        CHECK(first.content() == "before");
        out << "since";
    }
    CHECK(second.content() == "since");
    out << " after" << std::flush;
    CHECK(first.content() == "before after");
}

TEST_CASE("the state at the start comes back and formats stay") {
    std::ostringstream out;
    out.setstate(ios::failbit);
    std::ostringstream target;
    {
        const redirect to(out, target);
        CHECK(out.good());
        out << std::hex << 255;
        out.setstate(ios::badbit | ios::eofbit);
    }
    CHECK(out.rdstate() == ios::failbit);
    CHECK(target.str() == "ff");
    out.clear();
    out << 255;
    CHECK(out.str() == "ff");
    {
        const redirect to(out, target);
        out.exceptions(ios::badbit | ios::failbit);
    }
    CHECK(out.exceptions() == (ios::badbit | ios::failbit));
    CHECK(out.good());
}

TEST_CASE("a state that throws is put back without throwing") {
    std::istringstream in("");
    in.get();
    REQUIRE(in.eof());
    std::istringstream other("x");
    {
        const redirect from(in, other);
        in.exceptions(ios::eofbit);
        CHECK(in.get() == 'x');
    }
    CHECK(in.eof());
    CHECK(in.exceptions() == ios::eofbit);
}

TEST_CASE("input is redirected and nothing of it is lost") {
    std::istringstream in("1 2 3");
    std::istringstream other("10 20 30");
    int value = 0;
    in >> value;
    CHECK(value == 1);
    {
        const redirect from(in, other);
        in >> value;
        CHECK(value == 10);
    }
    in >> value;
    CHECK(value == 2);
    other >> value;
    CHECK(value == 20);
    sluice::string_io words("seven");
    {
        const redirect from(std::cin, words);
        std::string word;
        std::cin >> word;
        CHECK(word == "seven");
        CHECK(std::cin.eof());
    }
    CHECK(std::cin.good());
}

TEST_CASE("wide streams are redirected") {
    sluice::wstring_io said;
    {
        const redirect to(std::wcout, said);
        std::wcout << L"wide " << 7;
    }
    CHECK((said.view() == L"wide 7"));
    CHECK(std::wcout.good());
}

TEST_CASE("a redirect catches other threads") {  // case K07
    std::ostringstream out;
    sluice::string_io said;
    {
        const redirect to(out, said);
        std::thread([&] { out << "other thread"; }).join();
    }
    CHECK(said.view() == "other thread");
}

TEST_CASE("a closed target fails and restore tells") {  // case K08
    std::ostringstream out;
    sluice::string_io said;
    said.close();
    {
        redirect to(out, said);
        out << "x";
        CHECK(out.bad());
        CHECK(code_thrown_by([&] { to.restore(); }) == sluice::errc::closed);
        CHECK(out.good());
        to.restore();
    }
    CHECK(out.good());
    const sluice::stream none;
    CHECK(code_thrown_by([&] { const redirect to(out, const_cast<sluice::stream&>(none)); }) ==
          sluice::errc::closed);
    CHECK(out.good());
    out << "y";
    CHECK(out.str() == "y");
}

TEST_CASE("a target that cannot be flushed is reported by restore") {
    std::ostringstream out;
    sluice::ofstream full("/dev/full");
    redirect to(out, full);
    out << "x";
    CHECK(out.good());
    CHECK(code_thrown_by([&] { to.restore(); }) == std::errc::no_space_on_device);
    CHECK(out.good());
}

TEST_CASE("restore tells what failed since and not what had failed before") {
    const support::temporary_file file;
    const support::replaced_calls scope;
    sluice::ofstream target(file.path());
    target << "x";
    support::replaced_calls::calls().write = [](int, const void*, std::size_t) -> ssize_t {
        errno = ENOSPC;
        return -1;
    };
    target << std::flush;
    REQUIRE(sluice::error_of(target).code() == std::errc::no_space_on_device);
    std::ostringstream out;
    redirect to(out, target);
    out << "y";
    support::replaced_calls::calls().write = [](int, const void*, std::size_t) -> ssize_t {
        errno = EFBIG;
        return -1;
    };
    CHECK(code_thrown_by([&] { to.restore(); }) == std::errc::file_too_large);
    support::replaced_calls::calls().write = scope.real().write;
}

// The C library ends a cancelled thread by libgcc, which libc++abi does not expect.
#ifndef _LIBCPP_VERSION
TEST_CASE("a thread that is cancelled in a flush gives the stream its buffer back") {
    std::ostringstream out;
    std::streambuf* const own = static_cast<std::ios&>(out).rdbuf();
    ending target;
    bool inner = false;
    SUBCASE("an outer redirect ends") {}
    SUBCASE("an outer redirect ends before its inner one") {
        inner = true;
    }
    SUBCASE("restore") {
        std::thread([&] {
            redirect to(out, target);
            to.restore();
        }).join();
    }
    std::thread([&] {
        std::optional<redirect<char>> other;
        const redirect to(out, target);
        if (inner) {
            other.emplace(out, target);
        }
    }).join();
    CHECK(static_cast<std::ios&>(out).rdbuf() == own);
    CHECK(out.good());
}
#endif

TEST_CASE("a stream of sluice's is redirected for insertion") {
    sluice::bytes_io f;
    sluice::string_io said;
    {
        const redirect to(f, said);
        f << "inserted";
        f.write("written");
    }
    CHECK(said.view() == "inserted");
    CHECK(f.view() == "written");
}

TEST_SUITE_END();
