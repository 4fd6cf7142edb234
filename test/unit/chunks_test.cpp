#include <sluice/algorithm/chunks.hpp>
#include <sluice/device/memory.hpp>

#include <conformance/transfer.hpp>
#include <support/failing_buf.hpp>

#include <doctest/doctest.h>

#include <ios>
#include <limits>
#include <ranges>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

using ios = std::ios_base;
using strings = std::vector<std::string>;

static_assert(std::ranges::input_range<sluice::basic_chunks<char>>);
static_assert(std::ranges::view<sluice::basic_chunks<wchar_t>>);

template <class Stream>
concept has_chunks = requires(Stream&& in) {
    sluice::chunks(std::forward<Stream>(in), 1);
};
static_assert(!has_chunks<std::istringstream>);

}  // namespace

TEST_SUITE_BEGIN("chunks");

TEST_CASE("each chunk is of the size but the last") {
    for (const std::size_t length : {0, 1, 2, 5, 6, 7, 1000}) {
        const std::string text = conformance::sample(length);
        for (const std::size_t size :
             {std::size_t(1), std::size_t(2), std::size_t(3), std::size_t(6), std::size_t(999),
              std::size_t(1000), std::numeric_limits<std::size_t>::max()}) {
            for (const std::size_t block : {0, 1, 4, 5000}) {
                CAPTURE(length);
                CAPTURE(size);
                CAPTURE(block);
                support::failing_buf buf(text, block);
                std::istream in(&buf);
                std::string seen;
                bool full = true;
                for (const std::string_view chunk : sluice::chunks(in, size)) {
                    CHECK(full);
                    CHECK_FALSE(chunk.empty());
                    full = chunk.size() == size;
                    CHECK(chunk.size() <= size);
                    CHECK(in.eof() == !full);
                    seen += chunk;
                }
                CHECK((seen == text));
                CHECK(in.rdstate() == ios::eofbit);
            }
        }
    }
}

TEST_CASE("a chunk lies in the buffer itself") {
    sluice::bytes_io io("abcdefgh");
    const std::string_view content = io.view();
    auto range = sluice::chunks(io, 4);
    auto it = range.begin();
    CHECK((*it).data() == content.data());
    CHECK(io.tell() == 4);
    ++it;
    CHECK((*it).data() == content.data() + 4);
    CHECK(io.good());
    ++it;
    CHECK(it == range.end());
    CHECK(io.rdstate() == ios::eofbit);
}

TEST_CASE("a chunk of nothing is refused") {
    std::istringstream in("a");
    CHECK_THROWS_AS(static_cast<void>(sluice::chunks(in, 0)), sluice::error);
    CHECK(in.good());
}

TEST_CASE("a chunk that a failure cut goes on after it") {
    support::failing_buf buf("abcdefgh", 3, 5);
    std::istream in(&buf);
    auto range = sluice::chunks(in, 4);
    strings seen;
    const auto go_on = [&] {
        for (const std::string_view chunk : range) {
            seen.emplace_back(chunk);
        }
    };
    go_on();
    CHECK(seen == strings{"abcd"});
    CHECK(in.rdstate() == ios::badbit);
    CHECK(range.partial() == "e");
    in.clear();
    buf.fail_at(support::failing_buf::nowhere);
    go_on();
    CHECK(seen == strings{"abcd", "efgh"});
    CHECK(in.rdstate() == ios::eofbit);
}

TEST_CASE("wide characters come in chunks") {
    std::wistringstream in(L"abc");
    std::vector<std::wstring> seen;
    for (const std::wstring_view chunk : sluice::chunks(in, 2)) {
        seen.emplace_back(chunk);
    }
    CHECK((seen == std::vector<std::wstring>{L"ab", L"c"}));
}

TEST_SUITE_END();
