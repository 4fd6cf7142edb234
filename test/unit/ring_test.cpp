#include <sluice/filter/ring.hpp>

#include <conformance/failing.hpp>
#include <conformance/transfer.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

using conformance::code_thrown_by;
using namespace std::chrono_literals;

namespace {

constexpr int end = std::char_traits<char>::eof();

}  // namespace

TEST_SUITE_BEGIN("ring");

TEST_CASE("what one thread writes another reads whatever the sizes are") {
    const std::string text = conformance::sample(200000);
    for (const std::size_t capacity : {1, 2, 3, 7, 16, 1000, 4096, 262144}) {
        for (const std::size_t piece : {0, 1, 3, 100, 5000, 1000000}) {
            if (capacity * (piece == 0 ? 1 : piece) < 200) {
                continue;  // it would take long
            }
            CAPTURE(capacity);
            CAPTURE(piece);
            auto ends = sluice::ringbuf::make(capacity);
            bool written = false;
            std::thread thread([&] {
                written = conformance::write_all(*ends.writer, text, piece);
                ends.writer->close();
            });
            const std::string seen = conformance::read_all(*ends.reader, 97 * piece % 5003);
            thread.join();
            CHECK(written);
            CHECK((seen == text));
            CHECK(ends.reader->sgetc() == end);
            CHECK_FALSE(bool(ends.reader->reason()));
        }
    }
}

TEST_CASE("what is flushed is there at once and the end when it is closed") {
    auto ends = sluice::ring();
    auto& in = ends.reader;
    auto& out = ends.writer;
    CHECK(in.readable());
    CHECK_FALSE(in.writable());
    CHECK(out.writable());
    CHECK_FALSE(out.readable());
    CHECK_FALSE(in.seekable());
    out << "one\ntwo\n";
    CHECK(in.rdbuf()->in_avail() == 0);
    out.flush();
    CHECK(in.rdbuf()->in_avail() == 8);
    CHECK(in.readline() == "one\n");
    CHECK(in.peek(4) == "two\n");
    out << "three";
    out.close();
    CHECK(in.read() == "two\nthree");
    CHECK(in.read().empty());
    CHECK(in.good());
    CHECK(in.rdbuf()->in_avail() == -1);
    CHECK(code_thrown_by([&] { out.write("x"); }) == sluice::errc::closed);
    CHECK(code_thrown_by([&] { in.seek(0); }) == sluice::errc::not_seekable);
}

TEST_CASE("what is left before the end is shown, and not more") {
    auto ends = sluice::ringbuf::make(16);
    CHECK(conformance::write_all(*ends.writer, "abcdef", 0));
    CHECK(conformance::read(*ends.reader, 4) == "abcd");
    ends.writer->close();
    const auto left = ends.reader->peek(10);
    CHECK(std::string(left.begin(), left.end()) == "ef");
    CHECK(conformance::read_all(*ends.reader) == "ef");
}

TEST_CASE("a writer that waits goes on when there is room") {
    auto ends = sluice::ring(100);
    auto& in = ends.reader;
    auto& out = ends.writer;
    std::thread writer([out = std::move(out)]() mutable {
        for (int i = 0; i < 10000; ++i) {
            out << i << '\n';
        }
        out.close();
    });
    int expected = 0;
    int value = 0;
    while (in >> value) {
        REQUIRE(value == expected);
        ++expected;
    }
    writer.join();
    CHECK(expected == 10000);
}

TEST_CASE("what a reader does not want makes the writer fail with a broken pipe") {
    auto ends = sluice::ring(100);
    auto& in = ends.reader;
    auto& out = ends.writer;
    std::thread reader([in = std::move(in)]() mutable {
        CHECK(in.read(50) == std::string(50, 'x'));
        in.close();
    });
    CHECK(code_thrown_by([&] {
              for (;;) {
                  out.write(std::string(70, 'x'));
              }
          }) == std::errc::broken_pipe);
    reader.join();
    CHECK(out.bad());
    CHECK(sluice::error_of(out).operation() == "write");
    out.clear();
    CHECK(code_thrown_by([&] { out.write(std::string(200, 'x')); }) == std::errc::broken_pipe);
    CHECK(out.rdbuf()->sputn(std::string(200, 'x').data(), 200) < 200);
}

TEST_CASE("what is pending when the reader has gone is reported by close") {
    auto ends = sluice::ring();
    auto& in = ends.reader;
    auto& out = ends.writer;
    out << "abc";
    in.close();
    CHECK(code_thrown_by([&] { out.flush(); }) == std::errc::broken_pipe);
    CHECK(code_thrown_by([&] { out.close(); }) == std::errc::broken_pipe);
    CHECK(out.closed());
    CHECK_NOTHROW(out.close());
}

TEST_CASE("a writer's failure reaches the reader after what came before") {
    auto ends = sluice::ring();
    auto& in = ends.reader;
    auto& out = ends.writer;
    out << "abc";
    out.close_with({"read", std::make_error_code(std::errc::io_error), "/source", 7, "torn"});
    CHECK(out.closed());
    CHECK(in.get() == 'a');
    CHECK(in.read(100) == "bc");
    CHECK(in.good());
    for (int i = 0; i < 2; ++i) {
        CHECK(code_thrown_by([&] { in.read(100); }) == std::errc::io_error);
        CHECK(in.bad());
        CHECK_FALSE(in.eof());
        CHECK(sluice::error_of(in).path() == "/source");
        CHECK(sluice::error_of(in).position() == 7);
        CHECK(sluice::error_of(in).detail() == "torn");
        in.clear();
    }
    CHECK(in.rdbuf()->sungetc() == 'c');
    CHECK(in.rdbuf()->sbumpc() == 'c');
}

TEST_CASE("a bulk read that meets a failure has read nothing") {
    auto ends = sluice::ringbuf::make(8);
    std::thread writer([&] {
        conformance::write(*ends.writer, "0123456789abcdef");
        ends.writer->close_with({"read", std::make_error_code(std::errc::io_error)});
    });
    char block[100] = {};
    CHECK(code_thrown_by([&] { ends.reader->sgetn(block, 100); }) == std::errc::io_error);
    writer.join();
    CHECK(conformance::read(*ends.reader, 16) == "0123456789abcdef");
    CHECK(code_thrown_by([&] { ends.reader->sgetc(); }) == std::errc::io_error);
}

TEST_CASE("a reader's reason reaches the writer") {
    auto ends = sluice::ring();
    auto& in = ends.reader;
    auto& out = ends.writer;
    in.close_with({"read", sluice::errc::bad_encoding, "there"});
    CHECK(in.closed());
    CHECK(code_thrown_by([&] { out.write("abc"); }) == sluice::errc::bad_encoding);
    CHECK(sluice::error_of(out).path() == "there");
    in.close_with({"read", sluice::errc::bad_encoding});  // closed already
}

TEST_CASE("a writer that ends by an exception does not look whole") {
    auto ends = sluice::ring();
    auto& in = ends.reader;
    auto& out = ends.writer;
    std::thread thread([out = std::move(out)]() mutable {
        try {
            auto mine = std::move(out);
            mine << "half";
            throw std::runtime_error("no more");
        } catch (const std::runtime_error&) {
            // by the end of `mine`
        }
    });
    thread.join();
    CHECK(in.read(100) == "half");
    CHECK(code_thrown_by([&] { in.read(100); }) == std::errc::operation_canceled);
}

TEST_CASE("neither end waits longer than it may and nothing is lost") {
    auto ends = sluice::ring(16);
    auto& in = ends.reader;
    auto& out = ends.writer;
    in.rdbuf()->set_timeout(5ms);
    out.rdbuf()->set_timeout(5ms);
    CHECK(code_thrown_by([&] { in.read(1); }) == sluice::errc::timed_out);
    in.clear();
    std::size_t taken = 0;
    try {
        out.write(std::string(100, 'x'));
    } catch (const sluice::error& thrown) {
        CHECK(thrown.code() == sluice::errc::timed_out);
        taken = static_cast<std::size_t>(thrown.count());
    }
    CHECK(taken == 16);
    out.clear();
    CHECK(in.read(10) == std::string(10, 'x'));
    out.write("yz");
    out.flush();
    CHECK(in.read(8) == "xxxxxxyz");
    CHECK(code_thrown_by([&] { in.read(1); }) == sluice::errc::timed_out);
    in.clear();
    out.close();
    CHECK(in.read().empty());
}

TEST_CASE("a different character is put back and never seen by the writer") {
    auto ends = sluice::ring(64);
    auto& in = ends.reader;
    auto& out = ends.writer;
    out << "abcdef";
    out.flush();
    CHECK(in.read(3) == "abc");
    CHECK(in.rdbuf()->sputbackc('X') == 'X');
    CHECK(in.read(2) == "Xd");
    out << "gh";
    out.close();
    CHECK(in.read() == "efgh");
}

TEST_CASE("a peek shows as many as there are in one piece") {
    auto ends = sluice::ring(16);
    auto& in = ends.reader;
    auto& out = ends.writer;
    out << "0123456789";
    out.flush();
    CHECK(in.peek(10) == "0123456789");
    CHECK(in.read(10) == "0123456789");
    std::thread writer([out = std::move(out)]() mutable {
        out << "abcdefghij";
        out.close();
    });
    CHECK_FALSE(in.peek(10).empty());
    CHECK(in.read() == "abcdefghij");
    CHECK(in.peek(1).empty());
    writer.join();
}

TEST_CASE("ends are moved and closed by an assignment") {
    auto first = sluice::ringbuf::make();
    conformance::write(*first.writer, "abc");
    sluice::ringbuf writer(std::move(*first.writer));
    sluice::ringbuf reader(std::move(*first.reader));
    CHECK_FALSE(first.reader->is_open());
    conformance::write(writer, "def");
    CHECK(writer.pubsync() == 0);
    CHECK(conformance::read(reader, 2) == "ab");
    auto second = sluice::ringbuf::make();
    writer = std::move(*second.writer);
    CHECK(conformance::read_all(reader) == "cdef");
    swap(reader, *second.reader);
    conformance::write(writer, "x");
    CHECK(writer.pubsync() == 0);
    CHECK(reader.sbumpc() == 'x');
    sluice::ringbuf closed;
    CHECK(code_thrown_by([&] { closed.sgetc(); }) == sluice::errc::closed);
    CHECK(closed.sputc('x') == end);
    CHECK(closed.pubsync() == 0);
    CHECK(code_thrown_by([] { static_cast<void>(sluice::ringbuf::make(0)); }) ==
          sluice::errc::bad_mode);
}

TEST_CASE("a ring of wide characters") {
    auto ends = sluice::wring(10);
    auto& in = ends.reader;
    auto& out = ends.writer;
    std::thread writer([out = std::move(out)]() mutable {
        out << std::wstring(1000, L'\x20ac');
        out.close();
    });
    CHECK((in.read() == std::wstring(1000, L'\x20ac')));
    writer.join();
}

TEST_CASE("an end that is moved over closes and reports") {
    auto ends = sluice::ringbuf::make();
    sluice::ringbuf& writer = *ends.writer;
    CHECK(conformance::write(writer, "abc") == 3);
    ends.reader->close();
    CHECK(code_thrown_by([&] { writer = sluice::ringbuf(); }) == std::errc::broken_pipe);
    CHECK_FALSE(writer.is_open());
    auto other = sluice::ringbuf::make();
    writer = std::move(*other.writer);
    auto& same = writer;
    writer = std::move(same);
    CHECK(conformance::write(writer, "def") == 3);
    writer.close();
    CHECK(conformance::read_all(*other.reader) == "def");
}

TEST_CASE("a time limit may be as long or as short as there is") {
    for (const auto limit : {std::chrono::milliseconds::max(), std::chrono::milliseconds(0),
                             std::chrono::milliseconds(-1), std::chrono::milliseconds::min()}) {
        CAPTURE(limit.count());
        auto ends = sluice::ring(16);
        ends.reader.rdbuf()->set_timeout(limit);
        std::thread writer;
        if (limit.count() > 0) {
            writer = std::thread([&ends] { ends.writer << "x" << std::flush; });
            CHECK(ends.reader.get() == 'x');
            writer.join();
        } else {
            CHECK(code_thrown_by([&] { ends.reader.read(1); }) == sluice::errc::timed_out);
        }
    }
}

TEST_CASE("a writer that ends well while something else is thrown is no failure") {
    struct reports {
        std::string& told;
        ~reports() {
            auto ends = sluice::ring();
            {
                sluice::ring_io writer = std::move(ends.writer);
                writer << "whole";
            }
            told = ends.reader.read();
        }
    };
    std::string told;
    try {
        const reports at_end{told};
        throw 1;
    } catch (int) {
        CHECK(told == "whole");
    }
}

TEST_SUITE_END();
