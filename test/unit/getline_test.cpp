#include <sluice/algorithm/getline.hpp>
#include <sluice/device/memory.hpp>

#include <support/failing_buf.hpp>

#include <doctest/doctest.h>

#include <ios>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>

namespace {

using ios = std::ios_base;

struct step {
    std::string line;
    int state;
    friend bool operator==(const step&, const step&) = default;
};

// What one call gives, and clear() before it.
step next(std::istream& in, std::size_t max) {
    in.clear();
    std::string line = "?";
    sluice::getline(in, line, max);
    return {line, int(in.rdstate())};
}

constexpr int good = int(ios::goodbit);
constexpr int fail = int(ios::failbit);
constexpr int eof = int(ios::eofbit);

}  // namespace

TEST_SUITE_BEGIN("getline");

TEST_CASE("lines that fit are those of std::getline") {
    for (const std::string text : {"", "\n", "a", "a\n", "ab\n\ncd", "abcde\n"}) {
        for (const std::size_t block : {0, 1, 2, 3, 100}) {
            CAPTURE(text);
            CAPTURE(block);
            std::istringstream oracle(text);
            support::failing_buf buf(text, block);
            std::istream in(&buf);
            for (int i = 0; i < 4; ++i) {
                std::string expected = "old";
                std::string line = "old";
                std::getline(oracle, expected);
                sluice::getline(in, line, i % 2 == 0 ? 5 : std::numeric_limits<std::size_t>::max());
                CHECK(line == expected);
                CHECK(in.rdstate() == oracle.rdstate());
            }
        }
    }
}

TEST_CASE("a line too long sets failbit and its rest is read next") {
    for (const std::size_t block : {0, 1, 2, 3, 100}) {
        CAPTURE(block);
        support::failing_buf buf("abcdefg\nhij\n\nk", block);
        std::istream in(&buf);
        CHECK(next(in, 3) == step{"abc", fail});
        CHECK(next(in, 3) == step{"def", fail});
        CHECK(next(in, 3) == step{"g", good});
        CHECK(next(in, 3) == step{"hij", good});
        CHECK(next(in, 3) == step{"", good});
        CHECK(next(in, 1) == step{"k", eof});
        CHECK(next(in, 1) == step{"", eof | fail});
    }
}

TEST_CASE("a maximum of nothing takes only an empty line") {
    std::istringstream in("\na");
    CHECK(next(in, 0) == step{"", good});
    CHECK(next(in, 0) == step{"", fail});
    CHECK(in.rdbuf()->sgetc() == 'a');
    CHECK(next(in, 1) == step{"a", eof});
    CHECK(next(in, 0) == step{"", eof | fail});
}

TEST_CASE("a line may end with another character") {
    std::istringstream in("key=a\nb;");
    std::string line;
    CHECK(sluice::getline(in, line, 10, '='));
    CHECK(line == "key");
    CHECK(sluice::getline(in, line, 10, ';'));
    CHECK(line == "a\nb");
    CHECK(in.good());
}

TEST_CASE("a stream that is not good reads nothing and leaves the line alone") {
    std::istringstream in("a");
    in.setstate(ios::eofbit);
    std::string line = "old";
    CHECK_FALSE(sluice::getline(in, line, 5));
    CHECK(line == "old");
    CHECK(int(in.rdstate()) == (eof | fail));
}

TEST_CASE("a failed read is no end and keeps what came") {
    support::failing_buf buf("abcdef\n", 2, 4);
    std::istream in(&buf);
    std::string line;
    sluice::getline(in, line, 10);
    CHECK(line == "abcd");
    CHECK(in.rdstate() == ios::badbit);
    in.clear();
    in.exceptions(ios::badbit);
    CHECK_THROWS_AS(sluice::getline(in, line, 10), std::runtime_error);
    CHECK(in.rdstate() == ios::badbit);
}

TEST_CASE("a wide line has a maximum") {
    std::wistringstream in(L"abc\n");
    std::wstring line;
    CHECK_FALSE(sluice::getline(in, line, 2));
    CHECK((line == L"ab"));
}

TEST_SUITE_END();
