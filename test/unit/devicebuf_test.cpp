#include <sluice/bridge/boost.hpp>
#include <sluice/device/file.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/stream.hpp>

#include <conformance/failing.hpp>
#include <support/boost_devices.hpp>
#include <support/temporary.hpp>

#include <boost/iostreams/combine.hpp>
#include <boost/iostreams/compose.hpp>
#include <boost/iostreams/device/array.hpp>
#include <boost/iostreams/device/back_inserter.hpp>
#include <boost/iostreams/device/file.hpp>
#include <boost/iostreams/device/file_descriptor.hpp>
#include <boost/iostreams/device/mapped_file.hpp>
#include <boost/iostreams/device/null.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filtering_stream.hpp>
#include <boost/iostreams/restrict.hpp>
#include <boost/iostreams/tee.hpp>
#include <doctest/doctest.h>

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <locale>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

namespace io = boost::iostreams;
using conformance::code_thrown_by;
using ios = std::ios_base;

namespace {

using growing = support::growing_device<char>;
using script_sink = support::scripted_device<io::output>;

static_assert(std::is_nothrow_move_constructible_v<sluice::devicebuf<growing>>);
static_assert(!std::is_copy_constructible_v<sluice::devicebuf<growing>>);
static_assert(std::is_same_v<sluice::devicebuf<growing>::char_type, char>);

std::string read_all(std::streambuf& from) {
    return {std::istreambuf_iterator<char>(&from), {}};
}

/// Two positions in one content.
class two_headed {
public:
    using char_type = char;
    struct category : io::dual_seekable, io::device_tag {};

    explicit two_headed(std::string& content) : content_(&content) {}
    std::streamsize read(char* target, std::streamsize count) {
        const auto got = content_->copy(target, static_cast<std::size_t>(count), in_);
        in_ += got;
        return got == 0 ? -1 : static_cast<std::streamsize>(got);
    }
    std::streamsize write(const char* source, std::streamsize count) {
        const auto size = static_cast<std::size_t>(count);
        content_->replace(out_, std::min(size, content_->size() - out_), source, size);
        out_ += size;
        return count;
    }
    std::streampos seek(io::stream_offset offset, ios::seekdir whence, ios::openmode which) {
        if (which == (ios::in | ios::out)) {
            throw std::ios_base::failure("bad seek");
        }
        std::size_t& place = which == ios::in ? in_ : out_;
        const auto from = whence == ios::beg   ? std::size_t(0)
                          : whence == ios::cur ? place
                                               : content_->size();
        place = from + static_cast<std::size_t>(offset);
        return static_cast<std::streamoff>(place);
    }

private:
    std::string* content_;
    std::size_t in_ = 0;
    std::size_t out_ = 0;
};

/// Cannot be read, and sought where it is written.
class written_only {
public:
    using char_type = char;
    struct category : io::output_seekable, io::device_tag {};

    explicit written_only(const growing& below) : below_(below) {}
    std::streamsize write(const char* source, std::streamsize count) {
        return below_.write(source, count);
    }
    std::streampos seek(io::stream_offset offset, ios::seekdir whence) {
        return below_.seek(offset, whence);
    }

private:
    growing below_;
};

/// Says that it gave more than it was asked for.
struct liar {
    using char_type = char;
    struct category : io::bidirectional_device_tag {};

    std::streamsize read(char*, std::streamsize count) { return count + 1; }
    std::streamsize write(const char*, std::streamsize count) { return count + 1; }
};

/// Knows the buffer size that it wants, and the locale that it is given.
struct particular {
    using char_type = char;
    struct category : io::sink_tag, io::optimally_buffered_tag, io::localizable_tag {};

    explicit particular(std::string& log) : log_(&log) {}
    std::streamsize write(const char*, std::streamsize count) {
        *log_ += std::to_string(count) + ' ';
        return count;
    }
    [[nodiscard]] std::streamsize optimal_buffer_size() const { return 10; }
    void imbue(const std::locale& locale) { *log_ += locale.name() + ' '; }

private:
    std::string* log_;
};

}  // namespace

TEST_SUITE_BEGIN("devicebuf");

TEST_CASE("a devicebuf says what its device can do") {
    growing memory("abc");
    CHECK(sluice::devicebuf(memory).seekable());
    CHECK(sluice::devicebuf(memory).readable());
    CHECK(sluice::devicebuf(memory).writable());
    sluice::devicebuf sink{io::null_sink()};
    CHECK_FALSE(sink.readable());
    CHECK(sink.writable());
    CHECK_FALSE(sink.seekable());
    CHECK(code_thrown_by([&] { (void)sink.size(); }) == sluice::errc::unsupported);
    CHECK(code_thrown_by([&] { sink.truncate(0); }) == sluice::errc::unsupported);
    CHECK(code_thrown_by([&] { (void)sink.native_handle(); }) == sluice::errc::unsupported);
    const sluice::devicebuf<growing> none;
    CHECK_FALSE(none.is_open());
    CHECK(none.device() == nullptr);
    CHECK(none.path().empty());
}

TEST_CASE("a device that is lent is flushed by close and goes on") {
    const auto script = std::make_shared<support::script>();
    script_sink device(script);
    {
        sluice::devicebuf buffer(device);
        buffer.sputn("abc", 3);
        buffer.close();
        CHECK(script->log == "wf");
        CHECK(buffer.device() == &device);
    }
    CHECK(script->log == "wf");
    CHECK(script->sink == "abc");
}

TEST_CASE("a device that is moved in is closed once") {
    const auto script = std::make_shared<support::script>();
    {
        sluice::devicebuf buffer{script_sink(script)};
        buffer.sputn("abc", 3);
        buffer.close();
        buffer.close();
        CHECK(script->log == "wc");
        CHECK(buffer.device() != nullptr);
    }
    CHECK(script->log == "wc");
    { const sluice::devicebuf buffer(std::make_unique<script_sink>(script)); }
    CHECK(script->log == "wcc");
}

TEST_CASE("what is not open is refused") {
    CHECK(code_thrown_by([] { sluice::devicebuf buffer{io::file_descriptor_source()}; }) ==
          sluice::errc::closed);
    CHECK(code_thrown_by([] { sluice::devicebuf buffer(io::file_source("/no/such")); }) ==
          sluice::errc::closed);
    io::filtering_ostreambuf chain;
    chain.push(io::gzip_compressor());
    CHECK(code_thrown_by([&] { sluice::devicebuf buffer(chain); }) == sluice::errc::closed);
    CHECK(code_thrown_by([] {
              sluice::devicebuf buffer(std::unique_ptr<io::filtering_ostreambuf>{});
          }) == sluice::errc::closed);
}

TEST_CASE("a devicebuf begins where its device stands and leaves it where it stands itself") {
    growing memory("0123456789");
    memory.seek(3, ios::beg);
    {
        sluice::devicebuf buffer(memory);
        CHECK(std::streamoff(buffer.pubseekoff(0, ios::cur)) == 3);
        CHECK(buffer.sbumpc() == '3');
        CHECK(buffer.size() == 10);
        CHECK(buffer.sbumpc() == '4');
        CHECK(buffer.pubsync() == 0);
        CHECK(memory.seek(0, ios::cur) == std::streampos(5));
        CHECK(buffer.sbumpc() == '5');
        buffer.sputc('X');
        buffer.close();
    }
    CHECK(memory.seek(0, ios::cur) == std::streampos(7));
    CHECK(*memory.content() == "012345X789");
}

TEST_CASE("a file of Boost's is read and written at one position, also far away") {
    support::temporary_file file("0123456789");
    sluice::stream f(std::make_unique<sluice::devicebuf<io::file_descriptor>>(
        io::file_descriptor(file.path(), ios::in | ios::out | ios::binary)));
    CHECK(f.read(2) == "01");
    f.write("ab");
    CHECK(f.read(2) == "45");
    CHECK(f.tell() == 6);
    CHECK(f.seek(-1, ios::end) == 9);
    CHECK(f.read() == "9");
    constexpr std::int64_t far = (std::int64_t(3) << 30) + 1;
    CHECK(f.seek(far) == far);
    f.write("far");
    CHECK(f.rdbuf()->size() == far + 3);
    CHECK(f.seek(-2, ios::cur) == far + 1);
    CHECK(f.read() == "ar");
    f.seek(20);
    CHECK(f.read(2) == std::string(2, '\0'));
    f.close();
}

TEST_CASE("a file of Boost's that has no positions after all is read in order") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    CHECK(::write(ends[1], "abc", 3) == 3);
    ::close(ends[1]);
    sluice::devicebuf buffer(io::file_descriptor_source(ends[0], io::close_handle));
    CHECK_FALSE(buffer.seekable());
    CHECK(read_all(buffer) == "abc");
    CHECK_FALSE(bool(buffer.reason()));
}

TEST_CASE("two positions of a device are one of its buffer") {
    std::string content = "0123456789";
    sluice::stream f(std::make_unique<sluice::devicebuf<two_headed>>(two_headed(content)));
    CHECK(f.read(3) == "012");
    f.write("abc");
    CHECK(f.read(2) == "67");
    f.seek(1);
    f.write("X");
    CHECK(f.read(3) == "2ab");
    f.seek(0, ios::end);
    f.write("!");
    f.close();
    CHECK(content == "0X2abc6789!");
}

TEST_CASE("each position of a device stands at the end where its buffer stood") {
    std::string content = "abcdef";
    two_headed both(content);
    sluice::devicebuf<two_headed> buffer(std::ref(both));
    CHECK(buffer.sbumpc() == 'a');
    buffer.close();
    char next = 0;
    CHECK(both.read(&next, 1) == 1);
    CHECK(next == 'b');
    CHECK(both.write("X", 1) == 1);
    CHECK(content == "aXcdef");

    const growing memory("");
    written_only one(memory);
    sluice::devicebuf<written_only> out(std::ref(one));
    CHECK(out.sputn("abc", 3) == 3);
    CHECK(out.pubseekpos(1) == std::streampos(1));
    out.close();
    CHECK(one.write("X", 1) == 1);
    CHECK(*memory.content() == "aXc");
}

TEST_CASE("a device that cannot be read is sought and written") {
    const growing memory("");
    sluice::devicebuf out{written_only(memory)};
    CHECK_FALSE(out.readable());
    REQUIRE(out.seekable());
    CHECK(out.sputn("abcdef", 6) == 6);
    CHECK(out.pubseekoff(2, ios::beg) == std::streampos(2));
    CHECK(out.sputn("XY", 2) == 2);
    CHECK(out.pubseekoff(0, ios::end) == std::streampos(6));
    CHECK(out.sputc('g') == 'g');
    out.close();
    CHECK(*memory.content() == "abXYefg");
}

TEST_CASE("two sequences are read and written apart") {
    sluice::membuf from("0123456789");
    sluice::membuf to;
    sluice::devicebuf both(
        io::combine(sluice::device_for<io::input>(from), sluice::device_for<io::output>(to)));
    CHECK(both.sbumpc() == '0');
    both.sputn("ab", 2);
    CHECK(both.sbumpc() == '1');
    both.sputc('c');
    CHECK(read_all(both) == "23456789");
    CHECK_FALSE(both.seekable());
    both.close();
    CHECK(to.view() == "abc");
}

TEST_CASE("memory of Boost's is read and written in place, and is of a fixed size") {
    std::array<char, 5> memory{'a', 'b', 'c', 'd', 'e'};
    sluice::devicebuf buffer{io::array(memory.data(), memory.size())};
    CHECK(buffer.seekable());
    CHECK(buffer.size() == 5);
    CHECK(buffer.sbumpc() == 'a');
    CHECK(buffer.sputn("XYZ", 3) == 3);
    CHECK(buffer.sbumpc() == 'e');
    CHECK(buffer.sbumpc() == std::char_traits<char>::eof());
    CHECK(buffer.sputn("more", 4) == 4);  // pending
    CHECK(code_thrown_by([&] { buffer.close(); }) == sluice::errc::no_space);
    CHECK(std::string(memory.data(), 5) == "aXYZe");

    const std::string text = "constant";
    sluice::devicebuf source(io::array_source(text.data(), text.size()));
    CHECK(read_all(source) == "constant");
    CHECK(std::streamoff(source.pubseekpos(4)) == 4);
    CHECK(read_all(source) == "tant");
    CHECK(std::streamoff(source.pubseekpos(400)) == 400);
    CHECK(source.sgetc() == std::char_traits<char>::eof());

    support::temporary_file file("mapped");
    sluice::devicebuf mapped{io::mapped_file_source(file.path())};
    CHECK(read_all(mapped) == "mapped");
    CHECK_NOTHROW(mapped.close());
}

TEST_CASE("the buffer is as large as asked, or as the device wants it") {
    std::string log;
    {
        sluice::devicebuf own{particular(log)};
        for (int i = 0; i < 25; ++i) {
            own.sputc('x');
        }
    }
    CHECK(log == "10 10 5 ");
    log.clear();
    {
        sluice::devicebuf given(particular(log), 20);
        for (int i = 0; i < 25; ++i) {
            given.sputc('x');
        }
    }
    CHECK(log == "20 5 ");
    log.clear();
    {
        sluice::devicebuf none(particular(log), 0);
        none.sputn("abc", 3);
        none.sputc('d');
        CHECK(log == "3 1 ");
    }
    const auto script = std::make_shared<support::script>();
    sluice::devicebuf large{script_sink(script)};
    large.sputn(std::string(100000, 'x').data(), 100000);
    CHECK(script->log.empty());
}

TEST_CASE("a locale reaches the device when what is pending is written") {
    std::string log;
    sluice::devicebuf buffer{particular(log)};
    buffer.sputn("abc", 3);
    buffer.pubimbue(std::locale("C.UTF-8"));
    CHECK(log == "3 C.UTF-8 ");
    CHECK_FALSE(bool(buffer.reason()));
}

TEST_CASE("a device that refuses a locale says so at no position") {
    struct homebound {
        using char_type = char;
        struct category : io::sink_tag, io::localizable_tag {};

        static std::streamsize write(const char*, std::streamsize count) { return count; }
        static void imbue(const std::locale&) { throw std::runtime_error("here C is spoken"); }
    };
    sluice::devicebuf buffer{homebound{}};
    buffer.pubimbue(std::locale("C.UTF-8"));
    CHECK(buffer.reason().operation() == "imbue");
    CHECK(buffer.reason().code() == std::errc::io_error);
    CHECK(buffer.reason().position() == -1);
}

TEST_CASE("a buffer is moved with its device and all that is pending") {
    const auto script = std::make_shared<support::script>();
    sluice::devicebuf first{script_sink(script)};
    first.sputn("abc", 3);
    auto* const device = first.device();
    sluice::devicebuf second(std::move(first));
    CHECK_FALSE(first.is_open());  // NOLINT(bugprone-use-after-move): closed, as documented
    CHECK(second.device() == device);
    second.sputc('d');
    const auto other = std::make_shared<support::script>();
    sluice::devicebuf third{script_sink(other)};
    third.sputc('x');
    third = std::move(second);
    CHECK(other->sink == "x");
    CHECK(other->log == "wc");
    swap(first, third);
    first.close();
    CHECK(script->sink == "abcd");
    CHECK(script->log == "wc");
}

TEST_CASE("a devicebuf that is moved over tells what it could not write") {
    using sink = io::file_descriptor_sink;
    sluice::devicebuf<sink> to{sink("/dev/full")};
    CHECK(to.sputn("x", 1) == 1);
    CHECK(code_thrown_by([&] { to = sluice::devicebuf<sink>{sink("/dev/null")}; }) ==
          std::errc::no_space_on_device);
}

TEST_CASE("chains of each form are buffers") {
    const std::string text(100000, 'x');
    sluice::membuf memory;
    {
        io::filtering_ostreambuf chain;
        chain.push(io::gzip_compressor());
        chain.push(sluice::device_for(memory));
        sluice::devicebuf lent(chain);
        lent.sputn(text.data(), 60000);
        lent.close();
        CHECK(chain.is_complete());
        sluice::devicebuf again(chain);
        again.sputn(text.data(), 40000);
        again.close();
        chain.reset();
    }
    memory.pubseekpos(0);
    {
        io::filtering_istream in;
        in.push(io::gzip_decompressor());
        in.push(sluice::device_for(memory));
        sluice::devicebuf buffer(in);
        CHECK((read_all(buffer) == text));
    }
    memory.pubseekpos(0);
    {
        io::chain<io::input> chain;
        chain.push(io::gzip_decompressor());
        chain.push(sluice::device_for(memory));
        sluice::devicebuf buffer(std::move(chain));
        CHECK((read_all(buffer) == text));
        CHECK(buffer.sgetc() == std::char_traits<char>::eof());
    }
    memory.pubseekpos(0);
    {
        io::stream_buffer<sluice::device_handle<io::seekable>> link(sluice::device_for(memory));
        sluice::devicebuf buffer(link);
        CHECK(buffer.size() == static_cast<std::streamoff>(memory.view().size()));
        CHECK((read_all(buffer) == memory.view()));
    }
}

TEST_CASE("a chain that seeks has one position") {
    for (const bool lent : {false, true}) {
        CAPTURE(lent);
        growing memory("0123456789");
        auto chain = std::make_unique<io::filtering_streambuf<io::seekable>>();
        chain->push(memory);
        auto* const plain = chain.get();
        using chain_buf = sluice::devicebuf<io::filtering_streambuf<io::seekable>>;
        sluice::stream f(lent ? std::make_unique<chain_buf>(*plain)
                              : std::make_unique<chain_buf>(std::move(chain)));
        CHECK(f.seekable());
        CHECK(f.read(2) == "01");
        f.write("ab");
        CHECK(f.read(2) == "45");
        f.seek(8);
        f.write("cdef");
        f.seek(3);
        CHECK(f.read() == "b4567cdef");
        f.seek(15);
        f.write("!");
        f.close();
        CHECK(*memory.content() == std::string("01ab4567cdef\0\0\0!", 16));
    }
}

TEST_CASE("tee and restrict are devices of a buffer") {
    sluice::membuf one;
    sluice::membuf two;
    sluice::devicebuf both(
        io::tee(sluice::device_for<io::output>(one), sluice::device_for<io::output>(two)));
    both.sputn("abc", 3);
    both.close();
    CHECK(one.view() == "abc");
    CHECK(two.view() == "abc");
    sluice::membuf memory("0123456789");
    sluice::devicebuf part(io::restrict(sluice::device_for(memory), 2, 5));
    CHECK(part.size() == 5);
    CHECK(read_all(part) == "23456");
    CHECK(std::streamoff(part.pubseekpos(1)) == 1);
    CHECK(part.sgetc() == '3');
}

TEST_CASE("a device that says it did more than it was asked is not believed") {
    sluice::devicebuf buffer{liar()};
    char c = 0;
    CHECK(code_thrown_by([&] { buffer.sgetn(&c, 1); }) == std::errc::io_error);
    buffer.sputc('x');
    CHECK(buffer.pubsync() == -1);
    CHECK(buffer.reason().code() == std::errc::io_error);
    CHECK(code_thrown_by([&] { buffer.close(); }) == std::errc::io_error);
}

TEST_CASE("the path is that of the file below the handle") {
    support::temporary_file file("abc");
    sluice::filebuf below;
    below.open(file.path(), ios::in | ios::out);
    CHECK(sluice::devicebuf(sluice::device_for(below)).path() == file.path());
    io::filtering_ostreambuf chain;
    chain.push(io::gzip_compressor());
    chain.push(sluice::device_for(below));
    CHECK(sluice::devicebuf(chain).path() == file.path());
    sluice::devicebuf back{sluice::device_for(below)};
    CHECK(back.truncate(1) == 1);
    CHECK(file.content() == "a");
}

TEST_CASE("wide characters pass through devices and chains") {
    sluice::wmembuf memory;
    auto chain = std::make_unique<io::filtering_wostreambuf>();
    chain->push(sluice::device_for(memory));
    sluice::devicebuf buffer(std::move(chain));
    buffer.sputn(L"\x20ac", 1);
    buffer.close();
    CHECK((memory.view() == L"\x20ac"));
}

TEST_SUITE_END();
