// What Boost.Iostreams offers, on handles of sluice's.

#include <sluice/bridge/boost.hpp>
#include <sluice/device/container.hpp>
#include <sluice/device/file.hpp>
#include <sluice/device/mapped.hpp>
#include <sluice/device/memory.hpp>
#include <sluice/device/span.hpp>
#include <sluice/fstream.hpp>

#include <conformance/failing.hpp>
#include <support/boost_devices.hpp>
#include <support/temporary.hpp>

#include <boost/iostreams/code_converter.hpp>
#include <boost/iostreams/combine.hpp>
#include <boost/iostreams/compose.hpp>
#include <boost/iostreams/copy.hpp>
#include <boost/iostreams/device/back_inserter.hpp>
#include <boost/iostreams/filter/counter.hpp>
#include <boost/iostreams/filter/gzip.hpp>
#include <boost/iostreams/filter/newline.hpp>
#include <boost/iostreams/invert.hpp>
#include <boost/iostreams/restrict.hpp>
#include <boost/iostreams/stream.hpp>
#include <boost/iostreams/tee.hpp>
#include <doctest/doctest.h>

#include <array>
#include <cctype>
#include <iterator>
#include <locale>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace io = boost::iostreams;
using conformance::code_thrown_by;
using ios = std::ios_base;

namespace {

std::string text_of(std::size_t size) {
    std::string text;
    for (int i = 0; text.size() < size; ++i) {
        text += std::to_string(i) + '\n';
    }
    text.resize(size);
    return text;
}

std::string read_all(std::istream& in) {
    return {std::istreambuf_iterator<char>(in), {}};
}

/// Makes each character that is written upper case.
struct upper_filter : io::multichar_output_filter {
    template <class Sink>
    std::streamsize write(Sink& sink, const char* source, std::streamsize count) {
        for (std::streamsize i = 0; i < count; ++i) {
            if (!io::put(sink, static_cast<char>(std::toupper(source[i])))) {
                return i;
            }
        }
        return count;
    }
};

}  // namespace

TEST_SUITE_BEGIN("boost");

TEST_CASE("tee writes to two handles, and reads from one and records with another") {
    sluice::membuf one;
    sluice::membuf two;
    auto both = io::tee(sluice::device_for<io::output>(one), sluice::device_for<io::output>(two));
    io::stream<decltype(both)> out(both);
    out << "hello";
    out.close();
    CHECK(one.view() == "hello");
    CHECK(two.view() == "hello");

    sluice::membuf from("recorded");
    sluice::membuf record;
    io::filtering_istream in;
    in.push(io::tee(sluice::device_for<io::output>(record)));
    in.push(sluice::device_for<io::input>(from));
    CHECK(read_all(in) == "recorded");
    in.reset();
    CHECK(record.view() == "recorded");
}

TEST_CASE("compose makes a device of a filter and a handle") {
    const std::string text = text_of(50000);
    sluice::membuf memory;
    {
        auto zip = io::compose(io::gzip_compressor(), sluice::device_for<io::output>(memory));
        io::stream<decltype(zip)> out(zip);
        out << text;
        out.close();
        CHECK(out.good());
    }
    memory.pubseekpos(0);
    auto unzip = io::compose(io::gzip_decompressor(), sluice::device_for<io::input>(memory));
    io::stream<decltype(unzip)> in(unzip);
    CHECK((read_all(in) == text));
}

TEST_CASE("restrict shows a part of a handle's content") {
    sluice::membuf memory("0123456789");
    io::filtering_istream in;
    in.push(io::restrict(sluice::device_for(memory), 2, 5));
    CHECK(read_all(in) == "23456");
    memory.pubseekpos(0);
    io::filtering_istream sliced;
    sliced.push(io::restrict(sluice::device_for<io::input_seekable>(memory), 7));
    CHECK(read_all(sliced) == "789");
    memory.pubseekpos(0);
    std::string copied;
    CHECK(io::copy(io::restrict(sluice::device_for(memory), 1, 3), io::back_inserter(copied)) == 3);
    CHECK(copied == "123");
    memory.pubseekpos(0);
    auto middle = io::restrict(sluice::device_for(memory), 3, 4);
    CHECK(std::streamoff(io::seek(middle, 1, ios::beg)) == 1);
    char c = 0;
    CHECK(io::read(middle, &c, 1) == 1);
    CHECK(c == '4');
    memory.pubseekpos(0);
    io::filtering_istream direct;
    direct.push(io::restrict(sluice::direct_device_for<io::input>(memory), 4, 3));
    CHECK(read_all(direct) == "456");
}

TEST_CASE("an inverted filter reads from a handle, and writes to one") {
    sluice::membuf memory("abc");
    io::filtering_istream in;
    in.push(io::invert(upper_filter()));
    in.push(sluice::device_for(memory));
    CHECK(read_all(in) == "ABC");
}

TEST_CASE("code_converter reads and writes wide characters on a handle") {
    sluice::membuf memory("\xe2\x82\xac 5");
    using handle = sluice::device_handle<io::input>;
    using converted = io::code_converter<handle>;
    io::stream<converted> in;
    in.imbue(std::locale("C.UTF-8"));
    in.open(converted(sluice::device_for<io::input>(memory)));
    in.imbue(std::locale("C.UTF-8"));
    std::wstring seen(std::istreambuf_iterator<wchar_t>(in), {});
    CHECK((seen == L"\x20ac 5"));

    sluice::membuf written;
    using out_converted = io::code_converter<sluice::device_handle<io::output>>;
    {
        io::stream<out_converted> out(out_converted(sluice::device_for<io::output>(written)));
        out.imbue(std::locale("C.UTF-8"));
        out << L"\x20ac" << std::flush;
        out.close();
    }
    CHECK(written.view() == "\xe2\x82\xac");
}

TEST_CASE("combine makes one device of two handles") {
    sluice::membuf from("from");
    sluice::membuf to;
    io::filtering_stream<io::bidirectional> both;
    both.push(io::combine(sluice::device_for<io::input>(from), sluice::device_for<io::output>(to)));
    std::string word;
    both << "to" << std::flush;
    both >> word;
    both.reset();
    CHECK(word == "from");
    CHECK(to.view() == "to");
}

TEST_CASE("several filters stand between a stream and a handle") {
    const std::string text = text_of(3000);
    sluice::membuf memory;
    {
        io::filtering_ostream out;
        out.push(io::counter());
        out.push(io::newline_filter(io::newline::dos));
        out.push(io::gzip_compressor());
        out.push(sluice::device_for(memory));
        out << text;
        io::close(out);
    }
    memory.pubseekpos(0);
    io::filtering_istream in;
    in.push(io::newline_filter(io::newline::posix));
    in.push(io::gzip_decompressor());
    in.push(sluice::device_for(memory));
    CHECK((read_all(in) == text));
}

// -- a stream or a buffer itself --------------------------------------------------------------

TEST_CASE("a stream that is pushed itself is used by reference") {
    sluice::bytes_io bytes;
    {
        io::filtering_ostream out;
        out.push(io::gzip_compressor());
        out.push(bytes);
        out << "hello";
        out.reset();
    }
    CHECK_FALSE(bytes.closed());
    bytes.seek(0);
    {
        io::filtering_istream in;
        in.push(io::gzip_decompressor());
        in.push(*bytes.rdbuf());
        CHECK(read_all(in) == "hello");
    }
    bytes.seek(0);
    std::string all;
    CHECK(io::copy(bytes, io::back_inserter(all)) ==
          static_cast<std::streamsize>(bytes.view().size()));
    CHECK((all == bytes.view()));
    CHECK_FALSE(bytes.closed());
}

TEST_CASE("what fails at a stream that is pushed itself is said by that stream alone") {
    sluice::ofstream full("/dev/full");
    {
        io::filtering_ostream out;
        out.push(full);
        out << "hello";
        CHECK_NOTHROW(out.reset());  // as with any std::ostream
    }
    full.flush();
    CHECK(full.bad());
    CHECK(sluice::error_of(full).code() == std::errc::no_space_on_device);
}

// -- memory in place --------------------------------------------------------------------------

TEST_CASE("Boost reads and writes memory in its place") {
    sluice::membuf memory("0123456789");
    const auto device = sluice::direct_device_for(memory);
    CHECK(device.input_sequence().first == memory.view().data());
    CHECK(device.input_sequence().second - device.input_sequence().first == 10);
    CHECK(device.output_sequence() == device.input_sequence());
    io::stream<sluice::direct_handle<io::seekable>> f(device);
    f.seekp(3);
    f << "abc" << std::flush;
    f.seekg(2);
    std::string word;
    f >> word;
    CHECK(word == "2abc6789");
    f.close();
    CHECK(memory.view() == "012abc6789");
}

TEST_CASE("memory that Boost uses in its place is pinned meanwhile") {
    sluice::membuf memory("0123");
    {
        const auto device = sluice::direct_device_for<io::input>(memory);
        const auto copy = device;
        memory.pubseekoff(0, ios::end);
        CHECK(memory.sputn("x", 1) == 0);
        CHECK(memory.reason().code() == sluice::errc::pinned);
        CHECK(code_thrown_by([&] { memory.close(); }) == sluice::errc::pinned);
    }
    CHECK(memory.sputn("x", 1) == 1);
}

TEST_CASE("a mapping, a span and a container are used in their place") {
    support::temporary_file file("mapped");
    sluice::mappedbuf mapping(file.path());
    io::filtering_istream in;
    in.push(sluice::direct_device_for<io::input>(mapping));
    CHECK(read_all(in) == "mapped");
    {
        sluice::mappedbuf shared(file.path(), sluice::map_access::shared);
        io::stream<sluice::direct_handle<io::output>> out(
            sluice::direct_device_for<io::output>(shared));
        out << "MAP";
        out.close();
    }
    CHECK(file.content() == "MAPped");

    std::array<char, 4> memory{'a', 'b', 'c', 'd'};
    sluice::spanbuf span(memory);
    sluice::membuf copy;
    CHECK(io::copy(sluice::direct_device_for(span), sluice::device_for(copy)) == 4);
    CHECK(copy.view() == "abcd");
    std::vector<char> vector(3);
    sluice::containerbuf container(vector);
    CHECK(io::copy(sluice::direct_device_for(span), sluice::direct_device_for(container)) == 3);
    CHECK(std::string(vector.begin(), vector.end()) == "abc");
}

TEST_CASE("what cannot be used in its place is refused") {
    sluice::spanbuf text("abc");
    CHECK(code_thrown_by([&] { (void)sluice::direct_device_for(text); }) ==
          sluice::errc::not_writable);
    std::array<char, 4> memory{};
    sluice::spanbuf out(memory, ios::out);
    CHECK(code_thrown_by([&] { (void)sluice::direct_device_for<io::input>(out); }) ==
          sluice::errc::not_readable);
    sluice::membuf closed;
    closed.close();
    CHECK(code_thrown_by([&] { (void)sluice::direct_device_for<io::input>(closed); }) ==
          sluice::errc::closed);
    sluice::direct_handle<io::seekable> none;
    CHECK(none.input_sequence().first == none.input_sequence().second);
    CHECK_NOTHROW(none.close());
}

// -- closing what is Boost's ------------------------------------------------------------------

TEST_CASE("close closes a chain of Boost's, which can be filled again") {
    sluice::membuf first;
    sluice::membuf second;
    io::filtering_ostream out;
    out.push(upper_filter());
    out.push(sluice::device_for(first));
    out << "abc";
    sluice::close(out);
    CHECK(first.view() == "ABC");
    CHECK(out.bad());
    out.push(upper_filter());
    out.push(sluice::device_for(second));
    CHECK(out.good());
    out << "def";
    sluice::close(out);
    CHECK(second.view() == "DEF");
    CHECK(first.view() == "ABC");
    CHECK_NOTHROW(sluice::close(out));
    out.push(upper_filter());
    CHECK_NOTHROW(sluice::close(out));
    CHECK(out.size() == 1);
}

TEST_CASE("close closes a stream and a stream buffer of Boost's on one device") {
    const auto script = std::make_shared<support::script>();
    support::scripted_device<io::output> device(script);
    io::stream<support::scripted_device<io::output>> out(device);
    out << "abc";
    sluice::close(out);
    CHECK(script->sink == "abc");
    CHECK(script->log.back() == 'c');
    CHECK_FALSE(out.is_open());
    CHECK_NOTHROW(sluice::close(out));

    script->sink.clear();
    io::stream_buffer<support::scripted_device<io::output>> buffer(device);
    buffer.sputn("def", 3);
    sluice::close(buffer);
    CHECK(script->sink == "def");

    script->sink.clear();
    io::filtering_ostreambuf chain;
    chain.push(device);
    chain.sputn("ghi", 3);
    sluice::close(chain);
    CHECK(script->sink == "ghi");
    CHECK(chain.empty());
}

TEST_SUITE_END();
