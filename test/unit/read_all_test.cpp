#include <sluice/algorithm/read_all.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/pipe.hpp>
#include <sluice/filter/count.hpp>
#include <sluice/filter/limit.hpp>
#include <sluice/fstream.hpp>
#include <sluice/sstream.hpp>

#include <conformance/failing.hpp>
#include <conformance/transfer.hpp>
#include <support/failing_buf.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>
#include <support/unbuffered.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <fstream>
#include <ios>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

using ios = std::ios_base;
using conformance::code_thrown_by;
using conformance::sample;
using support::replaced_calls;

ssize_t fail_to_read(int, void*, std::size_t) {
    errno = EIO;
    return -1;
}

}  // namespace

TEST_SUITE_BEGIN("read_all");

TEST_CASE("the rest of any stream is read") {
    for (const std::size_t size : {0, 1, 5, 4096, 300000}) {
        CAPTURE(size);
        const std::string text = sample(size);
        const support::temporary_file file(text);
        const auto check = [&](std::istream& in) {
            std::string first(size / 3, '?');
            in.read(first.data(), static_cast<std::streamsize>(first.size()));
            CHECK((first + sluice::read_all(in) == text));
            CHECK(in.rdstate() == ios::eofbit);
            CHECK(sluice::read_all(in).empty());
            CHECK(in.rdstate() == ios::eofbit);
        };
        std::istringstream of_std(text);
        check(of_std);
        std::ifstream file_of_std(file.path());
        check(file_of_std);
        sluice::istringstream ours(text);
        check(ours);
        sluice::bytes_io memory(text);
        check(memory);
        sluice::ifstream our_file(file.path());
        check(our_file);
        for (const std::size_t block : {0, 1, 4096}) {
            support::failing_buf buf(text, block);
            std::istream in(&buf);
            check(in);
        }
    }
}

TEST_CASE("a limit leaves the rest to be read") {
    const std::string text = sample(1000);
    const support::temporary_file file(text);
    sluice::ifstream in(file.path());
    CHECK(sluice::read_all(in, 0).empty());
    CHECK((sluice::read_all(in, 10) == text.substr(0, 10)));
    CHECK(in.good());
    CHECK(in.tellg() == std::streampos(10));
    CHECK((sluice::read_all(in, 990) == text.substr(10)));
    CHECK(in.good());  // the end has not been seen
    CHECK(sluice::read_all(in, 1).empty());
    CHECK(in.rdstate() == ios::eofbit);
}

TEST_CASE("the content is a string or a vector or a block of bytes") {
    std::istringstream in("abc");
    CHECK((sluice::read_all<std::vector<std::byte>>(in) ==
           std::vector<std::byte>{std::byte('a'), std::byte('b'), std::byte('c')}));
    in.clear();
    in.seekg(0);
    CHECK((sluice::read_all<std::vector<unsigned char>>(in, 2) ==
           std::vector<unsigned char>{'a', 'b'}));
    in.seekg(0);
    const sluice::bytes block = sluice::read_all<sluice::bytes>(in);
    CHECK(block.view() == "abc");
    std::wistringstream wide(L"abc");
    CHECK((sluice::read_all(wide) == L"abc"));
}

TEST_CASE("what is read is appended to what is there") {
    std::istringstream in("def");
    std::string content = "abc";
    CHECK(sluice::read_all(in, content) == 3);
    CHECK(content == "abcdef");
    CHECK(sluice::read_all(in, content) == 0);
}

TEST_CASE("a file that tells no size is read to its end") {
    std::ifstream oracle("/proc/self/stat");
    sluice::ifstream in("/proc/self/status");
    const std::string status = sluice::read_all(in);
    CHECK(status.starts_with("Name:"));
    CHECK(status.back() == '\n');
    CHECK(in.rdstate() == ios::eofbit);
}

TEST_CASE("a pipe is read to its end") {
    const std::string text = sample(300000);
    auto ends = sluice::pipe();
    std::thread writer([&] {
        ends.writer.write(text);
        ends.writer.close();
    });
    const std::string all = sluice::read_all(ends.reader);
    writer.join();
    CHECK((all == text));
}

TEST_CASE("what a stream is tied to is flushed before it is read") {
    sluice::ofstream prompt("/dev/full");
    prompt << "name? ";
    CHECK(prompt.good());
    sluice::bytes_io in("answer");
    in.tie(&prompt);
    CHECK(sluice::read_all(in) == "answer");
    CHECK(prompt.bad());  // as it was flushed
}

TEST_CASE("a stream that has failed is no empty one") {
    sluice::ifstream missing("/nonexistent/file");
    CHECK(code_thrown_by([&] { static_cast<void>(sluice::read_all(missing)); }) ==
          std::errc::no_such_file_or_directory);
    std::ifstream of_std("/nonexistent/file");
    CHECK(code_thrown_by([&] { static_cast<void>(sluice::read_all(of_std)); }) ==
          std::io_errc::stream);
    std::istream none(nullptr);
    CHECK(code_thrown_by([&] { static_cast<void>(sluice::read_all(none)); }) ==
          sluice::errc::closed);
}

TEST_CASE("a failure throws the reason and a file stands where it stood") {
    const std::string text = sample(400000);
    const support::temporary_file file(text);
    sluice::ifstream in(file.path());
    in.ignore(7);
    {
        const replaced_calls scope;
        static int left = 0;
        static auto real = scope.real().read;
        left = 2;
        replaced_calls::calls().read = [](int from, void* target, std::size_t size) {
            return left-- > 0 ? real(from, target, size) : fail_to_read(from, target, size);
        };
        replaced_calls::calls().pread = [](int, void*, std::size_t, off_t) {
            return fail_to_read(0, {}, 0);
        };
        CHECK(code_thrown_by([&] { static_cast<void>(sluice::read_all(in)); }) ==
              std::errc::io_error);
        CHECK(in.rdstate() == ios::badbit);
        CHECK(sluice::error_of(in).path() == file.path());
    }
    in.clear();
    CHECK(in.tellg() == std::streampos(7));
    CHECK((sluice::read_all(in) == text.substr(7)));
}

TEST_CASE("a failure that has passed when it is tried again is none") {
    const std::string text = sample(400000);
    const support::temporary_file file(text);
    sluice::ifstream in(file.path());
    const replaced_calls scope;
    static int count = 0;
    static auto real = scope.real().read;
    count = 0;
    replaced_calls::calls().read = [](int from, void* target, std::size_t size) {
        return ++count == 2 ? fail_to_read(from, target, size) : real(from, target, size);
    };
    CHECK((sluice::read_all(in) == text));
    CHECK(in.rdstate() == ios::eofbit);
}

TEST_CASE("what came before a failure is appended in any case") {
    support::failing_buf buf("abcdef", 2, 4);
    std::istream in(&buf);
    std::string content;
    CHECK_THROWS_AS(sluice::read_all(in, content), std::runtime_error);
    CHECK(content == "abcd");
    CHECK(in.rdstate() == ios::badbit);
}

TEST_CASE("a pipe gives what came before it would block or else throws") {
    auto [in, out] = sluice::pipe();
    REQUIRE(::fcntl(in.fileno(), F_SETFL, O_NONBLOCK) == 0);
    CHECK(code_thrown_by([&in = in] { static_cast<void>(sluice::read_all(in)); }) ==
          sluice::errc::would_block);
    in.clear();
    out.write("abc");
    out.flush();
    CHECK(sluice::read_all(in) == "abc");
    CHECK(in.bad());
    CHECK(sluice::error_of(in).code() == sluice::errc::would_block);
    in.clear();
    out.write("def");
    out.flush();
    in.exceptions(ios::badbit);
    std::string content;
    CHECK(code_thrown_by([&in = in, &content] { sluice::read_all(in, content); }) ==
          sluice::errc::would_block);
    CHECK(content == "def");
}

TEST_CASE("exceptions that hold eofbit throw at the end") {
    std::istringstream in("abc");
    in.exceptions(ios::eofbit);
    std::string content;
    CHECK_THROWS_AS(sluice::read_all(in, content), ios::failure);
    CHECK(content == "abc");
}

TEST_CASE("a buffer that promises more than it has is read to its end") {
    struct boasting : std::stringbuf {
        boasting() : std::stringbuf("abc") {}
        std::streamsize showmanyc() override { return 1000; }
    } buf;
    std::istream in(&buf);
    CHECK(sluice::read_all(in) == "abc");
    CHECK(in.rdstate() == ios::eofbit);
}

TEST_CASE("what a buffer promises is not taken for memory that there is") {
    struct lying : support::unbuffered {
        lying() : unbuffered("abc") {}
        std::streamsize showmanyc() override {
            return std::numeric_limits<std::streamsize>::max() / 8;
        }
    };
    lying all;
    std::istream in(&all);
    CHECK(sluice::read_all(in) == "abc");
    lying lent;
    CHECK(sluice::count_io(lent).read() == "abc");
    lying cut;
    sluice::limit_io limited(cut, 2);
    CHECK(limited.read() == "ab");
    CHECK(conformance::code_thrown_by([&] { limited.read(); }) == sluice::errc::too_long);
    lying exact;
    CHECK(sluice::limit_io(exact, 3).read() == "abc");
}

TEST_SUITE_END();
