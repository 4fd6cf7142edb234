#include <sluice/sstream.hpp>

#include "sstream_families.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <ios>
#include <limits>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace sstream_families;

TEST_SUITE_BEGIN("sstream");

TEST_CASE_TEMPLATE_DEFINE("a seek stays within the content", F, seek_bounds) {
    typename F::stringstream s(text<F>("abcdef"));
    struct attempt {
        std::streamoff offset;
        std::ios_base::seekdir whence;
        std::streamoff result;
    };
    for (const attempt& a :
         std::vector<attempt>{{0, beg, 0},
                              {6, beg, 6},
                              {7, beg, -1},
                              {-1, beg, -1},
                              {0, end, 6},
                              {-6, end, 0},
                              {-7, end, -1},
                              {1, end, -1},
                              {2, beg, 2},
                              {4, cur, 6},
                              {1, cur, -1},
                              {-6, cur, 0},
                              {-1, cur, -1},
                              {std::numeric_limits<std::streamoff>::max(), cur, -1},
                              {std::numeric_limits<std::streamoff>::min(), end, -1}}) {
        CAPTURE(a.offset);
        CAPTURE(a.result);
        CHECK(std::streamoff(s.rdbuf()->pubseekoff(a.offset, a.whence, in)) == a.result);
        CHECK(std::streamoff(s.rdbuf()->pubseekoff(a.offset, a.whence, out)) == a.result);
        if (a.result >= 0) {
            CHECK(get_position(s) == a.result);
            CHECK(put_position(s) == a.result);
        }
    }
    s.seekp(0, end);
    s << text<F>("gh");
    CHECK(s.seekg(8));
    CHECK_FALSE(s.seekp(9));
    CHECK(s.fail());
    CHECK_FALSE(s.bad());
}
TEST_CASE_TEMPLATE_APPLY(seek_bounds, families);

TEST_CASE_TEMPLATE_DEFINE("an empty stream can seek to its start alone", F, seek_empty) {
    for (const auto mode : {in, out, in | out}) {
        typename F::stringstream s(mode);
        const auto which = mode;
        CHECK(std::streamoff(s.rdbuf()->pubseekoff(0, beg, which)) == 0);
        CHECK(std::streamoff(s.rdbuf()->pubseekoff(0, end, which)) == 0);
        CHECK(std::streamoff(s.rdbuf()->pubseekpos(0, which)) == 0);
        CHECK(std::streamoff(s.rdbuf()->pubseekoff(1, beg, which)) == -1);
        CHECK(std::streamoff(s.rdbuf()->pubseekpos(1, which)) == -1);
    }
}
TEST_CASE_TEMPLATE_APPLY(seek_empty, families);

TEST_CASE("every seek gives what the standard library gives" *
          doctest::skip(!is_model<std::stringstream>)) {
    for (const auto mode : {in, out, in | out, std::ios_base::openmode{}, in | ate, out | app}) {
        for (const auto which : {in, out, in | out, std::ios_base::openmode{}, in | out | ate}) {
            for (const auto whence : {beg, cur, end}) {
                for (const int offset : {-7, -6, -1, 0, 1, 3, 6, 7}) {
                    CAPTURE(mode);
                    CAPTURE(which);
                    CAPTURE(whence);
                    CAPTURE(offset);
                    std::stringbuf theirs("abcdef", mode);
                    sluice::stringbuf ours("abcdef", mode);
                    theirs.sbumpc();
                    ours.sbumpc();
                    CHECK(theirs.pubseekoff(offset, whence, which) ==
                          ours.pubseekoff(offset, whence, which));
                    CHECK(theirs.pubseekpos(offset, which) == ours.pubseekpos(offset, which));
                    CHECK(theirs.pubseekoff(0, cur, in) == ours.pubseekoff(0, cur, in));
                    CHECK(theirs.pubseekoff(0, cur, out) == ours.pubseekoff(0, cur, out));
                }
            }
        }
    }
}

#if SIZE_MAX > UINT32_MAX
TEST_CASE("positions beyond two gigabytes work") {
    // calloc() maps zeros, so that only the touched pages take memory.
    constexpr std::size_t size = (std::size_t(5) << 29) + 7;
    const std::unique_ptr<char, decltype(&std::free)> array(
        static_cast<char*>(std::calloc(size, 1)), &std::free);
    REQUIRE(array != nullptr);
    sluice::stringstream s;
    s.rdbuf()->pubsetbuf(array.get(), static_cast<std::streamsize>(size));
    constexpr auto far = static_cast<std::streamoff>(size - 3);
    CHECK(s.rdbuf()->size() == static_cast<std::streamoff>(size));
    CHECK(s.seekp(far));
    CHECK(s.tellp() == std::streampos(far));
    s << "ab";
    CHECK(s.tellp() == std::streampos(far + 2));
    CHECK(s.view()[size - 2] == 'b');
    CHECK(s.seekg(-3, end));
    CHECK(s.get() == 'a');
    CHECK(s.seekg(-far, cur).rdstate() == std::ios_base::goodbit);
    CHECK(s.tellg() == std::streampos(1));
    CHECK(s.seekg(far));
    sluice::stringstream moved(std::move(s));
    CHECK(moved.tellg() == std::streampos(far));
    CHECK(moved.tellp() == std::streampos(far + 2));
    std::array<char, 4> target = {};
    CHECK(moved.rdbuf()->sgetn(target.data(), 4) == 3);
    CHECK(std::string_view(target.data()) == "ab");
}
#endif

TEST_CASE_TEMPLATE_DEFINE("truncate cuts and grows the content and keeps positions within it", F,
                          truncates) {
    using char_type = typename F::char_type;
    typename F::stringstream s;
    s << text<F>("abcdefghij");
    s.seekg(2);
    CHECK(s.rdbuf()->truncate(5) == 5);
    CHECK(s.rdbuf()->size() == 5);
    CHECK(s.view() == text<F>("abcde"));
    CHECK(get_position(s) == 2);
    CHECK(put_position(s) == 5);
    CHECK(rest_of(s) == text<F>("cde"));

    CHECK(s.rdbuf()->truncate(8) == 8);
    CHECK(s.view() == text<F>("abcde") + string_of<char_type>(3, char_type()));
    CHECK(s.rdbuf()->truncate(20000) == 20000);
    CHECK(s.view() == text<F>("abcde") + string_of<char_type>(19995, char_type()));
    CHECK(s.rdbuf()->truncate(0) == 0);
    CHECK(s.view().empty());
    CHECK(put_position(s) == 0);
    s.clear();
    s << text<F>("anew");
    CHECK(rest_of(s) == text<F>("anew"));

    CHECK_THROWS_AS(s.rdbuf()->truncate(-1), sluice::error);
    sluice::istringstream fixed("abc");
    CHECK_THROWS_AS(fixed.rdbuf()->truncate(1), sluice::error);
    CHECK(fixed.rdbuf()->size() == 3);
}
TEST_CASE_TEMPLATE_APPLY(truncates, sluice_families);

TEST_SUITE_END();
