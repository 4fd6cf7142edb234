#include <sluice/device/file.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/pipe.hpp>
#include <sluice/device/span.hpp>
#include <sluice/filter/tee.hpp>
#include <sluice/filter/text.hpp>
#include <sluice/open.hpp>

#include <conformance/failing.hpp>
#include <conformance/transfer.hpp>
#include <support/errors.hpp>
#include <support/system_calls.hpp>
#include <support/temporary.hpp>
#include <support/unbuffered.hpp>

#include <doctest/doctest.h>

#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using conformance::code_thrown_by;
using conformance::write;
using ios = std::ios_base;

namespace {

constexpr int end = std::char_traits<char>::eof();

/// Takes what it has room for; would block, or fails, for more.
class narrow_buf : public sluice::basic_buf<char> {
public:
    narrow_buf(std::size_t room, std::error_code code)
        : basic_buf(false, true), room_(room), code_(code) {}
    void widen(std::size_t more) { room_ += more; }
    [[nodiscard]] const std::string& text() const { return text_; }
    int syncs = 0;

protected:
    std::streamsize xsputn(const char* source, std::streamsize count) override {
        const auto part = std::min(static_cast<std::size_t>(count), room_ - text_.size());
        text_.append(source, part);
        if (part < static_cast<std::size_t>(count)) {
            fail(code_, "write", static_cast<off_type>(text_.size()));
        }
        return static_cast<std::streamsize>(part);
    }
    int_type overflow(int_type c) override {
        const char character = traits_type::to_char_type(c);
        return xsputn(&character, 1) == 1 ? c : traits_type::eof();
    }
    int sync() override {
        ++syncs;
        return 0;
    }

private:
    std::size_t room_;
    std::error_code code_;
    std::string text_;
};

}  // namespace

TEST_SUITE_BEGIN("tee");

TEST_CASE("what is written goes to each output") {
    const support::temporary_file file;
    sluice::membuf a;
    std::ostringstream b;
    support::unbuffered c("");
    sluice::tee_io out(a, b, c, sluice::open(file.path(), "wb"));
    CHECK(out.rdbuf()->outputs() == 4);
    CHECK_FALSE(out.readable());
    CHECK_FALSE(out.seekable());
    out << "3 apples" << '\n';
    out.write(std::string(200000, 'x'));
    out.put('!');
    out.close();
    const std::string text = "3 apples\n" + std::string(200000, 'x') + '!';
    CHECK((a.view() == text));
    CHECK((b.str() == text));
    CHECK((c.written() == text));
    CHECK((file.content() == text));
    CHECK(a.is_open());
    CHECK(code_thrown_by([&] { out.write("x"); }) == sluice::errc::closed);
}

TEST_CASE("a tee of nothing swallows what it is given") {
    sluice::teebuf none{std::vector<sluice::lower>()};
    CHECK(write(none, "abc") == 3);
    CHECK(none.pubsync() == 0);
    CHECK(code_thrown_by([&] { none.sgetc(); }) == sluice::errc::not_readable);
    CHECK_NOTHROW(none.close());
}

TEST_CASE("where one output fails the others get everything and the failure is reported once") {
    for (const std::size_t piece : {std::size_t(1), std::size_t(1000), std::size_t(300000)}) {
        CAPTURE(piece);
        std::array<char, 5000> room{};
        sluice::membuf first;
        sluice::spanbuf full(room, ios::out);
        sluice::membuf last;
        sluice::tee_io out(first, full, last);
        const std::string text = conformance::sample(300000);
        int failures = 0;
        for (std::size_t at = 0; at < text.size();) {
            const std::string part = text.substr(at, piece);
            try {
                out.write(part);
                at += part.size();
            } catch (const sluice::error& thrown) {
                ++failures;
                CHECK(thrown.code() == sluice::errc::no_space);
                CHECK(thrown.detail() == "output 2");
                CHECK(thrown.position() == 5000);
                at += static_cast<std::size_t>(thrown.count());
                out.clear();
            }
        }
        CHECK(failures == 1);
        CHECK_NOTHROW(out.close());
        CHECK((first.view() == text));
        CHECK((last.view() == text));
        CHECK((full.view() == std::string_view(text).substr(0, 5000)));
        CHECK_FALSE(bool(out.rdbuf()->failure(0)));
        CHECK(out.rdbuf()->failure(1).code() == sluice::errc::no_space);
    }
}

TEST_CASE("a stream on a tee is bad where an output fails and names its path") {
    sluice::membuf kept;
    sluice::tee_io out(sluice::open("/dev/full", "wb"), kept);
    out << "abc" << std::flush;
    CHECK(out.bad());
    CHECK(sluice::error_of(out).code() == std::errc::no_space_on_device);
    CHECK(sluice::error_of(out).path() == "/dev/full");
    CHECK(sluice::error_of(out).detail() == "output 1");
    CHECK(sluice::error_of(out).operation() == "write");
    CHECK(kept.view() == "abc");
    out.clear();
    out << "def" << std::flush;
    CHECK(out.good());
    CHECK(kept.view() == "abcdef");
}

TEST_CASE("a failure at close is reported and all outputs are closed") {
    sluice::membuf kept;
    sluice::tee_io out(kept, sluice::open("/dev/full", "wb"));
    out << "abc";
    CHECK(code_thrown_by([&] { out.close(); }) == std::errc::no_space_on_device);
    CHECK(out.closed());
    CHECK(kept.view() == "abc");
}

TEST_CASE("the last output that is left is tried again") {
    narrow_buf a(3, std::make_error_code(std::errc::io_error));
    narrow_buf b(5, std::make_error_code(std::errc::io_error));
    sluice::teebuf out(a, b);
    CHECK(write(out, "abcdefgh") == 8);
    CHECK(out.pubsync() == -1);
    CHECK(a.text() == "abc");
    CHECK(b.text() == "abcde");
    CHECK(bool(out.failure(0)));
    CHECK_FALSE(bool(out.failure(1)));
    CHECK(out.pubsync() == -1);
    b.widen(100);
    CHECK(out.pubsync() == 0);
    CHECK(b.text() == "abcdefgh");
    CHECK(a.text() == "abc");
}

TEST_CASE("an output that would block gets what it has not taken and no other gets it twice") {
    for (const std::size_t size : {std::size_t(20), std::size_t(200000)}) {
        CAPTURE(size);
        narrow_buf slow(7, sluice::errc::would_block);
        sluice::membuf fast;
        sluice::teebuf out(fast, slow);
        const std::string text = conformance::sample(size);
        std::size_t done = write(out, text);
        CHECK((size == 20 ? done == 20 : done < size));
        CHECK(out.pubsync() == (size == 20 ? -1 : 0));
        CHECK(out.reason().code() == sluice::errc::would_block);
        slow.widen(1000000);
        done += write(out, std::string_view(text).substr(done));
        CHECK(done == size);
        CHECK(out.pubsync() == 0);
        CHECK((slow.text() == text));
        CHECK((fast.view() == text));
    }
}

TEST_CASE("a tee whose stream is told to throw throws after all outputs have their part") {
    sluice::membuf kept;
    narrow_buf flushed(100, {});
    sluice::tee_io out(sluice::open("/dev/full", "wb"), kept, flushed);
    out.exceptions(ios::badbit);
    std::ostream& as_any = out;
    CHECK(code_thrown_by([&] { as_any << "abc" << std::flush; }) == std::errc::no_space_on_device);
    CHECK(kept.view() == "abc");
    CHECK(flushed.syncs == 1);
    out.exceptions(ios::goodbit);
}

TEST_CASE("a tee takes no output that cannot be written") {
    std::istringstream in("abc");
    sluice::membuf to;
    CHECK(code_thrown_by([&] { const sluice::teebuf out(to, in); }) == sluice::errc::not_writable);
}

TEST_CASE("a tee detaches what it owns") {
    sluice::membuf lent;
    sluice::tee_io out(lent, std::make_unique<sluice::membuf>());
    out << "abc";
    const auto owned = out.detach();
    REQUIRE(owned.size() == 2);
    CHECK(owned[0] == nullptr);
    CHECK(dynamic_cast<sluice::membuf&>(*owned[1]).view() == "abc");
    CHECK(lent.view() == "abc");
    CHECK(out.closed());
    CHECK(code_thrown_by([&] { static_cast<void>(out.detach()); }) == sluice::errc::closed);
}

TEST_CASE("a moved tee goes on and one that ends writes what is pending") {
    sluice::membuf a;
    sluice::membuf b;
    {
        sluice::teebuf first(a, b);
        write(first, "abc");
        sluice::teebuf second(std::move(first));
        CHECK_FALSE(first.is_open());  // NOLINT: the case
        write(second, "def");
        first = std::move(second);
        write(first, "ghi");
    }
    CHECK(a.view() == "abcdefghi");
    CHECK(b.view() == "abcdefghi");
}

TEST_CASE("what is read is recorded and what is read ahead is not") {
    sluice::membuf from("abcdefghi");
    sluice::membuf record;
    {
        sluice::record_io in(from, record);
        CHECK(in.read(3) == "abc");
        CHECK(in.peek(2).size() >= 2);
        in.flush();
        CHECK(record.view() == "abc");
        CHECK(in.get() == 'd');
        CHECK(in.unget());
        CHECK(in.get() == 'd');
        in.flush();
        CHECK(record.view() == "abcd");
        CHECK(in.rdbuf()->sungetc() == 'd');
        CHECK(in.read(3) == "def");
    }
    CHECK(record.view() == "abcdef");
    CHECK(from.sgetc() == 'g');
    CHECK(record.is_open());
}

TEST_CASE("a record of a buffer without areas and of bulk reads") {
    const std::string text = conformance::sample(300000);
    support::unbuffered from(text);
    sluice::membuf record;
    sluice::recordbuf in(from, record);
    CHECK((conformance::read_some(in, 1000, conformance::by_character) == text.substr(0, 1000)));
    CHECK((conformance::read_all(in) == text.substr(1000)));
    in.close();
    CHECK((record.view() == text));
}

TEST_CASE("a record that fails ends and reading goes on") {
    std::array<char, 4> room{};
    sluice::spanbuf full(room, ios::out);
    sluice::record_io in(sluice::bytes_io("abcdefghi"), full);
    CHECK(in.read(3) == "abc");
    in.flush();
    CHECK(in.good());
    CHECK(in.read(3) == "def");
    CHECK(code_thrown_by([&] { in.seek(6); }) == std::error_code());
    CHECK(in.bad());
    CHECK(sluice::error_of(in).code() == sluice::errc::no_space);
    CHECK(sluice::error_of(in).detail() == "record");
    CHECK_FALSE(in.rdbuf()->recording());
    in.clear();
    CHECK(in.read() == "ghi");
    CHECK(in.good());
    CHECK(full.view() == "abcd");
    CHECK_NOTHROW(in.close());
}

TEST_CASE("a record that cannot be flushed or closed is reported") {
    sluice::record_io in(sluice::bytes_io("abc"), sluice::open("/dev/full", "wb"));
    CHECK(in.read() == "abc");
    CHECK(code_thrown_by([&] { in.close(); }) == std::errc::no_space_on_device);
    CHECK(in.closed());
    CHECK(sluice::error_of(in).path() == "/dev/full");
    CHECK(sluice::error_of(in).detail() == "record");
}

TEST_CASE("a record is closed and reported by detach") {
    const support::temporary_file file;
    {
        sluice::record_io in(sluice::bytes_io("abcdef"), sluice::open(file.path(), "wb"));
        CHECK(in.read(3) == "abc");
        const auto below = in.detach();
        CHECK(in.closed());
        REQUIRE(below != nullptr);
        CHECK(below->sgetc() == 'd');
        CHECK(file.content() == "abc");
        CHECK(code_thrown_by([&] { static_cast<void>(in.detach()); }) == sluice::errc::closed);
    }
    {
        sluice::membuf lent;
        sluice::recordbuf in(std::make_unique<sluice::membuf>("abcdef"), lent);
        CHECK(in.sbumpc() == 'a');
        CHECK(in.detach() != nullptr);
        CHECK_FALSE(in.recording());
        CHECK(lent.is_open());
        CHECK(lent.view() == "a");
    }
}

TEST_CASE("a record that cannot be closed by detach is reported and what lies below is kept") {
    const support::temporary_file file;
    const support::replaced_calls scope;
    sluice::recordbuf in(std::make_unique<sluice::membuf>("abcdef"),
                         sluice::open(file.path(), "wb"));
    CHECK(in.sbumpc() == 'a');
    support::replaced_calls::calls().close = [](int number) -> int {
        ::close(number);
        errno = EIO;
        return -1;
    };
    const sluice::error why = support::thrown_by([&] { static_cast<void>(in.detach()); });
    support::replaced_calls::calls() = scope.real();
    CHECK(why.code() == std::errc::io_error);
    CHECK(why.path() == file.path());
    CHECK(why.detail() == "record");
    CHECK(in.is_open());
    CHECK_FALSE(in.recording());
    const auto below = in.detach();
    REQUIRE(below != nullptr);
    CHECK(below->sgetc() == 'b');
}

TEST_CASE("a record that is pinned is not detached") {
    auto record = std::make_unique<sluice::membuf>();
    auto pin = record->getbuffer();
    sluice::recordbuf in(std::make_unique<sluice::membuf>("abc"), std::move(record));
    CHECK(code_thrown_by([&] { static_cast<void>(in.detach()); }) == sluice::errc::pinned);
    CHECK(in.recording());
    pin.release();
    CHECK(in.detach() != nullptr);
    CHECK_FALSE(in.recording());
}

TEST_CASE("what is written through a record goes below alone") {
    sluice::membuf below("abcdef");
    sluice::membuf record;
    sluice::recordbuf f(below, record);
    CHECK(f.sbumpc() == 'a');
    CHECK(f.sputc('B') == 'B');
    CHECK(f.sbumpc() == 'c');
    f.close();
    CHECK(below.view() == "aBcdef");
    CHECK(record.view() == "ac");
}

TEST_CASE("a moved record goes on") {
    sluice::membuf record;
    sluice::recordbuf a(std::make_unique<sluice::membuf>("abcdef"), record);
    CHECK(a.sbumpc() == 'a');
    sluice::recordbuf b(std::move(a));
    CHECK(b.sbumpc() == 'b');
    a = std::move(b);
    CHECK(a.sbumpc() == 'c');
    swap(a, b);
    b.close();
    CHECK(record.view() == "abc");
    CHECK(a.sputc('x') == end);
}

TEST_CASE("a record that is moved over closes and reports") {
    sluice::membuf record;
    sluice::recordbuf a(sluice::bytes_io("abc"), sluice::open("/dev/full", "wb"));
    CHECK(a.sbumpc() == 'a');
    CHECK(code_thrown_by([&] { a = sluice::recordbuf(); }) == std::errc::no_space_on_device);
    CHECK(a.reason().detail() == "record");
    CHECK_FALSE(a.is_open());
    a = sluice::recordbuf(sluice::bytes_io("def"), record);
    auto& same = a;
    a = std::move(same);
    CHECK(a.sbumpc() == 'd');
}

TEST_SUITE_END();
