#include <sluice/device/file.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/filter/text.hpp>

#include <support/errors.hpp>
#include <support/failing_buf.hpp>

#include <doctest/doctest.h>

#include <cstdio>
#include <iterator>
#include <sstream>
#include <string>
#include <system_error>

TEST_SUITE_BEGIN("text");

namespace {

using namespace sluice;

TEST_CASE("what fails below the text is reported whole") {
    membuf bytes;
    textbuf ascii(bytes, {.encoding = "ascii"});
    text_io outer(ascii);
    outer << "caf\u00e9" << std::flush;
    CHECK(outer.bad());
    const error reason = error_of(outer);
    CHECK(reason.code() == errc::bad_encoding);
    CHECK(reason.detail() == ascii.reason().detail());
    CHECK(reason.detail().find("ascii") != std::string::npos);
}

TEST_CASE("a failure below is forgotten by the next call") {
    membuf bytes;
    textbuf ascii(bytes, {.encoding = "ascii"});
    text_io outer(ascii, {.encoding = "utf-8"});
    outer << "\u00e9" << std::flush;
    REQUIRE(error_of(outer).detail().find("ascii") != std::string::npos);
    outer.clear();
    outer << "\xFF";  // no character
    CHECK(error_of(outer).code() == errc::bad_encoding);
    CHECK(error_of(outer).detail().find("utf-8") != std::string::npos);
}

TEST_CASE("a full disk below the text keeps its path when it is closed") {
    filebuf full;
    full.open("/dev/full", std::ios::out);
    textbuf text(full);
    text.sputn("x", 1);
    try {
        text.close();
        FAIL("closed");
    } catch (const error& thrown) {
        CHECK(thrown.code() == std::errc::no_space_on_device);
        CHECK(thrown.path() == "/dev/full");
        CHECK(thrown.operation() == std::string("write"));
    }
}

TEST_CASE("characters come whole through buffers of any size, over blocks of any size") {
    const std::string text = "a\u00e9\u20ac\U0001F600b";
    for (const std::size_t block : {1U, 2U, 3U, 4U, 5U, 20U}) {
        for (const std::streamsize size : {1, 2, 3, 4, 5, 20}) {
            CAPTURE(block);
            CAPTURE(size);
            support::failing_buf bytes(text, block);
            textbuf whole(bytes);
            whole.pubsetbuf(nullptr, size);
            CHECK(std::string(std::istreambuf_iterator<char>(&whole), {}) == text);

            support::failing_buf cut(text.substr(0, text.size() - 2), block);
            textbuf half(cut);
            half.pubsetbuf(nullptr, size);
            std::string got;
            CHECK(support::thrown_by([&] {
                      while (half.sgetc() != EOF) {
                          got += static_cast<char>(half.sbumpc());
                      }
                  }).code() == errc::bad_encoding);
            CHECK(got == "a\u00e9\u20ac");
        }
    }
}

TEST_CASE("any buffer below can be asked for its size, not be truncated") {
    std::stringbuf below("12345");
    textbuf text(below);
    CHECK(text.size() == 5);
    CHECK(text.sgetc() == '1');
    CHECK_THROWS_AS(text.truncate(2), error);
    CHECK(below.str() == "12345");
    CHECK_THROWS_AS(static_cast<void>(text.native_handle()), error);
}

}  // namespace

TEST_SUITE_END();
