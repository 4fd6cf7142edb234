#include <sluice/device/file.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/pipe.hpp>
#include <sluice/filter/chain.hpp>
#include <sluice/filter/slice.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/open.hpp>

#include <conformance/failing.hpp>
#include <conformance/transfer.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>

#include <doctest/doctest.h>

#include <cerrno>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

using conformance::code_thrown_by;
using conformance::seek;
using conformance::tell;
using ios = std::ios_base;

TEST_SUITE_BEGIN("chain");

TEST_CASE("parts are read one after another and empty ones are passed over") {
    sluice::membuf a("abc");
    std::stringbuf empty;
    std::istringstream b("def");
    sluice::chain_io all(a, empty, b, sluice::bytes_io(), sluice::bytes_io("ghi"),
                         std::make_unique<sluice::membuf>());
    CHECK(all.readable());
    CHECK_FALSE(all.writable());
    CHECK(all.read(2) == "ab");
    CHECK(all.rdbuf()->part() == 0);
    CHECK(all.read() == "cdefghi");
    CHECK(all.read().empty());
    CHECK(all.good());
    CHECK(code_thrown_by([&] { all.write("x"); }) == sluice::errc::not_writable);
}

TEST_CASE("behind the end of a last part that does not seek there nothing is read") {
    std::stringbuf last("defg");
    sluice::membuf first("abc");
    sluice::chainbuf all(first, last);
    for (const std::streamoff far : {8, 30}) {
        CHECK(seek(all, far) == far);
        CHECK(all.sgetc() == std::char_traits<char>::eof());
        CHECK(tell(all) == far);
        CHECK(seek(all, 5) == 5);
        CHECK(all.sbumpc() == 'f');
    }
    CHECK_FALSE(all.reason());
}

TEST_CASE("a chain of nothing is at its end") {
    sluice::chainbuf none{std::vector<sluice::lower>()};
    CHECK(none.is_open());
    CHECK(none.sgetc() == std::char_traits<char>::eof());
    CHECK(none.size() == 0);
    CHECK(seek(none, 3) == 3);
    CHECK(none.sgetc() == std::char_traits<char>::eof());
    const sluice::chainbuf idle;
    CHECK_FALSE(idle.is_open());
}

TEST_CASE("a chain of what can seek can seek") {
    const std::string text = conformance::sample(30000);
    const support::temporary_file file(text.substr(1000, 20000));
    std::vector<sluice::lower> parts;
    parts.emplace_back(std::make_unique<sluice::membuf>(text.substr(0, 1000)));
    parts.emplace_back(sluice::open(file.path(), "rb"));
    parts.emplace_back(std::make_unique<std::stringbuf>(text.substr(21000), ios::in), ios::in);
    sluice::chainbuf all(std::move(parts));
    CHECK(all.seekable());
    CHECK(all.size() == 30000);
    for (const std::size_t place : {29999, 0, 999, 1000, 1001, 20999, 21000, 500, 15000}) {
        CAPTURE(place);
        CHECK(seek(all, static_cast<long long>(place)) == static_cast<long long>(place));
        CHECK((conformance::read(all, 5000) == text.substr(place, 5000)));
        CHECK(all.sungetc() == text[std::min<std::size_t>(place + 5000, 30000) - 1]);
    }
    CHECK(seek(all, 30000) == 30000);
    CHECK(all.sgetc() == std::char_traits<char>::eof());
    CHECK(seek(all, -30000, ios::end) == 0);
    CHECK((conformance::read_all(all, conformance::by_character) == text));
    CHECK(seek(all, -1) == -1);
}

TEST_CASE("a part begins where it stood when it was given") {
    sluice::membuf a("..abc");
    sluice::membuf b("....def");
    CHECK(seek(a, 2) == 2);
    CHECK(seek(b, 4) == 4);
    sluice::chainbuf all(a, b);
    CHECK(conformance::read_all(all) == "abcdef");
    CHECK(all.size() == 6);
    CHECK(seek(all, 2) == 2);
    CHECK(conformance::read_all(all) == "cdef");
}

TEST_CASE("a chain with a part that cannot seek cannot and waits for no more than there is") {
    auto [in, out] = sluice::pipe();
    sluice::chain_io all(sluice::bytes_io("abc"), in, sluice::bytes_io("ghi"));
    CHECK_FALSE(all.seekable());
    CHECK(code_thrown_by([&] { all.seek(0); }) == sluice::errc::not_seekable);
    CHECK(code_thrown_by([&] { static_cast<void>(all.rdbuf()->size()); }) ==
          sluice::errc::unsupported);
    CHECK(all.read(3) == "abc");
    out.write("de\n");
    out.flush();
    CHECK(all.readline() == "de\n");  // would wait for ever, were more asked for
    out.write("f");
    out.close();
    CHECK(all.read() == "fghi");
}

TEST_CASE("what is appended to the last part is read") {
    sluice::membuf a("abc");
    sluice::bytes_io b("def");
    sluice::chainbuf all(a, b);
    CHECK(conformance::read_all(all) == "abcdef");
    b.seek(0, ios::end);
    b.write("ghi");
    b.seek(3);
    CHECK(conformance::read_all(all) == "ghi");
}

TEST_CASE("a failure of a part names it and keeps what came before") {
    const support::temporary_file file("def");
    const support::replaced_calls scope;
    sluice::chain_io all(sluice::bytes_io("abc"), sluice::open(file.path(), "rb"),
                         sluice::bytes_io("ghi"));
    support::replaced_calls::calls().pread = [](int, void*, std::size_t, off_t) -> ssize_t {
        errno = EIO;
        return -1;
    };
    support::replaced_calls::calls().read = [](int, void*, std::size_t) -> ssize_t {
        errno = EIO;
        return -1;
    };
    CHECK(all.read(100) == "abc");
    CHECK(code_thrown_by([&] { all.read(100); }) == std::errc::io_error);
    const sluice::error why = sluice::error_of(all);
    CHECK(why.detail() == "part 2");
    CHECK(why.path() == file.path());
    CHECK(why.operation() == "read");
    CHECK(all.bad());
    CHECK_FALSE(all.eof());
    support::replaced_calls::calls() = scope.real();
    all.clear();
    CHECK(all.read() == "defghi");
    all.seek(1);
    CHECK(all.read() == "bcdefghi");
}

TEST_CASE("a failure of the text in a part keeps its detail") {
    sluice::chain_io all(sluice::bytes_io("ab"), sluice::text_io(sluice::bytes_io("c\xff")));
    CHECK(all.read(3) == "abc");
    CHECK(code_thrown_by([&] { all.read(1); }) == sluice::errc::bad_encoding);
    CHECK(sluice::error_of(all).detail() == "part 2: utf-8: ff");
}

TEST_CASE("a chain closes and detaches what it owns") {
    sluice::membuf lent("abc");
    sluice::chain_io all(lent, std::make_unique<sluice::membuf>("def"));
    all.close();
    CHECK(lent.is_open());
    CHECK(code_thrown_by([&] { all.read(); }) == sluice::errc::closed);
    sluice::chain_io other(lent, std::make_unique<sluice::membuf>("def"));
    const auto parts = other.detach();
    REQUIRE(parts.size() == 2);
    CHECK(parts[0] == nullptr);
    CHECK(parts[1] != nullptr);
    CHECK(other.closed());
    CHECK(code_thrown_by([&] { static_cast<void>(other.detach()); }) == sluice::errc::closed);
}

TEST_CASE("a chain stays open while a part that it owns is pinned") {
    auto below = std::make_unique<sluice::membuf>("def");
    auto pin = below->getbuffer();
    sluice::chain_io all(sluice::bytes_io("abc"), std::move(below));
    CHECK(code_thrown_by([&] { all.close(); }) == sluice::errc::pinned);
    pin.release();
    CHECK_NOTHROW(all.close());
    CHECK(all.closed());
}

TEST_CASE("a chain takes no part that cannot be read or is closed") {
    std::ostringstream out;
    CHECK(code_thrown_by([&] { const sluice::chainbuf all(out); }) == sluice::errc::not_readable);
    sluice::membuf closed;
    closed.close();
    CHECK(code_thrown_by([&] { const sluice::chainbuf all(closed); }) == sluice::errc::closed);
}

TEST_CASE("a moved chain goes on") {
    sluice::chainbuf a(sluice::bytes_io("abc"), sluice::bytes_io("def"));
    CHECK(conformance::read(a, 4) == "abcd");
    sluice::chainbuf b(std::move(a));
    CHECK_FALSE(a.is_open());  // NOLINT: the case
    CHECK(conformance::read(b, 1) == "e");
    a = std::move(b);
    swap(a, b);
    CHECK(conformance::read_all(b) == "f");
    CHECK(tell(b) == 6);
}

TEST_SUITE_END();
